package portal

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"tramhoso/sync/dossier"
	"tramhoso/sync/seal"
	"tramhoso/sync/wire"
)

// canaryPaper stands in a result's file, which nobody may read on a disk.
const canaryPaper = "Quyet dinh so 1 cap cho Y Bham"

// result is a small PDF with the canary.
func result(more string) []byte {
	return []byte("%PDF-1.4\n% " + canaryPaper + more + "\n1 0 obj\n<</Type/Catalog>>\nendobj\ntrailer\n<</Root 1 0 R>>\n%%EOF\n")
}

// form posts a form to the desk, as curl -F does.
func (f *fixture) form(t *testing.T, path string, fields map[string]string, files map[string][]byte) *httptest.ResponseRecorder {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, data := range files {
		part, err := w.CreateFormFile(name, "Quyết định của Y Bhăm.pdf")
		must(t, err)
		_, err = part.Write(data)
		must(t, err)
	}
	for name, value := range fields {
		must(t, w.WriteField(name, value))
	}
	must(t, w.Close())
	r := httptest.NewRequestWithContext(t.Context(), "POST", "http://127.0.0.1"+path, &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	rec := httptest.NewRecorder()
	f.Desk().ServeHTTP(rec, r)
	return rec
}

// The officer who marks a dossier ready attaches the result, and may replace it.
func TestReadyWithTheResult(t *testing.T) {
	f := newFixture(t)
	s := f.enrolStation(t, "DL27")
	p := s.dossier(t)
	f.send(t, s, p)
	f.desk(t, "POST", "/desk/dossiers/last/accept", "", nil)
	if c := f.desk(t, "GET", "/desk/dossiers/last/result", "", nil); c != http.StatusNotFound {
		t.Errorf("before there is one: %d", c)
	}
	fields := map[string]string{"text": canaryText, "amount": "16000", "due": "2026-07-20T17:00:00+07:00"}
	if rec := f.form(t, "/desk/dossiers/last/ready", fields, map[string][]byte{"result": result("")}); rec.Code != http.StatusOK {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	largest := result(strings.Repeat(" ", dossier.MaxResultBytes-len(result(""))))
	again, err := json.Marshal(DeskRequest{Result: largest, Text: strings.Repeat("<", maxTextBytes)}) // six bytes each as JSON
	must(t, err)
	if c := f.desk(t, "POST", "/desk/dossiers/last/ready", string(again), nil); c != http.StatusOK {
		t.Fatalf("the largest: %d", c)
	}
	if rec := f.form(t, "/desk/dossiers/last/ready", map[string]string{"result": "", "text": "vẫn còn ở đây"}, nil); rec.Code != http.StatusOK {
		t.Fatalf("without a file: %d %s", rec.Code, rec.Body)
	}
	evs, a := f.poll(t, s, wire.Cursor{})
	if len(evs) != 4 || evs[1].Kind != dossier.EventResult || !bytes.Equal(evs[1].Result, result("")) || evs[1].Text != canaryText ||
		amount(evs[1].FeeDue) != 16000 || !bytes.Equal(evs[2].Result, largest) || evs[3].Result != nil || evs[3].Kind != dossier.EventResult {
		t.Errorf("%d events", len(evs))
	}
	if n := len(a.Events[2].Sealed); n > wire.MaxEventBytes {
		t.Errorf("the largest event has %d bytes", n)
	}
	var d DeskDossier
	f.desk(t, "GET", "/desk/dossiers/last", "", &d)
	last := d.Steps[len(d.Steps)-2]
	if last.Result == nil || *last.Result != *dossier.NoteOf(largest) || d.Steps[len(d.Steps)-1].Result != nil {
		t.Errorf("the desk says %+v", last.Result)
	}
	r := httptest.NewRequestWithContext(t.Context(), "GET", "http://127.0.0.1/desk/dossiers/last/result", nil)
	rec := httptest.NewRecorder()
	f.Desk().ServeHTTP(rec, r)
	if rec.Code != http.StatusOK || !bytes.Equal(rec.Body.Bytes(), largest) || rec.Header().Get("Content-Type") != "application/pdf" {
		t.Errorf("the file again: %d, %d bytes", rec.Code, rec.Body.Len())
	}
	asJSON := base64.StdEncoding.EncodeToString(result("")[9:33]) // how it would look in an event that is not sealed
	if plain, err := json.Marshal(evs[1]); err != nil || !bytes.Contains(plain, []byte(asJSON)) {
		t.Fatalf("%q is not what an event holds: %v", asJSON, err)
	}
	f.clean(t, canaryPaper, asJSON)
}

// What no station could print, or is too large to travel, changes nothing.
func TestRefusedResults(t *testing.T) {
	f := newFixture(t)
	s := f.enrolStation(t, "DL27")
	f.send(t, s, s.dossier(t))
	f.desk(t, "POST", "/desk/dossiers/last/accept", "", nil)
	for _, tt := range []struct {
		name, action string
		fields       map[string]string
		files        map[string][]byte
		status       int
		says         string
	}{
		{"no bytes", "ready", nil, map[string][]byte{"result": {}}, 400, "empty"},
		{"no PDF", "ready", nil, map[string][]byte{"result": []byte("PK\x03\x04 a letter")}, 400, "no PDF"},
		{"a torn PDF", "ready", nil, map[string][]byte{"result": result("")[:60]}, 400, "breaks off"},
		{"a protected PDF", "ready", nil, map[string][]byte{"result": result(" /Encrypt 7 0 R")}, 400, "without a password"},
		{"too large", "ready", nil, map[string][]byte{"result": result(strings.Repeat(" ", dossier.MaxResultBytes))}, 413, "send this result on paper"},
		{"far too large", "ready", nil, map[string][]byte{"result": result(strings.Repeat(" ", 5<<20))}, 413, "send this result on paper"},
		{"with another action", "supplement", nil, map[string][]byte{"result": result("")}, 400, `goes with \"ready\" only`},
		{"an unknown field", "ready", map[string]string{"x": "1"}, nil, 400, "no field"},
		{"a bad date", "ready", map[string]string{"due": "mai"}, nil, 400, "form's due"},
		{"a bad amount", "ready", map[string]string{"amount": "16.000"}, nil, 400, "form's amount"},
		{"too many words", "ready", map[string]string{"text": strings.Repeat("a", maxTextBytes+1)}, nil, 413, "bytes of text"},
	} {
		rec := f.form(t, "/desk/dossiers/last/"+tt.action, tt.fields, tt.files)
		if rec.Code != tt.status || !strings.Contains(rec.Body.String(), tt.says) {
			t.Errorf("%s: %d %s", tt.name, rec.Code, rec.Body)
		}
	}
	r := httptest.NewRequestWithContext(t.Context(), "POST", "http://127.0.0.1/desk/dossiers/last/ready", strings.NewReader("--x\r\nContent-"))
	r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
	rec := httptest.NewRecorder()
	if f.Desk().ServeHTTP(rec, r); rec.Code != http.StatusBadRequest {
		t.Errorf("a torn form: %d %s", rec.Code, rec.Body)
	}
	if evs, _ := f.poll(t, s, wire.Cursor{}); len(evs) != 1 {
		t.Errorf("%d events: something was refused and done", len(evs))
	}
}

// Many results come in several answers, none of them larger than a rural line
// bears.
func TestResultsComeOneAfterAnother(t *testing.T) {
	f := newFixture(t)
	s := f.enrolStation(t, "DL27")
	big := result(strings.Repeat(" ", dossier.MaxResultBytes-len(result(""))))
	const n = 3
	for range n {
		f.send(t, s, s.dossier(t))
		f.desk(t, "POST", "/desk/dossiers/last/accept", "", nil)
		if rec := f.form(t, "/desk/dossiers/last/ready", nil, map[string][]byte{"result": big}); rec.Code != http.StatusOK {
			t.Fatalf("%d %s", rec.Code, rec.Body)
		}
	}
	var c wire.Cursor
	answers := 0
	for got := 0; got < 2*n; answers++ {
		evs, a := f.poll(t, s, c)
		size := 0
		for i := range evs {
			size += len(a.Events[i].Sealed)
		}
		if size > wire.MaxPollBytes || len(evs) == 0 {
			t.Fatalf("%d events of %d bytes", len(evs), size)
		}
		got += len(evs)
		c = wire.Cursor{Epoch: a.Epoch, N: a.Events[len(evs)-1].N}
	}
	if answers != n {
		t.Errorf("%d answers", answers)
	}
}

// The largest result with everything else an event may say still fits an event.
func TestTheLargestEventFits(t *testing.T) {
	f := newFixture(t)
	s := f.enrolStation(t, "DL27")
	plain, err := json.Marshal(dossier.Event{Kind: dossier.EventResult, Text: strings.Repeat("\x01", maxTextBytes), Result: make([]byte, dossier.MaxResultBytes),
		Form01: &dossier.Form01{Address: strings.Repeat("x", 32<<10)}})
	must(t, err)
	sealed, err := seal.SealToRecipients(plain, s.keys.Public().Events)
	must(t, err)
	if len(sealed) > wire.MaxEventBytes || wire.MaxEventBytes > wire.MaxPollBytes || wire.MaxEventBytes > wire.MaxAnswerEventBytes {
		t.Errorf("%d bytes", len(sealed))
	}
}
