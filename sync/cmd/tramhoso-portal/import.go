package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"tramhoso/sync/portal"
)

type importCmd struct {
	common
	Folder string `arg:"" help:"The folder on the stick." type:"path"`
}

// Run takes in a stick beside a portal that may be running, and prints one line
// for each file.
func (c *importCmd) Run(ctx context.Context) (err error) {
	p, err := c.beside(ctx, slog.New(slog.NewJSONHandler(os.Stderr, nil)))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	done, err := p.Import(ctx, c.Folder)
	printImport(done)
	return err
}

func printImport(done portal.Import) {
	for _, b := range done.Bundles {
		if b.Err != nil {
			fmt.Printf("skipped %s: %v\n", b.Name, b.Err)
			continue
		}
		fmt.Printf("taken %s: station %s, %d packets, %d new, %d refused\n", b.Name, b.Station, b.Packets, b.New, b.Refused)
	}
	for _, name := range done.Answers {
		fmt.Printf("answer %s\n", name)
	}
	if done.More {
		fmt.Println("more files lie there than one import looks at: import again after removing some")
	}
}
