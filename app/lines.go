package main

import (
	"errors"
	"fmt"

	"tramhoso/app/config"
)

// named adds to every refusal of a numbered line the name that stays with its
// device, if it is plugged in now.
func named(err error, stable func(path string) (string, error)) error {
	for _, e := range numbered(err) {
		if name, no := stable(e.Path); no == nil {
			err = errors.Join(err, fmt.Errorf("now %s is %s: write %s = %q", e.Path, name, e.Key, name))
		}
	}
	return err
}

// numbered collects the refusals in a tree of errors.
func numbered(err error) []config.NumberedError {
	switch e := err.(type) {
	case config.NumberedError:
		return []config.NumberedError{e}
	case interface{ Unwrap() error }:
		return numbered(e.Unwrap())
	case interface{ Unwrap() []error }:
		var out []config.NumberedError
		for _, one := range e.Unwrap() {
			out = append(out, numbered(one)...)
		}
		return out
	}
	return nil
}
