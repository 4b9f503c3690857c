package visit

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"tramhoso/app/visit/form"
	"tramhoso/sync/dossier"
)

// A draft's code, as sync/seal draws it; main's tests hold them to be the same.
const (
	DraftAlphabet   = "23456789ACEFHJKMNPRTVWXY"
	DraftCodeLength = 4
)

// Drafts keeps what was answered so far, so that a visit that a power cut or
// the countdown ended can go on. Only TryDraft may take long.
type Drafts interface {
	NewCode() string
	// KeepDraft keeps the answers soon; what becomes of it is told to DraftKept.
	KeepDraft(card, code string, text []byte)
	// LeaveDraft says that the visit is over: its draft begins to grow old.
	LeaveDraft(card string)
	DropDraft(card string)
	HasDraft(card string) bool
	// TryDraft opens a draft. A wrong code is an error with the tries left; with
	// none left, or when there is no draft any more, it has CodeNotFound. token
	// reads the submit token out of the text: what was submitted is gone, with
	// CodeBadTransition.
	TryDraft(ctx context.Context, card, code string, token func(text []byte) string) (text []byte, left int, err error)
}

// NoDrafts is a station that keeps nothing: nothing is shown or offered.
type NoDrafts struct{}

// What a station without storage answers.
func (NoDrafts) NewCode() string                  { return "" }
func (NoDrafts) KeepDraft(string, string, []byte) {}
func (NoDrafts) LeaveDraft(string)                {}
func (NoDrafts) DropDraft(string)                 {}
func (NoDrafts) HasDraft(string) bool             { return false }
func (NoDrafts) TryDraft(context.Context, string, string, func([]byte) string) ([]byte, int, error) {
	return nil, 0, dossier.E(dossier.CodeNotFound, nil)
}

// keeping is the draft of this visit.
type keeping struct {
	card, code string
	kept       bool // it is on the disk: only then is the code worth showing
	answered   bool // there is something to keep
}

// resuming is the try to go on with a draft.
type resuming struct {
	busy bool
	left int // tries; 0: not known
	gone bool
}

// saved is what a draft holds. The person is not in it: the card comes again.
type saved struct {
	Procedure dossier.ProcedureRef `json:"procedure"`
	Form      form.Draft           `json:"form"`
	Papers    []savedPaper         `json:"papers,omitempty"`
	Delivery  DeliveryChoice       `json:"delivery"`
	NoticeAt  time.Time            `json:"notice_at"`
	Step      Step                 `json:"step"`
	Token     string               `json:"token"`
	Replaces  Replaced             `json:"replaces,omitzero"`
}

type savedPaper struct {
	ID       string           `json:"id"`
	Way      dossier.PaperWay `json:"way,omitempty"`
	Declined bool             `json:"declined,omitempty"`
}

// draftToken reads the submit token of a draft.
func draftToken(text []byte) string {
	var s saved
	_ = json.Unmarshal(text, &s) // what cannot be read was never submitted
	return s.Token
}

// draftCard names the card that must come again. A number that was typed does
// not open what was begun with a card.
func draftCard(p dossier.Person) string {
	if p.Source == "typed" {
		return "typed|" + p.Number
	}
	return "card|" + p.Number
}

// KeepDraft keeps the visit as it is now, from the first answer on.
func (v *Visit) KeepDraft() {
	if v.filling == nil || !v.answered || !v.identified {
		return
	}
	step := v.step
	if step == Help {
		step = v.helpFrom
	}
	switch step {
	case Form, Papers, Delivery:
	case TypePhone, TypeEmail, TypeAddress:
		step = Delivery
	case Review, Sign: // what was declared is declared again
		step = Review
	default:
		return
	}
	if card := draftCard(v.reading.Person); card != v.keeping.card || v.code == "" {
		v.dropDraft()
		v.keeping.card, v.code, v.kept = card, v.ports.Drafts.NewCode(), false
	}
	s := saved{Procedure: v.procedure.Ref(), Form: v.filling.Draft(), Delivery: v.delivery, NoticeAt: v.noticeAt, Step: step, Token: v.token, Replaces: v.replacing}
	for _, r := range v.papers.Rows() {
		if !r.Preset && !r.Open() {
			s.Papers = append(s.Papers, savedPaper{r.Paper.ID, r.Way, r.Declined})
		}
	}
	text, err := json.Marshal(s)
	if err != nil || v.code == "" {
		v.kept = false // nothing is promised that is not kept
		return
	}
	v.ports.Drafts.KeepDraft(v.keeping.card, v.code, text)
}

// DraftKept hears whether the draft with that code is on the disk.
func (v *Visit) DraftKept(code string, ok bool) {
	if code != "" && code == v.code {
		v.kept = ok
	}
}

// leaveDraft lets the draft of this visit grow old from now on.
func (v *Visit) leaveDraft() {
	if v.keeping.card != "" {
		v.ports.Drafts.LeaveDraft(v.keeping.card)
	}
}

func (v *Visit) dropDraft() {
	if v.keeping.card != "" {
		v.ports.Drafts.DropDraft(v.keeping.card)
		v.keeping.kept = false
	}
}

// End is Wipe by the person's own word: nothing is kept for later either.
func (v *Visit) End() {
	v.dropDraft()
	v.Wipe()
}

// Anew leaves an interrupted visit aside. Its draft lives on until another
// takes its place or its time is over.
func (v *Visit) Anew() {
	if v.step == Resume && !v.busy {
		v.resuming = resuming{}
		v.goTo(Notice)
	}
}

// Try is one try to open a draft, to be made elsewhere.
type Try struct{ Card, Code string }

// BeginResume takes the code that was typed. A second tap gets ok false.
func (v *Visit) BeginResume(code string) (t Try, ok bool) {
	if v.step != Resume || v.busy || v.gone {
		return Try{}, false
	}
	v.problem, v.busy = nil, true
	return Try{Card: draftCard(v.reading.Person), Code: code}, true
}

// Try opens the draft, on any goroutine.
func (v *Visit) Try(ctx context.Context, t Try) (text []byte, left int, err error) {
	return v.ports.Drafts.TryDraft(ctx, t.Card, t.Code, draftToken)
}

// FinishResume takes the outcome of a try: back to where the visit stopped, or
// one sentence.
func (v *Visit) FinishResume(t Try, text []byte, left int, err error) error {
	if v.step != Resume || !v.busy {
		return nil
	}
	v.busy = false
	switch code := dossier.CodeOf(err); {
	case code == dossier.CodeBadTransition:
		v.gone = true
		return v.say(code, "visit.draft-submitted")
	case code == dossier.CodeNotFound:
		v.gone = true
		return v.say(code, "visit.draft-gone")
	case code == dossier.CodeInvalid && left > 0:
		v.left = left
		return v.say(code, "visit.draft-code", "n", left)
	case err != nil:
		return v.fail(err)
	}
	return v.resume(t, text)
}

func (v *Visit) resume(t Try, text []byte) error {
	var s saved
	if err := json.Unmarshal(text, &s); err != nil {
		v.gone = true
		_ = v.say(dossier.CodeInvalid, "visit.draft-gone")
		return err
	}
	p, err := v.catalogue().Procedure(s.Procedure.Code)
	if err != nil || len(p.Form) == 0 {
		v.gone = true
		v.ports.Drafts.DropDraft(t.Card)
		return v.say(dossier.CodeProcedureUnknown, "visit.draft-closed")
	}
	f, err := form.Compile(p.Form)
	if err != nil {
		v.gone = true
		_ = v.say(dossier.CodeInvalid, "visit.draft-closed")
		return err
	}
	same := p.Ref() == s.Procedure
	v.resuming = resuming{}
	v.start(p, f)
	v.from, v.noticeAt, v.delivery, v.replacing = Search, s.NoticeAt, s.Delivery, s.Replaces
	if s.Token != "" {
		v.token = s.Token
	}
	for _, x := range s.Papers { // what is not asked for any more is left out
		if x.Declined {
			_ = v.papers.Decline(x.ID)
		} else {
			_ = v.papers.Give(x.ID, x.Way)
		}
	}
	code := strings.ToUpper(strings.Join(strings.Fields(t.Code), ""))
	v.keeping = keeping{card: t.Card, code: code, kept: true, answered: true}
	if !same {
		v.filling = f.Refit(s.Form, v.reading.Person, v.ports.Clock.Now)
		v.goTo(Form)
		v.problem = &Problem{Word: "visit.draft-updated"}
		return nil
	}
	v.filling = f.Resume(s.Form, v.reading.Person, v.ports.Clock.Now)
	v.goTo(s.Step)
	return nil
}
