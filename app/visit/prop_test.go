package visit

import (
	"context"
	"testing"

	"pgregory.net/rapid"

	"tramhoso/sync/dossier"
)

// Whatever is tapped and scanned in whatever order, nothing panics, one visit
// commits at most once, and a step that has been reached can be left.
func TestAnyOrderOfTaps(t *testing.T) {
	frames := []string{qr, mrz, "SLIP|DL27-000318-K", "BADGE|x", "066190000123", "rubbish", ""}
	answers := []any{"birth", "other", "child", "2", "x", nil, true, int64(3)}
	rapid.Check(t, func(rt *rapid.T) {
		h := newHouse(t)
		h.lookup["DL27-000318-K"] = card("DL27-000318-K", dossier.StatusProcessed)
		before := 0
		rt.Repeat(map[string]func(*rapid.T){
			"start": func(rt *rapid.T) {
				if h.Step() == Home {
					h.Start(rapid.SampledFrom([]Goal{GoalSubmit, GoalTrack, GoalCollect}).Draw(rt, "goal"))
				}
			},
			"frame":  func(rt *rapid.T) { h.HandleFrame(rapid.SampledFrom(frames).Draw(rt, "frame")) },
			"next":   func(*rapid.T) { _ = h.Next() },
			"next2":  func(*rapid.T) { _ = h.Next() },
			"back":   func(*rapid.T) { h.Back() },
			"help":   func(*rapid.T) { h.Help() },
			"type":   func(*rapid.T) { h.TypeInstead(); _ = h.TypeNumber("066190000123"); _ = h.TypeName("Y Khôi") },
			"topics": func(*rapid.T) { h.ShowTopics(); h.SetTopic("family") },
			"query":  func(*rapid.T) { h.SetQuery("ho tich") },
			"choose": func(rt *rapid.T) {
				_ = h.Choose(rapid.SampledFrom([]string{"2.000635", "1.001193", "9.999999"}).Draw(rt, "code"))
			},
			"answer":  func(rt *rapid.T) { h.Answer(rapid.SampledFrom(answers).Draw(rt, "answer")) },
			"paper":   func(*rapid.T) { _ = h.GivePaper("old", dossier.WayOriginal) },
			"decline": func(*rapid.T) { _ = h.DeclinePaper("old") },
			"delivery": func(rt *rapid.T) {
				h.SetDelivery(DeliveryChoice{Notices: dossier.Notices{SMS: rapid.Bool().Draw(rt, "sms"), Email: rapid.Bool().Draw(rt, "email")}})
			},
			"contact": func(rt *rapid.T) {
				_ = h.SetContact(rapid.SampledFrom([]string{"", "0905123456", "a@b.vn"}).Draw(rt, "contact"))
			},
			"edit": func(rt *rapid.T) {
				h.EditAt(rapid.SampledFrom([]Section{SectionPerson, SectionProcedure, SectionForm, SectionPapers, SectionDelivery}).Draw(rt, "section"))
			},
			"question": func(*rapid.T) {
				if h.Step() == Review {
					h.EditQuestion("copies")
				}
			},
			"fill": func(*rapid.T) {
				for h.Step() == Form {
					if v, ok := map[string]any{"event": "birth", "relation": "child", "copies": "2", "relation_other": "cháu", "name": "Y Khôi", "born": "1990", "place": "x", "phone": nil, "notices": nil}[h.State().Question.Key]; ok {
						h.Answer(v)
					}
					if h.Next() != nil {
						break
					}
				}
			},
			"submit": func(*rapid.T) {
				_ = h.Submit(context.Background())
				_ = h.Submit(context.Background())
			},
			"print":  func(*rapid.T) { h.PrintChanged(1, PrintBlocked, "paper-out") },
			"finish": func(*rapid.T) { h.Finish() },
			"wipe":   func(*rapid.T) { h.Wipe() },
			"": func(rt *rapid.T) {
				if h.outbox.calls > before+1 {
					rt.Fatal("two commits for one submit")
				}
				before = h.outbox.calls
				s := h.State()
				if s.Step.Stage() >= 3 && !s.Identified && s.Step != ScanID {
					rt.Fatalf("at %s without an applicant", s.Step)
				}
				if s.Step == "" {
					rt.Fatal("nowhere")
				}
			},
		})
	})
}
