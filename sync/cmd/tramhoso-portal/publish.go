package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"tramhoso/sync/catalogue"
)

type publishCmd struct {
	common
	Catalogue string `help:"The catalogue (JSON); its stations and version are ignored." type:"existingfile" required:""`
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
	if err != nil {
		return s, fmt.Errorf("failed to read the catalogue: %w", err)
	}
	if err := json.Unmarshal(data, &s); err != nil {
		return s, fmt.Errorf("failed to parse the catalogue: %w", err)
	}
	return s, s.Check()
}
