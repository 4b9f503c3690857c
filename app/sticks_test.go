package main

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"tramhoso/app/config"
	"tramhoso/app/counter"
	"tramhoso/sync/courier"
	"tramhoso/sync/dossier"
	"tramhoso/sync/outbox"
	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/wire/stick"
)

// plugIn mounts a stick where the system would, and says how to pull it out.
func plugIn(t *testing.T, under string, flags uintptr, size string) (dir string, out func()) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Fatal("mounting needs root: run the tests as root")
	}
	dir = filepath.Join(under, "sdb1")
	must(t, os.MkdirAll(dir, 0o700))
	must(t, syscall.Mount("tmpfs", dir, "tmpfs", flags, "size="+size))
	in := true
	out = func() {
		if in {
			in = false
			must(t, syscall.Unmount(dir, syscall.MNT_DETACH))
		}
	}
	t.Cleanup(out)
	return dir, out
}

const safeMount = syscall.MS_NOSUID | syscall.MS_NODEV | syscall.MS_NOEXEC

// A clerk copies what waits in the running program; the portal answers on the
// stick; the next time it is put in, what it brought is told.
func TestAClerkCarriesByStick(t *testing.T) {
	o := openOffice(t)
	cfg := quiet(t, filepath.Join(t.TempDir(), "data"))
	cfg.Sticks = filepath.Join(t.TempDir(), "stick")
	s := openStation(t.Context(), cfg, slog.New(slog.DiscardHandler))
	t.Cleanup(s.close)
	must(t, s.enrolWith(t.Context(), o.token(t)))
	_, err := s.outbox.Submit(t.Context(), outbox.Letter{Token: "a", Kind: dossier.KindMessage,
		Body: func(string) (any, error) { return map[string]string{"text": "x"}, nil }})
	must(t, err)
	k := s.newSticks()
	seen := k.Look(t.Context())
	if seen.In || seen.Packets == 0 {
		t.Errorf("%+v", seen)
	}
	fails := func(what, word string) counter.Carried {
		t.Helper()
		got, err := k.Carry(t.Context(), func(int64, int64) {})
		var e *counter.StickError
		if !errors.As(err, &e) || e.Word != word {
			t.Errorf("%s: %v", what, err)
		}
		return got
	}
	fails("no stick", "carry.no-stick")

	dir, out := plugIn(t, cfg.Sticks, 0, "1m")
	if seen = k.Look(t.Context()); !seen.In || !seen.Loose {
		t.Errorf("loosely mounted: %+v", seen)
	}
	fails("loosely mounted", "carry.loose")
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("%v, %v", left, err)
	}
	out()
	_, out = plugIn(t, cfg.Sticks, safeMount|syscall.MS_RDONLY, "1m")
	fails("write-protected", "carry.protected")
	out()
	dir, out = plugIn(t, cfg.Sticks, safeMount, "64k")
	must(t, os.WriteFile(filepath.Join(dir, "photographs"), make([]byte, 60<<10), 0o600))
	fails("full", "carry.full")
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("a part lies on: %v, %v", left, err)
	}
	out()

	dir, out = plugIn(t, cfg.Sticks, safeMount, "4m")
	if seen = k.Look(t.Context()); !seen.In || seen.Loose || seen.Others != 0 {
		t.Errorf("%+v", seen)
	}
	var at, of int64
	got, err := k.Carry(t.Context(), func(done, total int64) { at, of = done, total })
	if err != nil || got.Packets != seen.Packets || at != of || of == 0 {
		t.Fatalf("%+v, %d of %d, %v", got, at, of, err)
	}
	_, err = o.portal.Import(t.Context(), dir)
	must(t, err)
	answers, err := filepath.Glob(filepath.Join(dir, "*"+string(stick.Down)))
	must(t, err)
	whole, err := os.ReadFile(answers[0])
	must(t, err)
	must(t, os.WriteFile(answers[0], whole[:len(whole)/2], 0o600))
	if got, err = k.Carry(t.Context(), func(int64, int64) {}); err != nil || got.Half != 1 || got.Receipts != 0 {
		t.Errorf("a half-written answer: %+v, %v", got, err)
	}
	must(t, os.WriteFile(answers[0], whole, 0o600))
	if got, err = k.Carry(t.Context(), func(int64, int64) {}); err != nil || got.Receipts == 0 || !got.Catalogue || got.Half != 0 {
		t.Errorf("%+v, %v", got, err)
	}
	if w, err := s.store.Waiting(t.Context()); err != nil || w.Packets != 0 {
		t.Errorf("%+v, %v", w, err)
	}
	out()
	fails("gone", "carry.no-stick")
}

// What another station left on the stick goes by this one's network as its staff
// said: in a pause it stays, and the clerk is told why.
func TestAStickOfOthersWaitsForItsTurn(t *testing.T) {
	o, under := openOffice(t), filepath.Join(t.TempDir(), "stick")
	open := func(metered string) *station {
		cfg := quiet(t, filepath.Join(t.TempDir(), "data"))
		cfg.Sticks, cfg.Sync.Metered = under, metered
		s := openStation(t.Context(), cfg, slog.New(slog.DiscardHandler))
		t.Cleanup(s.close)
		return s
	}
	other, s, dear := open(config.MeteredNo), open(config.MeteredNo), open(config.MeteredPackets)
	for code, one := range map[string]*station{"DL28": other, "DL27": s, "DL29": dear} {
		tok, err := o.portal.IssueToken(t.Context(), ledger.Station{Code: code, Name: "Điểm Hoà Phú", Address: "Xã Hoà Phú"}, o.url)
		must(t, err)
		must(t, one.enrolWith(t.Context(), tok.String()))
	}
	dir, _ := plugIn(t, under, safeMount, "8m")
	carry := func(s *station) counter.Carried {
		t.Helper()
		got, err := s.newSticks().Carry(t.Context(), func(int64, int64) {})
		must(t, err)
		return got
	}
	carry(s)
	_, err := o.portal.Import(t.Context(), dir)
	must(t, err)
	carry(s) // nothing of its own waits any more
	if w, err := s.store.Waiting(t.Context()); err != nil || w.Packets != 0 {
		t.Fatalf("%+v, %v", w, err)
	}
	must(t, s.pause.Begin(t.Context(), time.Hour))
	carry(other)
	others := 0
	for what, one := range map[string]*station{string(outbox.WhyPaused): s, string(outbox.WhyMetered): dear} {
		seen := one.newSticks().Look(t.Context())
		if got := carry(one); got.Others != 0 || got.Waiting != seen.Others || got.Waiting == 0 || got.Why != what {
			t.Errorf("%s: %+v of %+v", what, got, seen)
		}
	}
	must(t, s.pause.End(t.Context()))
	others = s.newSticks().Look(t.Context()).Others
	if got := carry(s); got.Others != others || others == 0 || got.Waiting != 0 || got.Why != "" {
		t.Errorf("after the pause: %+v of %d", got, others)
	}
}

// Each trouble of a stick has its sentence; what is no trouble of a stick goes
// its own way.
func TestStickTrouble(t *testing.T) {
	for word, errs := range map[string][]error{
		"carry.pulled":    {syscall.ENODEV, fs.ErrNotExist, &os.PathError{Op: "write", Err: syscall.ENXIO}},
		"carry.full":      {syscall.ENOSPC, dossier.E(dossier.CodeStorageFull, &courier.RoomError{Need: 9 << 20, Free: 1}), stick.ErrTooMany},
		"carry.protected": {syscall.EROFS, dossier.E(dossier.CodeStorageReadOnly, fs.ErrPermission)},
		"carry.sick":      {dossier.E(dossier.CodeStorageReadOnly, syscall.EIO), fmt.Errorf("failed to read a file: %w", syscall.EIO), syscall.EUCLEAN},
		"carry.busy":      {courier.ErrBusy},
	} {
		for _, err := range errs {
			var e *counter.StickError
			if !errors.As(stickTrouble(err), &e) || e.Word != word || word == "carry.full" && e.MB < 1 {
				t.Errorf("%v: %v", err, stickTrouble(err))
			}
		}
	}
	if err := dossier.E(dossier.CodeNotEnrolled, nil); stickTrouble(err) != err {
		t.Error("a station's own trouble became a stick's")
	}
}
