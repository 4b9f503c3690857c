package wire

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"tramhoso/sync/dossier"
)

// StationKeys are a station's public keys. The identity (TLS) key is in the
// certificate request.
type StationKeys struct {
	Packet []byte `json:"packet"` // P-256, SubjectPublicKeyInfo DER
	Slip   []byte `json:"slip"`   // Ed25519, 32 bytes
	Audit  []byte `json:"audit"`  // Ed25519, 32 bytes: checkpoints of the station's audit log
	Event  string `json:"event"`  // age recipient
}

// EnrolRequest asks for a station's identity. It travels once, with a one-time
// token.
type EnrolRequest struct {
	Secret string      `json:"secret"` // the token's secret, as the token spells it
	CSR    string      `json:"csr"`    // PEM, PKCS #10, signed by the identity key
	Keys   StationKeys `json:"keys"`
}

// EnrolAnswer is a station's identity.
type EnrolAnswer struct {
	Station     Station         `json:"station"`
	Certificate string          `json:"certificate"`  // PEM: the station's certificate, then the authority's
	TrustBundle json.RawMessage `json:"trust_bundle"` // a seal.SignedTrust, signed by the province root
	Staff       string          `json:"staff"`        // compact JWS: the staff list
	SlipHost    string          `json:"slip_host"`    // HOST of the slip's QR
}

// RenewRequest asks for a certificate in place of the one that the connection
// shows, for the same or another TLS key.
type RenewRequest struct {
	CSR string `json:"csr"` // PEM, PKCS #10, signed by that key
}

// RenewAnswer is the new certificate. The old one holds until it is shown.
type RenewAnswer struct {
	Certificate string `json:"certificate"` // PEM: the station's certificate, then the authority's
}

// Station is how a station calls itself on paper.
type Station struct {
	Code    string `json:"code"`
	Name    string `json:"name"`
	Address string `json:"address"`
	Phone   string `json:"phone,omitempty"`
}

// PacketState answers GET /v1/packets/{id}.
type PacketState struct {
	ID      string   `json:"id"`
	State   string   `json:"state"` // StateHeld, StateWhole
	Missing []string `json:"missing,omitempty"`
	Receipt string   `json:"receipt"` // compact JWS, identical to the first answer until the state changes
}

// The states of a receipt.
const (
	StateHeld  = "held"  // head and body are safe; Missing lists the files still to come
	StateWhole = "whole" // everything is safe
)

// BatchAnswer answers POST /v1/packets:batch, one result per packet in order.
type BatchAnswer struct {
	Results []BatchResult `json:"results"`
}

// BatchResult is what a single PUT would have answered.
type BatchResult struct {
	ID      string   `json:"id,omitempty"` // empty where the head could not be read
	Status  int      `json:"status"`
	Receipt string   `json:"receipt,omitempty"`
	Problem *Problem `json:"problem,omitempty"`
}

// EventsAnswer answers GET /v1/events.
type EventsAnswer struct {
	Epoch  string        `json:"epoch"` // changes when the portal's history does: start over from 0
	Events []SealedEvent `json:"events"`
	Hints  Hints         `json:"hints"`
	// Watermark is a compact JWS (TypWatermark, receipt key) over a Watermark.
	Watermark string `json:"watermark"`
}

// Watermark is the portal's signed word about a station's receipts as a whole:
// what was backed up may be purged, and a Counter below one the station has seen
// means that the portal was set back.
type Watermark struct {
	Station string    `json:"station"`
	Epoch   string    `json:"epoch"`
	Counter uint64    `json:"counter"`         // of the last receipt
	Durable uint64    `json:"durable_through"` // receipts up to here survived a backup
	At      time.Time `json:"at"`
}

// SealedEvent is one event of one station's sequence.
type SealedEvent struct {
	N      uint64 `json:"n"`      // from 1, without gaps within an epoch
	Sealed []byte `json:"sealed"` // age, to the station's event recipient; inside: dossier.Event as JSON
}

// Hints say what else has changed, so that a station fetches only what it needs.
type Hints struct {
	Catalogue int    `json:"catalogue"` // version
	Staff     string `json:"staff"`     // tag of the staff list: its ETag without quotes
}

// TimeRequest asks for a signed time.
type TimeRequest struct {
	Nonce []byte `json:"nonce"`
}

// TimeClaim is the signed content of a time answer (TypTime).
type TimeClaim struct {
	Nonce []byte    `json:"nonce"`
	Time  time.Time `json:"time"`
}

// DecodeJSON reads one JSON value of at most MaxJSONBytes into v, strictly:
// unknown fields and trailing data are CodeInvalid.
func DecodeJSON(r io.Reader, v any) error {
	lr := &io.LimitedReader{R: r, N: MaxJSONBytes + 1}
	dec := json.NewDecoder(lr)
	dec.DisallowUnknownFields()
	err := dec.Decode(v)
	if lr.N <= 0 {
		return dossier.Errorf(CodeTooLarge, "JSON past %d bytes", MaxJSONBytes)
	}
	if err != nil {
		return dossier.Errorf(dossier.CodeInvalid, "failed to parse JSON: %w", err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return dossier.E(dossier.CodeInvalid, fmt.Errorf("data after the JSON value"))
	}
	return nil
}
