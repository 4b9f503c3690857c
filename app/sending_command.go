package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"tramhoso/app/upkeep"
	"tramhoso/assets"
	"tramhoso/sync/dossier"
)

// sendingCommand pauses what is sent from this station.
type sendingCommand struct {
	Config string `help:"Configuration file; without one ${station} if it is there, else the defaults." type:"path" placeholder:"FILE"`

	Show   sendingShow   `cmd:"" default:"1" help:"Say what waits, and whether sending is paused."`
	Pause  sendingPause  `cmd:"" help:"Send nothing for a while: on a borrowed or metered network, or during a repair."`
	Resume sendingResume `cmd:"" help:"End the pause: what waits goes when the station runs."`
}

// pauseMost is the longest pause in words.
var pauseMost = fmt.Sprintf("%d hours", int(upkeep.PauseMost.Hours()))

// Help is the long help.
func (sendingCommand) Help() string {
	return `The station must not run: while it does, a technician pauses sending on its screen.

A pause always ends by itself, ` + pauseMost + ` after it began at the latest, and outlives a restart. Dossiers are still accepted. What is carried by stick goes on.`
}

type sendingShow struct{}

type sendingPause struct {
	For     time.Duration `help:"How long, such as 1h or 90m; at most 25h." xor:"end" placeholder:"TIME"`
	Morning bool          `help:"Until the next morning, 7:00." xor:"end"`
}

type sendingResume struct{}

// open opens the station that does not run.
func (c *sendingCommand) open(ctx context.Context) (*station, error) {
	return openStopped(ctx, c.Config, "pause sending on the technician's screen")
}

func (sendingShow) Run(ctx context.Context, c *sendingCommand, out io.Writer) error {
	s, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	return s.tellSending(ctx, out)
}

func (p sendingPause) Run(ctx context.Context, c *sendingCommand, out io.Writer) error {
	if p.For == 0 && !p.Morning {
		return errors.New("a pause needs an end: --for 1h or --morning")
	}
	s, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	if p.Morning {
		p.For = upkeep.Morning(s.clock.Now()).Sub(s.clock.Now())
	}
	if err := s.pauseSending(ctx, p.For, byTerminal); dossier.CodeOf(err) == dossier.CodeInvalid {
		return fmt.Errorf("--for must be more than nothing and at most %s", pauseMost)
	} else if err != nil {
		return err
	}
	return s.tellSending(ctx, out)
}

func (sendingResume) Run(ctx context.Context, c *sendingCommand, out io.Writer) error {
	s, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	if err := s.pauseSending(ctx, 0, byTerminal); err != nil {
		return err
	}
	return s.tellSending(ctx, out)
}

// byTerminal stands in the audit log for whoever has the machine's terminal.
const byTerminal = "terminal"

func (s *station) tellSending(ctx context.Context, out io.Writer) error {
	w, err := s.store.Waiting(ctx)
	if err != nil {
		return err
	}
	files, err := s.store.WaitingFiles(ctx)
	if err != nil {
		return err
	}
	if left := s.pause.Left(); left > 0 {
		fmt.Fprintf(out, "sending is paused until %s\n", s.clock.Now().Add(left).Round(time.Second).In(assets.Here).Format("15:04 on 02/01/2006"))
	} else {
		fmt.Fprintln(out, "sending is not paused")
	}
	fmt.Fprintf(out, "packets waiting %d, attachments waiting %d\n", w.Packets, files.Files)
	return nil
}
