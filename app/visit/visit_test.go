package visit

import (
	"context"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tramhoso/app/visit/papers"
	"tramhoso/assets"
	"tramhoso/sync/dossier"
)

func TestWholeVisit(t *testing.T) {
	h := newHouse(t)
	h.toForm(t)
	if s := h.State(); s.Fee != (Fee{Count: 1}) {
		t.Errorf("nobody said how many copies yet: %+v", s.Fee)
	}
	h.fill(t)
	if s := h.State(); s.Missing != 1 || s.Fee != (Fee{Known: true, Unit: 8000, Count: 2, Total: 16000}) {
		t.Fatalf("%d missing, fee %+v", s.Missing, s.Fee)
	}
	if h.Next() == nil {
		t.Fatal("went on without a paper")
	}
	h.problem(t, "visit.paper-missing")
	h.toSign(t)
	if err := h.Submit(context.Background()); err != nil {
		t.Fatal(err)
	}
	h.at(t, Done)
	l := h.outbox.letters["token1"]
	d := l.Dossier
	if string(d.Answers) != `{"born":"1990-08-12","copies":2,"event":"birth","name":"H’ Bia Niê","place":"Buôn Ea Bông","relation":"child"}` {
		t.Errorf("answers %s", d.Answers)
	}
	if d.Applicant.Phone != "0905123456" || !d.Notices.SMS || d.Return != dossier.ReturnHere || d.Channel != dossier.ChannelPostal {
		t.Errorf("dossier %+v", d)
	}
	if d.Procedure != (dossier.ProcedureRef{Code: "2.000635", Version: 2}) || d.NoticeAt.IsZero() || d.SignedAt.IsZero() || d.Language != "vi" {
		t.Errorf("dossier %+v", d)
	}
	want := []papers.Marked{{Name: "Tờ khai", Mark: papers.MarkElectronic}, {Name: "Thẻ căn cước", Mark: papers.MarkShown}, {Name: "Giấy khai sinh cũ", Mark: papers.MarkCopy}}
	if diff := cmp.Diff(want, l.Papers); diff != "" {
		t.Error(diff)
	}
	if l.Agency.ID != "commune" || l.Fee.Total != 16000 || l.Pay != PayCounter {
		t.Errorf("letter %+v", l)
	}
	if total, known := h.State().Procedure.FeeFor(l.Dossier.Answers); !known || total != l.Fee.Total {
		t.Errorf("the sealed answers cost %d, the slip says %d", total, l.Fee.Total)
	}
	h.Finish()
	h.at(t, Home)
}

func TestSecondTapCommitsOnce(t *testing.T) {
	h := newHouse(t)
	h.toForm(t)
	h.fill(t)
	h.toSign(t)
	l, ok := h.BeginSubmit()
	if !ok {
		t.Fatal("did not begin")
	}
	h.at(t, Submitting)
	if _, again := h.BeginSubmit(); again {
		t.Fatal("a second tap began a second submit")
	}
	if err := h.Submit(context.Background()); err != nil || h.outbox.calls != 0 {
		t.Fatal("a second tap reached the outbox")
	}
	h.Back()
	h.Help()
	h.at(t, Submitting)
	s, err := h.outbox.Submit(context.Background(), l)
	if err := h.FinishSubmit(s, err); err != nil {
		t.Fatal(err)
	}
	if err := h.FinishSubmit(s, err); err != nil || h.Step() != Done {
		t.Fatal("the outcome counts once")
	}
	if err := h.Submit(context.Background()); err != nil || h.outbox.calls != 1 {
		t.Error("submitted twice")
	}
}

func TestFailedSubmitKeepsTokenAndAnswers(t *testing.T) {
	h := newHouse(t)
	h.toForm(t)
	h.fill(t)
	h.toSign(t)
	h.outbox.fail = dossier.E(dossier.CodeStorageReadOnly, errDisk)
	if err := h.Submit(context.Background()); dossier.CodeOf(err) != dossier.CodeStorageReadOnly {
		t.Fatal(err)
	}
	h.at(t, Sign)
	h.problem(t, "error.storage-read-only")
	h.outbox.fail = errDisk
	if err := h.Submit(context.Background()); err == nil {
		t.Fatal("a failure was swallowed")
	}
	h.problem(t, "visit.unexpected")
	h.outbox.fail = nil
	if err := h.Submit(context.Background()); err != nil {
		t.Fatal(err)
	}
	if len(h.outbox.letters) != 1 || h.outbox.letters["token1"].Dossier.Applicant.Phone != "0905123456" {
		t.Errorf("letters %+v", h.outbox.letters)
	}
}

func TestWithdrawnBeforeSubmit(t *testing.T) {
	h := newHouse(t)
	h.toForm(t)
	h.fill(t)
	h.toSign(t)
	h.snap.Procedures[0].Withdrawn = true
	if err := h.Submit(context.Background()); dossier.CodeOf(err) != dossier.CodeProcedureWithdrawn {
		t.Fatal(err)
	}
	h.at(t, Sign)
	h.problem(t, "error.procedure-withdrawn")
	if h.outbox.calls != 0 {
		t.Error("something was sent")
	}
	h.Back()
	h.at(t, Review)
	if h.State().Problem != nil || h.filling.Int("copies") != 2 {
		t.Error("the answers are gone")
	}
}

func TestChooseWithdrawnUnknownAndInfoOnly(t *testing.T) {
	h := newHouse(t)
	h.Start(GoalSubmit)
	h.HandleFrame(qr)
	h.next(t, Notice)
	h.next(t, Search)
	if err := h.Choose("9.999999"); err == nil {
		t.Fatal("a withdrawn procedure was chosen")
	}
	h.problem(t, "error.procedure-withdrawn")
	if err := h.Choose("0.0"); err == nil {
		t.Fatal("an unknown procedure was chosen")
	}
	h.problem(t, "error.procedure-unknown")
	h.ShowTopics()
	h.SetTopic("family")
	if got := h.State(); len(got.Hits) != 2 || len(got.Topics) != 1 {
		t.Fatalf("%+v", got.Hits)
	}
	if err := h.Choose("1.001193"); err != nil || h.State().CanBegin {
		t.Fatal("a procedure without a form can be looked at, not begun", err)
	}
	if h.Next() == nil {
		t.Fatal("begun without a form")
	}
	h.problem(t, "visit.not-here")
	h.Back()
	h.at(t, Topics)
	h.Back()
	h.at(t, Search)
}

func TestCards(t *testing.T) {
	h := newHouse(t)
	h.Start(GoalSubmit)
	for frame, word := range map[string]string{
		"https://vneid.gov.vn/x":   "error.not-an-id",
		"SLIP|DL27-000318-K":       "error.not-an-id",
		"BADGE|clerk":              "error.not-an-id",
		"QR|06619000012X|H’ Bia":   "error.bad-check-digit",
		"8934563138165":            "error.not-an-id",
		"\x00\xff garbage":         "error.not-an-id",
		"QR|066190000123|H’ Bia|x": "error.not-an-id",
	} {
		if got := h.HandleFrame(frame); got != ScanRefused {
			t.Errorf("%q was %s", frame, got)
		}
		h.at(t, ScanID)
		h.problem(t, word)
	}
	h.HandleFrame(qr)
	h.at(t, IDConfirmed)
	if s := h.State(); s.Person.Trust != dossier.TrustDeclared || s.ReadAt != noon {
		t.Errorf("%+v", s.Person)
	}
	h.HandleFrame(qr)
	if h.State().Person.Trust != dossier.TrustDeclared {
		t.Error("one side twice is not two sides")
	}
	h.HandleFrame(mrz)
	if s := h.State(); s.Person.Trust != dossier.TrustConsistent || s.Person.Name != "H’ Bia Niê" {
		t.Errorf("%+v", s.Person)
	}
	if got := h.HandleFrame("nonsense"); got != ScanRefused || h.Step() != IDConfirmed {
		t.Error("nonsense moved the screen")
	}
	if got := h.HandleFrame("MRZ|040090000999|KHAC"); got != ScanRefused {
		t.Fatal(got)
	}
	h.at(t, ScanID)
	h.problem(t, "error.sides-differ")
	if s := h.State(); s.Identified || s.Person.Number != "" {
		t.Error("two cards that differ: both are put away")
	}
}

func TestTypedIdentity(t *testing.T) {
	h := newHouse(t)
	h.Start(GoalSubmit)
	h.TypeInstead()
	h.at(t, TypeID)
	for _, bad := range []string{"", "123", "06619000012a", "QR|066190000123|X"} {
		if h.TypeNumber(bad) == nil {
			t.Errorf("%q was taken", bad)
		}
		h.at(t, TypeID)
		h.problem(t, "visit.number")
	}
	if err := h.TypeNumber("0661 9000 0123"); err != nil {
		t.Fatal(err)
	}
	h.at(t, TypeName)
	if h.TypeName("  ") == nil {
		t.Error("no name was taken")
	}
	h.problem(t, "visit.name")
	if err := h.TypeName("  H’  Bia Nie\u0302 "); err != nil {
		t.Fatal(err)
	}
	h.at(t, IDConfirmed)
	if p := h.State().Person; p.Name != "H’ Bia Niê" || p.Trust != dossier.TrustDeclared || p.Source != "typed" || p.Number != "066190000123" {
		t.Errorf("%+v", p)
	}
	h.Rescan()
	h.at(t, ScanID)
	h.HandleFrame("066190000123")
	h.at(t, TypeName)
	h.Back()
	h.at(t, TypeID)
	h.HandleFrame(qr)
	h.at(t, IDConfirmed)
}

func TestFramesByStep(t *testing.T) {
	h := newHouse(t)
	if got := h.HandleFrame("BADGE|clerk"); got != ScanBadge || h.Step() != Home {
		t.Fatalf("a badge at the start screen was %s", got)
	}
	if got := h.HandleFrame("what?"); got != ScanRefused {
		t.Errorf("got %s", got)
	}
	h.problem(t, "error.not-an-id")
	if got := h.HandleFrame(qr); got != ScanCard || h.Step() != IDConfirmed || h.State().Goal != GoalSubmit {
		t.Errorf("a card at the start screen was %s at %s", got, h.Step())
	}
	h.Wipe()
	h.toForm(t)
	for _, frame := range []string{"BADGE|clerk", qr, "SLIP|DL27-000318-K", "x"} {
		if got := h.HandleFrame(frame); got != ScanIgnored || h.Step() != Form || h.State().Problem != nil {
			t.Errorf("%q in the form was %s", frame, got)
		}
	}
}

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
	d.Pay, d.Return, d.Address = PayCollect, dossier.ReturnPost, " "
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
	if got := h.State().Delivery; got.Return != dossier.ReturnHere || got.Pay != PayCounter {
		t.Errorf("%+v", got)
	}
}

func TestPrint(t *testing.T) {
	h := newHouse(t)
	h.toForm(t)
	h.fill(t)
	h.toSign(t)
	if err := h.Submit(context.Background()); err != nil {
		t.Fatal(err)
	}
	h.PrintChanged(77, PrintBlocked, "paper-out")
	h.at(t, Done)
	h.PrintChanged(1, PrintBlocked, "paper-out")
	h.at(t, PaperOut)
	if h.State().PrintWhy != "paper-out" {
		t.Error("the reason is missing")
	}
	h.Help()
	h.PrintChanged(1, PrintPrinted, "")
	h.at(t, Help)
	h.Back()
	h.at(t, Done)
	if h.State().Print != PrintPrinted {
		t.Error("the print is forgotten")
	}
	h.Reprinted(2)
	h.PrintChanged(1, PrintFailed, "")
	if h.State().Print != PrintWaiting {
		t.Error("an old job spoke for the new one")
	}
	h.Finish()
	h.PrintChanged(0, PrintBlocked, "")
	h.at(t, Home)
}

func TestTrack(t *testing.T) {
	h := newHouse(t)
	h.lookup["DL27-000318-K"] = card("DL27-000318-K", dossier.StatusInProgress)
	h.lookup["DL27-000319-M"] = card("DL27-000319-M", dossier.StatusProcessed)
	handed := card("DL27-000320-A", dossier.StatusProcessed)
	handed.Handed = noon
	h.lookup["DL27-000320-A"] = handed
	h.Start(GoalTrack)
	for frame, word := range map[string]string{
		"SLIP|DL27-000001-A":              "error.not-found",
		"SLIP|DL27-000318-K|slip-unknown": "error.slip-unknown",
		"SLIP|DL27-000318-K|slip-altered": "error.slip-altered",
		"rubbish":                         "error.not-a-slip",
		"QR|040090000999|Khác":            "error.not-found",
	} {
		if got := h.HandleFrame(frame); got != ScanRefused {
			t.Errorf("%q was %s", frame, got)
		}
		h.problem(t, word)
		h.at(t, TrackScan)
	}
	h.HandleFrame("SLIP|DL27-000318-K")
	h.at(t, Timeline)
	if s := h.State(); s.Card.Slip != "DL27-000318-K" || len(s.Card.News) != 1 {
		t.Errorf("%+v", s.Card)
	}
	h.HandleFrame(qr)
	h.at(t, Present)
	if s := h.State(); s.Present != 3 || !reflect.DeepEqual(s.Card, dossier.CitizenCard{}) {
		t.Errorf("a card shows more than that something is here: %+v", s.Card)
	}
	h.Back()
	h.at(t, TrackScan)
	h.TypeInstead()
	h.at(t, TypeSlip)
	if err := h.TypeNumber("dl27-000318-k"); err != nil {
		t.Fatal(err)
	}
	h.at(t, Present)
	if s := h.State(); s.Present != 1 || s.Card.Slip != "" {
		t.Errorf("a typed number shows details: %+v", s.Card)
	}
	h.Back()
	for _, bad := range []string{"", "DL27-999999-K", "040090000999", "x"} {
		if h.TypeNumber(bad) == nil {
			t.Errorf("%q was found", bad)
		}
		h.problem(t, "error.not-found")
	}
	h.Wipe()

	h.Start(GoalCollect)
	h.HandleFrame("SLIP|DL27-000319-M")
	h.at(t, ResultReady)
	h.Back()
	h.at(t, CollectScan)
	h.HandleFrame("SLIP|DL27-000320-A")
	h.at(t, Timeline)
	h.Finish()
	h.at(t, Home)
	h.HandleFrame("SLIP|DL27-000319-M")
	h.at(t, Timeline)
}

func TestCannotStart(t *testing.T) {
	tests := []struct {
		name string
		set  func(*Facts)
		want []Reason
	}{
		{"all is well", func(*Facts) {}, nil},
		{"unknown printer", func(f *Facts) { f.Printer = PrinterUnknown }, nil},
		{"not enrolled", func(f *Facts) { f.Enrolled = false }, []Reason{ReasonNotEnrolled}},
		{"read-only", func(f *Facts) { f.StorageReadOnly, f.VisitsLeft = true, 0 }, []Reason{ReasonStorageRead}},
		{"full", func(f *Facts) { f.VisitsLeft = 0 }, []Reason{ReasonStorageFull}},
		{"the last visit", func(f *Facts) { f.VisitsLeft = 1 }, nil},
		{"no catalogue", func(f *Facts) { f.CatalogueVersion = 0 }, []Reason{ReasonNoCatalogue}},
		{"old catalogue", func(f *Facts) { f.CatalogueAge = MaxCatalogueAge + time.Hour }, []Reason{ReasonCatalogueOld}},
		{"clock", func(f *Facts) { f.Time = time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC) }, []Reason{ReasonClock}},
		{"paper", func(f *Facts) { f.Printer = PrinterOut }, []Reason{ReasonPaperOut}},
		{"cover", func(f *Facts) { f.Printer = PrinterCover }, []Reason{ReasonPrinter}},
		{"absent", func(f *Facts) { f.Printer = PrinterAbsent }, []Reason{ReasonPrinter}},
		{"clerk's slips", func(f *Facts) { f.Printer, f.ClerkSlips = PrinterAbsent, true }, nil},
		{"battery", func(f *Facts) { f.OnBattery = true }, []Reason{ReasonPower}},
		{"two", func(f *Facts) { f.OnBattery, f.Enrolled = true, false }, []Reason{ReasonNotEnrolled, ReasonPower}},
	}
	for _, tt := range tests {
		f := good()
		tt.set(&f)
		if d := cmp.Diff(tt.want, CanStart(f)); d != "" {
			t.Errorf("%s: %s", tt.name, d)
		}
	}
	h := newHouse(t)
	h.facts.Enrolled = false
	h.Start(GoalSubmit)
	h.at(t, CannotStart)
	h.Back()
	h.at(t, Home)
	if got := h.HandleFrame(qr); got != ScanIgnored || h.Step() != CannotStart || h.State().Identified {
		t.Errorf("a card got round it: %s at %s", got, h.Step())
	}
	h.Wipe()
	h.Start(GoalTrack)
	h.at(t, TrackScan)
}

func TestWipeForgetsEverything(t *testing.T) {
	h := newHouse(t)
	h.SetLanguage("en")
	h.toForm(t)
	h.fill(t)
	h.toSign(t)
	if err := h.Submit(context.Background()); err != nil {
		t.Fatal(err)
	}
	h.Wipe()
	if d := cmp.Diff(State{Step: Home, Language: "vi", Fee: Fee{Count: 1}}, h.State()); d != "" {
		t.Error(d)
	}
	if !reflect.DeepEqual(h.data, data{step: Home, language: "vi"}) {
		t.Error("something is kept out of sight")
	}
}

func TestLanguageKeepsAnswers(t *testing.T) {
	h := newHouse(t)
	h.toForm(t)
	h.Answer("birth")
	h.SetLanguage("en")
	if s := h.State(); s.Answer != "birth" || s.Language != "en" || s.Step != Form {
		t.Errorf("%+v", s)
	}
}

func TestEveryWordIsTranslated(t *testing.T) {
	for _, lang := range assets.Languages {
		w, err := assets.Load(lang)
		if err != nil {
			t.Fatal(err)
		}
		keys := append([]string{}, Words...)
		for _, r := range Reasons {
			keys = append(keys, r.Word())
		}
		for _, key := range keys {
			if !w.Has(key) {
				t.Errorf("%s: %s is missing", lang, key)
			}
		}
	}
}
