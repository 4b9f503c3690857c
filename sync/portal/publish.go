package portal

import (
	"context"
	"crypto/ecdsa"
	"errors"
	"fmt"
	"slices"

	"tramhoso/sync/catalogue"
	"tramhoso/sync/dossier"
	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/seal"
	"tramhoso/sync/staff"
	"tramhoso/sync/wire"
)

func (p *Portal) catalogueKeys() []*ecdsa.PublicKey {
	return p.keys().trust.EveryKey(seal.UseCatalogue) // our own past
}

// loadCatalogue indexes the latest catalogue and publishes the first.
func (p *Portal) loadCatalogue(ctx context.Context) error {
	var latest ledger.Catalogue
	var epoch string
	var of []byte
	err := p.store.View(ctx, func(r ledger.Reader) (err error) {
		if epoch, err = r.Epoch(); err != nil {
			return err
		}
		if of, err = r.Document(docCatalogueEpoch); err != nil && !errors.Is(err, ledger.ErrNotFound) {
			return err
		}
		latest, err = r.LatestCatalogue()
		return err
	})
	if errors.Is(err, ledger.ErrNotFound) {
		first := p.o.Catalogue
		first.Version = max(first.Version, 1)
		first.Made = p.now()
		if !slices.Contains(first.Hosts, p.o.SlipHost) {
			first.Hosts = append(slices.Clone(first.Hosts), p.o.SlipHost)
		}
		return p.store.Update(ctx, func(tx ledger.Tx) error {
			return errors.Join(p.addCatalogue(tx, first), tx.PutDocument(docCatalogueEpoch, []byte(epoch)))
		})
	}
	if err != nil {
		return err
	}
	snap, err := p.openCatalogue(latest)
	if err != nil {
		return err
	}
	p.catalogue.Store(catalogue.New(*snap))
	p.behind.Store(string(of) != epoch)
	p.catchUp(ctx)
	return nil
}

// catchUp publishes, in a ledger that goes on from a backup, what is there under
// a new version. Where that fails (a full disk), the portal serves on and tries
// again with a later question.
func (p *Portal) catchUp(ctx context.Context) {
	if !p.behind.Load() {
		return
	}
	p.publish.Lock()
	defer p.publish.Unlock()
	old := p.catalogue.Load()
	err := p.store.Update(ctx, func(tx ledger.Tx) error {
		epoch, err := tx.Epoch()
		if err != nil {
			return err
		}
		of, err := tx.Document(docCatalogueEpoch)
		if err != nil && !errors.Is(err, ledger.ErrNotFound) {
			return err
		}
		if string(of) == epoch { // another process, or another question
			return nil
		}
		if err := tx.PutDocument(docCatalogueEpoch, []byte(epoch)); err != nil || of == nil {
			return err // a ledger from before this was noted is not one that was set back
		}
		next := old.Snapshot()
		j := jumpFrom(next.Version, next.Made, p.now())
		next.Version, next.Made = j.To, p.now()
		if err := putJump(tx, j); err != nil {
			return err
		}
		p.log.Warn("the portal was set back: its catalogue goes on", "catalogue", next.Version)
		return p.addCatalogue(tx, next)
	})
	if err != nil {
		p.catalogue.Store(old)
		p.log.Error("the catalogue does not go on yet", "err", err)
		return
	}
	p.behind.Store(false)
}

// refresh takes up what another process has published beside this one.
func (p *Portal) refresh(ctx context.Context) error {
	p.catchUp(ctx)
	var version int
	look := func(r ledger.Reader) (err error) { version, err = r.CatalogueVersion(); return err }
	if err := p.store.View(ctx, look); err != nil || version == p.catalogue.Load().Version() {
		return err
	}
	p.publish.Lock()
	defer p.publish.Unlock()
	return p.refreshLocked(ctx)
}

func (p *Portal) refreshLocked(ctx context.Context) error {
	var latest ledger.Catalogue
	if err := p.store.View(ctx, func(r ledger.Reader) (err error) {
		version, err := r.CatalogueVersion()
		if err != nil || version == p.catalogue.Load().Version() {
			return err
		}
		latest, err = r.LatestCatalogue()
		return err
	}); err != nil || latest.Version == 0 {
		return err
	}
	snap, err := p.openCatalogue(latest)
	if err != nil {
		return err
	}
	p.catalogue.Store(catalogue.New(*snap))
	p.hub.wake(everyone)
	return nil
}

func (p *Portal) openCatalogue(c ledger.Catalogue) (*catalogue.Snapshot, error) {
	s, err := catalogue.OpenSnapshot(catalogue.Signed{Head: string(c.JWS), Body: c.Body}, p.catalogueKeys())
	if err != nil {
		return nil, fmt.Errorf("failed to open our own catalogue %d: %w", c.Version, err)
	}
	return s, nil
}

// addCatalogue signs and stores a version and makes it the current one. The
// caller's transaction must be the last thing that can fail; where it fails all
// the same, reloadCatalogue sets the index right.
func (p *Portal) addCatalogue(tx ledger.Tx, s catalogue.Snapshot) error {
	by, err := p.keys().signer(seal.UseCatalogue, s.Made)
	if err != nil {
		return err
	}
	signed, err := catalogue.SignSnapshot(s, by)
	if err != nil {
		return err
	}
	if err := tx.AddCatalogue(ledger.Catalogue{Version: s.Version, JWS: []byte(signed.Head), Body: signed.Body, At: s.Made}); err != nil {
		return err
	}
	j, err := readJump(tx)
	if err != nil {
		return err
	}
	if err := tx.DropCatalogues(j.oldest(s.Version)); err != nil {
		return err
	}
	p.catalogue.Store(catalogue.New(s))
	return nil
}

// republish makes the next version out of the current one, inside fn's
// transaction.
func (p *Portal) republish(ctx context.Context, fn func(tx ledger.Tx, next *catalogue.Snapshot) error) error {
	if p.catchUp(ctx); p.behind.Load() {
		return dossier.Errorf(wire.CodeNoRoom, "the catalogue does not go on from the backup yet")
	}
	p.publish.Lock()
	defer p.publish.Unlock()
	if err := p.refreshLocked(ctx); err != nil {
		return err
	}
	old := p.catalogue.Load()
	err := p.store.Update(ctx, func(tx ledger.Tx) error {
		next := old.Snapshot()
		next.Version++
		next.Made = p.now()
		next.Procedures = slices.Clone(next.Procedures)
		next.Stations = slices.Clone(next.Stations)
		if err := fn(tx, &next); err != nil {
			return err
		}
		return p.addCatalogue(tx, next)
	})
	if err != nil {
		p.catalogue.Store(old)
		return err
	}
	p.hub.wake(everyone)
	return nil
}

// Publish makes s the next version of the catalogue, with the stations and host
// names that are known here. What no station could offer, and a procedure that
// changed without a new version, is dossier.CodeInvalid and changes nothing.
func (p *Portal) Publish(ctx context.Context, s catalogue.Snapshot) (version int, err error) {
	err = p.republish(ctx, func(_ ledger.Tx, next *catalogue.Snapshot) error {
		if err := s.Follows(*next); err != nil {
			return err
		}
		for _, h := range s.Hosts {
			if !slices.Contains(next.Hosts, h) {
				next.Hosts = append(slices.Clone(next.Hosts), h)
			}
		}
		next.Synthetic, next.Agencies, next.Topics, next.Procedures = s.Synthetic, s.Agencies, s.Topics, s.Procedures
		version = next.Version
		return next.Check()
	})
	if err != nil {
		return 0, fmt.Errorf("failed to publish a catalogue: %w", err)
	}
	p.log.Info("catalogue published", "catalogue", version)
	return version, nil
}

// Withdraw marks a procedure as withdrawn in a new version of the catalogue.
func (p *Portal) Withdraw(ctx context.Context, code string) (version int, err error) {
	err = p.republish(ctx, func(_ ledger.Tx, next *catalogue.Snapshot) error {
		for i := range next.Procedures {
			if next.Procedures[i].Code == code {
				next.Procedures[i].Withdrawn = true
				version = next.Version
				return nil
			}
		}
		return dossier.Errorf(dossier.CodeProcedureUnknown, "no such procedure")
	})
	if err == nil {
		p.log.Info("procedure withdrawn", "procedure", code, "catalogue", version)
	}
	return version, err
}

// loadStaff reads the staff list and signs the first.
func (p *Portal) loadStaff(ctx context.Context) error {
	return p.store.Update(ctx, func(tx ledger.Tx) error {
		data, err := tx.Document(docStaff)
		if errors.Is(err, ledger.ErrNotFound) {
			if data, err = p.firstStaff(); err == nil {
				err = tx.PutDocument(docStaff, data)
			}
		}
		if err != nil {
			return err
		}
		p.staffList.Store(newDocument(data, wire.TypeJWS))
		return nil
	})
}

// firstStaff signs the list of the staff the portal starts with.
func (p *Portal) firstStaff() ([]byte, error) {
	list := staff.List{Version: 1, Issued: p.now(), Counter: p.keys().counter.Recipient().String()}
	by, err := p.keys().signer(seal.UseStaff, list.Issued)
	if err != nil {
		return nil, err
	}
	var badges []Badge
	for _, person := range p.o.Staff {
		e, text, err := staff.New(person, p.keys().counter, by, p.o.StaffCost)
		if err != nil {
			return nil, err
		}
		list.Entries = append(list.Entries, e)
		badges = append(badges, Badge{Person: person, Text: text})
	}
	if p.o.OnBadges != nil && len(badges) > 0 {
		if err := p.o.OnBadges(badges); err != nil {
			return nil, err
		}
	}
	signed, err := staff.Sign(list, by)
	return []byte(signed), err
}

// procedureAt finds a procedure at the version that was in force when the
// dossier was made: in the current catalogue, else in an earlier one.
func (p *Portal) procedureAt(r ledger.Reader, ref dossier.ProcedureRef) (dossier.Procedure, error) {
	cur := p.catalogue.Load()
	now, err := cur.Procedure(ref.Code)
	if now.Code == ref.Code && now.Version == ref.Version {
		return now, nil // withdrawn or not: it was in force then
	}
	j, jerr := readJump(r)
	if jerr != nil {
		return dossier.Procedure{}, jerr
	}
	back, oldest := 0, j.oldest(cur.Version())
	for v := j.before(cur.Version()); v > 0 && v >= oldest && back < maxCataloguesBack; v = j.before(v) {
		c, cerr := r.Catalogue(v)
		if errors.Is(cerr, ledger.ErrNotFound) {
			continue
		}
		back++
		if cerr != nil {
			return dossier.Procedure{}, cerr
		}
		snap, cerr := p.openCatalogue(c)
		if cerr != nil {
			return dossier.Procedure{}, cerr
		}
		for _, old := range snap.Procedures {
			if old.Code == ref.Code && old.Version == ref.Version {
				return old, nil
			}
		}
	}
	if err == nil {
		err = dossier.Errorf(dossier.CodeProcedureUnknown, "procedure never had that version here")
	}
	return dossier.Procedure{}, err
}

// maxCataloguesBack bounds the search for an old version of a procedure.
const maxCataloguesBack = 100
