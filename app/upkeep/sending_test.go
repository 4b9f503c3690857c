package upkeep

import (
	"testing"
	"time"

	"tramhoso/assets"
	"tramhoso/sync/outbox"
)

func TestSendingIsWorded(t *testing.T) {
	nine := time.Date(2026, 7, 14, 9, 24, 0, 0, assets.Here)
	two := nine.Add(4*time.Hour + 36*time.Minute)
	paused, metered := string(outbox.WhyPaused), string(outbox.WhyMetered)
	tests := []struct {
		s        Sending
		lang     string
		what, by string
	}{
		{Sending{}, "en", "", ""},
		{Sending{Waiting: 3, Age: 2*time.Hour + time.Minute, In: 31 * time.Second, Why: string(outbox.WhyBusy)}, "en",
			"3 packets waiting to be sent, the oldest for 2 h", "Next attempt in 40 s, because: the portal asks for a pause."},
		{Sending{Waiting: 3, Age: 2 * time.Hour, In: 40 * time.Second, Why: string(outbox.WhyBusy)}, "vi",
			"3 gói tin chờ gửi, lâu nhất đã 2 giờ", "Sẽ gửi lại sau 40 giây, vì: cổng của tỉnh xin tạm nghỉ."},
		{Sending{Waiting: 1, Age: 40 * time.Second}, "en", "1 packet waiting to be sent for 40 s", "It is being sent."},
		{Sending{Waiting: 1, Age: 40 * time.Second}, "vi", "1 gói tin chờ gửi, đã 40 giây", "Đang gửi."},
		{Sending{Waiting: 1, Age: 50 * time.Hour, Why: string(outbox.WhyNotEnrolled)}, "en",
			"1 packet waiting to be sent for 2 days", "It waits, because: the station is not enrolled."},
		{Sending{Files: 2, FileIn: 5 * time.Hour, FileWhy: string(outbox.WhyWindow)}, "en",
			"2 attachments waiting to be sent", "Next attempt in 5 h, because: their hours have not come."},
		{Sending{Files: 2, FileIn: 5 * time.Hour, FileWhy: string(outbox.WhyWindow)}, "vi",
			"2 tệp đính kèm chờ gửi", "Sẽ gửi lại sau 5 giờ, vì: chưa đến giờ gửi tệp."},
		{Sending{Files: 1, FileWhy: metered}, "en", "1 attachment waiting to be sent", "It waits, because: this network is paid for by the byte."},
		{Sending{Files: 1}, "en", "1 attachment waiting to be sent", "It is being sent."},
		{Sending{Waiting: 3, Files: 2, Age: 2 * time.Hour, In: 35 * time.Second, Why: string(outbox.WhyBusy)}, "en",
			"3 packets and 2 attachments waiting to be sent, the oldest for 2 h", "Next attempt in 40 s, because: the portal asks for a pause."},
		{Sending{Waiting: 1, Files: 1, Age: 2 * time.Hour, Why: string(outbox.WhyNoNetwork), FileWhy: string(outbox.WhyNoNetwork)}, "en",
			"1 packet and 1 attachment waiting to be sent, the oldest for 2 h", "They wait, because: no network."},
		{Sending{Waiting: 3, Files: 1, Age: 2 * time.Hour, FileWhy: metered}, "en",
			"3 packets and 1 attachment waiting to be sent, the oldest for 2 h",
			"They are being sent. The attachment also waits, because: this network is paid for by the byte."},
		{Sending{Waiting: 3, Files: 2, Age: 2 * time.Hour, FileWhy: metered}, "vi",
			"3 gói tin và 2 tệp đính kèm chờ gửi, lâu nhất đã 2 giờ", "Đang gửi. Tệp còn chờ, vì: mạng này tính tiền theo dung lượng."},
		// A pause that staff ordered says its own end, also where nothing waits.
		{Sending{Until: two, Now: nine}, "en", "Sending is paused until 14:00", "Nothing waits to be sent."},
		{Sending{Until: two, Now: nine}, "vi", "Tạm ngừng gửi đến 14:00", "Không có gì đang chờ gửi."},
		{Sending{Waiting: 3, Age: 2 * time.Hour, In: 4 * time.Hour, Why: paused, Until: two, Now: nine}, "en",
			"3 packets waiting to be sent, the oldest for 2 h", "They wait, because: sending was paused here until 14:00."},
		{Sending{Waiting: 3, Files: 2, Age: 2 * time.Hour, In: time.Hour, Why: paused, FileWhy: paused, FileIn: time.Hour, Until: Morning(nine), Now: nine}, "vi",
			"3 gói tin và 2 tệp đính kèm chờ gửi, lâu nhất đã 2 giờ", "Đang chờ, vì: trạm được cho tạm ngừng gửi đến 07:00 ngày mai."},
		{Sending{Files: 2, FileIn: 4 * time.Hour, FileWhy: paused, Until: two, Now: nine}, "en",
			"2 attachments waiting to be sent", "They wait, because: sending was paused here until 14:00."},
	}
	for _, tt := range tests {
		w, err := assets.Load(tt.lang)
		if err != nil {
			t.Fatal(err)
		}
		if what, by := tt.s.Say(w); what != tt.what || by != tt.by {
			t.Errorf("%s: %q, %q; not %q, %q", tt.lang, what, by, tt.what, tt.by)
		}
	}
}

// Every reason of the queue has its own words in every language.
func TestEveryReasonHasItsWords(t *testing.T) {
	for _, lang := range assets.Languages {
		w, err := assets.Load(lang)
		if err != nil {
			t.Fatal(err)
		}
		said := map[string]outbox.Why{}
		for _, why := range outbox.Whys {
			_, by := Sending{Waiting: 1, Why: string(why)}.Say(w)
			if !w.Has("sending.why-"+string(why)) || said[by] != "" {
				t.Errorf("%s: %s is worded as %q, as is %s", lang, why, by, said[by])
			}
			said[by] = why
		}
	}
}

// An end is worded by its own day, also the longest one.
func TestMomentsNameTheirDay(t *testing.T) {
	if PauseMost != outbox.PauseMost {
		t.Errorf("the screen says %s, the queue keeps %s", PauseMost, outbox.PauseMost)
	}
	late := time.Date(2026, 7, 14, 23, 30, 0, 0, assets.Here)
	for _, tt := range []struct {
		in     time.Duration
		vi, en string
	}{
		{20 * time.Minute, "23:50", "23:50"},
		{time.Hour, "00:30 ngày mai", "00:30 tomorrow"},
		{24 * time.Hour, "23:30 ngày mai", "23:30 tomorrow"},
		{PauseMost, "00:30 ngày 16/07/2026", "00:30 on 16/07/2026"},
	} {
		for lang, want := range map[string]string{"vi": tt.vi, "en": tt.en} {
			w, err := assets.Load(lang)
			if err != nil {
				t.Fatal(err)
			}
			if got := Moment(w, late.Add(tt.in), late); got != want {
				t.Errorf("%s after %s: %q, not %q", lang, tt.in, got, want)
			}
		}
	}
}

// The morning that ends a pause is never more than a day and an hour away, and never
// about to begin.
func TestMorning(t *testing.T) {
	for minute := range 24 * 60 {
		now := time.Date(2026, 7, 14, 0, minute, 0, 0, assets.Here)
		at := Morning(now)
		if d := at.Sub(now); at.In(assets.Here).Hour() != 7 || d <= time.Hour || d > outbox.PauseMost {
			t.Fatalf("at %s the morning is %s, in %s", now, at, d)
		}
		for _, c := range PauseChoices(now) {
			if c.For <= 0 || c.For > outbox.PauseMost || !c.Until.Equal(now.Add(c.For)) {
				t.Fatalf("at %s: %+v", now, c)
			}
		}
	}
}
