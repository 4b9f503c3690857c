package inbox_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"tramhoso/sync/inbox"
	"tramhoso/sync/wire"
)

// A station that was told to be quiet asks now and then, holds no line open and
// fetches no catalogue; news for people come, and afterwards all is as before.
func TestFollowQuietly(t *testing.T) {
	follow(t, func(t *testing.T, r *rig) {
		time.Sleep(time.Minute)
		r.hush(true)
		time.Sleep(time.Minute) // a question that is held is answered first
		events := r.events("e1", r.accepted(1))
		r.portal.says(func(q wire.EventsQuery) (wire.EventsAnswer, wire.Watermark, error) {
			a, m, err := events(q)
			a.Hints.Catalogue = 9
			return a, m, err
		})
		r.portal.take()
		time.Sleep(59 * time.Minute)
		asked := r.portal.take()
		if len(asked) < 5 || len(asked) > 6 {
			t.Errorf("within an hour it asked %q", asked)
		}
		for _, q := range asked[1:] {
			if !strings.HasSuffix(q, " wait 0s") {
				t.Errorf("it asked %q", q)
			}
		}
		if r.noted(inbox.NoteNews) != 1 {
			t.Error("news for a person did not come")
		}
		if _, online, _ := r.st.Inbox.Contact(); !online {
			t.Error("a portal that answers is said to be away")
		}
		r.hush(false)
		r.st.Inbox.Wake()
		time.Sleep(time.Minute)
		if asked := r.portal.take(); len(asked) < 2 || asked[0] != "0: e1,1 wait 25s" || !slices.Contains(asked, "25: catalogue") {
			t.Errorf("afterwards it asked %q", asked)
		}
	})
}
