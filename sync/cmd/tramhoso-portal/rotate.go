package main

import (
	"fmt"
	"time"

	"tramhoso/sync/portal"
	"tramhoso/sync/seal"
)

type rotateCmd struct {
	common
	Key string `arg:"" optional:"" help:"Which key: recipient, receipt, catalogue, staff, time or authority; or due, for each that ends soon or has ended." enum:"due,recipient,receipt,catalogue,staff,time,authority" default:"recipient"`
	Now bool   `help:"A signing key or the authority holds at once, because the one before leaked; else in two days, when every station has heard of it."`
}

// Help is the long help.
func (rotateCmd) Help() string {
	return `A key is the one that stations seal to (recipient), one that the portal signs with, or the authority of certificates. What the old one did still holds. The root's own key must be in the folder; a portal that runs takes the new one up by itself.`
}

// Run makes a new key and says from when it holds. A portal that runs takes it up
// by itself.
func (c *rotateCmd) Run() error {
	if err := c.there(fileRoot); err != nil {
		return err
	}
	if c.Key == "due" {
		kinds, err := portal.RotateDue(c.Dir, c.Province, time.Now())
		for _, k := range kinds {
			fmt.Printf("rotated %s\n", k)
		}
		if err == nil && len(kinds) == 0 {
			fmt.Println("nothing is due")
		}
		return err
	}
	if c.Key == "recipient" {
		r, err := portal.Rotate(c.Dir, c.Province, time.Now())
		if err != nil {
			return err
		}
		fmt.Printf("%s holds from %s until %s\n", r.ID, r.From.Format(time.DateOnly), r.Until.Format(time.DateOnly))
		return nil
	}
	lead := portal.Lead
	if c.Now {
		lead = 0
	}
	if c.Key == "authority" {
		from, until, err := portal.RotateAuthority(c.Dir, c.Province, time.Now(), lead)
		if err != nil {
			return err
		}
		fmt.Printf("the new authority holds from %s until %s\n", from.Format(time.RFC3339), until.Format(time.DateOnly))
		return nil
	}
	k, err := portal.RotateSigner(c.Dir, c.Province, seal.Use(c.Key), time.Now(), lead)
	if err != nil {
		return err
	}
	fmt.Printf("the new %s key holds from %s until %s\n", c.Key, k.From.Format(time.RFC3339), k.Until.Format(time.DateOnly))
	return nil
}

type keysCmd struct{ common }

// Help is the long help.
func (keysCmd) Help() string {
	return `Exit status 1 where a key ends soon or has ended.`
}

// Run tells how the province's keys stand, beside a portal that may be running.
func (c *keysCmd) Run() error {
	if err := c.there(fileRoot); err != nil {
		return err
	}
	ages, err := portal.AgesOf(c.Dir, c.Province, time.Now())
	if err != nil {
		return err
	}
	late := 0
	for _, k := range ages {
		fmt.Printf("%s %s, from %s until %s\n", k.Kind, k.State, k.From.Format(time.DateOnly), k.Until.Format(time.DateOnly))
		if k.State != portal.KeyHolds {
			late++
		}
	}
	if late > 0 {
		return fmt.Errorf("%d keys end soon or have ended: run tramhoso-portal rotate due, where the root's key is; a root that ends has every station enrolled anew", late)
	}
	return nil
}
