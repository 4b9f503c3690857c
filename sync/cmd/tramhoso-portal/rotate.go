package main

import (
	"fmt"
	"time"

	"tramhoso/sync/portal"
)

type rotateCmd struct{ common }

// Run makes a new recipient key and says from when it holds.
func (c *rotateCmd) Run() error {
	r, err := portal.Rotate(c.Dir, c.Province, time.Now())
	if err != nil {
		return err
	}
	fmt.Printf("%s holds from %s until %s; start the portal again to publish it\n", r.ID, r.From.Format(time.DateOnly), r.Until.Format(time.DateOnly))
	return nil
}
