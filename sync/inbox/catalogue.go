package inbox

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"time"

	"tramhoso/sync/catalogue"
	"tramhoso/sync/client"
	"tramhoso/sync/dossier"
	"tramhoso/sync/seal"
	"tramhoso/sync/store"
	"tramhoso/sync/wire"
)

// A station keeps what the province signed: one snapshot and the deltas behind
// it, which are applied again at every start. Past these limits the whole comes
// anew.
const (
	deltasMost = 32          // applied within a fifth of a second at the start
	deltaShare = 2           // their bytes: at most this part of the snapshot's …
	deltaFloor = 256 << 10   // … or this much, where the snapshot is small
	frameMost  = 64<<20 + 99 // of one kept delta: wire.MaxCatalogueBytes and its head
)

// chain is what is kept behind the snapshot.
type chain struct {
	base   int // bytes of the snapshot
	deltas int
	raw    []byte // as kept
}

func (c chain) full() bool {
	return c.deltas >= deltasMost || len(c.raw) > max(c.base/deltaShare, deltaFloor)
}

// with appends a delta that was verified at a time. The keys of that time verify
// it again.
func (c chain) with(delta []byte, at time.Time) chain {
	raw := bytes.Clone(c.raw)
	raw = binary.AppendVarint(raw, at.UnixMilli())
	c.raw = wire.AppendFrame(raw, delta)
	c.deltas++
	return c
}

// openCatalogue reads the kept snapshot and the deltas behind it; none is no
// error. A delta that cannot be read ends the chain: the portal has it again.
func (p *Province) openCatalogue(ctx context.Context) error {
	doc, err := p.store.Document(ctx, store.DocCatalogue)
	if dossier.CodeOf(err) == dossier.CodeNotFound || err == nil && len(doc.Content) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	trust := p.Trust()
	snap, err := readCatalogue(doc.Content, trust, doc.At)
	if err != nil {
		return p.lose(ctx, "catalogue", err, store.DocCatalogue, store.DocDeltas)
	}
	kept := chain{base: len(doc.Content)}
	deltas, err := p.store.Document(ctx, store.DocDeltas)
	if err != nil && dossier.CodeOf(err) != dossier.CodeNotFound {
		return err
	}
	for rest := deltas.Content; len(rest) > 0; {
		ms, n := binary.Varint(rest)
		if n <= 0 {
			break
		}
		size, m := binary.Uvarint(rest[n:])
		if m <= 0 || size > frameMost || uint64(len(rest)-n-m) < size {
			break
		}
		body := rest[n+m : n+m+int(size)]
		at := time.UnixMilli(ms)
		d, err := readDelta(body, trust, at)
		if err != nil {
			break
		}
		next, err := snap.Apply(*d)
		if err != nil {
			break
		}
		snap, kept = &next, kept.with(body, at)
		rest = rest[n+m+int(size):]
	}
	p.putCatalogue(catalogue.New(*snap), doc.Tag, kept)
	return nil
}

func readCatalogue(content []byte, t *seal.Trust, at time.Time) (*catalogue.Snapshot, error) {
	f, err := wire.DecodePacket(bytes.NewReader(content), wire.CatalogueLimits)
	if err != nil {
		return nil, err
	}
	return catalogue.OpenSnapshot(catalogue.Signed{Head: string(f.JWS), Body: f.Body}, t.KeysFor(seal.UseCatalogue, at))
}

func readDelta(content []byte, t *seal.Trust, at time.Time) (*catalogue.Delta, error) {
	f, err := wire.DecodePacket(bytes.NewReader(content), wire.CatalogueLimits)
	if err != nil {
		return nil, err
	}
	return catalogue.OpenDelta(catalogue.Signed{Head: string(f.JWS), Body: f.Body}, t.KeysFor(seal.UseCatalogue, at))
}

// fetchCatalogue brings the catalogue up to date: by a delta where the portal
// has one that leads on from here, else whole.
func (in *Inbox) fetchCatalogue(ctx context.Context, portal Portal, known int) (bool, error) {
	if known > 0 && !in.c.Province.chainFull() {
		f, err := portal.Delta(ctx, known)
		if err == nil && f.Fresh {
			err = in.c.Province.takeDelta(ctx, f)
		}
		switch dossier.CodeOf(err) {
		case wire.CodeNoDelta, wire.CodeTooLarge, dossier.CodeNotFound, dossier.CodeInvalid, dossier.CodeConflict:
			in.c.Log.Warn("no delta leads on from this catalogue: fetching the whole", "catalogue", known, "err", err)
		default:
			return err == nil && f.Fresh, err
		}
	}
	return in.fetchWhole(ctx, portal)
}

// fetchWhole fetches the catalogue step by step; what has come is written down,
// so that neither a cut line nor a power cut begins anew.
func (in *Inbox) fetchWhole(ctx context.Context, portal Portal) (bool, error) {
	p := in.c.Province
	part, err := p.part(ctx)
	if err != nil {
		return false, err
	}
	for {
		f, err := portal.Catalogue(ctx, p.catalogueTag(), part)
		grown := f.Part && f.Tag != "" && (f.Tag != part.Tag || len(f.Body) > len(part.Body))
		if grown {
			part = f
			err = errors.Join(err, p.keepPart(context.WithoutCancel(ctx), part))
		}
		var t *client.Error
		switch {
		case errors.As(err, &t) && t.Refused(), dossier.CodeOf(err) == dossier.CodeInvalid:
			return false, errors.Join(err, p.keepPart(ctx, client.Fetched{})) // what is kept is of no use
		case err != nil:
			return false, err
		case f.Part && !grown:
			return false, dossier.Errorf(dossier.CodeInvalid, "the rest of the catalogue does not come")
		case f.Part:
			continue
		case !f.Fresh:
			return false, nil
		}
		if err := p.takeCatalogue(ctx, f); err != nil {
			return false, errors.Join(err, p.keepPart(ctx, client.Fetched{}))
		}
		return true, nil
	}
}

// part is the beginning of a catalogue that is kept.
func (p *Province) part(ctx context.Context) (client.Fetched, error) {
	doc, err := p.store.Document(ctx, store.DocPart)
	if dossier.CodeOf(err) == dossier.CodeNotFound || err == nil && doc.Tag == "" {
		return client.Fetched{}, nil
	}
	return client.Fetched{Part: true, Tag: doc.Tag, Body: doc.Content}, err
}

func (p *Province) keepPart(ctx context.Context, f client.Fetched) error {
	return p.store.PutDocuments(ctx, map[store.DocumentName]store.Document{store.DocPart: partDocument(f)})
}

func partDocument(f client.Fetched) store.Document {
	if f.Tag == "" {
		f.Body = nil
	}
	return store.Document{Tag: f.Tag, Content: append([]byte{}, f.Body...)}
}

// catalogueTag is the tag of the snapshot that is kept.
func (p *Province) catalogueTag() string {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.catTag
}

func (p *Province) chainFull() bool {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.chain.full()
}

// takeCatalogue keeps a newer catalogue in place of the one before and of the
// deltas behind that.
func (p *Province) takeCatalogue(ctx context.Context, f client.Fetched) error {
	p.taking.Lock()
	defer p.taking.Unlock()
	if p.Trust() == nil {
		return p.without("trust bundle")
	}
	snap, err := readCatalogue(f.Body, p.Trust(), p.now())
	if err != nil {
		return fmt.Errorf("failed to take a catalogue: %w", err)
	}
	if old, err := p.Catalogue(); err == nil && snap.Version < old.Version() {
		return dossier.Errorf(dossier.CodeInvalid, "catalogue %d, here is %d: %w", snap.Version, old.Version(), errOlder)
	}
	tag := f.Tag
	if tag == "" {
		tag = strconv.Itoa(snap.Version)
	}
	at := p.now()
	if err := p.store.PutDocuments(ctx, map[store.DocumentName]store.Document{
		store.DocCatalogue: {Tag: tag, Content: f.Body, At: at},
		store.DocDeltas:    {Content: []byte{}, At: at},
		store.DocPart:      partDocument(client.Fetched{}),
	}); err != nil {
		return err
	}
	p.putCatalogue(catalogue.New(*snap), tag, chain{base: len(f.Body)})
	return nil
}

// takeDelta keeps a delta that leads on from the catalogue that is here.
func (p *Province) takeDelta(ctx context.Context, f client.Fetched) error {
	p.taking.Lock()
	defer p.taking.Unlock()
	at := p.now()
	d, err := readDelta(f.Body, p.Trust(), at)
	if err != nil {
		return fmt.Errorf("failed to take a delta: %w", err)
	}
	old, err := p.Catalogue()
	if err != nil {
		return err
	}
	next, err := old.Snapshot().Apply(*d)
	if err != nil {
		return fmt.Errorf("failed to take a delta: %w", err)
	}
	p.mu.RLock()
	tag, kept := p.catTag, p.chain.with(f.Body, at)
	p.mu.RUnlock()
	if err := p.store.PutDocuments(ctx, map[store.DocumentName]store.Document{store.DocDeltas: {Content: kept.raw, At: at}}); err != nil {
		return err
	}
	p.putCatalogue(catalogue.New(next), tag, kept)
	return nil
}

func (p *Province) putCatalogue(c *catalogue.Catalogue, tag string, kept chain) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.catalogue, p.catTag, p.chain = c, tag, kept
}
