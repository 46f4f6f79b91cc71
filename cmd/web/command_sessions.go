package main

import (
	"context"
	"errors"

	"latchkey/internal/auth"
)

var endSessions = action{"sessions end", "--all", "Signs everybody out", `For after a secret or a backup has come into the wrong hands. If it was the secret, put a new
AUTH_SECRET in its place first: otherwise whoever has it makes new sessions under jwt.`, endAll}

func endAll(ctx context.Context, o *operator, args []string) error {
	flags := noFlags()
	all := flags.Bool("all", false, "")
	if _, err := parse("sessions end", flags, args); err != nil {
		return err
	}
	if !*all {
		return usageError{"web sessions end signs everybody out: say --all if that is meant. web user sign-out ADDRESS is for one user"}
	}
	service, _, err := o.services(ctx)
	if err != nil {
		return err
	}
	store, ok := o.db.(auth.Everybody)
	if !ok {
		return errors.New("this database cannot end everybody's sessions")
	}
	n, err := service.EndEverybody(ctx, store, auth.ReasonAdmin)
	if err != nil {
		o.say("%d sessions have ended; the rest has not. The same command goes on with them.", n)
		return err
	}
	o.say("%d sessions have ended.", n)
	return nil
}
