package flow

import (
	"context"

	"tramhoso/app/counter"
	"tramhoso/app/ui/screens/handover"
	"tramhoso/app/visit"
	"tramhoso/sync/dossier"
)

// resultStates are the states of a page in the words of a counter.
var resultStates = map[visit.PrintState]counter.PrintState{
	visit.PrintWaiting: counter.PrintGoing, visit.PrintSending: counter.PrintGoing, visit.PrintBlocked: counter.PrintWaits,
	visit.PrintPrinted: counter.PrintDone, visit.PrintProbably: counter.PrintUnknown, visit.PrintUnknown: counter.PrintUnknown,
	visit.PrintFailed: counter.PrintFailed,
}

// resultWhys say what a page printer needs, by its reasons.
var resultWhys = map[string]string{
	"media-empty": "part.page-out-note", "media-needed": "part.page-out-note", "media-jam": "part.page-jam-note", "cover-open": "part.page-cover-note",
	"toner-empty": "part.page-ink-note", "offline": "part.page-absent-note", "answer": "part.page-absent-note", "denied": "part.page-absent-note",
	"unplugged": "part.page-absent-note", "document": "handover.print-document", "cancelled": "handover.print-cancelled",
	"waited": "handover.print-waited", "not-wanted": "handover.print-cancelled",
}

// PageWord is the sentence for a page printer's reason.
func PageWord(why string) string {
	if word, ok := resultWhys[why]; ok {
		return word
	}
	return "part.page-stopped-note"
}

// printResult prints the result's file; the hand-over goes on meanwhile.
func (f *Flow) printResult() {
	run, finish, ok := f.Counter.BeginPrint()
	f.Render()
	if !ok {
		return
	}
	f.Go(func() {
		job, err := run(context.Background())
		f.Post(func() {
			if err := finish(job, err); err != nil {
				f.Log.Error("failed to print a result", "code", dossier.CodeOf(err), "err", err)
			}
			f.Render()
		})
	})
}

// resultPrint says what can be printed of a result and what became of it.
func (f *Flow) resultPrint(r counter.Result) (m handover.Print) {
	e := f.env
	switch {
	case r.File == dossier.ResultNone:
		return m // it is on paper
	case r.File == dossier.ResultGone:
		return handover.Print{Note: e.T("handover.print-gone"), Tone: handover.Look}
	case !r.Printer:
		return handover.Print{Note: e.T("handover.print-none")}
	}
	if m.Button = e.T("handover.print"); r.Printing.State != counter.PrintNone {
		m.Button = e.T("handover.print-again")
	}
	switch p := r.Printing; p.State {
	case counter.PrintGoing:
		m.Note = e.T("handover.print-going")
	case counter.PrintWaits:
		m.Note, m.Tone = e.T("handover.print-waits", "why", e.T(PageWord(p.Why))), handover.Look
	case counter.PrintDone:
		m.Note, m.Tone = e.T("handover.print-done", "when", f.when(p.At)), handover.Good
	case counter.PrintUnknown:
		m.Note, m.Tone = e.T("handover.print-unknown"), handover.Look
	case counter.PrintFailed:
		m.Note, m.Tone = e.T("handover.print-failed", "why", e.T(PageWord(p.Why))), handover.Look
	}
	if !r.Can() {
		m.Button = ""
	}
	return m
}
