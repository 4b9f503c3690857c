package flow

import (
	"context"
	"testing"
	"time"

	"tramhoso/app/visit"
	"tramhoso/sync/dossier"
)

// drawer keeps one draft in the clear.
type drawer struct {
	h    *house
	text []byte
	kept int
}

func (*drawer) NewCode() string { return "7KF2" }
func (d *drawer) KeepDraft(_, code string, text []byte) {
	d.text, d.kept = text, d.kept+1
	d.h.waiting = append(d.h.waiting, func() { d.h.DraftKept(code, true) })
}
func (*drawer) LeaveDraft(string)      {}
func (d *drawer) DropDraft(string)     { d.text = nil }
func (d *drawer) HasDraft(string) bool { return d.text != nil }
func (d *drawer) TryDraft(_ context.Context, _, code string, _ func([]byte) string) ([]byte, int, error) {
	if code != "7KF2" {
		return nil, 2, dossier.E(dossier.CodeInvalid, nil)
	}
	return d.text, 0, nil
}

func TestInterruptedVisit(t *testing.T) {
	run(t, func(t *testing.T, h *house) {
		d := &drawer{h: h}
		h.keeps(d)
		h.begun()
		h.hidden("7KF2")
		h.press(h.option("birth"))
		h.next()
		h.hidden("7KF2") // not on the disk yet
		drawn := h.drawn
		h.settle()
		h.see("status.code", "code", "7KF2")
		if h.drawn != drawn {
			t.Error("the question was drawn anew while somebody may be typing")
		}
		at := h.Visit.State().QuestionAt
		kept := d.kept
		h.clock.at = h.clock.at.Add(visit.CitizenIdle + time.Second)
		h.Tick(visit.Warning, 20)
		h.Tick(visit.Warning, 19)
		if d.kept != kept+1 {
			t.Errorf("kept %d times by the countdown", d.kept-kept)
		}
		h.read("7KF2")
		h.Tick(visit.Expired, 0)
		h.gone()
		h.hidden("7KF2")

		h.tap("home.submit")
		h.Scan(cardOf)
		h.tap("idconfirmed.main")
		h.at(visit.Resume)
		h.hidden("7KF2")
		h.write("2222")
		h.tap("resume.main")
		h.settle()
		h.see("visit.draft-code", "n", 2)
		h.write("7KF2")
		h.tap("resume.main")
		h.settle()
		h.at(visit.Form)
		if got := h.Visit.State().QuestionAt; got != at {
			t.Errorf("at question %d, stopped at %d", got, at)
		}

		h.tap("app.help")
		h.tap("help.restart")
		h.gone()
		if d.text != nil {
			t.Error("ended by the person's own word, and kept")
		}
		h.begun()
		h.press(h.option("birth"))
		h.next()
		h.settle()
		h.Tick(visit.Warning, 20)
		h.tap("idle.end")
		h.gone()
		if d.text != nil {
			t.Error("cleared at once, and kept")
		}
	})
}
