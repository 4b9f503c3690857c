package prove

import (
	"bytes"
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/google/uuid"

	"tramhoso/sync/catalogue"
	"tramhoso/sync/client"
	"tramhoso/sync/clock"
	"tramhoso/sync/dossier"
	"tramhoso/sync/portal"
	"tramhoso/sync/portal/demo"
	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/seal"
	"tramhoso/sync/staff"
	"tramhoso/sync/token"
	"tramhoso/sync/wire"
)

// The station's own client against the real portal, over TLS: each believes
// what the other signs.
func TestClientAndPortal(t *testing.T) {
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	at := time.Date(2026, 7, 14, 2, 24, 0, 0, time.UTC)
	fake := clock.NewFake(at)
	var badges []portal.Badge
	p, err := portal.Open(t.Context(), portal.Options{Dir: t.TempDir(), Clock: fake, SlipHost: SlipHost, Catalogue: demo.Snapshot(),
		Staff: []staff.Person{{ID: "GDV-1", Name: "Clerk", Role: staff.RoleClerk, PIN: ClerkPIN}}, StaffCost: cheap,
		OnBadges: func(b []portal.Badge) error { badges = b; return nil }})
	check(err)
	defer func() { check(p.Close()) }()
	srv, err := p.Listen(t.Context(), "127.0.0.1:0", "127.0.0.1:0")
	check(err)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- srv.Run(ctx) }()
	defer func() {
		cancel()
		check(<-done)
	}()

	keys, err := seal.OpenKeys(t.TempDir() + "/keys")
	check(err)
	tok, err := p.IssueToken(t.Context(), ledger.Station{Code: StationCode, Name: "Điểm Hoà Phú", Address: "Xã Hoà Phú"}, srv.URL())
	check(err)
	got, err := client.Enrol(t.Context(), tok, keys, fake.Now)
	check(err)
	if got.Enrolment.Station.Code != StationCode || got.Enrolment.SlipHost != SlipHost {
		t.Errorf("%+v", got.Enrolment)
	}
	other, err := seal.OpenKeys(t.TempDir() + "/keys")
	check(err)
	if _, err := client.Enrol(t.Context(), tok, other, fake.Now); dossier.CodeOf(err) != wire.CodeTokenRefused {
		t.Errorf("a replayed token: %v", err)
	}
	list, err := staff.Open(got.Staff, got.Trust.KeysFor(seal.UseStaff, at))
	check(err)
	if s, err := staff.Login(list, badges[0].Text, ClerkPIN, at); err != nil || s.Identity == nil {
		t.Errorf("log-in: %v", err)
	}

	c, err := client.New(client.Config{URL: got.Enrolment.URL, Station: StationCode, Certificate: got.Enrolment.Certificate, Key: keys.TLSKey(),
		Root: tok.RootSHA256, Trust: func() *seal.Trust { return got.Trust }, Now: fake.Now})
	check(err)
	defer c.Close()
	if now, err := c.Time(t.Context()); err != nil || !now.Equal(at) {
		t.Errorf("time %s, %v", now, err)
	}

	to, err := got.Trust.Recipient(at)
	check(err)
	letter := Dossier(at)
	letter.Slip = token.SlipNumber(StationCode, 1)
	body, err := json.Marshal(letter)
	check(err)
	freeze := func(seq uint64) dossier.Packet {
		id, err := uuid.NewV7()
		check(err)
		pk, err := seal.Freeze(dossier.Head{ID: id.String(), Kind: dossier.KindDossier, Station: StationCode, Seq: seq, Procedure: &letter.Procedure,
			Time: fake.Stamp()}, body, to, keys.PacketSigner())
		check(err)
		return pk
	}
	pk := freeze(1)
	receipt, compact, err := c.Put(t.Context(), pk)
	check(err)
	if receipt.Counter != 1 || receipt.State != wire.StateWhole || receipt.Quarantined {
		t.Errorf("%+v", receipt)
	}
	if _, again, err := c.Put(t.Context(), pk); err != nil || again != compact {
		t.Errorf("replay: identical %v, %v", again == compact, err)
	}

	quiet, mark, err := c.Events(t.Context(), wire.EventsQuery{})
	check(err)
	if len(quiet.Events) != 0 || mark.Counter != 1 || mark.Station != StationCode {
		t.Errorf("%+v %+v", quiet, mark)
	}
	if _, err := p.Act(t.Context(), pk.Head.ID, portal.ActAccept, portal.DeskRequest{}); err != nil {
		t.Fatal(err)
	}
	a, _, err := c.Events(t.Context(), wire.EventsQuery{After: wire.Cursor{Epoch: quiet.Epoch}, Wait: wire.MaxWait, Known: quiet.Hints})
	check(err)
	if len(a.Events) != 1 {
		t.Fatalf("%+v", a)
	}
	plain, err := seal.OpenWith(a.Events[0].Sealed, keys.EventIdentity())
	check(err)
	var ev dossier.Event
	check(json.Unmarshal(plain, &ev))
	if ev.Form01 == nil || ev.Form01.Applicant != CanaryName || ev.Status != dossier.StatusAccepted {
		t.Errorf("%+v", ev)
	}

	f, err := c.Catalogue(t.Context(), "", client.Fetched{})
	check(err)
	fr, err := wire.DecodePacket(bytes.NewReader(f.Body), wire.CatalogueLimits)
	check(err)
	snap, err := catalogue.OpenSnapshot(catalogue.Signed{Head: string(fr.JWS), Body: fr.Body}, got.Trust.KeysFor(seal.UseCatalogue, at))
	check(err)
	if snap.Version != a.Hints.Catalogue {
		t.Errorf("catalogue %d, hinted %d", snap.Version, a.Hints.Catalogue)
	}
	slip, err := token.ReadSlip(token.MakeSlip(SlipHost, StationCode, 1, pk.Head.ID, seal.NewSlipSecret(), keys.SlipKey()))
	check(err)
	check(slip.Verify(catalogue.New(*snap).SlipKey)) // any station can check it offline
	if f, err := c.Catalogue(t.Context(), f.Tag, client.Fetched{}); err != nil || f.Fresh {
		t.Errorf("unchanged: fresh %v, %v", f.Fresh, err)
	}
	if f, err := c.Staff(t.Context(), a.Hints.Staff); err != nil || f.Fresh {
		t.Errorf("staff list: fresh %v, %v", f.Fresh, err)
	}
	if f, err := c.Trust(t.Context(), ""); err != nil || !bytes.Equal(f.Body, got.TrustBundle) {
		t.Errorf("trust bundle: %v", err)
	}
}
