// Package sqlite holds the schema of the SQLite database, one subject a file.
// The program applies the files in order at start-up. A file that has been
// released is never edited: what changes, changes in the next file.
package sqlite

import "embed"

// FS holds the migrations.
//
//go:embed *.sql
var FS embed.FS
