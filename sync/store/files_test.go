package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tramhoso/sync/dossier"
)

// sealing writes content as if it were ciphertext, in two pieces.
func sealing(content string) func(io.Writer) (dossier.Attachment, error) {
	return func(w io.Writer) (dossier.Attachment, error) {
		for _, part := range []string{content[:len(content)/2], content[len(content)/2:]} {
			if _, err := io.WriteString(w, part); err != nil {
				return dossier.Attachment{}, err
			}
		}
		sum := sha256.Sum256([]byte(content))
		return dossier.Attachment{SHA256: hex.EncodeToString(sum[:]), Size: int64(len(content))}, nil
	}
}

func (b *bench) add(t testing.TB, draft, content string) dossier.Attachment {
	t.Helper()
	a, err := b.AddFile(t.Context(), draft, "p1", sealing(content))
	must(t, err)
	return a
}

// submission names files and nothing else that matters here.
func submission(token string, files ...dossier.Attachment) Submission {
	return Submission{Token: token, Build: func(seq, _ uint64) (Rows, error) {
		return Rows{Packet: frozenHead(head(seq, files), "body"), Digest: digestOf(seq), Priority: PriorityPacket}, nil
	}}
}

func head(seq uint64, files []dossier.Attachment) dossier.Head {
	return dossier.Head{ID: fmt.Sprintf("p-%d", seq), Kind: dossier.KindDossier, Station: "DL27", Seq: seq, Attachments: files}
}

func (b *bench) submit(t testing.TB, token string, files ...dossier.Attachment) string {
	t.Helper()
	c, err := b.Commit(t.Context(), submission(token, files...))
	must(t, err)
	return c.Packet
}

func (b *bench) sweep(t testing.TB) {
	t.Helper()
	_, err := b.Sweep(t.Context())
	must(t, err)
}

// onDisk lists the folder of attachments.
func onDisk(t testing.TB, dir string) map[string]bool {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(dir, filesDir))
	must(t, err)
	out := map[string]bool{}
	for _, e := range entries {
		out[e.Name()] = true
	}
	return out
}

func wantFiles(t testing.TB, what string, dir string, want ...dossier.Attachment) {
	t.Helper()
	names := map[string]bool{}
	for _, a := range want {
		names[a.SHA256] = true
	}
	if d := cmp.Diff(names, onDisk(t, dir)); d != "" {
		t.Errorf("%s: on the disk:\n%s", what, d)
	}
}

func (b *bench) next(t testing.TB) (packet, file string) {
	t.Helper()
	c, ok, err := b.NextFile(t.Context(), 0)
	must(t, err)
	if !ok {
		return "", ""
	}
	return c.Packet.Head.ID, c.File.SHA256
}

func TestFileFromDraftToPurge(t *testing.T) {
	b := open(t, t.TempDir(), Options{})
	ctx := t.Context()
	one, two, back := b.add(t, "v1", "ciphertext one"), b.add(t, "v1", "ciphertext two"), b.add(t, "v1", "taken back")
	other := b.add(t, "v2", "another visit's")
	list, err := b.DraftFiles(ctx, "v1")
	must(t, err)
	if len(list) != 3 {
		t.Errorf("%+v", list)
	}
	must(t, b.DropFiles(ctx, "v1", back.SHA256))
	p := b.submit(t, "tap", one, two)
	wantFiles(t, "after the commit", b.Dir(), one, two, other)
	must(t, b.DropFiles(ctx, "v1"))
	b.LeaveFiles("v2")
	b.sweep(t)
	wantFiles(t, "after the visits", b.Dir(), one, two)
	if list, err := b.DraftFiles(ctx, "v1"); err != nil || len(list) != 0 {
		t.Errorf("%+v, %v", list, err)
	}

	if p, f := b.next(t); p != "" {
		t.Errorf("%s of %s may go before the packet is held", f, p)
	}
	receipt := dossier.Receipt{Packet: p, Digest: digestOf(1), Counter: 1, State: "held", Missing: []string{one.SHA256, two.SHA256}}
	_, err = b.Held(ctx, receipt, "r1")
	must(t, err)
	must(t, b.setDurableForTest(9))
	for i, want := range []string{one.SHA256, two.SHA256, ""} {
		b.clock = b.clock.Add(2 * BodyLife)
		b.sweep(t)
		gotP, gotF := b.next(t)
		if gotP != p || gotF != want {
			t.Fatalf("step %d: %s of %q", i, gotF, gotP)
		}
		if w, err := b.WaitingFiles(ctx); err != nil || w.Files != 2-i {
			t.Errorf("step %d: %+v, %v", i, w, err)
		}
		if want != "" {
			f, err := b.OpenFile(want)
			must(t, err)
			got, err := io.ReadAll(f)
			must(t, errors.Join(err, f.Close()))
			if !bytes.HasPrefix(got, []byte("ciphertext ")) {
				t.Errorf("%q", got)
			}
			must(t, b.Carried(ctx, p, want))
		}
	}
	receipt.Counter, receipt.State, receipt.Missing = 2, "whole", nil
	_, err = b.Held(ctx, receipt, "r2")
	must(t, err)
	if p, _ := b.next(t); p != "" {
		t.Errorf("%s still has something to carry", p)
	}
	b.sweep(t)
	wantFiles(t, "after the purge", b.Dir())
	if b.files.total() != 0 {
		t.Errorf("%d bytes are still counted", b.files.total())
	}
	if _, err := b.OpenFile(one.SHA256); dossier.CodeOf(err) != dossier.CodeNotFound {
		t.Errorf("got %v", err)
	}
}

func (b *bench) setDurableForTest(n uint64) error {
	_, err := b.Watermark(context.Background(), "", 0, n, n)
	return err
}

// A slip is never given for papers that are not there.
func TestCommitRefusesFilesThatAreNotThere(t *testing.T) {
	for name, spoil := range map[string]func(t *testing.T, b *bench, a *dossier.Attachment){
		"never added":  func(_ *testing.T, _ *bench, a *dossier.Attachment) { a.SHA256 = fmt.Sprintf("%064x", 1) },
		"another size": func(_ *testing.T, _ *bench, a *dossier.Attachment) { a.Size++ },
		"another role": func(_ *testing.T, _ *bench, a *dossier.Attachment) { a.Role = "p2" },
		"gone from the disk": func(t *testing.T, b *bench, a *dossier.Attachment) {
			must(t, os.Remove(b.files.path(a.SHA256)))
		},
		"cut on the disk": func(t *testing.T, b *bench, a *dossier.Attachment) {
			must(t, os.Truncate(b.files.path(a.SHA256), a.Size-1))
		},
		"dropped": func(t *testing.T, b *bench, _ *dossier.Attachment) { must(t, b.DropFiles(t.Context(), "v")) },
	} {
		t.Run(name, func(t *testing.T) {
			b := open(t, t.TempDir(), Options{})
			a := b.add(t, "v", "ciphertext")
			spoil(t, b, &a)
			if _, err := b.Commit(t.Context(), submission("tap", a)); dossier.CodeOf(err) != dossier.CodeInvalid {
				t.Errorf("got %v", err)
			}
			if w, err := b.Waiting(t.Context()); err != nil || w.Packets != 0 {
				t.Errorf("%+v, %v", w, err)
			}
		})
	}
}

// Whatever moment the power goes at, the folder holds whole files that something
// names, and the rows name files that are there.
func TestFilesAfterAPowerCut(t *testing.T) {
	b := open(t, t.TempDir(), Options{})
	ctx := t.Context()
	kept, lost := b.add(t, "kept", "a draft's"), b.add(t, "lost", "a visit's without a draft")
	must(t, b.PutDraft(ctx, "kept", []byte("sealed answers")))
	named := b.add(t, "gone", "a packet's")
	p := b.submit(t, "tap", named)
	cut := ""
	if _, err := b.AddFile(ctx, "kept", "p1", func(w io.Writer) (dossier.Attachment, error) {
		if _, err := w.Write([]byte("half")); err != nil {
			return dossier.Attachment{}, err
		}
		cut = powerCut(t, b.Dir())
		return sealing("")(w)
	}); err == nil {
		t.Error("a file that names another size was kept")
	}
	if len(onDisk(t, cut)) != 4 {
		t.Fatalf("the cut came elsewhere: %v", onDisk(t, cut))
	}
	wantFiles(t, "after a failure", b.Dir(), kept, lost, named)

	a := open(t, cut, Options{})
	wantFiles(t, "at the start", cut, kept, lost, named)
	a.sweep(t)
	wantFiles(t, "after a sweep", cut, kept, named)
	if list, err := a.DraftFiles(ctx, "kept"); err != nil || len(list) != 1 || list[0] != kept {
		t.Errorf("%+v, %v", list, err)
	}
	if a.files.total() != kept.Size+named.Size {
		t.Errorf("%d bytes are counted", a.files.total())
	}
	must(t, a.AgeDrafts(ctx, DraftLife, ""))
	a.sweep(t)
	wantFiles(t, "after the draft's time", cut, named)
	_, err := a.Held(ctx, dossier.Receipt{Packet: p, Digest: digestOf(1), Counter: 1, State: "held", Missing: []string{named.SHA256}}, "r")
	must(t, err)
	if _, f := a.next(t); f != named.SHA256 {
		t.Errorf("%q goes next", f)
	}
}

// A crash between the file's name and its row leaves nothing for ever.
func TestCrashAfterAFileWasWritten(t *testing.T) {
	boom := errors.New("boom")
	for _, at := range []Point{{"write a file", Inside}, {"add a file", Before}, {"add a file", Inside}} {
		cut := ""
		var dir string
		b := open(t, t.TempDir(), Options{Point: func(p Point) error {
			if p != at {
				return nil
			}
			cut = powerCut(t, dir)
			return boom
		}})
		dir = b.Dir()
		if _, err := b.AddFile(t.Context(), "v", "p1", sealing("ciphertext")); !errors.Is(err, boom) {
			t.Fatalf("%s: %v", at, err)
		}
		wantFiles(t, at.String(), dir)
		if b.files.total() != 0 {
			t.Errorf("%s: %d bytes are counted", at, b.files.total())
		}
		if len(onDisk(t, cut)) != 1 {
			t.Errorf("%s: the cut came elsewhere", at)
		}
		open(t, cut, Options{})
		wantFiles(t, at.String()+", started again", cut)
	}
}

func TestFileLimits(t *testing.T) {
	b := open(t, t.TempDir(), Options{Quota: Reserve + 8<<20})
	ctx := t.Context()
	huge := func(w io.Writer) (dossier.Attachment, error) {
		_, err := io.Copy(w, io.LimitReader(zeros{}, 9<<20))
		return dossier.Attachment{}, err
	}
	if _, err := b.AddFile(ctx, "v", "p1", huge); dossier.CodeOf(err) != dossier.CodeStorageFull {
		t.Errorf("past the quota: %v", err)
	}
	wantFiles(t, "past the quota", b.Dir())
	for _, draft := range []string{"", string(make([]byte, maxDraftID+1))} {
		if _, err := b.AddFile(ctx, draft, "p1", sealing("x")); dossier.CodeOf(err) != dossier.CodeInvalid {
			t.Errorf("a draft's id of %d bytes: %v", len(draft), err)
		}
	}
	if _, err := b.AddFile(ctx, "v", "", sealing("x")); dossier.CodeOf(err) != dossier.CodeInvalid {
		t.Errorf("no role: %v", err)
	}
	w := &sealedWriter{files: &b.files, room: 1 << 40, most: 10, n: 5}
	if _, err := w.Write(make([]byte, 6)); dossier.CodeOf(err) != dossier.CodeInvalid {
		t.Errorf("past the limit of one file: %v", err)
	}
	before, err := b.room()
	must(t, err)
	b.add(t, "v", string(make([]byte, VisitBytes)))
	if after, err := b.room(); err != nil || after > before-VisitBytes {
		t.Errorf("%d bytes are free, before the file %d (%v)", after, before, err)
	}
	for i := range dossier.MaxAttachments {
		b.add(t, "many", fmt.Sprintf("file %d", i))
	}
	if _, err := b.AddFile(ctx, "many", "p1", sealing("one more")); dossier.CodeOf(err) != dossier.CodeInvalid {
		t.Errorf("one more than allowed: %v", err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// A file that vanishes is said to be lost; the others and the receipt of other
// packets go on.
func TestLostFile(t *testing.T) {
	b := open(t, t.TempDir(), Options{})
	ctx := t.Context()
	gone, cut, here := b.add(t, "v", "gone"), b.add(t, "v", "cut short"), b.add(t, "v", "still here")
	p := b.submit(t, "tap", gone, cut, here)
	_, err := b.Held(ctx, dossier.Receipt{Packet: p, Digest: digestOf(1), Counter: 1, State: "held",
		Missing: []string{gone.SHA256, cut.SHA256, here.SHA256}}, "r")
	must(t, err)
	dir := powerCut(t, b.Dir())
	must(t, os.Remove(filepath.Join(dir, filesDir, gone.SHA256)))
	must(t, os.Truncate(filepath.Join(dir, filesDir, cut.SHA256), 3))
	a := open(t, dir, Options{})
	if n, err := a.LostFiles(ctx); err != nil || n != 2 {
		t.Errorf("%d lost, %v", n, err)
	}
	if _, f := a.next(t); f != here.SHA256 {
		t.Errorf("%q goes next", f)
	}
	must(t, a.LoseFile(ctx, here.SHA256))
	if w, err := a.WaitingFiles(ctx); err != nil || w != (WaitingFiles{Lost: 3}) {
		t.Errorf("%+v, %v", w, err)
	}
	if p, _ := a.next(t); p != "" {
		t.Error("a packet with lost files asks for the word whole")
	}
	again := powerCut(t, dir)
	must(t, os.WriteFile(filepath.Join(again, filesDir, gone.SHA256), []byte("gone"), 0o600))
	c := open(t, again, Options{})
	if _, f := c.next(t); f != gone.SHA256 {
		t.Errorf("a file that is there again does not go: %q", f)
	}
}

func TestFilesOfARestoredPortal(t *testing.T) {
	b := open(t, t.TempDir(), Options{})
	ctx := t.Context()
	f := b.add(t, "v", "ciphertext")
	p := b.submit(t, "tap", f)
	held := dossier.Receipt{Packet: p, Digest: digestOf(1), Counter: 1, State: "held", Missing: []string{f.SHA256}}
	whole := dossier.Receipt{Packet: p, Digest: digestOf(1), Counter: 2, State: "whole"}
	_, err := b.Held(ctx, held, "r1")
	must(t, err)
	must(t, b.RefusedFile(ctx, p, f.SHA256, dossier.CodeConflict))
	if p, _ := b.next(t); p != "" {
		t.Error("a refused file goes")
	}
	if w, err := b.WaitingFiles(ctx); err != nil || w != (WaitingFiles{Files: 1, Bytes: f.Size, Refused: 1}) {
		t.Errorf("%+v, %v", w, err)
	}
	must(t, b.Carried(ctx, p, f.SHA256))
	must(t, b.MissingFiles(ctx, p, []string{f.SHA256}))
	if _, s := b.next(t); s != f.SHA256 {
		t.Errorf("%q goes", s)
	}
	_, err = b.Held(ctx, whole, "r2")
	must(t, err)
	again, err := b.Watermark(ctx, "", 2, 0, 0) // the portal is back at the beginning
	must(t, err)
	if again != 1 {
		t.Errorf("%d packets are offered again", again)
	}
	if p, _ := b.next(t); p != "" {
		t.Error("a file goes before its packet is held again")
	}
	_, err = b.Held(ctx, held, "r1")
	must(t, err)
	if _, s := b.next(t); s != f.SHA256 {
		t.Errorf("%q goes", s)
	}
	must(t, b.OfferAgain(ctx, p))
	if w, err := b.Waiting(ctx); err != nil || w.Packets != 1 {
		t.Errorf("%+v, %v", w, err)
	}
	b.clock = b.clock.Add(2 * BodyLife)
	b.sweep(t)
	wantFiles(t, "while it is needed", b.Dir(), f)
}
