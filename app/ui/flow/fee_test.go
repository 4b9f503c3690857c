package flow

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"tramhoso/app/counter"
	"tramhoso/app/ui/kit"
	"tramhoso/app/ui/kit/golden"
	"tramhoso/app/visit"
	"tramhoso/sync/dossier"
)

// A fee that the agency has not told is said to be unknown, never nothing.
func TestFeesAsKnown(t *testing.T) {
	nothing, sum := int64(0), int64(16000)
	at := time.Date(2026, 7, 14, 9, 24, 0, 0, time.UTC)
	for _, look := range golden.Cases[:2] { // one of each language
		env := look.Env(t)
		f := &Flow{env: env, Ports: Ports{Clock: &clock{at}, Counter: counter.New(counter.Ports{}), StationOf: func(string, string) string { return "Điểm Hoà Phú" }}}
		for _, tt := range []struct {
			fee                       *int64
			result, handover, history string
		}{
			{nil, "resultready.pay-unknown", "handover.fee-unknown", "timeline.fee-unknown"},
			{&nothing, "resultready.pay-none", "handover.no-fee", ""},
			{&sum, env.Words.Money(sum), env.Words.Money(sum), env.Words.Money(sum)},
		} {
			track := dossier.Track{Title: "Cấp bản sao trích lục hộ tịch", Slip: "DL27-000318-K", AsOf: at,
				News: []dossier.News{{Status: dossier.StatusProcessed, At: at, Heard: at, FeeDue: tt.fee}}}
			due, known := track.FeeDue()
			citizen := visit.State{Card: dossier.CitizenCard{Track: track, Applicant: "H’ Bia Niê"}}
			clerk := counter.State{Step: counter.Handover, Card: dossier.CounterCard{Track: track, Name: "H’ Bia Niê", Last4: "0123"}, FeeDue: due, FeeKnown: known}
			for _, screen := range []struct {
				obj       fyne.CanvasObject
				want      string
				forbidden []string
			}{
				{f.resultScreen(citizen), tt.result, []string{"resultready.pay-none", "resultready.pay-unknown"}},
				{f.handoverScreen(clerk), tt.handover, []string{"handover.no-fee", "handover.fee-unknown", "handover.received"}},
				{f.timelineScreen(citizen), tt.history, []string{"timeline.fee-unknown"}},
			} {
				said := strings.Join(kit.Texts(screen.obj), "\n")
				want := screen.want
				if strings.Contains(want, ".") && !strings.Contains(want, " ") {
					want = env.T(want)
				}
				if !strings.Contains(said, want) {
					t.Errorf("%s: want %q in\n%s", look.Name, want, said)
				}
				for _, key := range screen.forbidden {
					asked := key == "handover.received" && due > 0
					if s := env.T(key); key != screen.want && !asked && strings.Contains(said, s) {
						t.Errorf("%s: %q beside %q", look.Name, s, want)
					}
				}
			}
		}
	}
}
