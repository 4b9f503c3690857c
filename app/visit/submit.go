package visit

import (
	"context"

	"tramhoso/sync/dossier"
)

// toSign examines the whole form and the papers; what is refused is opened.
func (v *Visit) toSign() error {
	if bad := v.filling.Refusals(); len(bad) > 0 {
		if bad[0].Key != "" && v.filling.Goto(bad[0].Key) {
			v.editing, v.one = true, true
			v.goTo(Form)
		}
		return v.fail(bad[0])
	}
	if n := len(v.papers.Missing()); n > 0 {
		v.editing = true
		v.goTo(Papers)
		return v.say(dossier.CodeAnswerRefused, "visit.paper-missing", "n", n)
	}
	if v.settle() {
		v.editing = true
		v.goTo(Delivery)
		return v.say(dossier.CodeAnswerRefused, "visit.fee-changed")
	}
	if step, word := v.contact(); step != "" {
		v.editing = true
		v.goTo(step)
		return v.say(dossier.CodeAnswerRefused, word)
	}
	v.goTo(Sign)
	return nil
}

// BeginSubmit freezes what is sent. A second tap finds the step Submitting and
// gets ok false; a tap after a failure gets the same token again.
func (v *Visit) BeginSubmit() (l Letter, ok bool) {
	if v.step != Sign {
		return Letter{}, false
	}
	if _, err := v.catalogue().Procedure(v.procedure.Code); err != nil {
		_ = v.fail(err)
		return Letter{}, false
	}
	answers, err := v.filling.Answers()
	if err != nil {
		_ = v.fail(err)
		return Letter{}, false
	}
	fee := feeFor(v.procedure, answers)
	agency, _ := v.catalogue().Agency(v.procedure.Agency)
	d := dossier.Dossier{
		Procedure: v.procedure.Ref(),
		Title:     v.procedure.Name.In("vi"),
		Agency:    v.procedure.Agency,
		Applicant: dossier.Applicant{Person: v.reading.Person, Phone: v.delivery.Phone, Email: v.delivery.Email},
		Answers:   answers,
		Papers:    v.papers.Given(),
		Return:    v.delivery.Return,
		Payment:   v.payment(fee),
		Notices:   v.delivery.Notices,
		Channel:   dossier.ChannelPostal,
		Language:  v.language,
		NoticeAt:  v.noticeAt,
		SignedAt:  v.ports.Clock.Now(),
		Replaces:  v.replacing.Slip,
	}
	if d.Return == dossier.ReturnPost {
		d.Address = v.delivery.Address
	}
	v.goTo(Submitting)
	return Letter{Token: v.token, Dossier: d, Agency: agency, Papers: v.papers.Marked(), Fee: fee, Replaces: v.replacing}, true
}

// FinishSubmit takes the outcome of the commit. On a failure the citizen is
// back at the declaration, with one sentence and every answer.
func (v *Visit) FinishSubmit(s Submitted, err error) error {
	if v.step != Submitting {
		return nil
	}
	if v.replacing != (Replaced{}) && dossier.CodeOf(err) == dossier.CodeWithdrawn {
		return v.notReplaced()
	}
	if err != nil {
		v.goTo(Sign)
		return v.fail(err)
	}
	v.dropDraft()
	v.submitted, v.print = s, PrintWaiting
	v.goTo(Done)
	return nil
}

// Submit commits on the calling goroutine: BeginSubmit, the outbox, FinishSubmit.
func (v *Visit) Submit(ctx context.Context) error {
	l, ok := v.BeginSubmit()
	if !ok {
		if v.step == Sign && v.problem != nil {
			return dossier.Errorf(v.problem.Code, "%s", v.problem.Word)
		}
		return nil
	}
	s, err := v.ports.Outbox.Submit(ctx, l)
	return v.FinishSubmit(s, err)
}

// PrintChanged hears what became of the print job of this visit's slip; other
// jobs are no business of it.
func (v *Visit) PrintChanged(job int64, s PrintState, why string) {
	if (v.step != Done && v.step != PaperOut && v.step != Help) || job != v.submitted.Job {
		return
	}
	v.print, v.printWhy = s, why
	to := Done
	if s == PrintBlocked {
		to = PaperOut
	}
	if v.step == Help {
		if v.helpFrom == Done || v.helpFrom == PaperOut {
			v.helpFrom = to
		}
		return
	}
	v.goTo(to)
}

// Reprinted follows a new job of the same slip, made for a second copy.
func (v *Visit) Reprinted(job int64) {
	help := v.step == Help && (v.helpFrom == Done || v.helpFrom == PaperOut)
	if !help && v.step != Done && v.step != PaperOut {
		return
	}
	v.submitted.Job, v.print, v.printWhy, v.reprint = job, PrintWaiting, "", true
	if help {
		v.helpFrom = Done
		return
	}
	v.goTo(Done)
}

// Finish ends a visit from its last screens: "I hold the slip", "I cannot wait".
func (v *Visit) Finish() {
	switch v.step {
	case Done, PaperOut, Timeline, ResultReady, Present, Withdrawn:
		v.Wipe()
	}
}
