package main

import (
	"fmt"
	"time"

	"tramhoso/sync/portal"
	"tramhoso/sync/seal"
)

type rotateCmd struct {
	common
	Key string `arg:"" optional:"" help:"Which key: recipient, receipt, catalogue, staff or time." enum:"recipient,receipt,catalogue,staff,time" default:"recipient"`
	Now bool   `help:"A signing key holds at once, because the one before leaked; else in two days, when every station has heard of it."`
}

// Run makes a new key and says from when it holds.
func (c *rotateCmd) Run() error {
	if c.Key == "recipient" {
		r, err := portal.Rotate(c.Dir, c.Province, time.Now())
		if err != nil {
			return err
		}
		fmt.Printf("%s holds from %s until %s; start the portal again to publish it\n", r.ID, r.From.Format(time.DateOnly), r.Until.Format(time.DateOnly))
		return nil
	}
	lead := portal.Lead
	if c.Now {
		lead = 0
	}
	k, err := portal.RotateSigner(c.Dir, c.Province, seal.Use(c.Key), time.Now(), lead)
	if err != nil {
		return err
	}
	fmt.Printf("the new %s key holds from %s until %s; start the portal again to publish it\n", c.Key, k.From.Format(time.RFC3339), k.Until.Format(time.DateOnly))
	return nil
}
