package staff

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"filippo.io/age"
	"golang.org/x/crypto/argon2"

	"tramhoso/sync/dossier"
	"tramhoso/sync/seal"
	"tramhoso/sync/token"
)

// TypList is the type of a signed staff list.
const TypList = "staff+jws"

type keys []*ecdsa.PublicKey

// maxEntries bounds a list: a province's post offices, and room.
const maxEntries = 20_000

// NewCounter makes the key pair of the counter cards. The province keeps it.
func NewCounter() (*age.HybridIdentity, error) { return age.GenerateHybridIdentity() }

// Person is who New makes an entry for.
type Person struct {
	ID          string
	Name        string
	Role        Role
	PIN         string // 4 to 12 digits
	From, Until time.Time
}

// New makes an entry and the text of its badge. by is the province's staff key,
// counter the identity that NewCounter made.
func New(p Person, counter *age.HybridIdentity, by seal.Signer, cost Cost) (Entry, string, error) {
	if !p.Role.Valid() || !validPIN(p.PIN) || strings.TrimSpace(p.Name) == "" || !costOK(cost) {
		return Entry{}, "", dossier.Errorf(dossier.CodeInvalid, "staff entry: role, name, PIN or cost")
	}
	var secret [16]byte
	_, _ = rand.Read(secret[:]) // never fails since Go 1.24
	badge, err := token.MakeBadge(p.ID, secret, by)
	if err != nil {
		return Entry{}, "", err
	}
	own, err := age.GenerateHybridIdentity()
	if err != nil {
		return Entry{}, "", fmt.Errorf("failed to make staff identity: %w", err)
	}
	e := Entry{
		ID: p.ID, Name: p.Name, Role: p.Role, From: p.From, Until: p.Until,
		BadgeTag: badgeTag(secret), Salt: make([]byte, 16), Cost: cost, Recipient: own.Recipient().String(),
	}
	_, _ = rand.Read(e.Salt) // never fails since Go 1.24
	verifier, key := derive(e, secret, p.PIN)
	e.Verifier = verifier
	if e.Identity, err = seal.SealWithKey(key, []byte(own.String()), place(e)); err != nil {
		return Entry{}, "", err
	}
	if p.Role.opensCounter() {
		if e.Counter, err = seal.SealToRecipients([]byte(counter.String()), e.Recipient); err != nil {
			return Entry{}, "", err
		}
	}
	return e, badge, nil
}

// Sign signs a list with the province's staff key. Counter must be set to the
// counter's recipient.
func Sign(l List, by seal.Signer) (string, error) {
	if _, err := age.ParseHybridRecipient(l.Counter); err != nil {
		return "", fmt.Errorf("failed to sign staff list: counter recipient: %w", err)
	}
	return seal.SignJSON(l, TypList, by)
}

// Open verifies a list against the staff keys of the province.
func Open(compact string, staffKeys []*ecdsa.PublicKey) (*List, error) {
	var l List
	if err := seal.VerifyJSONAny(compact, TypList, staffKeys, &l); err != nil {
		return nil, fmt.Errorf("failed to verify staff list: %w", err)
	}
	if len(l.Entries) > maxEntries {
		return nil, dossier.Errorf(dossier.CodeInvalid, "staff list with more than %d entries", maxEntries)
	}
	if _, err := age.ParseHybridRecipient(l.Counter); err != nil {
		return nil, dossier.Errorf(dossier.CodeInvalid, "staff list: counter recipient: %w", err)
	}
	l.keys = staffKeys
	return &l, nil
}

// TakeBadges has badges of these keys accepted: the list names each badge by the
// hash of its secret, so one outlives the key that signed it.
func (l *List) TakeBadges(keys []*ecdsa.PublicKey) { l.keys = keys }

// CounterRecipient is what counter cards are sealed to (seal.SealToRecipients).
func (l *List) CounterRecipient() string { return l.Counter }

// find reads a badge and returns the entry it belongs to.
func (l *List) find(badgeText string) (token.Badge, *Entry, error) {
	b, err := token.ReadBadge(badgeText)
	if err != nil {
		return b, nil, err
	}
	if err := b.Verify(l.keys); err != nil {
		return b, nil, err
	}
	tag := badgeTag(b.Secret)
	for i := range l.Entries {
		if e := &l.Entries[i]; e.ID == b.Staff && e.BadgeTag == tag {
			return b, e, nil
		}
	}
	return b, nil, dossier.Errorf(dossier.CodeBadgeUnknown, "badge is not on the staff list")
}

func validPIN(pin string) bool {
	return len(pin) >= 4 && len(pin) <= 12 && strings.IndexFunc(pin, func(r rune) bool { return r < '0' || r > '9' }) < 0
}

func costOK(c Cost) bool {
	return c.Passes >= 1 && c.Passes <= MaxCost.Passes && c.KiB >= 8 && c.KiB <= MaxCost.KiB
}

func badgeTag(secret [16]byte) string {
	sum := sha256.Sum256(append([]byte("tramhoso badge tag v1\n"), secret[:]...))
	return hex.EncodeToString(sum[:8])
}

// place binds a sealed identity to its entry.
func place(e Entry) []byte { return []byte("tramhoso staff identity v1\n" + e.ID + "\n" + e.Recipient) }

// derive gives the verifier and the key that seals the person's identity.
func derive(e Entry, secret [16]byte, pin string) (verifier, key []byte) {
	password := append([]byte("tramhoso pin v1\n"+pin+"\n"), secret[:]...)
	out := argon2.IDKey(password, e.Salt, e.Cost.Passes, e.Cost.KiB, 1, 32+seal.KeyBytes)
	sum := sha256.Sum256(out[:32])
	return sum[:], out[32:]
}

func sameVerifier(a, b []byte) bool { return subtle.ConstantTimeCompare(a, b) == 1 }
