package sim

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"tramhoso/sync/dossier"
	"tramhoso/sync/outbox"
	"tramhoso/sync/portal"
	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/wire"
)

// loss is what a station leaves behind that burnt down with its disk: people know
// what it had said, and its second medium lay elsewhere.
type loss struct {
	rows    []row
	medium  *stickSim       // nil: it had none
	on      map[string]bool // packets that lie there
	history int             // of the portal at that moment
}

// living are the stations that were not lost.
func (w *World) living() (list []*stationSim) {
	for _, s := range w.stations {
		if s.lost == nil {
			list = append(list, s)
		}
	}
	return list
}

// stepMirror lets a station's second medium come up to date, or another one be put
// in its place.
func (w *World) stepMirror() bool {
	s := w.any()
	if s.medium == nil || w.chance(10) {
		w.newMedium(s)
	}
	return w.mirror(s)
}

func (w *World) newMedium(s *stationSim) {
	k := &stickSim{n: len(w.media) + 1, dir: w.disk("medium")}
	w.must(os.MkdirAll(k.dir, 0o700))
	w.media = append(w.media, k)
	s.medium = k
	w.story.tell("%s gets medium %d", s.code, k.n)
}

// mirror brings the medium up to date. Once the station says that it is, every
// packet lies there whose body the station has.
func (w *World) mirror(s *stationSim) bool {
	k := s.medium
	defer w.plug(k)()
	m := outbox.NewMirror(s.run.Store, k.dir, s.run.Province.Station, w.log)
	m.Device = func(dir string) (uint64, error) { // both folders lie on one disk here
		st, err := os.Stat(dir)
		if err == nil && st.IsDir() && dir == k.dir {
			return 2, nil
		}
		return 1, err
	}
	err := m.Pass(w.ctx)
	switch {
	case !s.alive():
		w.story.tell("%s was writing to medium %d", s.code, k.n)
		return true
	case err != nil:
		w.story.tell("%s cannot write to medium %d: %s", s.code, k.n, codeOf(err))
		if dossier.CodeOf(err) != dossier.CodeStorageFull {
			w.story.wrong("%s cannot write to its second medium: %v", s.code, err)
		}
		return true
	}
	list, err := s.rows(w.ctx)
	w.must(err)
	on := w.lying(k)
	w.story.tell("%s has %d packets on medium %d", s.code, len(on), k.n)
	for _, r := range list {
		if r.Body && !on[r.ID] {
			w.story.wrong("%s takes %s/%d for mirrored, and it is not on medium %d", s.code, s.code, r.Seq, k.n)
		}
	}
	return true
}

// lying are the packets on a medium.
func (w *World) lying(k *stickSim) map[string]bool {
	on := map[string]bool{}
	entries, err := os.ReadDir(k.dir)
	w.must(err)
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), ".packet"); ok && len(name) > 36 {
			on[name[len(name)-36:]] = true
		}
	}
	return on
}

// stepLoose lets somebody bring a second medium to the portal: of a station that
// was lost, or, since it looks like any other stick, of one that goes on.
func (w *World) stepLoose() bool {
	var list []*stickSim
	for _, s := range w.stations {
		if s.medium != nil {
			list = append(list, s.medium)
		}
	}
	k, ok := some(w, list)
	if ok {
		w.loose(k)
	}
	return ok
}

func (w *World) loose(k *stickSim) {
	defer w.plug(k)()
	got, err := w.portal.running.ImportLoose(w.ctx, k.dir)
	switch {
	case w.portal.next != "":
		w.story.tell("the portal was reading medium %d", k.n)
		return
	case err != nil:
		w.story.tell("the portal cannot import medium %d: %s", k.n, codeOf(err))
		if !w.portal.full {
			w.story.wrong("the portal cannot import medium %d: %v", k.n, err)
		}
		return
	}
	w.story.tell("the portal imports medium %d: %d packets, %d new, %d files", k.n, got.Packets, got.New, got.Files)
	for _, r := range got.Refused {
		w.story.wrong("the portal refused a packet of medium %d: %v", k.n, r.Err)
	}
}

// stepLose lets a station burn down. What it had sent or mirrored must be at the
// portal in the end, and what is missing must be named.
func (w *World) stepLose() bool {
	if len(w.living()) < 2 {
		return false
	}
	s := w.sending()
	if w.chance(40) { // its medium is what is left of what it had not sent
		if s.medium == nil {
			w.newMedium(s)
		}
		if w.mirror(s); !s.alive() || len(w.story.Broken()) > 0 {
			return true
		}
	}
	if w.burn(s); s.lost == nil {
		return false
	}
	if w.chance(30) {
		err := w.portal.running.Revoke(w.ctx, s.code)
		if w.portal.next == "" {
			w.story.tell("the province revokes %s: %s", s.code, done(err))
		}
	}
	if l := s.lost; l.medium != nil && w.portal.next == "" && w.chance(50) {
		w.loose(l.medium)
	}
	return true
}

// burn destroys a station that has said something, and its disk. People know what
// that was; what lies on its medium is left.
func (w *World) burn(s *stationSim) {
	list, err := s.rows(w.ctx)
	w.must(err)
	if len(list) == 0 {
		return
	}
	l := &loss{rows: list, medium: s.medium, history: w.portal.history}
	if l.medium != nil {
		if w.rough {
			w.singe(l.medium)
		}
		l.on = w.lying(l.medium)
	}
	w.must(s.stop())
	w.scrap(s.dir)
	s.lost = l
	w.story.tell("%s burns down after %d packets, %d of them on its medium", s.code, len(list), len(l.on))
}

// singe may take some packets from a medium: it lay too near.
func (w *World) singe(k *stickSim) {
	if !w.chance(60) {
		return
	}
	entries, err := os.ReadDir(k.dir)
	w.must(err)
	gone := 0
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".packet") && w.chance(40) {
			w.must(os.Remove(filepath.Join(k.dir, e.Name())))
			gone++
		}
	}
	w.story.tell("of medium %d, %d packets cannot be read any more", k.n, gone)
}

// checkLost looks for what a lost station had said. It returns how many of its
// dossiers the portal has.
func (w *World) checkLost(s *stationSim) (dossiers int) {
	l := s.lost
	h, err := w.side(s, len(l.rows))
	w.must(err)
	gaps, err := w.gaps(s)
	w.must(err)
	for _, r := range l.rows {
		name := fmt.Sprintf("%s/%d (%s)", s.code, r.Seq, r.Kind)
		w.name(r.ID, name)
		there := h.packets[r.Seq]
		switch {
		case len(there) > 1:
			w.story.wrong("the portal holds %s %d times", name, len(there))
		case len(there) == 1 && (there[0].ID != r.ID || there[0].Digest != r.Digest):
			w.story.wrong("the portal holds something else for %s", name)
		case len(there) == 1:
			if r.Kind == string(dossier.KindDossier) {
				dossiers++
			}
			if l.on[r.ID] && w.portal.history == 0 && there[0].State != wire.StateWhole {
				w.story.wrong("%s was mirrored and is not whole at the portal", name)
			}
		case l.on[r.ID]:
			w.story.wrong("%s was mirrored and is not at the portal", name)
		case r.Receipt != "" && w.portal.history == 0:
			w.story.wrong("%s was receipted and is not at the portal", name)
		case !missing(gaps, r.Seq):
			w.story.wrong("%s is lost and nobody names it", name)
		}
		if len(there) > 0 && missing(gaps, r.Seq) {
			w.story.wrong("%s is named as lost and is at the portal", name)
		}
	}
	for seq := range h.packets {
		if seq > uint64(len(l.rows)) {
			w.story.wrong("the portal holds packet %d of %s, which made only %d", seq, s.code, len(l.rows))
		}
	}
	return dossiers
}

// gaps is what the portal says that it never heard of a station.
func (w *World) gaps(s *stationSim) (g portal.StationGaps, err error) {
	list, err := w.portal.running.Gaps(w.ctx)
	for _, g := range list {
		if g.Station == s.code {
			return g, err
		}
	}
	return g, err
}

// missing reports whether a sequence number is named: it lies in a gap, or after
// everything that came.
func missing(g portal.StationGaps, seq uint64) bool {
	if seq > g.Last {
		return true
	}
	for _, r := range g.Gaps {
		if r := (ledger.Run{From: r.From, To: r.To}); r.From <= seq && seq <= r.To {
			return true
		}
	}
	return false
}
