package auth

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"
)

func TestProfileTravelsAmongTheClaims(t *testing.T) {
	extra := map[string]json.RawMessage{"theirs": json.RawMessage(`{"a":1.50}`), "plan": json.RawMessage(`"stale"`)}
	for _, p := range []Profile{{}, {Plan: "pro"}, {Roles: []string{"admin", "ops"}, Plan: "pro"}} {
		_, clean := splitProfile(extra) // what a cookie leaves in Extra
		claims, err := withProfile(clean, p)
		if err != nil {
			t.Fatal(err)
		}
		got, rest := splitProfile(claims)
		if !reflect.DeepEqual(got, p) {
			t.Errorf("%+v comes back as %+v", p, got)
		}
		if len(rest) != 1 || string(rest["theirs"]) != `{"a":1.50}` {
			t.Errorf("what is not ours comes back as %s, want it unchanged and nothing stale", rest)
		}
	}
}

func TestAProfileClaimOfAnotherShapeIsIgnored(t *testing.T) {
	p, rest := splitProfile(map[string]json.RawMessage{"roles": json.RawMessage(`"admin"`), "Plan": json.RawMessage(`"pro"`)})
	if p.Roles != nil || p.Plan != "" || len(rest) != 1 {
		t.Errorf("splitProfile = %+v, %s, want neither roles nor plan, and Plan kept", p, rest)
	}
}

func TestProfileNamesAreNoneOfTheTokensOwn(t *testing.T) {
	taken := []string{"sub", "sid", "name", "email", "picture", "image", "auth_time", "amr", "abs", "vat", "iat", "exp", "nbf", "jti", "", "-"}
	for _, name := range profileClaims {
		if slices.Contains(taken, name) {
			t.Errorf("Profile has a field with the JSON name %q, which is taken", name)
		}
	}
}
