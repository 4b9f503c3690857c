package portal

import (
	"bytes"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tramhoso/sync/dossier"
	"tramhoso/sync/seal"
	"tramhoso/sync/token"
)

func TestSlipPage(t *testing.T) {
	f := newFixture(t)
	s := f.enrolStation(t, "DL27")
	p := s.dossier(t)
	text := token.MakeSlip(slipHost, "DL27", 318, p.Head.ID, seal.NewSlipSecret(), s.keys.SlipKey())
	path, _, _ := strings.Cut(strings.TrimPrefix(text, "HTTPS://"+slipHost), "#")
	for _, spelled := range []string{path, strings.ToLower(path)} {
		rec := f.do(t, nil, "GET", spelled, nil)
		if rec.Code != http.StatusNotFound || strings.Contains(rec.Body.String(), "DL27") {
			t.Errorf("before it came: %d", rec.Code)
		}
	}
	f.send(t, s, p)
	f.desk(t, "POST", "/desk/dossiers/last/accept", "", nil)
	rec := f.do(t, nil, "GET", path, nil)
	body := rec.Body.String()
	if rec.Code != http.StatusOK || !strings.Contains(body, token.SlipNumber("DL27", 318)) || !strings.Contains(body, statusWords[dossier.StatusAccepted]) {
		t.Errorf("%d %s", rec.Code, body)
	}
	if strings.Contains(body, "<script") || strings.Contains(body, canaryName) || !strings.Contains(rec.Header().Get("Content-Security-Policy"), "default-src 'none'") {
		t.Errorf("%s %v", body, rec.Header())
	}
	for _, junk := range []string{"/s/x", "/s/" + strings.Repeat("A", 300), "/s/%3Cscript%3E"} {
		if rec := f.do(t, nil, "GET", junk, nil); rec.Code != http.StatusNotFound {
			t.Errorf("%s: %d", junk, rec.Code)
		}
	}
}

// No name, number or officer's word is readable on the portal's disk or in its log.
func TestNothingPersonalInThePlain(t *testing.T) {
	f := newFixture(t)
	s := f.enrolStation(t, "DL27")
	p := s.dossier(t)
	f.send(t, s, p)
	f.send(t, s, s.packet(t, dossier.KindMessage, p.Head.ID, map[string]string{"text": canaryText}))
	for _, act := range []string{"accept", "supplement"} {
		if c := f.desk(t, "POST", "/desk/dossiers/"+p.Head.ID+"/"+act, `{"text":"`+canaryText+`"}`, nil); c != http.StatusOK {
			t.Fatalf("%s: %d", act, c)
		}
	}
	var d DeskDossier
	f.desk(t, "GET", "/desk/dossiers/last", "", &d)
	if d.Content == nil || d.Content.Applicant.Person.Name != canaryName || d.Steps[2].Text != canaryText {
		t.Fatalf("the desk cannot read what it should: %+v", d)
	}
	f.clean(t)
}

// clean looks for what must not be seen in the portal's folder, a backup and the
// log.
func (f *fixture) clean(t *testing.T, more ...string) {
	t.Helper()
	_, err := f.Backup(t.Context())
	must(t, err)
	canaries := append([]string{canaryName, canaryNumber, canaryPhone, canaryText, "Kđoh", "Buôn Tah"}, more...)
	files := 0
	must(t, filepath.WalkDir(f.dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		files++
		data, err := os.ReadFile(path)
		for _, c := range canaries {
			if bytes.Contains(data, []byte(c)) {
				t.Errorf("%q lies in %s", c, filepath.Base(path))
			}
		}
		return err
	}))
	if files < 5 {
		t.Errorf("looked into %d files only", files)
	}
	for _, c := range canaries {
		if strings.Contains(f.log.String(), c) {
			t.Errorf("%q lies in the log", c)
		}
	}
}
