package portal

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"tramhoso/sync/catalogue"
	"tramhoso/sync/dossier"
	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/seal"
	"tramhoso/sync/staff"
	"tramhoso/sync/wire"
)

// document is something published, with its tag.
type document struct {
	data []byte
	tag  string
	kind string // media type
}

func newDocument(data []byte, kind string) *document {
	sum := sha256.Sum256(data)
	return &document{data: data, tag: hex.EncodeToString(sum[:8]), kind: kind}
}

// serve answers with ETag, If-None-Match and ranges.
func (d *document) serve(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", d.kind)
	w.Header().Set("ETag", `"`+d.tag+`"`)
	w.Header().Set("Cache-Control", "private, no-cache")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(d.data))
}

func (p *Portal) catalogueKeys() []*ecdsa.PublicKey {
	return p.keys.trust.KeysFor(seal.UseCatalogue, p.now())
}

// loadCatalogue indexes the latest catalogue and publishes the first.
func (p *Portal) loadCatalogue(ctx context.Context) error {
	var latest ledger.Catalogue
	err := p.store.View(ctx, func(r ledger.Reader) (err error) {
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
		return p.store.Update(ctx, func(tx ledger.Tx) error { return p.addCatalogue(tx, first) })
	}
	if err != nil {
		return err
	}
	snap, err := p.openCatalogue(latest)
	if err != nil {
		return err
	}
	p.catalogue.Store(catalogue.New(*snap))
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
	signed, err := catalogue.SignSnapshot(s, p.keys.catalogue)
	if err != nil {
		return err
	}
	if err := tx.AddCatalogue(ledger.Catalogue{Version: s.Version, JWS: []byte(signed.Head), Body: signed.Body, At: s.Made}); err != nil {
		return err
	}
	p.catalogue.Store(catalogue.New(s))
	return nil
}

// republish makes the next version out of the current one, inside fn's
// transaction.
func (p *Portal) republish(ctx context.Context, fn func(tx ledger.Tx, next *catalogue.Snapshot) error) error {
	p.publish.Lock()
	defer p.publish.Unlock()
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
	list := staff.List{Version: 1, Issued: p.now(), Counter: p.keys.counter.Recipient().String()}
	var badges []Badge
	for _, person := range p.o.Staff {
		e, text, err := staff.New(person, p.keys.counter, p.keys.staff, p.o.StaffCost)
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
	signed, err := staff.Sign(list, p.keys.staff)
	return []byte(signed), err
}

func (p *Portal) getCatalogue(w http.ResponseWriter, r *http.Request, _ ledger.Enrolment) error {
	var c ledger.Catalogue
	if err := p.store.View(r.Context(), func(v ledger.Reader) (err error) {
		c, err = v.LatestCatalogue()
		return err
	}); err != nil {
		return err
	}
	d := document{data: wire.EncodeFramed(wire.Framed{JWS: c.JWS, Body: c.Body}), tag: "v" + strconv.Itoa(c.Version), kind: wire.TypeCatalogue}
	d.serve(w, r)
	return nil
}

func (p *Portal) getDelta(w http.ResponseWriter, r *http.Request, _ ledger.Enrolment) error {
	from, err := strconv.ParseUint(r.URL.Query().Get("from"), 10, 31)
	if err != nil {
		return dossier.Errorf(dossier.CodeInvalid, "from: %w", err)
	}
	current := p.catalogue.Load().Snapshot()
	if int(from) == current.Version {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	var old ledger.Catalogue
	err = p.store.View(r.Context(), func(v ledger.Reader) (err error) {
		old, err = v.Catalogue(int(from))
		return err
	})
	if errors.Is(err, ledger.ErrNotFound) {
		return dossier.E(wire.CodeNoDelta, err)
	}
	if err != nil {
		return err
	}
	was, err := p.openCatalogue(old)
	if err != nil {
		return err
	}
	signed, err := catalogue.SignDelta(catalogue.Diff(*was, current), p.keys.catalogue)
	if err != nil {
		return err
	}
	d := newDocument(wire.EncodeFramed(wire.Framed{JWS: []byte(signed.Head), Body: signed.Body}), wire.TypeCatalogue)
	d.serve(w, r)
	return nil
}

func (p *Portal) getStaff(w http.ResponseWriter, r *http.Request, _ ledger.Enrolment) error {
	p.staffList.Load().serve(w, r)
	return nil
}

func (p *Portal) getTrust(w http.ResponseWriter, r *http.Request, _ ledger.Enrolment) error {
	newDocument(p.keys.bundle, wire.TypeJSON).serve(w, r)
	return nil
}

func (p *Portal) postTime(w http.ResponseWriter, r *http.Request) error {
	var q wire.TimeRequest
	if err := wire.DecodeJSON(r.Body, &q); err != nil {
		return err
	}
	if len(q.Nonce) < wire.MinNonceBytes || len(q.Nonce) > wire.MaxNonceBytes {
		return dossier.Errorf(dossier.CodeInvalid, "a nonce of %d bytes", len(q.Nonce))
	}
	jws, err := seal.SignJSON(wire.TimeClaim{Nonce: q.Nonce, Time: p.now()}, wire.TypTime, p.keys.time)
	if err != nil {
		return err
	}
	return writeJWS(w, http.StatusOK, jws)
}

// procedureAt finds a procedure at the version that was in force when the
// dossier was made: in the current catalogue, else in an earlier one.
func (p *Portal) procedureAt(r ledger.Reader, ref dossier.ProcedureRef) (dossier.Procedure, error) {
	cur := p.catalogue.Load()
	now, err := cur.Procedure(ref.Code)
	if now.Code == ref.Code && now.Version == ref.Version {
		return now, nil // withdrawn or not: it was in force then
	}
	for v := cur.Version() - 1; v > 0 && v > cur.Version()-maxCataloguesBack; v-- {
		c, cerr := r.Catalogue(v)
		if errors.Is(cerr, ledger.ErrNotFound) {
			continue
		}
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
