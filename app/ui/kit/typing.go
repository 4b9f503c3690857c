package kit

import (
	"slices"

	"fyne.io/fyne/v2"
)

// Keystroke is what a key of a hardware keyboard belongs to.
type Keystroke int

// The verdicts of Env.Typed.
const (
	KeyGoesOn  Keystroke = iota // a person's, like the last one
	KeyBegins                   // the first after a pause
	KeyMachine                  // typed by no person, like all since KeyBegins
)

func (e *Env) typed(r rune) Keystroke {
	if e.Typed == nil {
		return KeyGoesOn
	}
	return e.Typed(r)
}

// byHand says whether a key is a person's. What a machine has written into the
// field by the time it was known is taken out again: nobody's card is an answer.
func (f *Field) byHand(r rune) bool {
	switch f.env.typed(r) {
	case KeyBegins:
		f.held, f.heldCaret = append([]rune{}, f.text...), f.caret
	case KeyMachine:
		if f.held != nil && !slices.Equal(f.held, f.text) {
			f.text, f.caret = f.held, f.heldCaret
			f.changed()
		}
		f.held = nil
		return false
	}
	return true
}

// keyRune is the rune of an editing key that ends or divides what is typed; 0
// for one that no scanner sends.
func keyRune(e *fyne.KeyEvent) rune {
	switch e.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		return '\r'
	case fyne.KeyTab:
		return '\t'
	}
	return 0
}
