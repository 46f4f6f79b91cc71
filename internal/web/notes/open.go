package notes

import (
	"database/sql"

	"github.com/jackc/pgx/v5/pgxpool"
)

// Open returns the store that belongs to a database of this program; nil = the database
// is of a kind that has none. A Store is taken as it is.
func Open(db any) Store {
	switch db := db.(type) {
	case Store:
		return db
	case interface{ Pool() *pgxpool.Pool }:
		return &postgres{db.Pool()}
	case interface {
		Reader() *sql.DB
		Writer() *sql.DB
	}:
		return &sqlite{db.Reader(), db.Writer()}
	}
	return nil
}
