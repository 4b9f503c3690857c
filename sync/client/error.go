package client

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/wire"
)

// Error is trouble of the portal itself, or with being known to it.
type Error struct {
	Status int // HTTP; 0: TLS
	Err    error

	wait        time.Duration
	early, late bool
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

// Day reports that a certificate is not valid today: by this station's clock it
// is too early for the portal's, or too late for the portal's or its own.
func (e *Error) Day() (early, late bool) { return e.early, e.late }

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

// ofTransport sorts what a round trip failed with.
func ofTransport(err error) error {
	var (
		unknown  x509.UnknownAuthorityError
		host     x509.HostnameError
		invalid  x509.CertificateInvalidError
		record   tls.RecordHeaderError
		verify   *tls.CertificateVerificationError
		notReady *dossier.Error
	)
	switch {
	case errors.As(err, &notReady):
		return err
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired && !errors.As(err, &unknown):
		// Whether the portal or this station is wrong about the day, sending
		// cannot go on; it says nothing about the network.
		early := invalid.Cert != nil && strings.Contains(invalid.Detail, "is before")
		return &Error{Err: fmt.Errorf("the portal's certificate is not valid today: %w", err), early: early, late: !early}
	case errors.As(err, &unknown), errors.As(err, &host), errors.As(err, &record), errors.As(err, &verify):
		return dossier.E(dossier.CodeNotThePortal, fmt.Errorf("TLS: %w", err))
	case isAlert(err):
		return &Error{Err: fmt.Errorf("the portal does not accept this station's certificate: %w", err),
			late: strings.Contains(err.Error(), "expired certificate")}
	case strings.Contains(err.Error(), "malformed HTTP"): // net/http has no type for it
		return dossier.E(dossier.CodeNotThePortal, err)
	}
	return dossier.E(dossier.CodeNoNetwork, err)
}

// isAlert reports whether the peer said why it hung up. crypto/tls has no public
// type for alerts it received, only the operation's name.
func isAlert(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "remote error"
}

// ofAnswer sorts what came back: nil for the statuses that are expected.
func ofAnswer(res *http.Response, now time.Time, expected ...int) error {
	if res.Header.Get(wire.Header) == "" {
		return dossier.Errorf(dossier.CodeNotThePortal, "an answer %d without the portal's header", res.StatusCode)
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
	if err != nil {
		e.Err = dossier.Errorf(wire.CodeInternal, "no problem came with it")
		return e
	}
	e.Err = p.Err()
	return e
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

// readAll reads a bounded body.
func readAll(res *http.Response, limit int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(res.Body, limit+1))
	if err != nil {
		if errors.Is(err, context.Canceled) {
			return nil, err
		}
		return nil, dossier.E(dossier.CodeNoNetwork, fmt.Errorf("the answer broke off: %w", err))
	}
	if int64(len(b)) > limit {
		return nil, dossier.Errorf(dossier.CodeInvalid, "an answer past %d bytes", limit)
	}
	return b, nil
}
