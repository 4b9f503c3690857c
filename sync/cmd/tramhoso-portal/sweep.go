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

func (k keepFlags) keep() portal.Keep {
	return portal.Keep{Content: time.Duration(max(k.KeepDays, 1)) * 24 * time.Hour}
}

type sweepCmd struct {
	common
	keepFlags
}

// Run sweeps beside a portal that may be running.
func (c *sweepCmd) Run(ctx context.Context) (err error) {
	p, err := c.besideKeeping(ctx, slog.New(slog.NewJSONHandler(os.Stderr, nil)), c.keep())
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

// Run lists clone alarms beside a portal that may be running.
func (c *alarmsCmd) Run(ctx context.Context) (err error) {
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
