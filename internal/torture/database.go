package main

import (
	"context"
	"crypto/rand"

	"github.com/jackc/pgx/v5"
)

func createDatabase(ctx context.Context, dsn, name string) error {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, "CREATE DATABASE "+name)
	return err
}

// newSecret is good for AUTH_SECRET and for a password.
func newSecret() string { return rand.Text() + rand.Text() }
