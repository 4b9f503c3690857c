//go:build tour

package tour

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"tramhoso/device/scanner"
	"tramhoso/device/twin"
	"tramhoso/sync/seal"
)

const (
	// readyLimit is how long a station may take to its first screen and, the
	// first time, to its enrolment and catalogue, on a machine without a
	// graphics card that is busy otherwise.
	readyLimit = 60 * time.Second
	// paperLimit is how long a paper may take from the tap to its cut.
	paperLimit = 30 * time.Second
	// paperDots is the printable width of an 80 mm roll.
	paperDots = 576
)

// scene is everything around one visit: simulated devices, the province's
// portal, the network to it, and the station itself. All but the station outlive
// a crash of the station.
type scene struct {
	opts    Options
	dir     string // everything that the station and the portal keep
	out     string // logs
	scanner *twin.Scanner
	printer *twin.Printer
	portal  *portal
	line    *line
	pocket  *pocket
	staff   []badge

	station *process
	remote  *remote
	holder  *process      // another station on the same storage; nil: there is none
	moved   time.Duration // how far the clock has been moved

	scanned   string // the last code
	scannedAt time.Time
}

// The names of things in a scene's folder.
const (
	socketName  = "s"
	holderName  = "h" // the socket of the station that holds the storage
	configName  = "station.toml"
	tokenName   = "enrol-token.txt"
	dataName    = "data"
	stickName   = "stick" // where the counter's stick is mounted
	scannerName = "scanner"
	printerName = "printer"
)

// newScene builds everything but the station.
func newScene(ctx context.Context, o Options, dir, out string) (_ *scene, err error) {
	s := &scene{opts: o, dir: dir, out: out}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	papers := filepath.Join(dir, "papers")
	for _, folder := range []string{papers, filepath.Join(dir, ".cache"), filepath.Join(dir, ".config")} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return nil, fmt.Errorf("failed to make room for the station: %w", err)
		}
	}
	if s.printer, err = twin.NewPrinter(twin.PrinterConfig{
		Link: s.path(printerName), PaperDir: papers, WidthDots: paperDots,
	}); err != nil {
		return nil, err
	}
	if s.pocket, err = newPocket(dir); err != nil {
		return nil, err
	}
	if s.scanner, err = twin.NewScanner(twin.ScannerConfig{Link: s.path(scannerName)}); err != nil {
		return nil, err
	}
	if s.portal, err = startPortal(ctx, o.Portal, s.path("portal"), filepath.Join(out, "portal.log")); err != nil {
		return nil, err
	}
	if s.staff, err = s.portal.staff(); err != nil {
		return nil, err
	}
	if s.line, err = newLine(s.portal.addr); err != nil {
		return nil, err
	}
	return s, s.writeConfig()
}

func (s *scene) path(name string) string { return filepath.Join(s.dir, name) }

// enrolToken is the portal's token, but by way of the scene's own network.
func (s *scene) enrolToken() (string, error) {
	text, err := s.portal.token()
	if err != nil {
		return "", err
	}
	token, err := seal.ParseToken(text)
	if err != nil {
		return "", fmt.Errorf("the portal's enrolment token: %w", err)
	}
	u, err := url.Parse(token.URL)
	if err != nil {
		return "", fmt.Errorf("the portal's enrolment token: %w", err)
	}
	u.Host = s.line.addr()
	token.URL = u.String()
	return token.String(), nil
}

// open starts the station and waits until it can serve a visitor.
func (s *scene) open(ctx context.Context) (err error) {
	if s.station, err = s.run("station", socketName); err != nil {
		return err
	}
	return s.meet(ctx)
}

// run starts a station that can be driven through a socket.
func (s *scene) run(name, socket string) (*process, error) {
	env := append(os.Environ(),
		"LANG=vi_VN.UTF-8",
		"FYNE_DISABLE_DPI_DETECTION=1",
		"HOME="+s.dir,              // Fyne keeps its preferences there
		"XAUTHORITY="+xAuthority(), // which lies in the home that it loses
	)
	return start(name, filepath.Join(s.out, name+".log"), env, s.opts.Station,
		"run", "--config", s.path(configName), "--tour", s.path(socket),
		"--size", s.opts.Size, "--lang", s.opts.Lang)
}

// meet waits until the station that was started can be driven and serve a visitor.
func (s *scene) meet(ctx context.Context) (err error) {
	ctx, cancel := context.WithTimeout(ctx, readyLimit)
	defer cancel()
	if s.remote, err = dial(ctx, s.path(socketName), s.station.done); err != nil {
		return fmt.Errorf("%w; its log: %s", err, s.station.log.Name())
	}
	if s.moved > 0 {
		if err := s.ask(request{Ask: askClock, Millis: s.moved.Milliseconds()}); err != nil {
			return err
		}
	}
	return s.ask(request{Ask: askReady, Within: readyLimit.Milliseconds()})
}

// xAuthority is where the display's cookie lies.
func xAuthority() string {
	if path := os.Getenv("XAUTHORITY"); path != "" {
		return path
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	return filepath.Join(home, ".Xauthority")
}

// close takes everything down; it may be called on half a scene.
func (s *scene) close() {
	if s.remote != nil {
		s.remote.close()
	}
	if s.station != nil {
		s.station.stop()
	}
	if s.holder != nil {
		s.holder.stop()
	}
	if s.line != nil {
		s.line.close()
	}
	if s.portal != nil {
		s.portal.stop()
	}
	if s.pocket != nil {
		s.pocket.close()
	}
	if s.scanner != nil {
		_ = s.scanner.Close()
	}
	if s.printer != nil {
		_ = s.printer.Close()
	}
}

// crash kills the station as a power cut would and starts it on what it kept.
func (s *scene) crash(ctx context.Context) error {
	s.remote.close()
	s.station.kill()
	if err := os.Remove(s.path(socketName)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("failed to clear the tour's socket: %w", err)
	}
	return s.open(ctx)
}

// holdStorage ends the station, has another one run on its storage, and starts the
// station beside that one.
func (s *scene) holdStorage(ctx context.Context) (err error) {
	if s.holder != nil {
		return errors.New("the storage is held already")
	}
	s.remote.close()
	s.station.stop()
	if s.holder, err = s.run("holder", holderName); err != nil {
		return err
	}
	ready, cancel := context.WithTimeout(ctx, readyLimit)
	defer cancel()
	r, err := dial(ready, s.path(holderName), s.holder.done)
	if err != nil {
		return fmt.Errorf("%w; its log: %s", err, s.holder.log.Name())
	}
	defer r.close()
	if _, err := r.ask(request{Ask: askReady, Within: readyLimit.Milliseconds()}); err != nil {
		return err
	}
	return s.open(ctx)
}

// freeStorage ends the other station, and waits until the station has begun anew by
// itself: its process goes on, the channel to the program that it was does not.
func (s *scene) freeStorage(ctx context.Context) error {
	if s.holder == nil {
		return errors.New("nobody holds the storage")
	}
	s.holder.stop()
	s.holder = nil
	limit, cancel := context.WithTimeout(ctx, readyLimit)
	defer cancel()
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		if _, err := s.remote.ask(request{Ask: askReady}); err != nil && !errors.As(err, new(*refused)) {
			break
		}
		select {
		case <-tick.C:
		case <-limit.Done():
			return errors.New("the station does not come back to its storage")
		}
	}
	s.remote.close()
	return s.meet(ctx)
}

// answer asks the station something.
func (s *scene) answer(q request) (answer, error) {
	if s.remote == nil {
		return answer{}, errors.New("the station does not run")
	}
	a, err := s.remote.ask(q)
	var r *refused
	if err != nil && !errors.As(err, &r) {
		select {
		case <-s.station.done:
			err = fmt.Errorf("the station has ended: %s; its log: %s", s.station.cmd.ProcessState, s.station.log.Name())
		default:
		}
	}
	return a, err
}

func (s *scene) ask(q request) error {
	_, err := s.answer(q)
	return err
}

// advance moves the station's clock on.
func (s *scene) advance(d time.Duration) error {
	if err := s.ask(request{Ask: askClock, Millis: d.Milliseconds()}); err != nil {
		return err
	}
	s.moved += d
	return nil
}

// badge is the first person of that role on the portal's staff.
func (s *scene) badge(role string) (badge, error) {
	for _, b := range s.staff {
		if b.Role == role {
			return b, nil
		}
	}
	return badge{}, fmt.Errorf("no %q is on the staff: clerk, supervisor or technician", role)
}

// scan holds a code before the scanner. The same code twice in a row is one scan
// to a reader until the hand has been away for a while.
func (s *scene) scan(payload string) error {
	if payload == s.scanned {
		time.Sleep(time.Until(s.scannedAt.Add(scanner.Again + pollEvery)))
	}
	s.scanned, s.scannedAt = payload, time.Now()
	return s.scanner.Send(payload)
}

// setScanner plugs the scanner in or out, or makes it talk nonsense.
func (s *scene) setScanner(state string) error {
	switch state {
	case "unplug":
		return s.scanner.Unplug()
	case "plug":
		return s.scanner.Plug()
	case "garbage":
		err := s.scanner.Garbage()
		// Noise may leave a frame open; a hand takes longer than that frame does.
		time.Sleep(scanner.Silence + pollEvery)
		return err
	}
	return fmt.Errorf("a scanner cannot be %q: unplug, plug or garbage", state)
}

// setPrinter puts the printer into a state at once, or at a moment of what is
// printed next: any line of a twin's script. "paper-out ROWS" is short for
// "paper-out-after ROWS".
func (s *scene) setPrinter(words ...string) error {
	if len(words) == 2 && words[0] == "paper-out" {
		words[0] = "paper-out-after"
	}
	line := strings.Join(words, " ")
	if twin.IsMoment(words[0]) {
		return s.printer.Script(line)
	}
	return s.printer.Do(line)
}

// nextPaper waits for the next paper to come out, up to its cut.
func (s *scene) nextPaper(ctx context.Context) (raw, drawn []byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, paperLimit)
	defer cancel()
	p, err := s.printer.NextPaper(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("no paper comes out: %w", err)
	}
	return p.Raw, p.PNG, nil
}

// insertStick mounts a folder as the stick in the counter.
func (s *scene) insertStick(folder string) error {
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return fmt.Errorf("%s is no folder that a stick could hold", folder)
	}
	if err := s.pullStick(); err != nil {
		return err
	}
	if err := os.Symlink(folder, s.path(stickName)); err != nil {
		return fmt.Errorf("failed to insert the stick: %w", err)
	}
	return nil
}

// pullStick takes it out again.
func (s *scene) pullStick() error {
	if err := os.Remove(s.path(stickName)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("failed to pull the stick: %w", err)
	}
	return nil
}
