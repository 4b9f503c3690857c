// Command tramhoso is the station: a kiosk for citizens and clerks.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"tramhoso/app/config"
	"tramhoso/app/devices/bench"
	"tramhoso/device/port"
)

// version is set by the build.
var version = "dev"

type commands struct {
	Run     runCommand     `cmd:"" default:"withargs" help:"Run the station."`
	Config  configCommand  `cmd:"" help:"Print the documented configuration to begin with."`
	Devices bench.Command  `cmd:"" help:"Look at the devices of this station, watch and test them."`
	Storage storageCommand `cmd:"" help:"Check, export or renew the storage while the station does not run."`
	Sending sendingCommand `cmd:"" help:"Pause what is sent from this station, or let it go on, while the station does not run."`
	Courier courierCommand `cmd:"" help:"Carry what waits on a stick, and the answer back, while the station does not run."`
	Version versionCommand `cmd:"" help:"Print the version."`
	rehearsal
}

type configCommand struct{}

func (configCommand) Run() error {
	_, err := fmt.Print(config.Documented())
	return err
}

type versionCommand struct{}

func (versionCommand) Run() error {
	_, err := fmt.Println("tramhoso", version)
	return err
}

func main() {
	var c commands
	k := kong.Parse(&c, commandLine(bench.ThisTerminal())...)
	if err := k.Run(); err != nil {
		status, said := bench.Told(err)
		if !said {
			fmt.Fprintln(os.Stderr, "tramhoso:", config.Named(err, port.Stable))
		}
		os.Exit(status)
	}
}

// commandLine is how the commands are read, and what those at a terminal need.
func commandLine(t *bench.Terminal) []kong.Option {
	return append(bench.Options(t),
		kong.Name("tramhoso"), kong.UsageOnError(),
		kong.Description("Trạm Hồ Sơ: an offline-first kiosk for administrative dossiers."),
		kong.BindTo(os.Stdout, (*io.Writer)(nil)),
		kong.BindToProvider(func() (context.Context, error) { return untilSignal(), nil }))
}

// untilSignal ends with Ctrl-C. A second one ends the program.
func untilSignal() context.Context {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	return ctx
}
