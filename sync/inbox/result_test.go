package inbox_test

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/store"
	"tramhoso/sync/wire"
)

// The result's file is for a staff log-in: the newest one that can be printed, and
// only while the result waits here.
func TestResultFile(t *testing.T) {
	pdf := func(what string) []byte { return []byte("%PDF-1.4\n% " + what + "\n%%EOF\n") }
	at := time.Date(2026, 7, 16, 3, 0, 0, 0, time.UTC)
	ready := func(hour int, file []byte) dossier.Event {
		return dossier.Event{Kind: dossier.EventResult, Status: dossier.StatusProcessed, At: at.Add(time.Duration(hour) * time.Hour), Result: file}
	}
	for _, tt := range []struct {
		name   string
		events []dossier.Event
		state  dossier.ResultFile
		want   []byte
	}{
		{"on paper", []dossier.Event{ready(1, nil)}, dossier.ResultNone, nil},
		{"one", []dossier.Event{ready(1, pdf("a"))}, dossier.ResultHere, pdf("a")},
		{"the same again", []dossier.Event{ready(1, pdf("a")), ready(1, pdf("a"))}, dossier.ResultHere, pdf("a")},
		{"another instead", []dossier.Event{ready(1, pdf("a")), ready(2, pdf("b"))}, dossier.ResultHere, pdf("b")},
		{"the first again, late", []dossier.Event{ready(1, pdf("a")), ready(2, pdf("b")), ready(1, pdf("a"))}, dossier.ResultHere, pdf("b")},
		{"words behind it", []dossier.Event{ready(1, pdf("a")), ready(2, nil)}, dossier.ResultHere, pdf("a")},
		{"no PDF", []dossier.Event{ready(1, []byte("hello"))}, dossier.ResultNone, nil},
		{"no PDF behind one", []dossier.Event{ready(1, pdf("a")), ready(2, pdf(strings.Repeat("x", dossier.MaxResultBytes)))}, dossier.ResultHere, pdf("a")},
		{"collected elsewhere", []dossier.Event{ready(1, pdf("a")), {Kind: dossier.EventStatus, Status: dossier.StatusReturned, At: at.Add(5 * time.Hour)}}, dossier.ResultHere, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			follow(t, func(t *testing.T, r *rig) {
				var list []wire.SealedEvent
				for i, e := range tt.events {
					e.Packet = r.packet
					list = append(list, r.event(uint64(i)+1, e))
				}
				r.portal.says(r.events("e1", list...))
				time.Sleep(time.Minute)
				if got := r.cursor().N; got != uint64(len(list)) {
					t.Fatalf("event %d", got)
				}
				card, err := r.st.Inbox.CounterCard(t.Context(), r.packet, r.prov.Counter)
				must(t, err)
				got, err := r.st.Inbox.Result(t.Context(), r.packet, r.prov.Counter)
				if card.File != tt.state || !bytes.Equal(got, tt.want) || (tt.want == nil) != (dossier.CodeOf(err) == dossier.CodeNotFound) {
					t.Errorf("%q, %q, %v", card.File, got, err)
				}
				if _, err := r.st.Inbox.Result(t.Context(), r.packet, nil); dossier.CodeOf(err) != dossier.CodeBadgeUnknown {
					t.Errorf("without a log-in: %v", err)
				}
				if c := r.card(); c.Result() != nil {
					t.Error("the slip tells of the file")
				}
				cards, err := r.st.Store.Cards(t.Context(), r.packet, store.ClassCounter)
				must(t, err)
				for _, c := range cards {
					if len(c) > 8<<10 {
						t.Errorf("a card of %d bytes: the file lies in it", len(c))
					}
				}
				// The same events in a new epoch change nothing.
				r.portal.says(r.events("e2", list...))
				time.Sleep(time.Minute)
				if got, _ := r.st.Inbox.Result(t.Context(), r.packet, r.prov.Counter); !bytes.Equal(got, tt.want) || r.cursor().Epoch != "e2" {
					t.Errorf("in a new epoch: %q", got)
				}
				if strings.Contains(r.log.String(), "% a") {
					t.Error("the log shows the file")
				}
			})
		})
	}
}

// A clerk who asks while one file replaces another gets one of them, never word
// that something is wrong.
func TestResultWhileItIsReplaced(t *testing.T) {
	const files = 40
	at := time.Date(2026, 7, 16, 3, 0, 0, 0, time.UTC)
	follow(t, func(t *testing.T, r *rig) {
		var list []wire.SealedEvent
		for i := range files {
			list = append(list, r.event(uint64(i)+1, dossier.Event{Kind: dossier.EventResult, Packet: r.packet, Status: dossier.StatusProcessed,
				At: at.Add(time.Duration(i) * time.Hour), Result: fmt.Appendf(nil, "%%PDF-1.4\n%% %d\n%%%%EOF\n", i)}))
		}
		r.portal.says(r.events("e1", list[0]))
		time.Sleep(time.Minute)
		asked := 0
		clerk := sync.OnceFunc(func() {
			for r.cursor().N < files {
				if _, err := r.st.Inbox.Result(t.Context(), r.packet, r.prov.Counter); err != nil {
					t.Errorf("at event %d: %v", r.cursor().N, err)
				}
				asked++
			}
		})
		all := r.events("e1", list...)
		r.portal.says(func(q wire.EventsQuery) (wire.EventsAnswer, wire.Watermark, error) {
			go clerk() // asks for as long as the station takes this answer in
			return all(q)
		})
		time.Sleep(time.Minute)
		if asked == 0 || r.cursor().N != files {
			t.Errorf("asked %d times, at event %d", asked, r.cursor().N)
		}
	})
}
