package counter

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"tramhoso/sync/dossier"
)

// The limits of what is typed at a counter.
const (
	MaxCash   = 100_000_000 // đồng; more is a slip of the finger
	MaxReason = 300         // runes
	MaxPIN    = 32
)

// Step is where the clerk is; one step is one screen.
type Step string

// The steps.
const (
	Closed     Step = "closed" // nobody is logged in
	PIN        Step = "pin"
	CheckPIN   Step = "check-pin"
	Home       Step = "home"
	Handover   Step = "handover"
	Refusing   Step = "refusing"
	Keeping    Step = "keeping" // a hand-over or a refusal is being kept
	Done       Step = "done"
	Finding    Step = "finding" // a number is typed to find a dossier by
	Looking    Step = "looking" // one dossier is shown
	Losing     Step = "losing"  // its slip is lost: whose card is it, and shall a new one be given
	TypingCard Step = "typing-card"
	Issuing    Step = "issuing" // a new slip is being given
	Issued     Step = "issued"
	Recalling  Step = "recalling" // its applicant asks it back: whose card is it
	Recording  Step = "recording" // that is being kept
	Recalled   Step = "recalled"
	Technical  Step = "technical" // a technician logged in: upkeep's turn
)

// Problem is one sentence for the clerk: Word is a key of the translations. An
// int64 among the Args is an amount in đồng.
type Problem struct {
	Code dossier.Code
	Word string
	Args []any
}

// Words lists the word keys beyond "error.<code>" that a counter uses.
var Words = []string{"counter.already", "counter.already-slip", "counter.not-ready", "counter.withdrawn", "counter.other-slip", "counter.slip-first", "counter.lock-first", "counter.card-first",
	"counter.basis-needed", "counter.fee-short", "counter.fee-much", "counter.reason-needed", "counter.wait",
	"counter.owner-first", "counter.look-first", "visit.unexpected"}

// Basis is why somebody may collect.
type Basis string

// The bases of dossier.Handover.
const (
	BasisNone          Basis = ""
	BasisApplicant     Basis = "applicant"
	BasisAuthorisation Basis = "authorisation"
	BasisFamily        Basis = "family"
)

// State is a snapshot for the screen. Its slices belong to the reader.
type State struct {
	Step    Step
	Staff   Session
	Problem *Problem

	Ready   []dossier.CounterCard // a result waits here
	Unsent  []dossier.CounterCard // waiting for the network
	Sent    []dossier.CounterCard // with the agency
	HandedN int                   // handed over, not listed
	Found   bool                  // the lists hold only what was found

	Card        dossier.CounterCard // of the hand-over
	SlipSeen    bool
	Collector   dossier.Person
	CardSeen    bool
	IsApplicant bool
	Basis       Basis
	FeeDue      int64
	FeeKnown    bool // false: the agency has told no sum, which is not 0
	Given       int64
	Change      int64  // đồng to give back
	Missing     string // the word of what is missing still, "" when it can be handed over
	MissingArgs []any
	Result      Result
	DoneAt      time.Time

	Owner     dossier.Person   // whose card was shown for a lost slip or a withdrawal
	OwnerSeen dossier.CardSeen // how; "": it was not
	Looked    bool             // the clerk looked at a card whose number was typed
	Paper     Printing         // of the new slip or of the note, on Issued and Recalled
}

// Counter is the clerk's side of a station. Use New.
type Counter struct {
	ports Ports
	data
}

type data struct {
	step      Step
	problem   *Problem
	badge     string
	session   Session
	cards     []dossier.CounterCard
	read      bool // the cards were opened
	card      dossier.CounterCard
	slipSeen  bool
	reading   Reading
	cardSeen  bool
	applicant bool
	basis     Basis
	given     int64
	token     string
	reason    string
	doneAt    time.Time
	printing  *Printing   // nil: nothing is known of a print
	early     []printNews // of a print whose number is not known here yet

	only     []string // packets that were found; nil: everything is listed
	shown    Reading  // the card of whoever looks for a dossier or lost its slip
	shownBy  dossier.CardSeen
	looked   bool
	cameFrom Step      // before a lost slip or a withdrawal
	wish     Step      // which of them: Losing or Recalling
	aside    *Printing // of the result, while a new slip is given
}

// New makes a counter where nobody is logged in.
func New(p Ports) *Counter {
	c := &Counter{ports: p}
	c.Lock()
	return c
}

// Lock logs out and forgets everything.
func (c *Counter) Lock() { c.data = data{step: Closed} }

// Step returns where the clerk is.
func (c *Counter) Step() Step { return c.step }

// State returns a snapshot for the screen.
func (c *Counter) State() State {
	s := State{Step: c.step, Staff: c.session, Problem: c.problem, Card: c.card, SlipSeen: c.slipSeen, Collector: c.reading.Person,
		CardSeen: c.cardSeen, IsApplicant: c.applicant, Basis: c.basis, Given: c.given, DoneAt: c.doneAt, Result: c.result()}
	if s.FeeDue, s.FeeKnown = c.card.FeeDue(); s.FeeKnown {
		s.Change = max(0, c.given-s.FeeDue)
	}
	s.Found, s.Owner, s.OwnerSeen, s.Looked = len(c.only) > 0, c.shown.Person, c.shownBy, c.looked
	if c.step == Issued || c.step == Recalled {
		s.Paper = c.printed()
	}
	for _, card := range c.cards {
		switch {
		case s.Found && !slices.Contains(c.only, card.Packet):
		case !card.Handed.IsZero():
			s.HandedN++
		case card.Ready():
			s.Ready = append(s.Ready, card)
		case card.Sent.IsZero():
			s.Unsent = append(s.Unsent, card)
		default:
			s.Sent = append(s.Sent, card)
		}
	}
	switch c.step {
	case Handover:
		s.Missing, s.MissingArgs = c.missing()
	case Losing, Recalling:
		s.Missing = c.ownerMissing()
	}
	return s
}

func (c *Counter) goTo(s Step) { c.step, c.problem = s, nil }

func (c *Counter) say(code dossier.Code, word string, args ...any) error {
	c.problem = &Problem{Code: code, Word: word, Args: args}
	return dossier.Errorf(code, "%s", word)
}

func (c *Counter) fail(err error) error {
	var wait *WaitError
	code := dossier.CodeOf(err)
	switch {
	case errors.As(err, &wait):
		c.problem = &Problem{Code: code, Word: "counter.wait", Args: []any{"n", int(math.Ceil(wait.For.Seconds()))}}
	case code != "":
		c.problem = &Problem{Code: code, Word: "error." + string(code)}
	default:
		c.problem = &Problem{Word: "visit.unexpected"}
	}
	return err
}

// Refresh opens the cards on the calling goroutine.
func (c *Counter) Refresh(ctx context.Context) error {
	if c.session.Desk == nil {
		return nil
	}
	cards, err := c.session.Desk.Cards(ctx)
	return c.SetCards(cards, err)
}

// known opens the cards where nobody did yet: what is asked in the moment after
// the login must not be answered from an empty list.
func (c *Counter) known(ctx context.Context) error {
	if c.read {
		return nil
	}
	return c.Refresh(ctx)
}

// SetCards takes the cards that were opened elsewhere. The newest dossier comes
// first. A hand-over under way sees its card change with them.
func (c *Counter) SetCards(cards []dossier.CounterCard, err error) error {
	if c.session.Desk == nil {
		return nil
	}
	if err != nil {
		return c.fail(err)
	}
	c.cards, c.read = slices.Clone(cards), true
	slices.SortStableFunc(c.cards, func(a, b dossier.CounterCard) int { return b.Submitted.Wall.Compare(a.Submitted.Wall) })
	if !slices.Contains([]Step{Handover, Looking, Losing, TypingCard, Recalling, Recalled}, c.step) {
		return nil
	}
	for _, card := range c.cards {
		if card.Packet == c.card.Packet {
			if was, now := c.card.Result(), card.Result(); was != nil && now != nil && *was != *now && c.step != Recalled {
				c.printing, c.early = nil, nil // what was printed is not the result any more
			}
			c.card = card
		}
	}
	return nil
}

// Choose opens a dossier of the list: the hand-over of a result, for which the slip
// still has to be scanned, or what is known of any other.
func (c *Counter) Choose(ctx context.Context, slip string) error {
	if c.step != Home && c.step != Done {
		return nil
	}
	at := slices.IndexFunc(c.cards, func(card dossier.CounterCard) bool { return card.Slip == slip })
	if at >= 0 && !slices.Contains(c.only, c.cards[at].Packet) {
		c.forget() // the card that was shown is not this one's
	}
	if at >= 0 && !c.cards[at].Ready() {
		return c.look(c.cards[at])
	}
	return c.open(ctx, slip, false)
}

func (c *Counter) open(ctx context.Context, slip string, seen bool) error {
	if err := c.known(ctx); err != nil {
		return err
	}
	at := slices.IndexFunc(c.cards, func(card dossier.CounterCard) bool { return card.Slip == slip })
	if at < 0 {
		return c.fail(dossier.E(dossier.CodeNotFound, nil))
	}
	card := c.cards[at]
	var why string
	switch {
	case !card.Handed.IsZero():
		why = "counter.already"
	case card.Withdrawn.Stands():
		why = "counter.withdrawn"
	case !card.Ready():
		return c.look(card)
	}
	if why != "" {
		_ = c.look(card) // what is known of it, and why nothing is handed over
		return c.say(dossier.CodeBadTransition, why)
	}
	c.card, c.slipSeen = card, seen
	c.reading, c.cardSeen, c.applicant, c.basis, c.given = Reading{}, false, false, BasisNone, 0
	c.token, c.reason, c.doneAt = "", "", time.Time{}
	c.goTo(Handover)
	c.recall(ctx)
	return nil
}

// SetBasis says why somebody else may collect.
func (c *Counter) SetBasis(b Basis) {
	if c.step == Handover && c.cardSeen && !c.applicant && (b == BasisAuthorisation || b == BasisFamily) {
		c.basis, c.problem = b, nil
	}
}

// SetGiven takes the money on the table, in đồng.
func (c *Counter) SetGiven(amount int64) error {
	if c.step != Handover {
		return nil
	}
	if amount < 0 || amount > MaxCash {
		return c.say(dossier.CodeAnswerRefused, "counter.fee-much")
	}
	c.given, c.problem = amount, nil
	return nil
}

// GivenExactly says that the fee lies on the table to the đồng. Nothing lies
// there for a fee that nobody knows.
func (c *Counter) GivenExactly() {
	due, _ := c.card.FeeDue()
	_ = c.SetGiven(due)
}

// missing names the first thing that stands in the way.
func (c *Counter) missing() (word string, args []any) {
	switch due, _ := c.card.FeeDue(); {
	case !c.card.Handed.IsZero():
		return "counter.already", nil
	case c.card.Withdrawn.Stands():
		return "counter.withdrawn", nil
	case !c.card.Ready():
		return "counter.not-ready", nil
	case !c.slipSeen:
		return "counter.slip-first", nil
	case !c.cardSeen:
		return "counter.card-first", nil
	case c.basis == BasisNone:
		return "counter.basis-needed", nil
	case c.given < due:
		return "counter.fee-short", []any{"n", due - c.given}
	}
	return "", nil
}

// Back is the way back of every step.
func (c *Counter) Back() {
	switch c.step {
	case PIN, Technical:
		c.Lock()
	case Refusing:
		c.token = ""
		c.goTo(Handover)
	case Finding:
		c.goTo(Home)
	case Home:
		c.forget()
		c.goTo(Home)
	case TypingCard:
		c.goTo(c.wish)
	case Losing, Recalling:
		c.token = "" // a hand-over is no second try of a new slip
		c.goTo(c.cameFrom)
	case Looking, Issued, Recalled:
		if c.step != Looking || len(c.only) == 0 {
			c.forget()
		}
		c.card, c.printing, c.early = dossier.CounterCard{}, nil, nil
		c.goTo(Home)
	case Handover, Done:
		c.forget()
		c.card, c.reading, c.cardSeen, c.slipSeen = dossier.CounterCard{}, Reading{}, false, false
		c.printing, c.early = nil, nil
		c.goTo(Home)
	}
}

// BeginHandOver hands out the keeping of a hand-over; a second tap gets ok
// false, a tap after a failure the same token again.
func (c *Counter) BeginHandOver() (run func(context.Context) error, ok bool) {
	if c.step != Handover {
		return nil, false
	}
	if word, args := c.missing(); word != "" {
		_ = c.say(dossier.CodeAnswerRefused, word, args...)
		return nil, false
	}
	if c.token == "" {
		c.token = c.ports.Token()
	}
	taken, known := c.card.FeeDue()
	if !known {
		taken = c.given
	}
	h := dossier.Handover{Slip: c.card.Slip, Collector: c.reading.Person, Basis: string(c.basis), Staff: c.session.ID,
		At: c.ports.Now(), FeeTaken: taken}
	token, packet := c.token, c.card.Packet
	c.doneAt = h.At
	c.goTo(Keeping)
	return func(ctx context.Context) error { return c.ports.Records.HandOver(ctx, token, packet, h) }, true
}

// FinishHandOver takes the outcome.
func (c *Counter) FinishHandOver(err error) error {
	if c.step != Keeping {
		return nil
	}
	if err != nil {
		c.goTo(Handover)
		switch code := dossier.CodeOf(err); code {
		case dossier.CodeBadTransition:
			_ = c.say(code, "counter.already")
		case dossier.CodeWithdrawn:
			_ = c.say(code, "counter.withdrawn")
		default:
			return c.fail(err)
		}
		return err
	}
	for i := range c.cards {
		if c.cards[i].Packet == c.card.Packet {
			c.cards[i].Handed = c.doneAt
		}
	}
	c.goTo(Done)
	return nil
}

// HandOver keeps a hand-over on the calling goroutine.
func (c *Counter) HandOver(ctx context.Context) error {
	run, ok := c.BeginHandOver()
	if !ok {
		if c.problem != nil && c.step == Handover {
			return dossier.Errorf(c.problem.Code, "%s", c.problem.Word)
		}
		return nil
	}
	return c.FinishHandOver(run(ctx))
}

// Refuse opens the page for the reason of a refusal.
func (c *Counter) Refuse() {
	if c.step == Handover {
		c.token = "" // a refusal is no second try of a hand-over
		c.goTo(Refusing)
	}
}

// RecordRefusal keeps why a result was not handed over and goes back to the list.
func (c *Counter) RecordRefusal(ctx context.Context, reason string) error {
	if c.step != Refusing {
		return nil
	}
	c.reason = strings.Join(strings.Fields(reason), " ")
	if n := utf8.RuneCountInString(c.reason); n == 0 || n > MaxReason {
		return c.say(dossier.CodeAnswerRefused, "counter.reason-needed")
	}
	if c.token == "" {
		c.token = c.ports.Token()
	}
	r := Refusal{Slip: c.card.Slip, Packet: c.card.Packet, Staff: c.session.ID, Reason: c.reason, At: c.ports.Now()}
	if err := c.ports.Records.Refuse(ctx, c.token, r); err != nil {
		return c.fail(err)
	}
	c.goTo(Handover)
	c.Back()
	return nil
}
