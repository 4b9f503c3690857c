package seal

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"filippo.io/age"
	"github.com/go-jose/go-jose/v4"

	"tramhoso/sync/dossier"
	"tramhoso/sync/durable"
)

// The files of a key folder.
const (
	fileIdentity = "identity.pem" // P-256, PKCS #8: mTLS
	filePacket   = "packet.pem"   // P-256, PKCS #8: ES256 over packet heads
	fileSlip     = "slip.pem"     // Ed25519, PKCS #8: slips
	fileEvents   = "events.age"   // hybrid age identity: events to this station
	fileStorage  = "storage.key"  // 32 bytes, hex: drafts, indexes
)

// Keys is what a station keeps secret.
type Keys struct {
	identity *ecdsa.PrivateKey
	packet   Signer
	slip     ed25519.PrivateKey
	events   *age.HybridIdentity
	storage  []byte
	audit    ed25519.PrivateKey // derived from storage
}

// StationKeys is the public half of Keys: what the station tells the province
// when it enrols.
type StationKeys struct {
	Packet *jose.JSONWebKey `json:"packet"` // P-256
	Slip   []byte           `json:"slip"`   // Ed25519, 32 bytes
	Audit  []byte           `json:"audit"`  // Ed25519, 32 bytes: checkpoints of the audit log
	Events string           `json:"events"` // hybrid age recipient
}

// PacketKey is the key that verifies the station's packets.
func (k StationKeys) PacketKey() (*ecdsa.PublicKey, error) { return p256(k.Packet) }

// Check refuses public keys that are not of the kinds a station has.
func (k StationKeys) Check() error {
	if _, err := p256(k.Packet); err != nil {
		return err
	}
	if len(k.Slip) != ed25519.PublicKeySize || len(k.Audit) != ed25519.PublicKeySize {
		return invalid("slip or audit key is not an Ed25519 key")
	}
	if _, err := age.ParseHybridRecipient(k.Events); err != nil {
		return invalid("events recipient: %w", err)
	}
	return nil
}

func p256(k *jose.JSONWebKey) (*ecdsa.PublicKey, error) {
	if k == nil {
		return nil, invalid("key is missing")
	}
	pub, ok := k.Key.(*ecdsa.PublicKey)
	if !ok || pub.Curve != elliptic.P256() {
		return nil, invalid("not a P-256 public key")
	}
	return pub, nil
}

// OpenKeys reads the keys in dir and makes those that are missing. A key is on
// the disk, file and folder synced, before it is returned. A folder or file
// that others may read is refused; a folder that cannot be written answers
// dossier.CodeStorageReadOnly when something is missing in it.
func OpenKeys(dir string) (*Keys, error) { return OpenGuardedKeys(dir, nil) }

// OpenGuardedKeys is OpenKeys for files that a guard wraps; with a nil guard they
// lie in the plain. Plain files are wrapped when they are found, and destroyed.
// Wrapped ones that this guard does not open, or that no guard is there for, are
// ErrGuard: then no key is made, for a station with other keys is another
// station.
func OpenGuardedKeys(dir string, guard Guard) (*Keys, error) {
	if err := durable.MakeFolder(dir, 0o700); err != nil {
		return nil, unwritable(fmt.Errorf("failed to make key folder: %w", err))
	}
	st, err := os.Stat(dir)
	if err != nil {
		return nil, fmt.Errorf("failed to look at key folder: %w", err)
	}
	if st.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("failed to open key folder: mode is %#o, want 0700", st.Mode().Perm())
	}
	in, err := openFolder(dir, guard)
	if err != nil {
		return nil, err
	}
	k := &Keys{}
	identity, err := in.loadPKCS8(fileIdentity, newP256)
	if err != nil {
		return nil, err
	}
	packet, err := in.loadPKCS8(filePacket, newP256)
	if err != nil {
		return nil, err
	}
	slip, err := in.loadPKCS8(fileSlip, func() (crypto.Signer, error) {
		_, priv, err := ed25519.GenerateKey(rand.Reader)
		return priv, err
	})
	if err != nil {
		return nil, err
	}
	var ok bool
	if k.identity, ok = identity.(*ecdsa.PrivateKey); !ok {
		return nil, fmt.Errorf("failed to read %s: not an ECDSA key", fileIdentity)
	}
	if k.packet, err = NewSigner(packet); err != nil {
		return nil, fmt.Errorf("failed to read %s: %w", filePacket, err)
	}
	if k.slip, ok = slip.(ed25519.PrivateKey); !ok {
		return nil, fmt.Errorf("failed to read %s: not an Ed25519 key", fileSlip)
	}
	events, err := in.load(fileEvents, func() ([]byte, error) {
		id, err := age.GenerateHybridIdentity()
		if err != nil {
			return nil, err
		}
		return []byte(id.String() + "\n"), nil
	})
	if err != nil {
		return nil, err
	}
	if k.events, err = age.ParseHybridIdentity(strings.TrimSpace(string(events))); err != nil {
		return nil, fmt.Errorf("failed to read %s: not a hybrid age identity", fileEvents)
	}
	storage, err := in.load(fileStorage, func() ([]byte, error) {
		return []byte(hex.EncodeToString(NewKey()) + "\n"), nil
	})
	if err != nil {
		return nil, err
	}
	k.storage, err = hex.DecodeString(strings.TrimSpace(string(storage)))
	if err != nil || len(k.storage) != KeyBytes {
		return nil, fmt.Errorf("failed to read %s: not %d bytes of hex", fileStorage, KeyBytes)
	}
	seed, err := Subkey(k.storage, "audit log")
	if err != nil {
		return nil, err
	}
	k.audit = ed25519.NewKeyFromSeed(seed)
	// Who made them may have died before the folder was synced.
	if err := durable.SureFolder(dir); err != nil {
		return nil, fmt.Errorf("failed to sync the key folder: %w", err)
	}
	return k, nil
}

// PacketSigner signs packet heads.
func (k *Keys) PacketSigner() Signer { return k.packet }

// SlipKey signs slips.
func (k *Keys) SlipKey() ed25519.PrivateKey { return k.slip }

// AuditKey signs the checkpoints of the audit log.
func (k *Keys) AuditKey() ed25519.PrivateKey { return k.audit }

// EventIdentity opens the events that the province sends to this station.
func (k *Keys) EventIdentity() age.Identity { return k.events }

// EventRecipient is what the province encrypts events to.
func (k *Keys) EventRecipient() string { return k.events.Recipient().String() }

// Storage is the storage key; use Subkey, IDIndex and NewDraftLock with it.
func (k *Keys) Storage() []byte { return append([]byte(nil), k.storage...) }

// TLSKey is the key of the client certificate.
func (k *Keys) TLSKey() *ecdsa.PrivateKey { return k.identity }

// Public is what the station tells the province when it enrols.
func (k *Keys) Public() StationKeys {
	return StationKeys{
		Packet: &jose.JSONWebKey{Key: k.packet.PublicKey(), KeyID: k.packet.ID(), Algorithm: string(jose.ES256), Use: "sig"},
		Slip:   append([]byte(nil), k.slip.Public().(ed25519.PublicKey)...),
		Audit:  append([]byte(nil), k.audit.Public().(ed25519.PublicKey)...),
		Events: k.EventRecipient(),
	}
}

// CSR asks for a client certificate over the station's TLS key. The portal
// chooses the subject: what is asked for says nothing.
func (k *Keys) CSR() ([]byte, error) {
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, k.identity)
	if err != nil {
		return nil, fmt.Errorf("failed to make certificate request: %w", err)
	}
	return der, nil
}

func newP256() (crypto.Signer, error) { return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) }

// LoadP256 reads a P-256 key from a file of mode 0600 in dir and makes it if it
// is missing: the province's keys lie in files as a station's do.
func LoadP256(dir, name string) (*ecdsa.PrivateKey, error) {
	s, err := keyFolder{dir: dir}.loadPKCS8(name, newP256)
	if err != nil {
		return nil, err
	}
	k, ok := s.(*ecdsa.PrivateKey)
	if !ok || k.Curve != elliptic.P256() {
		return nil, fmt.Errorf("failed to read %s: not a P-256 key", name)
	}
	return k, nil
}

// LoadAge reads a hybrid age identity from a file of mode 0600 in dir and makes
// it if it is missing.
func LoadAge(dir, name string) (*age.HybridIdentity, error) {
	raw, err := keyFolder{dir: dir}.load(name, func() ([]byte, error) {
		id, err := age.GenerateHybridIdentity()
		if err != nil {
			return nil, err
		}
		return []byte(id.String() + "\n"), nil
	})
	if err != nil {
		return nil, err
	}
	id, err := age.ParseHybridIdentity(strings.TrimSpace(string(raw)))
	if err != nil {
		return nil, fmt.Errorf("failed to read %s: not a hybrid age identity", name)
	}
	return id, nil
}

func (f keyFolder) loadPKCS8(name string, gen func() (crypto.Signer, error)) (crypto.Signer, error) {
	data, err := f.load(name, func() ([]byte, error) {
		key, err := gen()
		if err != nil {
			return nil, err
		}
		der, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			return nil, err
		}
		return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
	})
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(data)
	if block == nil || block.Type != "PRIVATE KEY" {
		return nil, fmt.Errorf("failed to read %s: not a PEM private key", name)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("failed to read %s: not a PKCS #8 key", name)
	}
	s, ok := key.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("failed to read %s: not a signing key", name)
	}
	return s, nil
}

// maxKeyFileBytes bounds a key file: a hybrid age identity is under 100 bytes.
const maxKeyFileBytes = 16 << 10

// load reads a file of the folder and makes it if it is missing.
func (f keyFolder) load(name string, gen func() ([]byte, error)) ([]byte, error) {
	data, err := f.read(name)
	if !errors.Is(err, fs.ErrNotExist) {
		return data, err
	}
	if data, err = gen(); err != nil {
		return nil, fmt.Errorf("failed to generate %s: %w", name, err)
	}
	return data, f.write(name, data)
}

// readPlain reads a file as it lies there.
func readPlain(dir, name string) ([]byte, error) {
	path := filepath.Join(dir, name)
	st, err := os.Lstat(path)
	if err != nil {
		return nil, fmt.Errorf("failed to look at %s: %w", name, err)
	}
	if !st.Mode().IsRegular() || st.Mode().Perm()&0o077 != 0 || st.Size() > maxKeyFileBytes {
		return nil, fmt.Errorf("failed to open %s: want a regular file of mode 0600", name)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("failed to read %s: %w", name, err)
	}
	return data, nil
}

// WriteFile writes a file so that after a power cut it is either absent or
// whole: temporary file, fsync, link into place, fsync of the folder. It never
// replaces a file that is there.
func WriteFile(path string, data []byte, perm fs.FileMode) (err error) {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, ".new-*")
	if err != nil {
		return unwritable(fmt.Errorf("failed to make %s: %w", filepath.Base(path), err))
	}
	defer func() {
		if rerr := os.Remove(f.Name()); err == nil && rerr != nil {
			err = fmt.Errorf("failed to remove temporary file: %w", rerr)
		}
	}()
	_, err = f.Write(data)
	if err == nil {
		err = f.Chmod(perm)
	}
	if err == nil && filesAreSynced {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Link(f.Name(), path)
	}
	if err == nil {
		err = durable.SyncFolder(dir)
	}
	if err != nil {
		return unwritable(fmt.Errorf("failed to write %s: %w", filepath.Base(path), err))
	}
	return nil
}

// unwritable gives a failure to write the code that a screen can act on.
func unwritable(err error) error {
	switch {
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return dossier.E(dossier.CodeStorageReadOnly, err)
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return dossier.E(dossier.CodeStorageFull, err)
	}
	return err
}
