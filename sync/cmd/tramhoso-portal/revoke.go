package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
)

type revokeCmd struct {
	common
	Code string `help:"The station's code." required:"" placeholder:"CODE"`
}

// Run revokes beside a portal that may be running: it takes effect with the
// station's next call.
func (c *revokeCmd) Run(ctx context.Context) (err error) {
	p, err := c.beside(ctx, slog.New(slog.NewJSONHandler(os.Stderr, nil)))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	if err := p.Revoke(ctx, c.Code); err != nil {
		return err
	}
	fmt.Printf("revoked %s\n", c.Code)
	return nil
}
