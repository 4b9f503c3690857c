package seal

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"tramhoso/sync/durable"
)

// Guard keeps one small secret where a copy of the disk does not help: in a TPM.
type Guard interface {
	Seal(secret []byte) (blob []byte, err error)
	Open(blob []byte) (secret []byte, err error)
}

// ErrGuard is keys that lie there and cannot be opened: their TPM is gone, was
// cleared, or is another one. The station's packets are exported and it enrols
// anew.
var ErrGuard = errors.New("the station's keys are wrapped and do not open here: its TPM is missing, was cleared, or is another one")

// The files of a guarded folder. All private keys lie wrapped beside the secret
// that the TPM holds: so the age and Ed25519 keys, which no TPM computes with,
// are as safe on a stolen disk as the others, and signing a packet waits for no
// TPM. What a TPM's own signing keys would add, a thief with root on the running
// station, can sign there in either case.
const (
	fileGuard     = "guard.tpm"
	sealedSuffix  = ".sealed"
	maxGuardBytes = 4 << 10 // a TPM's blob is under 500 bytes
)

// keyFolder is a folder of key files; without a wrapping key they are plain.
type keyFolder struct {
	dir  string
	wrap []byte
}

// openFolder finds the wrapping key of a folder, or makes it.
func openFolder(dir string, guard Guard) (keyFolder, error) {
	f := keyFolder{dir: dir}
	blob, err := readPlain(dir, fileGuard)
	switch {
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return f, err
	case err == nil && (guard == nil || len(blob) > maxGuardBytes):
		return f, ErrGuard
	case err == nil:
		if f.wrap, err = guard.Open(blob); err != nil || len(f.wrap) != KeyBytes {
			return f, fmt.Errorf("%w (%w)", ErrGuard, err)
		}
		return f, nil
	}
	if wrapped, err := filepath.Glob(filepath.Join(dir, "*"+sealedSuffix)); err != nil || len(wrapped) > 0 {
		return f, fmt.Errorf("%w (%s is missing)", ErrGuard, fileGuard)
	}
	if guard == nil {
		return f, nil
	}
	f.wrap = NewKey()
	if blob, err = guard.Seal(f.wrap); err != nil {
		return f, fmt.Errorf("failed to wrap the station's keys: %w", err)
	}
	// Before anything depends on it.
	if again, err := guard.Open(blob); err != nil || !bytes.Equal(again, f.wrap) {
		return f, fmt.Errorf("failed to wrap the station's keys: the TPM does not give back what it took: %w", err)
	}
	return f, WriteFile(filepath.Join(dir, fileGuard), blob, 0o600)
}

// Guarded reports whether the keys in dir are wrapped by a guard.
func Guarded(dir string) bool {
	_, err := os.Lstat(filepath.Join(dir, fileGuard))
	return err == nil
}

// read reads a file. One that lies there in the plain from before there was a
// guard is wrapped, and destroyed once the wrapped one can be read.
func (f keyFolder) read(name string) ([]byte, error) {
	if f.wrap == nil {
		return readPlain(f.dir, name)
	}
	blob, err := readPlain(f.dir, name+sealedSuffix)
	if err == nil {
		data, err := OpenWithKey(f.wrap, blob, []byte("keys/"+name))
		if err != nil {
			return nil, fmt.Errorf("failed to open %s: %w", name, err)
		}
		return data, f.destroy(name)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	data, err := readPlain(f.dir, name)
	if err != nil {
		return nil, err
	}
	if err := f.write(name, data); err != nil {
		return nil, err
	}
	return f.read(name)
}

func (f keyFolder) write(name string, data []byte) error {
	if f.wrap == nil {
		return WriteFile(filepath.Join(f.dir, name), data, 0o600)
	}
	blob, err := SealWithKey(f.wrap, data, []byte("keys/"+name))
	if err != nil {
		return err
	}
	return WriteFile(filepath.Join(f.dir, name+sealedSuffix), blob, 0o600)
}

// destroy overwrites and removes a plain key file, if there is one. On flash the
// old cells may keep it for a while; the technician's guide says that a station
// is best enrolled after its TPM was found.
func (f keyFolder) destroy(name string) (err error) {
	path := filepath.Join(f.dir, name)
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return unwritable(fmt.Errorf("failed to destroy the plain %s: %w", name, err))
	}
	st, err := file.Stat()
	if err == nil {
		_, err = file.WriteString(strings.Repeat("0", int(st.Size())))
	}
	if err == nil {
		err = file.Sync()
	}
	err = errors.Join(err, file.Close())
	if err == nil {
		err = os.Remove(path)
	}
	if err == nil {
		err = durable.SyncFolder(f.dir)
	}
	if err != nil {
		return unwritable(fmt.Errorf("failed to destroy the plain %s: %w", name, err))
	}
	return nil
}
