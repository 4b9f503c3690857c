package main

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"tramhoso/app/config"
	"tramhoso/app/upkeep"
	"tramhoso/sync/dossier"
	"tramhoso/sync/seal"
)

// A machine whose TPM went away keeps its packets and makes no other keys.
func TestTPMGone(t *testing.T) {
	cfg := config.Default()
	cfg.Storage, cfg.TPM = t.TempDir(), tpmOff
	log := slog.New(slog.DiscardHandler)
	s := openStation(t.Context(), cfg, log)
	if s.broken != nil {
		t.Fatal(s.broken)
	}
	if f := s.upkeepFacts(); !f.KeysPlain || f.KeysLost {
		t.Errorf("plain %v, lost %v: the technician is not warned of plain keys", f.KeysPlain, f.KeysLost)
	}
	s.close()
	keys := filepath.Join(cfg.Storage, "keys")
	if err := os.WriteFile(filepath.Join(keys, "guard.tpm"), []byte(`{}`), 0o600); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadDir(keys)
	if err != nil {
		t.Fatal(err)
	}
	s = openStation(t.Context(), cfg, log)
	defer s.close()
	if !errors.Is(s.broken, seal.ErrGuard) || dossier.CodeOf(s.broken) != dossier.CodeStorageReadOnly {
		t.Errorf("broken: %v", s.broken)
	}
	f := s.upkeepFacts()
	if after, err := os.ReadDir(keys); err != nil || len(after) != len(before) || !f.KeysLost || f.KeysPlain {
		t.Errorf("%d files were %d (%v), lost %v", len(after), len(before), err, f.KeysLost)
	}
	for _, l := range upkeep.Lines(f) {
		if l.Part == upkeep.Storage && (l.Word != "part.keys-lost" || l.Health != upkeep.Fix) {
			t.Errorf("the technician reads %s", l.Word)
		}
	}
	cfg.TPM = filepath.Join(cfg.Storage, "no-such-tpm")
	if s := openStation(t.Context(), cfg, log); s.broken == nil {
		t.Error("the TPM that is asked for is missing, and nobody says so")
		s.close()
	}
}
