package portal

import (
	"context"
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/seal"
	"tramhoso/sync/wire"
)

// renewGrace is how long after its end a certificate may still renew: a post
// office that was closed over the rainy season needs no technician.
const renewGrace = 90 * 24 * time.Hour

// identify finds whose certificate the connection showed, and whether it is
// believed. The handshake has proven only that the peer holds its key.
func (p *Portal) identify(r *http.Request, late bool) (e ledger.Enrolment, err error) {
	if r.TLS == nil || len(r.TLS.PeerCertificates) == 0 {
		return e, dossier.Errorf(dossier.CodeNotEnrolled, "this call needs a station's certificate")
	}
	cert := r.TLS.PeerCertificates[0]
	shown := seal.Fingerprint(cert.Raw)
	err = p.store.View(r.Context(), func(v ledger.Reader) (err error) {
		e, err = v.EnrolmentByCert(shown)
		return err
	})
	recalled := errors.Is(err, ledger.ErrNotFound)
	if recalled {
		e, err = p.recall(r.Context(), cert)
	}
	if errors.Is(err, ledger.ErrNotFound) {
		return e, dossier.Errorf(dossier.CodeNotEnrolled, "this certificate is not in use")
	}
	if err != nil {
		return e, err
	}
	if err := p.believe(cert, late); err != nil {
		return e, err
	}
	if !e.RevokedAt.IsZero() {
		return e, dossier.Errorf(wire.CodeRevoked, "station %s was revoked", e.Station)
	}
	switch {
	case recalled:
		return p.takeRecalled(r.Context(), cert)
	case e.CertSHA256 == shown:
		return e, nil
	}
	return p.takeRenewal(r.Context(), e, shown)
}

// believe checks a certificate of ours at the present time.
func (p *Portal) believe(cert *x509.Certificate, late bool) error {
	now := p.now()
	at := now
	ended := now.After(cert.NotAfter)
	if ended {
		at = cert.NotAfter
	}
	if _, err := cert.Verify(x509.VerifyOptions{Roots: p.keys().certified(), CurrentTime: at, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}); err != nil {
		return dossier.Errorf(dossier.CodeNotEnrolled, "this certificate does not hold: %w", err)
	}
	switch {
	case !ended:
		return nil
	case !late:
		return dossier.Errorf(wire.CodeCertExpired, "this certificate ended on %s: it may only renew", cert.NotAfter.Format(time.DateOnly))
	case now.Sub(cert.NotAfter) > renewGrace:
		return dossier.Errorf(wire.CodeCertExpired, "this certificate ended on %s: too long ago to renew", cert.NotAfter.Format(time.DateOnly))
	}
	return nil
}

// takeRenewal makes the renewed certificate, shown for the first time, the
// station's only one.
func (p *Portal) takeRenewal(ctx context.Context, e ledger.Enrolment, shown string) (ledger.Enrolment, error) {
	err := p.store.Update(ctx, func(tx ledger.Tx) error {
		c, err := tx.Renewal(e.ID)
		if errors.Is(err, ledger.ErrNotFound) || err == nil && c.CertSHA256 != shown { // two calls at once
			e, err = tx.EnrolmentByCert(shown)
			return err
		}
		if err != nil {
			return err
		}
		e.CertSHA256, e.KeySHA256, e.Certificate = c.CertSHA256, c.KeySHA256, c.PEM
		return tx.RenewEnrolment(e.ID, c.CertSHA256, c.KeySHA256, c.PEM)
	})
	if errors.Is(err, ledger.ErrNotFound) {
		return e, dossier.Errorf(dossier.CodeNotEnrolled, "this certificate is not in use")
	}
	if err == nil {
		p.log.Info("certificate renewed", "station", e.Station, "enrolment", e.ID)
	}
	return e, err
}

func (p *Portal) postRenew(w http.ResponseWriter, r *http.Request, e ledger.Enrolment) error {
	var q wire.RenewRequest
	if err := wire.DecodeJSON(r.Body, &q); err != nil {
		return err
	}
	key, hash, err := checkCSR(q.CSR)
	if err != nil {
		return err
	}
	chain, err := p.renew(r.Context(), e, key, hash)
	if err != nil {
		return err
	}
	p.believed.addChain(chain)
	return writeJSON(w, http.StatusOK, wire.RenewAnswer{Certificate: chain})
}

// renew makes the certificate that is to follow, or finds the one that was made
// for the same key and got lost on its way.
func (p *Portal) renew(ctx context.Context, e ledger.Enrolment, key *ecdsa.PublicKey, hash string) (chain string, err error) {
	now := p.now()
	err = p.store.Update(ctx, func(tx ledger.Tx) error {
		c, err := tx.Renewal(e.ID)
		if err == nil && c.KeySHA256 == hash && lastsUntil(c.PEM, now.AddDate(certificateYears, -1, 0)) && p.keys().newest(c.PEM, now) {
			chain = c.PEM
			return nil
		}
		if err != nil && !errors.Is(err, ledger.ErrNotFound) {
			return err
		}
		der, pem, err := p.keys().stationCertificate(e.Station, key, now)
		if err != nil {
			return err
		}
		chain = pem
		return tx.PutRenewal(e.ID, ledger.Certificate{CertSHA256: seal.Fingerprint(der), KeySHA256: hash, PEM: pem})
	})
	return chain, err
}

// newest says whether the authority that signs now has signed a chain's first.
func (p *province) newest(chain string, now time.Time) bool {
	block, _ := pem.Decode([]byte(chain))
	if block == nil {
		return false
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return false
	}
	by, err := p.authority(now)
	return err == nil && cert.CheckSignatureFrom(by.cert) == nil
}

func lastsUntil(chain string, t time.Time) bool {
	block, _ := pem.Decode([]byte(chain))
	if block == nil {
		return false
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	return err == nil && cert.NotAfter.After(t)
}

// Revoke ends the belief in a station's keys: its calls are answered
// wire.CodeRevoked, and what a stick still brings with its signature is kept,
// receipted and quarantined, since its own word when that was signed is worth
// nothing any more. What was receipted stays.
func (p *Portal) Revoke(ctx context.Context, code string) error {
	var id int64
	if err := p.store.Update(ctx, func(tx ledger.Tx) error {
		s, err := tx.Station(code)
		if errors.Is(err, ledger.ErrNotFound) || err == nil && s.Current == 0 {
			return dossier.Errorf(dossier.CodeNotFound, "no station %s is enrolled", code)
		}
		if err != nil {
			return err
		}
		id = s.Current
		return tx.Revoke(id, p.now())
	}); err != nil {
		return fmt.Errorf("failed to revoke a station: %w", err)
	}
	p.log.Warn("station revoked", "station", code, "enrolment", id)
	p.hub.wake(id)
	return nil
}

// current are the enrolments by which stations are known now, one of each.
func current(r ledger.Reader) (list []ledger.Enrolment, err error) {
	stations, err := r.Stations()
	if err != nil {
		return nil, err
	}
	for _, s := range stations {
		if s.Current == 0 {
			continue
		}
		e, err := r.Enrolment(s.Current)
		if err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	return list, nil
}
