package ledgertest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"tramhoso/sync/portal/ledger"
)

func testUploads(t *testing.T, open Opener) {
	dir := t.TempDir()
	s := open(t, dir)
	var e int64
	update(t, s, func(tx ledger.Tx) {
		e = enrol(t, tx, "DL27", "c1")
		other := enrol(t, tx, "DL28", "c2")
		must(t, tx.AddPacket(packet("p1", e, 1, 1)))
		must(t, tx.AddPacket(packet("p2", other, 1, 1)))
		must(t, tx.PutUpload(ledger.Upload{Packet: "p2", SHA256: "s1", Enrolment: other, Size: 9, MadeAt: when, ChangedAt: when}))
		if _, err := tx.Upload("p1", "s1"); !errors.Is(err, ledger.ErrNotFound) {
			t.Errorf("got %v", err)
		}
		u := ledger.Upload{Packet: "p1", SHA256: "s1", Enrolment: e, Size: 9, MadeAt: when, ChangedAt: when}
		must(t, tx.PutUpload(u))
		u.Offset, u.ChangedAt = 4, when.Add(time.Hour)
		must(t, tx.PutUpload(u))
		got, err := tx.Upload("p1", "s1")
		must(t, err)
		if d := cmp.Diff(u, got); d != "" {
			t.Error(d)
		}
		for who, want := range map[int64]ledger.Open{e: {Count: 1, Bytes: 9}, other: {Count: 1, Bytes: 9}, 0: {Count: 2, Bytes: 18}, 99: {}} {
			if o, err := tx.OpenUploads(who); err != nil || o != want {
				t.Errorf("%d has %+v, %v", who, o, err)
			}
		}
		if l, err := tx.StaleUploads(when.Add(2*time.Hour), 9); err != nil || len(l) != 2 || l[0].Packet != "p2" {
			t.Errorf("%+v, %v", l, err)
		}
		if l, err := tx.StaleUploads(when.Add(time.Hour), 9); err != nil || len(l) != 1 { // since, not until
			t.Errorf("%+v, %v", l, err)
		}
		if l, err := tx.StaleUploads(when.Add(2*time.Hour), 1); err != nil || len(l) != 1 {
			t.Errorf("%+v, %v", l, err)
		}
		must(t, tx.PutUpload(ledger.Upload{Packet: "p2", SHA256: "s1", Enrolment: other, Size: 9, MadeAt: when, ChangedAt: when, Expired: true}))
		if o, err := tx.OpenUploads(0); err != nil || o.Count != 1 {
			t.Errorf("an expired upload is open: %+v, %v", o, err)
		}
		if l, err := tx.StaleUploads(when.Add(2*time.Hour), 9); err != nil || len(l) != 1 || l[0].Packet != "p1" {
			t.Errorf("%+v, %v", l, err)
		}
	})
	must(t, s.Close())
	s = open(t, dir)
	defer func() { must(t, s.Close()) }()
	update(t, s, func(tx ledger.Tx) {
		if u, err := tx.Upload("p1", "s1"); err != nil || u.Offset != 4 {
			t.Errorf("after a restart %+v, %v", u, err)
		}
		if u, err := tx.Upload("p2", "s1"); err != nil || !u.Expired {
			t.Errorf("after a restart %+v, %v", u, err)
		}
	})
	for what, u := range map[string]ledger.Upload{
		"beyond its end": {Packet: "p1", SHA256: "s1", Enrolment: e, Size: 9, Offset: 10, MadeAt: when, ChangedAt: when},
		"of no packet":   {Packet: "p9", SHA256: "s1", Enrolment: e, Size: 9, MadeAt: when, ChangedAt: when},
	} {
		if err := s.Update(t.Context(), func(tx ledger.Tx) error { return tx.PutUpload(u) }); err == nil {
			t.Errorf("an upload %s was kept", what)
		}
	}
}

func testWhole(t *testing.T, open Opener) {
	s := start(t, open)
	update(t, s, func(tx ledger.Tx) {
		e := enrol(t, tx, "DL27", "c1")
		for i := range uint64(2) {
			n, err := tx.NextReceipt(e)
			must(t, err)
			must(t, tx.AddPacket(packet([]string{"p1", "p2"}[i], e, n, i+1)))
		}
		must(t, tx.PutUpload(ledger.Upload{Packet: "p1", SHA256: "s1", Enrolment: e, Size: 9, MadeAt: when, ChangedAt: when}))
		must(t, tx.SetFileHeld("p1", "s1"))
		must(t, tx.RemoveUpload("p1", "s1"))
		n, err := tx.NextReceipt(e)
		must(t, err)
		must(t, tx.SetWhole("p1", n, "whole"))
		p, err := tx.Packet("p1")
		must(t, err)
		if p.State != "whole" || p.Receipt != "whole" || p.Counter != 3 || len(p.Missing()) != 0 {
			t.Errorf("%+v", p)
		}
		if p, err := tx.Packet("p2"); err != nil || p.State != "held" || len(p.Missing()) != 1 {
			t.Errorf("another packet: %+v, %v", p, err)
		}
		all := []ledger.HeldFile{{Packet: "p1", N: 0, SHA256: "s1", Size: 9}, {Packet: "p1", N: 1, SHA256: "s2", Size: 1}, {Packet: "p2", N: 1, SHA256: "s2", Size: 1}}
		got, err := tx.HeldFiles(ledger.HeldFile{}, 9)
		must(t, err)
		if d := cmp.Diff(all, got); d != "" {
			t.Error(d)
		}
		for i := range all {
			if l, err := tx.HeldFiles(all[i], 1); err != nil || len(l) != min(1, len(all)-i-1) || len(l) == 1 && l[0] != all[i+1] {
				t.Errorf("after %d: %+v, %v", i, l, err)
			}
		}
	})
	for what, f := range map[string]func(ledger.Tx) error{
		"a file that no packet names":   func(tx ledger.Tx) error { return tx.SetFileHeld("p1", "s9") },
		"an upload that was not begun":  func(tx ledger.Tx) error { return tx.RemoveUpload("p1", "s1") },
		"a packet that is not here":     func(tx ledger.Tx) error { return tx.SetWhole("p9", 9, "r") },
		"a counter that was given away": func(tx ledger.Tx) error { return tx.SetWhole("p2", 3, "r") },
	} {
		if err := s.Update(t.Context(), f); !errors.Is(err, ledger.ErrNotFound) && !errors.Is(err, ledger.ErrExists) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// FilesOpener opens the files that live in dir: the same content each time.
type FilesOpener func(t *testing.T, dir string) ledger.Files

const fileOf = "019f6a1e-0000-7000-8000-000000000001"

// RunFiles holds an implementation of ledger.Files to what package ledger
// promises.
func RunFiles(t *testing.T, open FilesOpener) {
	dir := t.TempDir()
	f := open(t, dir)
	ctx := t.Context()
	content := strings.Repeat("sealed ", 1000)
	sum := sha256.Sum256([]byte(content))
	name := hex.EncodeToString(sum[:])
	read := func(f ledger.Files) string {
		r, err := f.Open(ctx, fileOf, name)
		must(t, err)
		b, err := io.ReadAll(r)
		must(t, errors.Join(err, r.Close()))
		return string(b)
	}
	write := func(offset int, r io.Reader) (int64, error) { return f.Write(ctx, fileOf, name, int64(offset), r) }
	if _, err := f.Open(ctx, fileOf, name); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("nothing was written: %v", err)
	}
	if _, err := write(1, strings.NewReader("x")); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("going on with nothing: %v", err)
	}
	if n, err := write(0, iotest.OneByteReader(strings.NewReader(content[:100]))); n != 100 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	boom := errors.New("boom")
	if n, err := write(100, io.MultiReader(strings.NewReader(content[100:150]), iotest.ErrReader(boom))); n != 50 || !errors.Is(err, boom) {
		t.Errorf("a reader that fails: %d, %v", n, err)
	}
	if got := read(f); got != content[:150] {
		t.Errorf("%d bytes are here", len(got))
	}
	if _, err := write(151, strings.NewReader("x")); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("past the end: %v", err)
	}
	f = open(t, dir)
	if n, err := write(120, strings.NewReader("other bytes")); n != 11 || err != nil { // over what lay there
		t.Errorf("%d, %v", n, err)
	}
	if got := read(f); got != content[:120]+"other bytes" {
		t.Errorf("%q", got)
	}
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := f.Write(cancelled, fileOf, name, 0, strings.NewReader(content)); !errors.Is(err, context.Canceled) {
		t.Errorf("nobody waits: %v", err)
	}
	if n, err := write(0, strings.NewReader(content)); n != int64(len(content)) || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	for _, bad := range [][2]string{{"../../etc", name}, {fileOf, "../" + name[3:]}, {"", ""}, {fileOf, strings.ToUpper(name)}} {
		if _, err := f.Write(ctx, bad[0], bad[1], 0, strings.NewReader("x")); err == nil {
			t.Errorf("wrote %q", bad)
		}
		if _, err := f.Open(ctx, bad[0], bad[1]); err == nil {
			t.Errorf("opened %q", bad)
		}
	}
	if n, err := f.Free(); err != nil || n <= 0 {
		t.Errorf("%d bytes free, %v", n, err)
	}
	testFileBackup(t, f, name, content)
	for range 2 {
		must(t, f.Remove(ctx, fileOf, name))
	}
	if _, err := f.Open(ctx, fileOf, name); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("removed: %v", err)
	}
}

func testFileBackup(t *testing.T, f ledger.Files, name, content string) {
	t.Helper()
	ctx, to := t.Context(), filepath.Join(t.TempDir(), "backup", "files")
	held := []ledger.HeldFile{{Packet: fileOf, SHA256: name, Size: int64(len(content))}}
	for range 2 { // the second finds it
		must(t, f.Backup(ctx, to, held))
	}
	var copies [][]byte
	must(t, filepath.WalkDir(to, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		copies = append(copies, b)
		return err
	}))
	if len(copies) != 1 || !bytes.Equal(copies[0], []byte(content)) {
		t.Errorf("%d copies", len(copies))
	}
	wrong := strings.Repeat("0a", 32)
	if _, err := f.Write(ctx, fileOf, wrong, 0, strings.NewReader("rotten")); err != nil {
		t.Fatal(err)
	}
	if err := f.Backup(ctx, to, []ledger.HeldFile{{Packet: fileOf, SHA256: wrong, Size: 6}}); err == nil {
		t.Error("a file that is not what its digest says was backed up")
	}
	if err := f.Backup(ctx, to, []ledger.HeldFile{{Packet: fileOf, SHA256: strings.Repeat("0b", 32), Size: 6}}); err == nil {
		t.Error("a file that is not here was backed up")
	}
}
