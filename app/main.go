// Command tramhoso is the station: a kiosk for citizens and clerks.
package main

import (
	"fmt"
	"os"

	"github.com/alecthomas/kong"

	"tramhoso/app/config"
	"tramhoso/device/port"
)

// version is set by the build.
var version = "dev"

type commands struct {
	Run     runCommand     `cmd:"" default:"withargs" help:"Run the station."`
	Config  configCommand  `cmd:"" help:"Print the documented configuration to begin with."`
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
	k := kong.Parse(&c, kong.Name("tramhoso"), kong.UsageOnError(),
		kong.Description("Trạm Hồ Sơ: an offline-first kiosk for administrative dossiers."))
	if err := k.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "tramhoso:", named(err, port.Stable))
		os.Exit(1)
	}
}
