package store

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"tramhoso/sync/dossier"
)

func TestApply(t *testing.T) {
	b, ctx := open(t, t.TempDir(), Options{}), t.Context()
	c, err := b.Commit(ctx, visit("t"))
	must(t, err)
	must(t, b.StartEpoch(ctx, "e1"))
	news := func(mark string) []Card {
		return []Card{{Packet: c.Packet, Class: ClassCitizen, Mark: mark, Sealed: []byte(mark)},
			{Packet: "not here", Class: ClassCitizen, Mark: mark, Sealed: []byte(mark)}}
	}
	steps := []struct {
		name    string
		at      Cursor
		mark    string
		applied bool
		code    dossier.Code
		cards   int
	}{
		{"the first", Cursor{"e1", 1}, "a", true, "", 2},
		{"the first again", Cursor{"e1", 1}, "a", false, "", 2},
		{"beyond a gap", Cursor{"e1", 3}, "c", false, dossier.CodeConflict, 2},
		{"of another epoch", Cursor{"e2", 2}, "b", false, dossier.CodeConflict, 2},
		{"the next", Cursor{"e1", 2}, "b", true, "", 3},
		{"known news under a new number", Cursor{"e1", 3}, "a", true, "", 3},
	}
	for _, s := range steps {
		applied, err := b.Apply(ctx, s.at, news(s.mark))
		if applied != s.applied || dossier.CodeOf(err) != s.code {
			t.Errorf("%s: applied %v, %v", s.name, applied, err)
		}
		cards, err := b.Cards(ctx, c.Packet, ClassCitizen)
		must(t, err)
		if len(cards) != s.cards {
			t.Errorf("%s: %d cards, want %d", s.name, len(cards), s.cards)
		}
	}
	must(t, b.StartEpoch(ctx, "e1")) // the same epoch goes on
	cur, err := b.Cursor(ctx)
	must(t, err)
	if d := cmp.Diff(Cursor{"e1", 3}, cur); d != "" {
		t.Error(d)
	}
	must(t, b.StartEpoch(ctx, "e2"))
	cur, err = b.Cursor(ctx)
	must(t, err)
	if d := cmp.Diff(Cursor{"e2", 0}, cur); d != "" {
		t.Error(d)
	}
}

func TestCursorSurvivesAPowerCut(t *testing.T) {
	b, ctx := open(t, t.TempDir(), Options{}), t.Context()
	must(t, b.StartEpoch(ctx, "e"))
	_, err := b.Apply(ctx, Cursor{"e", 1}, nil)
	must(t, err)
	after := open(t, powerCut(t, b.Dir()), Options{})
	cur, err := after.Cursor(ctx)
	must(t, err)
	if cur != (Cursor{"e", 1}) {
		t.Errorf("%+v", cur)
	}
}
