package prove

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net"
	"slices"
	"time"

	"filippo.io/age"

	"tramhoso/sync/catalogue"
	"tramhoso/sync/client"
	"tramhoso/sync/dossier"
	"tramhoso/sync/seal"
	"tramhoso/sync/staff"
	"tramhoso/sync/wire"
)

// What a province's station and its clerk are called in tests.
const (
	StationCode = "DL27"
	SlipHost    = "HOSO.DAKLAK.EXAMPLE"
	ClerkPIN    = "2468"
)

// cheap makes log-ins quick: tests guess no PINs.
var cheap = staff.Cost{Passes: 1, KiB: 8}

// Province is a province in memory: all keys, one clerk, one catalogue.
type Province struct {
	Root        []byte // DER
	Fingerprint string
	Authority   *x509.Certificate
	Trust       *seal.Trust
	Bundle      []byte // seal.SignedTrust as JSON
	Receipts    seal.Signer
	Catalogues  seal.Signer
	StaffKey    seal.Signer
	Times       seal.Signer
	Identity    *age.HybridIdentity // opens bodies
	Counter     *age.HybridIdentity // opens counter cards
	Staff       string              // compact JWS
	Badge       string              // of the clerk

	rootKey, authorityKey *ecdsa.PrivateKey
}

// NewProvince makes a province whose keys are valid for two years around now, and its root for longer.
func NewProvince(now time.Time) (*Province, error) {
	p := &Province{}
	from, until := now.AddDate(-1, 0, 0), now.AddDate(1, 0, 0)
	var err error
	if p.rootKey, err = newKey(); err != nil {
		return nil, err
	}
	if p.Root, err = seal.NewRoot("Test province", p.rootKey, from, now.AddDate(20, 0, 0)); err != nil {
		return nil, err
	}
	p.Fingerprint = seal.Fingerprint(p.Root)
	if err := p.makeAuthority(from, until); err != nil {
		return nil, err
	}
	if p.Identity, err = age.GenerateHybridIdentity(); err != nil {
		return nil, err
	}
	if p.Counter, err = staff.NewCounter(); err != nil {
		return nil, err
	}
	p.Trust = &seal.Trust{Province: "Test province", Version: 1, Issued: now, TLSRoots: [][]byte{p.Authority.Raw},
		Recipients: []seal.Recipient{{ID: "r1", Key: p.Identity.Recipient().String(), From: from, Until: until}}}
	for use, to := range map[seal.Use]*seal.Signer{seal.UseReceipt: &p.Receipts, seal.UseCatalogue: &p.Catalogues,
		seal.UseStaff: &p.StaffKey, seal.UseTime: &p.Times} {
		key, err := newKey()
		if err != nil {
			return nil, err
		}
		if *to, err = seal.NewSigner(key); err != nil {
			return nil, err
		}
		entry, err := seal.NewKeyEntry(use, to.PublicKey(), from, until)
		if err != nil {
			return nil, err
		}
		p.Trust.Keys = append(p.Trust.Keys, entry)
	}
	if err := p.signBundle(); err != nil {
		return nil, err
	}
	return p, p.makeStaff(1, now)
}

// signBundle has the root sign the trust bundle as it is now.
func (p *Province) signBundle() error {
	root, err := seal.NewSigner(p.rootKey)
	if err != nil {
		return err
	}
	signed, err := seal.SignBundle(*p.Trust, p.Root, root)
	if err != nil {
		return err
	}
	p.Bundle, err = json.Marshal(signed)
	return err
}

// NextTrust issues the next version of the trust bundle.
func (p *Province) NextTrust(at time.Time, change func(*seal.Trust)) error {
	t := *p.Trust
	t.Keys, t.Recipients = slices.Clone(t.Keys), slices.Clone(t.Recipients)
	t.Version, t.Issued = t.Version+1, at
	change(&t)
	p.Trust = &t
	return p.signBundle()
}

func (p *Province) makeStaff(version int, now time.Time) error {
	entry, badge, err := staff.New(staff.Person{ID: "GDV-1", Name: "Clerk", Role: staff.RoleClerk, PIN: ClerkPIN},
		p.Counter, p.StaffKey, cheap)
	if err != nil {
		return err
	}
	p.Badge = badge
	p.Staff, err = staff.Sign(staff.List{Version: version, Issued: now, Counter: p.Counter.Recipient().String(),
		Entries: []staff.Entry{entry}}, p.StaffKey)
	return err
}

func newKey() (*ecdsa.PrivateKey, error) { return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) }

func (p *Province) makeAuthority(from, until time.Time) (err error) {
	if p.authorityKey, err = newKey(); err != nil {
		return err
	}
	root, err := x509.ParseCertificate(p.Root)
	if err != nil {
		return err
	}
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "Test authority"}, NotBefore: from, NotAfter: until,
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}, root, p.authorityKey.Public(), p.rootKey)
	if err != nil {
		return err
	}
	p.Authority, err = x509.ParseCertificate(der)
	return err
}

func (p *Province) leaf(name string, key any, use x509.ExtKeyUsage, from, until time.Time) ([]byte, error) {
	return x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name}, NotBefore: from, NotAfter: until,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{use},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}, p.Authority, key, p.authorityKey)
}

// ServerTLS is how a portal of this province on 127.0.0.1 listens. It asks for
// a client certificate and does not demand one.
func (p *Province) ServerTLS(from, until time.Time) (*tls.Config, error) {
	key, err := newKey()
	if err != nil {
		return nil, err
	}
	der, err := p.leaf("portal", key.Public(), x509.ExtKeyUsageServerAuth, from, until)
	if err != nil {
		return nil, err
	}
	clients := x509.NewCertPool()
	clients.AddCert(p.Authority)
	return &tls.Config{
		MinVersion:   tls.VersionTLS13,
		Certificates: []tls.Certificate{{Certificate: [][]byte{der, p.Authority.Raw, p.Root}, PrivateKey: key}},
		ClientAuth:   tls.VerifyClientCertIfGiven, ClientCAs: clients,
	}, nil
}

// Enrol makes what a portal at url would answer to these keys.
func (p *Province) Enrol(keys *seal.Keys, url string, now time.Time) (*client.Enrolled, error) {
	der, err := p.leaf(StationCode, keys.TLSKey().Public(), x509.ExtKeyUsageClientAuth, now.AddDate(-1, 0, 0), now.AddDate(1, 0, 0))
	if err != nil {
		return nil, err
	}
	chain := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	return &client.Enrolled{
		Enrolment: client.Enrolment{URL: url, Root: p.Fingerprint, Certificate: chain, SlipHost: SlipHost, At: now,
			Station: wire.Station{Code: StationCode, Name: "Điểm thử", Address: "Xã thử"}},
		TrustBundle: p.Bundle, Trust: p.Trust, Staff: p.Staff,
	}, nil
}

// Catalogue signs and frames a catalogue of one procedure.
func (p *Province) Catalogue(version int, now time.Time) ([]byte, error) {
	c, err := catalogue.SignSnapshot(catalogue.Snapshot{Version: version, Made: now,
		Procedures: []dossier.Procedure{{Code: "1.004873", Version: 1, Name: dossier.Text{"vi": "Xác nhận tình trạng hôn nhân"}}},
	}, p.Catalogues)
	if err != nil {
		return nil, err
	}
	return wire.EncodeFramed(wire.Framed{JWS: []byte(c.Head), Body: c.Body}), nil
}

// Receipt signs what an honest portal says about a packet.
func (p *Province) Receipt(pk dossier.Packet, counter uint64, now time.Time) (dossier.Receipt, string, error) {
	r := dossier.Receipt{Packet: pk.Head.ID, Station: pk.Head.Station, Digest: seal.Digest(pk.JWS, pk.Body),
		Counter: counter, State: wire.StateWhole, At: now}
	compact, err := seal.SignJSON(r, wire.TypReceipt, p.Receipts)
	return r, compact, err
}
