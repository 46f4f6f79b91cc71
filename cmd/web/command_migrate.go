package main

import (
	"context"
	"time"

	"github.com/pressly/goose/v3"
)

var migrateActions = []action{
	{"migrate up", "", "Brings the database up to this program", "The site does the same when it starts. Any number may do it at once: one works, the others wait.", migrateUp},
	{"migrate status", "", "Lists the migrations, and says which the database has", "", migrateStatus},
}

func migrateUp(ctx context.Context, o *operator, args []string) error {
	if _, err := parse("migrate up", noFlags(), args); err != nil {
		return err
	}
	cfg, log, err := o.config()
	if err != nil {
		return err
	}
	if err := o.connect(ctx, cfg, log); err != nil {
		return err
	}
	before, err := o.db.Migrations(ctx)
	if err != nil {
		return err
	}
	if err := o.db.Migrate(ctx); err != nil {
		return err
	}
	o.say("%s: %d migrations were missing, and none is now.", o.db.Describe(), len(pending(before)))
	return nil
}

func migrateStatus(ctx context.Context, o *operator, args []string) error {
	if _, err := parse("migrate status", noFlags(), args); err != nil {
		return err
	}
	if _, _, err := o.database(ctx); err != nil {
		return err
	}
	list, err := o.db.Migrations(ctx)
	if err != nil {
		return err
	}
	for _, m := range list {
		state := "missing"
		if m.State == goose.StateApplied {
			state = m.AppliedAt.UTC().Format(time.DateTime) + " UTC"
		}
		o.say("%-24s %s", state, m.Source.Path)
	}
	return nil
}
