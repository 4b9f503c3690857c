package visit

import (
	"context"
	"time"

	"tramhoso/app/visit/papers"
	"tramhoso/sync/catalogue"
	"tramhoso/sync/dossier"
)

// Clock tells the time and where it came from.
type Clock interface {
	Now() time.Time
	Stamp() dossier.Stamp
}

// Reading is one reading of an identity document.
type Reading struct {
	Person dossier.Person // with its grade of trust and its source
	Card   any            // the reader's own value, handed back to Cross
}

// Reader understands identity documents.
type Reader interface {
	// Read has the codes CodeNotAnID, CodeOldNumber and CodeBadCheckDigit. A bare number of 12
	// digits is read too.
	Read(frame string) (Reading, error)
	// Cross compares two readings, of two sides of one card; CodeSidesDiffer.
	Cross(a, b Reading) (Reading, error)
}

// Slip is what a slip's QR says after its signature held.
type Slip struct {
	Number  string
	Station string
	Packet  string
	Text    string // as it was scanned: it holds the secret that opens the card
}

// Codes tells the project's own codes apart. IsSlip and IsBadge look at the
// shape only.
type Codes interface {
	IsSlip(text string) bool
	IsBadge(text string) bool
	Slip(text string) (Slip, error)         // CodeSlipUnknown, CodeSlipAltered
	SlipNumber(text string) (string, error) // a typed number, normalised; CodeNotFound
}

// Lookup finds what this station holds. What can be guessed is CodeTries when too
// much was tried.
type Lookup interface {
	// BySlip opens a citizen card; CodeNotFound, CodeSlipVoid, CodeSlipExpired,
	// CodeSlipElsewhere.
	BySlip(s Slip) (dossier.CitizenCard, error)
	// CountByID says how many dossiers lie under an identity number, nothing more.
	CountByID(number string) (int, error)
	// CountByCode says how many lie under an agency's code, as a person types it;
	// CodeInvalid for what is none.
	CountByCode(code string) (int, error)
	// HasSlip says whether a dossier lies under a slip number, nothing more.
	HasSlip(number string) (bool, error)
}

// Letter is what a visit hands over for safe keeping and sending.
type Letter struct {
	Token   string // the same for every tap on the same submit
	Dossier dossier.Dossier
	Agency  dossier.Agency
	Papers  []papers.Marked
	Fee     Fee
	// Replaces is asked back in the same commit.
	Replaces Replaced
}

// Submitted is the outcome of a commit.
type Submitted struct {
	Slip   string // slip number
	Packet string
	QR     string // the slip's QR payload
	At     dossier.Stamp
	Job    int64 // the print job of the slip
}

// Outbox keeps a letter: packet, outbox row and print job in one transaction.
// The same token twice gives the same Submitted. CodeWithdrawn when what the
// letter replaces is asked back or handed over already; nothing is kept then.
type Outbox interface {
	Submit(ctx context.Context, l Letter) (Submitted, error)
	// Withdraw asks a dossier back; CodeWithdrawn likewise. The same token twice
	// is one withdrawal.
	Withdraw(ctx context.Context, r Recall) error
}

// Ports is what a visit needs from the rest of the station.
type Ports struct {
	Clock Clock
	// Catalogue returns the newest catalogue this station has, or nil. It may
	// change during a visit: it is asked again before anything is sent.
	Catalogue func() *catalogue.Catalogue
	Reader    Reader
	Codes     Codes
	Lookup    Lookup
	Outbox    Outbox
	Drafts    Drafts        // nil: an interrupted visit is lost
	Facts     func() Facts  // for CanStart
	Token     func() string // a random token per submit
	Language  string        // after every wipe
}
