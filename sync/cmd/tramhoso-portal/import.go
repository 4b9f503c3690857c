package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"tramhoso/sync/cmd/commandline"
	"tramhoso/sync/portal"
)

type importCmd struct {
	common
	Folder string `arg:"" help:"The folder on the stick." type:"path"`
}

// Help is the long help.
func (importCmd) Help() string {
	return `What a stick brings are couriers' bundles, each answered by one file for its station, and the packets of a station's second medium. The portal may be running.

Where a file was not taken, or not with all its attachments, the command fails: the stick is then still needed.`
}

// Run takes in a stick beside a portal that may be running, and prints one line
// for each file.
func (c *importCmd) Run(ctx context.Context) (err error) {
	if err := commandline.Folder(c.Folder); err != nil {
		return err
	}
	p, err := c.beside(ctx, slog.New(slog.NewJSONHandler(os.Stderr, nil)))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	done, err := p.Import(ctx, c.Folder)
	printImport(done)
	if err != nil {
		return err
	}
	loose, err := p.ImportLoose(ctx, c.Folder)
	printLoose(loose)
	if err != nil {
		return err
	}
	return left(done, loose)
}

// left is what must keep the stick from being emptied: a file on it that is not
// here, or one that nobody looked at.
func left(done portal.Import, loose portal.Loose) error {
	n := len(loose.Refused)
	for _, b := range done.Bundles {
		if b.Err != nil || b.Here < b.Files {
			n++
		}
	}
	if n == 0 && !done.More {
		return nil
	}
	return errors.New("not all that lies there is here now: keep the stick as it is, and import it again once what is named above was seen to")
}

func printLoose(done portal.Loose) {
	for _, r := range done.Refused {
		fmt.Printf("skipped %s: %v\n", r.Name, r.Err)
	}
	if done.Packets > 0 {
		fmt.Printf("packets %d, %d new, %d attachments\n", done.Packets, done.New, done.Files)
	}
	printGaps(done.Stations)
}

func printGaps(list []portal.StationGaps) {
	for _, g := range list {
		if len(g.Gaps) == 0 {
			fmt.Printf("station %s: all %d came\n", g.Station, g.Last)
			continue
		}
		fmt.Printf("station %s: the last that came is %d; missing", g.Station, g.Last)
		for _, r := range g.Gaps {
			if r.From == r.To {
				fmt.Printf(" %d", r.From)
			} else {
				fmt.Printf(" %d-%d", r.From, r.To)
			}
		}
		fmt.Println()
	}
}

type gapsCmd struct{ common }

// Help is the long help.
func (gapsCmd) Help() string {
	return `A station numbers what it says. A number that never came, below one that did, is a gap: the packet still waits there, or was lost with the station.`
}

// Run names the gaps beside a portal that may be running.
func (c *gapsCmd) Run(ctx context.Context) (err error) {
	p, err := c.beside(ctx, slog.New(slog.NewJSONHandler(os.Stderr, nil)))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	list, err := p.Gaps(ctx)
	printGaps(list)
	return err
}

func printImport(done portal.Import) {
	for _, b := range done.Bundles {
		if b.Err != nil {
			fmt.Printf("skipped %s: %v\n", b.Name, b.Err)
			continue
		}
		fmt.Printf("taken %s: station %s, %d packets, %d new, %d refused\n", b.Name, b.Station, b.Packets, b.New, b.Refused)
		if b.Files > 0 {
			fmt.Printf("taken %s: %d of its %d attachments are here\n", b.Name, b.Here, b.Files)
		}
	}
	for _, name := range done.Answers {
		fmt.Printf("answer %s\n", name)
	}
	if done.More {
		fmt.Println("more files lie there than one import looks at: import again after removing some")
	}
}
