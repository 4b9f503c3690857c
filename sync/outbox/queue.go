package outbox

import (
	"context"
	"errors"
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
	batchBytes   = 128 << 10       // about 4 s at 256 kbit/s: then priorities are looked at again
	netFirst     = time.Second     // back-off while nothing answers: a probe costs little,
	netMost      = 5 * time.Second // and a network that is back should be used at once
	busyFirst    = 2 * time.Second
	busyMost     = 5 * time.Minute
	laneFirst    = 15 * time.Second // trouble that time alone rarely mends
	laneMost     = 10 * time.Minute
	retryMost    = time.Hour // the longest Retry-After that is honoured
	refusedEvery = time.Hour // how often a refused packet is offered again
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
	WhyPortalFull   Why = "portal-full"    // the portal has no room
	WhyNotEnrolled  Why = "not-enrolled"   // the station has no identity yet
	WhyStorage      Why = "storage"        // the station's own disk fails
	WhyRefused      Why = "refused"        // only packets are left that the portal would not take
)

// Sender carries packets. Errors may implement Trouble.
type Sender interface {
	// Put sends one packet and returns the receipt, verified.
	Put(ctx context.Context, p dossier.Packet) (r dossier.Receipt, compact string, err error)
	// Batch sends several and calls each, in order, with what came for one. An
	// error of Batch itself concerns those that each was not called for.
	Batch(ctx context.Context, ps []dossier.Packet, each func(i int, r dossier.Receipt, compact string, err error)) error
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

	mu    sync.Mutex
	state State
	ears  []func(State)

	// Only Run's goroutine touches these.
	failures    int       // in a row, of the same kind
	lastKind    Why       //
	notBefore   time.Time // monotonic: nothing is sent before
	hard        bool      // a wake-up does not shorten the wait
	nextRefused time.Time // refused packets are offered again then
	resume      chan struct{}
}

// NewQueue makes a queue. rnd draws 0 ≤ x < n; nil: math/rand.
func NewQueue(s *store.Store, log *slog.Logger, rnd func(n int64) int64) *Queue {
	if log == nil {
		log = slog.Default()
	}
	if rnd == nil {
		rnd = rand.Int64N
	}
	return &Queue{store: s, log: log, rand: rnd, wake: make(chan struct{}, 1), resume: make(chan struct{}, 1)}
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
	for {
		sent := q.round(ctx, s)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if sent {
			continue
		}
		if err := q.sleep(ctx, news); err != nil {
			return err
		}
	}
}

// sleep waits for the next attempt or for something new.
func (q *Queue) sleep(ctx context.Context, news <-chan struct{}) error {
	var timer <-chan time.Time
	if wait := q.until(); wait > 0 {
		t := time.NewTimer(wait)
		defer t.Stop()
		timer = t.C
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer:
	case <-news: // round looks whether something may go now
	case <-q.resume:
		q.notBefore, q.hard, q.failures, q.nextRefused = time.Time{}, false, 0, time.Time{}
	case <-q.wake:
		if !q.hard {
			q.notBefore, q.failures = time.Time{}, 0
		}
	}
	return nil
}

// until is how long to sleep, or 0 for as long as nothing happens.
func (q *Queue) until() time.Duration {
	st := q.State()
	switch {
	case st.Why != WhyStorage && st.Waiting == 0:
		return 0
	case st.Why == WhyStorage || st.Waiting > st.Refused:
		return max(time.Until(q.notBefore), time.Millisecond)
	default:
		return max(time.Until(q.notBefore), time.Until(q.nextRefused), time.Millisecond)
	}
}

// round sends one batch, if something may go now.
func (q *Queue) round(ctx context.Context, s Sender) (sent bool) {
	list, err := q.next(ctx)
	if err != nil {
		q.fail(ctx, err)
		return false
	}
	if len(list) == 0 || time.Now().Before(q.notBefore) {
		q.publish(ctx, q.lastKind)
		return false
	}
	q.publish(ctx, q.lastKind)
	err = q.send(ctx, s, list)
	if ctx.Err() != nil {
		return false
	}
	if err != nil {
		q.fail(ctx, err)
		return false
	}
	q.failures, q.lastKind, q.notBefore, q.hard = 0, WhyNothing, time.Time{}, false
	q.publish(ctx, WhyNothing)
	return true
}

// next is the batch that may go now: of one priority, refused ones only when
// their time has come.
func (q *Queue) next(ctx context.Context) ([]store.Outgoing, error) {
	list, err := q.store.Outgoing(ctx, batchPackets)
	if err != nil {
		return nil, err
	}
	size := 0
	for i, o := range list {
		if o.Refused != "" && time.Now().Before(q.nextRefused) {
			return list[:i], nil
		}
		size += len(o.Packet.JWS) + len(o.Packet.Body)
		if i > 0 && (size > batchBytes || o.Priority != list[0].Priority || o.Refused != "") {
			return list[:i], nil
		}
	}
	return list, nil
}

// send offers a batch. Its error is the trouble that concerns more than one
// packet; what concerns one is noted on it.
func (q *Queue) send(ctx context.Context, s Sender, list []store.Outgoing) error {
	if len(list) == 1 {
		r, compact, err := s.Put(ctx, list[0].Packet)
		return q.settle(ctx, list[0], r, compact, err)
	}
	packets := make([]dossier.Packet, len(list))
	for i, o := range list {
		packets[i] = o.Packet
	}
	var worst error
	err := s.Batch(ctx, packets, func(i int, r dossier.Receipt, compact string, err error) {
		if e := q.settle(ctx, list[i], r, compact, err); e != nil && worst == nil {
			worst = e
		}
	})
	if err != nil {
		return err
	}
	return worst
}

// settle takes what came for one packet.
func (q *Queue) settle(ctx context.Context, o store.Outgoing, r dossier.Receipt, compact string, err error) error {
	h := o.Packet.Head
	if err == nil {
		again, err := q.store.Held(ctx, r, compact)
		if err != nil {
			return err
		}
		q.log.Info("packet held", "packet", h.ID, "seq", h.Seq, "counter", r.Counter, "quarantined", r.Quarantined)
		if again > 0 {
			q.log.Warn("the portal was set back; offering again", "packets", again)
		}
		return nil
	}
	var t Trouble
	if !errors.As(err, &t) || !t.Refused() {
		if counts(err) {
			return errors.Join(err, attempted(ctx, q.store, o.Packet, o.Refused))
		}
		return err
	}
	code := dossier.CodeOf(err)
	if code == "" {
		code = dossier.CodeInvalid
	}
	q.log.Error("the portal refused a packet", "packet", h.ID, "seq", h.Seq, "code", string(code))
	if q.nextRefused.Before(time.Now()) {
		q.nextRefused = time.Now().Add(refusedEvery)
	}
	return attempted(ctx, q.store, o.Packet, code)
}

// counts reports whether a failure was an attempt: where nothing or something
// else answered, nothing was attempted.
func counts(err error) bool {
	c := dossier.CodeOf(err)
	return c != dossier.CodeNoNetwork && c != dossier.CodeNotThePortal && c != dossier.CodeNotEnrolled
}

// fail decides how long to wait.
func (q *Queue) fail(ctx context.Context, err error) {
	kind, first, most, hard := judge(err)
	if kind != q.lastKind {
		q.failures = 0
		q.log.Warn("sending waits", "why", string(kind), "err", err)
	}
	q.lastKind, q.hard = kind, hard
	wait := backOff(q.failures, first, most, q.rand)
	q.failures++
	var t Trouble
	if errors.As(err, &t) && t.Wait() > 0 {
		wait = max(wait, min(t.Wait(), retryMost))
		q.hard = true
	}
	q.notBefore = time.Now().Add(wait)
	q.publish(ctx, kind)
}

func judge(err error) (why Why, first, most time.Duration, hard bool) {
	switch dossier.CodeOf(err) {
	case dossier.CodeNoNetwork:
		return WhyNoNetwork, netFirst, netMost, false
	case dossier.CodeNotThePortal:
		return WhyNotThePortal, netFirst, netMost, false
	case dossier.CodeNotEnrolled:
		if !isLane(err) {
			return WhyNotEnrolled, laneFirst, laneMost, true
		}
	case dossier.CodeStorageFull, dossier.CodeStorageReadOnly:
		if !isLane(err) {
			return WhyStorage, busyFirst, busyMost, false
		}
	}
	if !isLane(err) {
		return WhyBusy, busyFirst, busyMost, true
	}
	var full interface{ Full() bool }
	if errors.As(err, &full) && full.Full() {
		return WhyPortalFull, laneFirst, laneMost, true
	}
	return WhyIdentity, laneFirst, laneMost, true
}

func isLane(err error) bool {
	var t Trouble
	return errors.As(err, &t) && t.Lane()
}

// backOff draws the wait after n failures in a row: full jitter under a ceiling
// that doubles, so that stations that lost the same network do not come back at
// the same moment.
func backOff(n int, first, most time.Duration, rnd func(int64) int64) time.Duration {
	ceiling := most
	if n < 20 && first<<n < most {
		ceiling = first << n
	}
	return time.Duration(rnd(int64(ceiling))) + time.Millisecond
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
	st := State{Waiting: w.Packets, Refused: w.Refused, Oldest: w.Oldest, Why: why}
	switch {
	case err != nil:
	case w.Packets == 0:
		st.Why = WhyNothing
	case w.Packets == w.Refused && why == WhyNothing:
		st.Why, st.NextAttempt = WhyRefused, q.nextRefused
	case time.Now().Before(q.notBefore):
		st.NextAttempt = q.notBefore
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
