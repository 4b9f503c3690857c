package portal

import (
	"context"
	"crypto/ecdsa"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"tramhoso/sync/catalogue"
	"tramhoso/sync/dossier"
	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/seal"
	"tramhoso/sync/staff"
	"tramhoso/sync/wire"
)

// Uses are the kinds of the province's signing keys.
var Uses = []seal.Use{seal.UseReceipt, seal.UseCatalogue, seal.UseStaff, seal.UseTime}

// The pace of a rotation.
const (
	// Lead is how long stations hear of a signing key before it is used: they look
	// at the trust bundle once a day.
	Lead = 48 * time.Hour
	// overlap is how long the key before still holds for a catalogue and a staff
	// list, which stations verify at the time they come: until they are signed anew.
	overlap = 7 * 24 * time.Hour
)

// signer is one of the province's signing keys.
type signer struct {
	seal.TrustedKey
	by seal.Signer
}

// signerFile is where the n-th key for a use lies.
func signerFile(use seal.Use, n int) string {
	if n == 1 {
		return string(use) + ".pem"
	}
	return fmt.Sprintf("%s-%d.pem", use, n)
}

// openSigners reads the private keys of the bundle's signing keys. One that has
// ended may be gone; none is made here.
func (p *province) openSigners(dir string, now time.Time) error {
	nth := map[seal.Use]int{}
	for _, k := range p.trust.Keys {
		nth[k.Use]++
		file := signerFile(k.Use, nth[k.Use])
		if _, err := os.Stat(filepath.Join(dir, file)); err != nil {
			if errors.Is(err, fs.ErrNotExist) && !now.Before(k.Until) {
				continue
			}
			return fmt.Errorf("failed to find the private key of %s: %w", file, err)
		}
		key, err := seal.LoadP256(dir, file)
		if err != nil {
			return err
		}
		by, err := seal.NewSigner(key)
		if err != nil {
			return err
		}
		if pub, ok := k.Key.Key.(*ecdsa.PublicKey); !ok || !pub.Equal(by.PublicKey()) {
			return fmt.Errorf("%s is another key than the trust bundle names", file)
		}
		p.signers = append(p.signers, signer{k, by})
	}
	return nil
}

// signer is the newest key that signs for use at a time. A catalogue and a staff
// list are signed with one that has ended, where there is no other: stations refuse
// them until they are signed anew. A receipt is not, since it is answered with the
// same bytes for good: the packet comes again.
func (p *province) signer(use seal.Use, at time.Time) (seal.Signer, error) {
	var best *signer
	for i, s := range p.signers {
		if s.Use == use && !at.Before(s.From) && at.Before(s.Until) && (best == nil || s.From.After(best.From)) {
			best = &p.signers[i]
		}
	}
	if best == nil && (use == seal.UseCatalogue || use == seal.UseStaff) {
		for i, s := range p.signers {
			if s.Use == use && (best == nil || s.From.After(best.From)) {
				best = &p.signers[i]
			}
		}
	}
	if best == nil {
		return seal.Signer{}, fmt.Errorf("the province has no %s key that holds: rotate it", use)
	}
	return best.by, nil
}

// sign signs a statement of the province that is made at a time.
func (p *province) sign(use seal.Use, at time.Time, v any, typ string) (string, error) {
	by, err := p.signer(use, at)
	if err != nil {
		return "", err
	}
	return seal.SignJSON(v, typ, by)
}

// RotateSigner gives the province of the portal in dir a new key that signs for
// use, after lead, and ends the others then: what they signed until then holds. A
// lead of 0 is for a key that leaked: stations that have not heard of the new one
// believe nothing of its kind until they look at the bundle. It needs the root's
// key in the folder. A portal that runs takes it up by itself.
func RotateSigner(dir, name string, use seal.Use, now time.Time, lead time.Duration) (next seal.TrustedKey, err error) {
	if !slices.Contains(Uses, use) {
		return next, dossier.Errorf(dossier.CodeInvalid, "no kind of key: %q", string(use))
	}
	err = reissue(dir, name, now, func(dir string, _ *province, t *seal.Trust) error {
		from := now.Add(lead).UTC().Truncate(time.Second)
		if len(t.KeysFor(use, from)) == 0 {
			from = now.UTC().Truncate(time.Second) // nothing holds until then
		}
		key, err := seal.LoadP256(dir, signerFile(use, len(t.EveryKey(use))+1)) // on the disk before any station hears of it
		if err != nil {
			return err
		}
		if next, err = seal.NewKeyEntry(use, &key.PublicKey, from, from.AddDate(keyYears, 0, 0)); err != nil {
			return err
		}
		end := from
		if lead > 0 && (use == seal.UseCatalogue || use == seal.UseStaff) {
			end = end.Add(overlap)
		}
		t.Keys = slices.Clone(t.Keys)
		for i := range t.Keys {
			if k := &t.Keys[i]; k.Use == use && k.Until.After(end) {
				k.Until = end
			}
		}
		t.Keys = append(t.Keys, next)
		return nil
	})
	if err != nil {
		return seal.TrustedKey{}, fmt.Errorf("failed to rotate the %s key: %w", use, err)
	}
	return next, nil
}

// resign signs the catalogue and the staff list anew once another key signs them:
// whoever takes them next believes only a key that holds then.
func (p *Portal) resign(ctx context.Context) error {
	if err := p.resignStaff(ctx); err != nil {
		return fmt.Errorf("failed to sign the staff list anew: %w", err)
	}
	by, err := p.keys().signer(seal.UseCatalogue, p.now())
	if err != nil {
		return err
	}
	var latest ledger.Catalogue
	if err := p.store.View(ctx, func(r ledger.Reader) (err error) { latest, err = r.LatestCatalogue(); return err }); err != nil {
		return err
	}
	if _, err := catalogue.OpenSnapshot(catalogue.Signed{Head: string(latest.JWS), Body: latest.Body}, one(by)); err == nil {
		return nil
	}
	p.log.Info("another key signs the catalogue")
	return p.republish(ctx, func(ledger.Tx, *catalogue.Snapshot) error { return nil })
}

func (p *Portal) resignStaff(ctx context.Context) error {
	by, err := p.keys().signer(seal.UseStaff, p.now())
	if err != nil {
		return err
	}
	var fresh []byte // nil: the list stays as it is
	err = p.store.Update(ctx, func(tx ledger.Tx) error {
		data, err := tx.Document(docStaff)
		if err != nil {
			return err
		}
		if _, err := staff.Open(string(data), one(by)); err == nil {
			return nil
		}
		list, err := staff.Open(string(data), p.keys().trust.EveryKey(seal.UseStaff))
		if err != nil {
			return err
		}
		next := *list
		next.Version, next.Issued = list.Version+1, p.now()
		signed, err := staff.Sign(next, by)
		if err != nil {
			return err
		}
		p.log.Info("another key signs the staff list", "version", next.Version)
		fresh = []byte(signed)
		return tx.PutDocument(docStaff, fresh)
	})
	if err == nil && fresh != nil { // only now: a commit that fails must not have been told to anybody
		p.staffList.Store(newDocument(fresh, wire.TypeJWS))
	}
	return err
}

func one(by seal.Signer) []*ecdsa.PublicKey { return []*ecdsa.PublicKey{by.PublicKey()} }
