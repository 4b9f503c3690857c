package upkeep

import (
	"time"

	"tramhoso/assets"
)

// Key is an argument that is itself the key of a text.
type Key string

// Ago is an argument that says how long ago something was.
type Ago struct {
	At, Now time.Time
	Sure    bool // Now can be believed
}

// Say words a line in a language: what the part is called, how it is, and the
// sentence that goes with it, which may be empty.
func (l Line) Say(w *assets.Words) (name, state, note string) {
	args := append([]any(nil), l.Args...)
	for i, a := range args {
		switch a := a.(type) {
		case time.Time:
			args[i] = w.Clock(a)
		case Key:
			if args[i] = ""; w.Has(string(a)) {
				args[i] = w.T(string(a))
			}
		case Ago:
			if args[i] = ""; !a.At.IsZero() {
				args[i] = w.Age(a.At, a.Now, a.Sure)
			}
		case int:
			args[i] = w.Number(int64(a))
		}
	}
	if l.Note != "" {
		note = w.T(l.Note, args...)
	}
	return w.T("upkeep." + string(l.Part)), w.T(l.Word, args...), note
}
