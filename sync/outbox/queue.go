package outbox

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/store"
)

// Limits of the queue.
const (
	batchPackets = 64              // as many as the protocol takes at once
	netFirst     = time.Second     // back-off while nothing answers: a probe costs little,
	netMost      = 5 * time.Second // and a network that is back should be used at once
	busyFirst    = 2 * time.Second
	busyMost     = 5 * time.Minute
	laneFirst    = 15 * time.Second // trouble that time alone rarely mends
	laneMost     = 10 * time.Minute
	retryMost    = time.Hour // the longest Retry-After that is honoured
	refusedEvery = time.Hour // how often each refused packet is offered again
	// refusedMost is how many packets may have been refused within refusedEvery
	// before those refused longer ago wait: each goes alone, a round trip each, and
	// an hour of a country line has better uses than thousands of them.
	refusedMost = batchPackets
)

// Why says why packets wait, for a screen to put into words.
type Why string

// The reasons.
const (
	WhyNothing      Why = ""               // nothing keeps them: they are being sent
	WhyNoNetwork    Why = "no-network"     // nothing answers
	WhyNotThePortal Why = "not-the-portal" // something else answers
	WhyBusy         Why = "busy"           // the portal asked to wait, or failed
	WhyIdentity     Why = "identity"       // the portal does not accept this station, or TLS does not hold
	WhyClock        Why = "clock"          // by this station's clock the portal's certificate is not valid yet
	WhyCertificate  Why = "certificate"    // a certificate, the portal's or this station's, has run out
	WhyPortalFull   Why = "portal-full"    // the portal has no room
	WhyNotEnrolled  Why = "not-enrolled"   // the station has no identity yet
	WhyStorage      Why = "storage"        // the station's own disk fails
	WhyRefused      Why = "refused"        // only packets are left that the portal would not take
	WhyMetered      Why = "metered"        // attachments: every byte of this network is paid for
	WhyWindow       Why = "window"         // attachments: their hours have not come
	WhyPaused       Why = "paused"         // a person at this station paused sending
	WhyOwnFirst     Why = "own-first"      // what other stations left here: this station's own goes before it
)

// Whys are all reasons that something waits.
var Whys = []Why{WhyNoNetwork, WhyNotThePortal, WhyBusy, WhyIdentity, WhyClock, WhyCertificate, WhyPortalFull, WhyNotEnrolled, WhyStorage,
	WhyRefused, WhyMetered, WhyWindow, WhyPaused, WhyOwnFirst}

// Sender carries packets. Errors may implement Trouble.
type Sender interface {
	// Put sends one packet and returns the receipt, verified.
	Put(ctx context.Context, p dossier.Packet) (r dossier.Receipt, compact string, err error)
	// Batch sends several and calls each, in order, with what came for one. An
	// error of Batch itself concerns those that each was not called for. It calls
	// away, at most once and from any goroutine, when all of it is on the line
	// and only the answer is to come.
	Batch(ctx context.Context, ps []dossier.Packet, away func(), each func(i int, r dossier.Receipt, compact string, err error)) error
}

// Trouble is what an error of a Sender can say about whose trouble it is.
type Trouble interface {
	error
	// Lane reports trouble with everything this station sends: identity, TLS,
	// no room. Nothing is wrong with the packet.
	Lane() bool
	// Refused reports that the portal will not take this very packet.
	Refused() bool
	// Wait is how long the portal asked to wait, or 0.
	Wait() time.Duration
}

// State is what a status line shows.
type State struct {
	Waiting     int
	Dossiers    int       // of these, dossiers
	Refused     int       // of these, refused by the portal: a person has to look
	Oldest      time.Time // when the oldest was committed; zero: nothing waits
	NextAttempt time.Time // zero: now, or nothing waits
	Why         Why
}

// Queue sends what waits.
type Queue struct {
	store *store.Store
	log   *slog.Logger
	rand  func(n int64) int64
	wake  chan struct{}
	pause *Pause // nil: nobody can order one

	mu    sync.Mutex
	state State
	ears  []func(State)

	// Only Run's goroutine touches these.
	failures  int                  // in a row, of the same kind
	lastKind  Why                  //
	notBefore time.Time            // monotonic: nothing is sent before
	hard      bool                 // a wake-up does not shorten the wait
	troubles  int                  // failures ever
	refused   map[string]time.Time // when each that was refused is offered again
	began     time.Time            // when the wait of what was refused before the start began; zero: it is over
	ready     time.Time            // when the next of those that make room may go; zero: none does
	aside     map[string]time.Time
	flights   []*flight
	landed    time.Time // when the last flight came back
	batch     int       // bytes that the line carries in flightTime
	most      int       // packets of the next flight

	words  chan word
	resume chan struct{}
	turn   chan struct{} // the pause began or ended
}

// NewQueue makes a queue. rnd draws 0 ≤ x < n; nil: math/rand.
func NewQueue(s *store.Store, log *slog.Logger, rnd func(n int64) int64) *Queue {
	if log == nil {
		log = slog.Default()
	}
	if rnd == nil {
		rnd = rand.Int64N
	}
	return &Queue{store: s, log: log, rand: rnd, wake: make(chan struct{}, 1), resume: make(chan struct{}, 1), turn: make(chan struct{}, 1),
		aside: map[string]time.Time{}, refused: map[string]time.Time{}, batch: flightFirst, most: batchPackets}
}

// Wake ends a wait for the network: something answered, or a person asked. It
// does not shorten a wait that the portal asked for.
func (q *Queue) Wake() { nudge(q.wake) }

// Resume ends any wait: the trouble was mended, for example by enrolling.
func (q *Queue) Resume() { nudge(q.resume) }

func nudge(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default: // a nudge is on its way already
	}
}

// State says how things are.
func (q *Queue) State() State {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.state
}

// OnState has f called, on the queue's goroutine, whenever State changes. Call
// it before Run.
func (q *Queue) OnState(f func(State)) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.ears = append(q.ears, f)
}

// Run sends through s until ctx ends.
func (q *Queue) Run(ctx context.Context, s Sender) error {
	news, stop := q.store.Changed()
	defer stop()
	q.words = make(chan word, 2*(mostFlights+1)) // two from each: nobody waits to tell
	defer q.ground(ctx)
	q.began = time.Now()
	for {
		q.launch(ctx, s)
		if err := q.wait(ctx, news); err != nil {
			return err
		}
	}
}

// ground waits for the flights that the end of ctx broke off.
func (q *Queue) ground(ctx context.Context) {
	for len(q.flights) > 0 {
		q.hear(ctx, <-q.words)
	}
}

// wait waits for the next attempt or for something new.
func (q *Queue) wait(ctx context.Context, news <-chan struct{}) error {
	var timer <-chan time.Time
	if d := q.until(); d > 0 {
		t := time.NewTimer(d)
		defer t.Stop()
		timer = t.C
	}
	// A nudge counts after what is on its way, so that the order in which the two
	// are heard changes nothing.
	resume, wake := q.resume, q.wake
	if len(q.flights) > 0 && !time.Now().Before(q.notBefore) {
		resume, wake = nil, nil
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer:
	case <-news: // launch looks whether something may go now
	case <-q.turn:
	case w := <-q.words:
		q.hear(ctx, w)
	case <-resume:
		q.notBefore, q.hard, q.failures = time.Time{}, false, 0
		clear(q.aside)
		clear(q.refused)
		q.began = time.Time{}
	case <-wake:
		if !q.hard {
			q.notBefore, q.failures = time.Time{}, 0
		}
	}
	return ctx.Err()
}

// until is how long to wait, or 0 for as long as nothing happens.
func (q *Queue) until() time.Duration {
	now := time.Now()
	least := time.Duration(0)
	at := func(t time.Time) {
		if d := t.Sub(now); d > 0 && (least == 0 || d < least) {
			least = d
		}
	}
	for _, f := range q.flights {
		if !f.away.IsZero() {
			at(f.away.Add(breath)) // the line is free for the next one
		}
	}
	if st := q.State(); st.Waiting > 0 || st.Why == WhyStorage {
		if left := q.pause.Left(); left > 0 {
			at(now.Add(min(left, pauseLook)))
			return least
		}
		at(q.notBefore)
		if !q.ready.Before(q.notBefore) {
			at(q.ready)
		}
	}
	return least
}

// publish refreshes State.
func (q *Queue) publish(ctx context.Context, why Why) {
	w, err := q.store.Waiting(ctx)
	if err != nil {
		if ctx.Err() != nil {
			return
		}
		why = WhyStorage
	}
	st := State{Waiting: w.Packets, Dossiers: w.Dossiers, Refused: w.Refused, Oldest: w.Oldest, Why: why}
	switch {
	case err != nil:
	case w.Packets == 0:
		st.Why = WhyNothing
	case q.pause.Left() > 0:
		st.Why, st.NextAttempt = WhyPaused, q.pause.ends(q.State().NextAttempt)
	case w.Packets == w.Refused && why == WhyNothing:
		if st.Why = WhyRefused; w.GivenUp < w.Refused {
			st.NextAttempt = q.ready
		}
	case time.Now().Before(q.notBefore):
		st.NextAttempt = q.notBefore
	case !q.ready.IsZero() && len(q.flights) == 0: // all that is left makes room
		st.NextAttempt = q.ready
		if why == WhyNothing {
			st.Why = WhyBusy
		}
	}
	q.mu.Lock()
	changed := st != q.state
	q.state = st
	ears := q.ears
	q.mu.Unlock()
	if !changed {
		return
	}
	for _, f := range ears {
		f(st)
	}
}
