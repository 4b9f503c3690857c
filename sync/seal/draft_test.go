package seal

import (
	"bytes"
	"strings"
	"testing"

	"tramhoso/sync/dossier"
)

// A draft opens with all of: the storage key, the card, the shown code.
func TestDraft(t *testing.T) {
	storage, text := NewKey(), []byte(`{"answers":{"name":"H’ Bia Niê"}}`)
	lock, err := NewDraftLock(storage, "card|000000000001", "7KF2")
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := lock.Seal(text)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(sealed, []byte("Bia")) {
		t.Error("the answers can be read")
	}
	got, again, err := OpenDraft(storage, "card|000000000001", "7KF2", sealed)
	if err != nil || !bytes.Equal(got, text) {
		t.Fatalf("%q, %v", got, err)
	}
	if again.ID() != lock.ID() || lock.ID() != DraftID(storage, "card|000000000001") {
		t.Error("the draft changed its name")
	}
	next, err := again.Seal([]byte(`{}`))
	if err != nil {
		t.Fatal(err)
	}
	if got, _, err := OpenDraft(storage, "card|000000000001", "7KF2", next); err != nil || string(got) != "{}" {
		t.Errorf("sealed again: %q, %v", got, err)
	}
	if len(next) != len(sealed) {
		t.Error("the length tells how much was answered")
	}
	for name, open := range map[string]func() error{
		"storage key": func() error { _, _, err := OpenDraft(NewKey(), "card|000000000001", "7KF2", sealed); return err },
		"card":        func() error { _, _, err := OpenDraft(storage, "card|000000000002", "7KF2", sealed); return err },
		"typed card":  func() error { _, _, err := OpenDraft(storage, "typed|000000000001", "7KF2", sealed); return err },
		"code":        func() error { _, _, err := OpenDraft(storage, "card|000000000001", "7KF3", sealed); return err },
		"border":      func() error { _, _, err := OpenDraft(storage, "card|0000000000017", "KF2", sealed); return err },
		"cut":         func() error { _, _, err := OpenDraft(storage, "card|000000000001", "7KF2", sealed[:20]); return err },
		"nothing":     func() error { _, _, err := OpenDraft(storage, "card|000000000001", "7KF2", nil); return err },
		"version": func() error {
			_, _, err := OpenDraft(storage, "card|000000000001", "7KF2", append([]byte{9}, sealed[1:]...))
			return err
		},
		"salt": func() error {
			bad := bytes.Clone(sealed)
			bad[1] ^= 1
			_, _, err := OpenDraft(storage, "card|000000000001", "7KF2", bad)
			return err
		},
	} {
		wantInvalid(t, "another "+name, open())
	}
	if _, err := NewDraftLock(nil, "1", "1"); err == nil {
		t.Error("made a lock of nothing")
	}
	if _, err := lock.Seal(make([]byte, MaxClassBytes+1)); dossier.CodeOf(err) != dossier.CodeInvalid {
		t.Errorf("sealed far too much: %v", err)
	}
}

// Two visits with the same card and, by chance, the same code have two keys.
func TestDraftSalt(t *testing.T) {
	storage := NewKey()
	a, err := NewDraftLock(storage, "c", "7KF2")
	if err != nil {
		t.Fatal(err)
	}
	b, err := NewDraftLock(storage, "c", "7KF2")
	if err != nil || bytes.Equal(a.key, b.key) {
		t.Errorf("one key for two visits (%v)", err)
	}
}

func TestDraftCode(t *testing.T) {
	seen := map[rune]bool{}
	codes := map[string]bool{}
	for range 2000 {
		c := NewDraftCode()
		if got, ok := DraftCode(strings.ToLower(c[:2]) + " " + c[2:]); !ok || got != c {
			t.Fatalf("%q typed reads %q, %v", c, got, ok)
		}
		codes[c] = true
		for _, r := range c {
			seen[r] = true
		}
	}
	if len(seen) != len(DraftAlphabet) || len(codes) < 1980 {
		t.Errorf("%d characters in %d codes of 2000", len(seen), len(codes))
	}
	for _, bad := range []string{"", "7KF", "7KF22", "7KF0", "7KFÂ", "OKF2", "IKF2"} {
		if _, ok := DraftCode(bad); ok {
			t.Errorf("%q passes for a code", bad)
		}
	}
	for _, alike := range []string{"0", "1", "O", "I", "L", "Q", "D", "B", "S", "Z", "G", "U"} {
		if strings.Contains(DraftAlphabet, alike) {
			t.Errorf("%s looks like something else", alike)
		}
	}
}
