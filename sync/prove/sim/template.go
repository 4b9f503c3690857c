package sim

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"filippo.io/age"

	"tramhoso/sync/catalogue"
	"tramhoso/sync/clock"
	"tramhoso/sync/dossier"
	"tramhoso/sync/portal"
	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/prove"
	"tramhoso/sync/seal"
	"tramhoso/sync/staff"
	"tramhoso/sync/wire"
)

// day is when every simulation begins: a Tuesday morning in the west of the
// country.
var day = time.Date(2026, 7, 14, 1, 0, 0, 0, time.UTC)

// The procedures that citizens ask for: two that stay, and those that the
// portal withdraws or changes on the way.
var procedures = []string{"1.004873", "2.000635", "1.001193", "2.000986"}

// Codes are the stations that a world may have.
var codes = []string{"DL01", "DL02", "DL03", "DL04"}

// cheap makes the staff list quick: nobody guesses PINs here.
var cheap = staff.Cost{Passes: 1, KiB: 8}

// Template is a province whose stations were enrolled and did nothing yet. It is
// made once, on a real network, and copied for every seed.
type Template struct {
	dir   string
	badge string
	trust int // version of the first trust bundle
}

func snapshot() catalogue.Snapshot {
	s := catalogue.Snapshot{Version: 1, Made: day,
		Agencies: []dossier.Agency{{ID: "ubnd-ea-thu", Name: dossier.Text{"vi": "UBND xã Ea Thử"}}}}
	fee := int64(8_000)
	for _, code := range procedures {
		s.Procedures = append(s.Procedures, dossier.Procedure{Code: code, Version: 1, Agency: "ubnd-ea-thu",
			Name: dossier.Text{"vi": "Thủ tục " + code}, Deadline: dossier.Deadline{Days: 3, Unit: "working"}, Fee: dossier.Fee{Amount: &fee}})
	}
	return s
}

// portalOptions are the same at every start of a portal.
func portalOptions(dir string, c clock.Clock, log *slog.Logger) portal.Options {
	return portal.Options{Dir: dir, Backup: portal.BackupTo{SameDisk: true}, Clock: c, Log: log, SlipHost: prove.SlipHost, Catalogue: snapshot(), StaffCost: cheap,
		Staff: []staff.Person{{ID: "GDV-1", Name: "Giao dịch viên", Role: staff.RoleClerk, PIN: prove.ClerkPIN}}}
}

// NewTemplate makes the province in dir.
func NewTemplate(ctx context.Context, dir string) (t *Template, err error) {
	t = &Template{dir: dir}
	if err := warm(); err != nil {
		return nil, err
	}
	log, fake := slog.New(slog.DiscardHandler), clock.NewFake(day.Add(-time.Hour))
	o := portalOptions(t.portal(), fake, log)
	o.OnBadges = func(b []portal.Badge) error {
		t.badge = b[0].Text
		return nil
	}
	p, err := portal.Open(ctx, o)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	srv, err := p.Listen(ctx, "127.0.0.1:0", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- srv.Run(ctx) }()
	defer func() {
		stop()
		err = errors.Join(err, <-done)
	}()
	for _, code := range codes {
		own, now := clock.NewFake(fake.Now()), fake.Now()
		if ends, ok := ending[code]; ok {
			own.Add(-longAgo)
			fake.Add(day.Add(ends).AddDate(-certificateYears, 0, 0).Sub(now))
		}
		if err := t.enrol(ctx, p, srv.URL(), code, own, log); err != nil {
			return nil, fmt.Errorf("failed to enrol %s: %w", code, err)
		}
		fake.Add(now.Sub(fake.Now()))
	}
	return t, nil
}

// ending is when the certificates of some stations end, from the first day on: one
// is due to be renewed, and one has ended and may do nothing else.
var ending = map[string]time.Duration{codes[1]: 60 * 24 * time.Hour, codes[2]: -5 * 24 * time.Hour}

const (
	longAgo          = 300 * 24 * time.Hour // that these stations were enrolled
	certificateYears = 3                    // that the portal gives a certificate
)

// warm makes what is kept for the life of the process, such as a decompressor,
// outside of any simulation's bubble.
func warm() error {
	p, err := prove.NewProvince(day)
	if err != nil {
		return err
	}
	to, err := p.Trust.Recipient(day)
	if err != nil {
		return err
	}
	pk, err := seal.Freeze(dossier.Head{ID: "019f6a1e-0000-7000-8000-000000000001", Kind: dossier.KindHealth, Station: codes[0], Seq: 1},
		[]byte("{}"), to, p.Receipts)
	if err != nil {
		return err
	}
	if _, err := seal.Open(pk, []age.Identity{p.Identity}); err != nil {
		return err
	}
	if _, _, err = wire.EncodePacked([]dossier.Packet{pk, pk}); err != nil {
		return err
	}
	_, _, err = wire.Code(make([]byte, wire.MinCodedBytes))
	return err
}

func (t *Template) enrol(ctx context.Context, p *portal.Portal, url, code string, c clock.Clock, log *slog.Logger) (err error) {
	s, err := prove.OpenStation(ctx, t.station(code), c, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	tok, err := p.IssueToken(ctx, ledger.Station{Code: code, Name: "Điểm " + code, Address: "Xã Ea Thử"}, url)
	if err != nil {
		return err
	}
	if err := s.Link.Enrol(ctx, tok); err != nil {
		return err
	}
	t.trust = s.Province.Trust().Version
	return nil
}

func (t *Template) portal() string             { return filepath.Join(t.dir, "portal") }
func (t *Template) station(code string) string { return filepath.Join(t.dir, code) }
