package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"

	"tramhoso/sync/catalogue"
)

type publishCmd struct {
	common
	Catalogue string `help:"The catalogue (JSON); its stations and version are ignored." type:"path" required:"" placeholder:"FILE"`
}

// Run publishes beside a portal that may be running: its stations hear of it
// with their next question.
func (c *publishCmd) Run(ctx context.Context) (err error) {
	s, err := readCatalogue(c.Catalogue)
	if err != nil {
		return err
	}
	p, err := c.beside(ctx, slog.New(slog.NewJSONHandler(os.Stderr, nil)))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	version, err := p.Publish(ctx, s)
	if err != nil {
		return err
	}
	fmt.Printf("catalogue %d\n", version)
	return nil
}

func readCatalogue(path string) (s catalogue.Snapshot, err error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return s, fmt.Errorf("there is no catalogue at %s", path)
	}
	if err != nil {
		return s, fmt.Errorf("failed to read the catalogue: %w", err)
	}
	if err := json.Unmarshal(data, &s); err != nil {
		return s, fmt.Errorf("%s is no catalogue: %w", path, err)
	}
	return s, s.Check()
}
