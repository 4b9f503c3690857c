package client

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/seal"
	"tramhoso/sync/wire"
)

// Limits in time. A rural link carries 32 KB/s on a good day.
const (
	dialTimeout   = 10 * time.Second
	tlsTimeout    = 15 * time.Second
	headerTimeout = 30 * time.Second
	callTimeout   = 45 * time.Second // a small question and its answer
	sendTimeout   = 2 * time.Minute  // a batch
	fetchTimeout  = 15 * time.Minute // a whole catalogue
	pollSlack     = 15 * time.Second // beyond the wait that was asked for
	eventsTimeout = 2 * time.Minute  // reading wire.MaxPollBytes of results, as base64, at half of that
	idleTimeout   = 60 * time.Second
)

// mostIdle connections are kept for the next call: those of a long poll, of three
// batches and of a file. Each costs three round trips and 4 KB to make again.
const mostIdle = 5

// Config is who asks whom.
type Config struct {
	URL         string            // https://host[:port]
	Station     string            // its code
	Certificate string            // PEM chain of the client certificate
	Key         *ecdsa.PrivateKey // of the client certificate
	Root        string            // SHA-256 of the province's root, lower-case hex
	Trust       func() *seal.Trust
	Now         func() time.Time // never before the trusted floor; nil: time.Now
	Signed      func(time.Time)  // hears every signed time; may be nil
	Dial        Dial             // nil: TCP
}

// Dial connects to an address, as net.Dialer.DialContext does.
type Dial func(ctx context.Context, network, addr string) (net.Conn, error)

// Client speaks to one portal. It may be used from any goroutine.
type Client struct {
	c    Config
	base *url.URL
	http *http.Client
	rate rate

	packs atomic.Bool // the portal said that it takes packed batches
}

// New makes a client. It does not connect.
func New(c Config) (*Client, error) {
	base, err := c.ready()
	if err != nil {
		return nil, err
	}
	trust := c.Trust()
	if trust == nil {
		return nil, dossier.Errorf(dossier.CodeNotEnrolled, "no trust bundle")
	}
	roots, err := trust.Roots(c.Now())
	if err != nil {
		return nil, err
	}
	cert, err := keyPair(c.Certificate, c.Key)
	if err != nil {
		return nil, err
	}
	return &Client{c: c, base: base, http: newHTTP(c.Dial, &tls.Config{
		MinVersion:   tls.VersionTLS13,
		RootCAs:      roots,
		Certificates: []tls.Certificate{cert},
		Time:         c.Now,
		VerifyConnection: func(cs tls.ConnectionState) error {
			if c.Trust().Vouches(cs.VerifiedChains, c.Now()) {
				return nil
			}
			return &tls.CertificateVerificationError{UnverifiedCertificates: cs.PeerCertificates, Err: x509.UnknownAuthorityError{Cert: cs.PeerCertificates[0]}}
		},
	})}, nil
}

// NewPinned makes a client for a station that has lost its trust bundle: it knows
// the portal by the province's root alone, as at the enrolment. Only Trust is of
// use, and what that brings is under the root's own signature.
func NewPinned(c Config) (*Client, error) {
	base, err := c.ready()
	if err != nil {
		return nil, err
	}
	c.Trust = func() *seal.Trust { return &seal.Trust{} } // believes nothing
	cert, err := keyPair(c.Certificate, c.Key)
	if err != nil {
		return nil, err
	}
	t := pinned(base, c.Root, c.Now)
	t.Certificates = []tls.Certificate{cert}
	return &Client{c: c, base: base, http: newHTTP(c.Dial, t)}, nil
}

// ready fills in what is left out.
func (c *Config) ready() (*url.URL, error) {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Signed == nil {
		c.Signed = func(time.Time) {}
	}
	return baseURL(c.URL)
}

// Close lets go of idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

func baseURL(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil {
		return nil, dossier.Errorf(dossier.CodeInvalid, "not an https address")
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host}, nil
}

func keyPair(chain string, key *ecdsa.PrivateKey) (tls.Certificate, error) {
	certs, err := parseChain(chain)
	if err != nil {
		return tls.Certificate{}, err
	}
	pub, ok := certs[0].PublicKey.(*ecdsa.PublicKey)
	if !ok || !pub.Equal(key.Public()) {
		return tls.Certificate{}, dossier.Errorf(dossier.CodeNotEnrolled, "the certificate is for another key")
	}
	out := tls.Certificate{PrivateKey: key, Leaf: certs[0]}
	for _, c := range certs {
		out.Certificate = append(out.Certificate, c.Raw)
	}
	return out, nil
}

func newHTTP(dial Dial, t *tls.Config) *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			Proxy:                 nil, // what is pinned goes straight
			DialTLSContext:        dialer(dial, t),
			ResponseHeaderTimeout: headerTimeout + wire.MaxWait,
			ExpectContinueTimeout: time.Second,
			IdleConnTimeout:       idleTimeout,
			MaxIdleConns:          mostIdle,
			MaxIdleConnsPerHost:   mostIdle,
			DisableCompression:    true, // of gzip by itself: see request.coded
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// call makes one round trip and hands a good answer to f.
func (c *Client) call(ctx context.Context, limit time.Duration, q request, f func(*http.Response) error) error {
	return c.diagnosed(ctx, func() error { return roundTrip(ctx, c.http, c.base, c.c.Now, limit, q, f) })
}

// diagnosed finds out more where a certificate of the province's is not valid
// today.
func (c *Client) diagnosed(ctx context.Context, f func() error) error {
	err := f()
	if ofDay(err) {
		return c.whoseClock(ctx, err)
	}
	if dossier.CauseOf(err) == CauseOtherHost {
		return c.whoseName(err)
	}
	return err
}

type request struct {
	method, path, media string
	query               url.Values
	header              http.Header
	body                []byte
	expected            []int
	reading             time.Duration // beyond the limit, once the answer has begun
	away                func()        // called once the request is on the line; may be nil
	coded               bool          // the answer may come as wire.CodingZstd; readAll takes that off
}

func roundTrip(ctx context.Context, h *http.Client, base *url.URL, now func() time.Time, limit time.Duration,
	q request, f func(*http.Response) error) (err error) {
	outer := ctx
	ctx, cancel := context.WithTimeout(ctx, limit+q.reading)
	defer cancel()
	begun := func() bool { return true }
	if q.reading > 0 {
		begun = time.AfterFunc(limit, cancel).Stop
	}
	defer begun()
	if q.away != nil {
		ctx = httptrace.WithClientTrace(ctx, onLine(q.away))
	}
	u := base.JoinPath(q.path)
	u.RawQuery = q.query.Encode()
	req, err := http.NewRequestWithContext(ctx, q.method, u.String(), bytes.NewReader(q.body))
	if err != nil {
		return fmt.Errorf("failed to make a request: %w", err)
	}
	for k, v := range q.header {
		req.Header[k] = v
	}
	if q.media != "" {
		req.Header.Set("Content-Type", q.media)
	}
	if q.coded {
		req.Header.Set("Accept-Encoding", wire.CodingZstd)
	}
	res, err := h.Do(req)
	if err != nil {
		if outer.Err() != nil {
			return fmt.Errorf("failed to ask the portal: %w", outer.Err())
		}
		return ofTransport(err, base.Hostname(), now())
	}
	begun()
	defer func() {
		// A connection whose body was read to the end can be used again.
		_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, wire.MaxJSONBytes))
		err = errors.Join(err, res.Body.Close())
	}()
	if err := ofAnswer(res, now(), q.expected...); err != nil {
		return err
	}
	return f(res)
}

// onLine calls away when a request and its body were written. A request that
// net/http sends again is written twice.
func onLine(away func()) *httptrace.ClientTrace {
	once := sync.OnceFunc(away)
	return &httptrace.ClientTrace{WroteRequest: func(w httptrace.WroteRequestInfo) {
		if w.Err == nil {
			once()
		}
	}}
}

func parseChain(chain string) ([]*x509.Certificate, error) {
	certs, err := certificates([]byte(chain))
	if err != nil || len(certs) == 0 {
		return nil, dossier.Errorf(dossier.CodeNotEnrolled, "no readable certificate: %v", err)
	}
	return certs, nil
}
