// Package sqlite keeps users and sessions in one SQLite file: for development,
// and for a site that runs on one machine. Package postgres is its twin: same
// files, same functions, same order, so that comparing the two shows only what
// really differs. It decides nothing; limits and lifetimes are handed in.
//
// A write takes SQLite's one write lock when its transaction begins, so
// transactions run one after the other, also those of other processes on the
// same file. Reads see the last commit and wait for nobody.
//
// The file must lie on a disk of this machine: the locks of network file
// systems are not reliable enough for SQLite.
//
//house:circles 2
package sqlite
