package portal

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"tramhoso/sync/dossier"
	"tramhoso/sync/wire"
)

// asking calls the portal's handler with an Accept-Encoding.
func (f *fixture) asking(t testing.TB, as *station, accept, method, path, media string, body []byte) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, bytes.NewReader(body))
	r.Header.Set("Content-Type", media)
	r.Header.Set("Accept-Encoding", accept)
	r.TLS = as.state(t)
	rec := httptest.NewRecorder()
	f.Handler().ServeHTTP(rec, r)
	return rec
}

// plain is an answer's body without its coding.
func plain(t testing.TB, rec *httptest.ResponseRecorder) []byte {
	t.Helper()
	if rec.Header().Get("Content-Encoding") == "" {
		return rec.Body.Bytes()
	}
	b, err := wire.Decode(rec.Body.Bytes(), 8<<20)
	must(t, err)
	return b
}

// Events and receipts go coded to who asks for it, and to nobody else; they say the
// same.
func TestAnswersAreCodedForWhoAsks(t *testing.T) {
	f := newFixture(t)
	s := f.enrolStation(t, "DL27")
	var first []dossier.Packet
	for done := 0; done < wire.MaxEvents; {
		var ps []dossier.Packet
		for ; len(ps) < 50; done++ {
			ps = append(ps, s.dossier(t))
		}
		var body []byte
		for _, p := range ps {
			body = wire.AppendBatch(body, p)
		}
		rec := f.doAs(t, s, "POST", wire.PathBatch, wire.TypeBatch, body)
		if rec.Code != http.StatusOK || rec.Header().Get("Content-Encoding") != "" || rec.Header().Get("Vary") != "Accept-Encoding" {
			t.Fatalf("a batch: %d %v", rec.Code, rec.Header())
		}
		again := f.asking(t, s, wire.CodingZstd, "POST", wire.PathBatch, wire.TypeBatch, body)
		var was, is wire.BatchAnswer
		must(t, json.Unmarshal(rec.Body.Bytes(), &was))
		must(t, json.Unmarshal(plain(t, again), &is))
		if again.Header().Get("Content-Encoding") != wire.CodingZstd || len(is.Results) != 50 || is.Results[49].Receipt != was.Results[49].Receipt {
			t.Errorf("again: %v, %d results", again.Header(), len(is.Results))
		}
		if n, of := again.Body.Len(), rec.Body.Len(); n > of*8/10 {
			t.Errorf("50 receipts: %d of %d bytes", n, of)
		}
		t.Logf("50 receipts: %d bytes, coded %d", rec.Body.Len(), again.Body.Len())
		first = append(first, ps...)
	}
	for _, p := range first {
		f.desk(t, "POST", "/desk/dossiers/"+p.Head.ID+"/accept", "", nil)
	}
	for _, accept := range []string{"", "gzip, deflate, br", "*", "zstd;q=0"} {
		if rec := f.asking(t, s, accept, "GET", wire.PathEvents, "", nil); rec.Header().Get("Content-Encoding") != "" || !json.Valid(rec.Body.Bytes()) {
			t.Errorf("who asks for %q: %v", accept, rec.Header())
		}
	}
	whole := f.asking(t, s, "", "GET", wire.PathEvents, "", nil)
	coded := f.asking(t, s, "gzip, zstd", "GET", wire.PathEvents, "", nil)
	var was, is wire.EventsAnswer
	must(t, json.Unmarshal(whole.Body.Bytes(), &was))
	must(t, json.Unmarshal(plain(t, coded), &is))
	if coded.Header().Get("Content-Encoding") != wire.CodingZstd || len(is.Events) != wire.MaxEvents || !bytes.Equal(is.Events[99].Sealed, was.Events[99].Sealed) {
		t.Errorf("%v, %d events", coded.Header(), len(is.Events))
	}
	if n, of := coded.Body.Len(), whole.Body.Len(); n > of*8/10 {
		t.Errorf("100 events: %d of %d bytes", n, of)
	}
	t.Logf("100 events: %d bytes, coded %d", whole.Body.Len(), coded.Body.Len())

	// What is short, and what is refused, goes as it is.
	last := wire.EventsQuery{After: wire.Cursor{Epoch: is.Epoch, N: is.Events[99].N}}
	if rec := f.asking(t, s, wire.CodingZstd, "GET", wire.PathEvents+"?"+last.Values().Encode(), "", nil); rec.Header().Get("Content-Encoding") != "" || !json.Valid(rec.Body.Bytes()) {
		t.Errorf("without news: %v %s", rec.Header(), rec.Body)
	}
	if p := problem(t, f.asking(t, s, wire.CodingZstd, "GET", wire.PathEvents+"?after=x", "", nil)); p.Code != dossier.CodeInvalid {
		t.Errorf("%+v", p)
	}
}
