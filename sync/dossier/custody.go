package dossier

import "time"

// CustodyWhat says what happened to a paper at a counter.
type CustodyWhat string

// What can happen.
const (
	// CustodyNotHandedOver is a result that stayed at the counter although
	// somebody came for it.
	CustodyNotHandedOver CustodyWhat = "not-handed-over"
	// CustodySlipReissued is a new slip in place of a lost one.
	CustodySlipReissued CustodyWhat = "slip-reissued"
)

// CardSeen is how a clerk knew whose ID card it was.
type CardSeen string

// The ways.
const (
	CardScanned CardSeen = "scanned"
	CardTyped   CardSeen = "typed" // its number, by a clerk who looked at the card
)

// Custody is the sealed content of a KindCustody packet.
type Custody struct {
	Slip   string      `json:"slip"`
	What   CustodyWhat `json:"what"`
	Reason string      `json:"reason"`
	Card   CardSeen    `json:"card,omitempty"`  // CustodySlipReissued
	Issue  int         `json:"issue,omitempty"` // CustodySlipReissued: 1 for the first new slip
	Staff  string      `json:"staff"`
	At     time.Time   `json:"at"`
}
