package dossier

import "time"

// CustodyWhat says what happened to a paper at a counter.
type CustodyWhat string

// CustodyNotHandedOver is a result that stayed at the counter although somebody
// came for it.
const CustodyNotHandedOver CustodyWhat = "not-handed-over"

// Custody is the sealed content of a KindCustody packet.
type Custody struct {
	Slip   string      `json:"slip"`
	What   CustodyWhat `json:"what"`
	Reason string      `json:"reason"`
	Staff  string      `json:"staff"`
	At     time.Time   `json:"at"`
}
