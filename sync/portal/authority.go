package portal

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"tramhoso/sync/seal"
)

// authorityOverlap is how long stations believe the authority before beside the one
// that follows. One that was shut for longer asks by the root.
const authorityOverlap = 90 * day

// certificateSpare is how long before its end the portal makes itself another
// certificate.
const certificateSpare = year

// fileFirstAuthority is the first authority's certificate; those of the others lie
// in the trust bundle alone.
const fileFirstAuthority = "authority.der"

// authority signs the certificates of stations and of this portal. Stations verify
// the portal's by those that the trust bundle still believes; the portal knows each
// certificate of a station in its ledger, so that one of an authority which ended
// holds until it is renewed, and a forged one never does.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey // nil: destroyed
	from time.Time         // when it begins to sign
	ends time.Time         // when stations believe it no more; zero: with its certificate
}

func authorityFile(n int) string {
	if n == 1 {
		return "authority.pem"
	}
	return fmt.Sprintf("authority-%d.pem", n)
}

// openAuthorities reads the authorities of the bundle. The private key of one that
// another has followed may be gone; none is made here.
func (p *province) openAuthorities(dir string, now time.Time) error {
	for i, der := range p.trust.TLSRoots {
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			return fmt.Errorf("failed to parse an authority's certificate: %w", err)
		}
		a := authority{cert: cert, from: cert.NotBefore.AddDate(backdatedYears, 0, 0), ends: p.trust.TLSEnds[seal.Fingerprint(der)]}
		if i == 0 {
			a.from = time.Time{}
		}
		switch _, err := os.Stat(filepath.Join(dir, authorityFile(i+1))); {
		case err == nil:
			if a.key, err = seal.LoadP256(dir, authorityFile(i+1)); err != nil {
				return err
			}
			if !a.key.PublicKey.Equal(cert.PublicKey) {
				return fmt.Errorf("%s is another key than the trust bundle names", authorityFile(i+1))
			}
		case !errors.Is(err, fs.ErrNotExist) || a.ends.IsZero() || now.Before(a.ends):
			return fmt.Errorf("failed to find the private key of %s: %w", authorityFile(i+1), err)
		}
		p.authorities = append(p.authorities, a)
	}
	if len(p.authorities) == 0 {
		return errors.New("the trust bundle names no authority of certificates")
	}
	return nil
}

// authority is the one that signs certificates now: the newest that has begun.
func (p *province) authority(now time.Time) (authority, error) {
	for _, a := range slices.Backward(p.authorities) {
		if a.key != nil && !now.Before(a.from) {
			return a, nil
		}
	}
	return authority{}, errors.New("the province has no authority that may sign certificates: rotate it")
}

// issuer is the authority that signed a certificate.
func (p *province) issuer(cert *x509.Certificate) (authority, bool) {
	for _, a := range p.authorities {
		if cert.CheckSignatureFrom(a.cert) == nil {
			return a, true
		}
	}
	return authority{}, false
}

// certified is every authority's certificate.
func (p *province) certified() *x509.CertPool {
	pool := x509.NewCertPool()
	for _, a := range p.authorities {
		pool.AddCert(a.cert)
	}
	return pool
}

// makeAuthority has the root certify the n-th authority, whose key lies in dir or
// is made there.
func (p *province) makeAuthority(dir string, n int, name string, from time.Time) ([]byte, error) {
	rootKey, err := seal.LoadP256(dir, fileRootKey)
	if err != nil {
		return nil, err
	}
	key, err := seal.LoadP256(dir, authorityFile(n))
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
	until := from.AddDate(authorityYears, 0, 0)
	if until.After(root.NotAfter) {
		until = root.NotAfter
	}
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: name + " – stations and servers"},
		NotBefore: from, NotAfter: until,
		IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}, root, key.Public(), rootKey)
	if err != nil {
		return nil, fmt.Errorf("failed to make the authority's certificate: %w", err)
	}
	return der, nil
}

// RotateAuthority gives the province of the portal in dir a new authority, which
// signs certificates after lead; stations believe the one before for
// authorityOverlap longer, and have their own certificates renewed meanwhile. A lead
// of 0 is for a key that leaked: the one before is believed no more, and who has not
// heard of it asks by the root. It needs the root's key in the folder. A portal that
// runs takes it up by itself.
func RotateAuthority(dir, name string, now time.Time, lead time.Duration) (from, until time.Time, err error) {
	err = reissue(dir, name, now, func(dir string, p *province, t *seal.Trust) error {
		from = now.Add(lead).UTC().Truncate(time.Second)
		if old := p.authorities[len(p.authorities)-1]; old.key == nil || now.After(old.cert.NotAfter) {
			from = now.UTC().Truncate(time.Second) // nothing signs until then
		}
		der, err := p.makeAuthority(dir, len(t.TLSRoots)+1, name, from.AddDate(-backdatedYears, 0, 0))
		if err != nil {
			return err
		}
		made, err := x509.ParseCertificate(der)
		if err != nil {
			return fmt.Errorf("failed to parse our own certificate: %w", err)
		}
		until = made.NotAfter
		end := from
		if lead > 0 {
			end = from.Add(authorityOverlap)
		}
		t.TLSEnds = maps.Clone(t.TLSEnds)
		if t.TLSEnds == nil {
			t.TLSEnds = map[string]time.Time{}
		}
		for _, old := range t.TLSRoots {
			id := seal.Fingerprint(old)
			if was, ends := t.TLSEnds[id]; !ends || was.After(end) {
				t.TLSEnds[id] = end
			}
		}
		t.TLSRoots = append(slices.Clone(t.TLSRoots), der)
		return nil
	})
	if err != nil {
		return from, until, fmt.Errorf("failed to rotate the authority: %w", err)
	}
	return from, until, nil
}

// lasting is when a certificate that an authority signs now ends: no certificate
// outlives the one that vouches for it.
func (a authority) lasting(now time.Time) time.Time {
	if until := now.AddDate(certificateYears, 0, 0); until.Before(a.cert.NotAfter) {
		return until
	}
	return a.cert.NotAfter
}

// serverCertificate makes the portal's TLS identity for hosts. The chain ends
// with the root, so that a station that knows only the root's fingerprint can
// check it when it enrols.
func (p *province) serverCertificate(hosts []string, now time.Time) (tls.Certificate, error) {
	by, err := p.authority(now)
	if err != nil {
		return tls.Certificate{}, err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("failed to make the server's key: %w", err)
	}
	serial, err := newSerial()
	if err != nil {
		return tls.Certificate{}, err
	}
	tpl := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: hosts[0]},
		NotBefore: by.cert.NotBefore, NotAfter: by.lasting(now),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	for _, h := range hosts {
		if ip := net.ParseIP(h); ip != nil {
			tpl.IPAddresses = append(tpl.IPAddresses, ip)
		} else {
			tpl.DNSNames = append(tpl.DNSNames, h)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, tpl, by.cert, key.Public(), by.key)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("failed to make the server's certificate: %w", err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("failed to parse our own certificate: %w", err)
	}
	return tls.Certificate{Certificate: [][]byte{der, by.cert.Raw, p.root}, PrivateKey: key, Leaf: leaf}, nil
}

// stationCertificate signs a station's identity key. The subject is ours: what
// the request asks for says nothing.
func (p *province) stationCertificate(code string, key *ecdsa.PublicKey, now time.Time) (der []byte, chain string, err error) {
	by, err := p.authority(now)
	if err != nil {
		return nil, "", err
	}
	serial, err := newSerial()
	if err != nil {
		return nil, "", err
	}
	der, err = x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: code},
		NotBefore: by.cert.NotBefore, NotAfter: by.lasting(now),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}, by.cert, key, by.key)
	if err != nil {
		return nil, "", fmt.Errorf("failed to make a station's certificate: %w", err)
	}
	return der, chainOf(der, by.cert.Raw), nil
}

// chainOf is certificates as a station keeps them.
func chainOf(certs ...[]byte) (chain string) {
	for _, c := range certs {
		chain += string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c}))
	}
	return chain
}

// identity is the portal's TLS identity. It is safe for concurrent use.
type identity struct {
	p *Portal

	mu   sync.Mutex
	of   authority // made cert
	cert *tls.Certificate
}

// certificate is the one to show now: another where another authority signs, or
// where the last ends within certificateSpare.
func (i *identity) certificate() (*tls.Certificate, error) {
	now, keys := i.p.o.Clock.Now(), i.p.keys()
	by, err := keys.authority(now)
	if err != nil {
		return nil, err
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.cert != nil && i.of.cert.Equal(by.cert) && (now.Add(certificateSpare).Before(i.cert.Leaf.NotAfter) || !i.cert.Leaf.NotAfter.Before(by.lasting(now))) {
		return i.cert, nil
	}
	cert, err := keys.serverCertificate(i.p.o.Hosts, now)
	if err != nil {
		return nil, err
	}
	i.of, i.cert = by, &cert
	return i.cert, nil
}
