package dossier

import (
	"errors"
	"fmt"
)

// Code names what went wrong for a program; the sentence for a person is the
// translation of "error.<code>".
type Code string

// The codes a screen or a peer can act on.
const (
	CodeNotAnID            Code = "not-an-id"           // a payload that is no identity document
	CodeNotASlip           Code = "not-a-slip"          // a payload that is neither a slip nor an identity document
	CodeOldNumber          Code = "old-number"          // nine digits of an older card, no longer valid
	CodeBadCheckDigit      Code = "bad-check-digit"     // an identity document that contradicts itself
	CodeSidesDiffer        Code = "sides-differ"        // QR and MRZ of two different cards
	CodeAnswerRefused      Code = "answer-refused"      // the procedure's schema refuses an answer
	CodeProcedureWithdrawn Code = "procedure-withdrawn" // the procedure may no longer be submitted
	CodeProcedureUnknown   Code = "procedure-unknown"   // not in the catalogue this station has
	CodeStorageReadOnly    Code = "storage-read-only"   // nothing can be kept
	CodeStorageDamaged     Code = "storage-damaged"     // what was kept cannot be read any more, or not all of it
	CodeStorageFull        Code = "storage-full"        // the disk budget is used up
	CodeStorageInUse       Code = "storage-in-use"      // another program holds it
	CodeStorageNewer       Code = "storage-newer"       // a newer program wrote it
	CodeNoCatalogue        Code = "no-catalogue"        // never synced: nothing can be offered
	CodeNotThePortal       Code = "not-the-portal"      // something else answered (a log-in page)
	CodeNoNetwork          Code = "no-network"          // nothing answered
	CodeNotEnrolled        Code = "not-enrolled"        // the station has no identity yet
	CodeNoKey              Code = "no-key"              // no key of the province holds that bodies could be sealed to
	CodeScanPartial        Code = "scan-partial"        // a code that was not read to its end
	CodeScanGarbled        Code = "scan-garbled"        // a scanner whose letters cannot be read
	CodeScanTyped          Code = "scan-typed"          // a scanner that types like a keyboard
	CodeSlipUnknown        Code = "slip-unknown"        // well-formed, from a station not known here
	CodeSlipAltered        Code = "slip-altered"        // the signature does not hold
	CodeSlipVoid           Code = "slip-void"           // replaced by a newer slip
	CodeSlipExpired        Code = "slip-expired"        // handed over, and destroyed here after its time
	CodeSlipLimit          Code = "slip-limit"          // too many new slips were given in place of lost ones
	CodeOtherCard          Code = "other-card"          // an ID card, but not the applicant's
	CodeTries              Code = "tries"               // too many numbers were tried
	CodeSlipElsewhere      Code = "slip-elsewhere"      // good, but its dossier lies at another station
	CodeNotFound           Code = "not-found"           // nothing here under that number
	CodeBadPIN             Code = "bad-pin"             // badge and PIN do not belong together
	CodeBadgeUnknown       Code = "badge-unknown"       // no such badge on the staff list
	CodeBadTransition      Code = "bad-transition"      // a status that cannot follow the present one
	CodeTooLate            Code = "too-late"            // the agency has ended the dossier
	CodeWithdrawn          Code = "withdrawn"           // asked back already
	CodePrinterDown        Code = "printer-down"        // nothing can be printed now
	CodeInvalid            Code = "invalid"             // broken envelope, signature or size
	CodeConflict           Code = "conflict"            // same id, other content
)

// Error is an expected failure: a code to act on and, inside, what a log may
// say. It never carries personal data.
type Error struct {
	Code Code
	Err  error
}

// E makes an Error; err may be nil.
func E(code Code, err error) *Error { return &Error{Code: code, Err: err} }

// Errorf makes an Error with a formatted cause (%w works).
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Err: fmt.Errorf(format, args...)}
}

func (e *Error) Error() string {
	if e.Err == nil {
		return string(e.Code)
	}
	return string(e.Code) + ": " + e.Err.Error()
}

func (e *Error) Unwrap() error { return e.Err }

// CodeOf returns the code of the first Error in err's chain, or "" if there is none.
func CodeOf(err error) Code {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// CauseOf returns the code of the last Error in err's chain: what a technician
// wants to know, where CodeOf says what to do. "" if there is none.
func CauseOf(err error) (cause Code) {
	var e *Error
	for errors.As(err, &e) {
		cause, err = e.Code, e.Err
	}
	return cause
}
