package upkeep

import (
	"time"

	"tramhoso/assets"
)

// Say words a line in a language: what the part is called, how it is, and the
// sentence that goes with it, which may be empty.
func (l Line) Say(w *assets.Words) (name, state, note string) {
	args := append([]any(nil), l.Args...)
	for i, a := range args {
		switch a := a.(type) {
		case time.Time:
			args[i] = w.Clock(a)
		case int:
			args[i] = w.Number(int64(a))
		}
	}
	if l.Note != "" {
		note = w.T(l.Note, args...)
	}
	return w.T("upkeep." + string(l.Part)), w.T(l.Word, args...), note
}
