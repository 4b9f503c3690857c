package prove

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"tramhoso/sync/dossier"
	"tramhoso/sync/portal"
	"tramhoso/sync/wire"
	"tramhoso/sync/wire/contract"
)

// Every question of a real station, and every answer that it gets, is as the
// description says, and no call of the description is left out: what a station has no
// use for is asked as whoever has. All calls and all problems are in sync/portal's TestContract.
func TestBothEndsKeepTheContract(t *testing.T) {
	w := newWorld(t)
	c, err := contract.New(w.portal.Handler())
	must(t, err)
	conf, err := w.portal.TLSConfig()
	must(t, err)
	srv := httptest.NewUnstartedServer(c)
	srv.TLS = conf
	srv.StartTLS()
	t.Cleanup(srv.Close)
	w.line.reroute(strings.TrimPrefix(srv.URL, "https://"))
	w.enrol()
	way := &counting{Portal: w.station.Link}
	w.runOver(way)
	w.until("the catalogue", func() bool { _, err := w.station.Province.Catalogue(); return err == nil })
	s, slip := w.submit("one")
	w.until("the receipt", w.held(s.Packet))
	w.act(s.Packet, portal.ActAccept)
	w.until("the acceptance", w.status(slip, dossier.StatusAccepted))
	v, err := w.portal.Withdraw(t.Context(), "1.000656")
	must(t, err)
	w.until("the delta", w.version(v))
	must(t, w.station.Link.Renew(t.Context()))
	_, err = w.station.Link.Time(t.Context())
	must(t, err)
	paper := w.add("two", "declaration", page(t, 600_000, 1))
	a := w.submitWith("two", paper)
	w.until("another receipt, and its paper", w.whole(a.Packet))
	w.crash()
	w.open() // and has no network
	w.submitWith("three", w.add("three", "declaration", page(t, 600_000, 1)))
	stick := t.TempDir()
	b, _ := w.neighbour("DL28")
	w.export(stick)
	carried, err := b.Courier.Relay(t.Context(), stick, b.Link, b.Files.Turn, nil)
	must(t, err)
	if carried.Answered == 0 {
		t.Errorf("%+v", carried)
	}
	e, err := w.station.Province.Enrolment()
	must(t, err)
	der, err := x509.MarshalPKCS8PrivateKey(w.station.Keys.TLSKey())
	must(t, err)
	cert, err := tls.X509KeyPair([]byte(e.Certificate), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	must(t, err)
	raw := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true, Certificates: []tls.Certificate{cert}}}}
	defer raw.CloseIdleConnections()
	ask := func(method, path, media string, body []byte, want int, headers ...string) {
		t.Helper()
		q, err := http.NewRequestWithContext(t.Context(), method, srv.URL+path, bytes.NewReader(body))
		must(t, err)
		q.Header.Set("Content-Type", media)
		for i := 0; i < len(headers); i += 2 {
			q.Header.Set(headers[i], headers[i+1])
		}
		res, err := raw.Do(q)
		must(t, err)
		must(t, res.Body.Close())
		if res.StatusCode != want {
			t.Errorf("%s %s: %d", method, path, res.StatusCode)
		}
	}
	ask("GET", wire.PathPackets+s.Packet, "", nil, 200)
	ask("GET", wire.PathPackets+"019f6a1e-0000-7000-8000-000000000001", "", nil, 404)
	pk, err := w.station.Store.Packet(t.Context(), s.Packet)
	must(t, err)
	ask("POST", wire.PathBatch, wire.TypeBatch, wire.AppendBatch(wire.AppendBatch(nil, pk), pk), 200)
	packed, _, err := wire.EncodePacked([]dossier.Packet{pk, pk})
	must(t, err)
	ask("POST", wire.PathBatch, wire.TypePacked, packed, 200)
	ask("POST", wire.PathBatch, wire.TypeBatch, []byte{0xff}, 400)
	ask("PUT", wire.PathPackets+s.Packet, wire.TypePacket, []byte("junk"), 400)
	ask("GET", wire.PathDelta+"?from=7777", "", nil, 404)
	// A citizen's phone.
	page, _, _ := strings.Cut(strings.TrimPrefix(s.QR, "HTTPS://"+SlipHost+"/S/"), "#")
	ask("GET", wire.PathSlip+page, "", nil, 200)
	ask("GET", wire.PathSlip+"nothing", "", nil, 404)
	// Another client of tus.
	name := wire.FileName{Station: StationCode, Packet: a.Packet, SHA256: paper.SHA256}
	ask("OPTIONS", wire.PathFiles, "", nil, 204)
	ask("POST", name.Path(), wire.TypeChunk, []byte{}, 204, wire.HeaderTusResumable, wire.TusVersion,
		wire.HeaderMethodOverride, "PATCH", wire.HeaderUploadOffset, strconv.FormatInt(paper.Size, 10))
	ask("DELETE", name.Path(), "", nil, 409, wire.HeaderTusResumable, wire.TusVersion)
	for _, err := range c.Wrong() {
		t.Error(err)
	}
	if unasked, _ := c.Unasked(); len(unasked) > 0 {
		t.Errorf("nobody asked %q", unasked)
	}
}
