package prove

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tramhoso/sync/dossier"
	"tramhoso/sync/outbox"
	"tramhoso/sync/portal"
	"tramhoso/sync/seal"
	"tramhoso/sync/store"
	"tramhoso/sync/wire"
)

// page is a paper as a scanner gives it, with a canary in it.
func page(t testing.TB, n int, seed byte) []byte {
	t.Helper()
	b := make([]byte, n)
	_, err := rand.NewChaCha8([32]byte{seed}).Read(b)
	must(t, err)
	copy(b[n/2:], CanaryAnswer)
	return b
}

func (w *world) add(draft, role string, content []byte) dossier.Attachment {
	w.t.Helper()
	a, err := w.station.Outbox.AddFile(w.t.Context(), draft, role, bytes.NewReader(content))
	must(w.t, err)
	return a
}

func (w *world) submitWith(submitToken string, files ...dossier.Attachment) outbox.Submitted {
	w.t.Helper()
	s, err := w.station.Outbox.SubmitDossier(w.t.Context(), submitToken, Dossier(begin), "UBND xã Ea Thử",
		func(f outbox.Facts) ([]byte, error) { return []byte(f.Number), nil }, files...)
	must(w.t, err)
	return s
}

// whole says that the station holds the receipt which says so.
func (w *world) whole(packet string) func() bool {
	return func() bool {
		left, err := w.station.Store.WaitingFiles(w.t.Context())
		must(w.t, err)
		_, more, err := w.station.Store.NextFile(w.t.Context(), 0)
		must(w.t, err)
		return w.held(packet)() && left.Files == 0 && !more
	}
}

// atDesk is what an officer reads.
func (w *world) atDesk(packet string, a dossier.Attachment) []byte {
	w.t.Helper()
	f, err := w.portal.OpenFile(w.t.Context(), packet, a.SHA256)
	must(w.t, err)
	b, err := io.ReadAll(f)
	must(w.t, errors.Join(err, f.Close()))
	return b
}

// Files go over a line that breaks again and again, through a crash of the
// station, and arrive as they were; little is sent twice, and the dossier is
// accepted only then.
func TestAttachmentsOverALineThatBreaks(t *testing.T) {
	w := newWorld(t)
	w.enrol()
	plan, slip := page(t, 1_500_000, 1), page(t, 900, 2)
	files := []dossier.Attachment{w.add("visit", "plan", plan), w.add("visit", "slip", slip)}
	w.add("visit", "taken back", page(t, 5000, 3))
	s := w.submitWith("tap", files...)
	must(t, w.station.Store.DropFiles(t.Context(), "visit"))

	p, err := w.station.Store.Packet(t.Context(), s.Packet)
	must(t, err)
	r, compact, err := w.station.Link.Put(t.Context(), p)
	must(t, err)
	_, err = w.station.Store.Held(t.Context(), r, compact)
	must(t, err)
	if _, err := w.portal.Act(t.Context(), s.Packet, portal.ActAccept, portal.DeskRequest{}); dossier.CodeOf(err) != dossier.CodeConflict {
		t.Errorf("accepted before it is whole: %v", err)
	}
	const cuts = 4
	w.line.cutEvery(250_000, cuts)
	w.run(w.station.Link)
	w.until("a cut", func() bool { w.station.Files.Wake(); return w.line.wasCut() > 0 })
	w.crash()
	w.open()
	w.run(w.station.Link)
	w.until("the whole", func() bool { w.station.Files.Wake(); return w.whole(s.Packet)() })
	if n := w.line.wasCut(); n != cuts {
		t.Errorf("%d cuts", n)
	}

	for i, want := range [][]byte{plan, slip} {
		if got := w.atDesk(s.Packet, files[i]); !bytes.Equal(got, want) {
			t.Errorf("file %d: %d bytes arrived, %d were added", i, len(got), len(want))
		}
	}
	// A cut loses what was on its way at most: one chunk. TLS and headers are the rest.
	if sent, most := w.line.carried(), files[0].Size+files[1].Size+(cuts+1)*wire.MaxChunkBytes+300_000; sent > most {
		t.Errorf("%d bytes were sent, at most %d", sent, most)
	}
	w.act(s.Packet, portal.ActAccept)

	// With the portal's backup the station's copies go, and not before.
	left := func() int {
		entries, err := os.ReadDir(filepath.Join(w.dir, "store", "files"))
		must(t, err)
		return len(entries)
	}
	sweep := func() {
		_, err := w.station.Store.Sweep(t.Context())
		must(t, err)
	}
	if sweep(); left() != len(files) {
		t.Errorf("%d files are left before the backup", left())
	}
	_, err = w.portal.Backup(t.Context())
	must(t, err)
	w.act(s.Packet, portal.ActReady) // with its event comes the portal's word about the backup
	w.until("the purge", func() bool { sweep(); return left() == 0 })
	w.nothingInTheClear()
}

// nothingInTheClear looks through every file of the station, and both logs.
func (w *world) nothingInTheClear() {
	w.t.Helper()
	must(w.t, filepath.WalkDir(filepath.Dir(w.dir), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		for _, c := range Canaries {
			if bytes.Contains(b, []byte(c)) {
				w.t.Errorf("%s shows %q", path, c)
			}
		}
		return err
	}))
	for _, c := range Canaries {
		if strings.Contains(w.log.String(), c) {
			w.t.Errorf("the log shows %q", c)
		}
	}
}

// A portal that was set back to before a packet gets it again, and its files.
func TestPortalThatForgotAPacketWithFiles(t *testing.T) {
	w := newWorld(t)
	w.enrol()
	content := page(t, 40_000, 4)
	a := w.add("visit", "plan", content)
	s := w.submitWith("tap", a)
	// The receipt of another history: this portal never saw the packet.
	p, err := w.station.Store.Packet(t.Context(), s.Packet)
	must(t, err)
	st, err := w.station.Province.Station()
	must(t, err)
	_, err = w.station.Store.Held(t.Context(), dossier.Receipt{Packet: s.Packet, Station: st.Code, Digest: seal.Digest(p.JWS, p.Body), Counter: 7,
		State: wire.StateHeld, Missing: []string{a.SHA256}, At: begin}, "receipt")
	must(t, err)
	w.run(w.station.Link)
	w.until("the whole", w.whole(s.Packet))
	if got := w.atDesk(s.Packet, a); !bytes.Equal(got, content) {
		t.Errorf("%d bytes arrived", len(got))
	}
}

// A file that rots on the station's disk is named lost; nothing false arrives,
// and the dossier is not whole.
func TestFileThatRottedAtTheStation(t *testing.T) {
	w := newWorld(t)
	w.enrol()
	a := w.add("visit", "plan", page(t, 40_000, 5))
	s := w.submitWith("tap", a)
	name := filepath.Join(w.dir, "store", "files", a.SHA256)
	b, err := os.ReadFile(name)
	must(t, err)
	b[len(b)/2] ^= 1
	must(t, os.WriteFile(name, b, 0o600))
	w.run(w.station.Link)
	lost := func() bool {
		left, err := w.station.Store.WaitingFiles(t.Context())
		must(t, err)
		return left == store.WaitingFiles{Lost: 1}
	}
	w.until("the loss", lost)
	if _, err := w.portal.OpenFile(t.Context(), s.Packet, a.SHA256); dossier.CodeOf(err) != dossier.CodeNotFound {
		t.Errorf("got %v", err)
	}
}
