package visit

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tramhoso/sync/dossier"
)

// fakeDrafts keeps one draft per card in the clear.
type fakeDrafts struct {
	codes   int
	texts   map[string][]byte // by card
	code    map[string]string
	tries   map[string]int
	left    []string // cards whose visit is over
	dropped []string
	done    map[string]bool // submit tokens
}

func (d *fakeDrafts) NewCode() string { d.codes++; return fmt.Sprintf("7KF%d", 1+d.codes) }
func (d *fakeDrafts) KeepDraft(card, code string, text []byte) {
	d.texts[card], d.code[card], d.tries[card] = text, code, 0
}
func (d *fakeDrafts) LeaveDraft(card string) { d.left = append(d.left, card) }
func (d *fakeDrafts) DropDraft(card string) {
	d.dropped = append(d.dropped, card)
	delete(d.texts, card)
}
func (d *fakeDrafts) HasDraft(card string) bool { return d.texts[card] != nil }
func (d *fakeDrafts) TryDraft(_ context.Context, card, code string, token func([]byte) string) ([]byte, int, error) {
	text := d.texts[card]
	if text == nil {
		return nil, 0, dossier.E(dossier.CodeNotFound, nil)
	}
	if d.tries[card]++; code != d.code[card] {
		if left := 3 - d.tries[card]; left > 0 {
			return nil, left, dossier.E(dossier.CodeInvalid, nil)
		}
		delete(d.texts, card)
		return nil, 0, dossier.E(dossier.CodeNotFound, nil)
	}
	if d.done[token(text)] {
		return nil, 0, dossier.E(dossier.CodeBadTransition, nil)
	}
	return text, 0, nil
}

const ownCard = "card|066190000123"

func draftHouse(t testing.TB) (*house, *fakeDrafts) {
	t.Helper()
	h, d := newHouse(t), &fakeDrafts{texts: map[string][]byte{}, code: map[string]string{}, tries: map[string]int{}, done: map[string]bool{}}
	h.ports.Drafts = d
	return h, d
}

// restarted is the station after a power cut: only the drafts are left.
func (h *house) restarted() {
	p := h.ports
	h.Visit = New(p)
}

func (h *house) again(t testing.TB) {
	t.Helper()
	h.Start(GoalSubmit)
	if got := h.HandleFrame(qr); got != ScanCard {
		t.Fatalf("the card was %s", got)
	}
	h.next(t, Resume)
}

func (h *house) type4(t testing.TB, code string) error {
	t.Helper()
	try, ok := h.BeginResume(code)
	if !ok {
		t.Fatal("no code is taken")
	}
	if _, twice := h.BeginResume(code); twice {
		t.Fatal("a second tap tries a second time")
	}
	text, left, err := h.Try(t.Context(), try)
	return h.FinishResume(try, text, left, err)
}

func TestDraftGoesOn(t *testing.T) {
	for _, stop := range []Step{Form, Papers, Delivery, Review, Sign} {
		t.Run(string(stop), func(t *testing.T) {
			h, d := draftHouse(t)
			h.toForm(t)
			if d.texts[ownCard] != nil {
				t.Fatal("kept before anything was answered")
			}
			want := Form
			if stop == Form {
				h.Answer("birth")
				h.next(t, Form)
				h.Answer("H’ Yên Niê")
				h.KeepDraft() // as the countdown does, by half
			} else {
				h.fill(t)
				h.Back()
				h.Back() // a question further up, and on again: the same answers
				h.fill(t)
				if want = stop; stop != Papers {
					h.toSign(t)
					for h.Step() != stop {
						h.Back()
					}
				}
				if stop == Sign {
					want = Review // what was declared is declared again
				}
			}
			if h.State().Code != "" {
				t.Error("a code is shown before the draft is on the disk")
			}
			h.DraftKept("another", true)
			h.DraftKept(d.code[ownCard], true)
			before := h.State()
			if before.Code != d.code[ownCard] || before.Code == "" {
				t.Fatalf("shown %q, kept under %q", before.Code, d.code[ownCard])
			}
			if bytes.Contains(d.texts[ownCard], []byte("Buôn Ea Bông, Cư")) {
				t.Error("the card lies in the draft")
			}
			token := draftToken(d.texts[ownCard])
			h.restarted()
			h.again(t)
			if err := h.type4(t, before.Code); err != nil {
				t.Fatal(err)
			}
			h.at(t, want)
			after := h.State()
			after.ReadAt, before.ReadAt = noon, noon
			before.Step, before.Query, before.Hits, after.Problem = want, "", nil, before.Problem
			if diff := cmp.Diff(before, after); diff != "" {
				t.Errorf("it did not come back as it was: %s", diff)
			}
			if d.texts[ownCard] == nil {
				t.Error("another power cut would lose it")
			}
			if stop == Form {
				return
			}
			if want == Papers {
				h.toSign(t)
			} else {
				for h.Step() != Sign {
					if err := h.Next(); err != nil {
						t.Fatal(err)
					}
				}
			}
			if err := h.Submit(t.Context()); err != nil {
				t.Fatal(err)
			}
			if _, ok := h.outbox.letters[token]; !ok || token == "" {
				t.Errorf("submitted under %v, the draft says %q", h.outbox.letters, token)
			}
			if d.texts[ownCard] != nil || h.State().Code != "" {
				t.Error("the draft outlives its submission")
			}
		})
	}
}

func TestDraftEnds(t *testing.T) {
	h, d := draftHouse(t)
	begin := func() {
		h.toForm(t)
		h.Answer("birth")
		h.next(t, Form)
		h.DraftKept(d.code[ownCard], true)
	}
	begin()
	h.Wipe() // the countdown
	if d.texts[ownCard] == nil || len(d.left) != 1 || d.left[0] != ownCard {
		t.Errorf("after the countdown: %v, left %q", d.texts[ownCard] != nil, d.left)
	}
	d.DropDraft(ownCard)
	begin()
	h.End()
	h.at(t, Home)
	if d.texts[ownCard] != nil {
		t.Error("ended by the person's own word, and kept")
	}
	begin()
	h.Wipe()
	h.again(t)
	h.Anew()
	h.at(t, Notice)
	if d.texts[ownCard] == nil {
		t.Error("destroyed before another takes its place")
	}
}

func TestDraftRefused(t *testing.T) {
	h, d := draftHouse(t)
	begin := func() {
		t.Helper()
		h.toForm(t)
		h.Answer("birth")
		h.next(t, Form)
		h.restarted()
	}
	begin()
	if h.Start(GoalSubmit); h.HandleFrame("QR|040090004471|Y Thuận Êban") != ScanCard {
		t.Fatal("no card")
	}
	h.next(t, Notice)
	h.Wipe()
	if err := (func() error { h.Start(GoalSubmit); return h.TypeNumber("066190000123") })(); err != nil {
		t.Fatal(err)
	}
	if err := h.TypeName("H’ Bia Niê"); err != nil {
		t.Fatal(err)
	}
	h.next(t, Notice) // a typed number does not open what a card began
	h.Wipe()

	h.again(t)
	for left := 2; left > 0; left-- {
		if err := h.type4(t, "2222"); dossier.CodeOf(err) != dossier.CodeInvalid {
			t.Fatal(err)
		}
		h.problem(t, "visit.draft-code")
		if p := h.State().Problem; fmt.Sprint(p.Args) != fmt.Sprint([]any{"n", left}) {
			t.Errorf("args %v, want %d left", p.Args, left)
		}
	}
	if err := h.type4(t, "2222"); dossier.CodeOf(err) != dossier.CodeNotFound {
		t.Fatal(err)
	}
	h.problem(t, "visit.draft-gone")
	if !h.State().NoDraft {
		t.Error("it asks for more")
	}
	h.next(t, Notice)
	h.Wipe()

	begin()
	var s saved
	if err := json.Unmarshal(d.texts[ownCard], &s); err != nil || s.Token == "" {
		t.Fatalf("token %q, %v", s.Token, err)
	}
	d.done[s.Token] = true
	h.again(t)
	if err := h.type4(t, d.code[ownCard]); err == nil {
		t.Fatal("submitted twice")
	}
	h.problem(t, "visit.draft-submitted")
}

// The province changed the procedure while the station was off.
func TestDraftOfAnotherVersion(t *testing.T) {
	h, d := draftHouse(t)
	h.toForm(t)
	h.fill(t)
	form := strings.Replace(string(h.snap.Procedures[0].Form), `"birth"`, `"born"`, 1)
	if form == string(h.snap.Procedures[0].Form) {
		t.Fatal("the form has no such choice")
	}
	h.snap.Procedures[0].Version++
	h.snap.Procedures[0].Form = json.RawMessage(form)
	h.restarted()
	h.again(t)
	if err := h.type4(t, d.code[ownCard]); err != nil {
		t.Fatal(err)
	}
	h.at(t, Form)
	h.problem(t, "visit.draft-updated")
	s := h.State()
	if s.QuestionAt != 1 || s.Answer != nil {
		t.Errorf("question %d, answer %v: the old choice does not fit", s.QuestionAt, s.Answer)
	}
	if got := h.filling.Answer("copies"); fmt.Sprint(got) != "2" {
		t.Errorf("copies %v: what fits is lost", got)
	}

	h.KeepDraft()
	h.snap.Procedures = h.snap.Procedures[1:]
	h.restarted()
	h.again(t)
	if err := h.type4(t, d.code[ownCard]); dossier.CodeOf(err) != dossier.CodeProcedureUnknown {
		t.Fatal(err)
	}
	h.problem(t, "visit.draft-closed")
	if d.texts[ownCard] != nil {
		t.Error("a draft that cannot go on is kept")
	}
}
