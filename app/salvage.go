package main

import (
	"context"
	"path/filepath"

	"tramhoso/sync/outbox"
)

// salvagedName is the folder in the storage folder that gets what can be read of
// a damaged storage.
const salvagedName = "salvaged"

// salvage brings the sealed packets of a damaged storage to safety before
// anything else happens to it: beside it, and to the second medium if it is
// there. What cannot be read is named.
func (s *station) salvage() {
	ctx := context.WithoutCancel(s.ctx) // it is short, and begun
	for _, dir := range []string{filepath.Join(s.cfg.Storage, salvagedName), s.cfg.Mirror} {
		if dir == "" {
			continue
		}
		out, err := outbox.SalvageTo(ctx, s.cfg.Storage, dir, dir != s.cfg.Mirror)
		if err != nil {
			s.log.Error("failed to salvage the storage", "to", dir, "err", err)
			continue
		}
		s.log.Error("the storage is damaged; sealed packets were salvaged", "to", dir, "packets", out.Packets, "held", out.Held, "last", out.Last, "missing", outbox.Runs(out.Missing))
	}
}
