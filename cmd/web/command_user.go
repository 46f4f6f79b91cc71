package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"latchkey/internal/accounts"
	"latchkey/internal/auth"
)

var userActions = []action{
	{"user create", "ADDRESS", "Makes an account", `  --name NAME      what they are called
  --no-password    they choose one themselves: a mail with a link is sent to them

The password is asked for, and not shown. Without a terminal it is the first line of the
standard input. The address counts as confirmed.`, createUser},
	{"user disable", "ADDRESS", "Signs a user out everywhere and lets them in no more", "", disableUser},
	{"user enable", "ADDRESS", "Lets a user in again; no session comes back to life", "", enableUser},
	{"user sign-out", "ADDRESS", "Signs a user out on all devices", "", signOutUser},
	{"user set-limit", "ADDRESS LIMIT", "Says on how many devices a user may be signed in", `LIMIT is a number, 0 for no limit but the ceiling of 1000, or "default" for SESSION_LIMIT. It
counts from the next sign-in on: nobody is signed out now.`, setLimit},
}

func createUser(ctx context.Context, o *operator, args []string) error {
	flags := noFlags()
	name := flags.String("name", "", "")
	without := flags.Bool("no-password", false, "")
	plain, err := parse("user create", flags, args, "ADDRESS")
	if err != nil {
		return err
	}
	_, users, err := o.services(ctx)
	if err != nil {
		return err
	}
	in := accounts.Registration{Name: *name, Email: plain[0]}
	if !*without {
		if in.Password, err = o.password(); err != nil {
			return err
		}
		if in.Password == "" {
			return errors.New("there is no password: type one, or say --no-password")
		}
	}
	u, err := users.Create(ctx, in)
	if err != nil {
		return createError(err, plain[0])
	}
	if *without {
		if err := users.Forgot(ctx, u.Email); err != nil {
			return fmt.Errorf("%s has an account, but no mail: %w", u.Email, err)
		}
		o.say("%s has an account. The site sends them a link to choose a password.", u.Email)
		return nil
	}
	o.say("%s has an account.", u.Email)
	return nil
}

func createError(err error, address string) error {
	if errors.Is(err, accounts.ErrEmailTaken) {
		return fmt.Errorf("%s has an account already", address)
	}
	if invalid, ok := errors.AsType[accounts.Invalid](err); ok {
		return errors.New(strings.Join(slices.Sorted(maps.Values(invalid)), " "))
	}
	return err
}

func disableUser(ctx context.Context, o *operator, args []string) error {
	return o.withUser(ctx, "user disable", args, func(_ *auth.Service, users *accounts.Service, u auth.User) error {
		ended, err := users.DisableUser(ctx, u)
		if err == nil {
			o.say("%s is disabled. %s", u.Email, signedOut(ended))
		}
		return err
	})
}

func enableUser(ctx context.Context, o *operator, args []string) error {
	return o.withUser(ctx, "user enable", args, func(_ *auth.Service, users *accounts.Service, u auth.User) error {
		if u.DisabledAt.IsZero() {
			o.say("%s is not disabled.", u.Email)
			return nil
		}
		err := users.EnableUser(ctx, u)
		if err == nil {
			o.say("%s may sign in again.", u.Email)
		}
		return err
	})
}

func signOutUser(ctx context.Context, o *operator, args []string) error {
	return o.withUser(ctx, "user sign-out", args, func(service *auth.Service, _ *accounts.Service, u auth.User) error {
		ended, err := service.End(ctx, auth.Selector{UserID: u.ID}, auth.ReasonAdmin)
		if err == nil {
			o.say("%s: %s", u.Email, signedOut(ended))
		}
		return err
	})
}

func setLimit(ctx context.Context, o *operator, args []string) error {
	plain, err := parse("user set-limit", noFlags(), args, "ADDRESS", "LIMIT")
	if err != nil {
		return err
	}
	limit, err := limitOf(plain[1])
	if err != nil {
		return err
	}
	return o.withUser(ctx, "user set-limit", plain[:1], func(_ *auth.Service, users *accounts.Service, u auth.User) error {
		err := users.UpdateUser(ctx, u.ID, func(e *accounts.Editable) error { e.MaxSessions = limit; return nil })
		if errors.Is(err, auth.ErrDisabled) {
			return fmt.Errorf("%s is disabled: enable them first", u.Email)
		}
		if err == nil {
			o.say("%s: %s.", u.Email, limitWords(limit))
		}
		return err
	})
}

// limitOf reads a limit on devices; nil = the site's.
func limitOf(text string) (*int, error) {
	if text == "default" {
		return nil, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > 1000 {
		return nil, usageError{fmt.Sprintf("the limit is %q; allowed: a number from 0 to 1000, or default", text)}
	}
	return &n, nil
}

func limitWords(limit *int) string {
	switch {
	case limit == nil:
		return "as many devices as everybody (SESSION_LIMIT)"
	case *limit == 0:
		return "any number of devices"
	}
	return fmt.Sprintf("%d devices at most", *limit)
}

func signedOut(n int) string {
	switch n {
	case 0:
		return "They were not signed in anywhere."
	case 1:
		return "They are signed out on one device."
	}
	return fmt.Sprintf("They are signed out on %d devices.", n)
}

// withUser does something about the user whose address is the one argument.
func (o *operator) withUser(ctx context.Context, name string, args []string, do func(*auth.Service, *accounts.Service, auth.User) error) error {
	plain, err := parse(name, noFlags(), args, "ADDRESS")
	if err != nil {
		return err
	}
	service, users, u, err := o.user(ctx, plain[0])
	if err != nil {
		return err
	}
	return do(service, users, u)
}
