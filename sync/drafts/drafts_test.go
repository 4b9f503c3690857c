package drafts_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/drafts"
	"tramhoso/sync/seal"
	"tramhoso/sync/store"
)

const card, code = "card|066190000123", "7KF2"

var storage = bytes.Repeat([]byte{7}, seal.KeyBytes)

// desk is a keeper over a real store, running until its test ends.
type desk struct {
	*drafts.Keeper
	t     *testing.T
	store *store.Store
	dir   string
	kept  []string
	stop  func()
}

func open(t *testing.T, dir string) *desk {
	t.Helper()
	s, err := store.Open(t.Context(), dir, store.Options{Log: slog.New(slog.DiscardHandler), Free: func(string) (int64, error) { return 1 << 40, nil }})
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{t: t, store: s, dir: dir}
	d.Keeper = drafts.New(drafts.Config{Store: s, Storage: storage, Kept: func(code string, ok bool) {
		if !ok {
			code = "failed"
		}
		d.kept = append(d.kept, code)
	}})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- d.Run(ctx) }()
	d.stop = func() {
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	return d
}

func (d *desk) keep(text string) {
	d.Keep(drafts.Draft{Card: card, Code: code, Text: []byte(text)})
	synctest.Wait()
}

func (d *desk) try(typed string) (string, int, error) {
	text, left, err := d.Open(d.t.Context(), card, typed, func(text []byte) string {
		_, token, _ := strings.Cut(string(text), "token ")
		return token
	})
	return string(text), left, err
}

func TestGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		d := open(t, dir)
		d.keep("one answer")
		d.keep("H’ Bia Niê")
		if len(d.kept) != 2 || d.kept[1] != code {
			t.Errorf("told %q", d.kept)
		}
		d.stop() // as a power cut: the visit never left
		for _, name := range []string{"station.db", "station.db-wal"} {
			raw, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil && !errors.Is(err, os.ErrNotExist) {
				t.Fatal(err)
			}
			if bytes.Contains(raw, []byte("Bia")) || bytes.Contains(raw, []byte("066190000123")) || bytes.Contains(raw, []byte(code)) {
				t.Errorf("%s tells of the person", name)
			}
		}
		d = open(t, dir)
		defer d.stop()
		if !d.Has(t.Context(), card) || d.Has(t.Context(), "card|1") || d.Has(t.Context(), "typed|066190000123") {
			t.Error("a draft is found by its card only")
		}
		if text, _, err := d.try(" 7k f2"); err != nil || text != "H’ Bia Niê" {
			t.Errorf("%q, %v", text, err)
		}
	})
}

func TestGrowsOld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := open(t, t.TempDir())
		defer d.stop()
		d.keep("answers")
		time.Sleep(time.Hour) // a slow writer: the visit goes on
		synctest.Wait()
		if !d.Has(t.Context(), card) {
			t.Fatal("the draft of a visit that goes on is gone")
		}
		d.Leave(card)
		time.Sleep(store.DraftLife - 2*drafts.AgeEvery)
		synctest.Wait()
		if !d.Has(t.Context(), card) {
			t.Error("gone before its time")
		}
		time.Sleep(3 * drafts.AgeEvery)
		synctest.Wait()
		if d.Has(t.Context(), card) {
			t.Error("still there after its time")
		}
	})
}

func TestThreeWrongCodes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := open(t, t.TempDir())
		defer d.stop()
		d.keep("answers")
		for left := 2; left > 0; left-- {
			if _, n, err := d.try("2222"); dossier.CodeOf(err) != dossier.CodeInvalid || n != left {
				t.Errorf("%d left, %v", n, err)
			}
		}
		if _, n, err := d.try("nonsense"); dossier.CodeOf(err) != dossier.CodeNotFound || n != 0 {
			t.Errorf("the third: %d left, %v", n, err)
		}
		if _, _, err := d.try(code); dossier.CodeOf(err) != dossier.CodeNotFound || d.Has(t.Context(), card) {
			t.Errorf("it is still there: %v", err)
		}
	})
}

// The power failed between the commit and the end of its draft.
func TestSubmittedAlready(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := open(t, t.TempDir())
		defer d.stop()
		d.keep("answers token t1")
		_, err := d.store.Commit(t.Context(), store.Submission{Token: "t1", Build: func(seq, _ uint64) (store.Rows, error) {
			return store.Rows{Digest: "d", Packet: dossier.Packet{Head: dossier.Head{ID: "p1", Kind: dossier.KindMessage, Station: "DL27", Seq: seq},
				JWS: []byte("head"), Body: []byte("body")}}, nil
		}})
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := d.try(code); !errors.Is(err, drafts.ErrSubmitted) || d.Has(t.Context(), card) {
			t.Errorf("it can be submitted again: %v", err)
		}
	})
}

func TestDropAndLeaveKeepTheirOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := open(t, t.TempDir())
		defer d.stop()
		d.Keep(drafts.Draft{Card: card, Code: code, Text: []byte("answers")})
		d.Drop(card)
		d.Leave(card)
		if d.Has(t.Context(), card) {
			t.Error("offered while it is being dropped")
		}
		synctest.Wait()
		if d.Has(t.Context(), card) {
			t.Error("a dropped draft is there")
		}
		d.Keep(drafts.Draft{Card: card, Code: code, Text: make([]byte, 2<<20)})
		synctest.Wait()
		if len(d.kept) == 0 || d.kept[len(d.kept)-1] != "failed" {
			t.Errorf("a draft too large: told %q", d.kept)
		}
	})
}
