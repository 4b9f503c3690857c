package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/wire"
)

// Error is trouble of the portal itself, or with being known to it.
type Error struct {
	Status int // HTTP; 0: TLS
	Err    error

	wait time.Duration
}

func (e *Error) Error() string {
	if e.Status == 0 {
		return e.Err.Error()
	}
	return fmt.Sprintf("the portal answered %d: %v", e.Status, e.Err)
}

func (e *Error) Unwrap() error { return e.Err }

// Lane reports trouble with everything this station sends.
func (e *Error) Lane() bool {
	switch e.Status {
	case 0, http.StatusUnauthorized, http.StatusForbidden, http.StatusInsufficientStorage:
		return true
	}
	return false
}

// Full reports that the portal has no room.
func (e *Error) Full() bool { return e.Status == http.StatusInsufficientStorage }

// Day reports trouble with the day: this station's clock is wrong, or a
// certificate, the portal's or its own, has ended.
func (e *Error) Day() (clock, ended bool) {
	switch dossier.CodeOf(e.Err) {
	case CauseClock:
		return true, false
	case CausePortalCert, wire.CodeCertExpired:
		return false, true
	}
	return false, false
}

// Refused reports that the portal will not take what was sent.
func (e *Error) Refused() bool {
	switch e.Status {
	case http.StatusRequestTimeout, http.StatusTooManyRequests:
		return false
	}
	return e.Status >= 400 && e.Status < 500 && !e.Lane()
}

// Wait is how long the portal asked to wait, or 0.
func (e *Error) Wait() time.Duration { return e.wait }

// isAlert reports whether the peer said why it hung up. crypto/tls has no public
// type for alerts it received, only the operation's name.
func isAlert(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "remote error"
}

// ofAnswer sorts what came back: nil for the statuses that are expected.
func ofAnswer(res *http.Response, now time.Time, expected ...int) error {
	if res.Header.Get(wire.Header) == "" {
		return dossier.E(dossier.CodeNotThePortal, dossier.Errorf(CauseLogIn, "an answer %d without the portal's header", res.StatusCode))
	}
	for _, s := range expected {
		if res.StatusCode == s {
			return nil
		}
	}
	e := &Error{Status: res.StatusCode, wait: retryAfter(res.Header.Get("Retry-After"), now)}
	if res.StatusCode < 400 {
		e.Err = dossier.Errorf(wire.CodeInternal, "an answer that the protocol does not know")
		return e
	}
	p, err := wire.ReadProblem(res.Body)
	if err == nil {
		e.Err = p.Err()
		return e
	}
	if p, ok := wire.BareProblem(res.StatusCode, res.Header); ok {
		e.Err = p.Err()
		return e
	}
	e.Err = dossier.Errorf(wire.CodeInternal, "no problem came with it")
	if code, ok := headless[res.StatusCode]; ok && res.Request.Method == http.MethodHead {
		e.Err = dossier.Errorf(code, "an answer to HEAD")
	}
	return e
}

// headless are the problems of a HEAD, by their status alone: what a portal
// answered before it named them in a header.
var headless = map[int]dossier.Code{
	http.StatusUnauthorized: dossier.CodeNotEnrolled, http.StatusNotFound: dossier.CodeNotFound,
	http.StatusConflict: wire.CodePacketFirst, http.StatusGone: wire.CodeExpired,
}

// retryAfter reads both forms of RFC 9110 section 10.2.3.
func retryAfter(s string, now time.Time) time.Duration {
	if s == "" {
		return 0
	}
	if n, err := strconv.Atoi(s); err == nil {
		return max(time.Duration(min(n, 24*3600))*time.Second, 0)
	}
	t, err := http.ParseTime(s)
	if err != nil {
		return 0
	}
	return max(t.Sub(now), 0)
}

// readAll reads a bounded body, and takes its coding off within the same bound.
func readAll(res *http.Response, limit int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(res.Body, limit+1))
	if err != nil {
		if errors.Is(err, context.Canceled) {
			return nil, err
		}
		return nil, dossier.E(dossier.CodeNoNetwork, dossier.Errorf(causeOfNetwork(err), "the answer broke off: %w", err))
	}
	if int64(len(b)) > limit {
		return nil, dossier.Errorf(dossier.CodeInvalid, "an answer past %d bytes", limit)
	}
	switch coding := res.Header.Get("Content-Encoding"); coding {
	case "":
		return b, nil
	case wire.CodingZstd:
		plain, err := wire.Decode(b, int(limit))
		if err != nil {
			return nil, &Error{Status: http.StatusInternalServerError, Err: dossier.Errorf(wire.CodeInternal, "an answer that cannot be unpacked: %v", err)}
		}
		return plain, nil
	default:
		return nil, &Error{Status: http.StatusInternalServerError, Err: dossier.Errorf(wire.CodeInternal, "an answer in a coding that nobody asked for")}
	}
}
