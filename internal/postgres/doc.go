// Package postgres keeps users and sessions in PostgreSQL, for any number of
// instances. Package sqlite is its twin: same files, same functions, same
// order, so that comparing the two shows only what really differs. It decides
// nothing; limits and lifetimes are handed in.
//
// Isolation is READ COMMITTED, and order is kept by locking the user's row as
// a statement of its own before anything of that user's is counted or changed:
// a statement that locked and counted in one would count with a snapshot older
// than its lock. Locks are always taken in the order users, then sessions.
//
// What ends is notified inside the transaction that ends it, so that other
// instances hear of it when, and only when, it is committed.
package postgres
