package inbox

import (
	"context"
	"fmt"

	"tramhoso/sync/dossier"
	"tramhoso/sync/store"
)

// openKept reads what the store keeps of an enrolled station's province. What
// cannot be read any more is dropped and told: the portal has it, and until it
// comes again no visit begins (CanSeal, Catalogue). It never keeps the station
// from starting.
func (p *Province) openKept(ctx context.Context) error {
	e, err := p.Enrolment()
	if err != nil {
		return err
	}
	doc, err := p.document(ctx, store.DocTrust)
	if err != nil {
		return err
	}
	if len(doc.Content) == 0 {
		return nil // lost before, and not come again
	}
	// What was verified when it was taken is verified with that time again: a
	// station whose clock is lost must still start.
	t, err := readTrust(doc.Content, e.Root, doc.At)
	if err != nil {
		return p.lose(ctx, "trust bundle", err, store.DocTrust)
	}
	p.mu.Lock()
	p.trust = t
	p.mu.Unlock()
	return p.openRest(ctx)
}

// openRest reads what only the trust bundle lets anybody believe.
func (p *Province) openRest(ctx context.Context) error {
	doc, err := p.document(ctx, store.DocStaff)
	if err != nil {
		return err
	}
	if len(doc.Content) > 0 {
		l, err := readStaff(string(doc.Content), p.Trust(), doc.At)
		if err == nil {
			p.mu.Lock()
			p.staff, p.staffTag = l, doc.Tag
			p.mu.Unlock()
		} else if err := p.lose(ctx, "staff list", err, store.DocStaff); err != nil {
			return err
		}
	}
	return p.openCatalogue(ctx)
}

// document is a kept one; none at all is an empty one.
func (p *Province) document(ctx context.Context, name store.DocumentName) (store.Document, error) {
	doc, err := p.store.Document(ctx, name)
	if dossier.CodeOf(err) == dossier.CodeNotFound {
		return store.Document{}, nil
	}
	return doc, err
}

// lose drops documents that cannot be read any more, and says so.
func (p *Province) lose(ctx context.Context, what string, why error, names ...store.DocumentName) error {
	empty := map[store.DocumentName]store.Document{}
	for _, n := range names {
		empty[n] = store.Document{Content: []byte{}}
	}
	if err := p.store.PutDocuments(ctx, empty); err != nil {
		return fmt.Errorf("failed to drop the %s, which cannot be read: %w", what, err)
	}
	p.store.Find(ctx, false, "the kept %s cannot be read (%v); it is fetched again", what, why)
	return nil
}
