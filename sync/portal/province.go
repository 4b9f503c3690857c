package portal

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
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
	fileCAKey    = "authority.pem"
	fileCACert   = "authority.der"
	fileTrust    = "trust.json"
	recipientID  = "recipient-1"
	fileCounter  = "counter.age"
)

// province holds the keys of one province.
type province struct {
	root        []byte // DER
	fingerprint string // of root
	ca          *x509.Certificate
	caKey       *ecdsa.PrivateKey
	signers     []signer
	recipient   seal.Recipient
	openers     []age.Identity      // open what stations seal: the current key's and the retired ones'
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
	if p.caKey, err = seal.LoadP256(dir, fileCAKey); err != nil {
		return nil, err
	}
	der, err := loadOrMake(dir, fileCACert, func() ([]byte, error) { return p.makeAuthority(dir, name, from) })
	if err != nil {
		return nil, err
	}
	if p.ca, err = x509.ParseCertificate(der); err != nil {
		return nil, fmt.Errorf("failed to parse the authority's certificate: %w", err)
	}
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
	return p, errors.Join(p.openSigners(dir, now), p.openRecipients(dir, now))
}

func (p *province) makeAuthority(dir, name string, from time.Time) ([]byte, error) {
	key, err := seal.LoadP256(dir, fileRootKey)
	if err != nil {
		return nil, err
	}
	root, err := x509.ParseCertificate(p.root)
	if err != nil {
		return nil, fmt.Errorf("failed to parse the root certificate: %w", err)
	}
	serial, err := newSerial()
	if err != nil {
		return nil, err
	}
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: name + " – stations and servers"},
		NotBefore: from, NotAfter: from.AddDate(authorityYears, 0, 0),
		IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}, root, p.caKey.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("failed to make the authority's certificate: %w", err)
	}
	return der, nil
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
	first, err := seal.LoadAge(dir, recipientFile(recipientID))
	if err != nil {
		return nil, err
	}
	until := from.AddDate(backdatedYears+keyYears, 0, 0)
	t := seal.Trust{
		Province: name, Version: 1, Issued: now.UTC(),
		Recipients: []seal.Recipient{{ID: recipientID, Key: first.Recipient().String(), From: from, Until: until}},
		TLSRoots:   [][]byte{p.ca.Raw},
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

// serverCertificate makes the portal's TLS identity for hosts. The chain ends
// with the root, so that a station that knows only the root's fingerprint can
// check it when it enrols.
func (p *province) serverCertificate(hosts []string, now time.Time) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(p.caKey.Curve, rand.Reader)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("failed to make the server's key: %w", err)
	}
	serial, err := newSerial()
	if err != nil {
		return tls.Certificate{}, err
	}
	tpl := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: hosts[0]},
		NotBefore: p.ca.NotBefore, NotAfter: now.AddDate(certificateYears, 0, 0),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	for _, h := range hosts {
		if ip := net.ParseIP(h); ip != nil {
			tpl.IPAddresses = append(tpl.IPAddresses, ip)
		} else {
			tpl.DNSNames = append(tpl.DNSNames, h)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, tpl, p.ca, key.Public(), p.caKey)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("failed to make the server's certificate: %w", err)
	}
	return tls.Certificate{Certificate: [][]byte{der, p.ca.Raw, p.root}, PrivateKey: key}, nil
}

// stationCertificate signs a station's identity key. The subject is ours: what
// the request asks for says nothing.
func (p *province) stationCertificate(code string, key *ecdsa.PublicKey, now time.Time) (der []byte, chain string, err error) {
	serial, err := newSerial()
	if err != nil {
		return nil, "", err
	}
	der, err = x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: code},
		NotBefore: p.ca.NotBefore, NotAfter: now.AddDate(certificateYears, 0, 0),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}, p.ca, key, p.caKey)
	if err != nil {
		return nil, "", fmt.Errorf("failed to make a station's certificate: %w", err)
	}
	for _, c := range [][]byte{der, p.ca.Raw} {
		chain += string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c}))
	}
	return der, chain, nil
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
	data, err := seal.OpenWith(blob, p.openers...)
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
