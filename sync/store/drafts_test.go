package store

import (
	"fmt"
	"testing"
	"time"

	"tramhoso/sync/dossier"
)

func (b *bench) hasDraft(t testing.TB, id string) bool {
	t.Helper()
	has, err := b.HasDraft(t.Context(), id)
	must(t, err)
	return has
}

// A draft lives for ten minutes of powered-on time after its visit.
func TestDraftsAge(t *testing.T) {
	b, ctx := open(t, t.TempDir(), Options{}), t.Context()
	must(t, b.PutDraft(ctx, "a", []byte("sealed")))
	must(t, b.AgeDrafts(ctx, 9*time.Minute, ""))
	must(t, b.PutDraft(ctx, "b", []byte("young")))
	must(t, b.PutDraft(ctx, "live", []byte("goes on")))
	must(t, b.AgeDrafts(ctx, time.Minute-time.Millisecond, "live"))
	if !b.hasDraft(t, "a") || !b.hasDraft(t, "b") {
		t.Error("a draft went before its time")
	}
	must(t, b.AgeDrafts(ctx, time.Millisecond, "live"))
	if b.hasDraft(t, "a") || !b.hasDraft(t, "b") {
		t.Error("ten minutes are over for a, one for b")
	}
	must(t, b.AgeDrafts(ctx, 20*time.Minute, "live"))
	if b.hasDraft(t, "b") || !b.hasDraft(t, "live") {
		t.Error("only the visit that goes on keeps its draft")
	}
	must(t, b.DropDraft(ctx, "live"))
	if b.hasDraft(t, "live") {
		t.Error("a dropped draft is there")
	}
}

// Tries are counted on the disk: neither a new start nor a look gives one back.
func TestDraftTries(t *testing.T) {
	dir, ctx := t.TempDir(), t.Context()
	b := open(t, dir, Options{})
	must(t, b.PutDraft(ctx, "a", []byte("sealed")))
	for want := MaxDraftTries - 1; want >= 0; want-- {
		sealed, left, err := b.TryDraft(ctx, "a")
		if err != nil || string(sealed) != "sealed" || left != want {
			t.Fatalf("%q, %d left, %v", sealed, left, err)
		}
		dir = powerCut(t, dir)
		b = open(t, dir, Options{})
	}
	if _, _, err := b.TryDraft(ctx, "a"); dossier.CodeOf(err) != dossier.CodeNotFound {
		t.Errorf("one try too many: %v", err)
	}
	if b.hasDraft(t, "a") {
		t.Error("a draft that nobody can open is offered")
	}
	must(t, b.PutDraft(ctx, "a", []byte("another visit")))
	if _, left, err := b.TryDraft(ctx, "a"); err != nil || left != MaxDraftTries-1 {
		t.Errorf("another visit's draft: %d left, %v", left, err)
	}
}

func TestDraftsAreFew(t *testing.T) {
	b, ctx := open(t, t.TempDir(), Options{}), t.Context()
	for i := range MaxDrafts + 2 {
		must(t, b.AgeDrafts(ctx, time.Second, ""))
		must(t, b.PutDraft(ctx, fmt.Sprint(i), []byte("sealed")))
	}
	for i := range MaxDrafts + 2 {
		if want := i >= 2; b.hasDraft(t, fmt.Sprint(i)) != want {
			t.Errorf("draft %d: kept is not %v", i, want)
		}
	}
	if err := b.PutDraft(ctx, "large", make([]byte, maxDraft+1)); dossier.CodeOf(err) != dossier.CodeInvalid {
		t.Errorf("a draft too large: %v", err)
	}
}
