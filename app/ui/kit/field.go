package kit

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"golang.org/x/text/unicode/norm"
)

// Typing is what a keyboard writes into: a field, or the active one of several.
type Typing interface {
	Insert(s string)
	Erase()
	Clear()
	// Edit replaces the text before the caret.
	Edit(func(before string) string)
	Before() string
	Refocus()
}

// FieldSpec is a field's shape and rules.
type FieldSpec struct {
	Label    string // what it is called; its accessible name
	Hint     string // shown while empty
	Text     string
	Icon     string
	Trail    string  // quiet text at the right end
	Height   float32 // 0: 80
	Size     float32 // text; 0: 34
	Centred  bool    // big digits: bold, in the middle
	Masked   bool
	KeepLast int             // runes at the end that masking leaves readable
	Max      int             // runes; 0: FieldMax
	Accept   func(rune) bool // nil: anything printable
	Idle     bool            // not the one being typed into
	Changed  func(string)
	Full     func() // Max reached by typing
	Submit   func() // Enter on a hardware keyboard
	Focused  func() // it was tapped or got the focus
}

// FieldMax is the longest text of a field without its own limit: no name or
// address of a form comes near it.
const FieldMax = 240

// Field is one line to type into, by the on-screen keyboard or a real one.
type Field struct {
	node
	env    *Env
	o      FieldSpec
	text   []rune
	caret  int
	active bool
	err    string
	from   int // first rune shown when the text is longer than the field
	xs     []float32
	textX  float32
	shown  string

	mark      int    // the letter a key has just written marks on; -1: none
	held      []rune // the text before a burst of keys that may be a machine's
	heldCaret int
}

// NewField makes a field.
func NewField(env *Env, o FieldSpec) *Field {
	f := &Field{env: env, o: o, active: !o.Idle, mark: -1}
	if f.o.Max == 0 {
		f.o.Max = FieldMax
	}
	if f.o.Height == 0 {
		f.o.Height = 80
	}
	if f.o.Size == 0 {
		f.o.Size = TextField
	}
	f.text = []rune(norm.NFC.String(o.Text))
	f.caret = len(f.text)
	f.min = func() fyne.Size { return fyne.NewSize(120, f.o.Height+f.errorHeight(0)) }
	f.tall = func(w float32) float32 { return f.o.Height + f.errorHeight(w) }
	f.place = f.lay
	f.ExtendBaseWidget(f)
	return f
}

// AccessibleName is the label.
func (f *Field) AccessibleName() string { return f.o.Label }

// Enabled is always true: a field can be typed into.
func (f *Field) Enabled() bool { return true }

// SpokenText is the label and what is in the field, masked as it is shown.
func (f *Field) SpokenText() string {
	parts := []string{}
	for _, p := range []string{f.o.Label, f.display(), f.err} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, ": ")
}

// Text is what was typed, NFC.
func (f *Field) Text() string { return norm.NFC.String(string(f.text)) }

// SetText replaces the text; the caret goes to its end.
func (f *Field) SetText(s string) {
	f.text = f.clean(s)
	f.caret = len(f.text)
	f.changed()
}

func (f *Field) clean(s string) []rune {
	var out []rune
	for _, r := range norm.NFC.String(s) {
		if len(out) < f.o.Max && (f.o.Accept == nil || f.o.Accept(r)) && r >= ' ' {
			out = append(out, r)
		}
	}
	return out
}

func (f *Field) changed() {
	f.err, f.mark = "", -1
	f.relay()
	if f.o.Changed != nil {
		f.o.Changed(f.Text())
	}
}

// Mark underlines the letter at a place, counted in runes, until the text
// changes: what the last key made of it.
func (f *Field) Mark(at int) {
	f.mark = at
	f.relay()
}

// SetError shows a sentence below; the answer is kept. Empty takes it away.
func (f *Field) SetError(s string) {
	f.err = s
	f.relay()
}

// SetTrail changes the quiet text at the end.
func (f *Field) SetTrail(s string) {
	f.o.Trail = s
	f.relay()
}

// SetMasked hides or shows what is typed.
func (f *Field) SetMasked(on bool) {
	f.o.Masked = on
	f.relay()
}

// Masked reports whether the text is hidden.
func (f *Field) Masked() bool { return f.o.Masked }

// SetActive draws it as the one being typed into.
func (f *Field) SetActive(on bool) {
	if on == f.active {
		return
	}
	f.active = on
	f.relay()
}

// Active reports whether it is the one being typed into.
func (f *Field) Active() bool { return f.active }

// Insert types text at the caret.
func (f *Field) Insert(s string) {
	f.Edit(func(before string) string { return before + s })
}

// Before is the text before the caret.
func (f *Field) Before() string { return string(f.text[:f.caret]) }

// Edit replaces the text before the caret; what the field does not accept or
// hold is left out.
func (f *Field) Edit(edit func(before string) string) {
	after := string(f.text[f.caret:])
	before := edit(f.Before())
	room := f.o.Max - utf8.RuneCountInString(after)
	head := f.clean(before)
	if len(head) > room {
		head = head[:max(0, room)]
	}
	was := len(f.text)
	f.text = append(head, []rune(after)...)
	f.caret = len(head)
	f.changed()
	if f.o.Full != nil && len(f.text) == f.o.Max && was < f.o.Max {
		f.o.Full()
	}
}

// Erase takes the letter before the caret away, with all its marks.
func (f *Field) Erase() {
	if f.caret == 0 {
		return
	}
	from := f.caret - 1
	for from > 0 && unicode.Is(unicode.Mn, f.text[from]) {
		from--
	}
	f.text = append(f.text[:from:from], f.text[f.caret:]...)
	f.caret = from
	f.changed()
}

// Clear empties the field.
func (f *Field) Clear() { f.SetText("") }

// Refocus gives the field the canvas's focus back after a key was tapped.
func (f *Field) Refocus() {
	if c := fyne.CurrentApp().Driver().CanvasForObject(f); c != nil {
		c.Focus(f)
	}
}

// Tapped makes it the one being typed into and puts the caret there.
func (f *Field) Tapped(e *fyne.PointEvent) {
	f.env.touch()
	if e != nil && len(f.xs) > 0 && e.Position.Y <= f.o.Height {
		x := e.Position.X - f.textX
		best := 0
		for i, at := range f.xs {
			if abs32(at-x) <= abs32(f.xs[best]-x) {
				best = i
			}
		}
		f.caret = min(len(f.text), f.from+best)
	}
	f.focus()
	f.relay()
}

func abs32(v float32) float32 {
	if v < 0 {
		return -v
	}
	return v
}

func (f *Field) focus() {
	f.active = true
	if f.o.Focused != nil {
		f.o.Focused()
	}
}

// FocusGained is part of fyne.Focusable.
func (f *Field) FocusGained() {
	if !f.active {
		f.focus()
		f.relay()
	}
}

// FocusLost is part of fyne.Focusable; the ring stays on the field that the
// on-screen keyboard writes into.
func (f *Field) FocusLost() {}

// TypedRune types a rune of a hardware keyboard.
func (f *Field) TypedRune(r rune) {
	f.env.touch()
	if f.byHand(r) {
		f.Insert(string(r))
	}
}

// TypedKey handles the editing keys of a hardware keyboard.
func (f *Field) TypedKey(e *fyne.KeyEvent) {
	f.env.touch()
	if r := keyRune(e); r != 0 && !f.byHand(r) {
		return
	}
	switch e.Name {
	case fyne.KeyBackspace:
		f.Erase()
	case fyne.KeyDelete:
		if f.caret < len(f.text) {
			f.caret++
			f.Erase()
		}
	case fyne.KeyLeft:
		f.caret = max(0, f.caret-1)
		f.relay()
	case fyne.KeyRight:
		f.caret = min(len(f.text), f.caret+1)
		f.relay()
	case fyne.KeyHome:
		f.caret = 0
		f.relay()
	case fyne.KeyEnd:
		f.caret = len(f.text)
		f.relay()
	case fyne.KeyReturn, fyne.KeyEnter:
		if f.o.Submit != nil && !f.env.early() {
			f.o.Submit()
		}
	}
}

func (f *Field) display() string {
	if !f.o.Masked {
		return string(f.text)
	}
	hide := max(0, len(f.text)-f.o.KeepLast)
	return strings.Repeat("•", hide) + string(f.text[hide:])
}

func (f *Field) errorText(w float32) *Paragraph {
	return NewParagraph(f.env, f.err, Style{Size: TextBody, Bold: true, Color: f.env.Pal().Bronze, Line: 1.25, Max: 3})
}

func (f *Field) errorHeight(w float32) float32 {
	if f.err == "" {
		return 0
	}
	p := f.errorText(w)
	if w == 0 {
		return 10 + p.lineHeight()
	}
	return 10 + heightFor(p, w-40)
}

func (f *Field) lay(s fyne.Size) {
	p := f.env.Pal()
	h := f.o.Height
	size, isBold := f.o.Size, f.o.Centred
	edge := p.Edge
	f.parts = nil
	if f.active {
		ring := canvas.NewRectangle(p.Gold)
		ring.CornerRadius = RadiusKey + ringWidth
		put(ring, -ringWidth, -ringWidth, s.Width+2*ringWidth, h+2*ringWidth)
		f.parts = append(f.parts, ring)
		edge = p.Leaf
	}
	if f.err != "" {
		edge = p.Bronze
	}
	pl := newPlate(p.Surface, edge, 3, RadiusKey)
	pl.put(0, 0, s.Width, h)
	f.parts = append(f.parts, pl.objects()...)
	x, right := float32(23), s.Width-23
	if f.o.Icon != "" {
		ic := NewIcon(f.o.Icon, 36, p.Ink)
		put(ic, x, (h-36)/2, 36, 36)
		f.parts = append(f.parts, ic)
		x += 36 + 14
	}
	if f.o.Trail != "" {
		t := newText(f.o.Trail, f.env.Px(TextBody), false, p.Ink2)
		w := t.MinSize().Width
		putText(t, right-w, 0, w, h)
		f.parts = append(f.parts, t)
		right -= w + 14
	}
	f.layText(x, right, h, size, isBold)
	if f.err != "" {
		ic := NewIcon("warn", 30, p.Bronze)
		t := f.errorText(s.Width)
		th := heightFor(t, s.Width-40)
		put(ic, 0, h+10, 30, 30)
		put(t, 40, h+10, s.Width-40, th)
		f.parts = append(f.parts, ic, t)
	}
}

func (f *Field) layText(x, right, h, size float32, isBold bool) {
	p := f.env.Pal()
	all := []rune(f.display())
	width := right - x - 4
	measure := func(from, to int) float32 { return Measure(string(all[from:to]), size, isBold) }
	if f.from > f.caret {
		f.from = f.caret
	}
	for f.from > 0 && measure(f.from-1, len(all)) <= width {
		f.from--
	}
	for f.from < f.caret && measure(f.from, f.caret) > width {
		f.from++
	}
	to := len(all)
	for to > f.caret && measure(f.from, to) > width {
		to--
	}
	f.shown = string(all[f.from:to])
	text, ink := f.shown, p.Ink
	if len(all) == 0 && f.o.Hint != "" {
		text, ink, isBold = f.o.Hint, p.Ink2, false
		if Measure(text, size, false) > width {
			size = TextBody
		}
	}
	t := newText(text, size, isBold, ink)
	w := t.MinSize().Width
	if f.o.Centred {
		x = fyne.Max(x, x+(right-x-w)/2)
	}
	putText(t, x, 0, w, h)
	f.parts = append(f.parts, t)
	f.textX = x
	f.xs = f.xs[:0]
	for i := f.from; i <= to; i++ {
		f.xs = append(f.xs, measure(f.from, i))
	}
	if i := f.mark; i >= f.from && i < to && !f.o.Masked {
		u := canvas.NewRectangle(p.GoldDark)
		put(u, x+f.xs[i-f.from], h/2+size*0.7, f.xs[i-f.from+1]-f.xs[i-f.from], 4)
		f.parts = append(f.parts, u)
	}
	if f.active {
		at := x
		if len(all) > 0 {
			at += measure(f.from, f.caret) + 1
		}
		ch := size * 1.18
		c := canvas.NewRectangle(p.Leaf)
		put(c, at, (h-ch)/2, 3, ch)
		f.parts = append(f.parts, c)
	}
}
