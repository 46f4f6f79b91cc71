package authapi_test

import (
	"testing"

	"latchkey/internal/web/authapi"
	"latchkey/internal/web/webtest"
)

func TestTheLookOfErrors(t *testing.T) {
	webtest.LookAt(t, authapi.Part, nil,
		webtest.Sight{Page: "/auth/error", Name: "auth error, set-up", Show: func(v *webtest.Viewer) {
			v.Visit("/auth/error?error=Configuration", "set up correctly")
		}},
		webtest.Sight{Page: "/auth/error", Name: "auth error, denied", Show: func(v *webtest.Viewer) {
			v.Visit("/auth/error?error=AccessDenied", "You can't sign in here")
		}},
	)
}
