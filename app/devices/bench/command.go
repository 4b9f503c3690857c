package bench

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/alecthomas/kong"

	"tramhoso/app/config"
	"tramhoso/app/devices"
	"tramhoso/assets"
	"tramhoso/device/port"
	"tramhoso/device/printer/models"
	"tramhoso/device/scanner"
)

// Command is what a technician does with the devices at a terminal. It
// opens no window and needs no display; the station may run or not.
type Command struct {
	Config string `help:"Configuration file; without one ${station} if it is there, else the defaults." type:"path" placeholder:"FILE"`
	Lang   string `help:"Language instead of the configured one." placeholder:"vi|en" enum:"vi,en," default:""`

	List    listCommand    `cmd:"" help:"List every serial line, and how each device is."`
	Watch   watchCommand   `cmd:"" help:"Print a line for every change until Ctrl-C."`
	Test    testCommand    `cmd:"" help:"Let one device show that it works."`
	Profile profileCommand `cmd:"" help:"Show what is known of the printer and where it comes from."`
}

// Help is the long help.
func (Command) Help() string {
	return `Exit status: 0 all is well; 1 a device needs a hand; 2 it could not be found out, because the configuration is wrong or another program holds the device.

A device that the running station holds is left to it. What "watch" and "test" hold, the station can use again when they end.`
}

// StationFile is where a station's configuration lies.
const StationFile = "/etc/tramhoso/station.toml"

// exit is an outcome that has been told already and is the program's exit status.
type exit int

func (e exit) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// The outcomes that are not well.
const (
	exitNeedsHand exit = 1
	exitNotKnown  exit = 2
)

// Terminal is where a command speaks, and the machine that it looks at.
type Terminal struct {
	in        io.Reader // what the technician enters; nil: nothing
	out, warn io.Writer
	finder    port.Finder
	keyboards string // where the system lists what can be typed on
	now       func() time.Time
}

// ThisTerminal is the one that the program was started at.
func ThisTerminal() *Terminal {
	return &Terminal{in: os.Stdin, out: os.Stdout, warn: os.Stderr, keyboards: scanner.InputDevices, now: time.Now}
}

// bench is a technician's view of one station.
type bench struct {
	*Terminal
	words *assets.Words
	cfg   config.Config
	from  string // the configuration's file; "": the defaults
	wrong error  // why the configuration cannot be used; then cfg is the defaults

	model models.Model // of the printer, as far as it is known before it is asked
	saved *models.File // where the model comes from a test that was run here
	why   error        // why it does not, where it was to
}

// open reads the configuration. One that is wrong is told and kept in wrong:
// whoever mends it wants to see the lines all the same.
func (d *Command) open(c *Terminal) *bench {
	b := &bench{Terminal: c, cfg: config.Default(), from: d.Config}
	if b.from == "" {
		if _, err := os.Stat(StationFile); err == nil {
			b.from = StationFile
		}
	}
	if b.from != "" {
		cfg, err := config.Load(b.from)
		if err == nil {
			b.cfg = cfg
		}
		b.wrong = config.Named(err, c.finder.Stable)
	}
	b.model, b.saved, b.why = devices.Expected(b.cfg)
	lang := b.cfg.Language
	if d.Lang != "" {
		lang = d.Lang
	}
	b.words = assets.Must(lang)
	return b
}

// say writes a sentence on a line of its own.
func (b *bench) say(key string, args ...any) { b.line(b.words.T("tool."+key, args...)) }

// line writes a line; a terminal that is gone ends the program by itself.
func (b *bench) line(text string) { _, _ = fmt.Fprintln(b.out, text) }

// refuse tells that the configuration cannot be used, if that is so.
func (b *bench) refuse() error {
	if b.wrong == nil {
		return nil
	}
	_, _ = fmt.Fprintln(b.warn, b.words.T("tool.config-wrong", "file", b.from))
	_, _ = fmt.Fprintln(b.warn, indent(b.wrong.Error()))
	return exitNotKnown
}

// Told is the exit status of a command's error, and whether it was said already.
func Told(err error) (status int, said bool) {
	var e exit
	if errors.As(err, &e) {
		return int(e), true
	}
	return 1, false
}

// Options are what the commands need of whoever parses the command line.
func Options(t *Terminal) []kong.Option {
	return []kong.Option{kong.Vars{"station": StationFile}, kong.Bind(t)}
}
