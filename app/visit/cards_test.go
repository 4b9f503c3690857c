package visit

import (
	"testing"

	"tramhoso/sync/dossier"
)

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
