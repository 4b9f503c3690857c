package seal

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"strings"
)

// Token is a one-time enrolment token: where the portal is, the secret that it
// expects once, and the fingerprint of the province's root. It is written as
// one line of text, so that it can be typed, pasted or shown as a QR.
type Token struct {
	URL        string `json:"u"`
	Secret     string `json:"s"`
	RootSHA256 string `json:"r"` // lower-case hex
}

const (
	tokenPrefix   = "TRAMENROL1."
	maxTokenBytes = 2048 // one line that a QR can still hold
)

// String writes the token as one line.
func (t Token) String() string {
	data, err := json.Marshal(t)
	if err != nil {
		return "" // three strings have no way to fail
	}
	return tokenPrefix + base64.RawURLEncoding.EncodeToString(data)
}

// ParseToken reads what String wrote; white space around or inside it, as a
// mail program puts there, does not matter.
func ParseToken(s string) (Token, error) {
	s = strings.Join(strings.Fields(s), "")
	if len(s) > maxTokenBytes {
		return Token{}, invalid("enrolment token longer than %d bytes", maxTokenBytes)
	}
	rest, ok := strings.CutPrefix(s, tokenPrefix)
	if !ok {
		return Token{}, invalid("not an enrolment token")
	}
	data, err := base64.RawURLEncoding.Strict().DecodeString(rest)
	if err != nil {
		return Token{}, invalid("enrolment token is damaged")
	}
	var t Token
	if err := strict(data, &t); err != nil {
		return Token{}, invalid("enrolment token is damaged")
	}
	u, err := url.Parse(t.URL)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil {
		return Token{}, invalid("enrolment token names no https address")
	}
	if fp, err := hex.DecodeString(t.RootSHA256); err != nil || len(fp) != 32 || hex.EncodeToString(fp) != t.RootSHA256 {
		return Token{}, invalid("enrolment token names no root")
	}
	if len(t.Secret) < 20 {
		return Token{}, invalid("enrolment token's secret is too short")
	}
	return t, nil
}
