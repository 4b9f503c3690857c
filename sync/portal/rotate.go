package portal

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"filippo.io/age"

	"tramhoso/sync/durable"
	"tramhoso/sync/seal"
)

// recipientFile is where the private key of a recipient lies.
func recipientFile(id string) string { return id + ".age" }

// opener is the private key of a recipient.
type opener struct {
	id  string // the recipient's
	key *age.HybridIdentity
}

// openRecipients reads the private key of every recipient that the bundle names,
// the retired ones too: a station that was offline for months still sealed to
// one. None is ever made here: bodies would lie there that nobody can open. One may
// be missing that was destroyed after its time.
func (p *province) openRecipients(dir string, now time.Time) error {
	p.openers = nil
	for _, r := range p.trust.Recipients {
		if _, err := os.Stat(filepath.Join(dir, recipientFile(r.ID))); err != nil {
			if errors.Is(err, fs.ErrNotExist) && now.After(r.Until.Add(seal.SealGrace)) {
				continue
			}
			return fmt.Errorf("failed to find the private key of %s: %w", r.ID, err)
		}
		id, err := seal.LoadAge(dir, recipientFile(r.ID))
		if err != nil {
			return err
		}
		if id.Recipient().String() != r.Key {
			return fmt.Errorf("the private key of %s is another one than the trust bundle names", r.ID)
		}
		p.openers = append(p.openers, opener{r.ID, id})
	}
	return nil
}

// Rotate gives the province of the portal in dir a new recipient key, from now
// on, and retires the others: they stay in the bundle and in the key folder, for
// what was sealed to them, until a sweep destroys them. It needs the root's key in the
// folder. A portal that runs takes it up by itself.
func Rotate(dir, name string, now time.Time) (next seal.Recipient, err error) {
	err = reissue(dir, name, now, func(dir string, _ *province, t *seal.Trust) error {
		next = seal.Recipient{ID: fmt.Sprintf("recipient-%d", len(t.Recipients)+1), From: now.UTC().Truncate(time.Second)}
		next.Until = next.From.AddDate(keyYears, 0, 0)
		id, err := seal.LoadAge(dir, recipientFile(next.ID)) // on the disk before any station hears of it
		if err != nil {
			return err
		}
		next.Key = id.Recipient().String()
		t.Recipients = append(slices.Clone(t.Recipients), next)
		return nil
	})
	if err != nil {
		return seal.Recipient{}, fmt.Errorf("failed to rotate the recipient: %w", err)
	}
	return next, nil
}

// openKept reads the keys of the portal in dir, and makes none.
func openKept(dir, name string, now time.Time) (*province, error) {
	dir = filepath.Join(dir, "keys")
	for _, f := range []string{fileRootCert, fileTrust, fileCounter} { // opening would make what is missing
		if _, err := os.Stat(filepath.Join(dir, f)); err != nil {
			return nil, err
		}
	}
	return openProvince(dir, name, now)
}

// reissue has the root sign the next version of the trust bundle.
func reissue(dir, name string, now time.Time, change func(dir string, p *province, t *seal.Trust) error) (err error) {
	if _, err := os.Stat(filepath.Join(dir, "keys", fileRootKey)); errors.Is(err, fs.ErrNotExist) { // opening would make what is missing
		return errors.New("the root's private key is not in the folder: rotate where it is kept")
	} else if err != nil {
		return err
	}
	// Two at once would each sign the same next version, and one key would be lost.
	leave, err := lockFolder(filepath.Join(dir, "keys"), 0)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, leave()) }()
	p, err := openKept(dir, name, now)
	if err != nil {
		return err
	}
	dir = filepath.Join(dir, "keys")
	key, err := seal.LoadP256(dir, fileRootKey)
	if err != nil {
		return err
	}
	root, err := seal.NewSigner(key)
	if err != nil {
		return err
	}
	t := *p.trust
	t.Version, t.Issued = t.Version+1, now.UTC()
	if err := change(dir, p, &t); err != nil {
		return err
	}
	signed, err := seal.SignBundle(t, p.root, root)
	if err != nil {
		return err
	}
	if _, err := seal.VerifyBundle(signed, p.fingerprint, now); err != nil { // another root's key
		return err
	}
	bundle, err := json.Marshal(signed)
	if err != nil {
		return err
	}
	return replaceFile(filepath.Join(dir, fileTrust), bundle)
}

// replaceFile puts a whole file in another's place, or leaves the other.
func replaceFile(path string, data []byte) error {
	made := path + ".new"
	if err := os.Remove(made); err != nil && !errors.Is(err, fs.ErrNotExist) { // of a try that a power cut ended
		return err
	}
	if err := seal.WriteFile(made, data, 0o600); err != nil {
		return err
	}
	if err := os.Rename(made, path); err != nil {
		return err
	}
	return durable.SyncFolder(filepath.Dir(path))
}

// identities are the private keys that open what stations sealed: the one of the
// recipient that a head names before the others, which a paper needs that was sealed
// before a rotation and submitted after it. For "" they are the newest first. age
// does not say whose a file is: each key that comes too early is an attempt.
func (p *province) identities(named string) []age.Identity {
	var first, others []age.Identity
	for _, o := range slices.Backward(p.openers) {
		if o.id == named {
			first = append(first, o.key)
		} else {
			others = append(others, o.key)
		}
	}
	return append(first, others...)
}
