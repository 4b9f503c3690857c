package portal

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"tramhoso/sync/dossier"
	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/token"
)

func (f *fixture) page(t testing.TB, method, path, host, origin string, form url.Values) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, "http://"+host+path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if origin != "" {
		r.Header.Set("Origin", origin)
	}
	rec := httptest.NewRecorder()
	f.Desk().ServeHTTP(rec, r)
	return rec
}

// The page tells of what waits for a person, and its buttons act only for who has
// read it: not for another site, not for another name, not with an old page.
func TestDeskPage(t *testing.T) {
	const here, hostile = "127.0.0.1:8090", `Điểm <script>alert("x")</script> & cộng sự`
	f := newFixture(t)
	s := f.enrolStation(t, "DL27")
	if err := f.store.Update(t.Context(), func(tx ledger.Tx) error {
		st, err := tx.Station("DL27")
		must(t, err)
		st.Name = hostile
		return tx.PutStation(st)
	}); err != nil {
		t.Fatal(err)
	}
	if body := f.page(t, "GET", "/desk/", here, "", nil).Body.String(); strings.Count(body, "<p>Không có.</p>") != 2 || strings.Contains(body, "<form") {
		t.Errorf("an idle desk: %s", body)
	}
	first := s.dossier(t)
	f.put(t, s, first)
	s.seq-- // another machine with its keys
	second := s.dossier(t)
	f.put(t, s, second)
	list, open, err := f.Alarms(t.Context())
	must(t, err)
	if open != 1 || len(list) != 1 {
		t.Fatalf("%d open, %+v", open, list)
	}
	rec := f.page(t, "GET", "/desk/", here, "", nil)
	body := rec.Body.String()
	if rec.Code != http.StatusOK || !strings.HasPrefix(rec.Header().Get("Content-Security-Policy"), "default-src 'none'") || rec.Header().Get("Content-Type") != "text/html; charset=utf-8" {
		t.Errorf("%d %v", rec.Code, rec.Header())
	}
	for _, want := range []string{"(1 chưa xem)", second.Head.ID, asideWords[dossier.AsideClone], "niêm phong hồ sơ", "còn hiệu lực", "14/07/2026", "Điểm &lt;script&gt;", `<td data-l="Loại">hồ sơ</td>`} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	for _, never := range []string{"<script", canaryName, token.SlipNumber("DL27", 318)} {
		if strings.Contains(body, never) {
			t.Errorf("the page says %q", never)
		}
	}

	alarm, packet := "/desk/page/alarms/1", "/desk/page/packets/"+second.Head.ID
	good := url.Values{"token": {f.pageToken}, "officer": {"CB-1"}}
	for name, rec := range map[string]*httptest.ResponseRecorder{
		"another site":         f.page(t, "POST", alarm, here, "http://evil.example", good),
		"a page of no site":    f.page(t, "POST", alarm, here, "null", good),
		"another port":         f.page(t, "POST", alarm, here, "http://127.0.0.1:9999", good),
		"another name":         f.page(t, "POST", alarm, "evil.example", "http://evil.example", good),
		"no token":             f.page(t, "POST", alarm, here, "http://"+here, url.Values{"officer": {"CB-1"}}),
		"another token":        f.page(t, "POST", packet, here, "", url.Values{"token": {strings.Repeat("A", 26)}}),
		"the token as a query": f.page(t, "POST", alarm+"?token="+f.pageToken+"&officer=CB-1", here, "", nil),
		"nobody":               f.page(t, "POST", alarm, here, "http://"+here, url.Values{"token": {f.pageToken}}),
		"the interface":        f.page(t, "POST", "/desk/alarms/1/acknowledge", here, "http://"+here, good),
		"read by another site": f.page(t, "GET", "/desk/", here, "http://evil.example", nil),
	} {
		if rec.Code != http.StatusForbidden && rec.Code != http.StatusBadRequest {
			t.Errorf("%s: %d", name, rec.Code)
		}
	}
	if _, open, err := f.Alarms(t.Context()); err != nil || open != 1 {
		t.Fatalf("%d open, %v", open, err)
	}
	for _, path := range []string{alarm, packet} {
		if rec := f.page(t, "POST", path, here, "http://"+here, good); rec.Code != http.StatusSeeOther || rec.Header().Get("Location") != "/desk/" {
			t.Errorf("%s: %d %s", path, rec.Code, rec.Body)
		}
	}
	body = f.page(t, "GET", "/desk/", here, "", nil).Body.String()
	if !strings.Contains(body, "(0 chưa xem)") || !strings.Contains(body, "CB-1") || strings.Contains(body, "<form") {
		t.Error(body)
	}
	f.reopen(t)
	if rec := f.page(t, "POST", packet, here, "", good); rec.Code != http.StatusBadRequest {
		t.Errorf("a page from before a restart: %d", rec.Code)
	}
}

// Every kind of packet has words for people; one that comes later goes by its name.
func TestDeskWords(t *testing.T) {
	for _, kind := range dossier.Kinds {
		if kindWords[kind] == "" || wordsOfKind(kind) != kindWords[kind] {
			t.Errorf("%s has no words", kind)
		}
	}
	if got := wordsOfKind("new"); got != "new" {
		t.Errorf("an unknown kind is %q", got)
	}
}
