package visit

import (
	"context"
	"reflect"
	"testing"

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
	if l.Agency.ID != "commune" || l.Fee.Total != 16000 || l.Dossier.Payment.Pay != dossier.PayCounter {
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
