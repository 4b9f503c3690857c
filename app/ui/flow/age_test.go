package flow

import (
	"testing"
	"time"

	"tramhoso/app/ui/kit/golden"
	"tramhoso/sync/dossier"
)

// doubtful is a clock that stands before what was signed already.
type doubtful struct{ clock }

func (c *doubtful) Stamp() dossier.Stamp {
	return dossier.Stamp{Wall: c.at, Source: dossier.TimeFloored}
}

// How old the news is stands on the screen in words, and what was never heard is
// not dressed up; a clock that nobody believes tells no time of day.
func TestKnowledge(t *testing.T) {
	heard, news := noon.Add(-2*time.Hour-20*time.Minute), []dossier.News{{Status: dossier.StatusAccepted, At: noon.AddDate(0, 0, -3)}}
	for _, look := range golden.Cases[:2] { // one of each language
		env := look.Env(t)
		f := &Flow{env: env, Ports: Ports{Clock: &clock{noon}}}
		T := env.T
		for _, tt := range []struct {
			name  string
			track dossier.Track
			want  string
		}{
			{"never sent, never heard", dossier.Track{}, T("timeline.news-unsent")},
			{"never sent, heard of others", dossier.Track{AsOf: heard}, T("timeline.news-unsent")},
			{"sent by a stick, never heard", dossier.Track{Sent: heard}, T("timeline.news-none")},
			{"the agency is silent", dossier.Track{Sent: heard, AsOf: heard}, T("timeline.news-silent", "when", T("age.morning", "clock", "9:40"))},
			{"news", dossier.Track{Sent: heard, AsOf: heard, News: news}, T("timeline.news", "when", T("age.morning", "clock", "9:40"))},
			{"news of yesterday", dossier.Track{AsOf: heard.AddDate(0, 0, -1), News: news}, T("timeline.news", "when", T("age.yesterday", "clock", "9:40"))},
			{"heard by a clock that was set back", dossier.Track{AsOf: noon.Add(5 * time.Hour), News: news}, T("timeline.news", "when", T("age.date", "date", "14/07/2026"))},
		} {
			if got := f.knowledge(tt.track); got != tt.want {
				t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
			}
		}
		f.Clock = &doubtful{clock{noon}}
		if got, want := f.knowledge(dossier.Track{AsOf: heard, News: news}), T("timeline.news", "when", T("age.date", "date", "14/07/2026")); got != want {
			t.Errorf("by a clock that nobody believes: %q, want %q", got, want)
		}
		if heard := f.age(heard); heard == "" || env.Words.Lang() == "en" && heard != "14/07/2026" {
			t.Errorf("%q", heard)
		}
	}
}
