package flow

import (
	"strings"
	"testing"
	"time"

	"tramhoso/app/visit"
	"tramhoso/sync/dossier"
)

func TestSubmit(t *testing.T) {
	run(t, func(t *testing.T, h *house) {
		h.toSign()
		h.tap("sign.main")
		h.see("sign.submitting")
		h.settle()
		h.see("submitted.title")
		h.see("submitted.sub")
		h.read(slipOf)
		h.see("submitted.print-waiting")
		if h.pictured != 1 {
			t.Error("the slip is not shown")
		}
		h.PrintChanged(0, 1, visit.PrintSending, "")
		h.see("submitted.print-sending")
		h.PrintChanged(0, 1, visit.PrintPrinted, "")
		h.see("submitted.print-printed")
		l := h.letters["token1"]
		d := l.Dossier
		if h.commits != 1 || d.Applicant.Person.Number != numberOf || d.Applicant.Phone != "0905123456" || !d.Notices.SMS || d.Language != h.lang() ||
			!strings.Contains(string(d.Answers), `"copies":2`) || !strings.Contains(string(d.Answers), "Ea Kao") || l.Fee.Total != 16000 {
			t.Errorf("kept %d: %+v %s", h.commits, l, d.Answers)
		}
		h.tap("submitted.main")
		h.gone()
		if h.lang() != "vi" {
			t.Error("the next person finds another language")
		}
	})
}

func TestLanguageKeepsAnswers(t *testing.T) {
	h := newHouse(t)
	h.begun()
	h.press("Khai sinh")
	h.tap("app.other-language")
	h.read("What should the extract be about?")
	h.tap("app.next")
	h.write("Ma Bia")
	h.tap("app.other-language")
	if s := h.Visit.State(); s.Answer != "Ma Bia" || s.QuestionAt != 2 {
		t.Errorf("left is %v at question %d", s.Answer, s.QuestionAt)
	}
	h.read("Ma Bia")
	h.tap("app.previous")
	if s := h.Visit.State(); s.Answer != "birth" {
		t.Errorf("left is %v", s.Answer)
	}
}

func TestHelpKeepsTheScreen(t *testing.T) {
	h := newHouse(t)
	h.toSign()
	h.tap("app.help")
	h.see("help.safe")
	h.tap("help.large")
	h.tap("app.back")
	h.at(visit.Sign)
	if !h.declared {
		t.Error("asking for help took the declaration back")
	}
	h.tap("sign.main")
	h.settle()
	h.at(visit.Done)
}

func TestNumberIsMaskedAgainAfterHelp(t *testing.T) {
	h := newHouse(t)
	h.Scan(cardOf)
	h.hidden(numberOf)
	h.tap("idconfirmed.show")
	h.read("0661 9000 0123")
	h.tap("app.help")
	h.tap("app.back")
	h.hidden("0661 9000 0123")
}

func TestIdleWipes(t *testing.T) {
	for name, to := range map[string]func(*house){
		"card":   func(h *house) { h.Scan(cardOf) },
		"form":   func(h *house) { h.begun(); h.untilCopies() },
		"review": func(h *house) { h.toSign() },
		"slip":   func(h *house) { h.submitted() },
		"help":   func(h *house) { h.begun(); h.tap("app.help") },
		"timeline": func(h *house) {
			h.kept[slipOf] = dossier.CitizenCard{Track: result(dossier.StatusProcessed, 0), Applicant: nameOf}
			h.Scan("SLIP|" + slipOf)
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			to(h)
			before := h.said()
			pass := func(d time.Duration) { h.clock.at = h.clock.at.Add(d); h.Tick(h.Ports.Idle.Check()) }
			pass(visit.CitizenIdle)
			h.see("idle.title")
			h.hidden(nameOf)
			h.hidden(placeOf)
			h.tap("idle.stay")
			if h.said() != before {
				t.Errorf("after the countdown:\n%s\nbefore:\n%s", h.said(), before)
			}
			pass(visit.CitizenIdle)
			h.see("idle.title")
			h.Changed() // news do not break through the countdown
			h.see("idle.title")
			pass(visit.Countdown)
			h.see("home.title")
			h.gone()
			pass(time.Hour)
			h.see("home.title")
		})
	}
}

func TestIdleEndsAtOnce(t *testing.T) {
	h := newHouse(t)
	h.begun()
	h.Tick(visit.Warning, 12)
	h.read("12")
	h.tap("idle.end")
	h.gone()
}

// A commit that ends after the person left shows nothing of it again.
func TestPictureComesTooLate(t *testing.T) {
	h := newHouse(t)
	h.toSign()
	h.tap("sign.main")
	h.waiting[0]()
	h.waiting = h.waiting[1:]
	h.at(visit.Done)
	h.tap("submitted.main")
	h.settle()
	h.gone()
}

func TestDatePrecisionIsOfOneQuestion(t *testing.T) {
	h := newHouse(t)
	h.begun()
	h.press(h.option("birth"))
	h.next()
	h.next()
	if h.Visit.State().Question.Key != "born" {
		t.Fatalf("at question %q", h.Visit.State().Question.Key)
	}
	h.tap("form.year-only")
	if h.datePart != dateYear {
		t.Fatal("the year alone was not taken")
	}
	h.next()
	if h.datePart != dateUndecided {
		t.Error("another question begins with the answer about this one's date")
	}
}

func TestLookUp(t *testing.T) {
	run(t, func(t *testing.T, h *house) {
		lang := h.lang()
		h.kept[slipOf] = dossier.CitizenCard{Track: result(dossier.StatusSupplementRequested, 0), Applicant: nameOf}
		h.tap("home.lookup")
		h.Scan("SLIP|DL27-000999-X")
		h.see("error.not-found")
		h.Scan("SLIP|" + slipOf + "|slip-altered")
		h.see("error.slip-altered")
		h.Scan("SLIP|" + slipOf)
		h.at(visit.Timeline)
		h.see("timeline.supplement")
		h.read("Xin nộp thêm ảnh.")
		h.see("timeline.officer", "officer", "Ngô Văn Tám", "office", "Tư pháp")

		// News come while it is on the screen.
		card := h.kept[slipOf]
		card.News = append(card.News, dossier.News{Status: dossier.StatusProcessed, At: noon, Heard: noon})
		h.kept[slipOf] = card
		h.Changed()
		h.see("timeline.processed")
		h.tap("timeline.collect")
		h.at(visit.ResultReady)
		h.see("resultready.title")
		h.tap("resultready.main")
		h.see("resultready.called")
		if h.calls != 1 || lang != h.lang() {
			t.Errorf("%d calls in %s", h.calls, h.lang())
		}
		h.tap("app.finish")
		h.gone()
	})
}

func TestCardTellsOnlyThatSomethingIsHere(t *testing.T) {
	h := newHouse(t)
	h.kept[slipOf] = dossier.CitizenCard{Track: result(dossier.StatusProcessed, 0), Applicant: nameOf}
	h.tap("home.collect")
	h.Scan(another)
	h.see("error.not-found")
	h.Scan(cardOf)
	h.at(visit.Present)
	h.see("timeline.present-title", "n", 1)
	h.hidden(nameOf)
	h.hidden(slipOf)
	h.Scan("SLIP|" + slipOf)
	h.at(visit.ResultReady)
}

func TestTypedSlipNumber(t *testing.T) {
	h := newHouse(t)
	h.kept[slipOf] = dossier.CitizenCard{Track: result(dossier.StatusProcessed, 0), Applicant: nameOf}
	h.tap("home.lookup")
	h.tap("scanid.type-slip")
	h.write("dl27-000318-k")
	h.tap("app.continue")
	h.at(visit.Present)
	h.hidden(nameOf)
}

func TestForm01OncePerDossier(t *testing.T) {
	h := newHouse(t)
	track := result(dossier.StatusAccepted, 0)
	track.News[0].Form01 = &dossier.Form01{}
	h.kept[slipOf] = dossier.CitizenCard{Track: track}
	second := track
	second.Slip = "DL27-000319-L"
	h.kept[second.Slip] = dossier.CitizenCard{Track: second}
	h.Scan("SLIP|" + slipOf)
	h.tap("timeline.print")
	h.see("timeline.printed")
	h.settle()
	h.Scan("SLIP|" + second.Slip)
	h.tap("timeline.print")
	h.settle()
	if h.forms != 2 {
		t.Errorf("%d papers for two dossiers", h.forms)
	}
}

func TestBrowse(t *testing.T) {
	h := newHouse(t)
	h.tap("home.browse")
	h.write("khai sinh")
	h.press("Đăng ký khai sinh")
	h.tap("search.main")
	h.at(visit.Procedure)
	h.read("1.001193")
	h.tap("app.back")
	h.tap("search.topics")
	h.press("Gia đình")
	h.press("Cấp bản sao trích lục hộ tịch")
	h.at(visit.Procedure)
}

func TestReviewLeadsToEverySection(t *testing.T) {
	for _, s := range []visit.Section{visit.SectionPerson, visit.SectionProcedure, visit.SectionForm, visit.SectionPapers, visit.SectionDelivery, visit.SectionFee} {
		h := newHouse(t)
		h.toSign()
		h.tap("app.back")
		h.at(visit.Review)
		h.tap("review.edit-name", "section", h.env.T("review.section-"+string(s)))
		if h.Visit.Step() == visit.Review {
			t.Errorf("%s cannot be mended", s)
		}
		back := "app.back"
		if h.Visit.Step() == visit.Form {
			back = "form.back-review"
		}
		h.tap(back)
		h.at(visit.Review)
	}
}
