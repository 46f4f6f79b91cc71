package main

import "strings"

// secrets are never repeated in an error. Development is content with length.
func (l *loader) secrets(name string, production bool) []string {
	v := l.value(name)
	if v == "" {
		if production {
			l.bad(name, "is missing; %s", makeSecret)
		}
		return nil
	}
	secrets := strings.Split(v, ",")
	for i, s := range secrets {
		secrets[i] = strings.TrimSpace(s)
		if len(secrets[i]) < minSecretBytes {
			l.bad(name, "entry %d has %d bytes; allowed: at least %d; %s", i+1, len(secrets[i]), minSecretBytes, makeSecret)
		} else if why := weakness(secrets[i]); production && why != "" {
			l.bad(name, "entry %d %s; %s", i+1, why, makeSecret)
		}
	}
	return secrets
}
