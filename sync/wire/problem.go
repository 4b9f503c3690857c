package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"tramhoso/sync/dossier"
)

// The codes that only the protocol knows, beside those of dossier.
const (
	CodeTooLarge     dossier.Code = "too-large"     // 413: past a named limit
	CodeTokenRefused dossier.Code = "token-refused" // 403: an enrolment token that is unknown, used or too old
	CodeNotYours     dossier.Code = "not-yours"     // 403: a station asks about another station's packet
	CodeBusy         dossier.Code = "busy"          // 503: try again after Retry-After
	CodeNoRoom       dossier.Code = "no-room"       // 507: the portal's disk is full
	CodeNoDelta      dossier.Code = "no-delta"      // 404: fetch the whole catalogue instead
	CodeRevoked      dossier.Code = "revoked"       // 403: the province no longer believes this station's keys
	CodeCertExpired  dossier.Code = "cert-expired"  // 401: the station's certificate has ended: it may only renew
	CodeInternal     dossier.Code = "internal"      // 500: the portal's fault; try again later

	// Of /files/.
	CodePacketFirst dossier.Code = "packet-first" // 409: a file of a packet that is not here: the packet goes before it
	CodeExpired     dossier.Code = "expired"      // 410: nobody went on with this upload in time; it begins anew
	CodeTusVersion  dossier.Code = "tus-version"  // 412: not tus 1.0.0
	CodeNotAChunk   dossier.Code = "not-a-chunk"  // 415: a chunk under another media type
	CodeTooMany     dossier.Code = "too-many"     // 429: too much begun and not ended
	CodeChecksum    dossier.Code = "checksum"     // 460: the bytes are not what they were said to be
)

// problemBase makes the problem types of RFC 9457: a name, not an address.
const problemBase = "urn:tramhoso:problem:"

// statusChecksum is tus's own.
const statusChecksum = 460

// statuses maps each code to its HTTP status; what is not here is a 500.
var statuses = map[dossier.Code]int{
	dossier.CodeInvalid:     http.StatusBadRequest,
	dossier.CodeConflict:    http.StatusConflict,
	dossier.CodeNotFound:    http.StatusNotFound,
	dossier.CodeNotEnrolled: http.StatusUnauthorized,
	CodeTooLarge:            http.StatusRequestEntityTooLarge,
	CodeTokenRefused:        http.StatusForbidden,
	CodeNotYours:            http.StatusForbidden,
	CodeRevoked:             http.StatusForbidden,
	CodeCertExpired:         http.StatusUnauthorized,
	CodeBusy:                http.StatusServiceUnavailable,
	CodeNoRoom:              http.StatusInsufficientStorage,
	CodeNoDelta:             http.StatusNotFound,
	CodePacketFirst:         http.StatusConflict,
	CodeExpired:             http.StatusGone,
	CodeTusVersion:          http.StatusPreconditionFailed,
	CodeNotAChunk:           http.StatusUnsupportedMediaType,
	CodeTooMany:             http.StatusTooManyRequests,
	CodeChecksum:            statusChecksum,
}

// deskStatuses are those of codes that only a desk is answered, which is no part of
// the protocol.
var deskStatuses = map[dossier.Code]int{
	dossier.CodeBadTransition:    http.StatusConflict,
	dossier.CodeNoCatalogue:      http.StatusNotFound,
	dossier.CodeProcedureUnknown: http.StatusNotFound,
}

// StatusOf is the HTTP status of a code.
func StatusOf(code dossier.Code) int {
	if s, ok := statuses[code]; ok {
		return s
	}
	if s, ok := deskStatuses[code]; ok {
		return s
	}
	return http.StatusInternalServerError
}

// ProblemOf turns an error into what a peer may see: the error's own words only
// where it carries a code of the protocol, else nothing but "internal".
func ProblemOf(err error) Problem {
	var mb *http.MaxBytesError
	if errors.As(err, &mb) {
		err = dossier.E(CodeTooLarge, err)
	}
	code := dossier.CodeOf(err)
	if StatusOf(code) == http.StatusInternalServerError {
		return Problem{Type: problemBase + string(CodeInternal), Title: "internal", Status: http.StatusInternalServerError, Code: CodeInternal}
	}
	return Problem{
		Type:   problemBase + string(code),
		Title:  strings.ReplaceAll(string(code), "-", " "),
		Status: StatusOf(code),
		Detail: err.Error(),
		Code:   code,
	}
}

// Err is the problem as an error with its code.
func (p Problem) Err() error {
	return dossier.Errorf(p.Code, "the portal answered %d: %s", p.Status, p.Detail)
}

// BareProblem is a problem that came without its body. ok is false where no header
// names a code that goes with the status.
func BareProblem(status int, h http.Header) (p Problem, ok bool) {
	code := dossier.Code(h.Get(HeaderProblem))
	if of, known := statuses[code]; !known || of != status {
		return Problem{}, false
	}
	return Problem{Type: problemBase + string(code), Title: strings.ReplaceAll(string(code), "-", " "), Status: status, Code: code}, true
}

// ReadProblem parses a problem+json body; r is bounded here.
func ReadProblem(r io.Reader) (Problem, error) {
	var p Problem
	if err := json.NewDecoder(io.LimitReader(r, MaxJSONBytes)).Decode(&p); err != nil {
		return Problem{}, fmt.Errorf("failed to parse the problem: %w", err)
	}
	if p.Code == "" || p.Status < 400 || p.Status > 599 {
		return Problem{}, dossier.Errorf(dossier.CodeNotThePortal, "a problem without code or status")
	}
	return p, nil
}
