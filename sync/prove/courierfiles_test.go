package prove

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"tramhoso/sync/courier"
	"tramhoso/sync/dossier"
	"tramhoso/sync/wire"
	"tramhoso/sync/wire/stick"
)

// submitted keeps a dossier with papers of these sizes.
func (w *world) submitted(tap string, sizes ...int) (packet string, files []dossier.Attachment, papers [][]byte) {
	w.t.Helper()
	for i, n := range sizes {
		p := page(w.t, n, byte(len(tap)+16*i))
		papers = append(papers, p)
		files = append(files, w.add("visit "+tap, "plan"+string(rune('a'+i)), p))
	}
	return w.submitWith(tap, files...).Packet, files, papers
}

func (w *world) receiptOf(packet string) string {
	w.t.Helper()
	st, err := w.station.Store.State(w.t.Context(), packet)
	must(w.t, err)
	return st.Receipt
}

// A station without a network gets its papers to the province by stick alone, and
// is told that its dossiers are whole.
func TestAttachmentsByStickAlone(t *testing.T) {
	w, dir := newWorld(t), t.TempDir()
	w.enrol()
	w.line.cut()
	one, files, papers := w.submitted("one", 700_000, 900)
	two, more, morePapers := w.submitted("second", 3000)
	w.submit("without papers")
	var told []courier.Progress
	sent, err := w.station.Courier.Export(t.Context(), dir, func(p courier.Progress) { told = append(told, p) })
	must(t, err)
	if sent.Packets != 3 || sent.Files != 3 || sent.FilesNot != 0 || len(sent.More) != 1 || len(names(t, dir)) != 2 {
		t.Fatalf("%+v, %v", sent, names(t, dir))
	}
	for i, p := range told {
		if p.Done > p.Total || i > 0 && p.Done < told[i-1].Done || i == len(told)-1 && p.Done != p.Total {
			t.Errorf("progress %v", told)
		}
	}
	for _, name := range names(t, dir) {
		raw, err := os.ReadFile(filepath.Join(dir, name))
		must(t, err)
		for _, c := range append([]string{StationCode, one, files[0].SHA256}, Canaries...) {
			if bytes.Contains(raw, []byte(c)) {
				t.Errorf("%s shows %q", name, c)
			}
		}
	}
	if left, err := w.station.Store.WaitingFiles(t.Context()); err != nil || left.Files != 3 {
		t.Errorf("%+v, %v: what is on a stick still waits", left, err)
	}
	done := w.atPortal(dir)
	if len(done.Answers) != 1 || done.Bundles[0].Here+done.Bundles[1].Here != 3 {
		t.Fatalf("%+v", done)
	}
	for i, want := range append(papers, morePapers...) {
		packet, a := one, append(files, more...)[i]
		if i == 2 {
			packet = two
		}
		if got := w.atDesk(packet, a); !bytes.Equal(got, want) {
			t.Errorf("file %d: %d bytes arrived, %d were added", i, len(got), len(want))
		}
	}
	if got := w.bring(dir); got.Receipts != 3 || got.Whole != 2 {
		t.Errorf("%+v", got)
	}
	if !w.whole(one)() || !w.whole(two)() {
		t.Error("the station does not know that its papers are there")
	}
	if left := names(t, dir); len(left) != 0 {
		t.Errorf("what is done lies on: %v", left)
	}
	if again := w.export(dir); again.Packets != 0 || again.Files != 0 {
		t.Errorf("%+v", again)
	}
	w.nothingInTheClear()
}

// The same file by stick and by network, in both orders and cut in the middle:
// the dossier becomes whole once, with one receipt.
func TestOneFileByBothWays(t *testing.T) {
	w, dir := newWorld(t), t.TempDir()
	w.enrol()
	w.line.cut()
	first, files, papers := w.submitted("begun by the network", 800_000, 5000)
	later, laterFiles, _ := w.submitted("first by stick", 90_000)
	w.export(dir)
	held := w.export(dir) // once more on the same stick: in place of the first
	if n := len(names(t, dir)); n != 2 || held.Files != 3 {
		t.Fatalf("%d files on the stick, %+v", n, held)
	}
	w.line.mend()

	// The network brings the first packet and a part of its first file.
	p, err := w.station.Store.Packet(t.Context(), first)
	must(t, err)
	r, compact, err := w.station.Link.Put(t.Context(), p)
	must(t, err)
	_, err = w.station.Store.Held(t.Context(), r, compact)
	must(t, err)
	file, err := w.station.Store.OpenFile(files[0].SHA256)
	must(t, err)
	at, err := w.station.Link.Carry(t.Context(), first, files[0], file, -1)
	must(t, errors.Join(err, file.Close()))
	if at == 0 || at == files[0].Size {
		t.Fatalf("%d bytes of %d went", at, files[0].Size)
	}

	done := w.atPortal(dir)
	for _, b := range done.Bundles {
		if b.Here != b.Files {
			t.Errorf("%+v", b)
		}
	}
	if got := w.atDesk(first, files[0]); !bytes.Equal(got, papers[0]) {
		t.Error("what began by the network and ended by stick is something else")
	}
	answered := t.TempDir()
	must(t, os.CopyFS(answered, os.DirFS(dir)))
	// The answer begins the first history: the receipt from before it counts anew.
	if got := w.bring(dir); got.Receipts != 2 || got.Whole != 2 {
		t.Errorf("%+v", got)
	}
	one, two := w.receiptOf(first), w.receiptOf(later)

	// Everything once more, by both ways.
	w.run(w.station.Link)
	file, err = w.station.Store.OpenFile(laterFiles[0].SHA256)
	must(t, err)
	at, err = w.station.Link.Carry(t.Context(), later, laterFiles[0], file, -1)
	must(t, errors.Join(err, file.Close()))
	if at != laterFiles[0].Size {
		t.Errorf("the portal asks for %d bytes that it has", laterFiles[0].Size-at)
	}
	w.atPortal(answered)
	if got := w.bring(answered); got.Receipts+got.Whole != 0 {
		t.Errorf("%+v", got)
	}
	if w.receiptOf(first) != one || w.receiptOf(later) != two {
		t.Error("another receipt")
	}
	for _, packet := range []string{first, later} {
		p, err := w.station.Store.Packet(t.Context(), packet)
		must(t, err)
		r, compact, missing, err := w.station.Link.State(t.Context(), p)
		must(t, err)
		if r.State != wire.StateWhole || len(missing) != 0 || compact != w.receiptOf(packet) {
			t.Errorf("%s: %+v, missing %v", packet, r, missing)
		}
	}
}

// A stick without room for papers carries the packets; one without room for
// those says how much it needs, and keeps nothing.
func TestASmallStick(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Fatal("mounting needs root: run the tests as root")
	}
	w, dir := newWorld(t), t.TempDir()
	w.enrol()
	w.submitted("tap", 2_000_000)
	must(t, syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_NOSUID|syscall.MS_NODEV|syscall.MS_NOEXEC, "size=1m"))
	t.Cleanup(func() { must(t, syscall.Unmount(dir, 0)) })
	sent := w.export(dir)
	if sent.Packets != 1 || sent.Files != 0 || sent.FilesNot != 1 || sent.Need < 2_000_000 || sent.Need > 2_100_000 {
		t.Errorf("%+v", sent)
	}
	w.atPortal(dir)
	if got := w.bring(dir); got.Receipts != 1 || got.Whole != 0 {
		t.Errorf("%+v", got)
	}
	if left, err := w.station.Store.WaitingFiles(t.Context()); err != nil || left.Files != 1 {
		t.Errorf("%+v, %v", left, err)
	}
	must(t, os.WriteFile(filepath.Join(dir, "photographs"), make([]byte, 1<<20-8<<10), 0o600))
	w.submit("another")
	_, err := w.station.Courier.Export(t.Context(), dir, nil)
	var room *courier.RoomError
	if dossier.CodeOf(err) != dossier.CodeStorageFull || !errors.As(err, &room) || room.Need <= room.Free {
		t.Errorf("a full stick: %v", err)
	}
	if left := names(t, dir); len(left) != 1 {
		t.Errorf("a part was left: %v", left)
	}
}

// A stick that was pulled out among the attachments still brings the packets; a
// paper that rotted here is noted as lost, and the others go.
func TestACutAmongAttachments(t *testing.T) {
	w, dir := newWorld(t), t.TempDir()
	w.enrol()
	packet, files, papers := w.submitted("tap", 300_000, 4000)
	sent := w.export(dir)
	whole, err := os.ReadFile(filepath.Join(dir, sent.More[0]))
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, sent.More[0]), whole[:len(whole)-100], 0o600))
	must(t, os.WriteFile(filepath.Join(dir, strings.Repeat("7", 32)+".tramnew"), whole[:9999], 0o600))
	done, err := w.portal.Import(t.Context(), dir)
	must(t, err)
	unfinished := 0
	for _, b := range done.Bundles {
		if errors.Is(b.Err, stick.ErrUnfinished) {
			unfinished++
		}
	}
	if len(done.Bundles) != 2 || unfinished != 1 {
		t.Errorf("%+v", done.Bundles)
	}
	if got := w.bring(dir); got.Receipts != 1 || got.Whole != 0 {
		t.Errorf("%+v", got)
	}

	rotten := filepath.Join(w.dir, "store", "files", files[0].SHA256)
	raw, err := os.ReadFile(rotten)
	must(t, err)
	raw[len(raw)/2] ^= 1
	must(t, os.WriteFile(rotten, raw, 0o600))
	sent = w.export(dir)
	if sent.Files != 1 || len(names(t, dir)) != 2 {
		t.Errorf("%+v, %v", sent, names(t, dir))
	}
	if left, err := w.station.Store.WaitingFiles(t.Context()); err != nil || left.Lost != 1 || left.Files != 1 {
		t.Errorf("%+v, %v", left, err)
	}
	w.atPortal(dir)
	if got := w.atDesk(packet, files[1]); !bytes.Equal(got, papers[1]) {
		t.Error("the sound paper did not arrive")
	}
}

// However large the papers are, both ends hold pieces of them only.
func TestLargeAttachmentsStayOutOfMemory(t *testing.T) {
	w, dir := newWorld(t), t.TempDir()
	w.enrol()
	_, files, _ := w.submitted("tap", 45<<20, 30<<20)
	const most = 24 << 20 // a third of the papers; a piece of each step is enough
	allocated := func(f func()) uint64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		f()
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	var sent courier.Exported
	if n := allocated(func() { sent = w.export(dir) }); n > most {
		t.Errorf("the export took %d MB of memory", n>>20)
	}
	if sent.Files != len(files) || len(sent.More) != 2 {
		t.Errorf("%+v", sent)
	}
	// Decryption gives each piece a place of its own, once.
	if n := allocated(func() { w.atPortal(dir) }); n > most+uint64(files[0].Size+files[1].Size) {
		t.Errorf("the portal took %d MB of memory", n>>20)
	}
	if got := w.bring(dir); got.Whole != 1 {
		t.Errorf("%+v", got)
	}
}
