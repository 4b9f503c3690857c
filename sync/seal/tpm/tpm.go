// Package tpm keeps a station's wrapping key in its TPM 2.0.
//
// It promises
//   - that what [TPM.Seal] made opens in this TPM only, and no more once the TPM
//     was cleared: [ErrOther];
//   - that nothing it does counts towards a dictionary-attack lock-out: the object
//     has no PIN and the attribute noDA, for three wrong PINs lock a whole TPM;
//   - that the secret crosses the bus encrypted.
//
// It binds to no PCR: an update of firmware or kernel must not make a station
// another station. It must not import anything of ours.
package tpm

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"

	"github.com/google/go-tpm/tpm2"
	"github.com/google/go-tpm/tpm2/transport"
	"github.com/google/go-tpm/tpm2/transport/linuxtpm"
	"github.com/google/go-tpm/tpm2/transport/linuxudstpm"
)

// Device is the kernel's TPM with its resource manager.
const Device = "/dev/tpmrm0"

// MaxSecret is what a TPM seals at most.
const MaxSecret = 128

// The errors of a TPM.
var (
	ErrNone   = errors.New("there is no TPM")
	ErrAccess = errors.New("there is a TPM that this program may not open")
	ErrOther  = errors.New("sealed by another TPM, or before this one was cleared")
)

// TPM is a TPM in use. Its methods may be called from any goroutine.
type TPM struct {
	mu   sync.Mutex
	conn transport.TPMCloser
}

// Open opens the TPM at path: a device, or the unix socket of an emulator.
func Open(path string) (*TPM, error) {
	st, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNone
	}
	if err != nil {
		return nil, fmt.Errorf("failed to look for the TPM: %w", err)
	}
	open := linuxtpm.Open
	if st.Mode()&os.ModeSocket != 0 {
		open = linuxudstpm.Open
	}
	conn, err := open(path)
	if err != nil {
		return nil, notOpened(err)
	}
	return &TPM{conn: conn}, nil
}

// notOpened tells a lack of rights, which a person can mend, from the rest.
func notOpened(err error) error {
	if errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("%w: is its user in the group of the device? %w", ErrAccess, err)
	}
	return fmt.Errorf("failed to open the TPM: %w", err)
}

// Close lets go of the TPM.
func (t *TPM) Close() error { return t.conn.Close() }

// blob is what lies on the disk.
type blob struct {
	Parent  []byte `json:"parent"` // name of the storage root key: tells another TPM from a damaged file
	Public  []byte `json:"public"`
	Private []byte `json:"private"`
}

// Seal seals a secret to this TPM.
func (t *TPM) Seal(secret []byte) ([]byte, error) {
	if len(secret) == 0 || len(secret) > MaxSecret {
		return nil, fmt.Errorf("failed to seal: a secret of %d bytes", len(secret))
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	root, done, err := t.root()
	if err != nil {
		return nil, err
	}
	defer done()
	made, err := tpm2.Create{
		ParentHandle: parent(root),
		InSensitive: tpm2.TPM2BSensitiveCreate{Sensitive: &tpm2.TPMSSensitiveCreate{
			Data: tpm2.NewTPMUSensitiveCreate(&tpm2.TPM2BSensitiveData{Buffer: secret}),
		}},
		InPublic: tpm2.New2B(tpm2.TPMTPublic{
			Type: tpm2.TPMAlgKeyedHash, NameAlg: tpm2.TPMAlgSHA256,
			ObjectAttributes: tpm2.TPMAObject{FixedTPM: true, FixedParent: true, UserWithAuth: true, NoDA: true},
		}),
	}.Execute(t.conn)
	if err != nil {
		return nil, fmt.Errorf("failed to seal in the TPM: %w", err)
	}
	out, err := json.Marshal(blob{Parent: root.Name.Buffer, Public: tpm2.Marshal(made.OutPublic), Private: tpm2.Marshal(made.OutPrivate)})
	if err != nil {
		return nil, fmt.Errorf("failed to write what the TPM sealed: %w", err)
	}
	return out, nil
}

// Open opens what Seal made in this TPM.
func (t *TPM) Open(sealed []byte) ([]byte, error) {
	b, public, private, err := read(sealed)
	if err != nil {
		return nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	root, done, err := t.root()
	if err != nil {
		return nil, err
	}
	defer done()
	if !bytes.Equal(b.Parent, root.Name.Buffer) {
		return nil, ErrOther
	}
	loaded, err := tpm2.Load{ParentHandle: parent(root), InPrivate: *private, InPublic: *public}.Execute(t.conn)
	if err != nil {
		return nil, fmt.Errorf("failed to load what the TPM sealed: %w", err)
	}
	defer t.flush(loaded.ObjectHandle)
	got, err := tpm2.Unseal{ItemHandle: tpm2.AuthHandle{Handle: loaded.ObjectHandle, Name: loaded.Name, Auth: session(root, tpm2.AESEncryption(128, tpm2.EncryptOut))}}.Execute(t.conn)
	if err != nil {
		return nil, fmt.Errorf("failed to open what the TPM sealed: %w", err)
	}
	return got.OutData.Buffer, nil
}

// read reads a sealed secret's file.
func read(sealed []byte) (b blob, public *tpm2.TPM2BPublic, private *tpm2.TPM2BPrivate, err error) {
	if err := json.Unmarshal(sealed, &b); err != nil {
		return b, nil, nil, fmt.Errorf("failed to read what the TPM sealed: %w", err)
	}
	if public, err = tpm2.Unmarshal[tpm2.TPM2BPublic](b.Public); err != nil {
		return b, nil, nil, fmt.Errorf("failed to read what the TPM sealed: %w", err)
	}
	if private, err = tpm2.Unmarshal[tpm2.TPM2BPrivate](b.Private); err != nil {
		return b, nil, nil, fmt.Errorf("failed to read what the TPM sealed: %w", err)
	}
	return b, public, private, nil
}

// root makes the storage root key, which a TPM derives from its own seed: the
// same each time, until the TPM is cleared.
func (t *TPM) root() (*tpm2.CreatePrimaryResponse, func(), error) {
	root, err := tpm2.CreatePrimary{PrimaryHandle: tpm2.TPMRHOwner, InPublic: tpm2.New2B(tpm2.ECCSRKTemplate)}.Execute(t.conn)
	if err != nil {
		return nil, nil, fmt.Errorf("failed to make the TPM's root key: %w", err)
	}
	return root, func() { t.flush(root.ObjectHandle) }, nil
}

// flush frees one of a TPM's few places; what fails is freed at its next start.
func (t *TPM) flush(h tpm2.TPMHandle) {
	_, _ = tpm2.FlushContext{FlushHandle: h}.Execute(t.conn)
}

func parent(root *tpm2.CreatePrimaryResponse) tpm2.AuthHandle {
	return tpm2.AuthHandle{Handle: root.ObjectHandle, Name: root.Name, Auth: session(root, tpm2.AESEncryption(128, tpm2.EncryptIn))}
}

// session encrypts the one secret parameter of a command or its answer, under a
// key that only this root key can know.
func session(root *tpm2.CreatePrimaryResponse, way tpm2.AuthOption) tpm2.Session {
	options := []tpm2.AuthOption{way}
	if public, err := root.OutPublic.Contents(); err == nil {
		options = append(options, tpm2.Salted(root.ObjectHandle, *public))
	}
	return tpm2.HMAC(tpm2.TPMAlgSHA256, 16, options...)
}
