package inbox_test

import (
	"testing"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/inbox"
	"tramhoso/sync/store"
	"tramhoso/sync/wire"
)

// What a courier brings from before the portal began anew, or was set back, is
// not taken; what it brings from after is.
func TestTakeKnowsThePresentHistory(t *testing.T) {
	for name, answer := range map[string]func(at time.Time) (wire.EventsAnswer, wire.Watermark){
		"a new epoch": func(at time.Time) (wire.EventsAnswer, wire.Watermark) {
			return wire.EventsAnswer{Epoch: "e2"}, wire.Watermark{Epoch: "e2", Counter: 100, At: at}
		},
		"set back": func(at time.Time) (wire.EventsAnswer, wire.Watermark) {
			return wire.EventsAnswer{Epoch: "e1"}, wire.Watermark{Epoch: "e1", Counter: 4, At: at}
		},
	} {
		t.Run(name, func(t *testing.T) {
			follow(t, func(t *testing.T, r *rig) {
				time.Sleep(time.Second)
				p, err := r.st.Store.Packet(t.Context(), r.packet)
				must(t, err)
				rec, compact, err := r.prov.Receipt(p, 5, time.Now())
				must(t, err)
				_, err = r.st.Store.Held(t.Context(), rec, compact)
				must(t, err)
				shown := time.Now().Add(time.Hour)
				a, mark := answer(shown)
				r.portal.says(func(wire.EventsQuery) (wire.EventsAnswer, wire.Watermark, error) { return a, mark, nil })
				time.Sleep(time.Minute)
				body := wire.AnswerBody{News: wire.AnswerNews{Events: []wire.SealedEvent{r.accepted(1)}}}
				old := wire.AnswerClaim{Epoch: "e1", At: shown.Add(-time.Millisecond)}
				if n, _, err := r.st.Inbox.Take(t.Context(), old, body); n != 0 || dossier.CodeOf(err) != dossier.CodeConflict {
					t.Errorf("from before: %d events, %v", n, err)
				}
				if n, _, err := r.st.Inbox.Take(t.Context(), wire.AnswerClaim{Epoch: a.Epoch, At: shown}, body); n != 1 || err != nil {
					t.Errorf("from then: %d events, %v", n, err)
				}
				if got := r.cursor(); got != (store.Cursor{Epoch: a.Epoch, N: 1}) || r.noted(inbox.NoteNews) != 1 {
					t.Errorf("cursor %+v, %v", got, r.notes)
				}
			})
		})
	}
}

// An older catalogue or staff list on a stick is no fault of the stick.
func TestTakeLeavesOlderDocuments(t *testing.T) {
	follow(t, func(t *testing.T, r *rig) {
		take := func(version int, tag string, catalogue []byte) error {
			_, _, err := r.st.Inbox.Take(t.Context(), wire.AnswerClaim{Epoch: "e1", At: time.Now(), Hints: wire.Hints{Catalogue: version, Staff: tag}},
				wire.AnswerBody{Catalogue: catalogue, Staff: []byte(r.prov.Staff)})
			return err
		}
		newer, err := r.prov.Catalogue(3, time.Now())
		must(t, err)
		older, err := r.prov.Catalogue(2, time.Now())
		must(t, err)
		must(t, take(3, "s3", newer))
		must(t, take(2, "s3", older))
		must(t, take(4, "s3", older)) // the claim is not the catalogue's own word
		if known := r.st.Province.Known(); known != (wire.Hints{Catalogue: 3, Staff: "s3"}) {
			t.Errorf("%+v", known)
		}
		if r.noted(inbox.NoteCatalogue) != 1 || r.noted(inbox.NoteStaff) != 1 {
			t.Errorf("%v", r.notes)
		}
	})
}
