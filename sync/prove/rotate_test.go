package prove

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"

	"tramhoso/sync/client"
	"tramhoso/sync/clock"
	"tramhoso/sync/dossier"
	"tramhoso/sync/portal"
	"tramhoso/sync/portal/demo"
	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/seal"
	"tramhoso/sync/token"
)

// The province takes a new key. What was sealed to the old one before, and by a
// station that has not heard of it yet, opens as what is sealed to the new one.
func TestRotation(t *testing.T) {
	dir, fake := t.TempDir(), clock.NewFake(begin)
	var p *portal.Portal
	var srv *portal.Server
	var end func()
	open := func() {
		var err error
		p, err = portal.Open(t.Context(), portal.Options{Dir: dir, Clock: fake, SlipHost: SlipHost, Catalogue: demo.Snapshot(), StaffCost: cheap})
		must(t, err)
		srv, err = p.Listen(t.Context(), "127.0.0.1:0", "127.0.0.1:0")
		must(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- srv.Run(ctx) }()
		end = func() { cancel(); must(t, <-done); must(t, p.Close()) }
	}
	open()
	keys, err := seal.OpenKeys(filepath.Join(t.TempDir(), "keys"))
	must(t, err)
	tok, err := p.IssueToken(t.Context(), ledger.Station{Code: StationCode, Name: "Điểm Hoà Phú", Address: "Xã Hoà Phú"}, srv.URL())
	must(t, err)
	got, err := client.Enrol(t.Context(), tok, keys, fake.Now)
	must(t, err)
	dial := func() *client.Client {
		c, err := client.New(client.Config{URL: srv.URL(), Station: StationCode, Certificate: got.Enrolment.Certificate, Key: keys.TLSKey(),
			Root: tok.RootSHA256, Trust: func() *seal.Trust { return got.Trust }, Now: fake.Now})
		must(t, err)
		return c
	}
	send := func(c *client.Client, seq uint64, to seal.Recipient) string {
		t.Helper()
		letter := Dossier(begin)
		letter.Slip = token.SlipNumber(StationCode, seq)
		body, err := json.Marshal(letter)
		must(t, err)
		id, err := uuid.NewV7()
		must(t, err)
		pk, err := seal.Freeze(dossier.Head{ID: id.String(), Kind: dossier.KindDossier, Station: StationCode, Seq: seq, Procedure: &letter.Procedure,
			Time: fake.Stamp()}, body, to, keys.PacketSigner())
		must(t, err)
		if r, _, err := c.Put(t.Context(), pk); err != nil || r.Quarantined {
			t.Fatalf("%+v, %v", r, err)
		}
		return pk.Head.ID
	}
	old, err := got.Trust.Recipient(fake.Now())
	must(t, err)
	c := dial()
	before := send(c, 1, old)
	c.Close()
	end()

	fake.Add(time.Hour)
	next, err := portal.Rotate(dir, "", fake.Now())
	must(t, err)
	open()
	defer func() { end() }()
	c = dial()
	defer c.Close()
	late := send(c, 2, old)
	f, err := c.Trust(t.Context(), "")
	must(t, err)
	var signed seal.SignedTrust
	must(t, json.Unmarshal(f.Body, &signed))
	trust, err := seal.VerifyBundle(signed, tok.RootSHA256, fake.Now())
	must(t, err)
	now, err := trust.Recipient(fake.Now())
	must(t, err)
	if now.Key != next.Key || now.Key == old.Key || trust.Version != got.Trust.Version+1 || len(trust.Recipients) != 2 {
		t.Errorf("version %d, %d recipients, %s is current", trust.Version, len(trust.Recipients), now.ID)
	}
	for what, id := range map[string]string{"before": before, "late": late, "after": send(c, 3, now)} {
		if _, err := p.Act(t.Context(), id, portal.ActAccept, portal.DeskRequest{}); err != nil {
			t.Errorf("sealed %s: %v", what, err)
		}
	}
}

// Without the root's key, and without a private key that was retired, nothing is
// made in its place.
func TestRotationRefused(t *testing.T) {
	dir, fake := t.TempDir(), clock.NewFake(begin)
	open := func() error {
		p, err := portal.Open(t.Context(), portal.Options{Dir: dir, Clock: fake, SlipHost: SlipHost, Catalogue: demo.Snapshot(), StaffCost: cheap})
		if err == nil {
			err = p.Close()
		}
		return err
	}
	if _, err := portal.Rotate(dir, "", begin); err == nil {
		t.Error("rotated a province that is not there")
	}
	must(t, open())
	in := filepath.Join(dir, "keys")
	must(t, os.Rename(filepath.Join(in, "root.pem"), filepath.Join(dir, "root.pem")))
	if _, err := portal.Rotate(dir, "", begin); err == nil {
		t.Error("rotated without the root")
	}
	must(t, os.Rename(filepath.Join(dir, "root.pem"), filepath.Join(in, "root.pem")))
	_, err := portal.Rotate(dir, "", begin.Add(time.Hour))
	must(t, err)
	fake.Add(time.Hour)
	must(t, open())
	must(t, os.Remove(filepath.Join(in, "recipient-1.age")))
	if err := open(); err == nil {
		t.Error("opened without the key that old bodies need")
	}
	if _, err := os.Stat(filepath.Join(in, "recipient-1.age")); err == nil {
		t.Error("another key took its place")
	}
}
