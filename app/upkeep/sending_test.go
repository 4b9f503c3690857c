package upkeep

import (
	"testing"
	"time"

	"tramhoso/assets"
	"tramhoso/sync/outbox"
)

func TestSendingIsWorded(t *testing.T) {
	tests := []struct {
		s        Sending
		lang     string
		what, by string
	}{
		{Sending{}, "en", "", ""},
		{Sending{Waiting: 3, Age: 2*time.Hour + time.Minute, In: 31 * time.Second, Why: string(outbox.WhyBusy)}, "en",
			"3 waiting to be sent, the oldest for 2 h", "Next attempt in 40 s, because: the portal asks for a pause."},
		{Sending{Waiting: 3, Age: 2 * time.Hour, In: 40 * time.Second, Why: string(outbox.WhyBusy)}, "vi",
			"3 mục chờ gửi, lâu nhất đã 2 giờ", "Sẽ gửi lại sau 40 giây, vì: cổng của tỉnh xin tạm nghỉ."},
		{Sending{Waiting: 1, Age: 40 * time.Second}, "en", "1 waiting to be sent, the oldest for 40 s", "They are being sent."},
		{Sending{Waiting: 1, Age: 50 * time.Hour, Why: string(outbox.WhyNotEnrolled)}, "en",
			"1 waiting to be sent, the oldest for 2 days", "They wait, because: the station is not enrolled."},
		{Sending{Files: 2, FileIn: 5 * time.Hour, FileWhy: string(outbox.WhyWindow)}, "en",
			"2 attachments waiting to be sent", "Next attempt in 5 h, because: their hours have not come."},
		{Sending{Waiting: 3, Files: 2, Age: 2 * time.Hour, In: 35 * time.Second, Why: string(outbox.WhyBusy)}, "en",
			"3 and 2 attachments waiting to be sent, the oldest for 2 h", "Next attempt in 40 s, because: the portal asks for a pause."},
		{Sending{Waiting: 3, Files: 2, Age: 2 * time.Hour, Why: string(outbox.WhyNoNetwork), FileWhy: string(outbox.WhyNoNetwork)}, "en",
			"3 and 2 attachments waiting to be sent, the oldest for 2 h", "They wait, because: no network."},
		{Sending{Waiting: 3, Files: 2, Age: 2 * time.Hour, FileWhy: string(outbox.WhyMetered)}, "vi",
			"3 mục và 2 tệp đính kèm chờ gửi, lâu nhất đã 2 giờ", "Đang gửi. Tệp còn chờ, vì: mạng này tính tiền theo dung lượng."},
	}
	for _, tt := range tests {
		w, err := assets.Load(tt.lang)
		if err != nil {
			t.Fatal(err)
		}
		if what, by := tt.s.Say(w); what != tt.what || by != tt.by {
			t.Errorf("%q, %q", what, by)
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
