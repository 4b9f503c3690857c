//go:build tour

package tour

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// PlayCommand is `tramhoso tour`, for the program's command line.
type PlayCommand struct {
	Out    string   `default:"out/tour" help:"Folder for report.json, pictures, papers and logs."`
	Size   string   `default:"1280x800" help:"The station's screen."`
	Lang   string   `default:"vi" enum:"vi,en" help:"The language the station starts in."`
	Steps  bool     `help:"Print a line for every step, too."`
	Count  string   `hidden:"" help:"File that gets the numbers of passed and failed files."`
	Portal string   `help:"The portal's program; without it, tramhoso-portal beside this one."`
	Files  []string `arg:"" name:"file" help:"Tours to play."`
}

// Run plays the files; ErrFailed says that its lines have said all.
func (c *PlayCommand) Run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return Run(ctx, Options{
		Out: c.Out, Size: c.Size, Lang: c.Lang, Steps: c.Steps, Count: c.Count, Portal: c.Portal,
	}, c.Files...)
}

// DemoCommand is `tramhoso demo`: the kiosk's window and a dock to play with.
type DemoCommand struct {
	Out    string `default:"out/demo" help:"Folder for papers and logs."`
	Size   string `default:"1280x800" help:"The station's screen."`
	Lang   string `default:"vi" enum:"vi,en" help:"The language the station starts in."`
	Portal string `help:"The portal's program; without it, tramhoso-portal beside this one."`
}

// Run shows both windows until one of them is closed.
func (c *DemoCommand) Run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return Demo(ctx, Options{Out: c.Out, Size: c.Size, Lang: c.Lang, Portal: c.Portal})
}
