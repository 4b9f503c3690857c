package token

import (
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"tramhoso/sync/dossier"
)

// A slip's QR text is HTTPS://HOST/S/<token>#<secret>, all in the alphabet that
// a QR stores at 5.5 bits a character (the '#' aside). Token, base32 of:
//
//	1       version, 1
//	1       length of the station code
//	2–6     station code
//	3       serial, big-endian
//	16      packet id
//	64      Ed25519 signature
//
// The secret (16 bytes, two letters A–P each) opens the citizen card and stands
// behind '#', where a phone's browser keeps it from the server. It has no
// digits on purpose: skip2/go-qrcode, coming from the byte-mode '#', keeps a
// mixture of letters and digits in byte mode, and every fourth slip in base32
// needed version 9. The signature covers the host and a digest of the secret
// too, so that nothing of the text can be exchanged.
const (
	slipVersion = 1
	slipScheme  = "HTTPS://"
	slipPath    = "/S/"
	secretBytes = 16
	// MaxSlipBytes is the size of token and secret together: with MaxHostChars
	// it keeps the QR at version 8, level M, which 58 mm paper prints well.
	MaxSlipBytes = 1 + 1 + MaxStationChars + 3 + 16 + ed25519.SignatureSize + secretBytes
	// MaxHostChars bounds the portal's public host name (with port).
	MaxHostChars = 24
)

// ErrNotASlip is wrapped by what ReadSlip answers to any other QR.
var ErrNotASlip = errors.New("not a slip")

// Slip is a slip's QR taken apart. Nothing of it is to be believed before
// Verify.
type Slip struct {
	Host     string
	Station  string
	Serial   uint64
	PacketID string
	Secret   [16]byte

	signature []byte
}

// Number is the slip number that is printed beside the QR.
func (s Slip) Number() string { return SlipNumber(s.Station, s.Serial) }

// ValidHost reports whether host (with an optional port) can stand on a slip.
func ValidHost(host string) bool {
	if host == "" || len(host) > MaxHostChars {
		return false
	}
	return strings.IndexFunc(strings.ToUpper(host), func(r rune) bool {
		return (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '.' && r != '-' && r != ':'
	}) < 0
}

// MakeSlip writes the QR text of a slip. It returns "" when an argument is
// outside the limits above (ValidHost, ValidStation, MaxSerial, a UUID).
func MakeSlip(host, station string, serial uint64, packetID string, secret [16]byte, key ed25519.PrivateKey) string {
	id, err := uuid.Parse(packetID)
	if err != nil || !ValidHost(host) || SlipNumber(station, serial) == "" || len(key) != ed25519.PrivateKeySize {
		return ""
	}
	host = strings.ToUpper(host)
	body := slipBody(station, serial, id)
	body = append(body, ed25519.Sign(key, slipMessage(host, body, secret))...)
	return slipScheme + host + slipPath + b32.EncodeToString(body) + "#" + letters(secret)
}

// letters writes each half byte as one letter, A for 0 to P for 15.
func letters(secret [secretBytes]byte) string {
	out := make([]byte, 0, 2*secretBytes)
	for _, b := range secret {
		out = append(out, 'A'+b>>4, 'A'+b&15)
	}
	return string(out)
}

func fromLetters(s string) (secret [secretBytes]byte, ok bool) {
	if len(s) != 2*secretBytes {
		return secret, false
	}
	for i := range len(s) {
		if s[i] < 'A' || s[i] > 'P' {
			return secret, false
		}
		secret[i/2] = secret[i/2]<<4 | (s[i] - 'A')
	}
	return secret, true
}

func slipBody(station string, serial uint64, id uuid.UUID) []byte {
	b := append([]byte{slipVersion, byte(len(station))}, station...)
	b = append(b, byte(serial>>16), byte(serial>>8), byte(serial))
	return append(b, id[:]...)
}

func slipMessage(host string, body []byte, secret [16]byte) []byte {
	sum := sha256.Sum256(secret[:])
	m := fmt.Appendf(nil, "tramhoso slip v1\n%s\n%x\n", host, sum)
	return append(m, body...)
}

// IsSlip reports whether text looks like a slip's QR, whoever made it.
func IsSlip(text string) bool {
	_, err := ReadSlip(text)
	return !errors.Is(err, ErrNotASlip)
}

// ReadSlip takes a slip's QR text apart (upper or lower case). Any other text
// is ErrNotASlip; a text of that shape that is damaged is
// dossier.CodeSlipAltered.
func ReadSlip(text string) (Slip, error) {
	text = strings.TrimSpace(text)
	notSlip := func(why string) (Slip, error) {
		return Slip{}, dossier.Errorf(dossier.CodeInvalid, "%w: %s", ErrNotASlip, why)
	}
	if len(text) > MaxTextBytes {
		return notSlip("too long")
	}
	for i := range len(text) {
		if text[i] < 0x21 || text[i] > 0x7e {
			return notSlip("not plain ASCII")
		}
	}
	rest, ok := strings.CutPrefix(strings.ToUpper(text), slipScheme)
	if !ok {
		return notSlip("not an address")
	}
	host, rest, ok := strings.Cut(rest, slipPath)
	if !ok || !ValidHost(host) {
		return notSlip("not the address of a slip")
	}
	body32, secretAP, ok := strings.Cut(rest, "#")
	if !ok {
		return notSlip("no secret")
	}
	altered := func(why string) (Slip, error) {
		return Slip{}, dossier.Errorf(dossier.CodeSlipAltered, "slip: %s", why)
	}
	secret, ok := fromLetters(secretAP)
	if !ok {
		return altered("damaged secret")
	}
	body, err := decode32(body32)
	if err != nil || len(body) < 2 {
		return altered("damaged token")
	}
	if body[0] != slipVersion {
		return altered("token of another version")
	}
	n := int(body[1])
	if n > MaxStationChars || len(body) != 2+n+3+16+ed25519.SignatureSize {
		return altered("token of another length")
	}
	s := Slip{Host: host, Station: string(body[2 : 2+n]), Secret: secret}
	body = body[2+n:]
	s.Serial = uint64(body[0])<<16 | uint64(body[1])<<8 | uint64(body[2])
	id, err := uuid.FromBytes(body[3:19])
	if err != nil {
		return altered("damaged packet id")
	}
	s.PacketID = id.String()
	s.signature = append([]byte(nil), body[19:]...)
	if s.Number() == "" {
		return altered("no such slip number")
	}
	return s, nil
}

// Verify checks the slip against the key of the station that it names. keys
// answers false for a station that is not known here: that is
// dossier.CodeSlipUnknown, and says nothing against the slip. A signature that
// does not hold is dossier.CodeSlipAltered.
func (s Slip) Verify(keys func(station string) (ed25519.PublicKey, bool)) error {
	key, ok := keys(s.Station)
	if !ok || len(key) != ed25519.PublicKeySize {
		return dossier.Errorf(dossier.CodeSlipUnknown, "slip: station not known here")
	}
	id, err := uuid.Parse(s.PacketID)
	if err != nil || !ed25519.Verify(key, slipMessage(s.Host, slipBody(s.Station, s.Serial, id), s.Secret), s.signature) {
		return dossier.Errorf(dossier.CodeSlipAltered, "slip: signature does not hold")
	}
	return nil
}
