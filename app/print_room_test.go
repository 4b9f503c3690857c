package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tramhoso/app/paper"
	"tramhoso/app/ui/flow"
	"tramhoso/app/visit"
	given "tramhoso/app/visit/papers"
	"tramhoso/device/port"
	"tramhoso/device/printer"
	"tramhoso/device/twin"
	"tramhoso/sync/clock"
	"tramhoso/sync/outbox"
	"tramhoso/sync/prove"
	"tramhoso/sync/seal"
	"tramhoso/sync/store"
)

// printProfile is the twin's printer with waits that suit a line without
// delays; they are long enough for a busy machine.
var printProfile = printer.Profile{Baud: 4_000_000, ReplyWait: 400 * time.Millisecond, ConfirmWait: time.Second, StallWait: 600 * time.Millisecond}

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
	dead *atomic.Bool  // the program was killed: not a byte leaves it
	done chan struct{} // the line's supervisor has ended

	mu      sync.Mutex
	run     int // counts the programs
	told    []paper.Event
	looks   []printer.Status
	changed chan struct{} // closed and replaced when something was told
}

// province is one for all rooms: its keys take their time to make.
var province = sync.OnceValues(func() (*prove.Province, error) { return prove.NewProvince(printDay) })

func openPrintRoom(t testing.TB, cfg twin.PrinterConfig, profile printer.Profile) *printRoom {
	t.Helper()
	r := &printRoom{t: t, dir: filepath.Join(t.TempDir(), "station"), profile: profile, clock: clock.NewFake(printDay), changed: make(chan struct{})}
	r.link = filepath.Join(t.TempDir(), "printer")
	cfg.Link = r.link
	var err error
	r.twin, err = twin.NewPrinter(cfg)
	must(t, err)
	r.start()
	t.Cleanup(func() {
		r.stop()
		must(t, r.twin.Close())
	})
	r.until("open line", func([]paper.Event) bool { return len(r.looks) > 0 })
	return r
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
		Station:   func() (outbox.Station, error) { return outbox.Station{Code: prove.StationCode, SlipHost: prove.SlipHost}, nil },
		Recipient: func() (seal.Recipient, error) { return prov.Trust.Recipient(printDay) },
		Counter:   func() ([]string, error) { return []string{prov.Counter.Recipient().String()}, nil }})
	s.journal = newJournal(s.kept, s)
	r.mu.Lock()
	r.run++
	run := r.run
	r.mu.Unlock()
	s.press = paper.NewPress(jobs{s.outbox, st}, paper.Observer{
		Job:    func(e paper.Event) { r.hear(run, func() { r.told = append(r.told, e) }) },
		Status: func(st printer.Status) { r.hear(run, func() { r.looks = append(r.looks, st) }) },
	})
	s.press.Pauses = hurried
	r.s, r.dead, r.done = s, &atomic.Bool{}, make(chan struct{})
	s.resume()
	dead, done, press, profile := r.dead, r.done, s.press, r.profile
	line := port.Supervisor{Config: port.Config{Path: r.link, Flow: port.Flow(profile.Flow)}, Open: func(c port.Config) (port.Port, error) {
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
	r.mu.Unlock()
	to := filepath.Join(r.t.TempDir(), "station")
	if err := os.CopyFS(to, os.DirFS(r.dir)); err != nil {
		r.t.Error(err)
	}
	return to
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
		told, changed, is := r.told, r.changed, ok(r.told)
		r.mu.Unlock()
		if is {
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
		Title: "Cấp bản sao trích lục hộ tịch", Procedure: "2.000635", Pay: visit.PayCounter,
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

// roots tells which paper an event is about: copies are of their first.
func roots(told []paper.Event) map[int64]int64 {
	of := map[int64]int64{}
	root := func(id int64) int64 {
		for of[id] != 0 && of[id] != id {
			id = of[id]
		}
		return id
	}
	for _, e := range told {
		if e.Before != 0 {
			of[e.Job] = root(e.Before)
		} else if of[e.Job] == 0 {
			of[e.Job] = e.Job
		}
	}
	return of
}

// about is what was told about one paper and its copies.
func about(told []paper.Event, root int64) []paper.Event {
	of := roots(told)
	var out []paper.Event
	for _, e := range told {
		if of[e.Job] == root {
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
		all := about(told, root)
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

// words are the sentences that the owner of a paper reads one after the other,
// and every one of them exists in every language.
func (r *printRoom) words(root int64) string {
	r.mu.Lock()
	told := about(r.told, root)
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

// drawn is a job as it comes out whole.
func (r *printRoom) drawn(id int64, copied bool) *image.Gray {
	job, err := jobs{r.s.outbox, r.s.store}.Open(context.Background(), id)
	must(r.t, err)
	if job.Copy = 0; copied {
		job.Copy = 1
	}
	doc, err := paper.Draw(job)
	must(r.t, err)
	img, err := printer.Layout(doc, r.profile.Paper())
	must(r.t, err)
	return img
}

// ink are the rows of a picture from the first to the last that is not white.
func ink(img *image.Gray) []byte {
	white := bytes.Repeat([]byte{0xff}, img.Stride)
	pix := img.Pix
	for len(pix) > 0 && bytes.Equal(pix[:img.Stride], white) {
		pix = pix[img.Stride:]
	}
	for len(pix) > 0 && bytes.Equal(pix[len(pix)-img.Stride:], white) {
		pix = pix[:len(pix)-img.Stride]
	}
	return pix
}

// sheets are all pieces of paper, the first first.
func (r *printRoom) sheets() []twin.Paper {
	cut, torn := r.twin.Papers(), r.twin.Partials()
	var all []twin.Paper
	for len(cut) > 0 || len(torn) > 0 {
		if len(torn) == 0 || len(cut) > 0 && cut[0].Number < torn[0].Number {
			all, cut = append(all, cut[0]), cut[1:]
		} else {
			all, torn = append(all, torn[0]), torn[1:]
		}
	}
	return all
}

// paperKinds names what a slip and its reprint look like.
type paperKinds struct {
	name        string
	slip, again []byte // their ink
}

func (r *printRoom) kinds(name string, job int64) paperKinds {
	return paperKinds{name, ink(r.drawn(job, false)), ink(r.drawn(job, true))}
}

// kindOf says what a piece of paper is. What holds a whole slip is one, whatever
// else is on it: somebody could take it for the slip.
func kindOf(p twin.Paper, known ...paperKinds) string {
	rows := ink(p.Image)
	if len(rows) == 0 {
		return "blank"
	}
	for _, k := range known {
		for what, want := range map[string][]byte{k.name: k.slip, "again " + k.name: k.again} {
			if bytes.Equal(rows, want) {
				if p.Partial {
					return "torn " + what
				}
				return what
			}
		}
	}
	for _, k := range known {
		// The mark stands above and below a reprint, so this one comes first.
		if bytes.Contains(rows, k.again) {
			return "spoilt again " + k.name
		}
		if bytes.Contains(rows, k.slip) {
			return "spoilt " + k.name
		}
	}
	if p.Partial {
		return "torn"
	}
	return "piece"
}

// paper is what came out, one after the other.
func (r *printRoom) paper(known ...paperKinds) string {
	var out []string
	for _, p := range r.sheets() {
		out = append(out, kindOf(p, known...))
	}
	return strings.Join(out, ", ")
}

