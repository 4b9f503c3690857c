package dossier

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestFeeFor(t *testing.T) {
	dong := func(n int64) *int64 { return &n }
	each := Text{"vi": "một bản"}
	tests := []struct {
		name    string
		fee     Fee
		answers string
		total   int64
		known   bool
	}{
		{"two copies", Fee{Amount: dong(8000), Per: each}, `{"copies":2}`, 16000, true},
		{"one copy", Fee{Amount: dong(8000), Per: each}, `{"copies":1,"event":"birth"}`, 8000, true},
		{"a free copy", Fee{Amount: dong(0), Per: each}, `{"copies":3}`, 0, true},
		{"set elsewhere", Fee{}, `{"copies":2}`, 0, false},
		{"set elsewhere, per copy", Fee{Per: each}, `{"copies":2}`, 0, false},
		{"free", Fee{Amount: dong(0)}, `{}`, 0, true},
		{"one amount however many", Fee{Amount: dong(10000)}, `{"copies":4}`, 10000, true},
		{"one amount, no answers", Fee{Amount: dong(10000)}, ``, 10000, true},
		{"nobody asked how many", Fee{Amount: dong(2000), Per: each}, `{}`, 0, false},
		{"no answers", Fee{Amount: dong(8000), Per: each}, ``, 0, false},
		{"null", Fee{Amount: dong(8000), Per: each}, `{"copies":null}`, 0, false},
		{"none", Fee{Amount: dong(8000), Per: each}, `{"copies":0}`, 0, false},
		{"fewer than none", Fee{Amount: dong(8000), Per: each}, `{"copies":-2}`, 0, false},
		{"half a copy", Fee{Amount: dong(8000), Per: each}, `{"copies":1.5}`, 0, false},
		{"a text", Fee{Amount: dong(8000), Per: each}, `{"copies":"2"}`, 0, false},
		{"another question", Fee{Amount: dong(8000), Per: each}, `{"Copies":2}`, 0, false},
		{"not an object", Fee{Amount: dong(8000), Per: each}, `[2]`, 0, false},
		{"broken", Fee{Amount: dong(8000), Per: each}, `{"copies":2`, 0, false},
		{"as much as can be counted", Fee{Amount: dong(1), Per: each}, fmt.Sprintf(`{"copies":%d}`, math.MaxInt64), math.MaxInt64, true},
		{"more than can be counted", Fee{Amount: dong(2), Per: each}, fmt.Sprintf(`{"copies":%d}`, math.MaxInt64), 0, false},
		{"a number too long", Fee{Amount: dong(0), Per: each}, `{"copies":9223372036854775808}`, 0, false},
		{"a negative amount", Fee{Amount: dong(-1)}, `{}`, 0, false},
	}
	for _, tt := range tests {
		if total, known := (Procedure{Fee: tt.fee}).FeeFor(json.RawMessage(tt.answers)); total != tt.total || known != tt.known {
			t.Errorf("%s: %d, %v, want %d, %v", tt.name, total, known, tt.total, tt.known)
		}
	}
}

// A known fee is exactly amount × copies; an unknown one is never a sum.
func TestFeeIsExactOrUnknown(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		amount := rapid.OneOf(rapid.Int64(), rapid.Int64Range(0, 1_000_000)).Draw(rt, "amount")
		copies := rapid.OneOf(rapid.Int64(), rapid.Int64Range(0, 50)).Draw(rt, "copies")
		p := Procedure{Fee: Fee{Amount: &amount, Per: Text{"vi": "một bản"}}}
		total, known := p.FeeFor(json.RawMessage(fmt.Sprintf(`{"copies":%d}`, copies)))
		want := new(big.Int).Mul(big.NewInt(amount), big.NewInt(copies))
		if can := amount >= 0 && copies >= 1 && want.IsInt64(); known != can || known && total != want.Int64() || !known && total != 0 {
			rt.Errorf("%d × %d: %d, %v", amount, copies, total, known)
		}
	})
}

func TestAnyAnswersGiveAFeeOrNone(t *testing.T) {
	unit := int64(8000)
	rapid.Check(t, func(rt *rapid.T) {
		answers := rapid.OneOf(rapid.SliceOf(rapid.Byte()), rapid.Map(rapid.String(), func(s string) []byte { return []byte(`{"copies":` + s + `}`) })).Draw(rt, "answers")
		total, known := Procedure{Fee: Fee{Amount: &unit, Per: Text{"vi": "một bản"}}}.FeeFor(answers)
		if known != (total >= unit) || total%unit != 0 {
			rt.Errorf("%q: %d, %v", answers, total, known)
		}
	})
}

// A sum that nobody knows is left out of what travels; a sum of 0 is said.
func TestUnknownFeeIsLeftOut(t *testing.T) {
	zero, sum := int64(0), int64(16000)
	for _, tt := range []struct {
		fee         *int64
		event, form string
	}{{nil, "", ""}, {&zero, `"fee_due":0`, `"fee":0`}, {&sum, `"fee_due":16000`, `"fee":16000`}} {
		event, err := json.Marshal(Event{FeeDue: tt.fee})
		if err != nil {
			t.Fatal(err)
		}
		form, err := json.Marshal(Form01{Fee: tt.fee})
		if err != nil {
			t.Fatal(err)
		}
		if s := string(event); !strings.Contains(s, tt.event) || strings.Contains(s, `"fee_due"`) != (tt.fee != nil) {
			t.Error(s)
		}
		if s := string(form); !strings.Contains(s, tt.form) || strings.Contains(s, `"fee"`) != (tt.fee != nil) {
			t.Error(s)
		}
		var e Event
		if err := json.Unmarshal(event, &e); err != nil {
			t.Fatal(err)
		}
		track := Track{News: []News{NewsOf(e, time.Time{})}}
		got, known := track.FeeDue()
		if known != (tt.fee != nil) || known && got != *tt.fee {
			t.Errorf("%s became %d, %v", event, got, known)
		}
	}
}
