package main

import (
	"context"
	"os"

	"tramhoso/sync/dossier"
	"tramhoso/sync/wire"
)

// runForgotten enrols the station once more where its portal does not know it: that
// one goes on from a copy from before the enrolment, and people hold slips for what it
// forgot. A token for the same code lies where the first one did.
func (s *station) runForgotten(ctx context.Context) error {
	var refused []byte // the token that is not offered again
	said := ""
	for {
		if err := wait(ctx, enrolEvery); err != nil {
			return err
		}
		if _, _, why := s.inbox.Contact(); why != dossier.CodeNotEnrolled {
			said = ""
			continue
		}
		if _, err := s.province.Enrolment(); err != nil {
			continue // it is nobody yet: runEnrol
		}
		token, err := os.ReadFile(s.cfg.Portal.TokenFile)
		if err == nil && string(token) == string(refused) {
			continue
		}
		if err = s.enrolFromFile(ctx); err == nil {
			s.log.Warn("enrolled again: the portal had forgotten this station", "station", s.code())
			s.queue.Resume()
			s.files.Resume()
			s.inbox.Wake()
			continue
		}
		if dossier.CodeOf(err) == wire.CodeTokenRefused {
			refused = token
		}
		if err.Error() != said && ctx.Err() == nil {
			said = err.Error()
			s.log.Error("the portal does not know this station: it needs a token for the same code", "code", dossier.CodeOf(err), "err", err)
		}
	}
}
