package visit

import (
	"errors"
	"slices"
	"time"

	"tramhoso/app/visit/form"
	"tramhoso/app/visit/papers"
	"tramhoso/sync/catalogue"
	"tramhoso/sync/dossier"
)

// MaxHits is how many search results a visit holds: who has more writes on.
const MaxHits = 200

// Visit is one citizen's visit. Use New.
type Visit struct {
	ports Ports
	data
}

// data is everything that Wipe forgets.
type data struct {
	step     Step
	goal     Goal
	language string
	problem  *Problem
	editing  bool
	helpFrom Step

	reading    Reading
	confirmed  Reading // the last one the citizen said yes to
	identified bool
	readAt     time.Time
	typed      Reading
	noticeAt   time.Time
	reasons    []Reason

	query string
	hits  []catalogue.Hit
	topic string
	from  Step // Search or Topics, where the procedure was found

	procedure dossier.Procedure
	looking   dossier.Procedure // the procedure on the screen, not begun yet
	filling   *form.Filling
	one       bool // editing one question only
	papers    *papers.Set
	delivery  DeliveryChoice

	token     string
	submitted Submitted
	print     PrintState
	printWhy  string
	reprint   bool

	card    dossier.CitizenCard
	slip    Slip // that opened it
	present int

	recall    Recall
	replacing Replaced

	keeping
	resuming
}

// New makes a visit at the start screen.
func New(p Ports) *Visit {
	v := &Visit{ports: p}
	if v.ports.Drafts == nil {
		v.ports.Drafts = NoDrafts{}
	}
	v.Wipe()
	return v
}

// Wipe forgets everything about the person and goes to the start screen. What
// was begun can go on for a while with the same card and the code that was shown.
func (v *Visit) Wipe() {
	v.leaveDraft()
	v.data = data{step: Home, language: v.ports.Language}
}

// none stands for a catalogue that was never received.
var none = catalogue.New(catalogue.Snapshot{})

func (v *Visit) catalogue() *catalogue.Catalogue {
	if c := v.ports.Catalogue(); c != nil {
		return c
	}
	return none
}

// Step returns where the visit is.
func (v *Visit) Step() Step { return v.step }

// SetLanguage changes the language; every answer stays.
func (v *Visit) SetLanguage(lang string) { v.language = lang }

// State returns a snapshot for the screen.
func (v *Visit) State() State {
	s := State{
		Step: v.step, Goal: v.goal, Language: v.language, Problem: v.problem, Editing: v.editing,
		Person: v.reading.Person, Identified: v.identified, ReadAt: v.readAt, TypedNumber: v.typed.Person.Number,
		Reasons: slices.Clone(v.reasons),
		Query:   v.query, Hits: slices.Clone(v.hits), Topic: v.topic,
		Procedure: v.procedure, Delivery: v.delivery, Fee: v.fee(),
		Submitted: v.submitted, Print: v.print, PrintWhy: v.printWhy, Reprint: v.reprint,
		Card: v.card, Present: v.present, Replaces: v.replacing.Slip,
		Trying: v.busy, NoDraft: v.gone,
	}
	if v.kept {
		s.Code = v.code
	}
	s.Card.News = slices.Clone(v.card.News)
	if v.step == Procedure {
		s.Procedure = v.looking
	}
	s.CanBegin = len(s.Procedure.Form) > 0 && v.goal != GoalBrowse
	s.Agency, _ = v.catalogue().Agency(s.Procedure.Agency)
	if v.step.Stage() >= Delivery.Stage() {
		s.Transfer, s.Prices = v.transfer(), v.returnPrices()
	}
	if v.step == Topics || v.step == Search {
		s.Count, s.Topics = len(v.catalogue().Snapshot().Procedures), v.catalogue().Topics()
	}
	if v.filling != nil {
		s.Question = v.filling.Current()
		s.Answer = v.filling.Answer(s.Question.Key)
		s.QuestionAt, s.Questions = v.filling.Position()
	}
	if v.papers != nil {
		s.Papers, s.Missing = v.papers.Rows(), len(v.papers.Missing())
	}
	return s
}

// Lines lists the answers for the review.
func (v *Visit) Lines(w form.Speaker) []form.Line {
	if v.filling == nil {
		return nil
	}
	return v.filling.Lines(w)
}

// goTo moves to a step; a sentence of the step before is gone.
func (v *Visit) goTo(s Step) {
	v.step, v.problem = s, nil
	v.KeepDraft()
}

// fail shows one sentence and stays where it is.
func (v *Visit) fail(err error) error {
	v.problem = problemOf(err)
	return err
}

func (v *Visit) say(code dossier.Code, word string, args ...any) error {
	v.problem = &Problem{Code: code, Word: word, Args: args}
	return dossier.Errorf(code, "%s", word)
}

func problemOf(err error) *Problem {
	var r *form.Refusal
	if errors.As(err, &r) {
		return &Problem{Code: dossier.CodeAnswerRefused, Word: r.Word, Args: r.Args}
	}
	if code := dossier.CodeOf(err); code != "" {
		return &Problem{Code: code, Word: "error." + string(code)}
	}
	return &Problem{Word: "visit.unexpected"}
}

// Start begins what the citizen came for. A submission starts only when it can
// finish; looking up and collecting work as long as the storage is open.
func (v *Visit) Start(g Goal) {
	v.goal = g
	if facts := v.ports.Facts(); facts.StorageClosed {
		v.reasons = CanStart(facts)
		v.goTo(CannotStart)
		return
	}
	switch g {
	case GoalSubmit:
		if v.reasons = CanStart(v.ports.Facts()); len(v.reasons) > 0 {
			v.goTo(CannotStart)
			return
		}
		v.goTo(ScanID)
	case GoalTrack:
		v.goTo(TrackScan)
	case GoalCollect:
		v.goTo(CollectScan)
	case GoalBrowse:
		v.goTo(Search)
	}
}

// Identified reports whether somebody's card or number was taken.
func (v *Visit) Identified() bool { return v.identified }

// Collect goes from a dossier's way to its result, when there is one.
func (v *Visit) Collect() {
	if v.step == Timeline && v.card.Ready() {
		v.goal = GoalCollect
		v.goTo(ResultReady)
	}
}

// Help opens the help page; Back returns to where it was called.
func (v *Visit) Help() {
	if v.step == Help || v.step == Submitting || v.step == Withdrawing {
		return
	}
	v.helpFrom = v.step
	v.goTo(Help)
}

// Next is the main action of the steps that only go on.
func (v *Visit) Next() error {
	switch v.step {
	case IDConfirmed:
		return v.Confirm()
	case Resume:
		v.Anew()
	case Notice:
		v.noticeAt = v.ports.Clock.Now()
		if !v.chooseReplaced() {
			v.goTo(Search)
		}
	case Search, Topics:
		if v.looking.Code != "" {
			v.goTo(Procedure)
		}
	case Procedure:
		return v.begin()
	case Form:
		return v.nextQuestion()
	case Papers:
		if n := len(v.papers.Missing()); n > 0 {
			return v.say(dossier.CodeAnswerRefused, "visit.paper-missing", "n", n)
		}
		v.onward(Delivery)
	case Delivery:
		return v.delivered()
	case Review:
		return v.toSign()
	}
	return nil
}

// onward goes to the next step, or back to the review while mending.
func (v *Visit) onward(s Step) {
	if v.editing {
		v.toReview()
		return
	}
	v.goTo(s)
}

func (v *Visit) toReview() {
	v.editing, v.one = false, false
	v.goTo(Review)
}

// nextQuestion goes on when the answer can stand.
func (v *Visit) nextQuestion() error {
	v.answered = true
	if v.one {
		if err := v.filling.Check(); err != nil {
			return v.fail(err)
		}
		v.toReview()
		return nil
	}
	more, err := v.filling.Next()
	if err != nil {
		return v.fail(err)
	}
	if more {
		v.goTo(Form)
		return nil
	}
	if len(v.papers.Rows()) == 0 {
		v.onward(Delivery)
	} else {
		v.onward(Papers)
	}
	return nil
}

// Back is the way back of every step. No answer is lost by it.
func (v *Visit) Back() {
	switch v.step {
	case Help:
		v.goTo(v.helpFrom)
	case CannotStart, TrackScan, CollectScan:
		v.Wipe()
	case ScanID:
		if v.editing { // whoever was confirmed before stays the applicant
			v.reading, v.identified = v.confirmed, true
			v.toReview()
			return
		}
		v.Wipe()
	case TypeID:
		v.goTo(ScanID)
	case TypeName:
		v.goTo(TypeID)
	case IDConfirmed:
		v.Rescan()
	case Notice:
		v.goTo(IDConfirmed)
	case Resume:
		if !v.busy {
			v.resuming = resuming{}
			v.goTo(IDConfirmed)
		}
	case Search:
		switch {
		case v.goal == GoalBrowse:
			v.Wipe()
		case v.editing:
			v.toReview()
		default:
			v.goTo(Notice)
		}
	case Topics:
		v.goTo(Search)
	case Procedure:
		v.goTo(v.from)
	case Form:
		if v.one || !v.filling.Back() {
			if v.editing {
				v.toReview()
				return
			}
			v.looking = v.procedure
			v.goTo(Procedure)
			return
		}
		v.goTo(Form)
	case Papers:
		if v.editing {
			v.toReview()
			return
		}
		v.filling.Last()
		v.goTo(Form)
	case Delivery:
		switch {
		case v.editing:
			v.toReview()
		case len(v.papers.Rows()) == 0:
			v.filling.Last()
			v.goTo(Form)
		default:
			v.goTo(Papers)
		}
	case TypePhone, TypeEmail, TypeAddress, Review:
		v.goTo(Delivery)
	case Sign:
		v.goTo(Review)
	case Withdraw, Withdrawn:
		v.goTo(Timeline)
	case TypeSlip, Timeline, ResultReady, Present:
		v.card, v.slip, v.present = dossier.CitizenCard{}, Slip{}, 0
		if v.goal == GoalCollect {
			v.goTo(CollectScan)
		} else {
			v.goTo(TrackScan)
		}
	}
}

// EditAt jumps from the review to a section; the end of the section, or the
// way back, comes back to the review.
func (v *Visit) EditAt(s Section) {
	if v.step != Review {
		return
	}
	v.editing, v.one = true, false
	switch s {
	case SectionPerson:
		v.goTo(ScanID)
	case SectionProcedure:
		v.looking = v.procedure
		v.goTo(Search)
	case SectionForm:
		v.filling.First()
		v.goTo(Form)
	case SectionPapers:
		v.goTo(Papers)
	case SectionDelivery, SectionFee:
		v.goTo(Delivery)
	default:
		v.editing = false
	}
}

// EditQuestion jumps from the review to one question and back after it.
func (v *Visit) EditQuestion(key string) {
	if v.step != Review || !v.filling.Goto(key) {
		return
	}
	v.editing, v.one = true, true
	v.goTo(Form)
}
