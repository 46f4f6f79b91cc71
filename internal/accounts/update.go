package accounts

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"

	"latchkey/internal/auth"
)

// UpdateUser changes what a session shows of its user. change edits what the database
// holds now; its error is returned as it is and nothing changes. auth.ErrTooLarge, and
// nothing changes, if the sessions of the user would not fit their cookies. From the
// moment this returns, every session of the user is checked again before it is trusted, so
// that the next request sees the change, under either strategy and on every instance.
func (s *Service) UpdateUser(ctx context.Context, userID string, change func(*Editable) error) error {
	var before, after Editable
	changes, err := s.cfg.Store.UpdateUser(ctx, userID, s.cfg.Sessions.Now(), func(u *Editable) error {
		before = *u
		before.Profile.Roles = slices.Clone(u.Profile.Roles) // change may write into them
		err := s.fitting(userID, u, change)
		after = *u
		return err
	})
	if err != nil {
		return wrap("update user", err)
	}
	s.cfg.Sessions.Publish(ctx, userID, changes)
	s.updated(ctx, userID, before, after)
	return nil
}

// fitting applies a change and refuses one that makes the user's sessions too large for
// their cookies. A user who is too large already, by an older setting, may be changed.
func (s *Service) fitting(userID string, u *Editable, change func(*Editable) error) error {
	fits := func() error {
		return s.cfg.Sessions.Fits(auth.User{ID: userID, Email: strings.Repeat("x", maxEmailLength), Name: u.Name, Image: u.Image, Profile: u.Profile})
	}
	before := fits()
	if err := change(u); err != nil {
		return err
	}
	if before != nil {
		return nil
	}
	return fits()
}

// Edit is what users may change of their own account.
type Edit struct {
	Name  *string // nil = leave
	Image *string // nil = leave; "" = no picture
}

// maxImageBytes is the longest address of a picture.
const maxImageBytes = 1024

// EditUser applies a user's own changes. Invalid tells which fields are wrong.
func (s *Service) EditUser(ctx context.Context, userID string, edit Edit) error {
	invalid := Invalid{}
	var name string
	if edit.Name != nil {
		var ok bool
		if name, ok = cleanName(*edit.Name); !ok {
			invalid["name"] = nameRule
		}
	}
	if edit.Image != nil && !isPicture(*edit.Image) {
		invalid["image"] = "Use an https address of at most 1024 characters."
	}
	if len(invalid) > 0 {
		return invalid
	}
	if edit == (Edit{}) {
		return nil // nothing to write, nobody to tell
	}
	err := s.UpdateUser(ctx, userID, func(u *Editable) error {
		if edit.Name != nil {
			u.Name = name
		}
		if edit.Image != nil {
			u.Image = *edit.Image
		}
		return nil
	})
	if edit.Image != nil && errors.Is(err, auth.ErrTooLarge) {
		return Invalid{"image": "A session cannot carry that. Use a shorter address."}
	}
	return err
}

// isPicture takes no picture or an https address: a page may show it.
func isPicture(address string) bool {
	if address == "" {
		return true
	}
	u, err := url.Parse(address)
	return err == nil && len(address) <= maxImageBytes && u.Scheme == "https" && u.Host != "" && u.User == nil
}
