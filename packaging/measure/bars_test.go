package main

import (
	"io"
	"math"
	"strings"
	"testing"
)

// Every bar can be missed, is kept at its limit unless that is too little, and
// ends the bench with its name.
func TestBars(t *testing.T) {
	for _, b := range bars {
		worse, better := b.limit*1.01, b.limit*0.99
		if b.least {
			worse, better = better, worse
		}
		for value, kept := range map[float64]bool{worse: false, better: true, b.limit: !b.strict, math.NaN(): false} {
			var out strings.Builder
			s := &sheet{out: &out, printed: map[string]bool{}}
			s.figure(b.figure, value, "ratio")
			err := s.errMissed()
			if (err == nil) != kept || err != nil && !strings.Contains(err.Error(), b.figure) {
				t.Errorf("%s at %g: %v", b.figure, value, err)
			}
			if !strings.HasPrefix(out.String(), b.figure+" ") {
				t.Errorf("printed %q", out.String())
			}
		}
	}
	// A part that ends without the figure keeps no bar, however it was renamed.
	s := &sheet{out: io.Discard, printed: map[string]bool{}}
	s.figure("search-keystroke", 1, "ms")
	s.unmeasured("search")
	if err := s.errMissed(); err == nil || !strings.Contains(err.Error(), "search-keystroke-p99 was not measured") {
		t.Errorf("%v", err)
	}
	if judge("drain-floor", 1e9) != "" {
		t.Error("a figure without a bar is judged")
	}
}
