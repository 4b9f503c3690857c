package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"tramhoso/sync/portal"
)

// keepFlags say how long what is kept.
type keepFlags struct {
	KeepDays int `help:"Days that the content of a dossier stays after its end, five years by default; its number and receipt stay for good." default:"1830"`
}

// keep refuses a mistyped number: what it would destroy is gone.
func (k keepFlags) keep() (portal.Keep, error) {
	if k.KeepDays < 1 {
		return portal.Keep{}, fmt.Errorf("--keep-days must be at least 1, not %d", k.KeepDays)
	}
	return portal.Keep{Content: time.Duration(k.KeepDays) * 24 * time.Hour}, nil
}

type sweepCmd struct {
	common
	keepFlags
}

// Help is the long help.
func (sweepCmd) Help() string {
	return `A portal that serves does so every day by itself.`
}

// Run sweeps beside a portal that may be running.
func (c *sweepCmd) Run(ctx context.Context) (err error) {
	keep, err := c.keep()
	if err != nil {
		return err
	}
	p, err := c.besideWith(ctx, portal.Options{Log: slog.New(slog.NewJSONHandler(os.Stderr, nil)), Keep: keep})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	done, err := p.Sweep(ctx)
	fmt.Printf("destroyed %d bodies and %d attachments; forgot %d uploads, %d tokens, %d events; destroyed %d retired keys\n",
		done.Packets, done.Files, done.Uploads, done.Tokens, done.Events, done.Keys)
	return err
}

type alarmsCmd struct {
	common
	Acknowledge int64  `help:"The number of an alarm that somebody has looked at."`
	Officer     string `help:"With --acknowledge: who has, as a role or a staff id."`
}

// Help is the long help.
func (alarmsCmd) Help() string {
	return `An alarm is one sequence number of a station that came with two different packets: two machines speak for it.`
}

// Run lists clone alarms beside a portal that may be running.
func (c *alarmsCmd) Run(ctx context.Context) (err error) {
	if (c.Acknowledge != 0) != (c.Officer != "") {
		return errors.New("--acknowledge and --officer go together: which alarm, and who has looked at it")
	}
	p, err := c.beside(ctx, slog.New(slog.NewJSONHandler(os.Stderr, nil)))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	if c.Acknowledge != 0 {
		if err := p.Acknowledge(ctx, c.Acknowledge, c.Officer); err != nil {
			return err
		}
	}
	list, open, err := p.Alarms(ctx)
	if err != nil {
		return err
	}
	for _, a := range list {
		state := "OPEN"
		if !a.Acknowledged.IsZero() {
			state = "acknowledged by " + a.AcknowledgedBy
		}
		fmt.Printf("%d %s: station %s, number %d came as %s and as %s, %s\n", a.N, a.At.Format(time.DateOnly), a.Station, a.Seq, a.First, a.Second, state)
	}
	fmt.Printf("%d open\n", open)
	return nil
}
