package portal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"tramhoso/sync/durable"
	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/seal"
)

// keysEvery is how often a portal that serves looks whether its keys are others: a
// new key holds two days later as a rule, and a leaked one should be gone at once.
const keysEvery = 2 * time.Second

// keys is the province's keys as they are now. Whoever needs two that belong
// together asks once.
func (p *Portal) keys() *province { return p.held.Load() }

// TakeKeys takes up what a rotation or a sweep beside this portal changed in its
// key folder, and lets go of private keys that were destroyed. What cannot be read,
// or is older than what is held, changes nothing.
func (p *Portal) TakeKeys(ctx context.Context) (taken bool, err error) {
	p.taking.Lock()
	defer p.taking.Unlock()
	held, dir := p.keys(), filepath.Join(p.o.Dir, "keys")
	changed, err := held.changed(dir)
	if err != nil || !changed {
		return false, err
	}
	next, err := openKept(p.o.Dir, p.o.Province, p.o.Clock.Now())
	if err != nil {
		return false, fmt.Errorf("failed to take up the province's keys: %w", err)
	}
	if next.fingerprint != held.fingerprint || next.trust.Version < held.trust.Version {
		return false, fmt.Errorf("failed to take up the province's keys: version %d is of another root or older than %d", next.trust.Version, held.trust.Version)
	}
	p.held.Store(next)
	p.log.Info("the province's keys are others", "version", next.trust.Version, "private", len(next.openers))
	if err := p.resign(ctx); err != nil { // a full disk: it is tried again every day
		p.log.Error("what another key should sign is not signed yet", "err", err)
	}
	return true, nil
}

// changed says whether the folder holds another bundle, or fewer private keys.
func (p *province) changed(dir string) (bool, error) {
	bundle, err := os.ReadFile(filepath.Join(dir, fileTrust))
	if err != nil {
		return false, fmt.Errorf("failed to look at the trust bundle: %w", err)
	}
	if !bytes.Equal(bundle, p.bundle) {
		return true, nil
	}
	gone := func(file string) bool {
		_, err := os.Stat(filepath.Join(dir, file))
		return errors.Is(err, fs.ErrNotExist)
	}
	for _, o := range p.openers {
		if gone(recipientFile(o.id)) {
			return true, nil
		}
	}
	for i, a := range p.authorities {
		if a.key != nil && gone(authorityFile(i+1)) {
			return true, nil
		}
	}
	return false, nil
}

// watchKeys takes up other keys until ctx ends. A folder that stays unreadable is
// told once: the portal goes on with what it holds.
func (p *Portal) watchKeys(ctx context.Context) {
	t := time.NewTicker(keysEvery)
	defer t.Stop()
	told := ""
	for {
		select {
		case <-t.C:
		case <-ctx.Done():
			return
		}
		_, err := p.TakeKeys(ctx)
		switch {
		case err == nil:
			told = ""
		case ctx.Err() == nil && told != err.Error():
			told = err.Error()
			p.log.Error("other keys are not taken up", "err", err)
		}
	}
}

// destroyRetired destroys the private keys of recipients that nothing kept here
// can need any more: they ended, and the time in which a station may still have
// sealed to them and content is kept is over, and no content that is here is as
// old or sealed to them. What comes later still is set aside as unreadable. It
// destroys those of authorities that nobody believes any more, too.
func (p *Portal) destroyRetired(ctx context.Context) (keys int, err error) {
	now, held, dir := p.now(), p.keys(), filepath.Join(p.o.Dir, "keys")
	shred := func(file string) error {
		if err := errors.Join(durable.Shred(filepath.Join(dir, file)), durable.SyncFolder(dir)); err != nil {
			return err
		}
		p.log.Info("a retired key is destroyed", "file", file)
		keys++
		return nil
	}
	for _, o := range held.openers {
		r, retired := held.recipientOf(o.id)
		if !retired || now.Before(r.Until.Add(seal.SealGrace+p.o.Keep.Content)) {
			continue
		}
		var needed bool
		if err := p.store.View(ctx, func(v ledger.Reader) (err error) {
			needed, err = v.NeedsRecipient(r.ID, r.Until)
			return err
		}); err != nil {
			return keys, err
		}
		if needed {
			p.log.Warn("a retired key stays: content that is kept needs it", "recipient", r.ID)
			continue
		}
		if err := shred(recipientFile(o.id)); err != nil {
			return keys, err
		}
	}
	for i, a := range held.authorities {
		if a.key == nil || a.ends.IsZero() || now.Before(a.ends) {
			continue
		}
		if err := shred(authorityFile(i + 1)); err != nil {
			return keys, err
		}
	}
	if keys > 0 {
		_, err = p.TakeKeys(ctx)
	}
	return keys, err
}

func (p *province) recipientOf(id string) (seal.Recipient, bool) {
	for _, r := range p.trust.Recipients {
		if r.ID == id {
			return r, true
		}
	}
	return seal.Recipient{}, false
}
