package auth

import (
	"encoding/json"
	"maps"
	"reflect"
	"strings"
)

// Profile is what your project adds to a user, and the one place to say so. A
// field added here is stored with the user, carried as a claim of the JWT under
// its JSON name, part of the answer of the session endpoint, and at hand in
// pages as Session.User.Profile, under both strategies.
//
// The JSON names must not be those of claims that exist: sub, sid, name, email,
// picture, auth_time, amr, abs, vat, iat, exp, jti. Everything here reaches the
// browser. To change a profile, call accounts.Service.UpdateUser: the user's
// sessions show it from their next request on.
type Profile struct {
	Roles []string `json:"roles,omitempty"` // what the user may do; nil = nothing special
	Plan  string   `json:"plan,omitempty"`  // what the user pays for; "" = nothing
}

// profileClaims are the JSON names of Profile's fields.
var profileClaims = func() (names []string) {
	t := reflect.TypeFor[Profile]()
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		names = append(names, name)
	}
	return names
}()

// withProfile adds the profile's claims to those that are not ours.
func withProfile(extra map[string]json.RawMessage, p Profile) (map[string]json.RawMessage, error) {
	text, err := json.Marshal(p)
	if err != nil {
		return nil, err
	}
	claims := map[string]json.RawMessage{}
	maps.Copy(claims, extra)
	return claims, json.Unmarshal(text, &claims) // into a map it adds and replaces
}

// splitProfile is the way back: the profile, and what is left for Extra. A
// claim that does not fit its field is another application's business: the
// database has the truth and the next renewal restores it.
func splitProfile(claims map[string]json.RawMessage) (p Profile, extra map[string]json.RawMessage) {
	if len(claims) == 0 {
		return p, nil
	}
	named := map[string]json.RawMessage{} // by exact name, which json.Unmarshal does not insist on
	for _, name := range profileClaims {
		if v, ok := claims[name]; ok {
			named[name] = v
		}
	}
	text, err := json.Marshal(named)
	if err != nil || json.Unmarshal(text, &p) != nil {
		p = Profile{}
	}
	extra = maps.Clone(claims)
	for _, name := range profileClaims {
		delete(extra, name)
	}
	if len(extra) == 0 {
		return p, nil
	}
	return p, extra
}
