package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"tramhoso/app/paper"
	"tramhoso/device/twin"
	"tramhoso/sync/store"
)

// PRINT_SOAK is how many papers the soak prints; PRINT_SEED plays one again.
const (
	soakVariable = "PRINT_SOAK"
	seedVariable = "PRINT_SEED"
	soakPapers   = 100 // what an ordinary test run has time for
	soakLanes    = 8   // stations beside each other: they mostly wait
	// twinPapers is after how many papers a lane's printer is replaced by a new
	// one: a twin remembers the pictures of hundreds.
	twinPapers = 25
	// heapGrowth is how much more memory may be in use at the end than after the
	// first papers; what one paper leaves behind would be more in the long run.
	heapGrowth = 16 << 20
)

func number(t *testing.T, variable string, otherwise uint64) uint64 {
	text := os.Getenv(variable)
	if text == "" {
		return otherwise
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s=%q is no number", variable, text)
	}
	return n
}

// TestPrintSoak prints papers with a random fault each; after every one what the
// journal says is held against the paper that exists. At the end nothing has
// been left behind.
func TestPrintSoak(t *testing.T) {
	most := uint64(soakPapers)
	if racing {
		most = soakLanes
	}
	papers, seed := number(t, soakVariable, most), number(t, seedVariable, rand.Uint64())
	t.Logf("%s=%d %s=%d", soakVariable, papers, seedVariable, seed)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("to play it again: %s=%d %s=%d", soakVariable, papers, seedVariable, seed)
		}
	})
	soak(t, seed, soakLanes) // what is made once is made now
	threads, files, heap := goleak.IgnoreCurrent(), openFiles(t), inUse()
	soak(t, seed+1, int(papers))
	goleak.VerifyNone(t, threads)
	if now := openFiles(t); len(now) > len(files) {
		t.Errorf("%d files are open, %d were: %v", len(now), len(files), now)
	}
	if now := inUse(); now > heap+heapGrowth {
		t.Errorf("%d KB of memory in use, %d KB before", now>>10, heap>>10)
	}
}

func soak(t *testing.T, seed uint64, papers int) {
	t.Run(fmt.Sprint(papers), func(t *testing.T) {
		for lane := range soakLanes {
			t.Run(fmt.Sprint("lane ", lane), func(t *testing.T) {
				t.Parallel()
				r := openPrintRoom(t, twin.PrinterConfig{}, printProfile)
				luck := rand.New(rand.NewPCG(seed, uint64(lane)))
				for i := range papers / soakLanes {
					if i%twinPapers == twinPapers-1 {
						r.newPrinter()
					}
					r.soakOne(luck, fmt.Sprintf("%d-%d", lane, i))
					if t.Failed() {
						return
					}
				}
			})
		}
	})
}

// newPrinter takes the printer away and puts another in its place.
func (r *printRoom) newPrinter() {
	must(r.t, r.twin.Close())
	var err error
	r.twin, err = twin.NewPrinter(twin.PrinterConfig{Link: r.link})
	must(r.t, err)
}

// soakOne prints one paper through whatever happens to it.
func (r *printRoom) soakOne(luck *rand.Rand, name string) {
	r.until("ready printer", func([]paper.Event) bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		return len(r.looks) > 0 && r.looks[len(r.looks)-1].Ready()
	})
	slip := r.submit(name)
	from := len(r.sheets())
	what := "nothing"
	help := func() {}
	var killed chan string
	switch at, f := moments[luck.IntN(len(moments))], faults[luck.IntN(len(faults))]; luck.IntN(10) {
	case 0, 1: // an ordinary paper
	case 2: // the program is killed
		what = "killed " + at
		killed = make(chan string, 1)
		r.at(at, slip.PrintJob, func(r *printRoom) { killed <- r.kill() })
	default:
		what = f.name + " " + at
		r.at(at, slip.PrintJob, f.do)
		if f.help != nil {
			help = func() { f.help(r) }
		}
	}
	r.s.press.Print(slip.PrintJob)
	if killed != nil {
		left := r.dir
		r.restart(<-killed)
		must(r.t, os.RemoveAll(filepath.Dir(left)))
	}
	r.soakEnd(slip.PrintJob, slip.Packet, help)
	r.twin.SlowHead(0)
	r.twin.OK()
	r.try(r.twin.Plug())
	r.soakCheck(what, slip.PrintJob, slip.Packet, from)
	r.forget()
}

// soakEnd helps and answers until the paper is known to be out.
func (r *printRoom) soakEnd(root int64, packet string, help func()) {
	for range 3 * len(moments) { // more than the press itself tries
		open, err := asks{r.s}.Open(r.t.Context())
		must(r.t, err)
		for _, q := range open {
			r.twin.OK()
			r.try(r.twin.Plug())
			must(r.t, asks{r.s}.Answer(r.t.Context(), q.Job, !q.Unprinted && r.isOut(root, packet)))
		}
		switch r.reach(root, paper.Printed, paper.Probably, paper.Unknown, paper.Failed, paper.Blocked).State {
		case paper.Printed, paper.Probably:
			return
		case paper.Blocked:
			help()
			r.over(root)
		}
	}
	r.t.Fatalf("paper %d does not end: %s", root, r.journalOf(packet))
}

// isOut is what a person sees who looks for the newest copy of a paper.
func (r *printRoom) isOut(root int64, packet string) bool {
	list, err := r.s.store.PrintJobs(r.t.Context(), packet)
	must(r.t, err)
	newest := list[len(list)-1]
	want, seen := "slip", 0
	if newest.Copy > 0 {
		want = "again slip"
	}
	for _, p := range r.sheets() {
		if sheetKind(p, r.kinds("slip", root)) == want {
			seen++
		}
	}
	for _, j := range list[:len(list)-1] {
		if j.Copy > 0 && (j.State == store.PrintPrinted || j.State == store.PrintProbably) {
			seen--
		}
	}
	return seen > 0
}

// soakCheck holds the journal against the paper, which may still wait for the
// knife.
func (r *printRoom) soakCheck(what string, root int64, packet string, from int) {
	var wrong string
	var out []string
	defer func() {
		if r.t.Failed() {
			r.t.Logf("%s: %s: paper %v, journal %s, told %s", what, wrong, out, r.journalOf(packet), r.words(root))
		}
	}()
	r.until("right", func([]paper.Event) bool {
		out = nil
		for _, p := range r.sheets()[from:] {
			out = append(out, sheetKind(p, r.kinds("slip", root)))
		}
		wrong = r.soakWrong(out, packet)
		return wrong == ""
	})
}

func (r *printRoom) soakWrong(out []string, packet string) string {
	list, err := r.s.store.PrintJobs(r.t.Context(), packet)
	must(r.t, err)
	var plain, whole int
	for _, kind := range out {
		if kind == "slip" || kind == "again slip" || kind == "torn slip" || kind == "torn again slip" {
			whole++
		}
		if strings.HasSuffix(kind, "slip") && !strings.Contains(kind, "again") {
			plain++
		}
	}
	newest := list[len(list)-1]
	switch {
	case plain > 1:
		return "two whole slips without a mark"
	case newest.State != store.PrintPrinted && newest.State != store.PrintProbably:
		return "the newest copy is " + string(newest.State)
	case whole == 0:
		return "called " + string(newest.State) + ", and there is no whole paper"
	}
	return ""
}

// forget lets go of what was told.
func (r *printRoom) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.told, r.looks = nil, nil
}

// openFiles are the files and lines this process has open.
func openFiles(t *testing.T) []string {
	list, err := os.ReadDir("/proc/self/fd")
	must(t, err)
	var out []string
	for _, e := range list {
		if to, err := os.Readlink(filepath.Join("/proc/self/fd", e.Name())); err == nil {
			out = append(out, to)
		}
	}
	return out
}

// inUse is the memory that is still referred to.
func inUse() uint64 {
	runtime.GC()
	runtime.GC() // what finalizers of the first let go of
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
