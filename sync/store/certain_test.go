package store

import (
	"testing"
	"time"

	"tramhoso/sync/dossier"
)

// watch is a clock on the wall beside what is certain.
type watch struct {
	wall, sure time.Time
	exact      bool
}

func (w *watch) options() Options {
	return Options{Now: func() time.Time { return w.wall }, Sure: func() (time.Time, bool) { return w.sure, w.exact }}
}

// everything is there: a body, a paper, cards and a tap.
func everything(t *testing.T, b *bench) (there int) {
	t.Helper()
	if _, err := b.Packet(t.Context(), "p-1"); found(t, err) {
		there++
	}
	j, err := b.PrintJob(t.Context(), 1)
	must(t, err)
	if j.Key != nil {
		there++
	}
	if _, err := b.Kept(t.Context(), "p-1"); found(t, err) {
		there++
	}
	if _, err := b.r.FirstResult(t.Context(), "t"); err == nil {
		there++
	}
	return there
}

const all = 4

// A clock that jumps to 2090, stays there over a restart and comes back destroys
// nothing; what is certain to have passed does.
func TestAClockAheadDestroysNothing(t *testing.T) {
	day := time.Date(2026, 7, 14, 9, 24, 0, 0, time.UTC)
	w := &watch{wall: day, sure: day}
	b := open(t, t.TempDir(), w.options())
	_, err := b.Commit(t.Context(), visit("t"))
	must(t, err)
	_, err = b.Held(t.Context(), dossier.Receipt{Packet: "p-1", Digest: digestOf(1), Counter: 1}, "r")
	must(t, err)
	_, err = b.Commit(t.Context(), handover("h", "p-1"))
	must(t, err)
	sweep := func() int {
		t.Helper()
		_, err := b.Sweep(t.Context())
		must(t, err)
		return everything(t, b)
	}
	w.wall = time.Date(2090, 1, 1, 0, 0, 0, 0, time.UTC)
	w.sure = day.Add(time.Hour)
	if n := sweep(); n != all {
		t.Fatalf("%d of %d are left", n, all)
	}
	b = open(t, powerCut(t, b.Dir()), w.options())
	w.sure = time.Time{} // a machine that knows nothing yet
	if n := sweep(); n != all {
		t.Errorf("after a restart: %d of %d are left", n, all)
	}
	if at, err := b.Sure(t.Context()); err != nil || !at.Equal(day.Add(time.Hour)) {
		t.Errorf("certain is %v, %v", at, err)
	}
	w.wall, w.sure = day.Add(2*time.Hour), day.Add(PrintKeyLast-time.Millisecond)
	if n := sweep(); n != all {
		t.Errorf("too early: %d of %d are left", n, all)
	}
	w.sure = day.Add(HandedCardLife)
	if n := sweep(); n != 0 {
		t.Errorf("%d outlive their time", n)
	}
}

// What was written down by a clock that ran ahead ends too, counted from when the
// portal put the clock right.
func TestStampsOfAClockAhead(t *testing.T) {
	day := time.Date(2026, 7, 14, 9, 24, 0, 0, time.UTC)
	w := &watch{wall: time.Date(2090, 1, 1, 0, 0, 0, 0, time.UTC), sure: day}
	b := open(t, t.TempDir(), w.options())
	_, err := b.Commit(t.Context(), visit("t"))
	must(t, err)
	_, err = b.Held(t.Context(), dossier.Receipt{Packet: "p-1", Digest: digestOf(1), Counter: 1}, "r")
	must(t, err)
	_, err = b.Commit(t.Context(), handover("h", "p-1"))
	must(t, err)
	sweep := func() int {
		t.Helper()
		_, err := b.Sweep(t.Context())
		must(t, err)
		return everything(t, b)
	}
	w.sure = day.Add(HandedCardLife)
	if n := sweep(); n != all {
		t.Errorf("before the clock is right: %d of %d are left", n, all)
	}
	right := w.sure.Add(time.Hour)
	w.wall, w.sure, w.exact = right, right, true
	if n := sweep(); n != all {
		t.Errorf("when the clock is put right: %d of %d are left", n, all)
	}
	w.exact = false
	w.sure = right.Add(HandedCardLife)
	if n := sweep(); n != 0 {
		t.Errorf("%d outlive their time", n)
	}
}

// A clock that is behind stamps no record earlier than it can be.
func TestStampsOfAClockBehind(t *testing.T) {
	day := time.Date(2026, 7, 14, 9, 24, 0, 0, time.UTC)
	w := &watch{wall: day.AddDate(0, -3, 0), sure: day}
	b := open(t, t.TempDir(), w.options())
	_, err := b.Commit(t.Context(), visit("t"))
	must(t, err)
	_, err = b.Held(t.Context(), dossier.Receipt{Packet: "p-1", Digest: digestOf(1), Counter: 1}, "r")
	must(t, err)
	w.wall, w.sure, w.exact = day.Add(time.Hour), day.Add(time.Hour), true
	_, err = b.Sweep(t.Context())
	must(t, err)
	if n := everything(t, b); n != all {
		t.Errorf("%d of %d are left", n, all)
	}
}
