package dbtrace

import (
	"context"
	"database/sql/driver"
)

// Connector counts what connections of a database/sql driver are sent. The
// driver must take contexts everywhere, as current ones do.
func Connector(c driver.Connector) driver.Connector { return connector{c} }

type connector struct{ driver.Connector }

// Connect implements driver.Connector.
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	opened, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &conn{contextConn: opened.(contextConn)}, nil
}

// contextConn is a connection of a driver that takes contexts everywhere.
type contextConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// conn is used by one goroutine at a time, as database/sql promises.
type conn struct {
	contextConn
	inTx bool // a transaction is open, which has been counted
}

func (c *conn) add(ctx context.Context) {
	if !c.inTx {
		Add(ctx)
	}
}

// BeginTx implements driver.ConnBeginTx.
func (c *conn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	Add(ctx)
	began, err := c.contextConn.BeginTx(ctx, opts)
	if err != nil {
		return nil, err
	}
	c.inTx = true
	return tx{began, c}, nil
}

// ExecContext implements driver.ExecerContext.
func (c *conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	c.add(ctx)
	return c.contextConn.ExecContext(ctx, query, args)
}

// QueryContext implements driver.QueryerContext.
func (c *conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	c.add(ctx)
	return c.contextConn.QueryContext(ctx, query, args)
}

// PrepareContext implements driver.ConnPrepareContext.
func (c *conn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	prepared, err := c.contextConn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	return stmt{prepared.(contextStmt), c}, nil
}

// tx tells its connection when it is over.
type tx struct {
	driver.Tx
	conn *conn
}

// Commit implements driver.Tx.
func (t tx) Commit() error {
	t.conn.inTx = false
	return t.Tx.Commit()
}

// Rollback implements driver.Tx.
func (t tx) Rollback() error {
	t.conn.inTx = false
	return t.Tx.Rollback()
}

// contextStmt is a prepared statement of such a connection.
type contextStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

type stmt struct {
	contextStmt
	conn *conn
}

// ExecContext implements driver.StmtExecContext.
func (s stmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	s.conn.add(ctx)
	return s.contextStmt.ExecContext(ctx, args)
}

// QueryContext implements driver.StmtQueryContext.
func (s stmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	s.conn.add(ctx)
	return s.contextStmt.QueryContext(ctx, args)
}
