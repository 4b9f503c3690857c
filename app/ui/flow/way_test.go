package flow

import (
	"tramhoso/app/visit"
)

func (h *house) identified() {
	h.t.Helper()
	h.tap("home.submit")
	h.at(visit.ScanID)
	h.Scan(cardOf)
	h.at(visit.IDConfirmed)
	h.tap("idconfirmed.main")
	h.tap("notice.main")
	h.at(visit.Search)
}

func (h *house) found() {
	h.t.Helper()
	h.identified()
	h.write("trich luc")
	h.tap("search.main")
	h.at(visit.Procedure)
}

func (h *house) begun() { h.t.Helper(); h.found(); h.tap("procedure.main"); h.at(visit.Form) }

// option is a choice as the form names it in the language in use.
func (h *house) option(value string) string {
	h.t.Helper()
	for _, o := range h.Visit.State().Question.Options {
		if o.Value == value {
			return o.Label.In(h.lang())
		}
	}
	h.t.Fatalf("no choice %q", value)
	return ""
}

// next goes on from a question: the last one's button is called differently.
func (h *house) next() {
	h.t.Helper()
	if s := h.Visit.State(); s.QuestionAt == s.Questions {
		h.tap("app.continue")
		return
	}
	h.tap("app.next")
}

// untilCopies answers every question but the last.
func (h *house) untilCopies() {
	h.t.Helper()
	for h.Visit.Step() == visit.Form {
		switch h.Visit.State().Question.Key {
		case "event":
			h.press(h.option("birth"))
		case "relation":
			h.press(h.option("child"))
		case "place":
			h.write("Ea Kao")
		case "phone":
			h.tap("form.skip")
			continue
		case "copies":
			return
		}
		h.next()
	}
}

func (h *house) answered() {
	h.t.Helper()
	h.untilCopies()
	h.write("2")
	h.next()
	h.at(visit.Papers)
}

func (h *house) toSign() {
	h.t.Helper()
	h.begun()
	h.answered()
	h.tap("papers.clerk")
	h.tap("app.continue")
	h.at(visit.Delivery)
	h.tap("delivery.sms")
	h.tap("app.continue")
	h.at(visit.TypePhone)
	h.write("0905123456")
	h.tap("app.continue")
	h.at(visit.Review)
	h.tap("review.main")
	h.at(visit.Sign)
	h.tap("sign.box")
}

func (h *house) submitted() {
	h.t.Helper()
	h.toSign()
	h.tap("sign.main")
	h.at(visit.Submitting)
	h.settle()
	h.at(visit.Done)
}
