package visit

import (
	"time"

	"tramhoso/app/visit/form"
	"tramhoso/app/visit/papers"
	"tramhoso/sync/catalogue"
	"tramhoso/sync/dossier"
)

// Step is where a visit is; one step is one screen.
type Step string

// The steps.
const (
	Home        Step = "home"
	CannotStart Step = "cannot-start"
	ScanID      Step = "scan-id"
	TypeID      Step = "type-id"   // the number
	TypeName    Step = "type-name" // a typed number brings no name
	IDConfirmed Step = "id-confirmed"
	Resume      Step = "resume" // an interrupted visit of the same card is here
	Notice      Step = "notice"
	Search      Step = "search"
	Topics      Step = "topics"
	Procedure   Step = "procedure"
	Form        Step = "form"
	Papers      Step = "papers"
	Delivery    Step = "delivery"
	TypePhone   Step = "type-phone" // asked when a chosen channel needs it
	TypeEmail   Step = "type-email"
	TypeAddress Step = "type-address" // for the postman
	Review      Step = "review"
	Sign        Step = "sign"
	Submitting  Step = "submitting"
	Done        Step = "submitted"
	PaperOut    Step = "paper-out"
	TrackScan   Step = "track-scan"
	TypeSlip    Step = "type-slip"
	Timeline    Step = "timeline"
	Present     Step = "present"  // only that something is here
	Withdraw    Step = "withdraw" // what happens then, before it is asked back
	Withdrawing Step = "withdrawing"
	Withdrawn   Step = "withdrawn" // asked back: what is known of that
	CollectScan Step = "collect-scan"
	ResultReady Step = "result-ready"
	Help        Step = "help"
)

// Goal is what the citizen came for.
type Goal string

// The goals of the start screen.
const (
	GoalNone    Goal = ""
	GoalSubmit  Goal = "submit"
	GoalTrack   Goal = "track"
	GoalCollect Goal = "collect"
	GoalBrowse  Goal = "browse" // only looking at procedures
)

// Stage is the place in the row of six circles, 0 outside it.
func (s Step) Stage() int {
	switch s {
	case ScanID, TypeID, TypeName, IDConfirmed, Resume, Notice:
		return 1
	case Search, Topics, Procedure:
		return 2
	case Form:
		return 3
	case Papers:
		return 4
	case Delivery, TypePhone, TypeEmail, TypeAddress:
		return 5
	case Review, Sign, Submitting:
		return 6
	}
	return 0
}

// Section is a card of the review.
type Section string

// The sections of the review.
const (
	SectionPerson    Section = "person"
	SectionProcedure Section = "procedure"
	SectionForm      Section = "form"
	SectionPapers    Section = "papers"
	SectionDelivery  Section = "delivery"
	SectionFee       Section = "fee"
)

// Problem is one sentence for the person: Word is a key of the translations,
// Args its name, value pairs. Code is for the log.
type Problem struct {
	Code dossier.Code
	Word string
	Args []any
}

// Words lists the word keys beyond "error.<code>" and form.Words that a visit uses.
var Words = []string{"visit.number", "visit.name", "visit.not-here", "visit.paper-missing", "visit.phone-needed",
	"visit.email-needed", "visit.address-needed", "visit.fee-changed", "visit.unexpected", "visit.draft-code", "visit.draft-gone", "visit.draft-submitted",
	"visit.draft-closed", "visit.draft-updated", "visit.replaced-gone"}

// PrintState is what is known of the slip on its way through the printer.
type PrintState string

// The states of a print, in the words of the print queue. What is unknown is
// asked, never guessed.
const (
	PrintWaiting  PrintState = "rendered"
	PrintSending  PrintState = "sending"
	PrintPrinted  PrintState = "printed"
	PrintProbably PrintState = "probably"
	PrintUnknown  PrintState = "unknown"
	PrintBlocked  PrintState = "blocked" // out of paper, cover open: waits and prints again
	PrintFailed   PrintState = "failed"
)

// DeliveryChoice is how the result comes back and how the citizen is told.
type DeliveryChoice struct {
	Return  dossier.Return
	Address string // for ReturnPost
	Phone   string
	Email   string
	Notices dossier.Notices
	Pay     dossier.Pay
	// Sent is the transfer that the citizen says is on its way, as it was shown.
	// The visit sets it.
	Sent *dossier.Transfer
}

// Fee is what the procedure costs by dossier.Procedure.FeeFor, as far as the
// station knows.
type Fee struct {
	Known bool  `json:"known"` // false: set elsewhere, or by answers still to come
	Unit  int64 `json:"unit"`  // đồng for one
	Count int64 `json:"count"` // copies asked for, at least 1
	Total int64 `json:"total"` // đồng
}

// State is a snapshot for the screen. Its slices belong to the reader.
type State struct {
	Step     Step
	Goal     Goal
	Language string
	Problem  *Problem
	Editing  bool // came from the review and goes back there

	Person      dossier.Person
	Identified  bool
	ReadAt      time.Time
	TypedNumber string

	Reasons []Reason // on CannotStart

	Query  string
	Hits   []catalogue.Hit // of the query, or all of the topic without spans
	Count  int             // procedures in the catalogue
	Topics []dossier.Topic
	Topic  string

	Procedure  dossier.Procedure
	Agency     dossier.Agency
	CanBegin   bool // the procedure can be submitted here
	Question   form.Question
	Answer     any
	QuestionAt int // from 1
	Questions  int

	Papers   []papers.Row
	Missing  int
	Delivery DeliveryChoice
	Fee      Fee
	Transfer *dossier.Transfer        // that would pay the fee, or was said to; nil: there can be none
	Prices   map[dossier.Return]int64 // đồng, of the ways back whose price is known

	Submitted Submitted
	Print     PrintState
	PrintWhy  string // the printer's reason, a word for the screen
	Reprint   bool   // what is printed now is marked as a reprint

	Card    dossier.CitizenCard // what the slip opened
	Present int                 // dossiers here under the card or number shown

	Replaces string // slip number of the dossier that this visit corrects, or ""

	Code    string // that goes on with this visit after an interruption; "": nothing is kept
	Trying  bool   // a code is being tried
	NoDraft bool   // on Resume: there is nothing to go on with any more
}
