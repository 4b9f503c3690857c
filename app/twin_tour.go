//go:build tour

package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"tramhoso/device/twin"
	"tramhoso/device/twin/console"
)

// twinCommand runs simulated devices alone, for any software that opens a
// serial port.
type twinCommand struct {
	Printer twinPrinter `cmd:"" help:"A receipt printer (ESC/POS) on a pseudo terminal."`
	Scanner twinScanner `cmd:"" help:"A code scanner on a pseudo terminal."`
}

type twinPrinter struct {
	Link        string        `help:"Where the printer is to be found: a symbolic link to the terminal, removed at the end." type:"path" required:"" placeholder:"PATH"`
	Paper       string        `help:"Folder for what falls out: paper-NNN.png, and paper-NNN.bin with the bytes." type:"path" placeholder:"DIR"`
	Width       int           `help:"Dots of the head: 576 for 80 mm, 384 for 58 mm." default:"576"`
	Model       string        `help:"Name that GS I 67 tells." placeholder:"NAME"`
	Baud        int           `help:"Speed of the line: software that sets another one sends and hears noise. Without it any will do, and the line is as fast as the computer." placeholder:"N"`
	Rows        int           `help:"Speed of the head in rows a second, such as 1200 (150 mm/s); without it, instant." placeholder:"N"`
	Buffer      int           `help:"Bytes of the receive buffer; a real one has 4096. Without it, generous." placeholder:"N"`
	Flow        string        `help:"Flow control: none, xonxoff, dtr." enum:"none,xonxoff,dtr" default:"none"`
	HotFor      time.Duration `help:"How long a hot head takes to cool." default:"20s"`
	Script      string        `help:"Faults to come, a line each, such as 'row 120 paper-out', 'byte 500 unplug', 'before-cut cover-open', 'after 2s ok' (since the line above)." type:"existingfile" placeholder:"FILE"`
	Clone       bool          `help:"The cheapest kind: answers nothing, knows no GS ( H and no GS ( L."`
	NoProcessID bool          `help:"Lacks GS ( H." name:"no-process-id"`
	NoStatus    bool          `help:"Lacks the automatic status, GS a." name:"no-auto-status"`
	NoCutter    bool          `help:"Has no knife; the command 'tear' takes the paper."`
	CutterRows  int           `help:"Rows between the head and the knife: a cut without a feed leaves them on the next paper." placeholder:"N"`
}

// Help stands behind the flags in --help.
func (twinPrinter) Help() string {
	return "Commands are typed as lines; each acts at once:\n\n" + twin.Words() +
		"  status, help, quit\n\nBehind a moment (row N, byte N, before-cut, after-cut, after 2s) a command waits for it, as in a script."
}

// Run plays the printer until Ctrl-C.
func (c twinPrinter) Run(ctx context.Context) error {
	script := ""
	if c.Script != "" {
		b, err := os.ReadFile(c.Script)
		if err != nil {
			return fmt.Errorf("failed to read the script: %w", err)
		}
		script = string(b)
	}
	if c.Flow == "none" {
		c.Flow = ""
	}
	return console.Printer(ctx, twin.PrinterConfig{
		Link: c.Link, PaperDir: c.Paper, WidthDots: c.Width, Model: c.Model,
		Baud: c.Baud, StrictBaud: true, RowsPerSecond: c.Rows, BufferBytes: c.Buffer, Flow: c.Flow, HotFor: c.HotFor,
		Clone: c.Clone, NoProcessID: c.NoProcessID, NoAutoStatus: c.NoStatus, NoCutter: c.NoCutter, CutterRows: c.CutterRows,
		Script: script,
	}, os.Stdin, os.Stdout)
}

type twinScanner struct {
	Link  string `help:"Where the scanner is to be found: a symbolic link to the terminal, removed at the end." type:"path" required:"" placeholder:"PATH"`
	Model string `help:"How it speaks: cr, crlf, lf, stx, silence, ssi, honeywell, newland, datalogic, metroselect, access-is, mrz-90 or mrz-3m." default:"cr"`
}

// Help stands behind the flags in --help.
func (twinScanner) Help() string {
	return `Each line typed is scanned as a code; \xHH, \r, \n, \t and \\ stand for bytes. Lines that begin with a colon command: type :help.`
}

// Run plays the scanner until Ctrl-C.
func (c twinScanner) Run(ctx context.Context) error {
	return console.Scanner(ctx, twin.ScannerConfig{Link: c.Link, Model: c.Model}, os.Stdin, os.Stdout)
}
