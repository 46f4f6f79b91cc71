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
// Once an ending is committed, the other instances are told to look. That is an
// accelerator and no condition: they also look by themselves, every two seconds.
// The store asks nothing of the server but SQL; it works through a pooler, and
// where the server has neither notifications nor advisory locks.
//
//house:circles 2
package postgres
