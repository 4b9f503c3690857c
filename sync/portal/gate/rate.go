package gate

import (
	"sync"
	"time"
)

// Rate is how much somebody may take: Burst at once, then PerSecond.
type Rate struct{ PerSecond, Burst float64 }

// Meter keeps a token bucket for each of its keys. A bucket may go below nothing:
// what it costs is often known only afterwards, and what has begun is let finish.
type Meter[K comparable] struct {
	rate Rate
	most int // buckets kept; whoever comes beyond shares one
	now  func() time.Time

	mu      sync.Mutex
	buckets map[K]*bucket
	shared  bucket
	swept   time.Time
}

type bucket struct {
	level float64
	at    time.Time
}

// NewMeter makes a meter. now must not go back; a wall clock that does only gives
// nothing for that time.
func NewMeter[K comparable](rate Rate, most int, now func() time.Time) *Meter[K] {
	m := &Meter[K]{rate: rate, most: most, now: now, buckets: make(map[K]*bucket)}
	m.shared = bucket{rate.Burst, now()}
	return m
}

// Wait says how long until k may begin something that costs n; 0 is now. It takes
// nothing.
func (m *Meter[K]) Wait(k K, n float64) time.Duration {
	m.mu.Lock()
	defer m.mu.Unlock()
	b := m.at(k)
	n = min(n, m.rate.Burst) // else it could never begin
	if b.level >= n {
		return 0
	}
	return time.Duration((n - b.level) / m.rate.PerSecond * float64(time.Second))
}

// Take takes n of k's bucket, whatever is in it.
func (m *Meter[K]) Take(k K, n float64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	// A debt is at most a full bucket: a station that sent one huge thing is not
	// locked out for a day.
	b := m.at(k)
	b.level = max(b.level-n, -m.rate.Burst)
}

// at is k's bucket as of now.
func (m *Meter[K]) at(k K) *bucket {
	now := m.now()
	b, ok := m.buckets[k]
	if !ok {
		if len(m.buckets) >= m.most {
			m.sweep(now)
		}
		if len(m.buckets) < m.most {
			b = &bucket{m.rate.Burst, now}
			m.buckets[k] = b
		} else {
			b = &m.shared
		}
	}
	m.fill(b, now)
	return b
}

func (m *Meter[K]) fill(b *bucket, now time.Time) {
	if d := now.Sub(b.at); d > 0 {
		b.level = min(b.level+d.Seconds()*m.rate.PerSecond, m.rate.Burst)
	}
	b.at = now
}

// sweepEvery bounds what forgetting costs while strangers come from everywhere.
const sweepEvery = time.Second

// sweep forgets the buckets that are full again: they say nothing that a new one
// would not.
func (m *Meter[K]) sweep(now time.Time) {
	if d := now.Sub(m.swept); d >= 0 && d < sweepEvery {
		return
	}
	m.swept = now
	for k, b := range m.buckets {
		if m.fill(b, now); b.level >= m.rate.Burst {
			delete(m.buckets, k)
		}
	}
}

// Crowd counts what each of its keys does at once.
type Crowd[K comparable] struct {
	each int

	mu  sync.Mutex
	now map[K]int
}

// NewCrowd lets each key do so many things at once.
func NewCrowd[K comparable](each int) *Crowd[K] { return &Crowd[K]{each: each, now: make(map[K]int)} }

// Enter lets k in until leave is called; not ok: it is in too often.
func (c *Crowd[K]) Enter(k K) (leave func(), ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.now[k] >= c.each {
		return nil, false
	}
	c.now[k]++
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.now[k]--; c.now[k] == 0 {
			delete(c.now, k)
		}
	}, true
}

// Queue holds who waits for news: of each key only the newest few. A station
// whose line broke leaves waits behind that nobody listens to; they make way.
type Queue[K comparable] struct {
	each int

	mu  sync.Mutex
	now map[K][]chan struct{} // oldest first
}

// NewQueue lets each key wait so many times at once.
func NewQueue[K comparable](each int) *Queue[K] {
	return &Queue[K]{each: each, now: make(map[K][]chan struct{})}
}

// Join lets k wait until leave is called. over closes when it has to make way.
func (q *Queue[K]) Join(k K) (over <-chan struct{}, leave func()) {
	q.mu.Lock()
	defer q.mu.Unlock()
	c := make(chan struct{})
	list := append(q.now[k], c)
	for len(list) > q.each {
		close(list[0])
		list = list[1:]
	}
	q.now[k] = list
	return c, func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		list := q.now[k]
		for i, o := range list {
			if o == c {
				list = append(list[:i:i], list[i+1:]...)
				break
			}
		}
		if q.now[k] = list; len(list) == 0 {
			delete(q.now, k)
		}
	}
}
