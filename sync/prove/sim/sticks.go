package sim

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"tramhoso/sync/courier"
	"tramhoso/sync/dossier"
	"tramhoso/sync/wire/stick"
)

// mostSticks is how many sticks a world has.
const mostSticks = 3

// stickSim is a stick that people carry about.
type stickSim struct {
	n    int
	dir  string
	next string // what was on it when the machine died that it was plugged into
}

func (k *stickSim) String() string { return fmt.Sprintf("stick %d", k.n) }

// plug makes k the stick that a dying machine leaves as it is at that moment.
func (w *World) plug(k *stickSim) func() {
	w.plugged = k
	return func() { w.plugged = nil }
}

// freeze keeps what is on the plugged stick while its machine dies.
func (w *World) freeze() error {
	k := w.plugged
	if k == nil {
		return nil
	}
	k.next = w.disk("stick")
	return copyDisk(k.next, k.dir)
}

// thaw gives people the sticks back that were in a machine when it died.
func (w *World) thaw() {
	for _, k := range append(slices.Clone(w.media), w.sticks...) {
		if k.next == "" {
			continue
		}
		w.scrap(k.dir)
		k.dir, k.next = k.next, ""
		if slices.Contains(w.sticks, k) { // nobody goes by the times on a medium
			w.date(k)
		}
	}
}

// aStick is one of the sticks; the first times somebody buys one.
func (w *World) aStick() *stickSim {
	if n := w.draw(mostSticks); n < len(w.sticks) {
		return w.sticks[n]
	}
	k := &stickSim{n: len(w.sticks) + 1, dir: w.disk("stick")}
	w.must(os.MkdirAll(k.dir, 0o700))
	w.sticks = append(w.sticks, k)
	return k
}

// files lists a stick in the order in which its files were first written: their
// names are random, and so would the story be.
func (w *World) files(k *stickSim) (names []string) {
	entries, err := os.ReadDir(k.dir)
	w.must(err)
	for _, e := range entries {
		names = append(names, e.Name())
	}
	slices.SortFunc(names, func(a, b string) int { return w.order(a) - w.order(b) })
	return names
}

// order numbers files by their first appearance; an answer has its question's
// name, and so its number.
func (w *World) order(name string) int {
	id, ext, _ := strings.Cut(name, ".")
	n, ok := w.written[id]
	if !ok {
		n = 10 * (len(w.written) + 1)
		w.written[id] = n
	}
	return n + len(ext)%10
}

// date gives what is on a stick times of our own: the real ones differ from run
// to run, and a reader goes by them.
func (w *World) date(k *stickSim) {
	for _, name := range w.files(k) {
		path := filepath.Join(k.dir, name)
		st, err := os.Stat(path)
		w.must(err)
		if st.ModTime().Before(day.AddDate(1, 0, 0)) && st.ModTime().After(day.AddDate(-1, 0, 0)) && w.dated[k.dir+name] {
			continue
		}
		at := w.now().Add(time.Duration(w.order(name)))
		w.must(os.Chtimes(path, at, at))
		w.dated[k.dir+name] = true
	}
}

// aFull is a stick that something lies on.
func (w *World) aFull() (*stickSim, bool) {
	var list []*stickSim
	for _, k := range w.sticks {
		if len(w.files(k)) > 0 {
			list = append(list, k)
		}
	}
	return some(w, list)
}

// stepExport lets somebody take a station's packets on a stick.
func (w *World) stepExport() bool { return w.exportTo(w.sending(), w.aStick()) }

func (w *World) exportTo(s *stationSim, k *stickSim) bool {
	defer w.plug(k)()
	done, err := s.run.Courier.Export(w.ctx, k.dir, nil)
	switch {
	case !s.alive():
		w.story.tell("%s was writing to %s", s.code, k)
		return true
	case err != nil:
		w.story.tell("%s cannot export to %s: %s", s.code, k, codeOf(err))
		if dossier.CodeOf(err) != dossier.CodeStorageFull {
			w.story.wrong("%s cannot export: %v", s.code, err)
		}
		return true
	}
	written := append([]string{done.Name}, done.More...)
	for _, name := range written {
		w.order(name)
	}
	w.date(k)
	w.story.tell("%s exports %d packets and %d papers to %s", s.code, done.Packets, done.Files, k)
	if done.FilesNot > 0 {
		w.story.wrong("%s has no room on %s for %d papers", s.code, k, done.FilesNot)
	}
	if w.rough && w.chance(12) { // it was pulled out too early
		name := written[w.draw(len(written))]
		id, _, _ := strings.Cut(name, ".")
		w.torn[id] = true
		path := filepath.Join(k.dir, name)
		b, err := os.ReadFile(path)
		w.must(err)
		part := w.draw(100)
		w.must(os.WriteFile(path, b[:len(b)*part/100], 0o600))
		if w.chance(30) {
			w.must(os.Rename(path, strings.TrimSuffix(path, string(stick.Up))+".tramnew"))
		}
		w.story.tell("%s is pulled out before the file is whole", k)
	}
	return true
}

// stepDeliver lets somebody bring a stick to the portal.
func (w *World) stepDeliver() bool {
	k, ok := w.aFull()
	if !ok {
		return false
	}
	defer w.plug(k)()
	done, err := w.portal.running.Import(w.ctx, k.dir)
	switch {
	case w.portal.next != "":
		w.story.tell("the portal was reading %s", k)
		return true
	case err != nil:
		w.story.tell("the portal cannot import %s: %s", k, codeOf(err))
		if !w.portal.full {
			w.story.wrong("the portal cannot import %s: %v", k, err)
		}
		return true
	}
	w.date(k)
	fresh, bad, papers := 0, 0, 0
	for _, b := range done.Bundles {
		papers += b.Here
		if fresh += b.New; b.Err != nil {
			bad++
		}
		if b.Refused > 0 {
			w.story.wrong("the portal refused %d packets of %s", b.Refused, b.Station)
		}
	}
	w.story.tell("the portal imports %s: %d files, %d of them no use, %d new packets, %d papers, %d answers", k, len(done.Bundles), bad, fresh, papers, len(done.Answers))
	return true
}

// stepBringBack lets somebody plug a stick into some station.
func (w *World) stepBringBack() bool { return w.bringBack(w.any()) }

func (w *World) bringBack(s *stationSim) bool {
	k, ok := w.aFull()
	if !ok {
		return false
	}
	defer w.plug(k)()
	done, err := s.run.Courier.Import(w.ctx, k.dir)
	switch {
	case !s.alive():
		w.story.tell("%s was reading %s", s.code, k)
		return true
	case err != nil:
		w.story.tell("%s cannot import %s: %s", s.code, k, codeOf(err))
		if dossier.CodeOf(err) != dossier.CodeStorageFull {
			w.story.wrong("%s cannot import: %v", s.code, err)
		}
		return true
	}
	why := map[error]int{}
	applied := 0
	for _, f := range done.Files {
		if f.Applied {
			applied++
		}
		for _, known := range []error{courier.ErrForeign, courier.ErrUnsigned, courier.ErrStale} {
			if errors.Is(f.Err, known) {
				why[known]++
			}
		}
	}
	w.story.tell("%s imports %s: %d answers, %d applied, %d for others, %d stale; %d receipts, %d whole, %d events", s.code, k,
		len(done.Files), applied, why[courier.ErrForeign], why[courier.ErrStale], done.Receipts, done.Whole, done.Events)
	if done.Refused > 0 {
		w.story.wrong("%s reads that the portal refused %d packets", s.code, done.Refused)
	}
	return true
}

// stepCopy lets somebody copy a stick onto another.
func (w *World) stepCopy() bool {
	from, ok := w.aFull()
	to := w.aStick()
	if !ok || from == to {
		return false
	}
	n := 0
	for _, name := range w.files(from) {
		b, err := os.ReadFile(filepath.Join(from.dir, name))
		w.must(err)
		w.must(os.WriteFile(filepath.Join(to.dir, name), b, 0o600))
		delete(w.dated, to.dir+name)
		n++
	}
	w.date(to)
	w.story.tell("somebody copies the %d files of %s to %s", n, from, to)
	return true
}
