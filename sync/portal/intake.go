package portal

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"

	"tramhoso/sync/dossier"
	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/seal"
	"tramhoso/sync/wire"
)

// changes collects whom to wake after the commit.
type changes struct{ enrolments []int64 }

func (c *changes) add(id int64) {
	if !slices.Contains(c.enrolments, id) {
		c.enrolments = append(c.enrolments, id)
	}
}

// update runs fn in a transaction and wakes the stations it has news for.
func (p *Portal) update(ctx context.Context, fn func(tx ledger.Tx, ch *changes) error) error {
	var ch changes
	if err := p.store.Update(ctx, func(tx ledger.Tx) error { return fn(tx, &ch) }); err != nil {
		return err
	}
	p.hub.wake(ch.enrolments...)
	return nil
}

func (p *Portal) putPacket(w http.ResponseWriter, r *http.Request, _ ledger.Enrolment) error {
	id := r.PathValue("id")
	if !wire.ValidID(id) {
		return dossier.Errorf(dossier.CodeInvalid, "not a packet id")
	}
	f, err := wire.DecodePacket(r.Body, wire.PacketLimits)
	if err != nil {
		return err
	}
	head, err := seal.Peek(f.JWS)
	if err != nil {
		return err
	}
	if head.ID != id {
		return dossier.Errorf(dossier.CodeInvalid, "the head names another packet than the address")
	}
	pk, status, err := p.Receive(r.Context(), f)
	if err != nil {
		return err
	}
	return writeJWS(w, status, pk.Receipt)
}

func (p *Portal) getPacket(w http.ResponseWriter, r *http.Request, e ledger.Enrolment) error {
	var pk ledger.Packet
	err := p.store.View(r.Context(), func(v ledger.Reader) (err error) {
		pk, err = v.Packet(r.PathValue("id"))
		return notFound(err)
	})
	if err != nil {
		return err
	}
	if pk.Enrolment != e.ID {
		return dossier.Errorf(wire.CodeNotYours, "another station's packet")
	}
	return writeJSON(w, http.StatusOK, wire.PacketState{ID: pk.ID, State: pk.State, Missing: pk.Missing(), Receipt: pk.Receipt})
}

func (p *Portal) postBatch(w http.ResponseWriter, r *http.Request, _ ledger.Enrolment) error {
	w.Header().Set("Accept-Post", wire.AcceptPost)
	var b interface{ Next() (wire.Framed, error) } = wire.NewBatchReader(r.Body, wire.PacketLimits)
	if r.Header.Get("Content-Type") == wire.TypePacked {
		b = wire.NewPackedReader(r.Body, wire.PacketLimits)
	}
	var answer wire.BatchAnswer
	add := func(id string, pk ledger.Packet, status int, err error) {
		res := wire.BatchResult{ID: id, Status: status, Receipt: pk.Receipt}
		if err != nil {
			prob := problemOf(err)
			res = wire.BatchResult{ID: id, Status: prob.Status, Problem: &prob}
		}
		answer.Results = append(answer.Results, res)
	}
	for {
		f, err := b.Next()
		if errors.Is(err, io.EOF) && dossier.CodeOf(err) == "" {
			break
		}
		var item *wire.ItemError
		switch {
		case errors.As(err, &item):
			add("", ledger.Packet{}, 0, err)
			continue
		case err != nil && len(answer.Results) == 0:
			return err
		case err != nil: // what came before it is safe, and said so
			add("", ledger.Packet{}, 0, err)
			return answerJSON(w, r, answer)
		}
		head, err := seal.Peek(f.JWS)
		if err != nil {
			add("", ledger.Packet{}, 0, err)
			continue
		}
		pk, status, err := p.Receive(r.Context(), f)
		add(head.ID, pk, status, err)
	}
	return answerJSON(w, r, answer)
}

// Receive takes in one packet, whoever carried it: the packet's own signature is
// the authority. It answers 201 for a new packet, 200 for one that is here.
func (p *Portal) Receive(ctx context.Context, f wire.Framed) (ledger.Packet, int, error) {
	claimed, err := seal.Peek(f.JWS)
	if err != nil {
		return ledger.Packet{}, 0, err
	}
	digest := seal.Digest(f.JWS, f.Body)
	var known ledger.Packet
	var from ledger.Enrolment
	if err := p.store.View(ctx, func(r ledger.Reader) error {
		if known, err = r.Packet(claimed.ID); err != nil && !errors.Is(err, ledger.ErrNotFound) {
			return err
		}
		s, err := r.Station(claimed.Station)
		if errors.Is(err, ledger.ErrNotFound) || err == nil && s.Current == 0 {
			return dossier.Errorf(dossier.CodeInvalid, "a packet of a station that is not enrolled")
		}
		if err != nil {
			return err
		}
		from, err = r.Enrolment(s.Current)
		return err
	}); err != nil {
		return ledger.Packet{}, 0, err
	}
	if replaysAreKnown && known.Digest == digest { // the very bytes that were verified the first time
		return known, http.StatusOK, nil
	}
	key, err := packetKey(from)
	if err != nil {
		return ledger.Packet{}, 0, err
	}
	head := claimed
	if signaturesAreVerified {
		if head, err = seal.Verify(f.JWS, f.Body, key); err != nil {
			return ledger.Packet{}, 0, err
		}
	}
	var pk ledger.Packet
	status := http.StatusCreated
	err = p.update(ctx, func(tx ledger.Tx, ch *changes) error {
		was, err := tx.Packet(head.ID)
		switch {
		case replaysAreKnown && err == nil && was.Digest == digest: // came twice at once
			pk, status = was, http.StatusOK
			return nil
		case err == nil:
			return dossier.Errorf(dossier.CodeConflict, "this id came with other content")
		case !errors.Is(err, ledger.ErrNotFound):
			return err
		}
		pk, err = p.keep(tx, head, f, digest, from, ch)
		return err
	})
	if err == nil && status == http.StatusCreated && !effectsAreInside {
		err = p.update(ctx, func(tx ledger.Tx, ch *changes) error { return p.apply(tx, pk, pk.ID, ch) })
	}
	if err != nil && (receiptsWait || pk.Receipt == "") {
		return ledger.Packet{}, 0, err
	}
	if status == http.StatusCreated {
		p.log.Info("packet", "id", pk.ID, "station", pk.Station, "seq", pk.Seq, "kind", pk.Kind, "counter", pk.Counter,
			"quarantine", pk.Quarantine, "shelved", pk.Shelved)
	}
	return pk, status, nil
}

func packetKey(e ledger.Enrolment) (*ecdsa.PublicKey, error) {
	key, err := x509.ParsePKIXPublicKey(e.PacketKey)
	if err != nil {
		return nil, fmt.Errorf("failed to read a station's packet key: %w", err)
	}
	pub, ok := key.(*ecdsa.PublicKey)
	if !ok {
		return nil, errors.New("failed to read a station's packet key: not ECDSA")
	}
	return pub, nil
}

// keep stores a verified packet with its receipt and its effect.
func (p *Portal) keep(tx ledger.Tx, h dossier.Head, f wire.Framed, digest string, from ledger.Enrolment, ch *changes) (ledger.Packet, error) {
	now := p.now()
	pk := ledger.Packet{
		ID: h.ID, Station: h.Station, Enrolment: from.ID, Seq: h.Seq, Kind: h.Kind, Parent: h.Parent,
		Recipient: h.Recipient, Digest: digest, JWS: bytes.Clone(f.JWS), Body: bytes.Clone(f.Body), ReceivedAt: now, State: wire.StateWhole,
	}
	if h.Procedure != nil {
		pk.Procedure = *h.Procedure
	}
	for _, a := range h.Attachments {
		pk.Files = append(pk.Files, ledger.File{Attachment: a})
		pk.State = wire.StateHeld
	}
	if !from.RevokedAt.IsZero() {
		pk.Quarantine = string(dossier.AsideRevoked)
	}
	twins, err := tx.PacketsBySeq(from.ID, h.Seq)
	if err != nil {
		return pk, err
	}
	if len(twins) > 0 {
		pk.Quarantine = string(dossier.AsideClone)
		p.log.Warn("clone alarm", "station", h.Station, "seq", h.Seq, "first", twins[0], "second", h.ID)
		if err := tx.AddAlarm(ledger.Alarm{Station: h.Station, Enrolment: from.ID, Seq: h.Seq, First: twins[0], Second: h.ID, At: now}); err != nil {
			return pk, err
		}
	}
	root, err := p.plan(tx, &pk)
	if err != nil {
		return pk, err
	}
	if pk.Counter, err = tx.NextReceipt(from.ID); err != nil {
		return pk, err
	}
	if pk.Receipt, err = p.sign(pk, from); err != nil {
		return pk, err
	}
	if err := tx.AddPacket(pk); err != nil {
		return pk, err
	}
	if !effectsAreInside {
		return pk, nil
	}
	return pk, p.apply(tx, pk, root, ch)
}

// apply lets a stored packet take effect, and what waited for it.
func (p *Portal) apply(tx ledger.Tx, pk ledger.Packet, root string, ch *changes) error {
	if err := p.effect(tx, pk, root, ch); err != nil {
		return err
	}
	if pk.Shelved {
		return nil
	}
	return p.unshelve(tx, pk.ID, ch)
}
