package kit

import (
	"fyne.io/fyne/v2"
)

// letterSteps is how far large letters give way where a body has no room for
// them; what second lines could give was given before.
var letterSteps = []float32{largeFactor, 1.12, 1}

// Fit builds a body in the largest letters in which it has room: the first of
// builds that fits, in large letters if the reader wants them, else in smaller
// ones, never below the normal. Nothing fitting, it is the last of builds in
// normal letters.
func Fit(env *Env, room fyne.Size, builds ...func(*Env) fyne.CanvasObject) fyne.CanvasObject {
	steps := letterSteps
	if !env.Large {
		steps = letterSteps[len(letterSteps)-1:]
	}
	var last fyne.CanvasObject
	for _, letters := range steps {
		e := *env
		e.letters = letters
		for _, build := range builds {
			last = build(&e)
			if heightFor(last, room.Width) <= room.Height+0.5 {
				return last
			}
		}
	}
	return last
}
