package seal

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"fmt"
	"math/big"
	"slices"
	"time"

	"filippo.io/age"
	"github.com/go-jose/go-jose/v4"

	"tramhoso/sync/dossier"
)

// TypTrust is the type of a trust bundle.
const TypTrust = "trust+jws"

// Use says what a key of the province signs.
type Use string

// The uses of the province's signing keys.
const (
	UseReceipt   Use = "receipt"
	UseCatalogue Use = "catalogue"
	UseStaff     Use = "staff" // the staff list and the badges
	UseTime      Use = "time"
)

// TrustedKey is one public signing key with what it may sign and when.
type TrustedKey struct {
	Use   Use              `json:"use"`
	Key   *jose.JSONWebKey `json:"key"`
	From  time.Time        `json:"from"`
	Until time.Time        `json:"until"`
}

// Recipient is one key that bodies are sealed to.
type Recipient struct {
	ID    string    `json:"id"`  // named in every head
	Key   string    `json:"key"` // hybrid age recipient, "age1pq1…"
	From  time.Time `json:"from"`
	Until time.Time `json:"until"`
}

// Trust is the province's statement of which keys are whose. Its root signs it
// and the enrolment token pins the root.
type Trust struct {
	Province   string       `json:"province"` // name for people
	Version    int          `json:"version"`  // only grows
	Issued     time.Time    `json:"issued"`
	Keys       []TrustedKey `json:"keys"`
	Recipients []Recipient  `json:"recipients"`
	TLSRoots   [][]byte     `json:"tls_roots"` // DER; CAs of the portal's and the stations' certificates
	// TLSEnds says of each root that another follows, by its fingerprint, from when
	// it vouches for the portal no more.
	TLSEnds map[string]time.Time `json:"tls_ends,omitempty"`
}

// SignedTrust is how a bundle travels: the root certificate, which is known by
// its fingerprint, and the statement that it signed.
type SignedTrust struct {
	Root      []byte `json:"root"`      // DER
	Statement string `json:"statement"` // compact JWS of Trust
}

// NewKeyEntry describes a public key for a bundle.
func NewKeyEntry(use Use, pub *ecdsa.PublicKey, from, until time.Time) (TrustedKey, error) {
	kid, err := KeyID(pub)
	if err != nil {
		return TrustedKey{}, err
	}
	return TrustedKey{Use: use, From: from, Until: until,
		Key: &jose.JSONWebKey{Key: pub, KeyID: kid, Algorithm: string(jose.ES256), Use: "sig"}}, nil
}

// NewRoot makes the province's self-signed root certificate over key.
func NewRoot(name string, key crypto.Signer, from, until time.Time) (der []byte, err error) {
	if pub, ok := key.Public().(*ecdsa.PublicKey); !ok || pub.Curve != elliptic.P256() {
		return nil, invalid("root key is not a P-256 key")
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, fmt.Errorf("failed to draw serial number: %w", err)
	}
	tpl := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: name},
		NotBefore: from, NotAfter: until,
		IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign | x509.KeyUsageDigitalSignature,
	}
	der, err = x509.CreateCertificate(rand.Reader, tpl, tpl, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("failed to make root certificate: %w", err)
	}
	return der, nil
}

// Fingerprint is SHA-256 of a certificate's DER, lower-case hex.
func Fingerprint(der []byte) string {
	sum := sha256.Sum256(der)
	return hex.EncodeToString(sum[:])
}

// SignBundle signs a bundle with the root's key.
func SignBundle(t Trust, rootDER []byte, by Signer) (SignedTrust, error) {
	s, err := SignJSON(t, TypTrust, by)
	if err != nil {
		return SignedTrust{}, err
	}
	return SignedTrust{Root: rootDER, Statement: s}, nil
}

// VerifyBundle accepts a bundle only from the root with this fingerprint, and
// only while that root is valid at now. Use max(wall, trusted floor) for now.
func VerifyBundle(s SignedTrust, rootFingerprint string, now time.Time) (*Trust, error) {
	if len(rootFingerprint) != 64 || Fingerprint(s.Root) != rootFingerprint {
		return nil, invalid("trust bundle comes from another root")
	}
	cert, err := x509.ParseCertificate(s.Root)
	if err != nil {
		return nil, invalid("root certificate: %w", err)
	}
	if err := cert.CheckSignatureFrom(cert); err != nil {
		return nil, invalid("root certificate is not self-signed: %w", err)
	}
	if now.Before(cert.NotBefore) || now.After(cert.NotAfter) {
		return nil, invalid("root certificate is not valid now")
	}
	pub, ok := cert.PublicKey.(*ecdsa.PublicKey)
	if !ok || pub.Curve != elliptic.P256() {
		return nil, invalid("root key is not a P-256 key")
	}
	var t Trust
	if err := VerifyJSON(s.Statement, TypTrust, pub, &t); err != nil {
		return nil, err
	}
	return &t, t.check()
}

func (t *Trust) check() error {
	for _, k := range t.Keys {
		if _, err := p256(k.Key); err != nil {
			return err
		}
	}
	for _, r := range t.Recipients {
		if r.ID == "" {
			return invalid("recipient without an id")
		}
		if _, err := age.ParseHybridRecipient(r.Key); err != nil {
			return invalid("recipient: %w", err)
		}
	}
	return nil
}

func within(from, until, now time.Time) bool { return !now.Before(from) && now.Before(until) }

// KeysFor returns the keys that may sign for use at now, newest first. A
// statement that was signed while its key was valid may be checked with the
// time of the statement.
func (t *Trust) KeysFor(use Use, now time.Time) []*ecdsa.PublicKey {
	var list []TrustedKey
	for _, k := range t.Keys {
		if k.Use == use && within(k.From, k.Until, now) {
			list = append(list, k)
		}
	}
	slices.SortStableFunc(list, func(a, b TrustedKey) int { return b.From.Compare(a.From) })
	keys := make([]*ecdsa.PublicKey, 0, len(list))
	for _, k := range list {
		if pub, err := p256(k.Key); err == nil {
			keys = append(keys, pub)
		}
	}
	return keys
}

// EveryKey returns the keys that ever signed for use. They serve to read what
// somebody who is believed vouches for anyway: the province its own past, a signed
// staff list its badges.
func (t *Trust) EveryKey(use Use) []*ecdsa.PublicKey {
	var keys []*ecdsa.PublicKey
	for _, k := range t.Keys {
		if pub, err := p256(k.Key); err == nil && k.Use == use {
			keys = append(keys, pub)
		}
	}
	return keys
}

// SealGrace is how long after its end a recipient may still be sealed to, where
// no other holds: what was begun can be finished, and a result handed over. The
// portal keeps the private key for longer (portal.RetiredLife).
const SealGrace = 365 * 24 * time.Hour

// Sealing returns what to seal to at now: the newest recipient that is valid, else
// the one that ended last, for as long as SealGrace.
func (t *Trust) Sealing(now time.Time) (Recipient, error) {
	r, err := t.Recipient(now)
	if err == nil {
		return r, nil
	}
	var last *Recipient
	for i, r := range t.Recipients {
		if within(r.Until, r.Until.Add(SealGrace), now) && (last == nil || r.Until.After(last.Until)) {
			last = &t.Recipients[i]
		}
	}
	if last == nil {
		return Recipient{}, err
	}
	return *last, nil
}

// Recipient returns the newest recipient that is valid at now, or
// dossier.CodeNoKey.
func (t *Trust) Recipient(now time.Time) (Recipient, error) {
	var best *Recipient
	for i, r := range t.Recipients {
		if within(r.From, r.Until, now) && (best == nil || r.From.After(best.From)) {
			best = &t.Recipients[i]
		}
	}
	if best == nil {
		return Recipient{}, dossier.Errorf(dossier.CodeNoKey, "no recipient key is valid now")
	}
	return *best, nil
}

// Roots is the pool that the portal's server certificate is checked against now.
func (t *Trust) Roots(now time.Time) (*x509.CertPool, error) {
	pool := x509.NewCertPool()
	for _, der := range t.TLSRoots {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, invalid("TLS root: %w", err)
		}
		if end, ends := t.TLSEnds[Fingerprint(der)]; !ends || now.Before(end) {
			pool.AddCert(c)
		}
	}
	return pool, nil
}

// Vouches says whether any of the chains that a handshake verified leads to a root
// that vouches now: a connection's pool may be older than the day.
func (t *Trust) Vouches(chains [][]*x509.Certificate, now time.Time) bool {
	return slices.ContainsFunc(chains, func(chain []*x509.Certificate) bool {
		end, ends := t.TLSEnds[Fingerprint(chain[len(chain)-1].Raw)]
		return !ends || now.Before(end)
	})
}

// IssuerEnds is when the root that issued a certificate ends, where another root
// follows it.
func (t *Trust) IssuerEnds(leaf *x509.Certificate) (end time.Time, ends bool) {
	for _, der := range t.TLSRoots {
		until, ends := t.TLSEnds[Fingerprint(der)]
		if !ends {
			continue
		}
		if c, err := x509.ParseCertificate(der); err == nil && leaf.CheckSignatureFrom(c) == nil {
			return until, true
		}
	}
	return time.Time{}, false
}
