package dossier

import (
	"encoding/json"
	"time"
)

// Channel is KenhThucHien: how the dossier came.
type Channel int

// The national codes of KenhThucHien.
const (
	ChannelDirect Channel = 1
	ChannelOnline Channel = 2
	ChannelPostal Channel = 3
)

// PaperWay is how one paper of a dossier was given.
type PaperWay string

// The ways at a station.
const (
	WayOriginal PaperWay = "original" // given to the clerk, sealed and posted
	WayStick    PaperWay = "stick"    // a file from a USB stick
	WayScanner  PaperWay = "scanner"  // pages scanned here
	WayShown    PaperWay = "shown"    // only shown to the clerk
	WayForm     PaperWay = "form"     // the answers themselves
)

// GivenPaper is one paper as it was given.
type GivenPaper struct {
	Paper string   `json:"paper"` // Paper.ID
	Name  string   `json:"name"`  // as printed on the slip
	Way   PaperWay `json:"way"`
}

// Return is how the result comes back.
type Return string

// The ways back.
const (
	ReturnHere       Return = "here"       // collected at this station
	ReturnAgency     Return = "agency"     // collected at the agency
	ReturnPost       Return = "post"       // by post
	ReturnElectronic Return = "electronic" // electronic result only
)

// Notices are the optional channels the citizen consented to.
type Notices struct {
	SMS   bool `json:"sms,omitempty"`
	Zalo  bool `json:"zalo,omitempty"`
	Email bool `json:"email,omitempty"`
}

// Dossier is the sealed content of a KindDossier packet.
type Dossier struct {
	Slip      string          `json:"slip"`
	Procedure ProcedureRef    `json:"procedure"`
	Title     string          `json:"title"`  // the procedure's name as shown
	Agency    string          `json:"agency"` // Agency.ID
	Applicant Applicant       `json:"applicant"`
	Answers   json.RawMessage `json:"answers"`
	Papers    []GivenPaper    `json:"papers"`
	Return    Return          `json:"return"`
	Address   string          `json:"address,omitempty"` // for ReturnPost
	Payment   Payment         `json:"payment,omitzero"`
	Notices   Notices         `json:"notices"`
	Channel   Channel         `json:"channel"`
	Language  string          `json:"language"`
	NoticeAt  time.Time       `json:"notice_at"`           // when the privacy notice was shown
	SignedAt  time.Time       `json:"signed_at"`           // when the declaration was confirmed
	Signature []byte          `json:"signature,omitempty"` // PNG of a drawn signature where the form asks for one
	Replaces  string          `json:"replaces,omitempty"`  // slip number of the dossier that this one corrects
}

// Handover is the sealed content of a KindHandover packet.
type Handover struct {
	Slip      string    `json:"slip"`
	Collector Person    `json:"collector"`
	Basis     string    `json:"basis"` // "applicant", "authorisation", "family"
	Staff     string    `json:"staff"`
	At        time.Time `json:"at"`
	FeeTaken  int64     `json:"fee_taken"` // đồng
}

// EventKind says what the portal tells a station.
type EventKind string

// What a station hears about.
const (
	EventStatus EventKind = "status" // Status changed
	EventResult EventKind = "result" // the result is ready to collect
	EventAside  EventKind = "aside"  // a packet waits for a person at the portal, or does so no more
)

// Event is the decrypted content of one event of the portal.
type Event struct {
	Kind    EventKind `json:"kind"`
	Packet  string    `json:"packet"` // the dossier's packet id; of EventAside any packet's
	Status  Status    `json:"status"`
	At      time.Time `json:"at"`
	Code    string    `json:"code,omitempty"` // official code, stored opaque
	Due     time.Time `json:"due,omitzero"`   // the agency's own date
	Text    string    `json:"text,omitempty"` // the officer's words
	Office  string    `json:"office,omitempty"`
	Officer string    `json:"officer,omitempty"`
	FeeDue  *int64    `json:"fee_due,omitempty"` // đồng; nil: not known, which is not 0
	Form01  *Form01   `json:"form01,omitempty"`
	Result  []byte    `json:"result,omitempty"` // with EventResult: a PDF to print where it is collected
	Aside   *Aside    `json:"aside,omitempty"`  // with EventAside
}

// Form01 is the agency's receipt and appointment, with the agency's own facts.
type Form01 struct {
	Number    string       `json:"number"`
	Code      string       `json:"code"`
	Centre    string       `json:"centre"`
	Applicant string       `json:"applicant"`
	Last4     string       `json:"last4"`
	Address   string       `json:"address,omitempty"`
	Phone     string       `json:"phone,omitempty"`
	Email     string       `json:"email,omitempty"`
	Request   string       `json:"request"`
	Papers    []Form01Item `json:"papers"`
	Days      string       `json:"days"`
	Received  time.Time    `json:"received"`
	Return    time.Time    `json:"return"`
	Collect   string       `json:"collect"`
	Fee       *int64       `json:"fee,omitempty"` // đồng; nil: set elsewhere, which is not 0
	Book      string       `json:"book,omitempty"`
	Serial    string       `json:"serial,omitempty"`
	Officer   string       `json:"officer"`
}

// Form01Item is a line of the table of papers.
type Form01Item struct {
	Name     string `json:"name"`
	Copy     Copy   `json:"copy"`
	Quantity int    `json:"quantity"`
}
