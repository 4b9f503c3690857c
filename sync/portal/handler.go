package portal

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"slices"
	"strconv"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/portal/gate"
	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/wire"
)

// The limits of the server.
const (
	maxHeaderBytes = 16 << 10         // no header of ours is longer
	maxEnrolBytes  = 32 << 10         // a request for a certificate
	headerTimeout  = 30 * time.Second // also the handshake's: 5 KB both ways, over 5 kbit/s
	idleTimeout    = 2 * time.Minute
	retryAfterS    = 3 // seconds
)

type call func(w http.ResponseWriter, r *http.Request, e ledger.Enrolment) error

// route is one call of the protocol.
type route struct {
	pattern string        // as http.ServeMux reads it
	limit   int64         // bytes of the request's body
	slots   chan struct{} // what all such calls share
	file    bool          // counts as attachments
	open    func(w http.ResponseWriter, r *http.Request) error
	mtls    call // needs the station's certificate
	desk    bool // asked by programs of this machine
	late    bool // one that ended within renewGrace will do
}

// routes is the protocol; a test compares it with openapi.yaml.
func (p *Portal) routes() []route {
	all := slices.Concat(p.fileRoutes(), p.bundleRoutes(), []route{
		{pattern: "PUT " + wire.PathPackets + "{id}", limit: wire.MaxPacketBytes, mtls: p.putPacket},
		{pattern: "GET " + wire.PathPackets + "{id}", mtls: p.getPacket},
		{pattern: "POST " + wire.PathBatch, limit: wire.MaxBatchBytes, mtls: p.postBatch},
		{pattern: "GET " + wire.PathEvents, slots: p.polls, mtls: p.getEvents},
		{pattern: "GET " + wire.PathCatalogue, mtls: p.getCatalogue},
		{pattern: "GET " + wire.PathDelta, mtls: p.getDelta},
		{pattern: "GET " + wire.PathStaff, mtls: p.getStaff},
		{pattern: "GET " + wire.PathTrust, mtls: p.getTrust},
		{pattern: "POST " + wire.PathTime, limit: maxEnrolBytes, open: p.postTime},
		{pattern: "POST " + wire.PathEnrol, limit: maxEnrolBytes, open: p.postEnrol},
		{pattern: "POST " + wire.PathRenew, limit: maxEnrolBytes, late: true, mtls: p.postRenew},
		{pattern: "GET " + wire.PathSlip + "{token}", open: p.getSlip},
	})
	for i := range all {
		switch rt := &all[i]; {
		case rt.slots != nil:
		case rt.open != nil:
			rt.slots = p.opens
		default:
			rt.slots = p.requests
		}
	}
	return all
}

// Handler serves the protocol. It needs the TLS state of the connection: serve
// it with TLSConfig.
func (p *Portal) Handler() http.Handler {
	mux := http.NewServeMux()
	for _, rt := range p.routes() {
		mux.Handle(rt.pattern, p.wrap(rt))
	}
	mux.Handle("GET /S/{token}", p.wrap(route{pattern: "GET /S/{token}", slots: p.opens, open: p.getSlip})) // as the QR spells it
	unknown := p.wrap(route{pattern: "/", slots: p.opens, open: func(http.ResponseWriter, *http.Request) error {
		return dossier.Errorf(dossier.CodeNotFound, "no such call")
	}})
	mux.Handle("/", unknown)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// What the mux would answer by itself, another spelling of the address, has no
		// header of ours: a station would take it for a network's log-in page.
		if h, _ := mux.Handler(r); !isOurs(h) {
			unknown.ServeHTTP(w, r)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// isOurs says whether wrap made a handler.
func isOurs(h http.Handler) bool {
	_, ok := h.(http.HandlerFunc)
	return ok
}

// TLSConfig is the server's: our own certificate, the newest at every handshake, and
// stations' certificates checked where one is shown.
func (p *Portal) TLSConfig() (*tls.Config, error) {
	server := &identity{p: p}
	cert, err := server.certificate()
	if err != nil {
		return nil, err
	}
	root, err := x509.ParseCertificate(p.keys().root)
	if err != nil {
		return nil, fmt.Errorf("failed to parse the root certificate: %w", err)
	}
	pool := p.keys().certified()
	pool.AddCert(root) // stations show a chain that it signed, whichever authority is in it
	conf := &tls.Config{
		MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{*cert},
		ClientAuth: tls.RequestClientCert, ClientCAs: pool, // identify verifies, and says what is wrong
		Time: p.o.Clock.Now, NextProtos: []string{"h2", "http/1.1"},
	}
	conf.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) {
		cert, err := server.certificate()
		if err != nil {
			return nil, err
		}
		now := conf.Clone()
		now.Certificates, now.GetConfigForClient = []tls.Certificate{*cert}, nil
		return now, nil
	}
	return conf, nil
}

// statusWriter remembers what was answered, for the log.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// wrap gives a route its header, slots, limits, identity, problems and log line.
func (p *Portal) wrap(rt route) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		paced := gate.NewWriter(rw, p.o.Limits.Pace)
		defer paced.Done()
		w := &statusWriter{ResponseWriter: paced}
		w.Header().Set(wire.Header, wire.HeaderValue)
		body := gate.NewBody(w, http.MaxBytesReader(w, r.Body, rt.limit), p.o.Limits.Pace)
		defer body.Done()
		r.Body = body
		began := time.Now()
		var who ledger.Enrolment
		err := func() (err error) {
			defer func() {
				if v := recover(); v != nil {
					if v == http.ErrAbortHandler { // an answer is broken off on purpose
						panic(v)
					}
					p.log.Error("panic", "route", rt.pattern, "stack", string(debug.Stack()))
					err = errors.New("panic")
				}
			}()
			leave, err := p.enter(rt, r, &who)
			if err != nil {
				return err
			}
			defer leave()
			if rt.open != nil {
				return rt.open(w, r)
			}
			return rt.mtls(w, r, who)
		}()
		var code dossier.Code // "" where all went well
		if err != nil {
			code = p.fail(w, rt.pattern, err)
		}
		if who.ID != 0 {
			p.contacts.heard(who.ID, p.now())
			_, bytes := p.meters.of(rt)
			bytes.Take(who.ID, float64(body.Bytes()+paced.Bytes()))
		}
		p.log.Info("request", "route", rt.pattern, "status", w.status, "code", code, "station", who.Station, "took_ms", time.Since(began).Milliseconds())
	})
}

// enter finds out who calls, and lets the call begin if neither the caller nor
// all together have too much going on. Whoever is not known never takes the place
// of one who is.
func (p *Portal) enter(rt route, r *http.Request, who *ledger.Enrolment) (leave func(), err error) {
	own := func() {}
	switch {
	case rt.desk:
	case rt.open != nil:
		err = p.meters.admitStranger(r)
	default:
		if *who, err = p.caller(r, rt.late); err != nil {
			return nil, err
		}
		gate.Known(r.Context(), who.ID)
		own, err = p.meters.admit(rt, who.ID)
	}
	if err != nil {
		return nil, err
	}
	select {
	case rt.slots <- struct{}{}:
		return func() { <-rt.slots; own() }, nil
	default:
		own()
		return nil, dossier.Errorf(wire.CodeBusy, "too many calls at once")
	}
}

// problemOf is what a peer is told of err. A disk that is full has a code of its own
// wherever it is met: whoever asked waits, and nothing that was sent is at fault.
func problemOf(err error) wire.Problem {
	if errors.Is(err, ledger.ErrNoRoom) {
		err = dossier.E(wire.CodeNoRoom, err)
	}
	return wire.ProblemOf(err)
}

// fail answers with a problem, unless the answer has begun.
func (p *Portal) fail(w *statusWriter, pattern string, err error) dossier.Code {
	prob := problemOf(err)
	if prob.Status >= http.StatusInternalServerError && prob.Code != wire.CodeBusy {
		p.log.Error("failed", "route", pattern, "err", err)
	}
	if w.status != 0 {
		return prob.Code
	}
	var fast tooFast
	switch {
	case errors.As(err, &fast):
		w.Header().Set("Retry-After", strconv.Itoa(int(max(fast.wait+time.Second-1, time.Second)/time.Second)))
	case prob.Code == wire.CodeBusy:
		w.Header().Set("Retry-After", strconv.Itoa(retryAfterS))
	}
	w.Header().Set(wire.HeaderProblem, string(prob.Code))
	w.Header().Set("Content-Type", wire.TypeProblem)
	w.WriteHeader(prob.Status)
	if err := json.NewEncoder(w).Encode(prob); err != nil {
		p.log.Debug("peer went away", "err", err)
	}
	return prob.Code
}

func writeJSON(w http.ResponseWriter, status int, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("failed to encode the answer: %w", err)
	}
	return write(w, status, wire.TypeJSON, data)
}

// answerJSON is writeJSON for what may be long: coded, for who asks for it.
func answerJSON(w http.ResponseWriter, r *http.Request, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("failed to encode the answer: %w", err)
	}
	w.Header().Set("Vary", "Accept-Encoding")
	if wire.AcceptsZstd(r.Header.Values("Accept-Encoding")) {
		coded, shorter, err := wire.Code(data)
		if err != nil {
			return err
		}
		if shorter {
			w.Header().Set("Content-Encoding", wire.CodingZstd)
			data = coded
		}
	}
	return write(w, http.StatusOK, wire.TypeJSON, data)
}

func writeJWS(w http.ResponseWriter, status int, jws string) error {
	return write(w, status, wire.TypeJWS, []byte(jws))
}

// write sends an answer; a peer that went away is no failure of ours.
func write(w http.ResponseWriter, status int, kind string, data []byte) error {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	w.WriteHeader(status)
	_, _ = w.Write(data)
	return nil
}
