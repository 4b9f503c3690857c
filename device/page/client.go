package page

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

// The operations used (RFC 8011 4.2, 4.3).
const (
	opPrintJob      uint16 = 0x0002
	opValidateJob   uint16 = 0x0004
	opCancelJob     uint16 = 0x0008
	opGetJob        uint16 = 0x0009
	opGetJobs       uint16 = 0x000A
	opGetAttributes uint16 = 0x000B
)

// The answers that are acted on (RFC 8011 B.1). Everything below 0x0100 is
// success.
const (
	lastSuccess        uint16 = 0x00FF
	statusForbidden    uint16 = 0x0401
	statusUnauthorized uint16 = 0x0403
	statusNotPossible  uint16 = 0x0404
	statusNotFound     uint16 = 0x0406
	statusGone         uint16 = 0x0407
	statusFormat       uint16 = 0x040A
	statusAttributes   uint16 = 0x040B
	statusNotAccepting uint16 = 0x0506
	statusBusy         uint16 = 0x0507
	statusDocument     uint16 = 0x0411 // document-format-error
)

const (
	formatPDF = "application/pdf"
	ippType   = "application/ipp"
	// ippPort is the port that ipp:// means (RFC 8010 4.1).
	ippPort = "631"
	// asks is who we are to the printer: jobs are cancelled by who sent them.
	asks = "tramhoso"
)

// statusError is an answer that says no.
type statusError struct {
	op, status uint16
	media      bool // because of the paper size
}

func (e *statusError) Error() string {
	return fmt.Sprintf("the printer refuses operation %#04x with status %#04x", e.op, e.status)
}

// httpError is an answer from below IPP.
type httpError struct{ status int }

func (e *httpError) Error() string { return fmt.Sprintf("the printer answers HTTP %d", e.status) }

// client speaks with one printer.
type client struct {
	uri     string // printer-uri
	url     string
	http    *http.Client
	timing  Timing
	request atomic.Uint32
}

// newClient reads ipp://host[:port]/path. With a socket, the host of the URI is
// only a name and the connection goes there.
func newClient(uri, socket string, timing Timing) (*client, error) {
	if len(uri) > 1023 { // RFC 8011 5.1.6
		return nil, errors.New("the printer's address is too long")
	}
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "ipp" || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("a page printer's address is like ipp://localhost/printers/NAME")
	}
	host := u.Host
	if u.Port() == "" {
		host = net.JoinHostPort(u.Hostname(), ippPort)
	}
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	dial := net.Dialer{Timeout: timing.Ask}
	transport := &http.Transport{
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			if socket != "" {
				return dial.DialContext(ctx, "unix", socket)
			}
			return dial.DialContext(ctx, network, addr)
		},
		MaxIdleConns: 1, IdleConnTimeout: time.Second, DisableCompression: true,
		MaxResponseHeaderBytes: 64 << 10, // a printer's are a few hundred bytes
	}
	return &client{uri: uri, url: "http://" + host + path, timing: timing, http: &http.Client{
		Transport: transport,
		// A printer sends nobody elsewhere; who does is no printer.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

func (c *client) close() { c.http.CloseIdleConnections() }

// operation begins a request with what every one must say first, in this order
// (RFC 8011 4.1.4).
func (c *client) operation(op uint16, more ...attribute) message {
	attrs := []attribute{
		text(tagCharset, "attributes-charset", "utf-8"), text(tagLanguage, "attributes-natural-language", "en"),
		text(tagURI, "printer-uri", c.uri),
	}
	return message{Major: 1, Minor: 1, Code: op, Request: c.request.Add(1),
		Groups: []group{{Tag: tagOperation, Attrs: append(attrs, more...)}}}
}

func text(t tag, name string, words ...string) attribute {
	a := attribute{Name: name}
	for _, w := range words {
		a.Values = append(a.Values, value{Tag: t, Bytes: w})
	}
	return a
}

func integer(name string, n int) attribute {
	return attribute{Name: name, Values: []value{{Tag: tagInteger, Int: int32(n)}}}
}

// call asks a question without a document.
func (c *client) call(ctx context.Context, m message) (message, error) {
	ctx, done := context.WithTimeout(ctx, c.timing.Ask)
	defer done()
	answer, _, err := c.send(ctx, m, nil)
	return answer, err
}

// send sends a request and reads its answer. Sent reports whether the whole
// document was read from us, so that the printer may have all of it.
func (c *client) send(ctx context.Context, m message, document []byte) (answer message, sent bool, err error) {
	head, err := m.encode()
	if err != nil {
		return message{}, false, err
	}
	body := &counted{r: io.MultiReader(bytes.NewReader(head), bytes.NewReader(document))}
	size := int64(len(head) + len(document))
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, body)
	if err != nil {
		return message{}, false, fmt.Errorf("failed to make a request: %w", err)
	}
	req.ContentLength = size
	req.Header.Set("Content-Type", ippType)
	req.Header.Set("Accept", ippType)
	res, err := c.http.Do(req)
	if err != nil {
		return message{}, body.n.Load() >= size, fmt.Errorf("failed to reach the printer: %w", err)
	}
	defer func() { _ = res.Body.Close() }() // read to its end, or given up
	sent = body.n.Load() >= size
	if res.StatusCode != http.StatusOK {
		return message{}, sent, &httpError{res.StatusCode}
	}
	if kind, _, err := mime.ParseMediaType(res.Header.Get("Content-Type")); err != nil || !strings.EqualFold(kind, ippType) {
		return message{}, sent, fmt.Errorf("%w: the answer is of another type", errMessage)
	}
	raw, err := io.ReadAll(io.LimitReader(res.Body, maxMessageBytes+1))
	if err != nil {
		return message{}, sent, fmt.Errorf("failed to read the printer's answer: %w", err)
	}
	if answer, err = decode(raw); err != nil {
		return message{}, sent, err
	}
	if answer.Request != m.Request {
		return message{}, sent, fmt.Errorf("%w: the answer to another question", errMessage)
	}
	if answer.Code > lastSuccess {
		refused := &statusError{op: m.Code, status: answer.Code}
		for _, g := range answer.Groups {
			refused.media = refused.media || g.Tag == tagUnsupported && g.values("media") != nil
		}
		return answer, sent, refused
	}
	return answer, sent, nil
}

// counted knows how much was read from it. The transport may still read while
// an early answer is handled.
type counted struct {
	r io.Reader
	n atomic.Int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n.Add(int64(n))
	return n, err
}

// why puts an error into a reason.
func why(err error) Reason {
	var status *statusError
	var code *httpError
	switch {
	case err == nil:
		return ReasonNone
	case errors.As(err, &status):
		if status.media {
			return ReasonWrong
		}
		switch status.status {
		case statusForbidden, statusForbidden + 1, statusUnauthorized:
			return ReasonDenied
		case statusFormat, statusAttributes, statusDocument:
			return ReasonDocument
		case statusNotAccepting:
			return ReasonRefusing
		case statusNotFound, statusGone:
			return ReasonOffline // no such queue
		case statusBusy:
			return ReasonStopped
		}
		return ReasonFault
	case errors.As(err, &code):
		switch code.status {
		case http.StatusUnauthorized, http.StatusForbidden, http.StatusUpgradeRequired:
			return ReasonDenied
		case http.StatusNotFound:
			return ReasonOffline
		}
		return ReasonAnswer
	case errors.Is(err, errMessage):
		return ReasonAnswer
	}
	return ReasonOffline
}
