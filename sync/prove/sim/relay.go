package sim

import (
	"context"
	"strings"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/wire/stick"
)

// stepRelay lets somebody plug a stick into a station that has a network, which
// takes what others left there to the portal and cannot read it.
func (w *World) stepRelay() bool {
	k, s, ok := w.served()
	if ok {
		w.relay(s, k, w.between(5*time.Second, 3*time.Minute))
	}
	return ok
}

// served is a stick and a station that others' files on it can go by: most often
// there is something to do.
func (w *World) served() (k *stickSim, s *stationSim, ok bool) {
	if k, ok = w.aFull(); !ok {
		return k, s, false
	}
	for range 6 {
		s = w.any()
		n, err := s.run.Courier.Others(w.ctx, k.dir)
		w.must(err)
		if n > 0 && s.line == up {
			return k, s, true
		}
	}
	return k, s, w.chance(10)
}

// relay lasts so long at most: then somebody pulls the stick out.
func (w *World) relay(s *stationSim, k *stickSim, patience time.Duration) {
	defer w.plug(k)()
	others, err := s.run.Courier.Others(w.ctx, k.dir)
	w.must(err)
	ctx, stop := context.WithTimeout(w.ctx, patience+offBeat)
	defer stop()
	done, err := s.run.Courier.Relay(ctx, k.dir, s.run.Link, s.run.Files.Turn, nil)
	bad := 0
	for _, f := range done.Files {
		if f.Err == nil {
			continue
		}
		bad++
		if id := strings.TrimSuffix(f.Name, string(stick.Up)); s.alive() && !w.torn[id] && w.portal.next == "" && !w.portal.full {
			w.story.wrong("%s brings %s's file %d to the portal, which has no use for it: %v", s.code, k, w.order(f.Name), f.Err)
		}
	}
	switch {
	case !s.alive():
		w.story.tell("%s was taking %s to the portal", s.code, k)
		return
	case err != nil && ctx.Err() == nil && dossier.CodeOf(err) == "":
		w.story.wrong("%s cannot take %s to the portal: %v", s.code, k, err)
	}
	w.date(k)
	w.story.tell("%s takes %d files of others on %s to the portal: %d answered, %d of no use (%s)", s.code, others, k, done.Answered, bad, relayed(ctx, err))
}

func relayed(ctx context.Context, err error) string {
	if ctx.Err() != nil {
		return "then it is pulled out"
	}
	return done(err)
}
