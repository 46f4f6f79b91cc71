package authjs_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"latchkey/internal/authjs"
)

// TK-4
func TestAPayloadThatIsNoSessionIsRefused(t *testing.T) {
	for _, payload := range []string{
		``, `null`, `true`, `7`, `"text"`, `[]`, `{`, `{}`, "\xff", `{"sub":"42","sid":"s_1","exp":1900000000`,
		`{"sub":"42","sid":"s_1","exp":1900000000} ` + `{}`,
		`{"sub":"42","sid":"s_1","exp":1900000000}x`,
		`{"sid":"s_1","exp":1900000000}`, `{"sub":"","sid":"s_1","exp":1900000000}`, `{"sub":null,"sid":"s_1","exp":1900000000}`,
		`{"sub":"42","exp":1900000000}`, `{"sub":"42","sid":"","exp":1900000000}`, `{"sub":"42","sid":null,"exp":1900000000}`,
		`{"sub":42,"sid":"s_1","exp":1900000000}`, `{"sub":"42","sid":["s_1"],"exp":1900000000}`,
		`{"sub":"42","sid":"s_1","exp":1900000000,"name":{"first":"Ada"}}`, `{"sub":"42","sid":"s_1","exp":1900000000,"jti":7}`,
		`{"SUB":"42","Sid":"s_1","exp":1900000000}`, `{"sub":"42","sid":"s_1","EXP":1900000000}`,
		`{"sub":"42","sid":"s_1","exp":1900000000,"x":` + strings.Repeat(`[`, 11_000),
	} {
		refused(t, "payload "+payload[:min(len(payload), 80)], sealOwn(t, payload))
	}
}

// TK-5
func TestAbsurdDatesAreRefusedAndNeverWrapAround(t *testing.T) {
	for _, date := range []string{
		`-1`, `-0.001`, `-1e300`, `1e300`, `1e400`, `253402300800`, `9223372036854775807`, `18446744073709551616`, `1e18`,
		`"1900000000"`, `true`, `[]`, `{}`, `NaN`, `Infinity`, `0x7fffffff`,
	} {
		for _, name := range []string{"exp", "iat", "nbf", "abs", "vat", "auth_time"} {
			payload := `{"sub":"42","sid":"s_1","exp":1900000000,"` + name + `":` + date + `}`
			refused(t, name+" = "+date, sealOwn(t, payload))
		}
	}
}

func TestDatesAreReadWithAndWithoutAFraction(t *testing.T) {
	codec := newCodec(t, salt, secret)
	for date, want := range map[string]time.Time{
		`0`:                   time.Unix(0, 0).UTC(),
		`-0`:                  time.Unix(0, 0).UTC(),
		`1700000000`:          time.Unix(1700000000, 0).UTC(),
		`1.7e9`:               time.Unix(1700000000, 0).UTC(),
		`1700000000.5`:        time.UnixMilli(1700000000500).UTC(),
		`1700000000.123`:      time.UnixMilli(1700000000123).UTC(),
		`1700000000.12345678`: time.UnixMilli(1700000000123).UTC(),
		`null`:                {},
	} {
		got, err := codec.Decode(sealOwn(t, `{"sub":"42","sid":"s_1","exp":1900000000,"vat":`+date+`}`), noon)
		if err != nil || !got.ValidatedAt.Equal(want) || got.ValidatedAt.Location() != time.UTC {
			t.Errorf("vat = %s reads as %v, %v, want %v", date, got.ValidatedAt, err, want)
		}
	}
}

// payloadOf shows what a token says, with the key in hand and without this package's reader.
func payloadOf(t *testing.T, claims authjs.Claims) string {
	t.Helper()
	key, _ := ownKey(t)
	return decrypt(t, key, encode(t, newCodec(t, salt, secret), claims))
}

func TestDatesAreWrittenInWholeSecondsExceptVat(t *testing.T) {
	claims := authjs.Claims{Subject: "42", SessionID: "s_1", ID: "j"}
	late := time.Unix(1700000000, 999_999_999)
	claims.IssuedAt, claims.ExpiresAt, claims.AuthTime, claims.Absolute, claims.ValidatedAt = late, late, late, late, late
	want := `{"abs":1700000000,"auth_time":1700000000,"exp":1700000000,"iat":1700000000,"jti":"j","sid":"s_1","sub":"42","vat":1700000000.999}`
	if got := payloadOf(t, claims); got != want {
		t.Errorf("payload = %s, want %s", got, want)
	}
	claims.ValidatedAt = time.Unix(1700000000, 7_000_000)
	if got := payloadOf(t, claims); !strings.Contains(got, `"vat":1700000000.007}`) {
		t.Errorf("payload = %s, want vat 1700000000.007", got)
	}
}

func TestAbsentClaimsAreNotWritten(t *testing.T) {
	got := payloadOf(t, authjs.Claims{Subject: "42", SessionID: "s_1", ID: "j", ExpiresAt: time.Unix(1900000000, 0)})
	if want := `{"exp":1900000000,"jti":"j","sid":"s_1","sub":"42"}`; got != want {
		t.Errorf("payload = %s, want %s", got, want)
	}
}

func TestTextIsNotInflatedByHTMLEscapes(t *testing.T) {
	claims := ada()
	claims.Name = "<Ada & \"Bob\">"
	if got := payloadOf(t, claims); !strings.Contains(got, `"name":"<Ada & \"Bob\">"`) {
		t.Errorf("payload = %s, want the name without \\u003c", got)
	}
}

func TestNullTextsAreReadAsEmpty(t *testing.T) {
	got, err := newCodec(t, salt, secret).Decode(
		sealOwn(t, `{"sub":"42","sid":"s_1","exp":1900000000,"name":null,"email":null,"picture":null,"jti":null}`), noon)
	if err != nil || got.Name != "" || got.Email != "" || got.Picture != "" || got.ID != "" || got.Extra != nil {
		t.Errorf("Decode(nulls) = %+v, %v, want empty texts and no Extra", got, err)
	}
}

func TestOtherClaimsSurviveAReissueUnchanged(t *testing.T) {
	codec := newCodec(t, salt, secret)
	extra := map[string]json.RawMessage{
		"roles": json.RawMessage(`["a","b"]`), "org": json.RawMessage(`{"id":12345678901234567890,"ok":true}`), "note": json.RawMessage(`null`),
		"html": json.RawMessage(`"<&>"`), "Sub": json.RawMessage(`"another name"`), "nbf": json.RawMessage(`1700000000`),
	}
	payload := `{"sub":"42","sid":"s_1","exp":1900000000,"roles":["a","b"],"org":{"id":12345678901234567890,"ok":true},` +
		`"note":null,"html":"<&>","Sub":"another name","nbf":1700000000}`
	first, err := codec.Decode(sealOwn(t, payload), noon)
	if err != nil || !reflect.DeepEqual(first.Extra, extra) {
		t.Fatalf("Extra = %s, %v, want %s", first.Extra, err, extra)
	}
	second, err := codec.Decode(encode(t, codec, first), noon)
	if err != nil || !reflect.DeepEqual(second.Extra, extra) {
		t.Errorf("Extra after a re-issue = %s, %v, want %s", second.Extra, err, extra)
	}
}

func TestExtraCannotReplaceANamedClaim(t *testing.T) {
	codec, claims := newCodec(t, salt, secret), ada()
	claims.Name, claims.Absolute = "", time.Time{}
	claims.Extra = map[string]json.RawMessage{}
	for _, name := range []string{"sub", "sid", "jti", "name", "email", "picture", "iat", "exp", "auth_time", "abs", "vat"} {
		claims.Extra[name] = json.RawMessage(`"evil"`)
	}
	got, err := codec.Decode(encode(t, codec, claims), noon)
	want := claims
	want.Extra = nil
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("Decode(Encode(c)) = %+v, %v, want %+v", got, err, want)
	}
	if string(claims.Extra["sub"]) != `"evil"` {
		t.Errorf("Encode changed the caller's Extra to %s", claims.Extra)
	}
}

// The payload is sealed, so its author could as well have written the last value alone.
func TestTheLastOfTwoEqualNamesCounts(t *testing.T) {
	got, err := newCodec(t, salt, secret).Decode(sealOwn(t, `{"sub":"1","sub":"42","sid":"s_1","exp":1,"exp":1900000000}`), noon)
	if err != nil || got.Subject != "42" {
		t.Errorf("Decode(two subs) = %+v, %v, want sub 42, as JSON.parse has it", got, err)
	}
}

func TestErrorsNeverQuoteTheClaims(t *testing.T) {
	_, err := newCodec(t, salt, secret).Decode(sealOwn(t, `{"sub":"42","sid":{"canary":1},"exp":"canary"}`), noon)
	if !errors.Is(err, authjs.ErrInvalid) || strings.Contains(err.Error(), "canary") {
		t.Errorf("Decode(canary) = %v, want an ErrInvalid that does not quote it", err)
	}
}
