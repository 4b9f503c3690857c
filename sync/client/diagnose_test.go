package client_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"math/big"
	"net"
	"net/http"
	"os"
	"syscall"
	"testing"
	"time"

	"tramhoso/sync/client"
	"tramhoso/sync/dossier"
	"tramhoso/sync/prove"
	"tramhoso/sync/seal"
	"tramhoso/sync/wire"
)

// foreign is a certificate of nobody's authority for a name or address.
func foreign(t *testing.T, names []string, ips []net.IP) func(*tls.Config) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{SerialNumber: big.NewInt(9), Subject: pkix.Name{CommonName: "proxy"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), DNSNames: names, IPAddresses: ips},
		&x509.Certificate{Subject: pkix.Name{CommonName: "proxy root"}}, key.Public(), key)
	must(t, err)
	return func(c *tls.Config) { c.Certificates = []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}} }
}

// valid gives the server another time of its certificate.
func valid(t *testing.T, r *rig, from, until time.Time) func(*tls.Config) {
	return func(c *tls.Config) {
		other, err := r.province.ServerTLS(from, until)
		must(t, err)
		c.Certificates = other.Certificates
	}
}

// portalAt answers like a portal whose time is now.
func (r *rig) portalAt(t *testing.T, now time.Time) http.HandlerFunc {
	return func(w http.ResponseWriter, q *http.Request) {
		if q.URL.Path != wire.PathTime {
			as(http.StatusTeapot, wire.TypeJSON, nil)(w, q)
			return
		}
		var ask wire.TimeRequest
		must(t, wire.DecodeJSON(q.Body, &ask))
		jws, err := seal.SignJSON(wire.TimeClaim{Nonce: ask.Nonce, Time: now}, wire.TypTime, r.province.Times)
		must(t, err)
		as(http.StatusOK, wire.TypeJWS, []byte(jws))(w, q)
	}
}

// Whatever stands between a station and its portal is told apart by its code:
// what to act on, and for a technician the cause inside.
func TestDiagnosis(t *testing.T) {
	now := time.Now()
	refuse := func(err error) client.Dial {
		return func(context.Context, string, string) (net.Conn, error) {
			return nil, &net.OpError{Op: "dial", Err: os.NewSyscallError("connect", err)}
		}
	}
	trouble := func(status int, code dossier.Code, header ...string) func(*testing.T, *rig, *client.Config) {
		return func(t *testing.T, r *rig, c *client.Config) {
			r.listen(t, nil)
			body, err := json.Marshal(wire.Problem{Type: "x", Title: "x", Status: status, Code: code})
			must(t, err)
			r.handle, c.URL = as(status, wire.TypeProblem, body, header...), r.server.URL
		}
	}
	// with listens as the portal, with a change to its TLS.
	with := func(change func(*testing.T, *rig) func(*tls.Config), clock, portal time.Time) func(*testing.T, *rig, *client.Config) {
		return func(t *testing.T, r *rig, c *client.Config) {
			r.listen(t, change(t, r))
			r.handle, c.URL, c.Now = r.portalAt(t, portal), r.server.URL, func() time.Time { return clock }
		}
	}
	same := func(*testing.T, *rig) func(*tls.Config) { return nil }
	ended := func(t *testing.T, r *rig) func(*tls.Config) {
		return valid(t, r, now.Add(-2*time.Hour), now.Add(-time.Hour))
	}
	for name, tt := range map[string]struct {
		code, cause dossier.Code
		set         func(*testing.T, *rig, *client.Config)
	}{
		"a name that nobody knows": {dossier.CodeNoNetwork, client.CauseNoName, func(_ *testing.T, _ *rig, c *client.Config) { c.URL = "https://portal.invalid" }},
		"nobody listens": {dossier.CodeNoNetwork, client.CauseRefused, func(t *testing.T, _ *rig, c *client.Config) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			must(t, err)
			must(t, l.Close())
			c.URL = "https://" + l.Addr().String()
		}},
		"no cable": {dossier.CodeNoNetwork, client.CauseNoRoute, func(_ *testing.T, _ *rig, c *client.Config) {
			c.URL, c.Dial = "https://127.0.0.1:1", refuse(syscall.ENETUNREACH)
		}},
		"no answer": {dossier.CodeNoNetwork, client.CauseTimeout, func(_ *testing.T, _ *rig, c *client.Config) {
			c.URL, c.Dial = "https://127.0.0.1:1", refuse(syscall.ETIMEDOUT)
		}},
		"a broken line": {dossier.CodeNoNetwork, client.CauseCutOff, func(t *testing.T, _ *rig, c *client.Config) { c.URL = talk(t, func(net.Conn) {}) }},
		"a log-in page": {dossier.CodeNotThePortal, client.CauseLogIn, func(t *testing.T, r *rig, c *client.Config) {
			r.listen(t, nil)
			r.handle = func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<h1>WiFi</h1>")) }
			c.URL = r.server.URL
		}},
		"a redirect to one": {dossier.CodeNotThePortal, client.CauseLogIn, func(t *testing.T, r *rig, c *client.Config) {
			r.listen(t, nil)
			r.handle = func(w http.ResponseWriter, q *http.Request) {
				http.Redirect(w, q, "https://wifi.example/", http.StatusFound)
			}
			c.URL = r.server.URL
		}},
		"one with its own certificate": {dossier.CodeNotThePortal, client.CauseLogIn, with(func(t *testing.T, _ *rig) func(*tls.Config) {
			return foreign(t, []string{"wifi.example"}, nil)
		}, now, now)},
		"no TLS": {dossier.CodeNotThePortal, client.CauseLogIn, func(t *testing.T, _ *rig, c *client.Config) {
			c.URL = talk(t, func(conn net.Conn) { _, _ = conn.Write([]byte("HTTP/1.1 302 Found\r\n\r\n")) })
		}},
		"a proxy that reads along": {dossier.CodeNotThePortal, client.CauseIntercepted, with(func(t *testing.T, _ *rig) func(*tls.Config) {
			return foreign(t, nil, []net.IP{net.IPv4(127, 0, 0, 1)})
		}, now, now)},
		"another server of the province": {dossier.CodeNotThePortal, client.CauseOtherHost, func(t *testing.T, r *rig, c *client.Config) {
			r.listen(t, nil)
			_, port, err := net.SplitHostPort(r.server.Listener.Addr().String())
			must(t, err)
			c.URL = "https://localhost:" + port
		}},
		"the portal's certificate has ended": {client.CausePortalCert, client.CausePortalCert, with(ended, now, now)},
		"the station's clock is ahead":       {client.CauseClock, client.CauseClock, with(same, now.Add(48*time.Hour), now)},
		"the station's clock is behind":      {client.CauseClock, client.CauseClock, with(same, now.AddDate(0, 0, -3), now)},
		"a certificate that begins tomorrow": {client.CausePortalCert, client.CausePortalCert, with(func(t *testing.T, r *rig) func(*tls.Config) {
			return valid(t, r, now.Add(24*time.Hour), now.Add(48*time.Hour))
		}, now, now)},
		"the portal does not know the authority": {client.CauseIdentity, client.CauseIdentity, with(func(*testing.T, *rig) func(*tls.Config) {
			return func(c *tls.Config) { c.ClientCAs, c.ClientAuth = x509.NewCertPool(), tls.RequireAndVerifyClientCert }
		}, now, now)},
		"the station's certificate has ended":       {wire.CodeCertExpired, wire.CodeCertExpired, trouble(401, wire.CodeCertExpired)},
		"the station was revoked":                   {wire.CodeRevoked, wire.CodeRevoked, trouble(403, wire.CodeRevoked)},
		"the portal's disk is full":                 {wire.CodeNoRoom, wire.CodeNoRoom, trouble(507, wire.CodeNoRoom)},
		"the portal asks for a pause":               {wire.CodeBusy, wire.CodeBusy, trouble(503, wire.CodeBusy, "Retry-After", "7")},
		"the portal asks this station to slow down": {wire.CodeTooMany, wire.CodeTooMany, trouble(429, wire.CodeTooMany, "Retry-After", "7")},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			e, err := r.province.Enrol(r.keys, "https://127.0.0.1:1", now)
			must(t, err)
			conf := client.Config{Station: prove.StationCode, Certificate: e.Enrolment.Certificate, Key: r.keys.TLSKey(),
				Root: r.province.Fingerprint, Trust: func() *seal.Trust { return r.province.Trust }}
			tt.set(t, r, &conf)
			c, err := client.New(conf)
			must(t, err)
			t.Cleanup(c.Close)
			_, err = c.Trust(t.Context(), "")
			if code, cause := dossier.CodeOf(err), dossier.CauseOf(err); code != tt.code || cause != tt.cause {
				t.Errorf("code %q, cause %q; want %q, %q: %v", code, cause, tt.code, tt.cause, err)
			}
		})
	}
}

// A time that the province did not sign changes nobody's mind about the day, and
// lifts no floor.
func TestClockIsNotToldByStrangers(t *testing.T) {
	now := time.Now()
	r := newRig(t)
	other, err := prove.NewProvince(now)
	must(t, err)
	r.listen(t, nil)
	r.handle = func(w http.ResponseWriter, q *http.Request) {
		(&rig{province: other}).portalAt(t, now)(w, q)
	}
	e, err := r.province.Enrol(r.keys, r.server.URL, now)
	must(t, err)
	c, err := client.New(client.Config{URL: r.server.URL, Station: prove.StationCode, Certificate: e.Enrolment.Certificate, Key: r.keys.TLSKey(),
		Trust: func() *seal.Trust { return r.province.Trust }, Now: func() time.Time { return now.Add(48 * time.Hour) },
		Signed: func(time.Time) { t.Error("a stranger's time was believed") }})
	must(t, err)
	defer c.Close()
	if _, err := c.Trust(t.Context(), ""); dossier.CodeOf(err) != client.CausePortalCert {
		t.Errorf("%v", err)
	}
}

// A clock that is years off is told the time, or nothing would ever set it right;
// by a stranger it is not.
func TestTimeForAClockThatIsWrong(t *testing.T) {
	now := time.Now()
	for what, clock := range map[string]time.Time{"ahead": now.AddDate(6, 0, 0), "behind": now.AddDate(-6, 0, 0)} {
		r := newRig(t)
		r.listen(t, nil)
		e, err := r.province.Enrol(r.keys, r.server.URL, now)
		must(t, err)
		heard := 0
		c, err := client.New(client.Config{URL: r.server.URL, Station: prove.StationCode, Certificate: e.Enrolment.Certificate, Key: r.keys.TLSKey(),
			Trust: func() *seal.Trust { return r.province.Trust }, Now: func() time.Time { return clock }, Signed: func(time.Time) { heard++ }})
		must(t, err)
		t.Cleanup(c.Close)
		r.handle = r.portalAt(t, now)
		if at, err := c.Time(t.Context()); err != nil || !at.Equal(now) || heard != 1 {
			t.Errorf("%s: %v, %v, heard %d times", what, at, err, heard)
		}
		stranger, err := prove.NewProvince(now)
		must(t, err)
		r.handle = (&rig{province: stranger}).portalAt(t, now)
		if at, err := c.Time(t.Context()); err == nil || heard != 1 {
			t.Errorf("%s: a stranger's %v, heard %d times", what, at, heard)
		}
	}
}
