package scanner

import (
	"testing"
	"time"
)

// A device gone mad costs the screen no more than a busy person, is named once,
// and is heard again when it has calmed down.
func TestFlood(t *testing.T) {
	p, at := &pace{}, epoch
	passed, floods := 0, 0
	push := func() {
		f := Frame{Data: "abc"}
		if p.take(&f, at) {
			if passed++; f.Fault == FaultFlood {
				floods++
			}
			if f.Fault == FaultFlood && f.Data != "" {
				t.Error("data beside a fault")
			}
		}
	}
	for range 10_000 { // ten seconds of it
		push()
		at = at.Add(time.Millisecond)
	}
	if most := paceBurst + 1 + int(10*time.Second/paceEvery); passed > most || floods != 1 {
		t.Errorf("%d passed, %d of them told of the flood; at most %d and once", passed, floods, most)
	}
	at = at.Add(paceBurst * paceEvery)
	passed, floods = 0, 0
	for range paceBurst {
		push()
	}
	if passed != paceBurst || floods != 0 {
		t.Errorf("afterwards %d of %d passed, %d floods", passed, paceBurst, floods)
	}
	push()
	if floods != 1 {
		t.Error("another flood is not told of")
	}
}

// People who work fast lose nothing.
func TestNoFlood(t *testing.T) {
	p, at := &pace{}, epoch
	for i := range 1000 {
		f := Frame{Data: "abc"}
		if !p.take(&f, at) || f.Fault != FaultNone {
			t.Fatalf("code %d was dropped", i)
		}
		at = at.Add(paceEvery)
	}
}
