// Package commandline is how the project's programs are spoken to at a terminal.
//
// It promises one manner for all of them: what is wrong is a sentence on the
// standard error that begins with the program's name; a word that is no command
// comes with the list of the commands that there are; the exit status tells what
// could not be done ([Failed]) from what was not understood ([Misread], nothing was
// begun). `--help` and `--version` look alike everywhere.
//
// It knows no command and imports nothing of ours.
package commandline

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"
)

// Exit statuses. A command may have others of its own.
const (
	Done    = 0
	Failed  = 1 // it was understood and could not be done
	Misread = 2 // the command line is wrong
)

// Version is what every program says of itself, as a flag and as a command.
type Version struct {
	VersionFlag kong.VersionFlag `name:"version" help:"Print the version."`
	Version     versionCommand   `cmd:"" help:"Print the version."`
}

type versionCommand struct{}

// Run prints it.
func (versionCommand) Run(k *kong.Kong, vars kong.Vars) error {
	_, err := fmt.Fprintln(k.Stdout, vars["version"])
	return err
}

// Options are a program's name, what it is for, and the look of its help.
func Options(name, about, version string) []kong.Option {
	return []kong.Option{
		kong.Name(name), kong.Description(about), kong.Vars{"version": name + " " + version},
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}),
	}
}

// Run reads args and does what they say. told puts a failure into words and says
// what it is as an exit status; without words it has been told already.
func Run(k *kong.Kong, args []string, told func(error) (status int, words string)) (status int) {
	ctx, err := k.Parse(args)
	if err != nil {
		misread(k, err)
		return Misread
	}
	if err = ctx.Run(); err == nil {
		return Done
	}
	status, words := told(err)
	if words != "" {
		say(k.Stderr, k.Model.Name, words)
	}
	return status
}

func say(w io.Writer, name, words string) {
	_, _ = fmt.Fprintf(w, "%s: %s\n", name, words) // a terminal that is gone hears nothing
}

// misread says what is wrong with a command line and what it could be.
func misread(k *kong.Kong, err error) {
	var at *kong.ParseError
	node, here := k.Model.Node, k.Model.Name
	if errors.As(err, &at) && at.Context.Selected() != nil {
		node = at.Context.Selected()
		here = node.FullPath()
	}
	commands := branches(node)
	words, ofCommand := sentence(err.Error())
	if ofCommand && len(commands) > 0 {
		words = strings.Replace(words, "means nothing here", "is no command", 1) + "; there are these:"
	} else {
		commands = nil
	}
	say(k.Stderr, k.Model.Name, words)
	wide := 0
	for _, c := range commands {
		wide = max(wide, len(c.Name))
	}
	for _, c := range commands {
		_, _ = fmt.Fprintf(k.Stderr, "  %-*s  %s\n", wide, c.Name, c.Help)
	}
	if len(commands) > 0 {
		here += " <command>"
	}
	_, _ = fmt.Fprintf(k.Stderr, "%s --help says more.\n", here)
}

// branches are the commands below a node, in the order in which help lists them.
func branches(n *kong.Node) (list []*kong.Node) {
	for _, c := range n.Children {
		if c.Type == kong.CommandNode && !c.Hidden {
			list = append(list, c)
		}
	}
	return list
}

// Folder refuses what is not a folder that is there.
func Folder(dir string) error {
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR), err == nil && !info.IsDir():
		return fmt.Errorf("there is no folder %s", dir)
	case err != nil:
		return fmt.Errorf("failed to look at the folder: %w", err)
	}
	return nil
}
