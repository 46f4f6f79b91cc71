// Package postgres holds the schema of the PostgreSQL database, one subject a file.
// The program applies the files in order at start-up. A file that has been
// released is never edited: what changes, changes in the next file.
package postgres

import "embed"

// FS holds the migrations.
//
//go:embed *.sql
var FS embed.FS
