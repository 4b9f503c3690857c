package sim

import (
	"bytes"
	"context"
	"fmt"
	"hash/fnv"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/seal"
	"tramhoso/sync/wire"
)

// fate is what becomes of one request on its way.
type fate int

const (
	fine        fate = iota
	lost             // the portal never sees it
	requestCut       // the portal sees a part of it
	answerLost       // it has its effect, and nobody hears
	answerCut        // a part of the answer arrives
	doubled          // it arrives twice; the second answer is heard
	late             // it arrives after the station gave up
	slow             // both ways take long
	busy             // the portal, or what stands before it, asks to wait
	wrongServer      // something else answers
	fates            // how many there are
)

var fateNames = [fates]string{"arrives", "is lost", "breaks off on its way", "has its effect and the answer is lost",
	"has its effect and the answer breaks off", "arrives twice", "is stuck somewhere", "takes long",
	"is told to wait", "is answered by something else"}

// weather is how likely, in percent, each fate is on a bad line.
var weather = [fates]int{lost: 8, requestCut: 7, answerLost: 10, answerCut: 7, doubled: 8, late: 5, slow: 6, busy: 4, wrongServer: 3}

// letter is a request that can be delivered more than once.
type letter struct {
	req  *http.Request
	body []byte
	size int // of what is in it; compressed, random bytes are more or fewer
	what string
	from *stationSim
}

// cut is a beginning of the body, in percent of it. It is measured from the end,
// where a packed batch has what cannot be compressed: how many whole packets
// arrive is the seed's choice.
func (l letter) cut(percent int) []byte {
	return l.body[:max(0, len(l.body)-max(1, l.size*(100-percent)/100))]
}

// answer is what a handler wrote.
type answer struct {
	status int
	header http.Header
	body   bytes.Buffer
}

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

func (a *answer) Write(b []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(b)
}

// carry is the way of every request to a run of the portal.
func (w *World) carry(run *portalRun) http.Handler {
	inner := run.Handler()
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || run.gone() {
			panic(http.ErrAbortHandler)
		}
		l := letter{req: r, body: body, size: len(body), from: w.sender(r)}
		w.describe(&l)
		w.queueUp(r.Context(), l)
		w.apart(l)
		f, part, wait := w.fate(l)
		if f != fine {
			w.story.tell("%s's %s %s", l.from.code, l.what, fateNames[f])
		}
		switch f {
		case lost:
			panic(http.ErrAbortHandler)
		case requestCut:
			l.body = l.cut(part)
			w.deliver(run, inner, l, true)
			panic(http.ErrAbortHandler)
		case late:
			w.keep(l)
			<-r.Context().Done() // the station gives up
			panic(http.ErrAbortHandler)
		case busy:
			rw.Header().Set(wire.Header, wire.HeaderValue)
			rw.Header().Set("Retry-After", "20")
			rw.WriteHeader(http.StatusServiceUnavailable)
			return
		case wrongServer:
			rw.Header().Set("Location", "http://login.invalid/")
			rw.WriteHeader(http.StatusFound)
			return
		case slow:
			time.Sleep(wait)
		}
		var a *answer
		if f == doubled && !w.danger() && !isFile(l) { // at once: whoever comes second must wait for the first
			twin := make(chan *answer)
			go func() { twin <- w.deliver(run, inner, l, false) }()
			a = w.deliver(run, inner, l, false)
			<-twin
		} else {
			a = w.deliver(run, inner, l, false)
		}
		if f == doubled && (w.danger() || isFile(l)) {
			a = w.deliver(run, inner, l, false)
		}
		w.holdBack(r.Context(), l)
		if run.gone() || f == answerLost {
			panic(http.ErrAbortHandler)
		}
		if f == slow {
			time.Sleep(wait)
		}
		for k, v := range a.header {
			rw.Header()[k] = v
		}
		out := a.body.Bytes()
		if f == answerCut {
			rw.Header().Set("Content-Length", fmt.Sprint(len(out)+1))
			out = out[:len(out)*part/100]
		}
		rw.WriteHeader(a.status)
		_, _ = rw.Write(out)
		if f == answerCut {
			panic(http.ErrAbortHandler)
		}
	})
}

// apart keeps two requests of one moment from being handled in an order that is
// nobody's choice: each takes its own fraction of a millisecond.
func (w *World) apart(l letter) {
	h := fnv.New64a()
	if l.from != nil {
		_, _ = io.WriteString(h, l.from.code)
	}
	_, _ = io.WriteString(h, l.what)
	time.Sleep(time.Duration(1 + h.Sum64()%uint64(time.Millisecond)))
}

// isFile reports whether a letter writes to an upload: a second one at once ends
// the first wherever that happens to be, which tests of the portal look at.
func isFile(l letter) bool { return strings.HasPrefix(l.req.URL.Path, wire.PathFiles) }

// danger reports whether a machine may die at its next named point: then what
// happens at once would not happen in the same order again.
func (w *World) danger() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.armed != nil
}

// hold keeps an answer back until it is let go.
type hold struct {
	s       *stationSim
	what    string // the beginning of what the request is called
	holding chan struct{}
	release chan struct{}
}

// queueUp keeps a packet back behind one of its station whose answer is held back:
// while people do things nothing else happens at the same moment.
func (w *World) queueUp(ctx context.Context, l letter) {
	w.mu.Lock()
	h := w.holding
	w.mu.Unlock()
	if h == nil || h.s != l.from || !strings.HasPrefix(l.what, "packet") && !strings.HasPrefix(l.what, "batch") {
		return
	}
	select {
	case <-h.release:
	case <-ctx.Done():
	}
}

func (w *World) holdBack(ctx context.Context, l letter) {
	w.mu.Lock()
	h := w.held
	if h == nil || h.s != l.from || !strings.HasPrefix(l.what, h.what) {
		h = nil
	} else {
		w.held, w.holding = nil, h
	}
	w.mu.Unlock()
	if h == nil {
		return
	}
	w.story.tell("%s's %s has its effect; the answer is on its way", l.from.code, l.what)
	close(h.holding)
	select {
	case <-h.release:
	case <-ctx.Done():
	}
}

// fate decides about one request.
func (w *World) fate(l letter) (f fate, part int, wait time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	part, wait = w.rng.IntN(100), time.Duration(w.rng.Int64N(int64(80*time.Second)))
	if l.from == nil || !l.from.rough {
		return fine, 0, 0
	}
	n := w.rng.IntN(100)
	for f, percent := range weather {
		if n < percent {
			return fate(f), part, wait
		}
		n -= percent
	}
	return fine, 0, 0
}

// deliver lets the portal handle a letter. What it answers is compared with what
// it answered before. A letter that broke off ends as a broken connection does.
func (w *World) deliver(run *portalRun, inner http.Handler, l letter, broken bool) *answer {
	r := l.req.Clone(l.req.Context())
	r.Body = io.NopCloser(bytes.NewReader(l.body))
	if broken {
		r.Body = io.NopCloser(io.MultiReader(bytes.NewReader(l.body), failing{}))
	}
	a := &answer{header: http.Header{}}
	inner.ServeHTTP(a, r)
	if a.status == 0 {
		a.status = http.StatusOK
	}
	if !run.gone() {
		w.examine(run, l, a)
	}
	return a
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// examine believes no receipt that the ledger does not hold, and no second
// receipt that differs from the first.
func (w *World) examine(run *portalRun, l letter, a *answer) {
	put := l.req.Method == http.MethodPut && strings.HasPrefix(l.req.URL.Path, wire.PathPackets)
	if !put || a.status != http.StatusOK && a.status != http.StatusCreated {
		return
	}
	w.receipt(run, strings.TrimPrefix(l.req.URL.Path, wire.PathPackets), a.body.String())
}

// receipt is a receipt that the portal gave out.
func (w *World) receipt(run *portalRun, id, compact string) {
	var pk ledger.Packet
	err := run.led.Store.View(context.WithoutCancel(w.ctx), func(r ledger.Reader) (err error) {
		pk, err = r.Packet(id)
		return err
	})
	name := w.nameOf(id)
	switch {
	case err != nil:
		w.story.wrong("the portal gave a receipt for %s, which it does not hold: %v", name, err)
	case pk.Receipt != compact:
		w.story.wrong("the portal gave another receipt for %s than it keeps", name)
	}
	w.mu.Lock()
	first := w.signed[id]
	w.signed[id] = signed{pk.State, compact}
	w.mu.Unlock()
	switch {
	case first.state == pk.State && first.compact != compact:
		w.story.wrong("the portal gave two different receipts for %s", name)
	case first.state == wire.StateWhole && pk.State != wire.StateWhole:
		w.story.wrong("the portal called %s whole and then misses files", name)
	}
}

// signed is a receipt as it was first given out: one when files are missing, one
// when they are there.
type signed struct{ state, compact string }

// sender is the station whose certificate a request shows.
func (w *World) sender(r *http.Request) *stationSim {
	if r.TLS == nil || len(r.TLS.PeerCertificates) == 0 {
		return nil
	}
	code := r.TLS.PeerCertificates[0].Subject.CommonName
	i := slices.IndexFunc(w.stations, func(s *stationSim) bool { return s.code == code })
	if i < 0 {
		return nil
	}
	return w.stations[i]
}

// describe says what a request is about.
func (w *World) describe(l *letter) {
	if l.req.URL.Path != wire.PathBatch {
		l.what = w.subject(l.req, l.body)
		return
	}
	var b interface{ Next() (wire.Framed, error) } = wire.NewBatchReader(bytes.NewReader(l.body), wire.PacketLimits)
	if l.req.Header.Get("Content-Type") == wire.TypePacked {
		b = wire.NewPackedReader(bytes.NewReader(l.body), wire.PacketLimits)
	}
	var names []string
	l.size = 0
	for f, err := b.Next(); err == nil; f, err = b.Next() {
		names = append(names, w.learn(f))
		l.size += len(f.JWS) + len(f.Body)
	}
	l.what = "batch of " + strings.Join(names, ", ")
}

// subject is what any other request is about.
func (w *World) subject(r *http.Request, body []byte) string {
	path := r.URL.Path
	switch {
	case r.Method == http.MethodPut && strings.HasPrefix(path, wire.PathPackets):
		if f, err := wire.DecodePacket(bytes.NewReader(body), wire.PacketLimits); err == nil {
			return "packet " + w.learn(f)
		}
	case strings.HasPrefix(path, wire.PathFiles):
		return fmt.Sprintf("%s of a file (%d bytes)", r.Method, len(body))
	case strings.HasPrefix(path, wire.PathBundles): // named by its digest, and as long as what is random in it
		return r.Method + " of a stick's file"
	case path == wire.PathEvents:
		return "question for events"
	case path == wire.PathCatalogue:
		return "question for the catalogue"
	case path == wire.PathTrust:
		return "question for the trust bundle"
	case path == wire.PathStaff:
		return "question for the staff list"
	}
	return "question " + r.Method + " " + path
}

// learn names a packet by its station and number.
func (w *World) learn(f wire.Framed) string {
	h, err := seal.Peek(f.JWS)
	if err != nil {
		return "an unreadable packet"
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.names[h.ID] = fmt.Sprintf("%s/%d (%s)", h.Station, h.Seq, h.Kind)
	return w.names[h.ID]
}

func (w *World) nameOf(id string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if n := w.names[id]; n != "" {
		return n
	}
	return "a packet that nobody has seen"
}

// keep puts a letter aside that is stuck on its way.
func (w *World) keep(l letter) {
	l.req = l.req.Clone(context.WithoutCancel(l.req.Context()))
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stuck = append(w.stuck, l)
}
