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

// What a courier brings makes the news as old as the answer is, if all of it was
// taken and it held all that there was; it is remembered, and never older than
// what is known already.
func TestTakeSaysUpToWhen(t *testing.T) {
	r := newRig(t)
	at := time.Date(2026, 7, 14, 3, 0, 0, 0, time.UTC)
	take := func(after time.Duration, hint int, events ...wire.SealedEvent) {
		t.Helper()
		_, _, err := r.st.Inbox.Take(t.Context(), wire.AnswerClaim{Epoch: "e1", At: at.Add(after), Hints: wire.Hints{Catalogue: hint}},
			wire.AnswerBody{News: wire.AnswerNews{Events: events}})
		must(t, err)
	}
	want := func(what string, after time.Duration) {
		t.Helper()
		if got := r.card().AsOf; !got.Equal(at.Add(after)) {
			t.Errorf("%s: as of %s, not %s", what, got, at.Add(after))
		}
	}
	if !r.card().AsOf.IsZero() {
		t.Fatal("something is known already")
	}
	take(0, 0, r.accepted(1))
	want("the first answer", 0)
	take(time.Hour, 0)
	want("nothing new", time.Hour)
	take(time.Minute, 0)
	want("an older answer", time.Hour)
	event := r.tells()[2]
	take(2*time.Hour, 0, event)
	want("behind a gap", time.Hour)
	full := make([]wire.SealedEvent, wire.MaxAnswerEvents)
	for i := range full {
		full[i] = wire.SealedEvent{N: 1}
	}
	take(2*time.Hour, 0, full...)
	want("there is more", time.Hour)
	take(2*time.Hour, 9)
	want("a catalogue is missing", time.Hour)
	if last, _, _ := r.st.Inbox.Contact(); !last.IsZero() {
		t.Errorf("a stick is taken for the network: %s", last)
	}
	again, err := inbox.New(t.Context(), inbox.Config{Store: r.st.Store, Keys: r.st.Keys, Province: r.st.Province})
	must(t, err)
	if got := again.AsOf(); !got.Equal(at.Add(time.Hour)) {
		t.Errorf("after a restart: as of %s", got)
	}
	must(t, r.st.Close())
}
