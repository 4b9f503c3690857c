package assets

import (
	"strings"
	"testing"
	"time"
)

func TestAge(t *testing.T) {
	// A Tuesday.
	now := time.Date(2026, 7, 14, 15, 30, 0, 0, Here)
	on := func(month time.Month, day, hour, min int) time.Time {
		return time.Date(2026, month, day, hour, min, 0, 0, Here)
	}
	for _, tt := range []struct {
		at, now time.Time
		vi, en  string
	}{
		{on(7, 14, 9, 40), now, "9:40 sáng nay", "9:40 this morning"},
		{on(7, 14, 15, 30), now, "15:30 chiều nay", "15:30 this afternoon"},
		{on(7, 14, 0, 0), now, "0:00 rạng sáng nay", "0:00 last night"},
		{on(7, 14, 4, 59), now, "4:59 rạng sáng nay", "4:59 last night"},
		{on(7, 14, 5, 0), now, "5:00 sáng nay", "5:00 this morning"},
		{on(7, 14, 11, 5), now, "11:05 trưa nay", "11:05 around noon"},
		{on(7, 14, 13, 0), now, "13:00 chiều nay", "13:00 this afternoon"},
		{on(7, 14, 18, 0), on(7, 14, 23, 59), "18:00 tối nay", "18:00 this evening"},
		// Midnight makes it yesterday, however short ago it was.
		{on(7, 13, 23, 59), on(7, 14, 0, 0), "23:59 hôm qua", "yesterday 23:59"},
		{on(7, 13, 16, 5), now, "16:05 hôm qua", "yesterday 16:05"},
		{on(7, 13, 0, 0), on(7, 14, 23, 59), "0:00 hôm qua", "yesterday 0:00"},
		// Told in another zone: 18:00 of the 13th in Greenwich is the 14th here.
		{time.Date(2026, 7, 13, 18, 0, 0, 0, time.UTC), now, "1:00 rạng sáng nay", "1:00 last night"},
		{time.Date(2026, 7, 13, 16, 59, 0, 0, time.UTC), now, "23:59 hôm qua", "yesterday 23:59"},
		{on(7, 12, 23, 59), now, "Chủ Nhật 12/07", "Sunday 12/07"},
		{on(7, 8, 0, 0), now, "Thứ Tư 08/07", "Wednesday 08/07"},
		{on(7, 7, 23, 59), now, "1 tuần trước, 07/07/2026", "1 week ago, 07/07/2026"},
		{on(7, 1, 0, 0), now, "1 tuần trước, 01/07/2026", "1 week ago, 01/07/2026"},
		{on(6, 30, 12, 0), now, "2 tuần trước, 30/06/2026", "2 weeks ago, 30/06/2026"},
		{on(6, 23, 12, 0), now, "3 tuần trước, 23/06/2026", "3 weeks ago, 23/06/2026"},
		{on(5, 13, 12, 0), now, "8 tuần trước, 13/05/2026", "8 weeks ago, 13/05/2026"},
		{on(5, 12, 12, 0), now, "2 tháng trước, 12/05/2026", "2 months ago, 12/05/2026"},
		{on(1, 15, 12, 0), now, "5 tháng trước, 15/01/2026", "5 months ago, 15/01/2026"},
		{on(1, 14, 12, 0), now, "6 tháng trước, 14/01/2026", "6 months ago, 14/01/2026"},
		{now.AddDate(-2, 0, 0), now, "2 năm trước, 14/07/2024", "2 years ago, 14/07/2024"},
		{now.AddDate(-1, -11, 0), now, "23 tháng trước, 14/08/2024", "23 months ago, 14/08/2024"},
		// A year's and a leap day's end.
		{time.Date(2025, 12, 31, 23, 59, 0, 0, Here), on(1, 1, 0, 1), "23:59 hôm qua", "yesterday 23:59"},
		{time.Date(2028, 2, 29, 8, 0, 0, 0, Here), time.Date(2028, 3, 1, 8, 0, 0, 0, Here), "8:00 hôm qua", "yesterday 8:00"},
		// A stamp that lies ahead: a clock that was set back. Two minutes are one moment.
		{on(7, 14, 15, 32), now, "15:30 chiều nay", "15:30 this afternoon"},
		{on(7, 14, 15, 33), now, "ngày 14/07/2026", "14/07/2026"},
		{on(7, 15, 9, 0), now, "ngày 15/07/2026", "15/07/2026"},
		{on(7, 14, 9, 40), time.Date(2026, 1, 1, 7, 0, 0, 0, Here), "ngày 14/07/2026", "14/07/2026"},
	} {
		for lang, want := range map[string]string{"vi": tt.vi, "en": tt.en} {
			if got := load(t, lang).Age(tt.at, tt.now, true); got != want {
				t.Errorf("%s at %s: %q, want %q", tt.at, tt.now, got, want)
			}
		}
	}
}

// With a clock that nobody believes, whatever it shows, there is a date and
// nothing else: no time of day, no count, no "today".
func TestAgeOnADoubtfulClock(t *testing.T) {
	at := time.Date(2026, 7, 14, 9, 40, 0, 0, Here)
	for _, lang := range Languages {
		w := load(t, lang)
		for _, off := range []time.Duration{-10000 * time.Hour, -time.Hour, 0, time.Minute, 24 * time.Hour, 10000 * time.Hour} {
			if got := w.Age(at, at.Add(off), false); got != w.T("age.date", "date", "14/07/2026") {
				t.Errorf("%s, %s off: %q", lang, off, got)
			}
		}
	}
}

// Hour by hour over three years: no age is empty, none speaks of the future, and a
// time of day is said of today and yesterday only.
func TestAgeOfEveryHour(t *testing.T) {
	now := time.Date(2026, 7, 14, 15, 30, 0, 0, Here)
	for _, lang := range Languages {
		w := load(t, lang)
		for h := -100; h < 3*365*24; h++ {
			at := now.Add(-time.Duration(h) * time.Hour)
			got := w.Age(at, now, true)
			clock := strings.Contains(got, ":")
			near := h >= 0 && (w.Date(at) == w.Date(now) || w.Date(at) == w.Date(now.AddDate(0, 0, -1)))
			if strings.Contains(got, "⟨") || strings.Contains(got, "{") || strings.Contains(got, "-") || clock != near {
				t.Fatalf("%s, %d hours ago: %q", lang, h, got)
			}
			if h < 0 && got != w.T("age.date", "date", w.Date(at)) {
				t.Fatalf("%s, %d hours ahead: %q", lang, -h, got)
			}
		}
	}
}
