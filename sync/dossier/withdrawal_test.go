package dossier

import (
	"testing"
	"time"
)

func TestWithdrawalFollowsTheAgency(t *testing.T) {
	tests := []struct {
		name string
		told []Status
		want WithdrawalState
	}{
		{"nothing heard", nil, WithdrawalAsked},
		{"older news: accepted, in progress, a supplement", []Status{1, 2, 4, 5}, WithdrawalAsked},
		{"the agency knows", []Status{2, 7}, WithdrawalHeard},
		{"and stops", []Status{7, 8}, WithdrawalAgreed},
		{"and says so again", []Status{7, 8, 8, 7}, WithdrawalAgreed},
		{"and goes on", []Status{7, 4}, WithdrawalOverruled},
		{"had finished", []Status{9}, WithdrawalOverruled},
		{"had refused it", []Status{3}, WithdrawalOverruled},
		{"went on and then stopped for another reason", []Status{7, 4, 8}, WithdrawalOverruled},
		{"no status at all", []Status{0, 11}, WithdrawalAsked},
	}
	for _, tt := range tests {
		w := WithdrawalAsked
		for _, s := range tt.told {
			w = w.After(s)
		}
		if w != tt.want {
			t.Errorf("%s: %d, not %d", tt.name, w, tt.want)
		}
	}
}

func TestCanWithdraw(t *testing.T) {
	at := time.Date(2026, 7, 14, 9, 24, 0, 0, time.UTC)
	asked := Withdrawn{At: at}
	tests := []struct {
		name    string
		track   Track
		code    Code
		correct bool
	}{
		{"not sent", Track{}, "", true},
		{"sent", Track{Sent: at}, "", true},
		{"registered", Track{News: []News{{Status: 1}}}, "", true},
		{"accepted", Track{News: []News{{Status: 2}}}, "", false},
		{"in progress", Track{News: []News{{Status: 4}}}, "", false},
		{"a supplement is asked for", Track{News: []News{{Status: 5}}}, "", false},
		{"a payment is due", Track{News: []News{{Status: 6}}}, "", false},
		{"asked for elsewhere", Track{News: []News{{Status: 7}}}, CodeWithdrawn, false},
		{"asked here", Track{Withdrawn: asked}, CodeWithdrawn, false},
		{"asked here and overruled", Track{Withdrawn: Withdrawn{At: at, State: WithdrawalOverruled}, News: []News{{Status: 4}}}, "", false},
		{"refused", Track{News: []News{{Status: 3}}}, CodeTooLate, false},
		{"stopped", Track{News: []News{{Status: 8}}, Withdrawn: asked}, CodeTooLate, false},
		{"processed", Track{News: []News{{Status: 9}}}, CodeTooLate, false},
		{"returned", Track{News: []News{{Status: 10}}}, CodeTooLate, false},
		{"handed over here", Track{Handed: at, News: []News{{Status: 4}}}, CodeTooLate, false},
	}
	for _, tt := range tests {
		if got := CodeOf(tt.track.CanWithdraw()); got != tt.code || tt.track.CanCorrect() != tt.correct {
			t.Errorf("%s: %q, correct %v", tt.name, got, tt.track.CanCorrect())
		}
	}
}
