package inbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"tramhoso/sync/catalogue"
	"tramhoso/sync/client"
	"tramhoso/sync/dossier"
	"tramhoso/sync/outbox"
	"tramhoso/sync/seal"
	"tramhoso/sync/staff"
	"tramhoso/sync/store"
	"tramhoso/sync/wire"
)

// Province is what the province has told this station, verified and at hand. It
// may be used from any goroutine.
type Province struct {
	store *store.Store
	now   func() time.Time

	taking    sync.Mutex // one newer document at a time: it may come by two ways at once
	mu        sync.RWMutex
	enrolment *client.Enrolment
	trust     *seal.Trust
	staff     *staff.List
	staffTag  string
	catalogue *catalogue.Catalogue
	catTag    string
	chain     chain // the deltas behind the kept snapshot
}

// OpenProvince reads what the store keeps. A station that was never enrolled is
// no error. now must not lie before the trusted floor.
func OpenProvince(ctx context.Context, s *store.Store, now func() time.Time) (*Province, error) {
	p := &Province{store: s, now: now}
	doc, err := s.Document(ctx, store.DocEnrolment)
	if dossier.CodeOf(err) == dossier.CodeNotFound {
		return p, nil
	}
	if err != nil {
		return nil, err
	}
	var e client.Enrolment
	if err := json.Unmarshal(doc.Content, &e); err != nil {
		// Who the station is, nobody can tell it again: it has to be enrolled anew.
		return nil, dossier.E(dossier.CodeStorageDamaged, fmt.Errorf("failed to read the enrolment: %w", err))
	}
	p.enrolment = &e
	return p, p.openKept(ctx)
}

// Enrolled keeps an enrolment: identity, trust bundle and staff list, whole or
// not at all.
func (p *Province) Enrolled(ctx context.Context, e *client.Enrolled) error {
	list, err := readStaff(e.Staff, e.Trust, p.now())
	if err != nil {
		return fmt.Errorf("failed to enrol: %w", err)
	}
	content, err := json.Marshal(e.Enrolment)
	if err != nil {
		return fmt.Errorf("failed to enrol: %w", err)
	}
	at := p.now()
	if err := p.store.PutDocuments(ctx, map[store.DocumentName]store.Document{
		store.DocEnrolment: {Content: content, At: at},
		store.DocTrust:     {Content: e.TrustBundle, At: at},
		store.DocStaff:     {Content: []byte(e.Staff), At: at},
	}); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.enrolment, p.trust, p.staff, p.staffTag = &e.Enrolment, e.Trust, list, ""
	return nil
}

// Enrolment is who this station is; CodeNotEnrolled before it is anybody.
func (p *Province) Enrolment() (client.Enrolment, error) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	if p.enrolment == nil {
		return client.Enrolment{}, dossier.E(dossier.CodeNotEnrolled, nil)
	}
	return *p.enrolment, nil
}

// Signed is the latest time that any of the province's documents here was signed
// at, or zero before the enrolment: now is not earlier.
func (p *Province) Signed() (at time.Time) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	later := func(t time.Time) {
		if t.After(at) {
			at = t
		}
	}
	if p.trust != nil {
		later(p.trust.Issued)
	}
	if p.staff != nil {
		later(p.staff.Issued)
	}
	if p.catalogue != nil {
		later(p.catalogue.Snapshot().Made)
	}
	return at
}

// Station is who signs packets and slips.
func (p *Province) Station() (outbox.Station, error) {
	e, err := p.Enrolment()
	return outbox.Station{Code: e.Station.Code, SlipHost: e.SlipHost}, err
}

// Trust is the trust bundle; nil before the enrolment.
func (p *Province) Trust() *seal.Trust {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.trust
}

// Recipient is the province's key to seal to now. One that has ended still
// serves what was begun, a hand-over and a courier, for seal.SealGrace.
func (p *Province) Recipient() (seal.Recipient, error) {
	t := p.Trust()
	if t == nil {
		return seal.Recipient{}, p.without("trust bundle")
	}
	return t.Sealing(p.now())
}

// CanSeal says whether a visit may begin: only while a key of the province holds.
// The error carries dossier.CodeNoKey or CodeNotEnrolled.
func (p *Province) CanSeal() error {
	t := p.Trust()
	if t == nil {
		return p.without("trust bundle")
	}
	if _, err := p.Staff(); err != nil { // its counter key is sealed to as well
		return err
	}
	_, err := t.Recipient(p.now())
	return err
}

// Staff is the staff list; CodeNotEnrolled before the enrolment, CodeNoKey when it
// was lost.
func (p *Province) Staff() (*staff.List, error) {
	p.mu.RLock()
	l := p.staff
	p.mu.RUnlock()
	if l == nil {
		return nil, p.without("staff list")
	}
	return l, nil
}

// without says why something of the province's is not here.
func (p *Province) without(what string) error {
	if _, err := p.Enrolment(); err != nil {
		return err
	}
	return dossier.Errorf(dossier.CodeNoKey, "the %s was lost and has not come again", what)
}

// Counter is what counter cards are sealed to.
func (p *Province) Counter() ([]string, error) {
	l, err := p.Staff()
	if err != nil {
		return nil, err
	}
	return []string{l.CounterRecipient()}, nil
}

// Catalogue is the newest catalogue; CodeNoCatalogue before the first.
func (p *Province) Catalogue() (*catalogue.Catalogue, error) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	if p.catalogue == nil {
		return nil, dossier.E(dossier.CodeNoCatalogue, nil)
	}
	return p.catalogue, nil
}

// Known is what a question to the portal says the station has.
func (p *Province) Known() wire.Hints {
	p.mu.RLock()
	defer p.mu.RUnlock()
	h := wire.Hints{Staff: p.staffTag}
	if p.catalogue != nil {
		h.Catalogue = p.catalogue.Version()
	}
	return h
}

// keep writes a verified document down with the time it was verified at, which
// is never before the trusted floor.
func (p *Province) keep(ctx context.Context, name store.DocumentName, tag string, content []byte) error {
	return p.store.PutDocuments(ctx, map[store.DocumentName]store.Document{name: {Tag: tag, Content: content, At: p.now()}})
}

func readTrust(content []byte, root string, at time.Time) (*seal.Trust, error) {
	var signed seal.SignedTrust
	if err := json.Unmarshal(content, &signed); err != nil {
		return nil, dossier.Errorf(dossier.CodeInvalid, "failed to read a trust bundle: %w", err)
	}
	return seal.VerifyBundle(signed, root, at)
}

func readStaff(compact string, t *seal.Trust, at time.Time) (*staff.List, error) {
	l, err := staff.Open(compact, t.KeysFor(seal.UseStaff, at))
	if err == nil {
		l.TakeBadges(t.EveryKey(seal.UseStaff))
	}
	return l, err
}

// errOlder refuses to go back.
var errOlder = errors.New("an older version than the one that is kept")

// takeStaff keeps a newer staff list.
func (p *Province) takeStaff(ctx context.Context, f client.Fetched) error {
	p.taking.Lock()
	defer p.taking.Unlock()
	if p.Trust() == nil {
		return p.without("trust bundle")
	}
	l, err := readStaff(string(f.Body), p.Trust(), p.now())
	if err != nil {
		return fmt.Errorf("failed to take a staff list: %w", err)
	}
	if old, err := p.Staff(); err == nil && l.Version < old.Version {
		return dossier.Errorf(dossier.CodeInvalid, "staff list %d, here is %d: %w", l.Version, old.Version, errOlder)
	}
	if err := p.keep(ctx, store.DocStaff, f.Tag, f.Body); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.staff, p.staffTag = l, f.Tag
	return nil
}

// takeTrust keeps a newer trust bundle.
func (p *Province) takeTrust(ctx context.Context, f client.Fetched) error {
	p.taking.Lock()
	defer p.taking.Unlock()
	e, err := p.Enrolment()
	if err != nil {
		return err
	}
	t, err := readTrust(f.Body, e.Root, p.now())
	if err != nil {
		return fmt.Errorf("failed to take a trust bundle: %w", err)
	}
	if old := p.Trust(); old != nil && t.Version <= old.Version {
		return nil
	}
	if err := p.keep(ctx, store.DocTrust, f.Tag, f.Body); err != nil {
		return err
	}
	p.mu.Lock()
	first := p.trust == nil
	p.trust = t
	p.mu.Unlock()
	if first { // what is kept could not be read without it
		return p.openRest(ctx)
	}
	return nil
}
