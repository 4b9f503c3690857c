package visit

import (
	"reflect"
	"testing"

	"tramhoso/sync/dossier"
)

func TestTrack(t *testing.T) {
	h := newHouse(t)
	h.lookup["DL27-000318-K"] = card("DL27-000318-K", dossier.StatusInProgress)
	h.lookup["DL27-000319-M"] = card("DL27-000319-M", dossier.StatusProcessed)
	handed := card("DL27-000320-A", dossier.StatusProcessed)
	handed.Handed = noon
	h.lookup["DL27-000320-A"] = handed
	h.Start(GoalTrack)
	for frame, word := range map[string]string{
		"SLIP|DL27-000001-A":              "error.not-found",
		"SLIP|DL27-000318-K|slip-unknown": "error.slip-unknown",
		"SLIP|DL27-000318-K|slip-altered": "error.slip-altered",
		"rubbish":                         "error.not-a-slip",
		"QR|040090000999|Khác":            "error.not-found",
	} {
		if got := h.HandleFrame(frame); got != ScanRefused {
			t.Errorf("%q was %s", frame, got)
		}
		h.problem(t, word)
		h.at(t, TrackScan)
	}
	h.HandleFrame("SLIP|DL27-000318-K")
	h.at(t, Timeline)
	if s := h.State(); s.Card.Slip != "DL27-000318-K" || len(s.Card.News) != 1 {
		t.Errorf("%+v", s.Card)
	}
	h.HandleFrame(qr)
	h.at(t, Present)
	if s := h.State(); s.Present != 3 || !reflect.DeepEqual(s.Card, dossier.CitizenCard{}) {
		t.Errorf("a card shows more than that something is here: %+v", s.Card)
	}
	h.Back()
	h.at(t, TrackScan)
	h.TypeInstead()
	h.at(t, TypeSlip)
	if err := h.TypeNumber("dl27-000318-k"); err != nil {
		t.Fatal(err)
	}
	h.at(t, Present)
	if s := h.State(); s.Present != 1 || s.Card.Slip != "" {
		t.Errorf("a typed number shows details: %+v", s.Card)
	}
	h.Back()
	for _, bad := range []string{"", "DL27-999999-K", "040090000999", "x"} {
		if h.TypeNumber(bad) == nil {
			t.Errorf("%q was found", bad)
		}
		h.problem(t, "error.not-found")
	}
	// The agency's code, however it is typed, finds no more than the others do.
	coded := h.lookup["DL27-000318-K"]
	coded.News[0].Code = "H15.30-260714-0001"
	for _, typed := range []string{"H15.30-260714-0001", "h15 30 260714 0001", " h15302607140001"} {
		if err := h.TypeNumber(typed); err != nil {
			t.Fatalf("%q: %v", typed, err)
		}
		h.at(t, Present)
		if s := h.State(); s.Present != 1 || !reflect.DeepEqual(s.Card, dossier.CitizenCard{}) {
			t.Errorf("a code shows more than that something is here: %+v", s)
		}
		h.Back()
	}
	if h.TypeNumber("H15.30-260714-0002") == nil {
		t.Error("another code was found")
	}
	h.problem(t, "error.not-found")
	if h.TypeNumber("H15.30-260714-9999") == nil {
		t.Error("too many tries found something")
	}
	h.problem(t, "error.tries")
	h.Wipe()

	h.Start(GoalCollect)
	h.HandleFrame("SLIP|DL27-000319-M")
	h.at(t, ResultReady)
	h.Back()
	h.at(t, CollectScan)
	h.HandleFrame("SLIP|DL27-000320-A")
	h.at(t, Timeline)
	h.Finish()
	h.at(t, Home)
	h.HandleFrame("SLIP|DL27-000319-M")
	h.at(t, Timeline)
}
