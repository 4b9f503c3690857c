package visit

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestIdle(t *testing.T) {
	c := &fakeClock{noon}
	i := NewIdle(c.Now)
	at := func(d time.Duration, phase Phase, left int) {
		t.Helper()
		c.at = c.at.Add(d)
		if p, n := i.Check(); p != phase || n != left {
			t.Errorf("%s %d, want %s %d", p, n, phase, left)
		}
	}
	at(CitizenIdle-time.Nanosecond, Active, 0)
	at(time.Nanosecond, Warning, 20)
	at(19*time.Second, Warning, 1)
	at(time.Second-time.Nanosecond, Warning, 1)
	at(time.Nanosecond, Expired, 0)
	i.Touch()
	at(0, Active, 0)
	i.Staff(true)
	at(CitizenIdle+Countdown, Active, 0)
	at(StaffIdle-CitizenIdle-Countdown, Warning, 20)
	i.Staff(false)
	i.Hold(true)
	at(time.Hour, Active, 0)
	i.Hold(false)
	at(CitizenIdle-time.Second, Active, 0)
	at(-24*time.Hour, Active, 0) // set back
	at(CitizenIdle, Warning, 20)
}

func TestIdleRunTellsEverySecondOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := NewIdle(time.Now)
		ctx, stop := context.WithCancel(t.Context())
		var mu sync.Mutex
		var told []string
		heard := func() []string {
			mu.Lock()
			defer mu.Unlock()
			return slices.Clone(told)
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			i.Run(ctx, func(p Phase, n int) {
				mu.Lock()
				defer mu.Unlock()
				told = append(told, fmt.Sprint(p, n))
			})
		}()
		time.Sleep(CitizenIdle + 3*time.Second/2)
		synctest.Wait()
		if d := cmp.Diff([]string{"warning20", "warning19"}, heard()); d != "" {
			t.Error(d)
		}
		i.Touch()
		time.Sleep(time.Second)
		synctest.Wait()
		if d := cmp.Diff([]string{"warning20", "warning19", "active0"}, heard()); d != "" {
			t.Error(d)
		}
		time.Sleep(CitizenIdle + Countdown + time.Minute)
		synctest.Wait()
		if all := heard(); len(all) != 3+20+1 || all[len(all)-1] != "expired0" {
			t.Errorf("told %v", all)
		}
		stop()
		<-done
	})
}
