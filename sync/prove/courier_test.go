package prove

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tramhoso/sync/courier"
	"tramhoso/sync/dossier"
	"tramhoso/sync/portal"
	"tramhoso/sync/wire/stick"
)

func (w *world) export(dir string) courier.Exported {
	w.t.Helper()
	done, err := w.station.Courier.Export(w.t.Context(), dir, nil)
	must(w.t, err)
	return done
}

func (w *world) atPortal(dir string) portal.Import {
	w.t.Helper()
	done, err := w.portal.Import(w.t.Context(), dir)
	must(w.t, err)
	for _, b := range done.Bundles {
		must(w.t, b.Err)
	}
	return done
}

func (w *world) bring(dir string) courier.Imported {
	w.t.Helper()
	done, err := w.station.Courier.Import(w.t.Context(), dir)
	must(w.t, err)
	for _, f := range done.Files {
		must(w.t, f.Err)
	}
	return done
}

func names(t *testing.T, dir string) (list []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	must(t, err)
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

// A station that never has a network after its enrolment works by stick alone.
func TestAStationThatHasOnlyAStick(t *testing.T) {
	w, dir := newWorld(t), t.TempDir()
	w.enrol()
	w.line.cut()
	s, slip := w.submit("tap")
	second, _ := w.submit("tap again, later")
	sent := w.export(dir)
	if sent.Packets != 2 || sent.Left != 0 || len(names(t, dir)) != 1 || names(t, dir)[0] != sent.Name {
		t.Fatalf("%+v, %v", sent, names(t, dir))
	}
	file, err := os.ReadFile(filepath.Join(dir, sent.Name))
	must(t, err)
	for _, c := range append([]string{StationCode, s.Packet, s.Slip, string(slip.Secret[:])}, Canaries...) {
		if strings.Contains(string(file)+sent.Name, c) {
			t.Errorf("the stick shows %q", c)
		}
	}
	card, err := w.station.Inbox.BySlip(t.Context(), slip)
	must(t, err)
	if !card.Sent.IsZero() {
		t.Error("exported is not received")
	}

	if done := w.atPortal(dir); len(done.Answers) != 1 || done.Bundles[0].New != 2 {
		t.Fatalf("%+v", done)
	}
	first := t.TempDir() // a copy of the stick as it comes back
	must(t, os.CopyFS(first, os.DirFS(dir)))
	if got := w.bring(dir); got.Receipts != 2 || got.Events != 0 || got.Refused != 0 {
		t.Errorf("%+v", got)
	}
	for _, packet := range []string{s.Packet, second.Packet} {
		if !w.held(packet)() {
			t.Errorf("%s is not held", packet)
		}
	}
	if cat, err := w.station.Province.Catalogue(); err != nil || cat.Version() < 1 {
		t.Errorf("the catalogue did not come: %v", err)
	}
	if left := names(t, dir); len(left) != 0 {
		t.Errorf("what is done lies on: %v", left)
	}

	w.act(s.Packet, portal.ActAccept)
	w.ready(s.Packet, largestResult)
	if sent = w.export(dir); sent.Packets != 0 {
		t.Errorf("%+v", sent)
	}
	w.atPortal(dir)
	answered := t.TempDir()
	must(t, os.CopyFS(answered, os.DirFS(dir)))
	if got := w.bring(dir); got.Events != 2 || got.Receipts != 0 {
		t.Errorf("%+v", got)
	}
	if !w.status(slip, dossier.StatusProcessed)() {
		t.Error("the result did not come")
	}
	w.result(s.Packet, largestResult)
	for _, old := range []string{answered, first} {
		if got := w.bring(old); got.Events+got.Receipts != 0 || !got.Files[0].Applied {
			t.Errorf("a replay: %+v", got)
		}
	}
	card, err = w.station.Inbox.BySlip(t.Context(), slip)
	must(t, err)
	if len(card.News) != 2 || card.Form01() == nil || card.Code() == "" {
		t.Errorf("%+v", card)
	}
	if n := w.count(); n != 2 {
		t.Errorf("the portal holds %d dossiers", n)
	}

	// Later the network comes after all: nothing happens twice.
	w.line.mend()
	w.run(w.station.Link)
	w.act(second.Packet, portal.ActAccept)
	w.until("the second acceptance", func() bool {
		c, err := w.station.Store.Cursor(t.Context())
		must(t, err)
		return c.N == 3
	})
	if n := w.count(); n != 2 {
		t.Errorf("the portal holds %d dossiers", n)
	}
	w.canaries(slip)
}

// The same packet by stick and by network, in both orders.
func TestBothWaysHaveOneEffect(t *testing.T) {
	w, dir, ctx := newWorld(t), t.TempDir(), t.Context()
	w.enrol()
	receipt := func(packet string) string {
		st, err := w.station.Store.State(ctx, packet)
		must(t, err)
		return st.Receipt
	}
	early, _ := w.submit("first the network")
	w.export(dir)
	w.run(w.station.Link)
	// The first history that the station hears of has it offer everything anew.
	w.until("the receipt in a history", func() bool {
		c, err := w.station.Store.Cursor(ctx)
		must(t, err)
		return c.Epoch != "" && w.held(early.Packet)()
	})
	online := receipt(early.Packet)
	if done := w.atPortal(dir); done.Bundles[0].New != 0 || done.Bundles[0].Packets != 1 {
		t.Errorf("%+v", done.Bundles)
	}
	if got := w.bring(dir); got.Receipts != 0 {
		t.Errorf("%+v", got)
	}
	w.crash()
	w.open()

	late, slip := w.submit("first the stick")
	w.export(dir)
	if done := w.atPortal(dir); done.Bundles[0].New != 1 {
		t.Errorf("%+v", done.Bundles)
	}
	w.act(late.Packet, portal.ActAccept)
	w.run(w.station.Link)
	w.until("the receipt", w.held(late.Packet))
	w.until("the acceptance", w.status(slip, dossier.StatusAccepted))
	late2 := receipt(late.Packet)
	if got := w.bring(dir); got.Receipts+got.Events != 0 {
		t.Errorf("%+v", got)
	}
	if receipt(early.Packet) != online || receipt(late.Packet) != late2 {
		t.Error("the stick brought another receipt")
	}
	if n := w.count(); n != 2 {
		t.Errorf("the portal holds %d dossiers", n)
	}
}

// Both ends read the same hostile stick.
func TestAStickOfAnotherProvince(t *testing.T) {
	w, dir := newWorld(t), t.TempDir()
	w.enrol()
	elsewhere := newWorld(t)
	elsewhere.enrol()
	elsewhere.submit("tap")
	elsewhere.export(dir)
	done, err := w.portal.Import(t.Context(), dir)
	must(t, err)
	if len(done.Bundles) != 1 || done.Bundles[0].Err == nil || len(done.Answers) != 0 || w.count() != 0 {
		t.Errorf("%+v", done)
	}
	elsewhere.atPortal(dir)
	got, err := w.station.Courier.Import(t.Context(), dir)
	must(t, err)
	if len(got.Files) != 1 || !errors.Is(got.Files[0].Err, courier.ErrForeign) {
		t.Errorf("%+v", got)
	}
	if left := names(t, dir); len(left) != 2 {
		t.Errorf("somebody else's files are gone: %v", left)
	}
	if got := elsewhere.bring(dir); got.Receipts != 1 {
		t.Errorf("%+v", got)
	}
	if _, err := w.station.Courier.Export(t.Context(), filepath.Join(dir, "missing"), nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing stick: %v", err)
	}
	if _, err := stick.Open(filepath.Join(dir, "missing")); !errors.Is(err, os.ErrNotExist) {
		t.Error("an export made the folder of a missing stick")
	}
}
