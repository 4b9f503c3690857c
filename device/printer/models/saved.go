package models

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// SavedName is the station's own profile in its storage folder.
const SavedName = "printer.toml"

const (
	maxPathBytes     = 512
	maxIdentityBytes = 256
)

// Device is one printer on one line.
type Device struct {
	// Path is the line's stable name.
	Path string
	// Identity is what the printer says of itself (GS I), "" for one that says
	// nothing.
	Identity string
}

// Why a saved profile is not used.
var (
	// ErrNone: nothing was measured yet.
	ErrNone = errors.New("this station has measured no printer yet")
	// ErrOtherPrinter: it was measured on another printer.
	ErrOtherPrinter = errors.New("the saved profile belongs to another printer")
)

// Load reads the station's own profile from its storage folder.
func Load(folder string) (File, error) {
	f, err := os.Open(filepath.Join(folder, SavedName))
	if errors.Is(err, fs.ErrNotExist) {
		return File{}, ErrNone
	}
	if err != nil {
		return File{}, fmt.Errorf("failed to open the saved printer profile: %w", err)
	}
	raw, err := io.ReadAll(io.LimitReader(f, MaxBytes+1))
	if err = errors.Join(err, f.Close()); err != nil {
		return File{}, fmt.Errorf("failed to read the saved printer profile: %w", err)
	}
	out, err := Parse(raw)
	if err == nil && out.Device == nil {
		err = errors.New("it does not say on which printer it was measured")
	}
	if err != nil {
		return File{}, fmt.Errorf("the saved printer profile cannot be used: %w", err)
	}
	return out, nil
}

// For is the profile for this printer, or ErrOtherPrinter. A printer that says
// nothing of itself is told apart by its line alone.
func (f File) For(d Device) (Model, error) {
	if f.Device == nil || *f.Device != d {
		return Model{}, ErrOtherPrinter
	}
	return f.Model, nil
}

// Save keeps a measured profile in the storage folder: whole or not at all,
// for the station's eyes only.
func Save(folder string, f File) error {
	if f.Device == nil {
		return errors.New("failed to save a printer profile: it is bound to no printer")
	}
	raw, err := Marshal(f)
	if err != nil {
		return err
	}
	if err := replace(filepath.Join(folder, SavedName), raw); err != nil {
		return fmt.Errorf("failed to save the printer profile: %w", err)
	}
	return nil
}

// replace writes a file beside the old one and moves it over: after a power cut
// there is the old or the new one, never a half.
func replace(name string, raw []byte) error {
	dir := filepath.Dir(name)
	tmp, err := os.CreateTemp(dir, "."+filepath.Base(name)+"-*") // 0600
	if err != nil {
		return err
	}
	_, err = tmp.Write(raw)
	if err == nil {
		err = tmp.Sync()
	}
	if err = errors.Join(err, tmp.Close()); err == nil {
		err = os.Rename(tmp.Name(), name)
	}
	if err != nil {
		return errors.Join(err, os.Remove(tmp.Name()))
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
