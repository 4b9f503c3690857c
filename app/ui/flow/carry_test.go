package flow

import (
	"context"
	"strings"
	"syscall"
	"testing"
	"time"

	"tramhoso/app/counter"
	"tramhoso/app/upkeep"
	"tramhoso/sync/outbox"
)

// pocket is a clerk's stick.
type pocket struct {
	stick   counter.Stick
	changed func() // of whoever watches
	ctx     context.Context
	got     counter.Carried
	err     error
	calls   int
	looks   int
}

func (p *pocket) Look(context.Context) counter.Stick {
	p.looks++
	return p.stick
}

func (p *pocket) Watch(ctx context.Context, changed func()) {
	p.ctx, p.changed = ctx, changed
	changed()
}

func (p *pocket) Carry(_ context.Context, tell func(done, total int64)) (counter.Carried, error) {
	p.calls++
	tell(1, 2)
	return p.got, p.err
}

// later runs what was put off once.
func (h *house) soon() {
	h.t.Helper()
	later := h.later
	h.later = nil
	for _, f := range later {
		f()
	}
	h.settle()
}

func TestAClerkCarriesByStick(t *testing.T) {
	run(t, func(t *testing.T, h *house) {
		p := &pocket{stick: counter.Stick{Packets: 12, Files: 3, Oldest: 50 * time.Hour}}
		h.Sticks = p
		h.clerk()
		h.tap("clerkhome.carry")
		h.settle()
		h.see("carry.insert")
		h.see("carry.waits", "what", upkeep.Load(h.env.Words, 12, 3))
		h.see("carry.oldest-days", "n", 2)

		p.stick.In, p.stick.Others = true, 1
		h.soon()
		h.see("carry.ready")
		h.see("carry.others-here", "n", 1)
		p.err = &counter.StickError{Word: "carry.pulled", Err: syscall.EIO}
		h.tap("carry.main")
		h.see("carry.running")
		h.settle()
		h.see("carry.pulled")
		p.err, p.got = nil, counter.Carried{Unread: 1}
		h.tap("carry.again")
		h.settle()
		h.see("carry.unread", "n", 1)
		h.tap("app.back")
		h.tap("clerkhome.carry")
		h.soon()
		p.got = counter.Carried{}
		h.tap("carry.main")
		h.settle()
		h.see("carry.nothing-new")
		h.tap("app.back")
		h.tap("clerkhome.carry")
		h.soon()
		p.got = counter.Carried{Packets: 12, Files: 3, Receipts: 9, Results: 2, Events: 6, Catalogue: true}
		h.tap("carry.main")
		h.settle()
		h.see("carry.done")
		h.see("carry.brought", "receipts", 9, "results", 2, "news", 4)
		h.see("carry.catalogue")
		h.see("carry.copied", "what", upkeep.Load(h.env.Words, 12, 3))
		h.tap("app.back")
		h.tap("clerkhome.carry")
		h.soon()
		until := h.clock.Now().Add(2 * time.Hour)
		h.parts.Sending.Now, h.parts.Sending.Until = h.clock.Now(), until
		p.got = counter.Carried{Others: 1, Waiting: 2, Why: string(outbox.WhyPaused)}
		h.tap("carry.main")
		h.settle()
		h.see("carry.others-answered", "n", 1)
		h.see("carry.others-wait", "n", 2, "why", h.env.T("sending.why-paused", "until", h.env.Words.Clock(until)))
		if p.calls != 5 {
			t.Errorf("%d copies", p.calls)
		}
		h.tap("app.back")
		h.see("clerkhome.title", "station", "Điểm Hoà Phú")
		h.soon()
		if n := len(h.later); n != 0 {
			t.Errorf("%d looks for a stick that nobody waits for", n)
		}
	})
}

// A stick that is put in shows on the counter's list, for whoever is logged in
// and as long as it is in.
func TestAStickIsNoticed(t *testing.T) {
	run(t, func(t *testing.T, h *house) {
		p := &pocket{}
		h.Sticks = p
		h.clerk()
		h.settle()
		none := func() {
			t.Helper()
			if strings.Contains(h.said(), h.env.T("clerkhome.stick")) {
				t.Errorf("a stick is in:\n%s", h.said())
			}
		}
		none()
		p.stick.In = true
		p.changed()
		h.settle()
		h.see("clerkhome.stick")
		h.see("clerkhome.stick-note")
		p.stick.Loose = true
		p.changed()
		h.settle()
		h.see("carry.loose")
		p.stick = counter.Stick{}
		p.changed()
		h.settle()
		none()
		p.stick.In = true
		changed := p.changed
		h.logout()
		if p.ctx.Err() == nil {
			t.Error("somebody watches on")
		}
		changed()
		h.settle()
		if h.plugged.In {
			t.Error("a stick is noticed for nobody")
		}
	})
}

// Whoever is locked out meanwhile finds nothing of it; a station without a place
// for sticks offers none.
func TestLeavingAStick(t *testing.T) {
	h := newHouse(t)
	h.clerk()
	if h.env.T("clerkhome.carry"); h.Sticks != nil {
		t.Fatal("a place for sticks")
	}
	h.Sticks = &pocket{stick: counter.Stick{In: true}}
	h.Render()
	h.tap("clerkhome.carry")
	h.settle()
	h.tap("carry.main")
	h.logout()
	h.settle()
	if h.carrying || h.Counter.Step() != counter.Closed {
		t.Error("the stick's screen outlives its clerk")
	}
	h.clerk()
}

// However often the screen is left and opened, one look follows another; and none
// comes beside a copy, where an open folder would keep the stick from being let go.
func TestOneLookForAStickAtATime(t *testing.T) {
	h := newHouse(t)
	p := &pocket{stick: counter.Stick{In: true}}
	h.Sticks = p
	h.clerk()
	for range 3 {
		h.tap("clerkhome.carry")
		h.settle()
		h.tap("app.back")
	}
	h.tap("clerkhome.carry")
	h.settle()
	h.soon()
	if n := len(h.later); n != 1 {
		t.Errorf("%d looks are to come", n)
	}
	h.see("carry.ready")
	looks := p.looks
	h.tap("carry.main")
	h.soon()
	if p.calls != 1 || p.looks != looks {
		t.Errorf("%d copies, and %d looks beside them", p.calls, p.looks-looks)
	}
	h.see("carry.done")
	if n := len(h.later); n != 1 {
		t.Errorf("%d looks are to come", n)
	}
}
