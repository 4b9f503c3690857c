package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tramhoso/app/paper"
	"tramhoso/app/ui/flow"
	given "tramhoso/app/visit/papers"
	"tramhoso/device/port"
	"tramhoso/device/printer"
	"tramhoso/device/twin"
	"tramhoso/sync/clock"
	"tramhoso/sync/dossier"
	"tramhoso/sync/outbox"
	"tramhoso/sync/prove"
	"tramhoso/sync/seal"
	"tramhoso/sync/store"
)

// printProfile is the twin's printer with waits that suit a line without
// delays; they are long enough for a machine that is busy
// with everything else.
var printProfile = printer.Profile{Baud: 4_000_000, ReplyWait: 1500 * time.Millisecond, ConfirmWait: 8 * time.Second, StallWait: 3 * time.Second}

// hurried are the press's pauses in these tests.
var hurried = paper.Pauses{Status: 100 * time.Millisecond, Ready: 20 * time.Millisecond, Settle: 10 * time.Millisecond, Journal: 20 * time.Millisecond}

// printDay is the day of these tests.
var printDay = time.Date(2026, 7, 14, 9, 24, 0, 0, time.UTC)

// printRoom is a station that only prints: the program's own adapters over a
// real store, a line to a simulated printer, and no screen but the words that it
// would show.
type printRoom struct {
	t       testing.TB
	dir     string
	link    string
	twin    *twin.Printer
	profile printer.Profile
	clock   *clock.Fake

	s    *station
	full *atomic.Bool  // the disk takes nothing
	dead *atomic.Bool  // the program was killed: not a byte leaves it
	done chan struct{} // the line's supervisor has ended

	mu      sync.Mutex
	run     int // counts the programs
	told    []paper.Event
	read    int // of those about one paper, by next
	looks   []printer.Status
	sending func()        // called once when a job goes to the printer
	changed chan struct{} // closed and replaced when something was told
}

// province is one for all rooms: its keys take their time to make.
var province = sync.OnceValues(func() (*prove.Province, error) { return prove.NewProvince(printDay) })

func openPrintRoom(t testing.TB, cfg twin.PrinterConfig, profile printer.Profile) *printRoom {
	t.Helper()
	r := &printRoom{t: t, dir: filepath.Join(t.TempDir(), "station"), profile: profile, clock: clock.NewFake(printDay), changed: make(chan struct{})}
	r.link = filepath.Join(t.TempDir(), "printer")
	cfg.Link = r.link
	// As long as real ones take at least: a station that a busy machine holds up
	// for half a second would not notice a shorter restart.
	cfg.BootFor = cmp.Or(cfg.BootFor, 1500*time.Millisecond)
	var err error
	r.twin, err = twin.NewPrinter(cfg)
	must(t, err)
	r.start()
	t.Cleanup(func() {
		r.stop()
		must(t, r.twin.Close())
	})
	r.opened()
	return r
}

// opened waits until the program has looked at its printer.
func (r *printRoom) opened() {
	r.t.Helper()
	r.until("open line", func([]paper.Event) bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		return len(r.looks) > 0
	})
}

// mortal is a line that is dead as soon as the program is.
type mortal struct {
	*port.Serial
	dead *atomic.Bool
}

func (m mortal) Read(p []byte) (int, error) {
	n, err := m.Serial.Read(p)
	if m.dead.Load() {
		return 0, port.ErrUnplugged
	}
	return n, err
}

func (m mortal) Write(p []byte) (int, error) {
	if m.dead.Load() {
		return 0, port.ErrUnplugged
	}
	return m.Serial.Write(p)
}

// fullDisk is a journal on a disk that may be full, and into which a program
// that was killed writes nothing.
type fullDisk struct {
	jobs
	full, dead *atomic.Bool
}

func (f fullDisk) err() error {
	if f.full.Load() || f.dead.Load() {
		return dossier.E(dossier.CodeStorageFull, nil)
	}
	return nil
}

func (f fullDisk) Set(ctx context.Context, id int64, to paper.State, reason string) error {
	if err := f.err(); err != nil {
		return err
	}
	return f.jobs.Set(ctx, id, to, reason)
}

func (f fullDisk) Progress(ctx context.Context, id int64, band, bands int) error {
	if err := f.err(); err != nil {
		return err
	}
	return f.jobs.Progress(ctx, id, band, bands)
}

func (f fullDisk) Reprint(ctx context.Context, id int64) (int64, error) {
	if err := f.err(); err != nil {
		return 0, err
	}
	return f.jobs.Reprint(ctx, id)
}

// start begins the program on what lies in the folder.
func (r *printRoom) start() {
	t, now := r.t, clock.NewAdjustable(r.clock)
	s := &station{cfg: quiet(t, r.dir), log: slog.New(slog.DiscardHandler), clock: now}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	keys, err := seal.OpenKeys(filepath.Join(r.dir, "keys"))
	must(t, err)
	st, err := store.Open(s.ctx, r.dir, store.Options{Now: now.Now})
	must(t, err)
	prov, err := province()
	must(t, err)
	s.kept = &kept{store: st, keys: keys}
	s.outbox = outbox.New(outbox.Config{Store: st, Keys: keys, Clock: now, Log: s.log,
		Station: func() (outbox.Station, error) {
			return outbox.Station{Code: prove.StationCode, SlipHost: prove.SlipHost}, nil
		},
		Recipient: func() (seal.Recipient, error) { return prov.Trust.Recipient(printDay) },
		Counter:   func() ([]string, error) { return []string{prov.Counter.Recipient().String()}, nil }})
	s.journal = newJournal(s.kept, s)
	r.mu.Lock()
	r.run++
	run := r.run
	r.mu.Unlock()
	r.full, r.dead = &atomic.Bool{}, &atomic.Bool{}
	s.press = paper.NewPress(fullDisk{jobs{s.outbox, st}, r.full, r.dead}, paper.Observer{
		Job: func(e paper.Event) {
			r.hear(run, func() {
				r.told = append(r.told, e)
				if e.State == paper.Sending && r.sending != nil {
					r.sending()
					r.sending = nil
				}
			})
		},
		Status: func(st printer.Status) { r.hear(run, func() { r.looks = append(r.looks, st) }) },
	})
	s.press.Pauses = hurried
	r.s, r.done = s, make(chan struct{})
	s.resume()
	dead, done, press, profile := r.dead, r.done, s.press, r.profile
	line := port.Supervisor{Config: port.Config{Path: r.link, Baud: 921_600, Flow: port.Flow(profile.Flow)}, Open: func(c port.Config) (port.Port, error) {
		p, err := port.Open(c)
		if err != nil {
			return nil, err
		}
		return mortal{p, dead}, nil
	}}
	go func() {
		defer close(done)
		_ = line.Run(s.ctx, func(ctx context.Context, p port.Port) error {
			m, err := printer.New(p, profile)
			if err != nil {
				return err
			}
			return press.Serve(ctx, m)
		}, nil)
	}()
}

// hear takes what the program says; one that was killed says nothing.
func (r *printRoom) hear(run int, take func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if run != r.run {
		return
	}
	take()
	close(r.changed)
	r.changed = make(chan struct{})
}

// stop ends the program in order.
func (r *printRoom) stop() {
	r.s.cancel()
	<-r.done
	must(r.t, r.s.store.Close())
}

// kill ends the program between two instructions. What it leaves is the folder
// as it lies on the disk, to which it returns the path.
func (r *printRoom) kill() string {
	r.dead.Store(true)
	r.mu.Lock()
	r.run++ // what it still says is not heard
	r.looks = nil
	r.mu.Unlock()
	to := filepath.Join(r.t.TempDir(), "station")
	r.try(copyFolder(to, r.dir))
	return to
}

// copyFolder copies a folder with its modes: keys that everybody may read are
// refused.
func copyFolder(to, from string) error {
	return filepath.WalkDir(from, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, relErr := filepath.Rel(from, path)
		info, infoErr := e.Info()
		if errors.Is(infoErr, fs.ErrNotExist) {
			return nil // a file of the database's that comes and goes
		}
		if err := errors.Join(relErr, infoErr); err != nil {
			return err
		}
		if e.IsDir() {
			return os.MkdirAll(filepath.Join(to, rel), info.Mode().Perm())
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, rel), data, info.Mode().Perm())
	})
}

// restart begins the program anew on what a killed one left.
func (r *printRoom) restart(dir string) {
	r.stop()
	r.dir = dir
	r.start()
}

// patient is how long anything may take on a busy machine.
const patient = 30 * time.Second

// until waits for something to be told.
func (r *printRoom) until(what string, ok func(told []paper.Event) bool) {
	r.t.Helper()
	limit := time.NewTimer(patient)
	defer limit.Stop()
	for {
		r.mu.Lock()
		told, changed := r.told, r.changed
		r.mu.Unlock()
		if ok(told) {
			return
		}
		select {
		case <-changed:
		case <-limit.C:
			r.t.Fatalf("never %s; told %v, journal %s, paper %s", what, told, r.journal(), r.paper())
		}
	}
}

// slipData draws up the slip of these tests.
func slipData(f outbox.Facts) ([]byte, error) {
	return json.Marshal(paper.Slip{
		Number: f.Number, QR: f.QR, At: f.At, Station: paper.Station{Code: prove.StationCode, Name: "Điểm BĐ – VHX Hoà Phú"},
		Sender: paper.Party{Name: "H’ Bia Niê", Last4: "0123"}, Receiver: paper.Party{Name: "UBND phường Buôn Ma Thuột"},
		Title: "Cấp bản sao trích lục hộ tịch", Procedure: "2.000635", Pay: dossier.PayCounter,
		Papers: []given.Marked{{Name: "Tờ khai", Mark: given.MarkElectronic}},
	})
}

// submit keeps a dossier and returns its slip's print job, not yet queued.
func (r *printRoom) submit(token string) outbox.Submitted {
	r.t.Helper()
	done, err := r.s.outbox.SubmitDossier(context.Background(), token, prove.Dossier(printDay), "UBND xã Ea Thử", slipData)
	must(r.t, err)
	return done
}

// about is what was told about one paper and its copies.
func (r *printRoom) about(told []paper.Event, root int64) []paper.Event {
	var out []paper.Event
	for _, e := range told {
		if j, err := r.s.store.PrintJob(context.Background(), e.Job); err == nil && j.Root == root {
			out = append(out, e)
		}
	}
	return out
}

// over waits until a paper needs a person, or nobody any more, and returns the
// last that was told about it.
func (r *printRoom) over(root int64) (last paper.Event) {
	r.t.Helper()
	return r.reach(root, paper.Printed, paper.Probably, paper.Unknown, paper.Failed)
}

// reach waits until a paper is in one of the states.
func (r *printRoom) reach(root int64, states ...paper.State) (last paper.Event) {
	r.t.Helper()
	r.until(fmt.Sprint("paper ", root, " ", states), func(told []paper.Event) bool {
		all := r.about(told, root)
		if len(all) == 0 {
			return false
		}
		last = all[len(all)-1]
		for _, s := range states {
			if last.State == s {
				return true
			}
		}
		return false
	})
	return last
}

// next waits for the first thing told about a paper, after what this has
// returned before, that says one of the states. A state that is over before a
// busy machine lets the test look is not missed.
func (r *printRoom) next(root int64, states ...paper.State) (first paper.Event) {
	r.t.Helper()
	r.until(fmt.Sprint("paper ", root, " next ", states), func(told []paper.Event) bool {
		all := r.about(told, root)
		for i := min(r.read, len(all)); i < len(all); i++ {
			if slices.Contains(states, all[i].State) {
				r.read, first = i+1, all[i]
				return true
			}
		}
		return false
	})
	return first
}

// hears waits until the owner of a paper was told a reason why it waits.
func (r *printRoom) hears(root int64, reason printer.Reason) {
	r.t.Helper()
	r.until(fmt.Sprint("paper ", root, " waits: ", reason), func(told []paper.Event) bool {
		return slices.ContainsFunc(r.about(told, root), func(e paper.Event) bool { return e.State == paper.Blocked && e.Reason == reason })
	})
}

// offered is what staff are asked about a job, or about any paper (0).
func (r *printRoom) offered(job int64) flow.Ask {
	r.t.Helper()
	open, err := asks{r.s}.Open(r.t.Context())
	must(r.t, err)
	for _, q := range open {
		if q.Job == job || job == 0 {
			return q
		}
	}
	r.t.Fatalf("staff are asked about %v, not about paper %d", open, job)
	return flow.Ask{}
}

// words are the sentences that the owner of a paper reads one after the other,
// and every one of them exists in every language.
func (r *printRoom) words(root int64) string {
	r.mu.Lock()
	told := r.about(r.told, root)
	r.mu.Unlock()
	var said []string
	for _, e := range told {
		key := flow.PrintWord(printStates[e.State], string(e.Reason))
		for _, lang := range []string{"vi", "en"} {
			if !words(lang).Has(key) {
				r.t.Errorf("%s: there is no sentence %q for %s (%s)", lang, key, e.State, e.Reason)
			}
		}
		key = key[strings.LastIndexAny(key, ".-")+1:]
		if len(said) == 0 || said[len(said)-1] != key {
			said = append(said, key)
		}
	}
	return strings.Join(said, " > ")
}

// journal is what is written down about a paper and its copies. How far one got
// is none, a part of it, or all.
func (r *printRoom) journalOf(packet string) string {
	list, err := r.s.store.PrintJobs(context.Background(), packet)
	if err != nil {
		r.t.Error(err)
	}
	var out []string
	for _, j := range list {
		line := string(j.State)
		if j.Copy > 0 {
			line = fmt.Sprintf("copy %s", line)
		}
		if j.Reason != "" {
			line += " " + j.Reason
		}
		switch {
		case j.Band == 0:
			line += " none"
		case j.Band < j.Bands:
			line += " part"
		default:
			line += " all"
		}
		out = append(out, line)
	}
	return strings.Join(out, ", ")
}

// journal is everything that is open, for a failure's message.
func (r *printRoom) journal() string {
	list, err := r.s.store.OpenPrintJobs(context.Background())
	out := fmt.Sprint(err)
	for _, j := range list {
		out += fmt.Sprintf(", %d %s %s %d/%d", j.ID, j.State, j.Reason, j.Band, j.Bands)
	}
	return out
}
