package sim

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"

	"tramhoso/sync/clock"
)

// World is one seed's province: a portal, its stations, the lines between them,
// the people, and the truth that the people know.
type World struct {
	seed      uint64
	template  *Template
	dir       string
	began     time.Time
	ctx       context.Context
	story     *Story
	log       *slog.Logger
	logged    *buffer
	net       network
	portal    *portalSim
	stations  []*stationSim
	visits    []*visit
	disks     int  // folders given out
	letters   int  // said so far
	rough     bool // lines are bad and sticks are pulled out, as it happens
	sticks    []*stickSim
	media     []*stickSim     // second media
	rotations int             // of the province's keys
	newest    time.Time       // when the newest of those that sign comes to hold
	torn      map[string]bool // files on sticks, by id, that were cut short
	plugged   *stickSim       // into the machine that works now
	written   map[string]int  // files on sticks, by id, in the order of their first appearance
	dated     map[string]bool // files on sticks whose time is ours

	mu      sync.Mutex // over rng and truth, which the network's goroutines use too
	rng     *rand.Rand
	fuse    int               // points until the armed machine dies; 0: none is armed
	armed   machine           //
	signed  map[string]signed // receipts of the portal's present history, by packet id
	names   map[string]string // of packets, by id
	stuck   []letter          // requests that were sent and have not arrived
	held    *hold             // whose next answer is held back; nil: nobody's
	holding *hold             // whose answer is held back now
	passed  []passing
	record  bool // keep what is passed
}

// machine is what can die: a station or the portal.
type machine interface {
	name() string
	die(point string)
}

// passing is one machine at one named point.
type passing struct{ machine, point string }

// buffer keeps everything that both ends log.
type buffer struct {
	mu sync.Mutex
	b  []byte
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.b = append(b.b, p...)
	return len(p), nil
}

// NewWorld makes the world of a seed in dir. It must be called inside a bubble
// of testing/synctest, and Close as well. Where it is not rough, nothing goes
// wrong that is not asked for.
func NewWorld(ctx context.Context, t *Template, dir string, seed uint64, stations int, rough bool) (*World, error) {
	w := &World{seed: seed, template: t, dir: dir, began: time.Now(), ctx: ctx, logged: &buffer{}, rough: rough,
		rng: rand.New(rand.NewPCG(seed, 0x7472616d)), signed: map[string]signed{}, names: map[string]string{},
		written: map[string]int{}, torn: map[string]bool{}, dated: map[string]bool{}}
	w.story = &Story{Seed: seed, now: w.now, plain: w.plain}
	w.log = slog.New(slog.NewJSONHandler(w.logged, &slog.HandlerOptions{Level: slog.LevelDebug}))
	w.portal = &portalSim{w: w}
	if err := w.portal.install(t.portal()); err != nil {
		return nil, err
	}
	if err := w.portal.start(); err != nil {
		return nil, err
	}
	for i := range stations {
		code := codes[(int(seed/3%4)+i)%len(codes)]
		s := &stationSim{w: w, code: code, heard: map[string]int{}, rough: rough && w.rng.IntN(2) == 0}
		w.stations = append(w.stations, s)
		if err := s.install(t.station(code)); err != nil {
			return nil, errors.Join(err, w.Close())
		}
		if err := s.start(); err != nil {
			return nil, errors.Join(err, w.Close())
		}
	}
	return w, nil
}

// Close ends every machine.
func (w *World) Close() error {
	var errs []error
	for _, s := range w.stations {
		errs = append(errs, s.stop())
	}
	return errors.Join(append(errs, w.portal.stop())...)
}

// now is the true time.
func (w *World) now() time.Time { return day.Add(time.Since(w.began)) }

// disk is a new, empty folder's name.
func (w *World) disk(what string) string {
	w.disks++
	return filepath.Join(w.dir, fmt.Sprintf("%s-%d", what, w.disks))
}

// scrap destroys a disk that nobody uses any more.
func (w *World) scrap(dir string) {
	if dir == "" {
		return
	}
	if err := os.RemoveAll(dir); err != nil {
		w.story.wrong("a disk cannot be removed: %v", err)
	}
}

// draw is a number from 0 to n-1.
func (w *World) draw(n int) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.rng.IntN(n)
}

// chance is true in percent of a hundred cases.
func (w *World) chance(percent int) bool { return w.draw(100) < percent }

// between draws a span; the odd nanoseconds keep two timers from meeting.
func (w *World) between(least, most time.Duration) time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	return least + time.Duration(w.rng.Int64N(int64(most-least)))
}

// pass notes that a machine passed a named point and lets it die there if it is
// its turn.
func (w *World) pass(m machine, point string) {
	w.mu.Lock()
	if w.record {
		w.passed = append(w.passed, passing{m.name(), point})
	}
	dies := false
	if w.armed == m && w.fuse > 0 {
		w.fuse--
		if dies = w.fuse == 0; dies {
			w.armed = nil
		}
	}
	w.mu.Unlock()
	if dies {
		m.die(point)
	}
}

// arm lets m die at the n-th named point from now on.
func (w *World) arm(m machine, n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.armed, w.fuse = m, n
}

func (w *World) disarm() { w.arm(nil, 0) }

// machineClock is a machine's clock chip: what it shows may be wrong.
type machineClock struct {
	w    *World
	boot time.Time // true time
	skew func() time.Duration
}

func (c machineClock) system(boot string, onFloor func(time.Time)) *clock.System {
	return clock.NewSystem(clock.Options{
		Wall: func() time.Time { return c.w.now().Add(c.skew()) },
		Mono: func() time.Duration { return c.w.now().Sub(c.boot) },
		Boot: boot, OnFloor: onFloor,
	})
}

var (
	uuids  = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
	random = regexp.MustCompile(`[0-9a-f]{16,}`)
)

// plain names packets in place of their ids and hides what else is random.
func (w *World) plain(s string) string {
	s = uuids.ReplaceAllStringFunc(s, w.nameOf)
	return strings.ReplaceAll(random.ReplaceAllString(s, "…"), w.dir, "")
}
