package main

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"time"

	"latchkey/internal/mail"
)

var checkAction = action{"check", "", "Tries the configuration, the database and the mail server", `It changes nothing and sends nothing. In development it also says what production would refuse.`, check}

// checkTime is how long the database and the mail server have, each.
const checkTime = 10 * time.Second

func check(ctx context.Context, o *operator, args []string) error {
	if _, err := parse("check", noFlags(), args); err != nil {
		return err
	}
	cfg, _, err := o.config()
	if err != nil {
		return err
	}
	o.say("configuration  good, for %s", environmentName(cfg))
	failed := errors.Join(o.checkDatabase(ctx), o.checkMail(ctx, cfg))
	if !cfg.production {
		o.checkProduction()
	}
	if failed != nil {
		return errors.New("something is not as the site needs it: see above")
	}
	return nil
}

func environmentName(cfg config) string {
	if cfg.production {
		return "production"
	}
	return "development"
}

func (o *operator) checkDatabase(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	_, _, err := o.database(ctx)
	if err == nil {
		err = o.migrated(ctx)
	}
	if err != nil {
		o.say("database       %v", err)
		return err
	}
	o.say("database       good: %s at %s", o.db.Name(), o.db.Describe())
	for _, note := range o.db.Notes() {
		o.say("               %s", note)
	}
	return nil
}

func (o *operator) checkMail(ctx context.Context, cfg config) error {
	if cfg.smtp == nil {
		o.say("mail           not sent: SMTP_URL is not set")
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	if err := (mail.SMTP{Server: *cfg.smtp, From: cfg.mailFrom}).Check(ctx); err != nil {
		o.say("mail           %v", err)
		return err
	}
	o.say("mail           good: %s lets this program in", cfg.smtp)
	return nil
}

// checkProduction says what the same configuration lacks for production.
func (o *operator) checkProduction() {
	getenv, _, err := environment(filepath.Join(projectDir(false), ".env"))
	if err == nil {
		_, err = load(func(name string) string {
			if name == "APP_ENV" {
				return "production"
			}
			return getenv(name)
		})
	}
	problems, ok := errors.AsType[configError](err)
	switch {
	case err == nil:
		o.say("production     would take this configuration")
	case ok:
		o.say("production     would refuse this configuration:\n  - %s", strings.Join(problems, "\n  - "))
	default:
		o.say("production     %v", err)
	}
}
