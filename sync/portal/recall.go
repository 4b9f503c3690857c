package portal

import (
	"context"
	"crypto/x509"
	"errors"

	"tramhoso/sync/dossier"
	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/seal"
)

// recall finds whose a certificate is that the ledger does not know. A portal that
// was set back has forgotten what it renewed since, and the station has nothing
// older to show: it would be refused for ever, and its people's packets with it.
// What our own authority gave a station for the very key of its enrolment, to end
// later than any certificate that is known, can only be one of those. One that is
// void ends earlier.
func (p *Portal) recall(ctx context.Context, cert *x509.Certificate) (e ledger.Enrolment, err error) {
	if err := p.believe(cert, true); err != nil {
		return e, ledger.ErrNotFound
	}
	err = p.store.View(ctx, func(r ledger.Reader) error {
		e, err = forgotten(r, cert)
		return err
	})
	return e, err
}

// forgotten is the enrolment that a certificate of ours must have been given to.
func forgotten(r ledger.Reader, cert *x509.Certificate) (e ledger.Enrolment, err error) {
	s, err := r.Station(cert.Subject.CommonName)
	if err != nil {
		return e, err
	}
	if e, err = r.Enrolment(s.Current); err != nil {
		return e, err
	}
	known := []string{e.Certificate}
	switch next, err := r.Renewal(e.ID); {
	case err == nil:
		known = append(known, next.PEM)
	case !errors.Is(err, ledger.ErrNotFound):
		return e, err
	}
	for _, chain := range known {
		if !e.RevokedAt.IsZero() || hashOf(cert.RawSubjectPublicKeyInfo) != e.KeySHA256 || lastsUntil(chain, cert.NotAfter.Add(-1)) {
			return ledger.Enrolment{}, ledger.ErrNotFound
		}
	}
	return e, nil
}

// takeRecalled makes a certificate that was recalled the station's only one.
func (p *Portal) takeRecalled(ctx context.Context, cert *x509.Certificate) (e ledger.Enrolment, err error) {
	by, ours := p.keys().issuer(cert)
	if !ours { // the keys were taken up anew meanwhile
		return e, dossier.Errorf(dossier.CodeNotEnrolled, "this certificate is not in use")
	}
	chain := chainOf(cert.Raw, by.cert.Raw)
	err = p.store.Update(ctx, func(tx ledger.Tx) error {
		if e, err = forgotten(tx, cert); err != nil { // two calls at once
			e, err = tx.EnrolmentByCert(seal.Fingerprint(cert.Raw))
			return err
		}
		e.CertSHA256, e.Certificate = seal.Fingerprint(cert.Raw), chain
		return tx.RenewEnrolment(e.ID, e.CertSHA256, e.KeySHA256, chain)
	})
	if err == nil {
		p.log.Warn("a certificate was known again that had been forgotten", "station", e.Station, "enrolment", e.ID)
	}
	return e, err
}
