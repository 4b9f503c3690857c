package dossier

import (
	"testing"
	"time"
)

func TestTrack(t *testing.T) {
	due := time.Date(2026, 7, 17, 16, 0, 0, 0, time.UTC)
	later := due.AddDate(0, 0, 3)
	form, sum, nothing := &Form01{Number: "1"}, int64(8000), int64(0)
	tests := []struct {
		name   string
		track  Track
		status Status
		code   string
		due    time.Time
		fee    int64 // -1: not known
		ready  bool
		form   *Form01
	}{
		{"nothing heard", Track{}, 0, "", time.Time{}, -1, false, nil},
		{"accepted", Track{News: []News{{Status: 1}, {Status: 2, Code: "H15.01-260714-0001", Due: due, Form01: form}}},
			2, "H15.01-260714-0001", due, -1, false, form},
		{"a new date, then a fee, then ready", Track{News: []News{{Status: 2, Code: "C", Due: due}, {Status: 4, Due: later},
			{Status: 9, FeeDue: &sum}}}, 9, "C", later, 8000, true, nil},
		{"paid", Track{News: []News{{Status: 6, FeeDue: &sum}, {Status: 4, FeeDue: &nothing}}}, 4, "", time.Time{}, 0, false, nil},
		{"handed over here", Track{Handed: due, News: []News{{Status: 9}}}, 9, "", time.Time{}, -1, false, nil},
	}
	for _, tt := range tests {
		tr := tt.track
		fee, known := tr.FeeDue()
		if !known {
			fee--
		}
		if tr.Status() != tt.status || tr.Code() != tt.code || !tr.Due().Equal(tt.due) || fee != tt.fee ||
			tr.Ready() != tt.ready || tr.Form01() != tt.form {
			t.Errorf("%s: status %d, code %q, due %v, fee %d, ready %v", tt.name, tr.Status(), tr.Code(), tr.Due(), fee, tr.Ready())
		}
	}
}
