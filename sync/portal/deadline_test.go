package portal

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"tramhoso/sync/dossier"
)

func TestDeadline(t *testing.T) {
	c := DefaultCalendar()
	working := func(n int) dossier.Deadline { return dossier.Deadline{Days: n, Unit: "working"} }
	sameDay := dossier.Deadline{Unit: "same-day", CutOff: "15:00"}
	for _, tc := range []struct {
		name, received string
		d              dossier.Deadline
		start, due     string
		skipped        int
	}{
		{"three days inside a week", "2026-07-13 09:24", working(3), "2026-07-13 09:24", "2026-07-16 17:00", 0},
		{"over a weekend", "2026-07-16 14:59", working(3), "2026-07-16 14:59", "2026-07-21 17:00", 2},
		{"after the cut-off", "2026-07-16 15:00", working(3), "2026-07-17 07:30", "2026-07-22 17:00", 2},
		{"on a Saturday", "2026-07-18 09:00", working(1), "2026-07-20 07:30", "2026-07-21 17:00", 2},
		{"Friday evening", "2026-07-17 16:00", sameDay, "2026-07-20 07:30", "2026-07-20 17:00", 2},
		{"same day in time", "2026-07-17 14:00", sameDay, "2026-07-17 14:00", "2026-07-17 17:00", 0},
		{"own cut-off", "2026-07-17 14:00", dossier.Deadline{Unit: "same-day", CutOff: "11:30"}, "2026-07-20 07:30", "2026-07-20 17:00", 2},
		{"over Tết", "2026-02-13 10:00", working(1), "2026-02-13 10:00", "2026-02-23 17:00", 9},
		{"swap Saturday counts", "2026-08-21 10:00", working(1), "2026-08-21 10:00", "2026-08-22 17:00", 0},
		{"National Day bridge", "2026-08-28 10:00", working(1), "2026-08-28 10:00", "2026-09-03 17:00", 5},
		{"calendar days end on a day off", "2026-04-17 10:00", dossier.Deadline{Days: 10, Unit: "calendar"}, "2026-04-17 10:00", "2026-04-28 17:00", 1},
		{"from another zone", "2026-07-13 02:24Z", working(1), "2026-07-13 09:24", "2026-07-14 17:00", 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			at, err := time.ParseInLocation("2006-01-02 15:04", tc.received, c.Zone())
			if err != nil {
				if at, err = time.Parse("2006-01-02 15:04Z", tc.received); err != nil {
					t.Fatal(err)
				}
			}
			got, err := c.Deadline(at, tc.d)
			if err != nil {
				t.Fatal(err)
			}
			if s := got.Start.Format("2006-01-02 15:04"); s != tc.start {
				t.Errorf("start %s, want %s", s, tc.start)
			}
			if s := got.Due.Format("2006-01-02 15:04"); s != tc.due {
				t.Errorf("due %s, want %s", s, tc.due)
			}
			if len(got.Skipped) != tc.skipped {
				t.Errorf("skipped %v, want %d", got.Skipped, tc.skipped)
			}
		})
	}
}

func TestDeadlineRefusesWhatIsNotKnown(t *testing.T) {
	c := DefaultCalendar()
	for _, d := range []dossier.Deadline{{Unit: "unknown"}, {}, {Unit: "working", Days: 9999}, {Unit: "working", Days: 1, CutOff: "late"}} {
		if _, err := c.Deadline(time.Now(), d); dossier.CodeOf(err) != dossier.CodeInvalid {
			t.Errorf("%+v: %v", d, err)
		}
	}
}

func TestDeadlineSaysWhenTheYearIsNotPublished(t *testing.T) {
	c := DefaultCalendar()
	got, err := c.Deadline(time.Date(2026, 12, 30, 9, 0, 0, 0, c.Zone()), dossier.Deadline{Days: 5, Unit: "working"})
	if err != nil || !got.Unchecked {
		t.Fatalf("%+v, %v", got, err)
	}
}

// A due date is a working day, after the receipt, and a longer time is never due earlier.
func TestDeadlineProperties(t *testing.T) {
	c := DefaultCalendar()
	rapid.Check(t, func(t *rapid.T) {
		at := time.Unix(rapid.Int64Range(1767200400, 1798736400).Draw(t, "at"), 0)
		d := dossier.Deadline{Unit: rapid.SampledFrom([]string{"working", "calendar", "same-day"}).Draw(t, "unit"), Days: rapid.IntRange(1, 60).Draw(t, "days")}
		a, err := c.Deadline(at, d)
		if err != nil {
			t.Fatal(err)
		}
		if ok, why := c.Working(a.Due); !ok {
			t.Fatalf("due on a day off: %s", why)
		}
		if !a.Due.After(at) {
			t.Fatal("due before it came")
		}
		d.Days++
		if b, err := c.Deadline(at, d); err != nil || b.Due.Before(a.Due) {
			t.Fatalf("more time, earlier date: %v", err)
		}
	})
}
