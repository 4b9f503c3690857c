package flow

import (
	"context"

	"fyne.io/fyne/v2"

	"tramhoso/app/ui/screens/resume"
	"tramhoso/app/visit"
	"tramhoso/sync/dossier"
)

// code is what goes on with the visit after an interruption, or "".
func (f *Flow) code() string {
	if f.staffing() {
		return ""
	}
	switch f.Visit.Step() {
	case visit.Submitting, visit.Done, visit.PaperOut:
		return ""
	}
	return f.Visit.State().Code
}

// DraftKept hears whether the draft with that code is on the disk. The code
// comes to the status line without the screen being drawn anew: somebody may be
// typing.
func (f *Flow) DraftKept(code string, ok bool) {
	f.Visit.DraftKept(code, ok)
	f.SetStatus(f.env.Status)
	if f.warning > 0 {
		f.Render()
	}
}

// end ends the visit by the person's own word: nothing of it is kept.
func (f *Flow) end() {
	if !f.staffing() {
		f.Visit.End()
	}
	f.wipe()
}

func (f *Flow) resumeScreen(s visit.State) fyne.CanvasObject {
	return resume.New(f.env, resume.Model{Alphabet: visit.DraftAlphabet, Length: visit.DraftCodeLength, Text: f.draft, Problem: f.problem(s.Problem),
		Busy: s.Trying, Gone: s.NoDraft}, resume.Actions{Back: f.back, Anew: f.then(f.Visit.Anew), Changed: f.drafting, Next: f.tryCode})
}

// tryCode tries the code off the user interface's goroutine.
func (f *Flow) tryCode() {
	try, ok := f.Visit.BeginResume(f.draft)
	if !ok {
		return
	}
	f.Render()
	f.Go(func() {
		text, left, err := f.Visit.Try(context.Background(), try)
		f.Post(func() {
			if err := f.Visit.FinishResume(try, text, left, err); err != nil {
				f.Log.Info("draft refused", "code", dossier.CodeOf(err), "left", left)
				f.draft = ""
			}
			f.Render()
		})
	})
}
