package visit

import (
	"strings"
	"testing"

	"tramhoso/sync/dossier"
)

func TestEditFromReview(t *testing.T) {
	h := newHouse(t)
	h.toForm(t)
	h.fill(t)
	h.toSign(t)
	h.Back()
	h.at(t, Review)

	h.EditAt(SectionPerson)
	h.at(t, ScanID)
	h.HandleFrame("nonsense")
	h.Back()
	h.at(t, Review)
	h.EditAt(SectionPerson)
	h.HandleFrame(qr)
	h.HandleFrame("MRZ|040090000999|KHAC")
	h.Back()
	h.at(t, Review)
	if s := h.State(); s.Person.Number != "066190000123" || !s.Identified {
		t.Fatalf("the applicant was lost: %+v", s.Person)
	}

	h.EditAt(SectionProcedure)
	h.at(t, Search)
	if err := h.Choose("2.000635"); err != nil {
		t.Fatal(err)
	}
	h.next(t, Review)

	h.EditQuestion("copies")
	h.Answer("99")
	if h.Next() == nil {
		t.Fatal("99 copies were taken")
	}
	h.problem(t, "form.too-big")
	h.Answer("3")
	h.next(t, Review)
	if h.State().Fee.Total != 24000 {
		t.Error("the fee did not follow")
	}

	h.EditAt(SectionForm)
	h.at(t, Form)
	if s := h.State(); s.QuestionAt != 1 || !s.Editing {
		t.Errorf("question %d", s.QuestionAt)
	}
	h.Back()
	h.at(t, Review)

	h.EditAt(SectionPapers)
	if err := h.DeclinePaper("old"); err != nil {
		t.Fatal(err)
	}
	h.Back()
	h.at(t, Review)
	if h.Next() == nil {
		t.Fatal("signed without a required paper")
	}
	h.at(t, Papers)
	h.problem(t, "visit.paper-missing")
	if err := h.GivePaper("old", dossier.WayOriginal); err != nil {
		t.Fatal(err)
	}
	h.next(t, Review)

	h.EditAt(SectionFee)
	h.at(t, Delivery)
	d := h.State().Delivery
	d.Pay, d.Return, d.Address = dossier.PayCollect, dossier.ReturnPost, " "
	h.SetDelivery(d)
	h.next(t, TypeAddress)
	if err := h.SetContact("Buôn Ea Bông"); err != nil {
		t.Fatal(err)
	}
	h.at(t, Review)
	h.next(t, Sign)
}

func TestReviewOpensWhatIsRefused(t *testing.T) {
	h := newHouse(t)
	h.toForm(t)
	h.fill(t)
	h.toSign(t)
	h.Back()
	h.EditQuestion("relation")
	h.Answer("other") // now "relation_other" is asked, and was never answered
	h.next(t, Review)
	if h.Next() == nil {
		t.Fatal("signed an unfinished form")
	}
	h.at(t, Form)
	h.problem(t, "form.required")
	if got := h.State().Question.Key; got != "relation_other" {
		t.Fatalf("opened %s", got)
	}
	h.Answer("cháu")
	h.next(t, Review)
	h.next(t, Sign)
}

func TestDelivery(t *testing.T) {
	h := newHouse(t)
	h.toForm(t)
	h.fill(t)
	if err := h.GivePaper("old", dossier.WayOriginal); err != nil {
		t.Fatal(err)
	}
	h.next(t, Delivery)
	h.SetDelivery(DeliveryChoice{Notices: dossier.Notices{SMS: true, Email: true}, Return: dossier.ReturnPost})
	h.next(t, TypeAddress)
	for _, page := range []struct {
		step       Step
		bad        []string
		word, good string
	}{
		{TypeAddress, []string{"", "  ", strings.Repeat("x", MaxAddress+1)}, "visit.address-needed", "Buôn Ea Bông"},
		{TypePhone, []string{"", "12", "09051234567890"}, "visit.phone-needed", "+84 905 123 456"},
		{TypeEmail, []string{"", "x", "@x", "x@", "a b@c"}, "visit.email-needed", "bia@example.vn"},
	} {
		h.at(t, page.step)
		if h.State().Problem != nil {
			t.Errorf("%s begins with %+v", page.step, h.State().Problem)
		}
		for _, bad := range page.bad {
			if h.SetContact(bad) == nil {
				t.Errorf("%q was taken", bad)
			}
			h.at(t, page.step)
			h.problem(t, page.word)
		}
		h.Back()
		h.at(t, Delivery)
		_ = h.Next()
		if err := h.SetContact(page.good); err != nil {
			t.Fatal(err)
		}
	}
	h.at(t, Review)
	if d := h.State().Delivery; d.Phone != "0905123456" || d.Email != "bia@example.vn" || d.Address != "Buôn Ea Bông" {
		t.Errorf("%+v", d)
	}
	h.Back()
	h.SetDelivery(DeliveryChoice{Return: "by pigeon", Email: "a@b.vn"})
	h.next(t, Review)
	if got := h.State().Delivery; got.Return != dossier.ReturnHere || got.Pay != dossier.PayCounter {
		t.Errorf("%+v", got)
	}
}
