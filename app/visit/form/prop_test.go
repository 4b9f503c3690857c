package form

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"
)

// Going forward and back, in any order, never loses an answer, and what is
// handed on is never refused by the schema.
func TestNextAndBackLoseNothing(t *testing.T) {
	f := sample(t, "extract.json")
	values := []any{nil, "", "birth", "other", "self", "child", "Y Khôi", "2012-03-05", "1990", "3", int64(4), 21, true,
		[]string{"a"}, "0905123456", strings.Repeat("x", 700)}
	rapid.Check(t, func(t *rapid.T) {
		l := f.Start(person, today)
		model := map[string]any{}
		for k, v := range l.answers {
			model[k] = v
		}
		t.Repeat(map[string]func(*rapid.T){
			"set": func(t *rapid.T) {
				v := rapid.SampledFrom(values).Draw(t, "value")
				key := l.Current().Key
				l.Set(v)
				if v == nil {
					delete(model, key)
				} else {
					model[key] = v
				}
			},
			"next": func(t *rapid.T) {
				before := l.Current().Key
				_, err := l.Next()
				if err != nil && l.Current().Key != before {
					t.Fatal("moved in spite of a refusal")
				}
			},
			"back": func(*rapid.T) { l.Back() },
			"goto": func(t *rapid.T) { l.Goto(rapid.SampledFrom(f.questions).Draw(t, "key").Key) },
			"last": func(*rapid.T) { l.Last() },
			"": func(t *rapid.T) {
				for k, v := range model {
					if !reflect.DeepEqual(l.Answer(k), v) {
						t.Fatalf("%s is %v, was %v", k, l.Answer(k), v)
					}
				}
				if len(model) != len(l.answers) {
					t.Fatal("an answer came from nowhere")
				}
				if place, total := l.Position(); place < 1 || place > total {
					t.Fatalf("at %d of %d", place, total)
				}
				if l.Refusals() != nil {
					return
				}
				raw, err := l.Answers()
				if err != nil {
					t.Fatal(err)
				}
				doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(raw)))
				if err != nil {
					t.Fatal(err)
				}
				if err := f.root.Validate(doc); err != nil {
					t.Fatalf("handed on what the schema refuses: %v", err)
				}
			},
		})
	})
}

// FuzzAnswers gives every question any text: it is taken or refused with a
// known word, and what passes the whole form passes the schema.
func FuzzAnswers(f *testing.F) {
	for _, s := range []string{"", "H’ Bia Niê", "2012-03-05", "9999", "12", "other", "true", "0905 123 456", "\xff\xfe", "e\u0301", "{\"a\":1}"} {
		f.Add(uint8(3), s)
	}
	forms := []*Form{sample(f, "extract.json"), sample(f, "marital.json")}
	known := map[string]bool{}
	for _, w := range Words {
		known[w] = true
	}
	f.Fuzz(func(t *testing.T, which uint8, s string) {
		m := forms[int(which)%len(forms)]
		a := Answers{}
		for _, q := range m.questions {
			a[q.Key] = s
		}
		bad := m.CheckAll(a, noon)
		for _, r := range bad {
			if !known[r.Word] {
				t.Errorf("unknown word %q", r.Word)
			}
		}
		raw, err := m.Encode(a)
		if err != nil {
			return
		}
		if !json.Valid(raw) || !utf8.Valid(raw) {
			t.Errorf("encoded %q", raw)
		}
		if len(bad) == 0 {
			doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(raw)))
			if err != nil {
				t.Fatal(err)
			}
			if err := m.root.Validate(doc); err != nil {
				t.Errorf("passed and was refused: %v", err)
			}
		}
	})
}

// FuzzCompile reads any form: an error or questions, never a panic.
func FuzzCompile(f *testing.F) {
	f.Add([]byte(`{"type":"object","properties":{"a":{"type":"string"}}}`))
	f.Add([]byte(`{"type":"object","properties":{"a":{"$ref":"#/properties/a"}}}`))
	f.Add([]byte(`{"type":"object","properties":{"a":true,"b":{"enum":["x"],"x-when":{"a":null}}}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := Compile(raw)
		if err != nil {
			return
		}
		l := m.Start(person, today)
		_, _ = l.Next()
		if len(m.Questions(nil)) == 0 {
			t.Error("a form without a question")
		}
		_ = l.Refusals()
	})
}
