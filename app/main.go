// Command tramhoso is the station: a kiosk for citizens and clerks.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"github.com/alecthomas/kong"

	"tramhoso/app/config"
	"tramhoso/app/devices/bench"
	"tramhoso/device/port"
	"tramhoso/sync/cmd/commandline"
)

// version is set by the build.
var version = "dev"

type commands struct {
	Run     runCommand     `cmd:"" default:"1" help:"Run the station: what is done without a command, too."`
	Config  configCommand  `cmd:"" help:"Print the documented configuration to begin with."`
	Devices bench.Command  `cmd:"" help:"Look at the devices of this station, watch and test them."`
	Storage storageCommand `cmd:"" help:"Check, export or renew the storage while the station does not run."`
	Sending sendingCommand `cmd:"" help:"Pause what is sent from this station, or let it go on, while the station does not run."`
	Courier courierCommand `cmd:"" help:"Carry what waits on a stick, and the answer back, while the station does not run."`

	rehearsal
	commandline.Version
}

type configCommand struct{}

func (configCommand) Run() error {
	_, err := fmt.Print(config.Documented())
	return err
}

func main() {
	var c commands
	os.Exit(commandline.Run(kong.Must(&c, commandLine(bench.ThisTerminal())...), os.Args[1:], told))
}

// told is what a failed command ends with.
func told(err error) (status int, words string) {
	status, said := bench.Told(err)
	if said {
		return status, ""
	}
	return status, config.Named(err, port.Stable).Error()
}

// commandLine is how the commands are read, and what those at a terminal need.
func commandLine(t *bench.Terminal) []kong.Option {
	return append(slices.Concat(bench.Options(t), commandline.Options("tramhoso", "Trạm Hồ Sơ: an offline-first kiosk for administrative dossiers.", version)),
		kong.BindTo(os.Stdout, (*io.Writer)(nil)),
		kong.BindToProvider(func() (context.Context, error) { return untilSignal(), nil }))
}

// untilSignal ends with Ctrl-C. A second one ends the program.
func untilSignal() context.Context {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	return ctx
}
