package outbox

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"maps"
	"math/rand/v2"
	"os"
	"sync"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/store"
	"tramhoso/sync/wire"
)

// Carrier carries attachments; client.Client is one. Errors may implement Trouble.
type Carrier interface {
	// Carry brings the next chunk of a file and says how much of it is on the
	// portal's disk; from is what it said last, or -1 to ask.
	Carry(ctx context.Context, packet string, a dossier.Attachment, content io.ReaderAt, from int64) (int64, error)
	// State asks for a packet's receipt, verified, and the files that are missing.
	State(ctx context.Context, p dossier.Packet) (r dossier.Receipt, compact string, missing []string, err error)
}

// FilesState is what a screen may say about attachments.
type FilesState struct {
	Waiting     int       // files still to be carried
	Bytes       int64     // of them
	Refused     int       // of these, refused by the portal: a person has to look
	Lost        int       // beside these, not on this station's disk any more
	NextAttempt time.Time // zero: now, when the packets are through, or nothing waits
	Why         Why
}

// Files carries attachments behind a queue, in a lane of their own: a file goes
// once its packet is held, a chunk at a time, and no chunk begins while a packet
// may go. What a packet waits for is at most the chunk that is on the line.
// Trouble with files, such as a portal that has no room for them, holds up no
// packet.
type Files struct {
	store *store.Store
	queue *Queue
	log   *slog.Logger
	rand  func(n int64) int64
	rules Rules
	wake  chan struct{}
	free  chan struct{} // like wake, and ends any wait
	pause *Pause        // nil: nobody can order one
	turn  chan struct{} // the pause began or ended

	mu    sync.Mutex
	state FilesState
	ears  []func(FilesState)

	// Only Run's goroutine touches these.
	failures    int
	why         Why
	notBefore   time.Time
	hard        bool
	nextRefused time.Time
	aside       map[string]time.Time // packets over whose files the portal stumbled, until when
	packet      string               // the file that is on its way
	sha256      string
	at          int64 // how much of it the portal has; -1: to be asked
}

// NewFiles makes the lane behind q. rnd draws 0 ≤ x < n; nil: math/rand. Call it
// before q.Run.
func NewFiles(s *store.Store, q *Queue, log *slog.Logger, rnd func(n int64) int64) *Files {
	if log == nil {
		log = slog.Default()
	}
	if rnd == nil {
		rnd = rand.Int64N
	}
	f := &Files{store: s, queue: q, log: log, rand: rnd, wake: make(chan struct{}, 1), free: make(chan struct{}, 1), turn: make(chan struct{}, 1), aside: map[string]time.Time{}, at: -1}
	q.OnState(func(State) { nudge(f.wake) })
	return f
}

// Keep has the lane keep to r. Call it before Run.
func (f *Files) Keep(r Rules) { f.rules = r }

// Wake ends a wait for the network, as Queue.Wake does.
func (f *Files) Wake() { nudge(f.wake) }

// Resume ends any wait, as Queue.Resume does.
func (f *Files) Resume() { nudge(f.free) }

// State says how things are.
func (f *Files) State() FilesState {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.state
}

// OnState has g called, on Run's goroutine, whenever State changes. Call it
// before Run.
func (f *Files) OnState(g func(FilesState)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ears = append(f.ears, g)
}

// Run carries through c until ctx ends.
func (f *Files) Run(ctx context.Context, c Carrier) error {
	news, stop := f.store.Changed()
	defer stop()
	// Not at once: the power of a whole province may have come back.
	f.nextRefused = time.Now().Add(time.Duration(f.rand(int64(refusedEvery))))
	for {
		moved := f.round(ctx, c)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if moved {
			continue
		}
		if err := f.sleep(ctx, news); err != nil {
			return err
		}
	}
}

// sleep waits for the next attempt or for something new.
func (f *Files) sleep(ctx context.Context, news <-chan struct{}) error {
	var timer <-chan time.Time
	if d := f.until(); d > 0 {
		t := time.NewTimer(d)
		defer t.Stop()
		timer = t.C
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer:
	case <-news: // round looks whether something may go now
	case <-f.turn:
	case <-f.free:
		f.notBefore, f.hard, f.failures, f.nextRefused = time.Time{}, false, 0, time.Time{}
		clear(f.aside)
	case <-f.wake:
		// The network that carries packets carries files.
		if st := f.queue.State(); !f.hard && st.Why != WhyNoNetwork && st.Why != WhyNotThePortal {
			f.notBefore, f.failures = time.Time{}, 0
		}
	}
	return nil
}

// until is how long to sleep, or 0 for as long as nothing happens.
func (f *Files) until() time.Duration {
	least := time.Duration(0)
	st := f.State()
	if why, d := f.holds(); d > 0 && st.Waiting > 0 {
		if why == WhyPaused {
			d = min(d, pauseLook)
		}
		return d
	}
	for _, at := range []struct {
		t  time.Time
		on bool
	}{{f.notBefore, st.Waiting > 0 || st.Why == WhyStorage}, {f.nextRefused, st.Refused > 0}} {
		if d := time.Until(at.t); at.on && d > 0 && (least == 0 || d < least) {
			least = d
		}
	}
	return least
}

// holds says why no chunk may begin now, and how long at least; 0: until something
// else changes. A person's word goes before the configuration's.
func (f *Files) holds() (Why, time.Duration) {
	if left := f.pause.Left(); left > 0 {
		return WhyPaused, left
	}
	return f.rules.holds()
}

// round carries one chunk or asks for one receipt, if something may go now.
func (f *Files) round(ctx context.Context, c Carrier) (moved bool) {
	if err := f.offerRefused(ctx); err != nil {
		f.fail(ctx, err)
		return false
	}
	f.publish(ctx)
	if why, _ := f.holds(); why != WhyNothing || time.Now().Before(f.notBefore) || !f.clear() {
		return false
	}
	next, ok, err := f.next(ctx)
	if err == nil && !ok {
		return false
	}
	if err == nil {
		if next.File.SHA256 == "" {
			err = f.ask(ctx, c, next.Packet)
		} else {
			err = f.chunk(ctx, c, next)
		}
	}
	if ctx.Err() != nil {
		return false
	}
	if err != nil {
		f.at = -1
		if next.Packet.Head.ID != "" && counts(err) { // the next one may fare better
			f.aside[next.Packet.Head.ID] = time.Now().Add(asideTime)
		}
		f.fail(ctx, err)
		return false
	}
	delete(f.aside, next.Packet.Head.ID)
	f.failures, f.why, f.notBefore, f.hard = 0, WhyNothing, time.Time{}, false
	f.publish(ctx)
	return true
}

// next is the file that goes next. One over which the portal stumbled makes room for
// the others; where there is no other, it goes again at the lane's own pace.
func (f *Files) next(ctx context.Context) (first store.Carriage, ok bool, err error) {
	now := time.Now()
	maps.DeleteFunc(f.aside, func(_ string, until time.Time) bool { return !now.Before(until) })
	var soonest time.Time
	for after := uint64(0); ; {
		c, more, err := f.store.NextFile(ctx, after)
		if err != nil || !more {
			return first, ok, err
		}
		until, aside := f.aside[c.Packet.Head.ID]
		if !aside {
			return c, true, nil
		}
		if !ok || until.Before(soonest) {
			first, ok, soonest = c, true, until
		}
		after = c.Packet.Head.Seq
	}
}

// clear reports whether no packet may go now: none waits, or those that do wait
// for something of their own.
func (f *Files) clear() bool {
	st := f.queue.State()
	return st.Waiting == st.Refused || st.Why == WhyBusy && time.Now().Before(st.NextAttempt)
}

// offerRefused gives refused files another try now and then: what was wrong may
// have been mended at the portal.
func (f *Files) offerRefused(ctx context.Context) error {
	now := time.Now()
	if now.Before(f.nextRefused) {
		return nil
	}
	f.nextRefused = now.Add(refusedEvery)
	return f.store.RetryFiles(ctx)
}

// chunk carries the next chunk of a file.
func (f *Files) chunk(ctx context.Context, c Carrier, next store.Carriage) (err error) {
	id, a := next.Packet.Head.ID, next.File
	if f.packet != id || f.sha256 != a.SHA256 {
		f.packet, f.sha256, f.at = id, a.SHA256, -1
	}
	file, err := f.store.OpenFile(a.SHA256)
	if dossier.CodeOf(err) == dossier.CodeNotFound {
		return f.store.LoseFile(ctx, a.SHA256)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	at, err := c.Carry(ctx, id, a, file, f.at)
	if err == nil {
		if f.at = at; at == a.Size {
			f.log.Info("file carried", "packet", id, "seq", next.Packet.Head.Seq, "bytes", a.Size)
			return f.store.Carried(ctx, id, a.SHA256)
		}
		return nil
	}
	return f.trouble(ctx, next, file, err)
}

// trouble sorts what a chunk failed with: what concerns this file alone is noted
// on it; what it returns concerns the lane.
func (f *Files) trouble(ctx context.Context, next store.Carriage, file *os.File, err error) error {
	h, a := next.Packet.Head, next.File
	switch dossier.CodeOf(err) {
	case wire.CodePacketFirst:
		f.log.Warn("the portal does not have a packet any more; offering it again", "packet", h.ID, "seq", h.Seq)
		return errors.Join(err, f.store.OfferAgain(ctx, h.ID))
	case wire.CodeChecksum, dossier.CodeStorageReadOnly:
		if sound, rerr := isFile(file, a.SHA256); rerr != nil || !sound {
			return errors.Join(rerr, f.store.LoseFile(ctx, a.SHA256))
		}
		return err
	}
	var t Trouble
	if !errors.As(err, &t) || !t.Refused() {
		return err
	}
	code := dossier.CodeOf(err)
	f.log.Error("the portal refused a file", "packet", h.ID, "seq", h.Seq, "code", string(code))
	f.at = -1
	return f.store.RefusedFile(ctx, h.ID, a.SHA256, code)
}

// isFile reports whether the file is still what its name says.
func isFile(file *os.File, sum string) (bool, error) {
	h := sha256.New()
	if _, err := io.Copy(h, io.NewSectionReader(file, 0, dossier.MaxAttachmentBytes+1)); err != nil {
		return false, err
	}
	return hex.EncodeToString(h.Sum(nil)) == sum, nil
}

// errStillMissing is a portal that took files and does not say whole.
var errStillMissing = errors.New("the portal still misses files that it has confirmed")

// ask fetches the receipt that says whole.
func (f *Files) ask(ctx context.Context, c Carrier, p dossier.Packet) error {
	r, compact, missing, err := c.State(ctx, p)
	switch {
	case dossier.CodeOf(err) == dossier.CodeNotFound:
		f.log.Warn("the portal does not have a packet any more; offering it again", "packet", p.Head.ID, "seq", p.Head.Seq)
		return errors.Join(err, f.store.OfferAgain(ctx, p.Head.ID))
	case err != nil:
		return err
	case r.State != wire.StateWhole:
		return errors.Join(errStillMissing, f.store.MissingFiles(ctx, p.Head.ID, missing))
	}
	again, err := f.store.Held(ctx, r, compact)
	if err != nil {
		return err
	}
	f.log.Info("packet whole", "packet", p.Head.ID, "seq", p.Head.Seq, "counter", r.Counter)
	if again > 0 {
		f.log.Warn("the portal was set back; offering again", "packets", again)
	}
	return nil
}

// fail decides how long the lane waits.
func (f *Files) fail(ctx context.Context, err error) {
	why, first, most, hard := judge(err)
	if why != f.why {
		f.failures = 0
		f.log.Warn("attachments wait", "why", string(why), "err", err)
	}
	f.why, f.hard = why, hard
	wait := backOff(f.failures, first, most, f.rand)
	f.failures++
	var t Trouble
	if errors.As(err, &t) && t.Wait() > 0 {
		wait, f.hard = max(wait, min(t.Wait(), retryMost)), true
	}
	f.notBefore = time.Now().Add(wait)
	f.publish(ctx)
}

// publish refreshes State.
func (f *Files) publish(ctx context.Context) {
	w, err := f.store.WaitingFiles(ctx)
	held, opens := f.holds()
	st := FilesState{Waiting: w.Files, Bytes: w.Bytes, Refused: w.Refused, Lost: w.Lost, Why: f.why}
	switch {
	case err != nil && ctx.Err() != nil:
		return
	case err != nil:
		st.Why = WhyStorage
	case w.Files > w.Refused && held != WhyNothing:
		st.Why = held
		if held == WhyPaused {
			st.NextAttempt = f.pause.ends(f.State().NextAttempt)
		} else if opens > 0 {
			st.NextAttempt = time.Now().Add(opens).Truncate(time.Second)
		}
	case time.Now().Before(f.notBefore):
		st.NextAttempt = f.notBefore
	case w.Files > 0 && w.Files == w.Refused:
		st.Why, st.NextAttempt = WhyRefused, f.nextRefused
	case w.Files == 0:
		st.Why = WhyNothing
	}
	f.mu.Lock()
	changed := st != f.state
	f.state = st
	ears := f.ears
	f.mu.Unlock()
	if !changed {
		return
	}
	for _, g := range ears {
		g(st)
	}
}
