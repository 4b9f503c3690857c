package flow

import (
	"testing"
	"time"

	"tramhoso/app/ui/kit"
	"tramhoso/app/visit"
)

// What a question asks for brings its own keys; how a person chose to type
// holds until the visit ends.
func TestKeysOfAVisit(t *testing.T) {
	h := newHouse(t)
	key := func(name string) bool { return kit.Find(h.content, name) != nil }
	h.begun()
	h.answered()
	h.tap("papers.clerk")
	h.tap("app.continue")
	h.at(visit.Delivery)
	h.tap("delivery.sms")
	h.tap("delivery.email")
	h.tap("app.continue")
	h.at(visit.TypePhone)
	if !key("Xoá hết") || !key("+") || key("q") {
		t.Errorf("a telephone number is not asked for with large digits:\n%s", h.said())
	}
	h.write("0905123456")
	h.tap("app.continue")
	h.at(visit.TypeEmail)
	if !key("@gmail.com") || !key("Cách gõ: Thư điện tử") {
		t.Errorf("an e-mail address is asked for without @:\n%s", h.said())
	}
	h.press("Cách gõ: Thư điện tử")
	h.press("VNI")
	h.Render()
	if h.env.Keys != "vni" {
		t.Fatalf("chosen is %q", h.env.Keys)
	}
	h.home()
	if h.env.Keys != "" {
		t.Errorf("the next person finds %q", h.env.Keys)
	}
}

// What a held key does later is meant for the screen under the finger.
func TestAHeldKeyEndsWithItsScreen(t *testing.T) {
	h := newHouse(t)
	done := 0
	run := func() {
		do := h.later
		h.later = nil
		for _, f := range do {
			f()
		}
	}
	h.env.After(time.Second, func() { done++ })
	run()
	h.env.After(time.Second, func() { done++ })
	h.Render()
	run()
	if done != 1 {
		t.Errorf("done %d times, want once", done)
	}
}
