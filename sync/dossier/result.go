package dossier

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"regexp"
)

// MaxResultBytes bounds a result's file. A decision that was made and signed on
// a computer has 50 to 300 KB; a scan of many pages goes on paper. It travels in
// one event, base64 within base64: half a minute on a rural line of 32 KB/s, with
// everything else for that station behind it.
const MaxResultBytes = 512 << 10

// ResultNote is what a card says about a result's file. The file itself lies
// beside the cards.
type ResultNote struct {
	Bytes  int    `json:"bytes"`
	SHA256 string `json:"sha256"` // lower-case hex
}

// NoteOf notes a result's file.
func NoteOf(pdf []byte) *ResultNote {
	sum := sha256.Sum256(pdf)
	return &ResultNote{Bytes: len(pdf), SHA256: hex.EncodeToString(sum[:])}
}

// ResultFile says whether a dossier's result can be printed at its station.
type ResultFile string

// The states of a result's file.
const (
	ResultNone ResultFile = ""     // the agency sent none: the result is on paper
	ResultHere ResultFile = "here" // it can be opened
	ResultGone ResultFile = "gone" // it came and is not kept: the disk had no room
)

// pdfSlack is how much of anything Adobe's readers allow before a PDF's head and
// behind its end, and files do have it.
const pdfSlack = 1024

// encrypted finds the entry of a trailer, or of a cross-reference stream's
// dictionary, that makes a PDF an encrypted one (ISO 32000-1, 7.6.1). Neither
// lies inside a compressed stream.
var encrypted = regexp.MustCompile(`/Encrypt\s*(<<|\d+\s+\d+\s+R)`)

// CheckResult examines a result's file: a PDF by its first and last bytes, which
// no password protects, of at most MaxResultBytes. CodeInvalid says in words what
// it is not.
func CheckResult(pdf []byte) error {
	switch {
	case len(pdf) == 0:
		return Errorf(CodeInvalid, "the result's file is empty")
	case len(pdf) > MaxResultBytes:
		return Errorf(CodeInvalid, "the result's file is larger than the %d bytes that reach a station: send this result on paper, and mark it ready without a file",
			MaxResultBytes)
	case !bytes.Contains(pdf[:min(len(pdf), pdfSlack)], []byte("%PDF-")):
		return Errorf(CodeInvalid, "the result's file is no PDF")
	case !bytes.Contains(pdf[max(0, len(pdf)-pdfSlack):], []byte("%%EOF")):
		return Errorf(CodeInvalid, "the result's file is a PDF that breaks off")
	case encrypted.Match(pdf):
		return Errorf(CodeInvalid, "the result's file is an encrypted PDF, which no printer opens: save it without a password")
	}
	return nil
}
