package main

import (
	"errors"

	"tramhoso/sync/seal"
	"tramhoso/sync/seal/tpm"
)

// The words of the configuration's tpm that are no path.
const (
	tpmAuto = "auto"
	tpmOff  = "off"
)

// openKeys opens the station's keys, guarded by its TPM where there is one. A
// machine whose TPM cannot be used keeps them in files, and says so; keys that a
// TPM has guarded before are never taken for missing. why is what kept the TPM from
// being used.
func (s *station) openKeys(dir string) (k *seal.Keys, guarded bool, why, err error) {
	chip, why := s.openTPM()
	if err := why; err != nil {
		if s.cfg.TPM != tpmAuto {
			return nil, false, why, err
		}
		if !errors.Is(err, tpm.ErrNone) {
			s.log.Warn("the machine's TPM cannot be used", "err", err)
		}
	}
	if chip == nil {
		if k, err = seal.OpenKeys(dir); err == nil {
			s.log.Warn("the station's keys lie in files: no TPM guards them")
		}
		return k, false, why, err
	}
	defer func() {
		if cerr := chip.Close(); cerr != nil {
			s.log.Warn("failed to let go of the TPM", "err", cerr)
		}
	}()
	k, err = seal.OpenGuardedKeys(dir, chip)
	if err != nil && s.cfg.TPM == tpmAuto && !errors.Is(err, seal.ErrGuard) && !seal.Guarded(dir) {
		s.log.Warn("the machine's TPM cannot guard the station's keys: they lie in files", "err", err)
		why = err
		k, err = seal.OpenKeys(dir)
		return k, false, why, err
	}
	return k, err == nil, nil, err
}

// openTPM is nil where none is wanted.
func (s *station) openTPM() (*tpm.TPM, error) {
	path := s.cfg.TPM
	switch path {
	case tpmOff, "":
		return nil, nil
	case tpmAuto:
		path = tpm.Device
	}
	return tpm.Open(path)
}
