package outbox

import (
	"context"
	"errors"
	"hash/fnv"
	"io"
	"maps"
	"math"
	"slices"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/store"
)

// Limits of what is on its way at once.
const (
	// mostFlights is how many batches are on their way: while the answer to one
	// travels, the next one uses the line, and another does while a connection
	// waits for what the line lost.
	mostFlights = 3
	// flightTime is how long a batch should hold the line. All flights together
	// are 2 s of it: several round trips, so that the line never waits for us, and
	// no more than a modem buffers, which would have to drop the rest.
	flightTime = 2 * time.Second / mostFlights
	// flightFirst is the size of a batch on a line nobody has measured yet: small,
	// so that the connection of the second flight is made beside it and not behind.
	flightFirst = 16 << 10
	// flightWhole is a backlog that goes as one flight: ten ordinary dossiers, 2.5 s
	// of a country line. A second connection would take as long to make as the line
	// takes for half of them. Where it fails, halves follow.
	flightWhole = 80 << 10
	// flightLeast holds two ordinary packets; smaller batches are mostly heads.
	flightLeast = 16 << 10
	// flightMost bounds what a station on a fast line keeps in memory.
	flightMost = 512 << 10
	// gaugeLeast is the smallest batch that says something about the line's rate
	// and not only about its delay.
	gaugeLeast = 8 << 10
	// breath passes between one batch and the next, so that what is ready by then
	// is heard before what goes next is chosen. It is far less than a line's
	// buffers hold.
	breath = time.Millisecond
	// asideTime is how long a packet that the portal stumbles over alone makes
	// room for the others.
	asideTime = busyMost
	// leastUrgent asks whether anything at all may leave.
	leastUrgent = store.Priority(math.MaxInt)
)

// flight is one request on its way with one packet or more. No packet is in two
// flights.
type flight struct {
	list     []store.Outgoing
	priority store.Priority
	size     int
	left     time.Time
	away     time.Time // when all of it was on the line; zero: not yet
	troubles int       // how many had been met when it left
}

// word is what a flight's goroutine tells Run: that the flight is away, or that
// it has ended.
type word struct {
	f       *flight
	ended   bool
	answers []answer
	err     error // concerns the packets without an answer
}

type answer struct {
	receipt dossier.Receipt
	compact string
	err     error
}

// launch sends what may go now, and tells how things are.
func (q *Queue) launch(ctx context.Context, s Sender) {
	if q.pause.Left() > 0 {
		q.publish(ctx, q.lastKind)
		return
	}
	list, err := q.next(ctx)
	if err != nil {
		if ctx.Err() == nil {
			q.fail(ctx, err)
		}
		return
	}
	q.publish(ctx, q.lastKind)
	if len(list) == 0 || time.Now().Before(q.notBefore) {
		return
	}
	f := &flight{list: list, priority: list[0].Priority, left: time.Now(), troubles: q.troubles}
	for _, o := range list {
		f.size += len(o.Packet.JWS) + len(o.Packet.Body)
	}
	q.flights = append(q.flights, f)
	go q.fly(ctx, s, f)
}

// fly offers a flight's packets.
func (q *Queue) fly(ctx context.Context, s Sender, f *flight) {
	end := word{f: f, ended: true}
	if len(f.list) == 1 {
		r, compact, err := s.Put(ctx, f.list[0].Packet)
		end.answers = []answer{{r, compact, err}}
		q.words <- end
		return
	}
	packets := make([]dossier.Packet, len(f.list))
	for i, o := range f.list {
		packets[i] = o.Packet
	}
	end.err = s.Batch(ctx, packets, func() { q.words <- word{f: f} }, func(_ int, r dossier.Receipt, compact string, err error) {
		end.answers = append(end.answers, answer{r, compact, err})
	})
	q.words <- end
}

// hear takes a flight's word.
func (q *Queue) hear(ctx context.Context, w word) {
	if !w.ended {
		w.f.away = time.Now()
		return
	}
	q.flights = slices.DeleteFunc(q.flights, func(f *flight) bool { return f == w.f })
	err := w.err
	for i, a := range w.answers {
		if e := q.settle(ctx, w.f.list[i], a.receipt, a.compact, a.err); e != nil && err == nil {
			err = e
		}
	}
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		q.fell(ctx, w.f, err)
		return
	}
	q.gauge(w.f)
	if w.f.troubles == q.troubles {
		q.most = min(2*q.most, batchPackets)
	}
	if w.f.troubles == q.troubles || !q.hard {
		q.failures, q.lastKind, q.notBefore, q.hard = 0, WhyNothing, time.Time{}, false
	}
}

// fell takes the failure of a flight. What the portal stumbles over is found by
// halving, and makes room for the others once it is found.
func (q *Queue) fell(ctx context.Context, f *flight, err error) {
	switch {
	case len(f.list) > 1:
		q.most = max(1, len(f.list)/2)
		if counts(err) { // each half is another question, not the same one again
			q.failures = 0
		}
	case counts(err):
		q.aside[f.list[0].Packet.Head.ID] = time.Now().Add(asideTime)
	}
	if f.troubles == q.troubles {
		q.fail(ctx, err)
		return
	}
	// It left before trouble that is known by now, and met the same: that is not
	// a second failure in a row. What it alone was told counts.
	if wait := asked(err); wait > 0 || isLane(err) && !q.hard {
		was := q.notBefore
		q.fail(ctx, err)
		if q.notBefore.Before(was) {
			q.notBefore = was
			q.publish(ctx, q.lastKind)
		}
	}
}

// gauge learns from a flight that came back how much the line carries in
// flightTime. A flight has the line for itself from the moment at which the one
// before it is answered.
func (q *Queue) gauge(f *flight) {
	now := time.Now()
	from := f.left
	if q.landed.After(from) {
		from = q.landed
	}
	q.landed = now
	took := now.Sub(from)
	if f.size < gaugeLeast {
		return
	}
	fits := flightMost
	if took > 0 {
		fits = int(min(float64(f.size)*float64(flightTime)/float64(took), flightMost))
	}
	q.batch = min(max((q.batch+fits)/2, flightLeast), flightMost)
}

// mayGo reports whether a flight of this priority may leave. One that is more
// urgent than everything on its way does not wait for the line.
func (q *Queue) mayGo(p store.Priority) bool {
	urgent, clear := true, true
	for _, f := range q.flights {
		urgent = urgent && p < f.priority
		clear = clear && !f.away.IsZero() && time.Since(f.away) >= breath
	}
	return len(q.flights) < mostFlights && clear || len(q.flights) <= mostFlights && urgent
}

// next is the batch that may go now: of one priority, refused ones only when
// their time has come, and nothing that is on its way already.
func (q *Queue) next(ctx context.Context) ([]store.Outgoing, error) {
	q.ready = time.Time{}
	flying := map[string]bool{}
	for _, f := range q.flights {
		for _, o := range f.list {
			flying[o.Packet.Head.ID] = true
		}
	}
	now := time.Now()
	past := func(_ string, until time.Time) bool { return !now.Before(until) }
	maps.DeleteFunc(q.aside, past)
	maps.DeleteFunc(q.refused, past)
	limit := 1 // only something urgent could go, and that comes first
	if q.mayGo(leastUrgent) {
		limit = batchPackets + len(flying) + len(q.aside) + min(len(q.refused), refusedMost)
	}
	all, err := q.store.Outgoing(ctx, limit)
	if err != nil {
		return nil, err
	}
	var list []store.Outgoing
	size, room := 0, q.room(all)
	for _, o := range all {
		if flying[o.Packet.Head.ID] {
			continue
		}
		until := q.aside[o.Packet.Head.ID]
		if o.Refused != "" {
			until = later(until, q.refusedUntil(o.Packet.Head.ID))
		}
		if now.Before(until) {
			q.readyAt(until)
			continue
		}
		size += len(o.Packet.JWS) + len(o.Packet.Body)
		if len(list) > 0 && (len(list) == q.most || size > room || o.Priority != list[0].Priority || o.Refused != "") {
			break
		}
		if len(list) == 0 && !q.mayGo(o.Priority) {
			break
		}
		list = append(list, o)
		if o.Refused != "" {
			break // alone, so that it takes nobody with it
		}
	}
	if len(list) > 0 {
		q.ready = time.Time{}
	}
	return list, nil
}

// room is how much the flight that leaves next may carry of what waits.
func (q *Queue) room(waits []store.Outgoing) int {
	if len(q.flights) > 0 || len(waits) == 0 {
		return q.batch
	}
	whole := 0
	for _, o := range waits {
		whole += len(o.Packet.JWS) + len(o.Packet.Body)
	}
	if whole > flightWhole {
		return q.batch
	}
	return max(q.batch, whole)
}

// readyAt notes when a packet that makes room now may go.
func (q *Queue) readyAt(t time.Time) {
	if q.ready.IsZero() || t.Before(q.ready) {
		q.ready = t
	}
}

// refusedUntil is when a packet that was refused may be offered again: an hour
// after it was, and where many were within the hour, when the first of those may.
// One from before the start waits its own part of the hour: when the power of a whole
// province comes back nobody offers at once what was refused, and a station that
// starts again and again does not use up a packet's tries.
func (q *Queue) refusedUntil(id string) time.Time {
	if until, ok := q.refused[id]; ok {
		return until
	}
	var first time.Time
	if !q.began.IsZero() {
		first = q.began.Add(ofTheHour(id))
	}
	if len(q.refused) < refusedMost {
		return first
	}
	first = time.Time{}
	for _, until := range q.refused {
		if first.IsZero() || until.Before(first) {
			first = until
		}
	}
	return first
}

// ofTheHour is an identifier's own part of refusedEvery.
func ofTheHour(id string) time.Duration {
	h := fnv.New64a()
	_, _ = io.WriteString(h, id) // never fails
	return time.Duration(h.Sum64() % uint64(refusedEvery))
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// settle takes what came for one packet.
func (q *Queue) settle(ctx context.Context, o store.Outgoing, r dossier.Receipt, compact string, err error) error {
	h := o.Packet.Head
	if err == nil {
		again, err := q.store.Held(ctx, r, compact)
		if err != nil {
			return err
		}
		delete(q.aside, h.ID)
		delete(q.refused, h.ID)
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
	q.refused[h.ID] = time.Now().Add(refusedEvery)
	return attempted(ctx, q.store, o.Packet, code)
}
