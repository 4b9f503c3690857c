package config

import (
	"errors"
	"fmt"
)

// Named adds to every refusal of a numbered line the name that stays with its
// device, if it is plugged in now.
func Named(err error, stable func(path string) (string, error)) error {
	for _, e := range refusals(err) {
		if name, no := stable(e.Path); no == nil {
			err = errors.Join(err, fmt.Errorf("now %s is %s: write %s = %q", e.Path, name, e.Key, name))
		}
	}
	return err
}

// refusals collects the refusals in a tree of errors.
func refusals(err error) []NumberedError {
	switch e := err.(type) {
	case NumberedError:
		return []NumberedError{e}
	case interface{ Unwrap() error }:
		return refusals(e.Unwrap())
	case interface{ Unwrap() []error }:
		var out []NumberedError
		for _, one := range e.Unwrap() {
			out = append(out, refusals(one)...)
		}
		return out
	}
	return nil
}
