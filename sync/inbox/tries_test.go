package inbox

import (
	"testing"
	"time"

	"tramhoso/sync/dossier"
)

// A clock that is set back or forward gives nobody more tries than time does.
func TestTriesOnASetClock(t *testing.T) {
	var list tries
	now := time.Date(2026, 7, 14, 9, 0, 0, 0, time.UTC)
	missed := func() (n int) {
		for {
			_, err := list.count(now, func() (int, error) { return 0, nil })
			if dossier.CodeOf(err) == dossier.CodeTries {
				return n
			}
			n++
		}
	}
	if n := missed(); n != maxMisses {
		t.Errorf("%d tries", n)
	}
	now = now.Add(-100 * time.Hour)
	if n := missed(); n != 0 {
		t.Errorf("%d tries after the clock was set back", n)
	}
	now = now.Add(missForgot)
	if n := missed(); n != 1 {
		t.Errorf("%d tries half a minute later", n)
	}
	now = now.Add(1000 * time.Hour)
	if n := missed(); n != maxMisses {
		t.Errorf("%d tries after weeks", n)
	}
}
