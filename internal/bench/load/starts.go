package main

import (
	"context"
	"time"
)

func (b *bench) startControl(ctx context.Context, kind, url, remember string) (*server, error) {
	env := map[string]string{"DATABASE_URL": url, "AUTH_SECRET": secret(), "REMEMBER": remember}
	return b.keep(start(ctx, b.dir, env, b.self, "-control", kind))
}

func (b *bench) startServer(ctx context.Context, url, strategy, cache string) (*server, error) {
	return b.keep(start(ctx, b.dir, serverEnv(url, strategy, cache), b.program))
}

// serverEnv is a site in production. No mail is sent.
func serverEnv(url, strategy, cache string) map[string]string {
	return map[string]string{
		"APP_ENV": "production", "BASE_URL": origin, "DATABASE_URL": url, "AUTH_SECRET": secret(), "LOG_FORMAT": "json",
		"SMTP_URL": "smtp://127.0.0.1:9", "MAIL_FROM": "Bench <bench@bench.example>",
		"SESSION_STRATEGY": strategy, "SESSION_CACHE": cache, "SESSION_RENEW_AFTER": renewAfter.String(), "SESSION_MAX_AGE": maxAge.String(),
	}
}

// measureStarts measures how soon a server is ready on a migrated database, and how much
// memory it has then.
func (b *bench) measureStarts(ctx context.Context, name, url string) error {
	var millis, bytes []float64
	for range max(3, b.options.rounds) {
		s, err := start(ctx, b.dir, serverEnv(url, "database", "16MiB"), b.program)
		if err != nil {
			return err
		}
		time.Sleep(200 * time.Millisecond) // what a start leaves to be done later
		memory, err := s.memory()
		s.Stop()
		if err != nil {
			return err
		}
		millis, bytes = append(millis, s.Ready.Seconds()*1000), append(bytes, float64(memory))
	}
	b.results.Starts = append(b.results.Starts, started{name, spreadOf(millis), spreadOf(bytes)})
	return nil
}
