package portal

import (
	"encoding/json"
	"net/http"
	"testing"

	"tramhoso/sync/dossier"
	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/wire"
)

// amount is a fee, -1 where it is not known.
func amount(fee *int64) int64 {
	if fee == nil {
		return -1
	}
	return *fee
}

// What the officer does, then the fee on Form 01 and what is due after it, by
// the desk's answer and by the station's event alike.
func TestFeeOfAnAcceptance(t *testing.T) {
	const extract, marital, free, signature = "2.000635", "1.004873", "1.001193", "2.000884"
	type act struct {
		call, body string
		code       int
	}
	accept := act{"accept", `{"due":"2026-08-01T17:00:00+07:00"}`, http.StatusOK}
	tests := []struct {
		name, procedure, answers string
		acts                     []act
		form, due                int64
	}{
		{"two copies", extract, `{"copies":2}`, []act{accept}, 16000, 16000},
		{"one copy", extract, `{"copies":1}`, []act{accept}, 8000, 8000},
		{"copies not said", extract, `{}`, []act{accept}, -1, -1},
		{"exempted", extract, `{"copies":2}`, []act{{"accept", `{"amount":0}`, http.StatusOK}}, 0, 0},
		{"one amount", signature, `{"copies":3}`, []act{accept}, 10000, 10000},
		{"free", free, `{}`, []act{accept}, 0, 0},
		{"set elsewhere", marital, `{"copies":2}`, []act{accept}, -1, -1},
		{"set elsewhere, stated", marital, `{"copies":2}`, []act{{"accept", `{"amount":30000}`, http.StatusOK}}, 30000, 30000},
		{"a negative amount", marital, `{}`, []act{{"accept", `{"amount":-1}`, http.StatusBadRequest}, accept}, -1, -1},
		{"stated with the result", marital, `{}`, []act{accept, {"ready", `{"amount":-5}`, http.StatusBadRequest}, {"ready", `{"amount":5000}`, http.StatusOK}}, -1, 5000},
		{"asked for first", marital, `{}`, []act{{"pay", `{"amount":12000}`, http.StatusOK}, accept}, 12000, 12000},
		{"asked for by the copies", extract, `{"copies":3}`, []act{{"pay", "", http.StatusOK}}, -1, 24000},
		{"asked for as accepted", marital, `{}`, []act{{"accept", `{"amount":9000}`, http.StatusOK}, {"pay", "", http.StatusOK}}, 9000, 9000},
		{"nothing to ask for", free, `{}`, []act{{"pay", "", http.StatusBadRequest}, accept}, 0, 0},
		{"paid before", extract, `{"copies":2}`, []act{{"pay", "", http.StatusOK}, {"payment", "", 0}, accept}, 16000, 0},
		{"exempted, then accepted again", extract, `{"copies":2}`, []act{{"accept", `{"amount":0}`, http.StatusOK}, {"supplement", "", http.StatusOK}, accept}, 0, 0},
		{"handed over unpaid", marital, `{}`, []act{accept, {"ready", "", http.StatusOK}, {"handover", "", 0}}, -1, -1},
		{"handed over", extract, `{"copies":2}`, []act{accept, {"ready", "", http.StatusOK}, {"handover", "", 0}}, 16000, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFixture(t)
			s := f.enrolStation(t, "DL27")
			c := s.content("x")
			proc, err := f.catalogue.Load().Procedure(tt.procedure)
			must(t, err)
			c.Procedure, c.Answers = proc.Ref(), json.RawMessage(tt.answers)
			p := s.packet(t, dossier.KindDossier, "", c)
			f.send(t, s, p)
			for _, a := range tt.acts {
				switch a.call {
				case "payment":
					f.send(t, s, s.packet(t, dossier.KindPayment, p.Head.ID, map[string]int{}))
				case "handover":
					f.send(t, s, s.packet(t, dossier.KindHandover, p.Head.ID, dossier.Handover{}))
				default:
					if code := f.desk(t, "POST", "/desk/dossiers/last/"+a.call, a.body, nil); code != a.code {
						t.Fatalf("%s %s: %d", a.call, a.body, code)
					}
				}
			}
			var d DeskDossier
			f.desk(t, "GET", "/desk/dossiers/last", "", &d)
			must(t, f.store.View(t.Context(), func(r ledger.Reader) error {
				kept, err := r.Dossier(p.Head.ID)
				if amount(kept.FeeDue) != amount(d.FeeDue) {
					t.Errorf("the ledger says %d", amount(kept.FeeDue))
				}
				return err
			}))
			evs, _ := f.poll(t, s, wire.Cursor{})
			form := int64(-1)
			for _, e := range evs {
				if e.Form01 != nil {
					form = amount(e.Form01.Fee)
				}
			}
			if told := amount(evs[len(evs)-1].FeeDue); form != tt.form || told != tt.due || amount(d.FeeDue) != tt.due {
				t.Errorf("form %d, told %d, desk %d; want %d and %d due", form, told, amount(d.FeeDue), tt.form, tt.due)
			}
		})
	}
}
