package portal

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"tramhoso/sync/catalogue"
	"tramhoso/sync/clock"
	"tramhoso/sync/dossier"
	"tramhoso/sync/durable"
	"tramhoso/sync/portal/folder"
	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/portal/sqlite"
	"tramhoso/sync/staff"
	"tramhoso/sync/token"
)

// Options of a portal. The zero value of each field but Dir is ready for use.
type Options struct {
	Dir       string // keys and ledger
	Store     ledger.Store
	Files     ledger.Files // nil: a folder in Dir
	Clock     clock.Clock
	Log       *slog.Logger
	Calendar  *Calendar
	Province  string             // name for people
	SlipHost  string             // HOST of the slips' QR
	Hosts     []string           // names and addresses in the server's certificate
	Catalogue catalogue.Snapshot // published when the ledger has none
	Staff     []staff.Person     // listed when the ledger has no list
	StaffCost staff.Cost         // of their PINs' derivation
	// OnBadges is handed the badges of Staff, the only time they are known. The
	// list is kept only if it returns nil.
	OnBadges func([]Badge) error
	Office   string // the one-stop desk, as papers name it
	Officer  string // the officer's role
	// AgencyCodes are the official prefixes of dossier codes by Agency.ID;
	// AgencyCode serves every other agency.
	AgencyCodes map[string]string
	AgencyCode  string
	Limits      Limits
	Keep        Keep
	Backup      BackupTo
}

func (o *Options) defaults() error {
	if o.Dir == "" {
		return errors.New("failed to open the portal: no folder")
	}
	set := func(s *string, v string) {
		if *s == "" {
			*s = v
		}
	}
	set(&o.Province, "Cổng dịch vụ công (mẫu)")
	set(&o.SlipHost, "PORTAL.INVALID")
	if !token.ValidHost(o.SlipHost) {
		return fmt.Errorf("failed to open the portal: slips cannot carry the host %q: at most %d letters, digits, '.', '-' and ':'",
			o.SlipHost, token.MaxHostChars)
	}
	set(&o.Office, "Bộ phận Một cửa")
	set(&o.Officer, "Cán bộ một cửa")
	set(&o.AgencyCode, "H15.30")
	if o.StaffCost == (staff.Cost{}) {
		o.StaffCost = staff.DefaultCost
	}
	if o.Clock == nil {
		o.Clock = clock.NewSystem(clock.Options{})
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Calendar == nil {
		o.Calendar = DefaultCalendar()
	}
	o.Limits.defaults()
	if o.Keep.Content == 0 {
		o.Keep.Content = keepContent
	}
	if o.Keep.Backups == 0 {
		o.Keep.Backups = keepBackups
	}
	set(&o.Backup.Dir, filepath.Join(o.Dir, "backup"))
	if o.Backup.Device == nil {
		o.Backup.Device = device
	}
	if len(o.Hosts) == 0 {
		o.Hosts = []string{"localhost", "127.0.0.1", "::1"}
	}
	return nil
}

// Badge is what a new member of staff is handed.
type Badge struct {
	staff.Person
	Text string // of the badge's QR
}

// What lies in a portal's folder; filesName in a backup's as well.
const (
	ledgerName = "ledger.db"
	filesName  = "files"
)

// The documents a portal keeps beside its ledger.
const (
	docStaff          = "staff"
	docCatalogueEpoch = "catalogue-epoch" // the ledger's epoch that the latest catalogue was published in
)

// Portal is one province's portal over one ledger. It is safe for concurrent use.
type Portal struct {
	o     Options
	held  atomic.Pointer[province]
	store ledger.Store
	own   bool // we opened store and close it
	hub   hub
	log   *slog.Logger

	pageToken string // of the desk page's buttons: whoever can read the page has it
	contacts  contacts
	believed  believed
	taking    sync.Mutex // of other keys, one at a time
	publish   sync.Mutex // one new catalogue at a time
	catalogue atomic.Pointer[catalogue.Catalogue]
	behind    atomic.Bool // the ledger goes on from a backup, and the catalogue does not yet
	documents documents
	staffList atomic.Pointer[document]
	meters    meters
	requests  chan struct{} // slots of stations' short requests
	opens     chan struct{} // slots of strangers
	desks     chan struct{} // slots of the desk
	polls     chan struct{} // slots of long polls
	uploads   chan struct{} // slots of couriers' files
	fileCalls chan struct{} // slots of attachments
	files     ledger.Files
	writing   writing

	backups    sync.Mutex // of backupTold
	backupTold backupTold

	stop     chan struct{} // closed when the portal shuts down: long polls end
	stopOnce sync.Once
}

// Open opens the portal in o.Dir and makes what is missing: root, keys, trust
// bundle, ledger, first catalogue and staff list.
func Open(ctx context.Context, o Options) (*Portal, error) {
	if err := o.defaults(); err != nil {
		return nil, err
	}
	if err := durable.MakeFolder(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("failed to make the portal's folder: %w", err)
	}
	p := &Portal{
		o: o, store: o.Store, log: o.Log,
		requests: make(chan struct{}, o.Limits.Requests), polls: make(chan struct{}, o.Limits.Polls),
		opens: make(chan struct{}, maxOpenCalls), desks: make(chan struct{}, maxDeskCalls),
		uploads: make(chan struct{}, maxUploads), fileCalls: make(chan struct{}, maxFileCalls), files: o.Files, stop: make(chan struct{}),
	}
	p.meters = newMeters(o.Limits, p.monotonic)
	held, err := openProvince(filepath.Join(o.Dir, "keys"), o.Province, o.Clock.Now())
	if err != nil {
		return nil, err
	}
	p.held.Store(held)
	p.pageToken = rand.Text()
	if p.store == nil {
		if p.store, err = sqlite.Open(ctx, filepath.Join(o.Dir, ledgerName)); err != nil {
			return nil, err
		}
		p.own = true
	}
	if p.files == nil {
		if p.files, err = folder.Open(filepath.Join(o.Dir, filesName)); err != nil {
			return nil, errors.Join(err, p.Close())
		}
	}
	if p.writing.alone, err = openAlone(o.Dir); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	if err := errors.Join(p.loadCatalogue(ctx), p.loadStaff(ctx), p.loadBelieved(ctx), p.loadContacts(ctx)); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	if err := p.resign(ctx); err != nil { // a full disk: it is tried again every day
		p.log.Error("what another key should sign is not signed yet", "err", err)
	}
	return p, nil
}

// Stop ends the long polls; a server can then shut down gracefully.
func (p *Portal) Stop() { p.stopOnce.Do(func() { close(p.stop) }) }

// Close closes the ledger.
func (p *Portal) Close() error {
	p.Stop()
	err := p.writing.alone.close()
	if p.own {
		err = errors.Join(err, p.store.Close())
	}
	return err
}

// RootSHA256 is the fingerprint that enrolment tokens pin.
func (p *Portal) RootSHA256() string { return p.keys().fingerprint }

func (p *Portal) now() time.Time { return p.o.Clock.Now().UTC().Truncate(time.Microsecond) }

// codePrefix is the agency's official prefix of dossier codes.
func (p *Portal) codePrefix(agency string) string {
	if c, ok := p.o.AgencyCodes[agency]; ok {
		return c
	}
	return p.o.AgencyCode
}

// notFound turns the ledger's "not here" into the code for a peer.
func notFound(err error) error {
	if errors.Is(err, ledger.ErrNotFound) {
		return dossier.E(dossier.CodeNotFound, err)
	}
	return err
}
