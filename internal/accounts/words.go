package accounts

import (
	"cmp"

	"latchkey/internal/auth"
	"latchkey/internal/device"
	"latchkey/internal/mail"
)

// Words are what a mail says. How it looks is the Mailer's business. What strangers have
// typed never stands in them.
type Words struct {
	Subject string
	Text    []string // paragraphs
	Action  string   // what the link does: "Choose a new password"
	Link    string   // an absolute address of this site
	Note    string   // in small print
}

// Mailer makes of words a mail that waits in the outbox.
type Mailer interface {
	// Queue returns the mail to an address, to be written in the transaction of what it
	// tells of.
	Queue(to string, words Words) (mail.Queued, error)
}

const ignore = "If this wasn't you, ignore this mail: nothing happens."

func verifyWords(site, link string) Words {
	return Words{
		Subject: "Confirm your email address",
		Text:    []string{"Confirm that this is the address of your account at " + site + "."},
		Action:  "Confirm your email address", Link: link,
		Note: "The link works once, for 24 hours. If you did not sign up, ignore this mail. Nobody can use your address without this link.",
	}
}

// takenWords are for the owner of an address with which somebody has signed up again.
func takenWords(site, signIn, forgot string) Words {
	return Words{
		Subject: "You already have an account",
		Text: []string{
			"Somebody, perhaps you, tried to sign up at " + site + " with this address. It has an account already, so nothing was changed.",
			"Forgot your password? Choose a new one: " + forgot,
		},
		Action: "Sign in", Link: signIn,
		Note: ignore,
	}
}

// waitingWords are the same where nobody has proved the address yet: the account may be
// that of a stranger. The link ends their password.
func waitingWords(site, link string) Words {
	return Words{
		Subject: "Finish signing up",
		Text: []string{
			"Somebody, perhaps you, signed up at " + site + " with this address before, and nobody has confirmed it yet.",
			"Choose a password to make the account yours. A password that was chosen before does not work any more then.",
		},
		Action: "Choose a password", Link: link,
		Note: "The link works once, for one hour. " + ignore,
	}
}

func resetWords(site, link string) Words {
	return Words{
		Subject: "Choose a new password",
		Text:    []string{"Somebody, perhaps you, forgot the password of your account at " + site + "."},
		Action:  "Choose a new password", Link: link,
		Note: "The link works once, for one hour. All your devices are signed out when the password changes. " + ignore,
	}
}

func changedWords(site, forgot string) Words {
	return Words{
		Subject: "Your password was changed",
		Text: []string{
			"The password of your account at " + site + " was changed by a link in a mail to this address, and all devices were signed out.",
			"If this wasn't you, somebody else can read your mail. Secure your mailbox first, then choose a new password.",
		},
		Action: "Choose a new password", Link: forgot,
	}
}

func linkWords(site, link string) Words {
	return Words{
		Subject: "Your link to sign in",
		Text:    []string{"Sign in at " + site + " with this link."},
		Action:  "Sign in", Link: link,
		Note: "The link works once, for 15 minutes. Don't give it to anyone. " + ignore,
	}
}

// strippedWords tell that a password which was chosen before the address was proved is
// gone.
func strippedWords(site, forgot string) Words {
	return Words{
		Subject: "The first password of your account was removed",
		Text: []string{
			"You have confirmed your address at " + site + " by a link to sign in, in a browser that did not know the account's password. " +
				"Somebody else might have chosen it, so it does not work any more, and all other devices were signed out.",
		},
		Action: "Choose a password", Link: forgot,
	}
}

// newAddressWords go to the address that a user wants to sign in with.
func newAddressWords(site, link string) Words {
	return Words{
		Subject: "Confirm your new email address",
		Text:    []string{"A user of " + site + " wants to sign in with this address from now on. Nothing changes before you confirm it."},
		Action:  "Confirm your email address", Link: link,
		Note: "The link works once, for 24 hours. " + ignore,
	}
}

// wantedWords are the same for the owner of an address that has an account.
func wantedWords(site string) Words {
	return Words{
		Subject: "Somebody asked for your address",
		Text: []string{
			"A user of " + site + ", perhaps you with another account, wants to sign in with this address. It has an account already, so nothing was changed.",
		},
		Note: "There's nothing to do.",
	}
}

// addressChangedWords go to the address that a user has signed in with until now.
func addressChangedWords(site, email, undo string) Words {
	return Words{
		Subject: "Your email address was changed",
		Text: []string{
			"Your account at " + site + " has the address " + email + " now.",
			"If this wasn't you, undo it within a day: you get your address back, all devices are signed out, and you can choose a new password.",
		},
		Action: "Undo the change", Link: undo,
		Note: "If it was you, there's nothing to do.",
	}
}

// newBrowserWords tell of a sign-in in a browser that is new to an account.
func newBrowserWords(site string, session auth.Session, link string) Words {
	browser, _ := device.Name(session.UserAgent)
	browser = cmp.Or(browser, "an unknown browser")
	where := browser
	if session.IP != "" {
		where += ", " + session.IP
	}
	return Words{
		Subject: "New sign-in: " + browser,
		Text: []string{
			"Your account at " + site + " was signed in to in a browser that it does not know: " + where + ", " + session.CreatedAt.UTC().Format("2 January 2006, 15:04 UTC") + ".",
			"If this wasn't you, somebody knows your password. With this link, all devices are signed out and you choose a new one.",
		},
		Action: "It wasn't me", Link: link,
		Note: "If it was you, there's nothing to do.",
	}
}

// ownChangeWords tell of a change of the password in the settings.
func ownChangeWords(site, forgot string) Words {
	return Words{
		Subject: "Your password was changed",
		Text: []string{
			"The password of your account at " + site + " was changed in its settings, and all other devices were signed out.",
			"If this wasn't you, choose a new password now.",
		},
		Action: "Choose a new password", Link: forgot,
		Note: "If it was you, there's nothing to do.",
	}
}

// deletedWords are the last that a user hears of their account.
func deletedWords(site string) Words {
	return Words{
		Subject: "Your account was deleted",
		Text:    []string{"Your account at " + site + " and everything in it was deleted, as was asked for with its password."},
	}
}
