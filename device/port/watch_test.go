package port

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestWatchTellsComingAndGoing(t *testing.T) {
	f := newTree(t)
	f.plug(epson)
	ctx, cancel := context.WithCancel(t.Context())
	told := make(chan string, 10)
	ended := start(func() (int, error) {
		return 0, f.Watch(ctx, func(c Change) {
			told <- c.What.String() + " " + filepath.Base(c.Found.Node) + " " + strings.TrimPrefix(c.Found.Path, f.Dev+"/")
		})
	})
	hear := func(want ...string) {
		t.Helper()
		for _, want := range want {
			select {
			case got := <-told:
				if got != want {
					t.Errorf("told %q, want %q", got, want)
				}
			case <-time.After(soon):
				t.Fatalf("never told %q", want)
			}
		}
	}
	id := "serial/by-id/"
	hear("came ttyUSB0 " + id + epson.byID)
	f.plug(ch340)
	hear("came ttyUSB1 " + id + ch340.byID)
	f.plug(another)
	// Sorted by name: the sockets' order.
	hear("renamed ttyUSB1 "+ch340.byPath(), "came ttyUSB2 "+another.byPath())
	f.unplug(ch340)
	hear("went ttyUSB1 " + ch340.byPath())
	hear("renamed ttyUSB2 " + id + another.byID)
	f.unplug(epson)
	hear("went ttyUSB0 " + id + epson.byID)
	f.unplug(another)
	hear("went ttyUSB2 " + id + another.byID)
	again := scanner
	f.plug(again) // after by-id and by-path had vanished
	hear("came ttyACM0 " + id + scanner.byID)
	f.unplug(scanner)
	hear("went ttyACM0 " + id + scanner.byID)
	renumbered := epson
	renumbered.node = "ttyUSB7"
	f.plug(renumbered)
	hear("came ttyUSB7 " + id + epson.byID)
	cancel()
	if r := take(t, ended); !errors.Is(r.err, context.Canceled) {
		t.Errorf("Watch: %v", r.err)
	}
	if len(told) != 0 {
		t.Errorf("also told %q", <-told)
	}
}

// Without events the folders are looked at.
func TestWatchPolls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newTree(t)
		ctx, cancel := context.WithCancel(t.Context())
		var told []string
		done := make(chan struct{})
		go func() {
			defer close(done)
			_ = f.watch(ctx, bell{}, func(c Change) { told = append(told, c.What.String()) })
		}()
		synctest.Wait()
		f.plug(epson)
		time.Sleep(lookEvery)
		synctest.Wait()
		f.unplug(epson)
		time.Sleep(lookEvery)
		synctest.Wait()
		cancel()
		<-done
		if got := strings.Join(told, " "); got != "came went" {
			t.Errorf("told %q", got)
		}
	})
}

func TestWatchSettles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newTree(t)
		ctx, cancel := context.WithCancel(t.Context())
		rings := make(chan struct{}, 1)
		b := bell{rings: rings, sure: func() bool { return true }}
		told := 0
		done := make(chan struct{})
		go func() {
			defer close(done)
			_ = f.watch(ctx, b, func(Change) { told++ })
		}()
		synctest.Wait()
		began := time.Now()
		f.plug(epson)
		for told == 0 && time.Since(began) < time.Minute { // a device that never comes to rest
			select {
			case rings <- struct{}{}:
			default:
			}
			time.Sleep(settleFor / 2)
			synctest.Wait()
		}
		if took := time.Since(began); took < settleFor || took > settleMost+settleFor {
			t.Errorf("told after %v", took)
		}
		cancel()
		<-done
	})
}
