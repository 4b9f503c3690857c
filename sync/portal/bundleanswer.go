package portal

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"

	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/seal"
	"tramhoso/sync/wire"
)

// answerBundles makes the one answer to all bundles of one station, sealed to
// that station: what its packets were answered, its events, and the documents it
// does not have.
func (p *Portal) answerBundles(ctx context.Context, parcels []*parcel) (id string, sealed []byte, err error) {
	slices.SortStableFunc(parcels, func(a, b *parcel) int { return b.claim.At.Compare(a.claim.At) })
	newest := parcels[0].claim
	claim := wire.AnswerClaim{ID: newest.ID, Station: newest.Station}
	var body wire.AnswerBody
	told := map[string]bool{}
	for _, pc := range parcels {
		claim.Answers = append(claim.Answers, pc.claim.ID)
		for _, r := range pc.results {
			if !told[r.ID] && len(body.News.Results) < wire.MaxAnswerResults {
				told[r.ID] = true
				body.News.Results = append(body.News.Results, r)
			}
		}
	}
	if hasNews := slices.ContainsFunc(parcels, func(pc *parcel) bool { return len(pc.claim.Files) == 0 }); !hasNews {
		return p.answerFiles(ctx, parcels, claim, body)
	}
	body.Trust, body.Staff = p.newer(newest)
	claim.Hints.Staff = p.staffList.Load().tag
	if err := p.store.View(ctx, func(r ledger.Reader) error { return p.answerNews(r, parcels, &claim, &body) }); err != nil {
		return "", nil, err
	}
	return p.sealAnswer(parcels[0].from, claim, body)
}

// answerFiles answers bundles that brought attachments: with receipts only. The
// bundle of packets that an export writes before them asks for news.
func (p *Portal) answerFiles(ctx context.Context, parcels []*parcel, claim wire.AnswerClaim, body wire.AnswerBody) (id string, sealed []byte, err error) {
	if err := p.store.View(ctx, func(r ledger.Reader) (err error) {
		if claim.Epoch, err = r.Epoch(); err != nil {
			return err
		}
		e, err := r.Enrolment(parcels[0].from.ID)
		claim.Counter, claim.Durable = e.Receipts, e.Durable
		return errors.Join(err, present(r, body.News.Results))
	}); err != nil {
		return "", nil, err
	}
	return p.sealAnswer(parcels[0].from, claim, body)
}

// present brings results up to date: a packet has become whole since it was
// taken in, if its attachments came after it.
func present(r ledger.Reader, results []wire.BatchResult) error {
	for i, one := range results {
		if one.Receipt == "" {
			continue
		}
		pk, err := r.Packet(one.ID)
		if err != nil {
			return err
		}
		results[i].Receipt = pk.Receipt
	}
	return nil
}

func (p *Portal) sealAnswer(to ledger.Enrolment, claim wire.AnswerClaim, body wire.AnswerBody) (id string, sealed []byte, err error) {
	raw, err := wire.EncodeAnswerBody(body)
	if err != nil {
		return "", nil, err
	}
	sum := sha256.Sum256(raw)
	claim.Digest, claim.At = hex.EncodeToString(sum[:]), p.now()
	signed, err := p.keys().sign(seal.UseReceipt, claim.At, claim, wire.TypBundleAnswer)
	if err != nil {
		return "", nil, err
	}
	sealed, err = seal.SealBundle(wire.EncodeAnswer(signed, raw), to.EventKey)
	if err != nil {
		return "", nil, err
	}
	p.log.Info("bundle answered", "id", claim.ID, "station", claim.Station, "results", len(body.News.Results), "events", len(body.News.Events))
	return claim.ID, sealed, nil
}

// newer returns the trust bundle and the staff list where the station has others.
func (p *Portal) newer(c wire.BundleClaim) (trust, staff []byte) {
	if c.Trust < p.keys().trust.Version {
		trust = p.keys().bundle
	}
	if list := p.staffList.Load(); list.tag != c.Known.Staff {
		staff = list.data
	}
	return trust, staff
}

// answerNews fills in what one moment of the ledger says.
func (p *Portal) answerNews(r ledger.Reader, parcels []*parcel, claim *wire.AnswerClaim, body *wire.AnswerBody) error {
	e, err := r.Enrolment(parcels[0].from.ID)
	if err != nil {
		return err
	}
	if claim.Epoch, err = r.Epoch(); err != nil {
		return err
	}
	claim.Counter, claim.Durable = e.Receipts, e.Durable
	if err := present(r, body.News.Results); err != nil {
		return err
	}
	var after uint64 // the highest that any of them says was applied: it only grows
	for _, pc := range parcels {
		if pc.claim.Epoch == claim.Epoch {
			after = max(after, pc.claim.N)
		}
	}
	events, err := r.Events(e.ID, after, wire.MaxAnswerEvents, wire.MaxAnswerEventBytes)
	if err != nil {
		return err
	}
	for _, ev := range events {
		body.News.Events = append(body.News.Events, wire.SealedEvent{N: ev.N, Sealed: ev.Sealed})
	}
	latest, err := r.LatestCatalogue()
	if err != nil {
		return err
	}
	claim.Hints.Catalogue = latest.Version
	known := slices.MaxFunc(parcels, func(a, b *parcel) int { return cmp.Compare(a.claim.Known.Catalogue, b.claim.Known.Catalogue) })
	if latest.Version > known.claim.Known.Catalogue {
		body.Catalogue = wire.EncodeFramed(wire.Framed{JWS: latest.JWS, Body: latest.Body})
	}
	return nil
}
