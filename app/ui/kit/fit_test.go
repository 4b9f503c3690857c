package kit_test

import (
	"fmt"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
	"tramhoso/app/ui/kit/golden"
)

func TestFitGivesWayStepByStep(t *testing.T) {
	env := golden.Cases[3].Env(t) // large letters
	words := func(n int) func(*kit.Env) fyne.CanvasObject {
		return func(env *kit.Env) fyne.CanvasObject {
			var rows []fyne.CanvasObject
			for range n {
				rows = append(rows, kit.NewParagraph(env, "một dòng", kit.Style{Size: 20, Line: 1}))
			}
			return kit.Col(0, rows...)
		}
	}
	for _, c := range []struct {
		room float32 // for ten or eight lines of 20
		want float32 // their height
	}{
		{260, 250},      // ten in large letters
		{240, 200},      // eight in large letters
		{190, 8 * 22.4}, // eight in smaller ones
		{165, 160},      // eight in normal ones
		{100, 160},      // nothing fits: the last
	} {
		got := kit.Fit(env, fyne.NewSize(400, c.room), words(10), words(8)).MinSize().Height
		if got < c.want-0.1 || got > c.want+0.1 {
			t.Errorf("in %v: %v high, not %v", c.room, got, c.want)
		}
	}
	env.Large = false
	if got := kit.Fit(env, fyne.NewSize(400, 260), words(10)).MinSize().Height; got != 200 {
		t.Errorf("normal letters: %v high", got)
	}
}

func TestBookTurns(t *testing.T) {
	env := golden.Cases[0].Env(t)
	var items []fyne.CanvasObject
	for i := range 10 {
		items = append(items, kit.Small(env, "", fmt.Sprintf("số %d", i), func() {}))
	}
	shown := func(o fyne.CanvasObject) string { return strings.Join(kit.Texts(o), ",") }
	for _, c := range []struct {
		name string
		size fyne.Size
		open int
		want []string
	}{
		{"all fit", fyne.NewSize(600, 64*10+9*10), -1, []string{"số 0,số 1,số 2,số 3,số 4,số 5,số 6,số 7,số 8,số 9"}},
		{"buttons below", fyne.NewSize(600, 64*5+4*10), -1, []string{"số 0,số 1,số 2,số 3,Trang trước,Trang 1/3,Trang sau", "số 4,số 5,số 6,số 7,Trang trước,Trang 2/3,Trang sau", "số 8,số 9,Trang trước,Trang 3/3,Trang sau"}},
		{"narrow", fyne.NewSize(300, 64*5+4*10), 9, []string{"số 8,số 9,Trang trước,Trang 3/3,Trang sau"}},
		{"low", fyne.NewSize(400, 64*2+10), 5, []string{"số 4,số 5,Trang trước,Trang sau", "số 6,số 7,Trang trước,Trang sau"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := kit.NewBook(env, 10, items...).OpenAt(c.open)
			b.Resize(c.size)
			for i, want := range c.want {
				if i > 0 {
					golden.Press(t, b, "Trang sau")
				}
				if got := shown(b); got != want {
					t.Errorf("page %d shows %s, not %s", i+1, got, want)
				}
				golden.Reachable(t, b)
			}
		})
	}
}

func TestSentences(t *testing.T) {
	env := golden.Cases[0].Env(t)
	got := kit.Texts(kit.Col(0, kit.Sentences(env, "Một câu. Hai câu.\n\nBa.", kit.Style{})...))
	if strings.Join(got, "|") != "Một câu.|Hai câu.|Ba." {
		t.Errorf("got %q", got)
	}
}
