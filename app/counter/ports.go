package counter

import (
	"context"
	"fmt"
	"time"

	"tramhoso/sync/dossier"
)

// Role is what a member of staff may do.
type Role string

// The roles of the staff list.
const (
	RoleClerk      Role = "clerk"
	RoleSupervisor Role = "supervisor"
	RoleTechnician Role = "technician" // works in upkeep, opens no cards
)

// Session is a member of staff who logged in.
type Session struct {
	ID   string
	Name string
	Role Role
	Desk Desk // nil for a technician
}

// Desk is what a log-in opens.
type Desk interface {
	// Cards opens every counter card of this station.
	Cards(ctx context.Context) ([]dossier.CounterCard, error)
	// IsApplicant says whether an identity number is the one under which the
	// dossier was submitted. The number itself is kept nowhere in the clear.
	IsApplicant(ctx context.Context, packet, number string) (bool, error)
	// DossiersOf lists the packets of the dossiers that were submitted under an
	// identity number.
	DossiersOf(ctx context.Context, number string) ([]string, error)
	// NewSlip gives a slip in place of a lost one and returns the print job to
	// follow. The same token twice is one slip. CodeOtherCard, CodeNotFound,
	// CodeBadTransition when it was handed over, CodeSlipLimit.
	NewSlip(ctx context.Context, n NewSlip) (job int64, err error)
	// Withdraw asks a dossier back for its applicant and returns the print job of
	// the paper that says so. The same token twice is one withdrawal. CodeOtherCard,
	// CodeNotFound, CodeTooLate, CodeWithdrawn.
	Withdraw(ctx context.Context, r Recall) (job int64, err error)
	// PrintResult sends the file of a dossier's result to the page printer, as it
	// is, and returns the job to follow. The same file again is a reprint. Every
	// print is in the audit log.
	PrintResult(ctx context.Context, packet string) (job int64, err error)
	// Printing is what became of the last print of the file that is the result
	// now; the zero value: it was not printed, or that is forgotten.
	Printing(ctx context.Context, packet string) (Printing, error)
}

// NewSlip is the wish for a slip in place of a lost one.
type NewSlip struct {
	Token    string
	Packet   string
	IDNumber string // of the applicant's card
	Card     dossier.CardSeen
	Staff    string // id
}

// Login checks a badge and a PIN; CodeBadPIN, CodeBadgeUnknown, *WaitError.
type Login interface {
	Login(ctx context.Context, badge, pin string) (Session, error)
}

// WaitError is a PIN that came too soon after wrong ones.
type WaitError struct{ For time.Duration }

func (e *WaitError) Error() string {
	return fmt.Sprintf("too many wrong PINs: next try in %s", e.For.Round(time.Second))
}

// Unwrap gives the wait the code of a wrong PIN.
func (e *WaitError) Unwrap() error { return dossier.E(dossier.CodeBadPIN, nil) }

// Refusal is a hand-over that did not happen.
type Refusal struct {
	Slip   string
	Packet string
	Staff  string // id
	Reason string // the clerk's words
	At     time.Time
}

// Records keeps what happened at the counter. The same token twice is one
// hand-over; a second one of the same dossier is CodeBadTransition.
type Records interface {
	HandOver(ctx context.Context, token, packet string, h dossier.Handover) error
	Refuse(ctx context.Context, token string, r Refusal) error
}

// Reading is one reading of a collector's card.
type Reading struct {
	Person dossier.Person
	Card   any // the reader's own value, handed back to Cross
}

// Reader understands identity documents; codes as for a visit.
type Reader interface {
	Read(frame string) (Reading, error)
	Cross(a, b Reading) (Reading, error)
}

// Codes tells the project's own codes apart.
type Codes interface {
	IsSlip(text string) bool
	IsBadge(text string) bool
	// TypedSlip is a slip number as a person types it, normalised; CodeNotFound.
	TypedSlip(text string) (string, error)
	// SlipNumber checks that a slip stands: its signature, and that it was neither
	// replaced nor outlived; CodeSlipUnknown, CodeSlipAltered, CodeSlipVoid,
	// CodeSlipExpired, CodeSlipElsewhere, CodeNotFound.
	SlipNumber(text string) (string, error)
}

// Ports is what a counter needs from the rest of the station.
type Ports struct {
	Now     func() time.Time
	Login   Login
	Records Records
	Reader  Reader
	Codes   Codes
	Token   func() string // a random token per hand-over
	// PagePrinter reports that a page printer is set up; nil: none is.
	PagePrinter func() bool
}
