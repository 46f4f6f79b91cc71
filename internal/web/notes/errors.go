package notes

import "fmt"

// wrap puts the operation's name in front of an error; the kit knows an outage by what
// is inside.
func wrap(op string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", op, err)
}

// written says what an update or a deletion of one row came to.
func written(op string, rows int64, err error) error {
	if err == nil && rows == 0 {
		err = ErrNotFound
	}
	return wrap(op, err)
}
