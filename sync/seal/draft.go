package seal

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"

	"golang.org/x/crypto/argon2"
)

// DraftAlphabet is what a draft's code is made of: nothing that looks or, in
// either language, sounds like something else in it.
const DraftAlphabet = "23456789ACEFHJKMNPRTVWXY"

// DraftCodeLength gives 24⁴ = 331,776 codes. At the station three tries are
// counted on the disk; whoever stole the disk and its keys (they are in a TPM
// where there is one) pays draftKiB and draftPasses for every guess, for one card
// whose number is known: hours, for a draft that lives ten minutes.
const DraftCodeLength = 4

// The cost of a draft's key: about a tenth of a second on a station, once for a
// visit and once for a try.
const (
	draftPasses  = 3
	draftKiB     = 32 << 10
	draftThreads = 1
)

// The frame of a sealed draft.
const (
	draftVersion   = 1
	draftSaltBytes = 16
	draftPad       = 1 << 10 // the length tells how far somebody came, roughly
)

// NewDraftCode draws the code that is shown during a visit.
func NewDraftCode() string {
	b := make([]byte, DraftCodeLength)
	for i := range b {
		b[i] = DraftAlphabet[draw(len(DraftAlphabet))]
	}
	return string(b)
}

// draw is a number below n ≤ 256, all equally likely.
func draw(n int) int {
	var b [1]byte
	for {
		_, _ = rand.Read(b[:]) // never fails since Go 1.24
		if most := 256 - 256%n; int(b[0]) < most {
			return int(b[0]) % n
		}
	}
}

// DraftCode is a code as it was typed, in the shape that it was shown in.
func DraftCode(typed string) (code string, ok bool) {
	code = strings.ToUpper(strings.Join(strings.Fields(typed), ""))
	return code, len(code) == DraftCodeLength && strings.Trim(code, DraftAlphabet) == ""
}

// DraftID is the name of a card's draft: without the storage key it says
// nothing.
func DraftID(storage []byte, card string) string {
	m := hmac.New(sha256.New, storage)
	writeFramed(m, "tramhoso draft id v1", card)
	return hex.EncodeToString(m.Sum(nil))
}

// DraftLock seals the answers of one visit again and again: its key costs much
// and is derived once.
type DraftLock struct {
	id        string
	salt, key []byte
}

// NewDraftLock makes the lock of a visit from the station's storage key, the
// card and the code that is shown.
func NewDraftLock(storage []byte, card, code string) (*DraftLock, error) {
	salt := make([]byte, draftSaltBytes)
	_, _ = rand.Read(salt) // never fails since Go 1.24
	return draftLock(storage, card, code, salt)
}

func draftLock(storage []byte, card, code string, salt []byte) (*DraftLock, error) {
	key, err := draftKey(storage, card, code, salt)
	if err != nil {
		return nil, err
	}
	return &DraftLock{id: DraftID(storage, card), salt: salt, key: key}, nil
}

// ID is the draft's name.
func (l *DraftLock) ID() string { return l.id }

// Seal encrypts a JSON text, padded.
func (l *DraftLock) Seal(text []byte) ([]byte, error) {
	if len(text) > MaxClassBytes {
		return nil, invalid("longer than %d bytes", MaxClassBytes)
	}
	padded := append(bytes.Clone(text), bytes.Repeat([]byte{' '}, draftPad-len(text)%draftPad)...)
	blob, err := SealWithKey(l.key, padded, l.place())
	if err != nil {
		return nil, err
	}
	return append(append([]byte{draftVersion}, l.salt...), blob...), nil
}

func (l *DraftLock) place() []byte { return []byte("drafts/" + l.id) }

// OpenDraft opens what a DraftLock sealed, with the same card and the same code,
// and gives back the lock as well. Whatever is wrong is dossier.CodeInvalid.
func OpenDraft(storage []byte, card, code string, sealed []byte) (text []byte, l *DraftLock, err error) {
	if len(sealed) < 1+draftSaltBytes || sealed[0] != draftVersion {
		return nil, nil, invalid("not a sealed draft")
	}
	salt := bytes.Clone(sealed[1 : 1+draftSaltBytes])
	if l, err = draftLock(storage, card, code, salt); err != nil {
		return nil, nil, err
	}
	padded, err := OpenWithKey(l.key, sealed[1+draftSaltBytes:], l.place())
	if err != nil {
		return nil, nil, err
	}
	return bytes.TrimRight(padded, " "), l, nil
}

// draftKey derives the key of an interrupted visit from the card, the code that
// was shown, and the station's storage key. salt is the draft's own.
func draftKey(storage []byte, card, code string, salt []byte) ([]byte, error) {
	if len(storage) != KeyBytes || len(salt) < draftSaltBytes {
		return nil, errors.New("failed to derive draft key: storage key or salt too short")
	}
	m := hmac.New(sha256.New, storage)
	writeFramed(m, "tramhoso draft v1", card, code)
	return argon2.IDKey(m.Sum(nil), salt, draftPasses, draftKiB, draftThreads, KeyBytes), nil
}
