package main

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// A station that is switched off every evening tells the length of its log all the
// same.
func TestTheLogsLengthIsToldEveryDay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		told := 0
		day := func(on time.Duration) {
			ctx, off := context.WithTimeout(t.Context(), on)
			defer off()
			if err := daily(ctx, func(context.Context) { told++ }); err == nil {
				t.Error("it ended by itself")
			}
		}
		for range 3 {
			day(8 * time.Hour)
		}
		if told != 3 {
			t.Errorf("told %d times in three days", told)
		}
		day(3*24*time.Hour + time.Hour)
		if told != 7 {
			t.Errorf("told %d times in six days", told)
		}
		day(time.Minute)
		if told != 7 {
			t.Error("a station that dies at once tells it each time")
		}
	})
}
