package flow

import (
	"context"

	"tramhoso/app/ui/screens/submitted"
	"tramhoso/app/visit"
	"tramhoso/app/visit/form"
)

// Pages prints on a page printer, where there is one.
type Pages interface {
	// CanDeclare reports that the declaration of a letter can be printed now.
	CanDeclare(visit.Letter) bool
	// Declaration prints it, for its sender to sign, and returns the job.
	Declaration(ctx context.Context, l visit.Letter, done visit.Submitted, answers []form.Line) (job int64, err error)
}

// declaring is a declaration that may be printed for whoever has just submitted.
// It holds answers in words and is gone with the visit.
type declaring struct {
	letter  visit.Letter
	done    visit.Submitted
	answers []form.Line
	job     int64 // of the page printer; 0: not asked for
	state   submitted.Declaration
}

// mayDeclare keeps what was submitted for as long as its sender stands here.
func (f *Flow) mayDeclare(l visit.Letter, done visit.Submitted, answers []form.Line) {
	if f.Pages.CanDeclare(l) {
		f.declaring = declaring{letter: l, done: done, answers: answers, state: submitted.DeclarationOffered}
	}
}

// declare prints the declaration once; a second tap finds it under way.
func (f *Flow) declare() {
	if f.declaring.state != submitted.DeclarationOffered && f.declaring.state != submitted.DeclarationTrouble {
		return
	}
	d := f.declaring
	f.declaring.state, f.declaring.job = submitted.DeclarationPrinting, 0
	f.Render()
	f.Go(func() {
		job, err := f.Pages.Declaration(context.Background(), d.letter, d.done, d.answers)
		f.Post(func() {
			if f.declaring.done.Packet != d.done.Packet {
				return // whose it was has left
			}
			f.declaring.job = job
			if err != nil {
				f.Log.Error("failed to print a declaration", "err", err)
				f.declaring.state = submitted.DeclarationTrouble
			}
			f.Render()
			early := f.earlyPages
			f.earlyPages = nil
			for _, n := range early {
				f.declarationChanged(n.old, n.job, n.state)
			}
		})
	})
}

// PageChanged hears what became of a page, and why a printer stopped; old is the
// job that it replaces.
func (f *Flow) PageChanged(old, job int64, s visit.PrintState, why string) {
	if f.Counter.PrintChanged(old, job, resultStates[s], why) && f.warning == 0 {
		f.Render()
	}
	f.declarationChanged(old, job, s)
}

func (f *Flow) declarationChanged(old, job int64, s visit.PrintState) {
	d := &f.declaring
	if d.state == submitted.DeclarationPrinting && d.job == 0 { // its number is not known here yet
		f.earlyPages = append(f.earlyPages, printNews{old: old, job: job, state: s})
		return
	}
	if d.job == 0 || job != d.job && old != d.job {
		return
	}
	d.job = job
	before := d.state
	switch s {
	case visit.PrintPrinted, visit.PrintProbably:
		d.state = submitted.DeclarationPrinted
	case visit.PrintBlocked:
		d.state = submitted.DeclarationWaiting
	case visit.PrintFailed, visit.PrintUnknown:
		d.state = submitted.DeclarationHelp
	default:
		d.state = submitted.DeclarationPrinting
	}
	if d.state != before && f.Visit.Step() == visit.Done {
		f.Render()
	}
}
