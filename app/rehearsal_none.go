//go:build !tour

package main

import "context"

// rehearsal and runExtra hold nothing in a station's build: what drives the
// program from outside exists only with the tag tour.
type (
	rehearsal struct{}
	runExtra  struct{}
)

func (runExtra) rehearse(context.Context, *station, *window) {}
