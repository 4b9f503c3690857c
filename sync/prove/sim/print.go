package sim

import (
	"fmt"

	"tramhoso/sync/dossier"
	"tramhoso/sync/outbox"
	"tramhoso/sync/store"
)

// sheet is a paper that came out of a station's printer, or a part of one.
type sheet struct {
	job   int64
	slip  string // its number
	issue int    // 0: the first; each new slip is the next
	copy  int    // what is marked on it; 0: it looks like the first
	whole bool
}

// bandsMost is how many bands a paper has here.
const bandsMost = 4

// stepPrint lets a station print what waits, or a clerk say what became of a
// paper that nobody is sure of.
func (w *World) stepPrint() bool {
	s := w.any()
	if w.chance(25) && w.word(s) {
		return true
	}
	return w.print(s, w.rough && w.chance(20))
}

// print prints the next paper as the program does: journal first, paper second.
// The printer may stop in the middle.
func (w *World) print(s *stationSim, jams bool) bool {
	p, err := s.run.Outbox.NextPaper(w.ctx)
	if dossier.CodeOf(err) == dossier.CodeNotFound {
		return false
	}
	if err != nil {
		w.story.wrong("%s cannot open its next paper: %v", s.code, err)
		return true
	}
	bands, stop := 1+w.draw(bandsMost), 0
	if jams {
		stop = 1 + w.draw(bands)
	}
	number, issue := readPaper(p.Data)
	for _, v := range w.shown(s) {
		if v.got.Slip == number && issue < len(v.lost) {
			w.story.wrong("%s prints slip %d of %s, which was replaced", s.code, issue, v)
		}
	}
	if !w.kept(s, s.run.Store.SetPrint(w.ctx, p.ID, store.PrintSending, "")) {
		return true
	}
	for band := 1; band <= bands; band++ {
		if !w.kept(s, s.run.Store.PrintProgress(w.ctx, p.ID, band, bands)) {
			return true
		}
		if band == 1 {
			s.sheets = append(s.sheets, &sheet{job: p.ID, slip: number, issue: issue, copy: p.Copy})
		}
		if band == stop {
			w.story.tell("%s's printer stops in paper %d", s.code, p.ID)
			w.kept(s, s.run.Store.SetPrint(w.ctx, p.ID, store.PrintUnknown, "jam"))
			return true
		}
	}
	s.sheets[len(s.sheets)-1].whole = true
	w.story.tell("%s prints paper %d, copy %d", s.code, p.ID, p.Copy)
	w.kept(s, s.run.Store.SetPrint(w.ctx, p.ID, store.PrintPrinted, ""))
	return true
}

// kept reports whether the program goes on: its journal took what it wrote.
func (w *World) kept(s *stationSim, err error) bool {
	switch {
	case !s.alive():
		w.story.tell("%s was printing", s.code)
	case err != nil:
		w.story.tell("%s's journal takes nothing: %s", s.code, codeOf(err))
		if dossier.CodeOf(err) != dossier.CodeStorageFull {
			w.story.wrong("%s cannot write its journal of papers: %v", s.code, err)
		}
	default:
		return true
	}
	return false
}

// word lets a clerk look at the printer and say what became of a paper.
func (w *World) word(s *stationSim) bool {
	jobs, err := s.run.Store.OpenPrintJobs(w.ctx)
	w.must(err)
	for _, j := range jobs {
		if j.State != store.PrintUnknown && j.State != store.PrintFailed {
			continue
		}
		if s.whole(j.ID) && w.chance(70) {
			w.story.tell("a clerk at %s says that paper %d came out", s.code, j.ID)
			w.kept(s, s.run.Store.SetPrint(w.ctx, j.ID, store.PrintPrinted, ""))
			return true
		}
		w.story.tell("a clerk at %s wants paper %d once more", s.code, j.ID)
		_, err := s.run.Store.Reprint(w.ctx, j.ID)
		if dossier.CodeOf(err) != dossier.CodeNotFound { // nobody asked in a week
			w.kept(s, err)
		}
		return true
	}
	return false
}

// whole reports whether a paper came out to its end.
func (s *stationSim) whole(job int64) bool {
	for _, p := range s.sheets {
		if p.job == job && p.whole {
			return true
		}
	}
	return false
}

// printAll empties a station's tray: it was restarted, the printer is well, and
// clerks have answered.
func (w *World) printAll(s *stationSim) {
	w.must(s.stop())
	w.must(s.start())
	for range 1000 {
		if !w.print(s, false) && !w.word(s) {
			return
		}
	}
	w.story.wrong("%s never comes to the end of its papers", s.code)
}

// checkSheets holds the paper that people have against what the station keeps.
func (w *World) checkSheets(s *stationSim, list []row) {
	known := map[string]row{}
	for _, r := range list {
		if r.Slip != "" {
			known[r.Slip] = r
		}
	}
	sent, copies, whole := map[int64]bool{}, map[string]map[int]bool{}, map[string]bool{}
	key := func(number string, issue int) string { return fmt.Sprintf("%s, issue %d", number, issue) }
	for _, p := range s.sheets {
		if _, ok := known[p.slip]; !ok {
			w.story.wrong("%s printed slip %s, of which it knows nothing", s.code, p.slip)
		}
		if sent[p.job] {
			w.story.wrong("%s sent paper %d to its printer twice", s.code, p.job)
		}
		one := key(p.slip, p.issue)
		if copies[one] == nil {
			copies[one] = map[int]bool{}
		}
		if copies[one][p.copy] {
			w.story.wrong("two papers of slip %s say that they are copy %d", one, p.copy)
		}
		sent[p.job], copies[one][p.copy] = true, true
		whole[one] = whole[one] || p.whole
	}
	for number, r := range known {
		jobs, err := s.run.Store.PrintJobs(w.ctx, r.ID)
		w.must(err)
		for _, j := range jobs {
			p, err := s.run.Outbox.Paper(w.ctx, j.ID)
			if err != nil || j.Kind != outbox.PaperSlip {
				continue
			}
			if _, issue := readPaper(p.Data); !whole[key(number, issue)] {
				w.story.wrong("slip %s was never printed, and its paper is %s (%s)", key(number, issue), j.State, j.Reason)
				break
			}
		}
	}
}
