package portal

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/wire"
)

// How long what is kept, from the day that it is of no more use to anybody. A
// province with other rules sets Options.Keep.
const (
	// keepContent is for the content of a dossier that has ended, and of packets
	// that belong to none (cash, custody, ratings): the five years within which
	// an administrative decision is disputed and audited.
	keepContent = 5 * year
	// keepUploadRows is for the row that says why an upload begins anew.
	keepUploadRows = 30 * day
	// keepTokens is for used and expired tokens: who became what, for a year's audit.
	keepTokens = year
	// keepEvents is for the events of a revoked station, which nobody can ask for.
	keepEvents = year

	day  = 24 * time.Hour
	year = 366 * day
)

// Keep says how long content stays; zero is the default.
type Keep struct {
	Content time.Duration
	Backups int // copies of the ledger, the newest among them
}

// sweepBatch bounds one transaction of a sweep: packets come in between.
const sweepBatch = 50

// sweepEvery is how often a portal that serves sweeps.
const sweepEvery = day

// Swept is what a sweep did.
type Swept struct {
	Packets int // bodies destroyed, their attachments with them
	Files   int // attachments destroyed
	Uploads int // given up, or their rows forgotten
	Tokens  int
	Events  int
	Keys    int // private keys that nothing needs any more
}

// Sweep destroys what was kept long enough. Of every packet stay head, digest and
// receipt, for good: it may come again after years, from a stick in a drawer, and
// is answered as it was the first time. It is safe beside running calls, and may
// be broken off anywhere.
func (p *Portal) Sweep(ctx context.Context) (done Swept, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("failed to sweep: %w", err)
		}
	}()
	now := p.now()
	if err := p.sweepContent(ctx, now, &done); err != nil {
		return done, err
	}
	for {
		n, err := p.expire(ctx)
		if err != nil {
			return done, err
		}
		if done.Uploads += n; n < expireBatch {
			break
		}
	}
	if _, err := p.listCarried(0); err != nil { // of nobody: what has expired goes as it is met
		return done, err
	}
	err = p.store.Update(ctx, func(tx ledger.Tx) error {
		uploads, uerr := tx.DropUploads(now.Add(-uploadLife - keepUploadRows))
		tokens, terr := tx.DropTokens(now.Add(-keepTokens))
		events, eerr := tx.DropEvents(now.Add(-keepEvents))
		done.Uploads, done.Tokens, done.Events = done.Uploads+uploads, tokens, events
		return errors.Join(uerr, terr, eerr)
	})
	if err == nil {
		done.Keys, err = p.destroyRetired(ctx)
	}
	if err == nil && done != (Swept{}) {
		p.log.Info("swept", "packets", done.Packets, "files", done.Files, "uploads", done.Uploads, "tokens", done.Tokens, "events", done.Events, "keys", done.Keys)
	}
	return done, err
}

func (p *Portal) sweepContent(ctx context.Context, now time.Time, done *Swept) error {
	before := now.Add(-p.o.Keep.Content)
	for {
		var list []ledger.Packet
		if err := p.store.View(ctx, func(v ledger.Reader) error {
			ended, err := v.EndedDossiers(before, sweepBatch)
			if err != nil {
				return err
			}
			for _, id := range ended {
				root, err := v.Packet(id)
				if err != nil {
					return err
				}
				of, err := packetsOf(v, root)
				if err != nil {
					return err
				}
				// The dossier itself last: as long as it is there, it is found again.
				list = append(append(list, of[1:]...), root)
			}
			stray, err := v.StrayPackets(before, sweepBatch)
			for _, id := range stray {
				pk, perr := v.Packet(id)
				err = errors.Join(err, perr)
				list = append(list, pk)
			}
			return err
		}); err != nil || len(list) == 0 {
			return err
		}
		for _, pk := range list {
			if err := p.destroy(ctx, pk, now, done); err != nil {
				return err
			}
		}
	}
}

// destroy destroys a packet's files, then its body: where it is broken off between,
// the next sweep finds the packet again.
func (p *Portal) destroy(ctx context.Context, pk ledger.Packet, now time.Time, done *Swept) error {
	if !pk.DestroyedAt.IsZero() { // with another dossier that it was about
		return nil
	}
	for _, f := range pk.Files {
		if err := p.destroyFile(ctx, wire.FileName{Packet: pk.ID, SHA256: f.SHA256}); err != nil {
			return err
		}
		done.Files++
	}
	done.Packets++
	return p.store.Update(ctx, func(tx ledger.Tx) error { return tx.Destroy(pk.ID, now) })
}

func (p *Portal) destroyFile(ctx context.Context, name wire.FileName) error {
	release, err := p.writing.take(ctx, name, nil)
	if err != nil {
		return err
	}
	defer release()
	return p.files.Remove(ctx, name.Packet, name.SHA256)
}

// sweepDaily sweeps until ctx ends.
func (p *Portal) sweepDaily(ctx context.Context) {
	t := time.NewTicker(sweepEvery)
	defer t.Stop()
	for {
		p.warnOfKeys()
		if _, err := p.Sweep(ctx); err != nil && ctx.Err() == nil {
			p.log.Error("what has outlived its time stays for today", "err", err)
		}
		if err := p.resign(ctx); err != nil && ctx.Err() == nil {
			p.log.Error("what another key should sign is not signed yet", "err", err)
		}
		select {
		case <-t.C:
		case <-ctx.Done():
			return
		}
	}
}
