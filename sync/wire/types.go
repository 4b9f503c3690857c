package wire

//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2 -config oapi-codegen.yaml openapi.yaml

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"tramhoso/sync/dossier"
)

// The states of a receipt.
const (
	StateHeld  = "held"  // head and body are safe; Missing lists the files still to come
	StateWhole = "whole" // everything is safe
)

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
