package prove

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"tramhoso/sync/client"
	"tramhoso/sync/courier"
	"tramhoso/sync/dossier"
	"tramhoso/sync/outbox"
	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/wire"
	"tramhoso/sync/wire/stick"
)

// neighbour is another station of the same province, with the network.
func (w *world) neighbour(code string) (s *Station, dir string) {
	w.t.Helper()
	dir = filepath.Join(w.t.TempDir(), "neighbour")
	s, err := OpenStation(w.t.Context(), dir, w.clock, slog.New(slog.NewJSONHandler(w.log, nil)))
	must(w.t, err)
	w.t.Cleanup(func() { must(w.t, s.Close()) })
	tok, err := w.portal.IssueToken(w.t.Context(), ledger.Station{Code: code, Name: "Điểm BĐ-VHX Cư Kuin", Address: "Xã Cư Kuin"}, "https://"+w.line.addr())
	must(w.t, err)
	must(w.t, s.Link.Enrol(w.t.Context(), tok))
	return s, dir
}

// holds lists the files under dir that hold one of these, or are as large as a
// whole bundle.
func holds(t *testing.T, dir string, pieces ...[]byte) (list []string) {
	t.Helper()
	must(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		for _, p := range pieces {
			if bytes.Contains(b, p) {
				list = append(list, path)
			}
		}
		return err
	}))
	return list
}

// A station without a network is served through its neighbour's: that one can
// read neither what it carries nor the answer, keeps nothing, and goes on after a
// cut where it was.
func TestAStickAtANeighbour(t *testing.T) {
	w, dir := newWorld(t), t.TempDir()
	w.enrol()
	b, bDir := w.neighbour("DL28")
	packet, files, papers := w.submitted("tap", 900_000)
	w.export(dir)
	before := map[string][]byte{}
	for _, name := range names(t, dir) {
		raw, err := os.ReadFile(filepath.Join(dir, name))
		must(t, err)
		before[name] = raw
	}
	must(t, os.WriteFile(filepath.Join(dir, "holiday.jpg"), []byte("somebody's"), 0o600))
	must(t, os.WriteFile(filepath.Join(dir, strings.Repeat("9", 32)+string(stick.Up)), []byte("nothing of ours"), 0o600))

	// Without a network nothing changes on the stick.
	w.line.cut()
	if _, err := b.Courier.Relay(t.Context(), dir, b.Link, b.Files.Turn, nil); dossier.CodeOf(err) != dossier.CodeNoNetwork {
		t.Errorf("offline: %v", err)
	}
	if list := names(t, dir); len(list) != len(before)+2 {
		t.Errorf("the stick changed: %v", list)
	}
	w.line.mend()

	// With one that breaks it goes on.
	sent := w.line.carried()
	w.line.cutEvery(300_000, 2)
	var done courier.Relayed
	var told []courier.Progress
	for range 9 {
		var err error
		if done, err = b.Courier.Relay(t.Context(), dir, b.Link, b.Files.Turn, func(p courier.Progress) { told = append(told, p) }); err == nil {
			break
		}
		if dossier.CodeOf(err) != dossier.CodeNoNetwork {
			t.Fatal(err)
		}
	}
	if done.Answered+done.Before != 2 || len(told) == 0 || told[len(told)-1].Done > told[len(told)-1].Total {
		t.Errorf("%+v, told %v", done, told)
	}
	refused := 0
	for _, f := range done.Files {
		if f.Err != nil {
			refused++
		}
	}
	if refused != 1 {
		t.Errorf("%+v: one file is of no use", done.Files)
	}
	if n, most := w.line.carried()-sent, int64(900_000+3*wire.MaxChunkBytes+200_000); n > most {
		t.Errorf("%d bytes went, at most %d", n, most)
	}
	pieces := [][]byte{[]byte(packet), []byte(files[0].SHA256), []byte(StationCode)}
	for name, raw := range before {
		pieces = append(pieces, raw[len(raw)/2:len(raw)/2+64])
		answer, err := os.ReadFile(filepath.Join(dir, strings.TrimSuffix(name, string(stick.Up))+string(stick.Down)))
		must(t, err)
		pieces = append(pieces, answer[len(answer)/2:len(answer)/2+64])
		if sealed, err := stick.Unwrap(answer); err != nil || len(sealed) == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if list := holds(t, bDir, pieces...); len(list) != 0 {
		t.Errorf("the neighbour keeps %v", list)
	}
	if got, err := b.Courier.Import(t.Context(), dir); err != nil || got.Receipts != 0 || len(got.Files) != 2 || !errors.Is(got.Files[0].Err, courier.ErrForeign) {
		t.Errorf("the neighbour takes the answer for its own: %+v, %v", got, err)
	}
	if again, err := b.Courier.Relay(t.Context(), dir, b.Link, b.Files.Turn, nil); err != nil || again.Answered != 0 || again.Before != 2 {
		t.Errorf("once more: %+v, %v", again, err)
	}

	// Back at the station that wrote it.
	w.line.cut()
	if got := w.atDesk(packet, files[0]); !bytes.Equal(got, papers[0]) {
		t.Error("the paper did not arrive")
	}
	got, err := w.station.Courier.Import(t.Context(), dir)
	must(t, err)
	if got.Receipts != 1 || got.Whole != 1 || !got.Catalogue || !w.whole(packet)() {
		t.Errorf("%+v", got)
	}
	if left := names(t, dir); len(left) != 2 {
		t.Errorf("left on the stick: %v", left)
	}
	w.nothingInTheClear()
}

// tapped is a way to the portal on which every piece is measured.
type tapped struct {
	net.Conn
	most, all *atomic.Int64
}

func (c tapped) Write(p []byte) (int, error) {
	for was := c.most.Load(); int64(len(p)) > was && !c.most.CompareAndSwap(was, int64(len(p))); was = c.most.Load() {
	}
	n, err := c.Conn.Write(p)
	c.all.Add(int64(n))
	return n, err
}

// What others left on a stick uses no more of the line than the station may: it
// all goes over the limited way, in pieces of a tenth of its second.
func TestARelayKeepsToTheLimit(t *testing.T) {
	const bits = 800_000 // pieces smaller than a record of TLS
	w, dir := newWorld(t), t.TempDir()
	w.enrol()
	b, _ := w.neighbour("DL28")
	w.submitted("tap", 60_000)
	w.export(dir)
	var most, all atomic.Int64
	b.Link.Close()
	b.Link.Dial = client.Limit(func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := (&net.Dialer{}).DialContext(ctx, network, addr)
		return tapped{c, &most, &all}, err
	}, bits)
	sent := w.line.carried()
	done, err := b.Courier.Relay(t.Context(), dir, b.Link, b.Files.Turn, nil)
	if err != nil || done.Answered == 0 {
		t.Fatalf("%+v, %v", done, err)
	}
	b.Link.Close()
	if went := w.line.carried() - sent; went < 60_000 || went > all.Load() || most.Load() > bits/8/10 {
		t.Errorf("%d bytes went, %d of them over the limited way, %d at once", went, all.Load(), most.Load())
	}
}

// A station that the province does not believe any more can carry nothing for
// others either, and knows why.
func TestARelayOfNobody(t *testing.T) {
	w, dir := newWorld(t), t.TempDir()
	w.enrol()
	w.submitted("tap")
	w.export(dir)
	relay := func(s *Station, code dossier.Code, why outbox.Why) {
		t.Helper()
		done, err := s.Courier.Relay(t.Context(), dir, s.Link, s.Files.Turn, nil)
		if dossier.CodeOf(err) != code || outbox.WhyOf(err) != why || len(done.Files) != 0 {
			t.Errorf("%+v, %q, %v; not %q", done, outbox.WhyOf(err), err, why)
		}
		if n, err := s.Courier.Others(t.Context(), dir); err != nil || n != 1 {
			t.Errorf("%d bundles wait: %v", n, err)
		}
	}
	revoked, _ := w.neighbour("DL28")
	must(t, w.portal.Revoke(t.Context(), "DL28"))
	relay(revoked, wire.CodeRevoked, outbox.WhyIdentity)
	ended, _ := w.neighbour("DL29")
	e, err := ended.Province.Enrolment()
	must(t, err)
	leaf, err := client.Leaf(e.Certificate)
	must(t, err)
	w.clock.Set(leaf.NotAfter.Add(time.Hour))
	relay(ended, wire.CodeCertExpired, outbox.WhyCertificate)
}
