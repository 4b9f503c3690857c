// Package contract holds what goes over a handler to openapi.yaml. It is for tests
// of both ends, and nothing else imports it: what it needs is in no program.
//
// It promises that a call which the file does not know is found, that every answer
// is one which the file describes, refusals among them, which must also agree with
// themselves, and that every question is too, but for those that were refused
// because of their form.
package contract

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"

	"tramhoso/sync/dossier"
	"tramhoso/sync/wire"
)

// ofForm are the codes that say: this is not what the file describes.
var ofForm = []dossier.Code{dossier.CodeInvalid, wire.CodeTooLarge, wire.CodeTusVersion, wire.CodeNotAChunk}

// Handler serves with Inner and compares.
type Handler struct {
	Inner http.Handler

	doc    *openapi3.T
	router routers.Router

	mu    sync.Mutex
	calls map[string]bool
	codes map[dossier.Code]bool
	wrong []error
}

// once: decoders are registered for the whole program.
var decoders = sync.OnceFunc(func() {
	for _, media := range []string{wire.TypePacket, wire.TypeBatch, wire.TypePacked, wire.TypeBundle, wire.TypeCatalogue, wire.TypeJWS, wire.TypeChunk, "text/html"} {
		openapi3filter.RegisterBodyDecoder(media, openapi3filter.FileBodyDecoder)
	}
	openapi3filter.RegisterBodyDecoder(wire.TypeProblem, openapi3filter.JSONBodyDecoder)
})

// New reads the file.
func New(inner http.Handler) (*Handler, error) {
	decoders()
	doc, err := openapi3.NewLoader().LoadFromData(wire.OpenAPI)
	if err != nil {
		return nil, fmt.Errorf("failed to read the description: %w", err)
	}
	if err := doc.Validate(context.Background()); err != nil {
		return nil, fmt.Errorf("the description is none: %w", err)
	}
	doc.Servers = nil
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		return nil, fmt.Errorf("failed to read the description: %w", err)
	}
	return &Handler{Inner: inner, doc: doc, router: router, calls: map[string]bool{}, codes: map[dossier.Code]bool{}}, nil
}

// ServeHTTP implements http.Handler.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil { // whoever asked is gone
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	rec := httptest.NewRecorder()
	h.Inner.ServeHTTP(rec, r)
	if r.Context().Err() == nil || rec.Header().Get("Content-Type") != "" { // else nobody is there to answer
		r.Body = io.NopCloser(bytes.NewReader(body))
		h.mu.Lock()
		h.check(r, rec)
		h.mu.Unlock()
	}
	for k, v := range rec.Header() {
		w.Header()[k] = v
	}
	w.WriteHeader(rec.Code)
	_, _ = w.Write(rec.Body.Bytes())
}

func (h *Handler) check(r *http.Request, rec *httptest.ResponseRecorder) {
	fail := func(what string, err error) {
		h.wrong = append(h.wrong, fmt.Errorf("%s %s: %s: %w", r.Method, r.URL.Path, what, err))
	}
	route, params, err := h.router.FindRoute(r)
	if err != nil {
		fail("not in the description", err)
		return
	}
	h.calls[r.Method+" "+route.Path] = true
	var problem wire.Problem
	if r.Method != http.MethodHead && (rec.Code >= http.StatusBadRequest || rec.Header().Get("Content-Type") == wire.TypeProblem) && !ofPeople(route) {
		var err error
		if problem, err = h.problem(rec.Code, rec.Body.Bytes()); err != nil {
			fail("refused", err)
		}
		h.codes[problem.Code] = true
	}
	named := dossier.Code(rec.Header().Get(wire.HeaderProblem))
	switch {
	case rec.Code < http.StatusBadRequest && named == "":
	case r.Method == http.MethodHead:
		problem.Code = named
	case named != problem.Code:
		fail("its problem", fmt.Errorf("%q, and in the header %q", problem.Code, named))
	}
	if rec.Header().Get(wire.Header) != wire.HeaderValue {
		fail("answered", errors.New("without our header"))
	}
	in := &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route,
		Options: &openapi3filter.Options{IncludeResponseStatus: true, AuthenticationFunc: openapi3filter.NoopAuthenticationFunc}}
	refused := slices.Contains(ofForm, problem.Code)
	if err := openapi3filter.ValidateRequest(context.Background(), in); err != nil && !refused {
		fail(fmt.Sprintf("asked, and answered %d", rec.Code), err)
	}
	plain, err := decoded(route, r, rec)
	if err != nil {
		fail("answered", err)
		return
	}
	if err := openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{RequestValidationInput: in,
		Status: rec.Code, Header: rec.Header(), Body: io.NopCloser(bytes.NewReader(plain)), Options: in.Options}); err != nil {
		fail("answered", err)
	}
	if route.Path == wire.PathBatch && rec.Code == http.StatusOK {
		codes, err := results(plain)
		if err != nil {
			fail("answered", err)
		}
		for _, c := range codes {
			h.codes[c] = true
		}
	}
}

// ofPeople says whether a call is asked by a browser, which is answered with a page.
func ofPeople(route *routers.Route) bool { return strings.HasPrefix(route.Path, wire.PathSlip) }

// maxAnswerBytes bounds what an answer is unpacked to: more than any may have.
const maxAnswerBytes = 8 << 20

// decoded is an answer without its coding, which must have been asked for, and be
// in the description of that answer.
func decoded(route *routers.Route, r *http.Request, rec *httptest.ResponseRecorder) ([]byte, error) {
	coding := rec.Header().Get("Content-Encoding")
	if coding == "" {
		return rec.Body.Bytes(), nil
	}
	described := route.Operation.Responses.Status(rec.Code)
	switch {
	case described == nil || described.Value.Headers["Content-Encoding"] == nil:
		return nil, fmt.Errorf("as %s, which the description does not say of a %d", coding, rec.Code)
	case coding != wire.CodingZstd || !wire.AcceptsZstd(r.Header.Values("Accept-Encoding")):
		return nil, fmt.Errorf("as %s, which was not asked for", coding)
	}
	plain, err := wire.Decode(rec.Body.Bytes(), maxAnswerBytes)
	if err == nil && len(plain) < wire.MinCodedBytes {
		err = fmt.Errorf("%d bytes, coded", len(plain))
	}
	return plain, err
}

// Calls is how many calls the description has.
func (h *Handler) Calls() (n int) {
	for _, item := range h.doc.Paths.Map() {
		n += len(item.Operations())
	}
	return n
}

// Wrong is what did not hold.
func (h *Handler) Wrong() []error {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.wrong)
}

// Unasked lists the calls of the description that nobody made, and the codes that
// nobody was answered.
func (h *Handler) Unasked() (calls []string, codes []dossier.Code) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for path, item := range h.doc.Paths.Map() {
		for method := range item.Operations() {
			if op := method + " " + path; !h.calls[op] {
				calls = append(calls, op)
			}
		}
	}
	for _, c := range h.doc.Components.Schemas["Problem"].Value.Properties["code"].Value.Enum {
		if code := dossier.Code(fmt.Sprint(c)); !h.codes[code] {
			codes = append(codes, code)
		}
	}
	slices.Sort(calls)
	return calls, codes
}
