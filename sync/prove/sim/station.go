package sim

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
	"syscall"
	"time"

	"github.com/google/uuid"

	"tramhoso/sync/clock"
	"tramhoso/sync/dossier"
	"tramhoso/sync/inbox"
	"tramhoso/sync/prove"
	"tramhoso/sync/store"
)

// line is how a station's line is.
type line int

const (
	up      line = iota
	down         // nobody answers
	silent       // what is sent goes nowhere
	captive      // a log-in page answers
)

// stationSim is a station as a machine.
type stationSim struct {
	w      *World
	code   string
	dir    string
	next   string // what its disk was when it died
	starts int
	skew   time.Duration // of its clock chip
	line   line
	rough  bool // requests meet fates
	full   bool // its disk takes nothing more
	run    *stationRun
	dead   chan struct{} // closed when it dies
	lost   *loss         // it is no more
	medium *stickSim     // in its counter
	sheets []*sheet      // out of its printer

	mu    sync.Mutex
	conns []*conn
	heard map[string]int // how often the screens were told of a dossier's news
}

// stationRun is one run of the program.
type stationRun struct {
	*prove.Station
	clock *clock.System

	mu  sync.Mutex
	rng *rand.Rand // of its back-offs: what is killed may go on drawing
	ids *rand.ChaCha8
}

// newID makes the ids of packets: random ones would be compressed to more bytes or
// fewer, and what fits into a batch, or arrives of one, would not be the seed's.
func (r *stationRun) newID(now time.Time) (id uuid.UUID, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, err := r.ids.Read(id[:]); err != nil {
		return id, err
	}
	for i, ms := 5, now.UnixMilli(); i >= 0; i, ms = i-1, ms>>8 {
		id[i] = byte(ms)
	}
	id[6], id[8] = id[6]&0x0f|0x70, id[8]&0x3f|0x80 // version 7
	return id, nil
}

// names is where the names of a station's files on sticks come from.
type names struct{ r *stationRun }

func (n names) Read(b []byte) (int, error) {
	n.r.mu.Lock()
	defer n.r.mu.Unlock()
	return n.r.ids.Read(b)
}

func (r *stationRun) draw(n int64) int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.rng.Int64N(n)
}

func (s *stationSim) name() string { return s.code }

func (s *stationSim) install(from string) error {
	s.dir = s.w.disk(s.code)
	return copyDisk(s.dir, from)
}

// start runs the program on its disk.
func (s *stationSim) start() (err error) {
	s.starts++
	r := &stationRun{rng: rand.New(rand.NewPCG(s.w.seed, uint64(s.starts)<<8|uint64(s.code[len(s.code)-1])))}
	r.ids = rand.NewChaCha8([32]byte{byte(s.w.seed), byte(s.w.seed >> 8), byte(s.w.seed >> 16), byte(s.starts), s.code[len(s.code)-1]})
	s.dead = make(chan struct{})
	dead := s.dead
	r.clock = machineClock{w: s.w, boot: s.w.now(), skew: func() time.Duration { return s.skew }}.
		system(fmt.Sprintf("%s-%d", s.code, s.starts), func(t time.Time) { r.keepFloor(s.w.ctx, t) })
	r.Station, err = prove.OpenWith(s.w.ctx, s.dir, prove.Wiring{
		Clock: r.clock, Log: s.w.log, Rand: r.draw, Signed: r.clock.Floor,
		NewID: func() (uuid.UUID, error) { return r.newID(s.w.now()) },
		Store: store.Options{Point: s.point, Free: s.free},
		Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
			select {
			case <-dead:
				return nil, errOff
			default:
				return s.dial(ctx)
			}
		},
		OnNote: func(n inbox.Note) {
			if n.Kind == inbox.NoteNews && s.next == "" { // what is killed tells nobody
				s.heard[n.Packet]++
			}
		},
	})
	if err != nil {
		return fmt.Errorf("failed to start %s: %w", s.code, err)
	}
	r.clock.Floor(r.Province.Signed())
	if d, err := r.Store.Document(s.w.ctx, store.DocTime); err == nil {
		if t, err := time.Parse(time.RFC3339Nano, string(d.Content)); err == nil {
			r.clock.Floor(t)
		}
	}
	r.Courier.Rand = names{r}
	s.run = r
	return nil
}

var errOff = errors.New("the machine is off")

// keepFloor is what the program does with a new floor.
func (r *stationRun) keepFloor(ctx context.Context, t time.Time) {
	if r.Station != nil {
		_ = r.Store.PutDocument(ctx, store.DocTime, "", []byte(t.UTC().Format(time.RFC3339Nano)))
	}
}

// stop ends the program in order.
func (s *stationSim) stop() error {
	r := s.run
	if r == nil {
		return nil
	}
	s.run = nil
	s.hangUp()
	return r.Close()
}

// alive reports whether the program runs.
func (s *stationSim) alive() bool { return s.run != nil && s.next == "" }

func (s *stationSim) hangUp() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.conns {
		c.cut()
	}
	s.conns = nil
}

// die kills the program at this moment.
func (s *stationSim) die(point string) {
	s.next = s.w.disk(s.code)
	s.w.story.tell("%s dies %s", s.code, point)
	if err := errors.Join(copyDisk(s.next, s.dir), s.w.freeze()); err != nil {
		s.w.story.wrong("%v", err)
	}
	close(s.dead)
	s.hangUp()
}

// bury clears away what was killed.
func (s *stationSim) bury() error {
	if s.next == "" {
		return nil
	}
	err := s.stop()
	s.w.scrap(s.dir)
	s.dir, s.next = s.next, ""
	return err
}

// point hears every named point of the store.
func (s *stationSim) point(p store.Point) error {
	if s.next != "" {
		return nil // it is dead already
	}
	s.w.pass(s, p.String())
	if s.full && p.When == store.Inside && s.run != nil { // at its start it writes next to nothing
		return syscall.ENOSPC
	}
	return nil
}

func (s *stationSim) free(string) (int64, error) {
	if s.full {
		return 0, nil
	}
	return 1 << 40, nil
}

// dial connects to the portal, if the line does.
func (s *stationSim) dial(ctx context.Context) (net.Conn, error) {
	switch s.line {
	case down:
		return nil, &net.OpError{Op: "dial", Net: "sim", Err: syscall.ENETUNREACH}
	case silent:
		<-ctx.Done()
		return nil, ctx.Err()
	case captive:
		near, far := pair()
		_, _ = far.Write([]byte("HTTP/1.1 302 Found\r\nLocation: http://login.invalid/\r\n\r\n"))
		return near, nil
	}
	c, err := s.w.net.connect(ctx)
	if err != nil {
		return nil, err
	}
	if s.rough && !s.w.isHolding() && s.w.chance(5) {
		s.w.story.tell("%s's line breaks while they shake hands", s.code)
		c.breakAfter(1 + s.w.draw(200)) // shorter than any first message
	}
	s.mu.Lock()
	s.conns = append(s.conns, c)
	s.mu.Unlock()
	return c, nil
}

// offBeat keeps the end of a while apart from the moments at which a station's
// timers ring: which of two things of one moment comes first is nobody's choice.
const offBeat = 7 * time.Microsecond

// loop is one of a station's loops while it runs.
type loop struct {
	s    *stationSim
	dead chan struct{}
	stop context.CancelFunc
	done chan error
}

func (s *stationSim) begin(f func(ctx context.Context) error) *loop {
	ctx, stop := context.WithCancel(s.w.ctx)
	l := &loop{s: s, dead: s.dead, stop: stop, done: make(chan error, 1)}
	go func() { l.done <- f(ctx) }()
	return l
}

// last lets the loop go on for a while, or until its station dies.
func (l *loop) last(d time.Duration) {
	t := time.NewTimer(d + offBeat)
	defer t.Stop()
	select {
	case <-t.C:
	case <-l.dead:
	}
}

func (l *loop) end() {
	l.stop()
	if err := <-l.done; !errors.Is(err, context.Canceled) {
		l.s.w.story.wrong("%s's loop ended: %v", l.s.code, err)
	}
}

// send lets the outbox send for a while, and nothing beside it.
func (s *stationSim) send(d time.Duration) { s.work(d, s.sends) }

// listen lets the inbox follow the portal for a while, and nothing beside it.
func (s *stationSim) listen(d time.Duration) { s.work(d, s.follows) }

// carry lets the attachments go for a while, and nothing beside them.
func (s *stationSim) carry(d time.Duration) { s.work(d, s.carries) }

func (s *stationSim) carries(ctx context.Context) error { return s.run.Files.Run(ctx, s.run.Link) }

func (s *stationSim) sends(ctx context.Context) error { return s.run.Queue.Run(ctx, s.run.Link) }

func (s *stationSim) follows(ctx context.Context) error { return s.run.Inbox.Follow(ctx, s.run.Link) }

func (s *stationSim) work(d time.Duration, f func(ctx context.Context) error) {
	l := s.begin(f)
	l.last(d)
	l.end()
}

// waiting is what the store says.
func (s *stationSim) waiting() store.Waiting {
	n, err := s.run.Store.Waiting(s.w.ctx)
	if err != nil {
		s.w.story.wrong("%s cannot say what waits: %v", s.code, err)
	}
	return n
}

func codeOf(err error) string {
	if c := dossier.CodeOf(err); c != "" {
		return string(c)
	}
	return err.Error()
}

// files is what attachments wait, and whether a receipt is still to come for them.
func (s *stationSim) files() (n store.WaitingFiles, more bool) {
	n, err := s.run.Store.WaitingFiles(s.w.ctx)
	if err == nil {
		_, more, err = s.run.Store.NextFile(s.w.ctx, 0)
	}
	if err != nil {
		s.w.story.wrong("%s cannot say what files wait: %v", s.code, err)
	}
	return n, more
}
