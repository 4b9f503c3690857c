package ledgertest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tramhoso/sync/dossier"
	"tramhoso/sync/portal/ledger"
)

// testRetention lets things outlive their time by one microsecond.
func testRetention(t *testing.T, open Opener) {
	s := start(t, open)
	const tick = time.Microsecond
	ids := func(list []string, err error) []string { t.Helper(); must(t, err); return list }
	update(t, s, func(tx ledger.Tx) {
		a, b := enrol(t, tx, "DL27", "c1"), enrol(t, tx, "DL28", "c2")
		for i, id := range []string{"ended", "open", "of-ended", "stray", "odd", "waits", "late"} {
			p := packet(id, a, uint64(i+1), uint64(i+1))
			switch id {
			case "odd":
				p.Quarantine = "why"
			case "waits":
				p.Shelved = true
			case "late":
				p.Parent = "ended"
			}
			must(t, tx.AddPacket(p))
		}
		for id, status := range map[string]dossier.Status{"ended": dossier.StatusReturned, "open": dossier.StatusProcessed} {
			must(t, tx.PutDossier(ledger.Dossier{Packet: id, Station: "DL27", Status: status, ReceivedAt: when, UpdatedAt: when}))
			must(t, tx.AddStep(ledger.Step{Packet: id, To: status, At: when, Action: "ready", Sealed: []byte("words")}))
		}
		must(t, tx.AddStep(ledger.Step{Packet: "ended", To: dossier.StatusReturned, At: when, Action: "message", Cause: "of-ended"}))
		must(t, tx.AddStep(ledger.Step{Packet: "ended", To: dossier.StatusReturned, At: when, Action: "message", Cause: "late"}))
		if got := ids(tx.EndedDossiers(when, 10)); len(got) != 0 {
			t.Errorf("too early: %v", got)
		}
		if got := ids(tx.EndedDossiers(when.Add(tick), 10)); !cmp.Equal(got, []string{"ended"}) {
			t.Errorf("ended: %v", got)
		}
		if got := ids(tx.StrayPackets(when, 10)); len(got) != 0 {
			t.Errorf("too early: %v", got)
		}
		if got := ids(tx.StrayPackets(when.Add(tick), 10)); !cmp.Equal(got, []string{"stray"}) {
			t.Errorf("stray: %v", got)
		}

		needs := func(id string, before time.Time) bool {
			is, err := tx.NeedsRecipient(id, before)
			must(t, err)
			return is
		}
		if of := packet("x", a, 99, 99).Recipient; !needs(of, when.AddDate(-1, 0, 0)) || needs("another", when) || !needs("another", when.Add(tick)) {
			t.Error("a key that content needs")
		}

		before, err := tx.Packet("ended")
		must(t, err)
		must(t, tx.Destroy("ended", when.Add(time.Hour)))
		must(t, tx.Destroy("ended", when.Add(2*time.Hour)))
		must(t, tx.Destroy("stray", when.Add(time.Hour)))
		after, err := tx.Packet("ended")
		must(t, err)
		before.Body, before.DestroyedAt = nil, when.Add(time.Hour)
		if d := cmp.Diff(before, after); d != "" {
			t.Errorf("what is left: %s", d)
		}
		for id, want := range map[string]int{"ended": 0, "open": len("words")} {
			steps, err := tx.Steps(id)
			must(t, err)
			if len(steps) == 0 || len(steps[0].Sealed) != want {
				t.Errorf("steps of %s: %+v", id, steps)
			}
		}
		if got := ids(tx.StrayPackets(when.Add(tick), 10)); !cmp.Equal(got, []string{"late"}) {
			t.Errorf("what came after its dossier was destroyed: %v", got)
		}
		must(t, tx.Destroy("late", when.Add(time.Hour)))
		if got := append(ids(tx.EndedDossiers(when.Add(tick), 10)), ids(tx.StrayPackets(when.Add(tick), 10))...); len(got) != 0 {
			t.Errorf("destroyed and still listed: %v", got)
		}
		held, err := tx.HeldFiles(ledger.HeldFile{}, 10)
		must(t, err)
		for _, f := range held {
			if f.Packet == "ended" || f.Packet == "stray" {
				t.Errorf("%+v is said to be here", f)
			}
		}
		if len(held) != 4 {
			t.Errorf("%d files are here", len(held))
		}

		count := func(name string, want int) func(int, error) {
			return func(n int, err error) {
				t.Helper()
				must(t, err)
				if n != want {
					t.Errorf("%s: forgot %d, want %d", name, n, want)
				}
			}
		}
		must(t, tx.PutUpload(ledger.Upload{Packet: "open", SHA256: "s1", Enrolment: a, Size: 9, MadeAt: when, ChangedAt: when}))
		must(t, tx.PutUpload(ledger.Upload{Packet: "open", SHA256: "s3", Enrolment: a, Size: 9, MadeAt: when, ChangedAt: when, Expired: true}))
		count("uploads", 0)(tx.DropUploads(when))
		count("uploads", 1)(tx.DropUploads(when.Add(tick)))
		must(t, tx.AddToken(ledger.Token{Hash: "h", Station: ledger.Station{Code: "DL29", Name: "x"}, MadeAt: when, Expires: when}))
		count("tokens", 0)(tx.DropTokens(when))
		count("tokens", 1)(tx.DropTokens(when.Add(tick)))
		for _, e := range []int64{a, b} {
			_, err := tx.AddEvent(e, []byte("x"), when)
			must(t, err)
		}
		must(t, tx.Revoke(b, when))
		count("events", 0)(tx.DropEvents(when))
		count("events", 1)(tx.DropEvents(when.Add(tick)))
	})
}

// testAlarms acknowledges the one alarm that is there.
func testAlarms(t *testing.T, tx ledger.Tx, enrolment int64) {
	t.Helper()
	must(t, tx.AddAlarm(ledger.Alarm{Station: "DL27", Enrolment: enrolment, Seq: 7, First: "p1", Second: "p2", At: when}))
	list, err := tx.Alarms(10)
	must(t, err)
	want := ledger.Alarm{Station: "DL27", Enrolment: enrolment, Seq: 7, First: "p1", Second: "p2", At: when}
	if len(list) != 1 {
		t.Fatalf("%+v", list)
	}
	want.N = list[0].N
	if list[0] != want {
		t.Errorf("%+v", list[0])
	}
	for station, n := range map[string]int{"": 1, "DL27": 1, "DL28": 0} {
		if got, err := tx.OpenAlarms(station); err != nil || got != n {
			t.Errorf("open of %q: %d, %v", station, got, err)
		}
	}
	must(t, tx.AcknowledgeAlarm(want.N, "CB-1", when.Add(time.Hour)))
	must(t, tx.AcknowledgeAlarm(want.N, "CB-2", when.Add(2*time.Hour)))
	if err := tx.AcknowledgeAlarm(want.N+1, "CB-1", when); err == nil {
		t.Error("an alarm that is not there was acknowledged")
	}
	want.AcknowledgedBy, want.AcknowledgedAt = "CB-1", when.Add(time.Hour)
	if list, err := tx.Alarms(10); err != nil || list[0] != want {
		t.Errorf("%+v, %v", list, err)
	}
	if got, err := tx.OpenAlarms(""); err != nil || got != 0 {
		t.Errorf("%d open, %v", got, err)
	}
}
