//go:build tour

package tour

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"golang.org/x/text/unicode/norm"

	"tramhoso/app/ui/kit"
)

// field is what can be typed into; its name is its label.
type field interface {
	fyne.CanvasObject
	AccessibleName() string
	Text() string
}

// screen is what a person sees at one moment, in reading order.
type screen struct {
	controls []kit.Control // enabled ones
	disabled []kit.Control
	fields   []field
	words    []string
}

// lookAt reads the target's screen. Called inside Do.
func lookAt(target Target) screen {
	var s screen
	for _, root := range target.Roots() {
		for _, text := range kit.Texts(root) {
			if text = plain(text); text != "" {
				s.words = append(s.words, text)
			}
		}
		for _, c := range kit.Controls(root) {
			if c.Enabled() {
				s.controls = append(s.controls, c)
			} else {
				s.disabled = append(s.disabled, c)
			}
		}
		kit.Walk(root, func(o fyne.CanvasObject) bool {
			if f, ok := o.(field); ok {
				s.fields = append(s.fields, f)
			}
			return true
		})
	}
	return s
}

// plain folds a text's line breaks and odd spaces, so that how it is wrapped
// does not matter to who looks for it.
func plain(text string) string {
	return strings.Join(strings.Fields(norm.NFC.String(text)), " ")
}

// see reports whether a text is to be read.
func (s screen) see(text string) error {
	want := plain(text)
	if slices.ContainsFunc(s.words, func(w string) bool { return strings.Contains(w, want) }) {
		return nil
	}
	return fmt.Errorf("%q is not to be read", text)
}

// after is the word that stands behind a text.
func (s screen) after(text string) (string, error) {
	want := plain(text)
	for _, w := range s.words {
		if _, rest, ok := strings.Cut(w, want); ok {
			for word := range strings.FieldsSeq(rest) { // "H15.30-260714-0001" is one
				if word = strings.TrimFunc(word, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }); word != "" {
					return word, nil
				}
			}
		}
	}
	return "", fmt.Errorf("no word is to be read after %q", text)
}

// tap presses the enabled control with that name or text, and again before the
// screen can change if more than one tap is wanted.
func (s screen) tap(text string, times int) error {
	c, err := s.find(text)
	if err != nil {
		return err
	}
	for range times {
		press(c)
	}
	return nil
}

// press taps the middle of a control.
func press(c kit.Control) {
	var middle fyne.Position
	if o, ok := c.(fyne.CanvasObject); ok {
		middle = fyne.NewPos(o.Size().Width/2, o.Size().Height/2)
	}
	c.Tapped(&fyne.PointEvent{Position: middle})
}

// find looks for the one enabled control that is called exactly that, or else
// for the one whose name begins so. Controls with one and the same name promise
// the same: of them, the first.
func (s screen) find(text string) (kit.Control, error) {
	want := plain(text)
	for _, fits := range []func(string) bool{
		func(name string) bool { return name == want },
		func(name string) bool { return strings.HasPrefix(name, want) },
	} {
		found := named(s.controls, fits)
		name := func(c kit.Control) string { return plain(c.AccessibleName()) }
		switch {
		case len(found) > 0 && !slices.ContainsFunc(found, func(c kit.Control) bool { return name(c) != name(found[0]) }):
			return found[0], nil
		case len(found) > 1:
			return nil, fmt.Errorf("%d controls are called %q; only one may be", len(found), text)
		case len(named(s.disabled, fits)) > 0:
			return nil, fmt.Errorf("%q cannot be pressed now", text)
		}
	}
	return nil, fmt.Errorf("no control is called %q", text)
}

// named lists the controls with a fitting name or text.
func named(controls []kit.Control, fits func(string) bool) []kit.Control {
	var found []kit.Control
	for _, c := range controls {
		said, speaks := c.(kit.Spoken)
		if fits(plain(c.AccessibleName())) || speaks && fits(plain(said.SpokenText())) {
			found = append(found, c)
		}
	}
	return found
}

// choose presses an option of the question that is on the screen.
func (s screen) choose(question, option string) error {
	if err := s.see(question); err != nil {
		return err
	}
	return s.tap(option, 1)
}

// field looks for the field with that label; the only field on the screen also
// answers to the title above it.
func (s screen) field(label string) (field, error) {
	want := plain(label)
	var found []field
	for _, f := range s.fields {
		if plain(f.AccessibleName()) == want {
			found = append(found, f)
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return nil, fmt.Errorf("%d fields are called %q; only one may be", len(found), label)
	case len(s.fields) == 1 && s.see(label) == nil:
		return s.fields[0], nil
	}
	return nil, fmt.Errorf("no field is called %q", label)
}

// texts is everything that is to be read, and the names of the controls.
func (s screen) texts() []string {
	all := slices.Clone(s.words)
	for _, c := range s.controls {
		if name := plain(c.AccessibleName()); !slices.Contains(all, name) {
			all = append(all, "["+name+"]")
		}
	}
	for _, c := range s.disabled {
		all = append(all, "("+plain(c.AccessibleName())+")")
	}
	return all
}
