package prove

import (
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tramhoso/sync/dossier"
	"tramhoso/sync/outbox"
	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/store"
)

func quiet(w *world) store.Options {
	return store.Options{Now: w.clock.Now, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
}

// enrolAs enrols whatever station stands here now under another code.
func (w *world) enrolAs(code string) {
	w.t.Helper()
	tok, err := w.portal.IssueToken(w.t.Context(), ledger.Station{Code: code, Name: "Điểm BĐ-VHX mới"}, "https://"+w.line.addr())
	must(w.t, err)
	must(w.t, w.station.Link.Enrol(w.t.Context(), tok))
}

// station's storage and keys lie apart in these tests; a real one has the keys in
// the storage folder.
func (w *world) renew(dir string) outbox.Renewed {
	w.t.Helper()
	must(w.t, os.Rename(filepath.Join(w.dir, "keys"), filepath.Join(w.dir, "store", "keys")))
	done, err := outbox.RenewStorage(w.t.Context(), filepath.Join(w.dir, "store"), dir, w.clock.Now(), quiet(w))
	must(w.t, err)
	return done
}

func (w *world) gaps(code string) (last uint64, runs string) {
	w.t.Helper()
	list, err := w.portal.Gaps(w.t.Context())
	must(w.t, err)
	for _, g := range list {
		if g.Station == code {
			var seq []store.Sequence
			for _, r := range g.Gaps {
				seq = append(seq, store.Sequence(r))
			}
			return g.Last, outbox.Runs(seq)
		}
	}
	w.t.Fatalf("the portal does not know %s", code)
	return 0, ""
}

// A station is replaced: what it had not sent reaches the portal by a stick under
// its old signature, and the machine is a new station with numbers of its own.
func TestAStationIsRenewed(t *testing.T) {
	w, stick := newWorld(t), t.TempDir()
	w.enrol()
	w.run(w.station.Link)
	sent, _ := w.submit("sent")
	// The first history that the station hears of has it offer everything anew.
	w.until("the receipt in a history", func() bool {
		c, err := w.station.Store.Cursor(t.Context())
		must(t, err)
		return c.Epoch != "" && w.held(sent.Packet)()
	})
	w.line.cut()
	var waiting []outbox.Submitted
	for _, tap := range []string{"one", "two"} {
		s, _ := w.submit(tap)
		waiting = append(waiting, s)
	}
	w.crash()
	done := w.renew(stick)
	if done.Packets != 2 || done.Damaged {
		t.Fatalf("%+v", done)
	}
	for _, dir := range []string{stick, done.Aside} {
		if got := names(t, dir); len(got) != 2 || !strings.HasPrefix(got[0], StationCode) {
			t.Errorf("%s: %v", dir, got)
		}
	}
	if left := names(t, filepath.Join(w.dir, "store", "keys")); len(left) != 0 {
		t.Errorf("old keys: %v", left)
	}

	w.open()
	if _, err := w.station.Province.Enrolment(); dossier.CodeOf(err) != dossier.CodeNotEnrolled {
		t.Fatalf("the new station is enrolled: %v", err)
	}
	w.line.mend()
	w.enrolAs("DL28")
	fresh, _ := w.submit("one") // a token of the old station is a stranger to the new
	if fresh.Seq != 1 || fresh.Again || !strings.Contains(fresh.Slip, "DL28") {
		t.Errorf("%+v", fresh)
	}
	for range 2 { // the stick again changes nothing
		loose, err := w.portal.ImportLoose(t.Context(), stick)
		must(t, err)
		if loose.Packets != 2 || len(loose.Refused) != 0 || len(loose.Stations) != 1 || len(loose.Stations[0].Gaps) != 0 {
			t.Errorf("%+v", loose)
		}
	}
	if n := w.count(); n != 3 {
		t.Errorf("%d dossiers", n)
	}
	w.run(w.station.Link)
	w.until("the new station's receipt", w.held(fresh.Packet))
	if n := w.count(); n != 4 {
		t.Errorf("%d dossiers", n)
	}
	for _, s := range waiting {
		w.act(s.Packet, "accept")
	}
	if last, runs := w.gaps(StationCode); last != 3 || runs != "" {
		t.Errorf("of the old station: last %d, gaps %q", last, runs)
	}
}

// A damaged storage: what can be read is exported, what cannot is named at the
// station and, as a gap, at the portal.
func TestADamagedStationIsRenewed(t *testing.T) {
	w, stick := newWorld(t), t.TempDir()
	w.enrol()
	w.line.cut()
	for i := range 30 {
		w.submit(string(rune('A' + i)))
	}
	lost, err := w.station.Store.Bodies(t.Context(), 11, true, 1)
	must(t, err)
	w.crash()
	path := filepath.Join(w.dir, "store", "station.db")
	raw, err := os.ReadFile(path)
	must(t, err)
	at := strings.Index(string(raw), lost[0].Head.ID+"dossier") // the packet's own row
	if at < 0 {
		t.Fatal("the packet is not in the file")
	}
	page := raw[at/4096*4096:][:4096]
	for i := range page {
		page[i] ^= 0xa7
	}
	must(t, os.WriteFile(path, raw, 0o600))

	done := w.renew(stick)
	if !done.Damaged || done.Last != 30 || done.Packets >= 30 || len(done.Missing) == 0 || done.Missing[0].From > 12 {
		t.Fatalf("%+v", done)
	}
	if _, err := os.Stat(filepath.Join(done.Aside, "station.db")); err != nil {
		t.Errorf("what somebody may read more of is gone: %v", err)
	}
	loose, err := w.portal.ImportLoose(context.Background(), stick)
	must(t, err)
	if loose.New != done.Packets || len(loose.Refused) != 0 {
		t.Errorf("%+v", loose)
	}
	if _, runs := w.gaps(StationCode); runs != outbox.Runs(done.Missing) {
		t.Errorf("the portal misses %q, the station %q", runs, outbox.Runs(done.Missing))
	}
	w.open()
	w.line.mend()
	w.enrolAs("DL28")
	if s, _ := w.submit("after"); s.Seq != 1 {
		t.Errorf("%+v", s)
	}
}

// Hostile files beside good packets are named and left; nothing outside the folder
// is read.
func TestLooseFilesOfAHostileStick(t *testing.T) {
	w, stick := newWorld(t), t.TempDir()
	w.enrol()
	w.line.cut()
	w.submit("one")
	w.submit("two")
	_, err := outbox.Export(t.Context(), w.station.Store, stick, false)
	must(t, err)
	good := names(t, stick)
	raw, err := os.ReadFile(filepath.Join(stick, good[0]))
	must(t, err)
	forged := append([]byte{}, raw...)
	forged[len(forged)-1] ^= 1
	must(t, os.WriteFile(filepath.Join(stick, good[0]), forged, 0o600))
	must(t, os.WriteFile(filepath.Join(stick, "half.packet"), raw[:len(raw)/2], 0o600))
	must(t, os.Mkdir(filepath.Join(stick, "folder.packet"), 0o700))
	must(t, os.Symlink("/etc/passwd", filepath.Join(stick, "link.packet")))
	big, err := os.Create(filepath.Join(stick, "big.packet"))
	must(t, err)
	must(t, big.Truncate(1<<40))
	must(t, big.Close())
	loose, err := w.portal.ImportLoose(t.Context(), stick)
	must(t, err)
	if loose.New != 1 || len(loose.Refused) != 5 {
		t.Errorf("%+v", loose)
	}
	if last, runs := w.gaps(StationCode); last != 2 || runs != "1" {
		t.Errorf("last %d, gaps %q", last, runs)
	}
}
