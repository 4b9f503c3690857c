package gate

import (
	"net/netip"
	"testing"
	"time"
)

type fakeTime struct{ t time.Time }

func (f *fakeTime) now() time.Time      { return f.t }
func (f *fakeTime) add(d time.Duration) { f.t = f.t.Add(d) }

func TestMeter(t *testing.T) {
	clock := &fakeTime{time.Unix(1_000_000, 0)}
	m := NewMeter[int](Rate{PerSecond: 2, Burst: 10}, 100, clock.now)
	for range 10 {
		if w := m.Wait(1, 1); w != 0 {
			t.Fatalf("within the burst: wait %v", w)
		}
		m.Take(1, 1)
	}
	if w := m.Wait(1, 1); w != 500*time.Millisecond {
		t.Errorf("past the burst: wait %v", w)
	}
	if w := m.Wait(2, 1); w != 0 {
		t.Errorf("somebody else waits %v", w)
	}
	clock.add(500 * time.Millisecond)
	if w := m.Wait(1, 1); w != 0 {
		t.Errorf("after the wait: wait %v more", w)
	}
	m.Take(1, 1_000_000) // what has begun is let finish, and costs at most one more burst
	if w := m.Wait(1, 1); w != 5500*time.Millisecond {
		t.Errorf("in debt: wait %v", w)
	}
	clock.add(-time.Hour)
	if w := m.Wait(1, 1); w != 5500*time.Millisecond {
		t.Errorf("a clock set back: wait %v", w)
	}
	clock.add(5500 * time.Millisecond)
	if w := m.Wait(1, 1); w != 0 {
		t.Errorf("the debt is paid: wait %v", w)
	}
	clock.add(time.Hour)
	if w := m.Wait(1, 99); w != 0 {
		t.Errorf("more than a burst could never begin: wait %v", w)
	}
}

// A province of stations is measured one by one: one that runs wild slows nobody
// but itself.
func TestAMeterKnowsEachOfAProvince(t *testing.T) {
	clock := &fakeTime{time.Unix(0, 0)}
	m := NewMeter[int64](Rate{PerSecond: 1, Burst: 3}, 65536, clock.now)
	m.Take(77, 3)
	for station := range int64(5000) {
		if w := m.Wait(station, 1); (w > 0) != (station == 77) {
			t.Fatalf("station %d waits %v", station, w)
		}
	}
}

// Strangers from everywhere cost no more memory than the meter was given; those
// beyond share a bucket, and those who were quiet are forgotten.
func TestAMeterIsBounded(t *testing.T) {
	clock := &fakeTime{time.Unix(0, 0)}
	m := NewMeter[netip.Prefix](Rate{PerSecond: 1, Burst: 5}, 50, clock.now)
	at := func(i int) netip.Prefix {
		return netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}), 32)
	}
	take := func(from, to int) (refused int) {
		for i := from; i < to; i++ {
			if m.Wait(at(i), 1) > 0 {
				refused++
			}
			m.Take(at(i), 1)
		}
		return refused
	}
	if n := take(0, 50); n != 0 {
		t.Errorf("%d refused", n)
	}
	if n := take(50, 60); n != 5 { // the shared bucket's five, then nothing
		t.Errorf("%d of those beyond refused", n)
	}
	if len(m.buckets) != 50 {
		t.Errorf("%d buckets", len(m.buckets))
	}
	clock.add(time.Minute)
	if n := take(100, 150); n != 0 || len(m.buckets) != 50 {
		t.Errorf("a minute later %d refused, %d buckets", n, len(m.buckets))
	}
}

func TestCrowd(t *testing.T) {
	c := NewCrowd[int](2)
	out1, ok1 := c.Enter(1)
	_, ok2 := c.Enter(1)
	_, ok3 := c.Enter(1)
	_, other := c.Enter(2)
	if !ok1 || !ok2 || ok3 || !other {
		t.Errorf("%v %v %v %v", ok1, ok2, ok3, other)
	}
	out1()
	out3, ok := c.Enter(1)
	if !ok {
		t.Error("a place was left and not given away")
	}
	out3()
	if c.now[1] != 1 {
		t.Errorf("%d inside", c.now[1])
	}
}

func TestTheNewestWaits(t *testing.T) {
	q := NewQueue[int](2)
	ended := func(c <-chan struct{}) bool {
		select {
		case <-c:
			return true
		default:
			return false
		}
	}
	a, leaveA := q.Join(1)
	b, leaveB := q.Join(1)
	other, leaveOther := q.Join(2)
	c, leaveC := q.Join(1)
	if !ended(a) || ended(b) || ended(c) || ended(other) {
		t.Errorf("%v %v %v %v", ended(a), ended(b), ended(c), ended(other))
	}
	leaveC()
	d, leaveD := q.Join(1)
	if ended(b) || ended(d) {
		t.Error("somebody made way though a place was free")
	}
	for _, leave := range []func(){leaveA, leaveB, leaveD, leaveOther} {
		leave()
	}
	if len(q.now) != 0 {
		t.Errorf("%v is left", q.now)
	}
}
