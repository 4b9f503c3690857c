package portal

import (
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"time"

	"filippo.io/age"

	"tramhoso/sync/durable"
	"tramhoso/sync/seal"
)

// The validity of the province's keys. They are backdated so that a station
// whose clock was reset can still connect and be told the time.
const (
	backdatedYears   = 1
	rootYears        = 20
	authorityYears   = 10
	keyYears         = 3
	certificateYears = 3
)

// The files of the province's key folder. root.pem is needed only until
// trust.json is there: it can be taken away and kept offline.
const (
	fileRootKey  = "root.pem"
	fileRootCert = "root.der"
	fileTrust    = "trust.json"
	recipientID  = "recipient-1"
	fileCounter  = "counter.age"
)

// province holds the keys of one province.
type province struct {
	root        []byte // DER
	fingerprint string // of root
	rootFrom    time.Time
	rootUntil   time.Time
	authorities []authority // the certificates', oldest first
	signers     []signer
	recipient   seal.Recipient
	openers     []opener            // of what stations seal: the current key's and the retired ones'
	counter     *age.HybridIdentity // opens the stations' counter cards; handed to staff only
	trust       *seal.Trust
	bundle      []byte // JSON of seal.SignedTrust
}

// openProvince reads the keys in dir and makes those that are missing.
func openProvince(dir, name string, now time.Time) (*province, error) {
	if err := durable.MakeFolder(dir, 0o700); err != nil {
		return nil, fmt.Errorf("failed to make the key folder: %w", err)
	}
	p := &province{}
	from := now.AddDate(-backdatedYears, 0, 0).UTC().Truncate(time.Second)
	var err error
	if p.root, err = loadOrMake(dir, fileRootCert, func() ([]byte, error) {
		key, err := seal.LoadP256(dir, fileRootKey)
		if err != nil {
			return nil, err
		}
		return seal.NewRoot(name, key, from, from.AddDate(rootYears, 0, 0))
	}); err != nil {
		return nil, err
	}
	p.fingerprint = seal.Fingerprint(p.root)
	root, err := x509.ParseCertificate(p.root)
	if err != nil {
		return nil, fmt.Errorf("failed to parse the root certificate: %w", err)
	}
	p.rootFrom, p.rootUntil = root.NotBefore, root.NotAfter
	if p.counter, err = seal.LoadAge(dir, fileCounter); err != nil {
		return nil, err
	}
	if p.bundle, err = loadOrMake(dir, fileTrust, func() ([]byte, error) { return p.makeTrust(dir, name, from, now) }); err != nil {
		return nil, err
	}
	var signed seal.SignedTrust
	if err := json.Unmarshal(p.bundle, &signed); err != nil {
		return nil, fmt.Errorf("failed to parse the trust bundle: %w", err)
	}
	if p.trust, err = seal.VerifyBundle(signed, p.fingerprint, now); err != nil {
		return nil, fmt.Errorf("failed to verify our own trust bundle: %w", err)
	}
	// A portal whose keys have ended still takes in what stations have sealed, and
	// can be given new ones.
	if p.recipient, err = p.trust.Sealing(now); err != nil {
		if len(p.trust.Recipients) == 0 {
			return nil, err
		}
		p.recipient = p.trust.Recipients[len(p.trust.Recipients)-1]
	}
	return p, errors.Join(p.openAuthorities(dir, now), p.openSigners(dir, now), p.openRecipients(dir, now))
}

func (p *province) makeTrust(dir, name string, from, now time.Time) ([]byte, error) {
	key, err := seal.LoadP256(dir, fileRootKey)
	if err != nil {
		return nil, err
	}
	root, err := seal.NewSigner(key)
	if err != nil {
		return nil, err
	}
	authority, err := loadOrMake(dir, fileFirstAuthority, func() ([]byte, error) { return p.makeAuthority(dir, 1, name, from) })
	if err != nil {
		return nil, err
	}
	first, err := seal.LoadAge(dir, recipientFile(recipientID))
	if err != nil {
		return nil, err
	}
	until := from.AddDate(backdatedYears+keyYears, 0, 0)
	t := seal.Trust{
		Province: name, Version: 1, Issued: now.UTC(),
		Recipients: []seal.Recipient{{ID: recipientID, Key: first.Recipient().String(), From: from, Until: until}},
		TLSRoots:   [][]byte{authority},
	}
	for _, use := range Uses {
		key, err := seal.LoadP256(dir, signerFile(use, 1))
		if err != nil {
			return nil, err
		}
		e, err := seal.NewKeyEntry(use, &key.PublicKey, from, until)
		if err != nil {
			return nil, err
		}
		t.Keys = append(t.Keys, e)
	}
	signed, err := seal.SignBundle(t, p.root, root)
	if err != nil {
		return nil, err
	}
	return json.Marshal(signed)
}

// sealed encrypts v, as JSON, for the desk.
func (p *province) sealed(v any) ([]byte, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("failed to encode: %w", err)
	}
	return seal.SealToRecipients(data, p.recipient.Key)
}

// open decrypts what sealed made.
func (p *province) open(blob []byte, v any) error {
	data, err := seal.OpenWith(blob, p.identities("")...)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, v); err != nil {
		return fmt.Errorf("failed to decode: %w", err)
	}
	return nil
}

func newSerial() (*big.Int, error) {
	n, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, fmt.Errorf("failed to draw a serial number: %w", err)
	}
	return n, nil
}

func loadOrMake(dir, name string, make func() ([]byte, error)) ([]byte, error) {
	path := filepath.Join(dir, name)
	data, err := os.ReadFile(path)
	if err == nil {
		return data, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("failed to read %s: %w", name, err)
	}
	if data, err = make(); err != nil {
		return nil, err
	}
	return data, seal.WriteFile(path, data, 0o600)
}
