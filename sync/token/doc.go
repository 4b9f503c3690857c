// Package token makes and reads what is printed small and checked offline: slip
// numbers, slip QR texts and staff badges.
//
// It promises that a slip number with one wrong character or two neighbours
// swapped is always noticed; that a slip altered in any character of its QR
// text is refused; that a slip of a station that is not known here is never
// called altered or forged (dossier.CodeSlipUnknown); and that reading never
// panics and never takes more than [MaxTextBytes].
//
// It does not know whether a slip was replaced, or has outlived its dossier: the
// store does (inbox.CheckSlip). It must not import anything of ours but sync/dossier
// and sync/seal.
package token

import (
	"encoding/base32"
	"strings"

	"tramhoso/sync/dossier"
)

// MaxTextBytes bounds what a scanner may hand to this package.
const MaxTextBytes = 1024

var b32 = base32.StdEncoding.WithPadding(base32.NoPadding)

// decode32 accepts only the canonical spelling: no spare bits set.
func decode32(s string) ([]byte, error) {
	data, err := b32.DecodeString(s)
	if err != nil || b32.EncodeToString(data) != s {
		return nil, dossier.Errorf(dossier.CodeInvalid, "not canonical base32")
	}
	return data, nil
}

// MaxStationChars is the length of the longest station code.
const MaxStationChars = 6

// ValidStation reports whether s can be a station's code: 2 to 6 characters,
// A–Z and 0–9, a letter first.
func ValidStation(s string) bool {
	if len(s) < 2 || len(s) > MaxStationChars || s[0] < 'A' || s[0] > 'Z' {
		return false
	}
	return strings.IndexFunc(s, func(r rune) bool { return (r < 'A' || r > 'Z') && (r < '0' || r > '9') }) < 0
}
