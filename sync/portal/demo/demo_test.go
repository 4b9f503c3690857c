package demo

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"tramhoso/sync/catalogue"
	"tramhoso/sync/dossier"
)

const pictograms = "../../../assets/icons"

// facts is the table of July 2026: code, days, unit, amount (-1: set elsewhere).
var facts = map[string]struct {
	days      int
	unit      string
	amount    int64
	unchecked bool // something in it was not checked against the official text
}{
	"1.001193": {0, "same-day", 0, false},
	"1.000656": {1, "working", 0, false},
	"1.000894": {1, "working", 0, false},
	"1.004873": {3, "working", -1, false},
	"2.000635": {0, "same-day", 8000, true},
	"1.004884": {5, "working", -1, false},
	"2.000815": {0, "same-day", 2000, true},
	"2.000884": {0, "same-day", 10000, true},
	"1.004194": {3, "working", 7000, false},
	"1.004222": {7, "working", -1, true},
	"1.014063": {7, "working", 50000, false},
	"1.001612": {3, "working", 150000, false},
	"3.000347": {5, "working", 135000, false},
	"3.000333": {10, "calendar", -1, false},
	"1.001776": {0, "unknown", 0, true},
	"1.014027": {0, "unknown", 0, true},
	"1.011607": {15, "calendar", 0, true},
}

func TestFacts(t *testing.T) {
	s := Snapshot()
	if len(s.Procedures) != len(facts) || s.Synthetic {
		t.Fatalf("%d procedures, synthetic %v", len(s.Procedures), s.Synthetic)
	}
	for _, p := range s.Procedures {
		want, ok := facts[p.Code]
		if !ok {
			t.Errorf("%s is not in the table", p.Code)
			continue
		}
		amount := int64(-1)
		if p.Fee.Amount != nil {
			amount = *p.Fee.Amount
		}
		if p.Deadline.Days != want.days || p.Deadline.Unit != want.unit || amount != want.amount {
			t.Errorf("%s: %d %s, %d đồng", p.Code, p.Deadline.Days, p.Deadline.Unit, amount)
		}
		if amount < 0 && p.Fee.Note["vi"] == "" {
			t.Errorf("%s: neither amount nor note", p.Code)
		}
		data, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(data), "chưa đối chiếu văn bản") != want.unchecked {
			t.Errorf("%s: marked as unchecked: %v", p.Code, !want.unchecked)
		}
		if p.Fee.CheckedOn == "" || len(p.About) == 0 || len(p.Papers) == 0 {
			t.Errorf("%s lacks something: %+v", p.Code, p)
		}
		if len(p.Form) > 0 != (p.Level == dossier.LevelFull) {
			t.Errorf("%s: level %s, form of %d bytes", p.Code, p.Level, len(p.Form))
		}
	}
}

func TestReferencesHold(t *testing.T) {
	s := Snapshot()
	c := catalogue.New(s)
	for _, p := range s.Procedures {
		if _, ok := c.Agency(p.Agency); !ok {
			t.Errorf("%s: no agency %q", p.Code, p.Agency)
		}
		if len(p.Topics) == 0 {
			t.Errorf("%s is under no topic", p.Code)
		}
		for _, id := range p.Topics {
			if !slices.ContainsFunc(s.Topics, func(x dossier.Topic) bool { return x.ID == id }) {
				t.Errorf("%s: no topic %q", p.Code, id)
			}
		}
	}
	for _, topic := range s.Topics {
		if len(c.ByTopic(topic.ID)) == 0 {
			t.Errorf("topic %s is empty", topic.ID)
		}
		icon(t, topic.ID, topic.Icon)
	}
	for query, want := range map[string]string{
		"trich luc": "2.000635", "hon nhan": "1.004873", "dang ky khai sinh": "1.001193", "lai xe": "3.000347", "marital": "1.004873",
	} {
		if hits := c.Search(query, 3); len(hits) == 0 || hits[0].Procedure.Code != want {
			t.Errorf("search %q: %v", query, hits)
		}
	}
}

func icon(t *testing.T, where, name string) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(pictograms, name+".svg")); err != nil {
		t.Errorf("%s: %v", where, err)
	}
}

// Every text is there in both languages, and in the spelling of the house.
func TestTexts(t *testing.T) {
	old := strings.NewReplacer("hóa", "", "hòa", "", "hỏa", "", "tùy", "", "ủy", "", "Ủy", "", "Hòa", "", "thủy", "", "khỏe", "", "tóan", "")
	var walk func(path string, v any)
	walk = func(path string, v any) {
		switch v := v.(type) {
		case map[string]any:
			_, vi := v["vi"]
			_, en := v["en"]
			if vi != en {
				t.Errorf("%s is there in one language only", path)
			}
			for k, x := range v {
				walk(path+"/"+k, x)
			}
		case []any:
			for _, x := range v {
				walk(path, x)
			}
		case string:
			if v == "" {
				t.Errorf("%s is empty", path)
			}
			if old.Replace(v) != v {
				t.Errorf("%s: spelling of %q", path, v)
			}
		}
	}
	names := []string{"catalogue.json"}
	for _, code := range forms {
		names = append(names, "forms/"+code+".json")
	}
	for _, name := range names {
		data, err := files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var v any
		if err := json.Unmarshal(data, &v); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		walk(name, v)
	}
}

func compile(t testing.TB, code string) (*jsonschema.Schema, map[string]any) {
	t.Helper()
	i := slices.IndexFunc(Snapshot().Procedures, func(p dossier.Procedure) bool { return p.Code == code })
	raw := Snapshot().Procedures[i].Form
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.UseLoader(refuse{})
	if err := c.AddResource("urn:form", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("urn:form")
	if err != nil {
		t.Fatal(err)
	}
	return s, doc.(map[string]any)
}

type refuse struct{}

func (refuse) Load(string) (any, error) { return nil, errors.New("a form refers to nothing outside") }

func TestFormsCompile(t *testing.T) {
	for _, code := range forms {
		_, doc := compile(t, code)
		props := doc["properties"].(map[string]any)
		order := doc["x-order"].([]any)
		if len(order) != len(props) {
			t.Errorf("%s: %d questions in order, %d properties", code, len(order), len(props))
		}
		seen := map[string]bool{}
		for _, k := range order {
			p, ok := props[k.(string)].(map[string]any)
			if !ok {
				t.Errorf("%s: x-order names %v", code, k)
				continue
			}
			if when, ok := p["x-when"].(map[string]any); ok {
				for other := range when {
					if !seen[other] {
						t.Errorf("%s/%v: depends on %s, which is asked later", code, k, other)
					}
				}
			}
			seen[k.(string)] = true
			if title, help := p["x-title"].(map[string]any), p["x-help"]; title["vi"] != p["title"] || help != nil && help.(map[string]any)["vi"] != p["description"] {
				t.Errorf("%s/%v: title and description differ from the hints", code, k)
			}
			enum, _ := p["enum"].([]any)
			if names, ok := p["x-enum-names"].(map[string]any); ok || len(enum) > 0 {
				for lang, list := range names {
					if len(list.([]any)) != len(enum) {
						t.Errorf("%s/%v: %d names in %s for %d values", code, k, len(list.([]any)), lang, len(enum))
					}
				}
			}
			for value, name := range orEmpty(p["x-icons"]) {
				if !slices.Contains(enum, any(value)) {
					t.Errorf("%s/%v: icon for %q, which is no value", code, k, value)
				}
				icon(t, code, name.(string))
			}
		}
	}
}

func orEmpty(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}

func TestFormsAcceptAndRefuse(t *testing.T) {
	extract := `{"event":"birth","name":"Y Khôi Niê","born":"2012-03-05","place":"xã Cư Êbur","relation":"child","purpose":"nhập học","copies":2}`
	marital := `{"for":"self","name":"Nguyễn Thị Mẫu","born":"1990","residence":"xã Hoà Phú","status":"never","elsewhere":false,"purpose":"loan","copies":1}`
	for name, c := range map[string]struct {
		code, answers string
		ok            bool
	}{
		"extract":                    {"2.000635", extract, true},
		"extract, year only":         {"2.000635", strings.Replace(extract, "2012-03-05", "2012", 1), true},
		"extract, month 13":          {"2.000635", strings.Replace(extract, "2012-03-05", "2012-13", 1), false},
		"extract, day first":         {"2.000635", strings.Replace(extract, "2012-03-05", "05/03/2012", 1), false},
		"extract, 0 copies":          {"2.000635", strings.Replace(extract, ":2}", ":0}", 1), false},
		"extract, 20 copies":         {"2.000635", strings.Replace(extract, ":2}", ":20}", 1), true},
		"extract, 21 copies":         {"2.000635", strings.Replace(extract, ":2}", ":21}", 1), false},
		"extract, half a copy":       {"2.000635", strings.Replace(extract, ":2}", ":1.5}", 1), false},
		"extract, no name":           {"2.000635", strings.Replace(extract, `"name":"Y Khôi Niê",`, "", 1), false},
		"extract, unknown key":       {"2.000635", strings.Replace(extract, "{", `{"pin":1,`, 1), false},
		"marriage needs both names":  {"2.000635", strings.Replace(extract, `"birth"`, `"marriage"`, 1), false},
		"marriage with both names":   {"2.000635", strings.Replace(extract, `"birth"`, `"marriage","spouse":"H’ Bia"`, 1), true},
		"a birth has no spouse":      {"2.000635", strings.Replace(extract, `"birth"`, `"birth","spouse":"H’ Bia"`, 1), false},
		"something else needs words": {"2.000635", strings.Replace(extract, `"birth"`, `"other"`, 1), false},
		"marital":                    {"1.004873", marital, true},
		"divorced without judgment":  {"1.004873", strings.Replace(marital, `"never"`, `"divorced"`, 1), false},
		"divorced with judgment":     {"1.004873", strings.Replace(marital, `"never"`, `"divorced","divorce_record":"12/2015","divorce_date":"2015"`, 1), true},
		"widowed without record":     {"1.004873", strings.Replace(marital, `"never"`, `"widowed","death_record":"1/2010"`, 1), false},
		"lived elsewhere, no place":  {"1.004873", strings.Replace(marital, "false", "true", 1), false},
		"lived elsewhere":            {"1.004873", strings.Replace(marital, "false", `true,"elsewhere_place":"xã Ea Kao","elsewhere_from":"2010","elsewhere_until":"2015-06"`, 1), true},
		"to marry nobody":            {"1.004873", strings.Replace(marital, `"loan"`, `"marry"`, 1), false},
		"status unknown":             {"1.004873", strings.Replace(marital, `"never"`, `"unsure"`, 1), false},
	} {
		s, _ := compile(t, c.code)
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(c.answers))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := s.Validate(v); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSnapshotsAreApart(t *testing.T) {
	a := Snapshot()
	a.Procedures[0].Name["vi"] = "changed"
	a.Procedures = a.Procedures[:1]
	if b := Snapshot(); len(b.Procedures) != len(facts) || b.Procedures[0].Name["vi"] == "changed" {
		t.Error("two calls share their data")
	}
}

// Nobody may send money to an account of the demonstration by mistake.
func TestAccountsAreMarked(t *testing.T) {
	s := Snapshot()
	if err := s.Check(); err != nil {
		t.Fatal(err)
	}
	accounts := 0
	for _, a := range s.Agencies {
		for _, p := range a.Payees {
			accounts++
			if !strings.Contains(p.Name, "MẪU") || !strings.Contains(p.Name, "KHÔNG CHUYỂN TIỀN") {
				t.Errorf("%s: the account of %q", a.ID, p.Name)
			}
		}
	}
	if accounts == 0 {
		t.Error("no account: nobody sees a VietQR code")
	}
}
