package inbox

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"time"

	"tramhoso/sync/client"
	"tramhoso/sync/dossier"
	"tramhoso/sync/store"
	"tramhoso/sync/wire"
)

// A certificate is renewed when two thirds of its life are over, and up to
// renewSpread of that life later: stations that were enrolled on one day do not
// come on one day.
const (
	renewSpread = 12 // the part of the life
	renewEvery  = time.Hour
	// Where its issuer ends, a certificate is renewed so long before, and up to
	// issuerSpread later.
	issuerBefore = 60 * 24 * time.Hour
	issuerSpread = 30 * 24 * time.Hour
)

// RenewAt is when the present certificate should be traded for a later one.
func (p *Province) RenewAt() (time.Time, error) {
	e, err := p.Enrolment()
	if err != nil {
		return time.Time{}, err
	}
	leaf, err := client.Leaf(e.Certificate)
	if err != nil {
		return time.Time{}, err
	}
	from := e.At // certificates are backdated: NotBefore says nothing
	if !e.RenewedAt.IsZero() {
		from = e.RenewedAt
	}
	life := max(leaf.NotAfter.Sub(from), 0)
	sum := sha256.Sum256(leaf.Raw)
	jitter := func(most time.Duration) time.Duration {
		return time.Duration(binary.BigEndian.Uint64(sum[:]) % uint64(most+1))
	}
	due := from.Add(life/3*2 + jitter(life/renewSpread))
	if t := p.Trust(); t != nil {
		if end, ends := t.IssuerEnds(leaf); ends && end.Add(-issuerBefore+jitter(issuerSpread)).Before(due) {
			due = end.Add(-issuerBefore + jitter(issuerSpread))
		}
	}
	return due, nil
}

// Renewed keeps a renewed certificate in place of the one before, whole or not
// at all.
func (p *Province) Renewed(ctx context.Context, chain string) error {
	p.taking.Lock()
	defer p.taking.Unlock()
	e, err := p.Enrolment()
	if err != nil {
		return err
	}
	e.Certificate, e.RenewedAt = chain, p.now()
	content, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("failed to keep a certificate: %w", err)
	}
	if err := p.keep(ctx, store.DocEnrolment, "", content); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.enrolment = &e
	return nil
}

// lookAtIdentity renews the certificate when its time has come, or when the
// portal says that it is over. A failure leaves the present one in use.
func (in *Inbox) lookAtIdentity(ctx context.Context, portal Portal) {
	due, err := in.c.Province.RenewAt()
	if err != nil {
		in.c.Log.Warn("the certificate cannot be read", "err", err)
		return
	}
	_, _, why := in.Contact()
	if in.c.Now().Before(due) && why != wire.CodeCertExpired || why == wire.CodeRevoked {
		return
	}
	if !in.renewAt.IsZero() && time.Since(in.renewAt) < renewEvery {
		return
	}
	err = portal.Renew(ctx)
	if code := dossier.CodeOf(err); code == dossier.CodeNoNetwork || code == dossier.CodeNotThePortal {
		return // nobody was asked
	}
	in.renewAt = time.Now()
	if err != nil {
		in.c.Log.Warn("the certificate was not renewed", "err", err)
		return
	}
	in.c.Log.Info("certificate renewed")
}
