package token

import (
	"crypto/ecdsa"
	"errors"
	"fmt"
	"strings"

	"tramhoso/sync/dossier"
	"tramhoso/sync/seal"
)

// A badge's QR or barcode text is TRAMBADGE:<base32 of version, length of the
// staff id, staff id, 16-byte badge secret, 64-byte ES256 signature>.
const (
	badgePrefix    = "TRAMBADGE:"
	badgeVersion   = 1
	badgeSignature = 64
	// MaxStaffIDChars bounds a staff id.
	MaxStaffIDChars = 24
)

// ErrNotABadge is wrapped by what ReadBadge answers to any other text.
var ErrNotABadge = errors.New("not a badge")

// Badge is a staff badge taken apart. Copying a badge copies its secret: it
// opens nothing without the PIN.
type Badge struct {
	Staff  string
	Secret [16]byte

	signature []byte
}

// ValidStaffID reports whether s can be a staff id: A–Z, 0–9 and '-'.
func ValidStaffID(s string) bool {
	return s != "" && len(s) <= MaxStaffIDChars && strings.IndexFunc(s, func(r rune) bool {
		return (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-'
	}) < 0
}

// MakeBadge writes a badge's text, signed with the province's staff key.
func MakeBadge(staff string, secret [16]byte, by seal.Signer) (string, error) {
	if !ValidStaffID(staff) {
		return "", dossier.Errorf(dossier.CodeInvalid, "not a staff id")
	}
	body := badgeBody(staff, secret)
	sig, err := by.Raw(badgeMessage(body))
	if err != nil {
		return "", fmt.Errorf("failed to sign badge: %w", err)
	}
	return badgePrefix + b32.EncodeToString(append(body, sig...)), nil
}

func badgeBody(staff string, secret [16]byte) []byte {
	b := append([]byte{badgeVersion, byte(len(staff))}, staff...)
	return append(b, secret[:]...)
}

func badgeMessage(body []byte) []byte { return append([]byte("tramhoso badge v1\n"), body...) }

// IsBadge reports whether text is meant as a badge.
func IsBadge(text string) bool {
	return strings.HasPrefix(strings.ToUpper(strings.TrimSpace(text)), badgePrefix)
}

// ReadBadge takes a badge's text apart. Any other text is ErrNotABadge; a
// damaged badge is dossier.CodeBadgeUnknown.
func ReadBadge(text string) (Badge, error) {
	if len(text) > MaxTextBytes || !IsBadge(text) {
		return Badge{}, dossier.Errorf(dossier.CodeInvalid, "%w", ErrNotABadge)
	}
	data, err := decode32(strings.ToUpper(strings.TrimSpace(text))[len(badgePrefix):])
	if err != nil || len(data) < 2 || data[0] != badgeVersion {
		return Badge{}, dossier.Errorf(dossier.CodeBadgeUnknown, "damaged badge")
	}
	n := int(data[1])
	if len(data) != 2+n+16+badgeSignature || !ValidStaffID(string(data[2:2+n])) {
		return Badge{}, dossier.Errorf(dossier.CodeBadgeUnknown, "damaged badge")
	}
	return Badge{
		Staff:     string(data[2 : 2+n]),
		Secret:    [16]byte(data[2+n:]),
		signature: append([]byte(nil), data[2+n+16:]...),
	}, nil
}

// Verify checks the badge against the province's staff keys.
func (b Badge) Verify(keys []*ecdsa.PublicKey) error {
	msg := badgeMessage(badgeBody(b.Staff, b.Secret))
	for _, k := range keys {
		if seal.VerifyRaw(k, msg, b.signature) {
			return nil
		}
	}
	return dossier.Errorf(dossier.CodeBadgeUnknown, "badge was not issued by this province")
}
