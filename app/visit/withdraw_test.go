package visit

import (
	"testing"

	"tramhoso/sync/dossier"
)

// opened is a visit that looks at a dossier by its slip.
func opened(t *testing.T, edit func(*dossier.CitizenCard)) *house {
	t.Helper()
	h := newHouse(t)
	card := dossier.CitizenCard{Track: dossier.Track{Packet: "p7", Slip: "DL27-000311-P", Procedure: dossier.ProcedureRef{Code: "1.001193", Version: 1}}}
	edit(&card)
	h.lookup["DL27-000311-P"] = card
	h.Start(GoalTrack)
	h.HandleFrame("SLIP|DL27-000311-P")
	if h.Step() != Timeline {
		t.Fatalf("on %s", h.Step())
	}
	return h
}

func TestWithdraw(t *testing.T) {
	h := opened(t, func(*dossier.CitizenCard) {})
	if err := h.AskBack(); err != nil || h.Step() != Withdraw {
		t.Fatalf("on %s: %v", h.Step(), err)
	}
	h.Back()
	if h.Step() != Timeline {
		t.Errorf("back is on %s", h.Step())
	}
	_ = h.AskBack()
	first, ok := h.BeginWithdraw()
	if !ok || first.Packet != "p7" || first.Slip != "DL27-000311-P" || first.Token == "" {
		t.Errorf("%+v, %v", first, ok)
	}
	if _, ok := h.BeginWithdraw(); ok {
		t.Error("a double tap asks twice")
	}
	if err := h.FinishWithdraw(dossier.E(dossier.CodeStorageFull, nil)); err == nil || h.Step() != Withdraw || h.State().Problem == nil {
		t.Errorf("a full disk: %v on %s", err, h.Step())
	}
	again, _ := h.BeginWithdraw()
	if again.Token != first.Token {
		t.Error("another token after a failure")
	}
	card := h.lookup["DL27-000311-P"]
	card.Withdrawn.At = h.clock.Now()
	h.lookup["DL27-000311-P"] = card
	if err := h.FinishWithdraw(nil); err != nil || h.Step() != Withdrawn || !h.State().Card.Withdrawn.Stands() {
		t.Errorf("%v on %s", err, h.Step())
	}
	h.Back()
	if err := h.AskBack(); dossier.CodeOf(err) != dossier.CodeWithdrawn || h.Step() != Timeline || h.State().Problem == nil {
		t.Errorf("a second time: %v on %s", err, h.Step())
	}
	h.Finish()
	if h.Step() != Home || h.State().Card.Slip != "" {
		t.Errorf("on %s", h.Step())
	}
}

// What is said of a withdrawal follows what is known: an answer of the agency's is
// not left unsaid, and a card that does not open invents no day.
func TestTheAgencyAnswersAWithdrawal(t *testing.T) {
	h := opened(t, func(*dossier.CitizenCard) {})
	_ = h.AskBack()
	_, _ = h.BeginWithdraw()
	card := h.lookup["DL27-000311-P"]
	delete(h.lookup, "DL27-000311-P")
	if err := h.FinishWithdraw(nil); err != nil || h.Step() != Withdrawn || !h.State().Card.Withdrawn.At.Equal(h.clock.Now()) {
		t.Errorf("%v on %s: %+v", err, h.Step(), h.State().Card.Withdrawn)
	}
	card.Withdrawn = dossier.Withdrawn{At: h.clock.Now(), Sent: h.clock.Now()}
	h.lookup["DL27-000311-P"] = card
	if h.Refresh(); h.Step() != Withdrawn || h.State().Card.Withdrawn.Sent.IsZero() {
		t.Errorf("on %s: %+v", h.Step(), h.State().Card.Withdrawn)
	}
	card.Withdrawn.State = dossier.WithdrawalHeard
	h.lookup["DL27-000311-P"] = card
	if h.Refresh(); h.Step() != Timeline {
		t.Errorf("on %s", h.Step())
	}
}

// News may come between what was seen and what is pressed.
func TestTooLateToWithdraw(t *testing.T) {
	h := opened(t, func(*dossier.CitizenCard) {})
	card := h.lookup["DL27-000311-P"]
	card.News = []dossier.News{{Status: dossier.StatusProcessed}}
	h.lookup["DL27-000311-P"] = card
	if err := h.AskBack(); dossier.CodeOf(err) != dossier.CodeTooLate || h.Step() != Timeline || h.State().Problem.Word != "error.too-late" {
		t.Errorf("%v on %s", err, h.Step())
	}
}

func TestCorrectOnlyBeforeAcceptance(t *testing.T) {
	h := opened(t, func(c *dossier.CitizenCard) { c.News = []dossier.News{{Status: dossier.StatusAccepted}} })
	_ = h.AskBack()
	if h.Correct(); h.Step() != Withdraw {
		t.Errorf("on %s", h.Step())
	}
}

// A correction is a whole new visit that names what it replaces, also after a
// power cut.
func TestCorrect(t *testing.T) {
	h := opened(t, func(c *dossier.CitizenCard) { c.Procedure.Code = "2.000635" })
	_ = h.AskBack()
	h.Correct()
	h.at(t, ScanID)
	if len(h.outbox.recalls) != 0 {
		t.Error("asked back before the new dossier is there")
	}
	h.HandleFrame(qr)
	h.next(t, Notice)
	h.next(t, Procedure)
	if s := h.State(); s.Procedure.Code != "2.000635" || s.Replaces != "DL27-000311-P" || s.Card.Slip != "" {
		t.Errorf("%s instead of %q", s.Procedure.Code, s.Replaces)
	}
	h.next(t, Form)
	h.fill(t)
	h.toSign(t)
	l, ok := h.BeginSubmit()
	if !ok || l.Replaces.Packet != "p7" || l.Dossier.Replaces != "DL27-000311-P" {
		t.Errorf("%+v", l.Replaces)
	}
	if err := h.FinishSubmit(Submitted{}, dossier.E(dossier.CodeWithdrawn, nil)); err == nil || h.Step() != Sign {
		t.Errorf("asked back meanwhile: %v on %s", err, h.Step())
	}
	h.problem(t, "visit.replaced-gone")
	l, ok = h.BeginSubmit()
	if !ok || l.Replaces != (Replaced{}) || l.Dossier.Replaces != "" {
		t.Errorf("it stands by itself: %+v", l.Replaces)
	}
}

func TestCorrectionSurvivesAPowerCut(t *testing.T) {
	h, d := draftHouse(t)
	h.lookup["DL27-000311-P"] = dossier.CitizenCard{Track: dossier.Track{Packet: "p7", Slip: "DL27-000311-P", Procedure: dossier.ProcedureRef{Code: "2.000635"}}}
	h.Start(GoalTrack)
	h.HandleFrame("SLIP|DL27-000311-P")
	_ = h.AskBack()
	h.Correct()
	h.HandleFrame(qr)
	h.next(t, Notice)
	h.next(t, Procedure)
	h.next(t, Form)
	h.fill(t)
	code := d.code[ownCard]
	h.restarted()
	h.again(t)
	if err := h.type4(t, code); err != nil {
		t.Fatal(err)
	}
	if got := h.State().Replaces; got != "DL27-000311-P" {
		t.Errorf("replaces %q", got)
	}
}
