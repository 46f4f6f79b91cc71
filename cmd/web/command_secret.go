package main

import (
	"context"
	"encoding/base64"
)

var makeSecretAction = action{"secret", "", "Prints a good AUTH_SECRET", `33 random bytes. To rotate, put the new one in front of the old one: AUTH_SECRET=new,old. When the
sessions of before have been renewed or have expired, leave the old one out.`, printSecret}

func printSecret(_ context.Context, o *operator, args []string) error {
	if _, err := parse("secret", noFlags(), args); err != nil {
		return err
	}
	o.say("%s", base64.StdEncoding.EncodeToString(randomBytes(33)))
	return nil
}
