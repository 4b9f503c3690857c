package portal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strconv"
	"sync"
	"time"

	"tramhoso/sync/catalogue"
	"tramhoso/sync/dossier"
	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/seal"
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

// documents keeps what every station asks for after a new catalogue: the whole of
// it and the deltas that lead to it, so that a thousand stations cost one
// comparison. It is ready for use.
type documents struct {
	mu     sync.Mutex
	to     *catalogue.Catalogue // what they lead to
	whole  *document
	deltas map[int]*document
}

// maxDeltas bounds the deltas at hand; stations are seldom at more versions.
const maxDeltas = 32

// of empties d where the catalogue is another one. The caller holds d.mu.
func (d *documents) of(c *catalogue.Catalogue) {
	if d.to != c || len(d.deltas) >= maxDeltas {
		d.to, d.whole, d.deltas = c, nil, map[int]*document{}
	}
}

func (p *Portal) getCatalogue(w http.ResponseWriter, r *http.Request, _ ledger.Enrolment) error {
	if err := p.refresh(r.Context()); err != nil {
		return err
	}
	d, err := p.wholeCatalogue(r)
	if err != nil {
		return err
	}
	d.serve(w, r)
	return nil
}

func (p *Portal) wholeCatalogue(r *http.Request) (*document, error) {
	p.documents.mu.Lock()
	defer p.documents.mu.Unlock()
	current := p.catalogue.Load()
	p.documents.of(current)
	if p.documents.whole != nil {
		return p.documents.whole, nil
	}
	var c ledger.Catalogue
	if err := p.store.View(r.Context(), func(v ledger.Reader) (err error) {
		c, err = v.Catalogue(current.Version())
		return err
	}); err != nil {
		return nil, err
	}
	p.documents.whole = newDocument(wire.EncodeFramed(wire.Framed{JWS: c.JWS, Body: c.Body}), wire.TypeCatalogue)
	return p.documents.whole, nil
}

func (p *Portal) getDelta(w http.ResponseWriter, r *http.Request, _ ledger.Enrolment) error {
	from, err := strconv.ParseUint(r.URL.Query().Get("from"), 10, 31)
	if err != nil {
		return dossier.Errorf(dossier.CodeInvalid, "from: %w", err)
	}
	if err := p.refresh(r.Context()); err != nil {
		return err
	}
	if int(from) == p.catalogue.Load().Version() {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	d, err := p.delta(r, int(from))
	if err != nil {
		return err
	}
	d.serve(w, r)
	return nil
}

func (p *Portal) delta(r *http.Request, from int) (*document, error) {
	p.documents.mu.Lock()
	defer p.documents.mu.Unlock()
	current := p.catalogue.Load()
	p.documents.of(current)
	if d, ok := p.documents.deltas[from]; ok {
		return d, nil
	}
	if from > current.Version() {
		return nil, dossier.Errorf(wire.CodeNoDelta, "version %d was never published here", from)
	}
	var old ledger.Catalogue
	err := p.store.View(r.Context(), func(v ledger.Reader) (err error) {
		old, err = v.Catalogue(from)
		return err
	})
	if errors.Is(err, ledger.ErrNotFound) {
		return nil, dossier.E(wire.CodeNoDelta, err)
	}
	if err != nil {
		return nil, err
	}
	was, err := p.openCatalogue(old)
	if err != nil {
		return nil, err
	}
	by, err := p.keys().signer(seal.UseCatalogue, p.now())
	if err != nil {
		return nil, err
	}
	signed, err := catalogue.SignDelta(catalogue.Diff(*was, current.Snapshot()), by)
	if err != nil {
		return nil, err
	}
	d := newDocument(wire.EncodeFramed(wire.Framed{JWS: []byte(signed.Head), Body: signed.Body}), wire.TypeCatalogue)
	p.documents.deltas[from] = d
	return d, nil
}

func (p *Portal) getStaff(w http.ResponseWriter, r *http.Request, _ ledger.Enrolment) error {
	p.staffList.Load().serve(w, r)
	return nil
}

func (p *Portal) getTrust(w http.ResponseWriter, r *http.Request, _ ledger.Enrolment) error {
	newDocument(p.keys().bundle, wire.TypeJSON).serve(w, r)
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
	at := p.now()
	jws, err := p.keys().sign(seal.UseTime, at, wire.TimeClaim{Nonce: q.Nonce, Time: at}, wire.TypTime)
	if err != nil {
		return err
	}
	return writeJWS(w, http.StatusOK, jws)
}
