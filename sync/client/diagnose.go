package client

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/seal"
	"tramhoso/sync/wire"
)

// The causes of trouble on the way to a portal, for a technician: dossier.CauseOf
// finds them inside what dossier.CodeOf says to act on.
const (
	// Inside dossier.CodeNoNetwork.
	CauseNoName  dossier.Code = "no-name"  // the portal's name is not known to the network
	CauseRefused dossier.Code = "refused"  // the machine is there and does not listen
	CauseNoRoute dossier.Code = "no-route" // no cable, or no way there
	CauseTimeout dossier.Code = "timeout"  // nothing came in time
	CauseCutOff  dossier.Code = "cut-off"  // the line broke

	// Inside dossier.CodeNotThePortal.
	CauseLogIn       dossier.Code = "captive-portal" // a log-in page, or something that speaks no TLS
	CauseIntercepted dossier.Code = "intercepted"    // somebody calls itself the portal with a certificate of their own
	CauseOtherHost   dossier.Code = "other-host"     // a server of the province that is not this portal

	// Of an Error of TLS, beside wire.CodeCertExpired and wire.CodeRevoked.
	CauseClock      dossier.Code = "clock-wrong"         // this station's clock
	CausePortalCert dossier.Code = "portal-cert-expired" // the portal's certificate
	CauseIdentity   dossier.Code = "identity-refused"    // something before the portal refuses this station's certificate
)

// ofTransport sorts what a round trip to host failed with. Whether the clock or
// the certificate is wrong is a guess here, see whoseClock.
func ofTransport(err error, host string, now time.Time) error {
	var (
		unknown  x509.UnknownAuthorityError
		name     x509.HostnameError
		invalid  x509.CertificateInvalidError
		record   tls.RecordHeaderError
		verify   *tls.CertificateVerificationError
		notReady *dossier.Error
	)
	other := func(cause dossier.Code) error {
		return dossier.E(dossier.CodeNotThePortal, dossier.Errorf(cause, "TLS: %w", err))
	}
	switch {
	case errors.As(err, &notReady):
		return err
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired && !errors.As(err, &unknown):
		// Whether the portal or this station is wrong about the day, sending
		// cannot go on; it says nothing about the network.
		cause := CausePortalCert
		if now.Before(invalid.Cert.NotBefore) { // certificates begin in the past
			cause = CauseClock
		}
		return &Error{Err: dossier.Errorf(cause, "the portal's certificate is not valid today: %w", err)}
	case errors.As(err, &unknown):
		if leaf := leafOf(err); leaf != nil && leaf.VerifyHostname(host) == nil {
			return other(CauseIntercepted)
		}
		return other(CauseLogIn)
	case errors.As(err, &name):
		return other(CauseOtherHost)
	case errors.As(err, &record):
		return other(CauseLogIn)
	case errors.As(err, &verify):
		return other(CauseIntercepted)
	case isAlert(err) && strings.Contains(err.Error(), "expired certificate"):
		return &Error{Err: dossier.Errorf(wire.CodeCertExpired, "the portal says that this station's certificate has ended: %w", err)}
	case isAlert(err):
		return &Error{Err: dossier.Errorf(CauseIdentity, "the portal does not accept this station's certificate: %w", err)}
	case strings.Contains(err.Error(), "malformed HTTP"): // net/http has no type for it
		return other(CauseLogIn)
	}
	return dossier.E(dossier.CodeNoNetwork, dossier.E(causeOfNetwork(err), err))
}

func causeOfNetwork(err error) dossier.Code {
	var dns *net.DNSError
	var timeout net.Error
	switch {
	case errors.As(err, &dns):
		return CauseNoName
	case errors.Is(err, syscall.ECONNREFUSED):
		return CauseRefused
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETDOWN):
		return CauseNoRoute
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return CauseTimeout
	}
	return CauseCutOff
}

// leafOf is the certificate that the server showed and that did not hold.
func leafOf(err error) *x509.Certificate {
	var v *tls.CertificateVerificationError
	if !errors.As(err, &v) || len(v.UnverifiedCertificates) == 0 {
		return nil
	}
	return v.UnverifiedCertificates[0]
}

// whoseClock finds out who is wrong about the day where a certificate of the
// province's is not valid today: the portal is asked for the time, and believed
// for the signature over our nonce, whatever day its certificate is from. Where no
// such answer comes, err stays as it is.
func (c *Client) whoseClock(ctx context.Context, err error) error {
	leaf := leafOf(err)
	if leaf == nil {
		return err
	}
	now, terr := c.timeOnAnyDay(ctx)
	if terr != nil {
		return err
	}
	cause := CausePortalCert
	if !now.Before(leaf.NotBefore) && !now.After(leaf.NotAfter) {
		cause = CauseClock
	}
	c.c.Signed(now)
	return &Error{Err: dossier.Errorf(cause, "the portal's certificate is not valid today, and its time is %s: %v", now.Format(time.RFC3339), err)}
}

// timeOnAnyDay is the portal's signed time, whatever day its certificate is from.
func (c *Client) timeOnAnyDay(ctx context.Context) (time.Time, error) {
	h := newHTTP(c.c.Dial, c.anyDay())
	defer h.CloseIdleConnections()
	return askTime(ctx, h, c.base, c.c.Now, c.c.Trust())
}

// ofDay reports that a certificate of the province's is not valid today, by this
// station's clock.
func ofDay(err error) bool {
	cause := dossier.CodeOf(err)
	return cause == CausePortalCert || cause == CauseClock
}

// whoseName tells a server of the province under another name from a stranger's:
// TLS looks at the name first.
func (c *Client) whoseName(err error) error {
	var v *tls.CertificateVerificationError
	roots, rerr := c.c.Trust().Roots(c.c.Now())
	if rerr != nil || !errors.As(err, &v) || len(v.UnverifiedCertificates) == 0 {
		return err
	}
	between := x509.NewCertPool()
	for _, cert := range v.UnverifiedCertificates[1:] {
		between.AddCert(cert)
	}
	if _, verr := v.UnverifiedCertificates[0].Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, CurrentTime: c.c.Now()}); verr == nil {
		return err
	}
	return dossier.E(dossier.CodeNotThePortal, dossier.Errorf(CauseLogIn, "TLS: %w", v))
}

// anyDay verifies the server's chain as of the day that its certificate ends, and
// shows no certificate.
func (c *Client) anyDay() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS13,
		// The default check knows no other day than today; VerifyConnection does all of its work.
		InsecureSkipVerify: true,
		VerifyConnection: func(cs tls.ConnectionState) error {
			roots, err := c.c.Trust().Roots(c.c.Now())
			if err != nil {
				return err
			}
			between := x509.NewCertPool()
			for _, cert := range cs.PeerCertificates[1:] {
				between.AddCert(cert)
			}
			leaf := cs.PeerCertificates[0]
			_, err = leaf.Verify(x509.VerifyOptions{DNSName: c.base.Hostname(), Roots: roots, Intermediates: between, CurrentTime: leaf.NotAfter})
			return err
		},
	}
}

// askTime asks for the time, signed over a fresh nonce.
func askTime(ctx context.Context, h *http.Client, base *url.URL, now func() time.Time, trust *seal.Trust) (t time.Time, err error) {
	nonce := make([]byte, wire.MinNonceBytes)
	_, _ = rand.Read(nonce) // never fails since Go 1.24
	body, err := json.Marshal(wire.TimeRequest{Nonce: nonce})
	if err != nil {
		return time.Time{}, fmt.Errorf("failed to ask for the time: %w", err)
	}
	err = roundTrip(ctx, h, base, now, callTimeout, request{
		method: http.MethodPost, path: wire.PathTime, media: wire.TypeJSON, body: body, expected: []int{http.StatusOK},
	}, func(res *http.Response) error {
		b, err := readAll(res, wire.MaxJWSBytes)
		if err != nil {
			return err
		}
		var claim wire.TimeClaim
		if err := verify(trust, seal.UseTime, string(b), wire.TypTime, &claim,
			func() time.Time { return claim.Time }); err != nil {
			return unbelievable("time", err)
		}
		if !bytes.Equal(claim.Nonce, nonce) {
			return unbelievable("time", dossier.Errorf(dossier.CodeInvalid, "it answers another question"))
		}
		t = claim.Time
		return nil
	})
	return t, err
}
