package form

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tramhoso/assets"
	"tramhoso/sync/dossier"
)

var noon = time.Date(2026, 7, 14, 12, 0, 0, 0, time.FixedZone("+07", 7*3600))

func today() time.Time { return noon }

var person = dossier.Person{Number: "066190000123", Name: "H’ Bia Niê", Born: dossier.Date{Year: 1990, Month: 8, Day: 12},
	Sex: dossier.SexFemale, Address: "Buôn Ea Bông, Buôn Ma Thuột, Đắk Lắk"}

func sample(t testing.TB, name string) *Form {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	f, err := Compile(raw)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func keys(qs []Question) []string {
	out := make([]string, len(qs))
	for i, q := range qs {
		out[i] = q.Key
	}
	return out
}

func TestQuestionsFollowOrderAndConditions(t *testing.T) {
	f := sample(t, "extract.json")
	want := []string{"event", "name", "born", "relation", "place", "phone", "notices", "copies"}
	if d := cmp.Diff(want, keys(f.Questions(Answers{"relation": "child"}))); d != "" {
		t.Error(d)
	}
	qs := f.Questions(Answers{"relation": "other"})
	want = []string{"event", "name", "born", "relation", "relation_other", "place", "phone", "notices", "copies"}
	if d := cmp.Diff(want, keys(qs)); d != "" {
		t.Error(d)
	}
	if !qs[4].Required {
		t.Error("if/then was not heard: relation_other is not required")
	}
	if qs[6].Required {
		t.Error("phone is optional")
	}
	widgets := map[string]Widget{"event": WidgetChoice, "name": WidgetText, "born": WidgetDate, "relation": WidgetChoice,
		"relation_other": WidgetText, "place": WidgetAddress, "phone": WidgetPhone, "notices": WidgetMany, "copies": WidgetNumber}
	for _, q := range qs {
		if q.Widget != widgets[q.Key] {
			t.Errorf("%s is asked as %q, want %q", q.Key, q.Widget, widgets[q.Key])
		}
	}
	birth := Option{Value: "birth", Label: dossier.Text{"vi": "Khai sinh", "en": "Birth"}, Icon: "pict-birth"}
	if d := cmp.Diff(birth, qs[0].Options[0]); d != "" {
		t.Error(d)
	}
	self := Option{Value: "self", Label: dossier.Text{"vi": "Là tôi", "en": "Myself"}, Icon: "pict-person"}
	if d := cmp.Diff(self, qs[3].Options[0]); d != "" {
		t.Error(d)
	}
	if got := qs[7].Options[1].Label["vi"]; got != "Làm" {
		t.Errorf("label %q", got)
	}
	if !qs[2].Partial {
		t.Error("the pattern allows a year alone")
	}
	if q, _ := sample(t, "marital.json").Question("divorced_on"); q.Partial {
		t.Error("the pattern wants the whole date")
	}
}

func TestCheckSpeaksPlainly(t *testing.T) {
	f, m := sample(t, "extract.json"), sample(t, "marital.json")
	long := strings.Repeat("á", 61)
	tests := []struct {
		form *Form
		key  string
		v    any
		word string
	}{
		{f, "event", nil, "form.choose-one"},
		{f, "event", "birth", ""},
		{f, "event", "party", "form.choose-one"},
		{f, "name", "", "form.required"},
		{f, "name", "   ", "form.required"},
		{f, "name", "N", "form.too-short"},
		{f, "name", long, "form.too-long"},
		{f, "name", strings.Repeat("á", 60), ""},
		{f, "born", "1990-08-12", ""},
		{f, "born", "1990-08", ""},
		{f, "born", "1990", ""},
		{f, "born", "2026-07-14", ""},
		{f, "born", "2026-07-15", "form.future-date"},
		{f, "born", "2026-08", "form.future-date"},
		{f, "born", "2062", "form.future-date"},
		{f, "born", "2026", ""},
		{f, "born", "2025-02-29", "form.bad-date"},
		{f, "born", "0012-02-01", "form.bad-date"},
		{f, "born", "12/08/1990", "form.bad-date"},
		{m, "divorced_on", "2012-03", "form.whole-date"},
		{f, "phone", "", ""},
		{f, "phone", "0905 123 456", ""},
		{f, "phone", "+84905123456", ""},
		{f, "phone", "12345", "form.phone"},
		{f, "phone", "09051234x6", "form.phone"},
		{f, "copies", "2", ""},
		{f, "copies", int64(2), ""},
		{f, "copies", "two", "form.number"},
		{f, "copies", "1.5", "form.number"},
		{f, "copies", 0, "form.too-small"},
		{f, "copies", 21, "form.too-big"},
		{f, "notices", []string{"a", "b"}, ""},
		{f, "notices", []string{"a", "b", "c"}, "form.too-many"},
		{f, "notices", []string{"z"}, "form.choose-one"},
		{m, "was_abroad", false, ""},
		{m, "was_abroad", nil, "form.choose-one"},
		{m, "was_abroad", "maybe", "form.refused"},
		{f, "nobody", "x", "form.refused"},
	}
	for _, tt := range tests {
		err := tt.form.Check(tt.key, Answers{tt.key: tt.v}, noon)
		var r *Refusal
		switch {
		case err == nil && tt.word == "":
		case !errors.As(err, &r):
			t.Errorf("%s = %v: got %v, want %q", tt.key, tt.v, err, tt.word)
		case r.Word != tt.word:
			t.Errorf("%s = %v: got %q, want %q", tt.key, tt.v, r.Word, tt.word)
		case dossier.CodeOf(err) != dossier.CodeAnswerRefused:
			t.Errorf("%s: code %q", tt.key, dossier.CodeOf(err))
		}
	}
}

func TestRefusalHoldsNoAnswer(t *testing.T) {
	err := sample(t, "extract.json").Check("phone", Answers{"phone": "secret77"}, noon)
	if err == nil || strings.Contains(err.Error(), "secret77") {
		t.Errorf("got %v", err)
	}
}

func TestEveryWordIsTranslated(t *testing.T) {
	for _, lang := range assets.Languages {
		w, err := assets.Load(lang)
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range append([]string{"form.yes", "form.no"}, Words...) {
			if !w.Has(key) {
				t.Errorf("%s: %s is missing", lang, key)
			}
		}
	}
}

func TestWholeForm(t *testing.T) {
	f := sample(t, "marital.json")
	a := Answers{"name": "Y Khôi Niê", "address": "Buôn Ea Bông", "status": "divorced", "spouse": "H’ Mai", "was_abroad": false, "purpose": "vay tiền"}
	got := f.CheckAll(a, noon)
	if len(got) != 1 || got[0].Key != "divorced_on" || got[0].Word != "form.required" {
		t.Fatalf("got %v", got)
	}
	a["divorced_on"] = "2020-02-30"
	if got := f.CheckAll(a, noon); len(got) != 1 || got[0].Word != "form.bad-date" {
		t.Fatalf("got %v", got)
	}
	a["divorced_on"] = "2020-02-28"
	if got := f.CheckAll(a, noon); got != nil {
		t.Fatalf("got %v", got)
	}
	a["status"] = "single" // spouse and the date are hidden and stay behind
	raw, err := f.Encode(a)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"address":"Buôn Ea Bông","name":"Y Khôi Niê","purpose":"vay tiền","status":"single","was_abroad":false}`
	if string(raw) != want {
		t.Errorf("got %s", raw)
	}
	if got := f.CheckAll(a, noon); got != nil {
		t.Errorf("got %v", got)
	}
	if a["spouse"] == nil {
		t.Error("pruning took an answer away")
	}
}

func TestWholeFormFindsWhatTheRootForbids(t *testing.T) {
	f, err := Compile(json.RawMessage(`{"type":"object","x-order":["a","b"],
		"properties":{"a":{"type":"string","maxLength":5},"b":{"type":"string"}},
		"not":{"properties":{"a":{"const":"x"},"b":{"const":"x"}},"required":["a","b"]}}`))
	if err != nil {
		t.Fatal(err)
	}
	if got := f.CheckAll(Answers{"a": "x", "b": "y"}, noon); got != nil {
		t.Errorf("got %v", got)
	}
	got := f.CheckAll(Answers{"a": "x", "b": "x"}, noon)
	if len(got) != 1 || got[0].Key != "" || got[0].Word != "form.refused" {
		t.Errorf("got %v", got)
	}
}

func TestPrefill(t *testing.T) {
	l := sample(t, "extract.json").Start(person, today)
	for key, want := range map[string]any{"name": "H’ Bia Niê", "born": "1990-08-12", "place": person.Address} {
		if got := l.Answer(key); got != want {
			t.Errorf("%s is %v, want %v", key, got, want)
		}
	}
	odd := person
	odd.Name = strings.Repeat("x", 200)
	odd.Born = dossier.Date{Year: 3000}
	l = sample(t, "extract.json").Start(odd, today)
	if l.Answer("name") != nil || l.Answer("born") != nil {
		t.Error("filled in what the schema refuses")
	}
}

func TestFilling(t *testing.T) {
	l := sample(t, "extract.json").Start(person, today)
	if place, total := l.Position(); place != 1 || total != 8 {
		t.Errorf("at %d of %d", place, total)
	}
	if _, err := l.Next(); err == nil {
		t.Fatal("went on without an answer")
	}
	l.Set("birth")
	for range 3 {
		if _, err := l.Next(); err != nil {
			t.Fatal(err)
		}
	}
	l.Set("other")
	if more, err := l.Next(); err != nil || !more {
		t.Fatal(more, err)
	}
	if l.Current().Key != "relation_other" {
		t.Fatalf("at %s", l.Current().Key)
	}
	l.Set("cháu")
	l.Back()
	l.Set("self")
	if more, err := l.Next(); err != nil || !more || l.Current().Key != "place" {
		t.Fatalf("at %s, %v", l.Current().Key, err)
	}
	l.Back()
	l.Set("other")
	if _, err := l.Next(); err != nil || l.Answer("relation_other") != "cháu" {
		t.Error("the hidden answer was lost")
	}
	l.Last()
	if l.Current().Key != "copies" || l.Goto("nobody") {
		t.Error("wrong place")
	}
	l.Set("2")
	if more, err := l.Next(); err != nil || more {
		t.Errorf("the last question goes on: %v, %v", more, err)
	}
	if l.Int("copies") != 2 {
		t.Error("copies")
	}
	if got := l.Refusals(); got != nil {
		t.Errorf("got %v", got)
	}
	w, err := assets.Load("vi")
	if err != nil {
		t.Fatal(err)
	}
	want := []Line{
		{"event", "Ông/bà cần bản sao trích lục về việc gì?", "Khai sinh"},
		{"name", "Người được cấp trích lục tên là gì?", "H’ Bia Niê"},
		{"born", "Sinh ngày nào?", "12/08/1990"},
		{"relation", "Người đó là gì của ông/bà?", "Người khác"},
		{"relation_other", "Ghi rõ quan hệ", "cháu"},
		{"place", "Trước đây đăng ký ở xã nào?", person.Address},
		{"copies", "Cần mấy bản?", "2"},
	}
	if d := cmp.Diff(want, l.Lines(w)); d != "" {
		t.Error(d)
	}
}

func TestCompileRefuses(t *testing.T) {
	wrap := func(prop string) string { return `{"type":"object","properties":{"a":` + prop + `}}` }
	file := filepath.Join(t.TempDir(), "a.json")
	if err := os.WriteFile(file, []byte(`{"type":"string"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := map[string]string{
		"nothing":              ``,
		"no JSON":              `{`,
		"an array":             `[]`,
		"no properties":        `{"type":"object"}`,
		"a file":               wrap(`{"$ref":"file://` + file + `"}`),
		"the network":          wrap(`{"$ref":"https://example.org/x.json"}`),
		"a schema of its own":  `{"$schema":"https://example.org/meta","type":"object","properties":{"a":{}}}`,
		"an unknown order":     `{"type":"object","x-order":["b"],"properties":{"a":{"type":"string"}}}`,
		"an order twice":       `{"type":"object","x-order":["a","a"],"properties":{"a":{"type":"string"}}}`,
		"a later condition":    `{"type":"object","x-order":["a","b"],"properties":{"a":{"type":"string","x-when":{"b":1}},"b":{"type":"string"}}}`,
		"an unknown widget":    wrap(`{"type":"string","x-widget":"dance"}`),
		"a choice of nothing":  wrap(`{"type":"string","x-widget":"choice"}`),
		"names that are short": wrap(`{"enum":["x","y"],"x-enum-names":{"vi":["X"]}}`),
		"a broken pattern":     wrap(`{"type":"string","pattern":"("}`),
		"too much":             wrap(`{"description":"` + strings.Repeat("x", MaxSchemaBytes) + `"}`),
	}
	for name, raw := range tests {
		if _, err := Compile(json.RawMessage(raw)); dossier.CodeOf(err) != dossier.CodeInvalid {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestShowDate(t *testing.T) {
	for in, want := range map[string]string{"2012-03-05": "05/03/2012", "2012-03": "03/2012", "2012": "2012"} {
		d, ok := ParseDate(in)
		if !ok || ShowDate(d) != want || FormatDate(d) != in {
			t.Errorf("%s: %v %q %q", in, ok, ShowDate(d), FormatDate(d))
		}
	}
}

// TestDemoForms goes through the forms of the demonstration, taking each choice
// in turn so that every condition opens once.
func TestDemoForms(t *testing.T) {
	paths, err := filepath.Glob("../../../sync/portal/demo/forms/*.json")
	if err != nil || len(paths) < 2 {
		t.Fatal("no demo forms", err)
	}
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		f, err := Compile(raw)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		asked := map[string]bool{}
		for round := range 6 {
			l := f.Start(person, today)
			for more := true; more; {
				q := l.Current()
				asked[q.Key] = true
				if l.Answer(q.Key) == nil {
					l.Set(sampleAnswer(q, round))
				}
				if q.Title["vi"] == q.Key || q.Title["en"] == "" {
					t.Errorf("%s: %s has no title in both languages", path, q.Key)
				}
				if more, err = l.Next(); err != nil {
					t.Fatalf("%s: %s: %v", path, q.Key, err)
				}
			}
			if bad := l.Refusals(); bad != nil {
				t.Errorf("%s: answered and refused: %v", path, bad)
			}
		}
		for _, q := range f.questions {
			if !asked[q.Key] {
				t.Errorf("%s: %s was never asked", path, q.Key)
			}
		}
	}
}

func sampleAnswer(q Question, round int) any {
	switch q.Widget {
	case WidgetChoice:
		return q.Options[round%len(q.Options)].Value
	case WidgetMany:
		return []string{q.Options[round%len(q.Options)].Value}
	case WidgetYesNo:
		return round%2 == 0
	case WidgetNumber:
		return "2"
	case WidgetDate:
		return "2012-03-05"
	case WidgetPhone:
		return "0905123456"
	}
	return "Buôn Ea Bông"
}

func TestEmail(t *testing.T) {
	f, err := Compile([]byte(`{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "x-order": ["to", "cc"],
		"properties": {"to": {"type": "string", "format": "email", "title": "Thư điện tử"}, "cc": {"type": "string", "title": "Nơi khác", "x-widget": "email"}}}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range f.Questions(Answers{}) {
		if q.Widget != WidgetEmail {
			t.Errorf("%s is asked as %q", q.Key, q.Widget)
		}
		for answer, want := range map[string]string{"": "", "hoa@example.vn": "", "hoa.example.vn": "form.email", "@vn": "form.email", "hoa@": "form.email", "hoa @vn": "form.email"} {
			got := ""
			var refused *Refusal
			if errors.As(f.Check(q.Key, Answers{q.Key: answer}, noon), &refused) {
				got = refused.Word
			}
			if got != want {
				t.Errorf("%s %q: %q, want %q", q.Key, answer, got, want)
			}
		}
	}
}
