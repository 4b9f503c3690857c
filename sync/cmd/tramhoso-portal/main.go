// Command tramhoso-portal is the reference provincial portal in one program:
// SQLite and a folder, one port for stations, one loopback port for the desk.
//
// It holds flags and wiring; everything else is in package portal.
package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math/big"
	"net"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"tramhoso/sync/catalogue"
	"tramhoso/sync/clock"
	"tramhoso/sync/cmd/commandline"
	"tramhoso/sync/portal"
	"tramhoso/sync/portal/demo"
	"tramhoso/sync/portal/gate"
	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/seal"
	"tramhoso/sync/staff"
)

// version is set by the build.
var version = "dev"

// The files beside the ledger that people and other programs read.
const (
	fileToken  = "enrol-token.txt"
	fileBadges = "demo-badges.json"
)

// The station that a demonstration enrols.
var demoStation = ledger.Station{
	Code: "DL27", Name: "Điểm Bưu điện – Văn hoá xã Hoà Phú",
	Address: "Xã Hoà Phú, tỉnh Đắk Lắk (địa chỉ mẫu)", Phone: "0262 000 1027",
}

type common struct {
	Dir      string `help:"Folder of the keys and the ledger." default:"portal-data" type:"path"`
	Province string `help:"The portal's name, for people." default:"Cổng dịch vụ công (mẫu)"`
	SlipHost string `help:"Host name that slips carry in their QR." default:"TRAMHOSO.EXAMPLE"`
}

type serveCmd struct {
	common
	Listen     string   `help:"Address for stations." default:"127.0.0.1:0"`
	DeskListen string   `help:"Loopback address for the desk." default:"127.0.0.1:0"`
	Host       []string `help:"More names and addresses for the server's certificate."`
	PublicURL  string   `help:"What enrolment tokens call this portal; else the address it listens on."`
	Catalogue  string   `help:"A catalogue (JSON) to publish on the first start." type:"path" placeholder:"FILE"`
	Office     string   `help:"The one-stop desk, as papers name it." default:"Bộ phận Một cửa"`
	Officer    string   `help:"The officer's role, as papers name it." default:"Cán bộ một cửa"`
	Demo       bool     `help:"Start with the demonstration's catalogue, staff and station."`
	limitFlags
	keepFlags
	backupFlags
	Now time.Time `help:"With --demo: the time to start at (RFC 3339)."`
}

// Help is the long help.
func (serveCmd) Help() string {
	return `One portal serves from a folder; a second one says so and changes nothing. Every other command works beside one that serves: what it changes is taken up at once or within seconds. Two backups into one folder exclude each other, and two rotations wait for each other.`
}

// limitFlags are the limits that a province may need to set otherwise.
type limitFlags struct {
	Connections  int     `help:"Connections at once; a station holds two or three." default:"16384"`
	Polls        int     `help:"Stations that wait for news at once, with what broken lines leave behind." default:"8192"`
	StationCalls float64 `help:"Calls a second that one station may make for long; a hundred times as many at once." default:"20"`
	StationBytes float64 `help:"Bytes a second that one station may move for long, beside four times as many of attachments." default:"1048576"`
}

func (l limitFlags) limits() (portal.Limits, error) {
	if l.Connections < 1 || l.Polls < 1 || l.StationCalls <= 0 || l.StationBytes <= 0 {
		return portal.Limits{}, errors.New("--connections, --polls, --station-calls and --station-bytes must be more than nothing: else nobody is let in")
	}
	to := portal.DefaultLimits
	scale := func(r *gate.Rate, by float64) { r.PerSecond, r.Burst = r.PerSecond*by, max(r.Burst*by, 1) }
	calls, bytes := l.StationCalls/to.Calls.PerSecond, l.StationBytes/to.Bytes.PerSecond
	scale(&to.Calls, calls)
	scale(&to.FileCalls, calls)
	scale(&to.Bytes, bytes)
	scale(&to.FileBytes, bytes)
	to.Connections, to.Polls = l.Connections, l.Polls
	return to, nil
}

type tokenCmd struct {
	common
	Code    string `help:"The new station's code." required:"" placeholder:"CODE"`
	Name    string `help:"The new station's name." required:"" placeholder:"NAME"`
	Address string `help:"The new station's address."`
	Phone   string `help:"The new station's telephone."`
	URL     string `help:"The portal's address as the station reaches it." required:"" placeholder:"URL"`
}

type commands struct {
	Serve   serveCmd   `cmd:"" help:"Serve stations and the desk until SIGTERM."`
	Token   tokenCmd   `cmd:"" help:"Make a one-time enrolment token and print it."`
	Revoke  revokeCmd  `cmd:"" help:"Believe a station's keys no longer."`
	Publish publishCmd `cmd:"" help:"Make a file the next version of the catalogue."`
	Import  importCmd  `cmd:"" help:"Take in what a stick brings, and leave the answers on it."`
	Rotate  rotateCmd  `cmd:"" help:"Give the province a new key, signed by the root."`
	Keys    keysCmd    `cmd:"" help:"Tell how long the province's keys hold."`
	Alarms  alarmsCmd  `cmd:"" help:"List clone alarms, and acknowledge one."`
	Sweep   sweepCmd   `cmd:"" help:"Destroy what was kept long enough."`
	Backup  backupCmd  `cmd:"" help:"Copy the ledger and the files to another disk."`
	Gaps    gapsCmd    `cmd:"" help:"Name what each station said and nobody heard."`

	commandline.Version
}

func main() { os.Exit(run()) }

func run() (status int) {
	var c commands
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	return commandline.Run(kong.Must(&c, commandLine(ctx)...), os.Args[1:], func(err error) (int, string) {
		return commandline.Failed, err.Error()
	})
}

// commandLine is how the commands are read.
func commandLine(ctx context.Context) []kong.Option {
	return append(commandline.Options("tramhoso-portal", "The reference portal of a province.", version),
		kong.BindTo(ctx, (*context.Context)(nil)))
}

// Run serves.
func (c *serveCmd) Run(ctx context.Context) (err error) {
	if err := c.readable(ctx); err != nil {
		return err
	}
	o := portal.Options{
		Dir: c.Dir, Province: c.Province, SlipHost: c.SlipHost, Office: c.Office, Officer: c.Officer,
		Hosts: append([]string{"localhost", "127.0.0.1", "::1"}, c.Host...),
		Log:   slog.New(slog.NewJSONHandler(os.Stderr, nil)),
	}
	if o.Limits, err = c.limits(); err != nil {
		return err
	}
	if o.Keep, err = c.keep(); err != nil {
		return err
	}
	if err := c.backupFlags.set(&o); err != nil {
		return err
	}
	if host, _, err := net.SplitHostPort(c.Listen); err == nil && host != "" {
		o.Hosts = append(o.Hosts, host)
	}
	switch {
	case c.Demo:
		o.Catalogue = demo.Snapshot()
		o.AgencyCodes = map[string]string{"ubnd-xa": "H15.30", "congan-xa": "H15.31", "congan-tinh": "H15.02", "so-tu-phap": "H15.03", "cong-chung": "H15.04"}
		if o.Staff, err = demoStaff(); err != nil {
			return err
		}
		o.OnBadges = func(b []portal.Badge) error { return writeBadges(filepath.Join(c.Dir, fileBadges), b) }
		if !c.Now.IsZero() {
			ahead := time.Until(c.Now)
			o.Clock = clock.NewSystem(clock.Options{Wall: func() time.Time { return time.Now().Add(ahead) }})
		}
	case !c.Now.IsZero():
		return errors.New("--now goes with --demo only")
	case c.Catalogue != "":
		if o.Catalogue, err = readCatalogue(c.Catalogue); err != nil {
			return err
		}
	default:
		o.Catalogue = catalogue.Snapshot{Version: 1}
	}
	leave, err := c.hold()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, leave()) }()
	p, err := portal.Open(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	s, err := p.Listen(ctx, c.Listen, c.DeskListen)
	if err != nil {
		return err
	}
	if c.Demo {
		if err := c.writeToken(ctx, p, s.URL()); err != nil {
			return err
		}
	}
	fmt.Printf("portal %s\ndesk %s\n", s.URL(), s.DeskURL())
	return s.Run(ctx)
}

// writeToken leaves a fresh token for the demonstration's station, or the next
// one where that is enrolled.
func (c *serveCmd) writeToken(ctx context.Context, p *portal.Portal, url string) error {
	if c.PublicURL != "" {
		url = c.PublicURL
	}
	station := demoStation
	var err error
	if station.Code, err = p.FreeCode(ctx, "DL", 27); err != nil {
		return err
	}
	t, err := p.IssueToken(ctx, station, url)
	if err != nil {
		return err
	}
	return replaceFile(filepath.Join(c.Dir, fileToken), []byte(t.String()+"\n"))
}

// beside opens a portal that is there and may be running.
func (c *common) beside(ctx context.Context, log *slog.Logger) (*portal.Portal, error) {
	return c.besideWith(ctx, portal.Options{Log: log})
}

func (c *common) besideWith(ctx context.Context, o portal.Options) (*portal.Portal, error) {
	for _, made := range []string{fileRoot, fileLedger} { // opening would make what is missing
		if err := c.there(made); err != nil {
			return nil, err
		}
	}
	o.Dir, o.Province, o.SlipHost = c.Dir, c.Province, c.SlipHost
	return portal.Open(ctx, o)
}

// Run makes a token beside a portal that may be running.
func (c *tokenCmd) Run(ctx context.Context) (err error) {
	if u, err := url.Parse(c.URL); err != nil || u.Scheme != "https" || u.Host == "" {
		return fmt.Errorf("--url must be an address such as https://portal.example:8443, not %q", c.URL)
	}
	p, err := c.beside(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	t, err := p.IssueToken(ctx, ledger.Station{Code: c.Code, Name: c.Name, Address: c.Address, Phone: c.Phone}, c.URL)
	if err != nil {
		return err
	}
	_, err = fmt.Println(t)
	return err
}

// demoStaff are roles, not people.
func demoStaff() ([]staff.Person, error) {
	people := []staff.Person{
		{ID: "GDV-1", Name: "Giao dịch viên 1", Role: staff.RoleClerk},
		{ID: "KSV-1", Name: "Kiểm soát viên 1", Role: staff.RoleSupervisor},
		{ID: "KTV-1", Name: "Kỹ thuật viên 1", Role: staff.RoleTechnician},
	}
	for i := range people {
		n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
		if err != nil {
			return nil, fmt.Errorf("failed to draw a PIN: %w", err)
		}
		people[i].PIN = fmt.Sprintf("%06d", n)
	}
	return people, nil
}

func writeBadges(path string, badges []portal.Badge) error {
	type entry struct {
		Role  staff.Role `json:"role"`
		ID    string     `json:"id"`
		Name  string     `json:"name"`
		Badge string     `json:"badge"`
		PIN   string     `json:"pin"`
	}
	var out []entry
	for _, b := range badges {
		out = append(out, entry{b.Role, b.ID, b.Name, b.Text, b.PIN})
	}
	data, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		return fmt.Errorf("failed to encode the badges: %w", err)
	}
	return replaceFile(path, append(data, '\n'))
}

// replaceFile writes a secret for its owner only; a reader sees the old file or
// the new one.
func replaceFile(path string, data []byte) error {
	tmp := path + ".new"
	if err := os.Remove(tmp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("failed to clear an unfinished file: %w", err)
	}
	if err := seal.WriteFile(tmp, data, 0o600); err != nil {
		return err
	}
	if err := os.Rename(tmp, path); err != nil {
		return fmt.Errorf("failed to name %s: %w", filepath.Base(path), err)
	}
	return nil
}
