package golden

import (
	"flag"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"tramhoso/app/ui/kit"
)

var look = flag.String("look", "", "write every picture rendered to this folder, for a person to look at")

// Look lays an object out at a size, as Fits and Reachable need it, and writes
// its picture if asked.
func Look(t testing.TB, name string, obj fyne.CanvasObject, size kit.Size) {
	t.Helper()
	if *look == "" {
		obj.Resize(fyne.NewSize(size.W, size.H))
		return
	}
	if err := write(filepath.Join(*look, name+".png"), Render(t, obj, size)); err != nil {
		t.Fatal(err)
	}
}

// slop is how far a text's box may stand out of its part: the box is taller
// than its ink.
const slop = 9

// Fits asserts of a rendered screen that every text lies within the parts it
// belongs to, that none lies over another and that none was cut; cut texts
// that begin with one of may are allowed.
func Fits(t testing.TB, obj fyne.CanvasObject, may ...string) {
	t.Helper()
	type box struct {
		text       string
		x, y, w, h float32
		tall       float32
	}
	var boxes []box
	var visit func(o fyne.CanvasObject, at fyne.Position, within box, whole string)
	visit = func(o fyne.CanvasObject, at fyne.Position, within box, whole string) {
		if !o.Visible() {
			return
		}
		at = at.Add(o.Position())
		s := o.Size()
		if tx, ok := o.(*canvas.Text); ok {
			if strings.TrimSpace(tx.Text) == "" {
				return
			}
			nat := tx.MinSize()
			b := box{tx.Text, at.X, at.Y, nat.Width, nat.Height, tx.TextSize}
			switch tx.Alignment {
			case fyne.TextAlignCenter:
				b.x += (s.Width - nat.Width) / 2
			case fyne.TextAlignTrailing:
				b.x += s.Width - nat.Width
			}
			if strings.HasSuffix(tx.Text, "…") && !strings.HasSuffix(whole, "…") && !begins(whole, may) {
				t.Errorf("%q is cut to %q", whole, tx.Text)
			}
			if breaks(whole, tx.Text) {
				t.Errorf("%q is broken after %q", whole, tx.Text)
			}
			if b.x < within.x-2 || b.x+b.w > within.x+within.w+2 || b.y < within.y-slop || b.y+b.h > within.y+within.h+slop {
				t.Errorf("%q at %.0f,%.0f %.0f×%.0f stands out of %.0f,%.0f %.0f×%.0f",
					b.text, b.x, b.y, b.w, b.h, within.x, within.y, within.w, within.h)
			}
			boxes = append(boxes, b)
			return
		}
		if sp, ok := o.(kit.Spoken); ok && whole == "" {
			if _, isRow := o.(kit.Control); !isRow {
				whole = sp.SpokenText()
			}
		}
		if s.Width > 0 && s.Height > 0 {
			x2, y2 := min(within.x+within.w, at.X+s.Width), min(within.y+within.h, at.Y+s.Height)
			within.x, within.y = max(within.x, at.X), max(within.y, at.Y)
			within.w, within.h = x2-within.x, y2-within.y
		}
		for _, p := range kit.Children(o) {
			visit(p, at, within, whole)
		}
	}
	visit(obj, fyne.Position{}, box{w: obj.Size().Width, h: obj.Size().Height}, "")
	for i, a := range boxes {
		for _, b := range boxes[i+1:] {
			// Only the ink counts: about the size of the text in the middle of its box.
			top, end := a.y+(a.h-a.tall)/2, a.y+(a.h+a.tall)/2
			btop, bend := b.y+(b.h-b.tall)/2, b.y+(b.h+b.tall)/2
			if a.x+a.w > b.x+1 && b.x+b.w > a.x+1 && end > btop+1 && bend > top+1 {
				t.Errorf("%q and %q lie over each other", a.text, b.text)
				break
			}
		}
	}
}

// breaks reports whether a line ends in the middle of a word of the whole.
func breaks(whole, line string) bool {
	rest, found := whole, false
	for {
		i := strings.Index(rest, line)
		if i < 0 {
			return found
		}
		rest = rest[i+len(line):]
		r, _ := utf8.DecodeRuneInString(rest)
		if rest == "" || !unicode.IsLetter(r) || strings.HasSuffix(line, " ") {
			return false
		}
		found = true
	}
}

func begins(s string, with []string) bool {
	for _, w := range with {
		if strings.HasPrefix(s, w) {
			return true
		}
	}
	return false
}

// Kept are the cases that a whole screen has pictures of.
var Kept = []Case{Cases[0], Cases[1], Cases[2], Wide}

// Everywhere is every case a screen must fit in.
var Everywhere = []Case{Cases[0], Cases[1], Cases[2], Cases[3], Wide, Reach,
	{Name: "en-portrait", Lang: "en", Size: kit.SizePortrait},
	{Name: "vi-portrait-contrast-large", Lang: "vi", Size: kit.SizePortrait, Contrast: true, Large: true}}

// Screen is Run for a whole screen, with fewer pictures and more: everything
// must fit and be in reach in every case.
func Screen(t *testing.T, name string, build func(*kit.Env) fyne.CanvasObject, want ...string) {
	t.Helper()
	for _, c := range Kept {
		t.Run(c.Name, func(t *testing.T) { Check(t, name+"-"+c.Name, build(c.Env(t)), c.Size) })
	}
	State(t, name, build, want...)
}

// State asserts of a screen, without pictures, that everything fits, is in
// reach and reads well in every case; want is what it shows in Vietnamese.
func State(t *testing.T, name string, build func(*kit.Env) fyne.CanvasObject, want ...string) {
	t.Helper()
	for _, c := range Everywhere {
		t.Run("fits-"+name+"-"+c.Name, func(t *testing.T) {
			obj := build(c.Env(t))
			Look(t, name+"-"+c.Name, obj, c.Size)
			if c.Lang == "vi" && !c.Large { // second lines give way to large letters
				Texts(t, obj, want...)
			} else {
				Texts(t, obj)
			}
			Fits(t, obj)
			Reachable(t, obj)
		})
	}
}

// Press finds a control by its name and presses it; it must be enabled.
func Press(t testing.TB, obj fyne.CanvasObject, name string) {
	t.Helper()
	c := kit.Find(obj, name)
	if c == nil {
		t.Fatalf("no control %q; shown are %q", name, kit.Texts(obj))
	}
	if !c.Enabled() {
		t.Fatalf("%q is off", name)
	}
	c.Tapped(&fyne.PointEvent{})
}

// Off asserts that a control is there and cannot be pressed.
func Off(t testing.TB, obj fyne.CanvasObject, name string) {
	t.Helper()
	c := kit.Find(obj, name)
	if c == nil {
		t.Fatalf("no control %q; shown are %q", name, kit.Texts(obj))
	}
	if c.Enabled() {
		t.Errorf("%q is not off", name)
	}
}

// Longest is the longest sentence that can be put before a citizen or a clerk
// as a problem, in the language of an env.
func Longest(env *kit.Env) string {
	longest := ""
	for _, key := range env.Words.Keys() {
		if !strings.HasPrefix(key, "error.") {
			continue
		}
		if s := env.T(key); len([]rune(s)) > len([]rune(longest)) {
			longest = s
		}
	}
	return longest
}
