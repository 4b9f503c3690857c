package portal

import (
	"net/http"
	"net/netip"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/portal/gate"
	"tramhoso/sync/wire"
)

// Limits are those that a province may have to set otherwise than we did; a zero
// field is the default. A station is measured by its enrolment, never by its
// address: a whole province may come from one. Only who is not known yet is
// measured by address.
type Limits struct {
	// Connections at once. A station has two for good, a long poll and the rest,
	// and a TLS connection takes some 50 KB: 16,384 are 5,000 stations thrice over.
	Connections int
	// Polls that wait at once: every station's, and as many that a broken line left.
	Polls int
	// Requests that are short, at once. A 6 KB packet takes 10 s over 5 kbit/s: a
	// province of 5,000 that comes back after a cut is through in a minute.
	Requests int
	// Calls of one station: packets, polls and questions. A drain of 1,000 packets
	// takes 16 batches; a loop gone wrong makes thousands a second.
	Calls gate.Rate
	// Bytes of one station, both ways, by the same calls: a whole catalogue and
	// every packet of a month at once.
	Bytes gate.Rate
	// FileCalls and FileBytes are those of its attachments. They have buckets of
	// their own: a flood of papers never holds up a hand-over.
	FileCalls gate.Rate
	FileBytes gate.Rate
	// Pace is how slow a line may be.
	Pace gate.Pace
}

// DefaultLimits are far above what an honest station needs, and far below what
// could hurt a small server.
var DefaultLimits = Limits{
	Connections: 16384,
	Polls:       8192,
	Requests:    1024,
	Calls:       gate.Rate{PerSecond: 20, Burst: 2000},
	Bytes:       gate.Rate{PerSecond: 1 << 20, Burst: 256 << 20},
	FileCalls:   gate.Rate{PerSecond: 50, Burst: 5000},         // 20 papers of 50 MB in chunks of 256 KB
	FileBytes:   gate.Rate{PerSecond: 4 << 20, Burst: 2 << 30}, // as much as may be open, twice
	Pace:        gate.Pace{Silence: time.Minute, BytesPerSecond: 200, Work: 10 * time.Minute},
}

func (l *Limits) defaults() {
	d := DefaultLimits
	whole := func(v *int, d int) {
		if *v == 0 {
			*v = d
		}
	}
	rate := func(v *gate.Rate, d gate.Rate) {
		if *v == (gate.Rate{}) {
			*v = d
		}
	}
	whole(&l.Connections, d.Connections)
	whole(&l.Polls, d.Polls)
	whole(&l.Requests, d.Requests)
	rate(&l.Calls, d.Calls)
	rate(&l.Bytes, d.Bytes)
	rate(&l.FileCalls, d.FileCalls)
	rate(&l.FileBytes, d.FileBytes)
	if l.Pace == (gate.Pace{}) {
		l.Pace = d.Pace
	}
}

// The limits that no province has to change.
const (
	maxStationCalls   = 16    // of one station at once: ours makes three
	maxStationPolls   = 2     // of one station: a program that started anew leaves one behind
	maxStationBundles = 1     // of one station at once: it has one clerk with one stick
	maxStationConns   = 16    // of one station: ours needs three, HTTP/1.1 a few more
	maxOpenCalls      = 256   // of strangers at once: enrolment, time, a slip's page
	maxDeskCalls      = 64    // of this machine's programs at once
	strangersOf       = 2     // of so many connections, one may be a stranger's
	maxStations       = 65536 // buckets kept: more than all communes of the country
	maxAddresses      = 65536 // likewise; strangers from more share one
	maxStreams        = 32    // of one HTTP/2 connection: a station asks three things at once
)

// What strangers may ask from one address, which may be a whole province's: after
// a cut each of 5,000 stations asks for the time, and phones behind the same
// address open slips' pages.
var openRate = gate.Rate{PerSecond: 100, Burst: 10_000}

// Enrolments that are refused, from one address. A token's secret has 160 bits, so
// that guessing is hopeless at any rate; this bounds what the guesses cost.
var refusedRate = gate.Rate{PerSecond: 1, Burst: 100}

// Calls that no station's certificate comes with, from one address. A look-up and the
// check of a chain take some 0.3 ms of a core: of what one address may make us do
// for nothing this is 3 %.
var unknownRate = gate.Rate{PerSecond: 100, Burst: 1000}

// meters are what a portal counts.
type meters struct {
	calls, bytes         *gate.Meter[int64] // by enrolment
	fileCalls, fileBytes *gate.Meter[int64]
	open, refused        *gate.Meter[netip.Prefix]
	unknown              *gate.Meter[netip.Prefix]
	crowd, bundles       *gate.Crowd[int64]
	polls                *gate.Queue[int64]
}

func newMeters(l Limits, now func() time.Time) meters {
	of := func(r gate.Rate) *gate.Meter[int64] { return gate.NewMeter[int64](r, maxStations, now) }
	return meters{
		calls: of(l.Calls), bytes: of(l.Bytes), fileCalls: of(l.FileCalls), fileBytes: of(l.FileBytes),
		open:    gate.NewMeter[netip.Prefix](openRate, maxAddresses, now),
		refused: gate.NewMeter[netip.Prefix](refusedRate, maxAddresses, now),
		unknown: gate.NewMeter[netip.Prefix](unknownRate, maxAddresses, now),
		crowd:   gate.NewCrowd[int64](maxStationCalls), bundles: gate.NewCrowd[int64](maxStationBundles),
		polls: gate.NewQueue[int64](maxStationPolls),
	}
}

// monotonic is the time since some moment: the wall clock may be set.
func (p *Portal) monotonic() time.Time {
	return time.UnixMilli(p.o.Clock.Stamp().MonoMs)
}

// addressOf is where a stranger comes from: one customer of IPv6 has a whole /64.
func addressOf(r *http.Request) netip.Prefix {
	a, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Prefix{} // no network, or all through one proxy
	}
	ip := a.Addr().Unmap().WithZone("")
	bits := ip.BitLen()
	if ip.Is6() {
		bits = 64
	}
	prefix, err := ip.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return prefix
}

// tooFast tells a peer when to come back.
type tooFast struct {
	error
	wait time.Duration
}

func (e tooFast) Unwrap() error { return e.error }

func slowDown(wait time.Duration) error {
	return tooFast{dossier.Errorf(wire.CodeTooMany, "too much at once"), wait}
}

// admit lets a station begin a call, until leave, or says when it may.
func (m *meters) admit(rt route, enrolment int64) (leave func(), err error) {
	calls, bytes := m.of(rt)
	// One byte: what it costs shows when it is over.
	if wait := max(calls.Wait(enrolment, 1), bytes.Wait(enrolment, 1)); wait > 0 {
		return nil, slowDown(wait)
	}
	leave, ok := m.crowd.Enter(enrolment)
	if !ok {
		return nil, slowDown(retryAfterS * time.Second)
	}
	calls.Take(enrolment, 1)
	return leave, nil
}

func (m *meters) of(rt route) (calls, bytes *gate.Meter[int64]) {
	if rt.file {
		return m.fileCalls, m.fileBytes
	}
	return m.calls, m.bytes
}

// admitStranger is admit for who is not known.
func (m *meters) admitStranger(r *http.Request) error {
	from := addressOf(r)
	if wait := m.open.Wait(from, 1); wait > 0 {
		return slowDown(wait)
	}
	m.open.Take(from, 1)
	return nil
}
