package auth_test

import (
	"encoding/json"
	"testing"
	"time"

	"latchkey/internal/auth"
	"latchkey/internal/auth/authtest"
	"latchkey/internal/authjs"
)

// claimsOf reads a session's token as another application of the site does.
func claimsOf(t *testing.T, w *authtest.World, token string) authjs.Claims {
	t.Helper()
	codec, err := authjs.NewCodec(w.Cfg.CookieName, authtest.Secret)
	if err != nil {
		t.Fatal(err)
	}
	claims, err := codec.Decode(token, w.Now())
	if err != nil {
		t.Fatal(err)
	}
	return claims
}

// reencode is what such an application does to the token.
func reencode(t *testing.T, w *authtest.World, claims authjs.Claims) string {
	t.Helper()
	codec, err := authjs.NewCodec(w.Cfg.CookieName, authtest.Secret)
	if err != nil {
		t.Fatal(err)
	}
	token, err := codec.Encode(claims)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestTheMethodIsAClaimThatOutlivesEveryReissue(t *testing.T) {
	w := authtest.NewWorld(t, "jwt")
	cookie := w.Login(w.A).Cookie
	for _, step := range []string{"the login", "a renewal", "a renewal after an Auth.js application wrote the token"} {
		claims := claimsOf(t, w, cookie)
		if got := string(claims.Extra["amr"]); got != `["pwd"]` {
			t.Errorf("amr after %s = %s, want [\"pwd\"]", step, got)
		}
		r := w.Want(w.A, cookie, authtest.Look, auth.StateOK, "")
		if r.Session.Method != auth.MethodPassword || r.Session.Extra != nil {
			t.Errorf("the session after %s has the method %q and the extra claims %s, want pwd and none", step, r.Session.Method, r.Session.Extra)
		}
		w.Wait(time.Hour)
		cookie = w.Want(w.A, reencode(t, w, claims), authtest.Visit, auth.StateOK, "").Cookie
	}
}

func TestTheRowSaysTheMethodWhateverTheTokenDoes(t *testing.T) {
	w := authtest.NewWorld(t, "jwt")
	cookie := w.Login(w.A).Cookie
	for _, amr := range []string{`"pwd"`, `[]`, `null`, `[7]`, `{"pwd":true}`, `["hwk","mfa"]`} {
		claims := claimsOf(t, w, cookie)
		claims.Extra["amr"] = json.RawMessage(amr)
		w.Want(w.A, reencode(t, w, claims), authtest.Look, auth.StateOK, "")
		w.Wait(time.Hour)
		renewed := w.Want(w.A, reencode(t, w, claims), authtest.Visit, auth.StateOK, "").Cookie
		if got := string(claimsOf(t, w, renewed).Extra["amr"]); got != `["pwd"]` {
			t.Errorf("amr of a renewal after %s = %s, want [\"pwd\"]", amr, got)
		}
	}
}
