//go:build tour

package main

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io/fs"
	"os"
	"time"

	"fyne.io/fyne/v2"

	"tramhoso/app/tour"
)

// rehearsal is what plays scripted visits, and lets a person play with devices.
type rehearsal struct {
	Tour playCommand `cmd:"" help:"Play scripted visits against a fresh station each."`
	Demo demoCommand `cmd:"" help:"Show the station with simulated devices and a dock to play with."`
	Twin twinCommand `cmd:"" help:"Run a simulated device alone, for any software."`
}

// playCommand looks for the files and a screen before anything is made.
type playCommand struct {
	tour.PlayCommand `embed:""`
}

// Run plays the files.
func (c *playCommand) Run() error {
	for _, f := range c.Files {
		if _, err := os.Stat(f); errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("there is no tour %s", f)
		}
	}
	if err := findScreen(); err != nil {
		return err
	}
	return c.PlayCommand.Run()
}

type demoCommand struct {
	tour.DemoCommand `embed:""`
}

// Run shows the station and the dock.
func (c *demoCommand) Run() error {
	if err := findScreen(); err != nil {
		return err
	}
	return c.DemoCommand.Run()
}

type runExtra struct {
	Tour string `help:"Let a tour drive this program through a socket." type:"path" placeholder:"SOCKET"`
}

// rehearse opens the channel of a tour, if one was asked for.
func (r runExtra) rehearse(_ context.Context, s *station, w *window) {
	if r.Tour == "" {
		return
	}
	s.goes("tour", func(ctx context.Context) error { return tour.Serve(ctx, r.Tour, target{s, w}) })
}

// target is the program as a tour sees it.
type target struct {
	s *station
	w *window
}

func (t target) Roots() []fyne.CanvasObject    { return []fyne.CanvasObject{t.w.win.Content()} }
func (t target) Capture() (image.Image, error) { return screenshot(t.w.win) }
func (t target) AdvanceClock(d time.Duration)  { t.s.clock.Add(d) }

// Do looks at the screen, or presses on it, as one who has read it.
func (t target) Do(f func()) {
	fyne.DoAndWait(func() {
		t.w.flow.Settle()
		f()
	})
}

func (t target) SetDiskFull(full bool) {
	t.s.diskFull.Store(full)
	fyne.Do(t.w.flow.Changed)
}

// Ready reports that a visitor can be served, or that the station has said why
// it cannot serve anybody.
func (t target) Ready() bool {
	if t.s.kept == nil {
		return true
	}
	_, err := t.s.province.Enrolment()
	return err == nil && t.s.catalogue() != nil && t.s.devices.Ready(t.s.cfg)
}
