package main

import (
	"context"
	"encoding/json"
	"path/filepath"
	"testing"
	"time"

	"tramhoso/sync/client"
	"tramhoso/sync/seal"
)

// A portal that runs publishes what "rotate" made beside it, without being started
// again: a station that asks gets the new bundle, and once the authority is another,
// meets that.
func TestRotateBesideARunningPortal(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	dir := filepath.Join(t.TempDir(), "portal")
	served := serve(ctx, t, "--dir", dir, "--demo")
	defer served.stop()
	tok := served.token(t, dir)
	keys, err := seal.OpenKeys(filepath.Join(t.TempDir(), "keys"))
	must(t, err)
	e, err := client.Enrol(ctx, tok, keys, time.Now)
	must(t, err)
	// By the root alone, so that it hears of another authority too.
	c, err := client.NewPinned(client.Config{URL: served.portal, Station: demoStation.Code, Certificate: e.Enrolment.Certificate,
		Key: keys.TLSKey(), Root: tok.RootSHA256})
	must(t, err)
	defer c.Close()
	until := func(version int) *seal.Trust {
		t.Helper()
		look := time.NewTicker(50 * time.Millisecond) // another process: there is nothing to wait on
		defer look.Stop()
		for ; ctx.Err() == nil; <-look.C {
			f, err := c.Trust(ctx, "")
			must(t, err)
			var signed seal.SignedTrust
			must(t, json.Unmarshal(f.Body, &signed))
			trust, err := seal.VerifyBundle(signed, tok.RootSHA256, time.Now())
			must(t, err)
			if trust.Version == version {
				return trust
			}
		}
		t.Fatalf("version %d is not published", version)
		return nil
	}
	until(1)
	must(t, program(ctx, "rotate", "--dir", dir).Run())
	if trust := until(2); len(trust.Recipients) != 2 {
		t.Errorf("%d recipients", len(trust.Recipients))
	}
	must(t, program(ctx, "rotate", "authority", "--now", "--dir", dir).Run())
	trust := until(3)
	if len(trust.TLSRoots) != 2 {
		t.Errorf("%d authorities", len(trust.TLSRoots))
	}
	fresh, err := client.New(client.Config{URL: served.portal, Station: demoStation.Code, Certificate: e.Enrolment.Certificate,
		Key: keys.TLSKey(), Trust: func() *seal.Trust { return trust }})
	must(t, err)
	defer fresh.Close()
	if _, err := fresh.Time(ctx); err != nil {
		t.Errorf("with the new authority alone: %v", err)
	}
}
