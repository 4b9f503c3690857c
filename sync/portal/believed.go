package portal

import (
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"sync"

	"tramhoso/sync/dossier"
	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/seal"
	"tramhoso/sync/wire"
)

// believed are the certificates by which stations are known, without a look into the
// ledger: whoever shows one of them is not kept waiting for what strangers do from
// the same address. It decides nothing else. The zero value is ready for use.
type believed struct {
	mu    sync.Mutex
	shown map[string]struct{}
}

func (b *believed) has(fingerprint string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	_, ok := b.shown[fingerprint]
	return ok
}

// add keeps a fingerprint; one more than maxStations is a stranger's until others go.
func (b *believed) add(fingerprint string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.shown == nil {
		b.shown = map[string]struct{}{}
	}
	if len(b.shown) < maxStations {
		b.shown[fingerprint] = struct{}{}
	}
}

func (b *believed) drop(fingerprint string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.shown, fingerprint)
}

// addChain keeps the first certificate of a chain that is about to be given out.
func (b *believed) addChain(chain string) {
	if block, _ := pem.Decode([]byte(chain)); block != nil {
		b.add(seal.Fingerprint(block.Bytes))
	}
}

// loadBelieved knows every station's certificate again after a start.
func (p *Portal) loadBelieved(ctx context.Context) error {
	err := p.store.View(ctx, func(r ledger.Reader) error {
		enrolments, err := current(r)
		if err != nil {
			return err
		}
		for _, e := range enrolments {
			if !e.RevokedAt.IsZero() {
				continue
			}
			p.believed.add(e.CertSHA256)
			switch next, err := r.Renewal(e.ID); {
			case err == nil:
				p.believed.add(next.CertSHA256)
			case !errors.Is(err, ledger.ErrNotFound):
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("failed to learn the stations' certificates: %w", err)
	}
	return nil
}

// caller is identify for the calls of a network. To find out that a certificate is
// nobody's costs a look into the ledger and the check of a chain, and anybody can make
// one: refusals are counted by address, as strangers' calls are. Who was refused too
// often is told to wait before anything is looked up; a station that is known is not
// asked to wait for them.
func (p *Portal) caller(r *http.Request, late bool) (e ledger.Enrolment, err error) {
	from, shown := addressOf(r), ""
	if r.TLS != nil && len(r.TLS.PeerCertificates) > 0 {
		shown = seal.Fingerprint(r.TLS.PeerCertificates[0].Raw)
	}
	if shown == "" || !p.believed.has(shown) {
		if wait := p.meters.unknown.Wait(from, 1); wait > 0 {
			return e, slowDown(wait)
		}
	}
	if e, err = p.identify(r, late); err == nil {
		p.believed.add(shown)
		return e, nil
	}
	switch wire.StatusOf(dossier.CodeOf(err)) {
	case http.StatusUnauthorized, http.StatusForbidden:
		p.believed.drop(shown)
		p.meters.unknown.Take(from, 1)
	}
	return e, err
}
