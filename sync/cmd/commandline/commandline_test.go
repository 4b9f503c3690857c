package commandline_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"

	"tramhoso/sync/cmd/commandline"
)

type act struct {
	For     time.Duration `xor:"end"`
	Count   int
	Share   float64
	At      time.Time
	Lang    string `enum:"vi,en" default:"vi"`
	Morning bool   `xor:"end"`
	To      string `required:"" placeholder:"FOLDER"`
}

func (act) Run() error { return nil }

type take struct {
	Key    string `arg:"" enum:"a,b"`
	Folder string `arg:""`
}

func (take) Run() error { return errors.New("there is no room for it") }

type quiet struct{}

func (quiet) Run() error { return errors.New("told") }

type grammar struct {
	Act   act   `cmd:"" help:"Do something."`
	Take  take  `cmd:"" help:"Take something."`
	Quiet quiet `cmd:"" help:"Say it oneself."`
	Parts struct {
		First  quiet `cmd:"" help:"The first."`
		Second quiet `cmd:"" help:"The second."`
	} `cmd:"" help:"Has parts."`

	commandline.Version
}

// speak runs a program with args.
func speak(t *testing.T, args ...string) (status int, out, said string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	type ended int
	defer func() {
		if r := recover(); r != nil {
			n, ok := r.(ended)
			if !ok {
				panic(r)
			}
			status, out, said = int(n), stdout.String(), stderr.String()
		}
	}()
	k, err := kong.New(&grammar{}, append(commandline.Options("prog", "A program.", "1.2"), kong.Writers(&stdout, &stderr),
		kong.Exit(func(n int) { panic(ended(n)) }))...)
	if err != nil {
		t.Fatal(err)
	}
	status = commandline.Run(k, args, func(err error) (int, string) {
		if err.Error() == "told" {
			return 7, ""
		}
		return commandline.Failed, err.Error()
	})
	return status, stdout.String(), stderr.String()
}

const all = `  act      Do something.
  take     Take something.
  quiet    Say it oneself.
  parts    Has parts.
  version  Print the version.
prog <command> --help says more.
`

// The parser's own words, each put into ours: a parser that says something else
// fails here.
func TestWhatIsMisread(t *testing.T) {
	for args, want := range map[string]string{
		"":                              "a command is missing; there are these:\n" + all,
		"bogus":                         "\"bogus\" is no command; there are these:\n" + all,
		"ack":                           "\"ack\" is no command; there are these:\n" + all,
		"parts":                         "a command is missing; there are these:\n  first   The first.\n  second  The second.\nprog parts <command> --help says more.\n",
		"parts third":                   "\"third\" is no command; there are these:\n  first   The first.\n  second  The second.\nprog parts <command> --help says more.\n",
		"parts first x":                 "\"x\" means nothing here\nprog parts first --help says more.\n",
		"act --to x y":                  "\"y\" means nothing here\nprog act --help says more.\n",
		"act":                           "this is missing: --to=FOLDER\nprog act --help says more.\n",
		"take":                          "this is missing: <key> <folder>\nprog take --help says more.\n",
		"take a":                        "this is missing: <folder>\nprog take --help says more.\n",
		"take c d":                      "key must be one of \"a\", \"b\", not \"c\"\nprog take --help says more.\n",
		"act --bogus":                   "there is no flag --bogus\nprog act --help says more.\n",
		"--bogus":                       "there is no flag --bogus\nprog --help says more.\n",
		"act --too x":                   "there is no flag --too, did you mean one of \"--for\", \"--to\"?\nprog act --help says more.\n",
		"act --to x --count -4":         "--count must be a count, not \"-4\"\nprog act --help says more.\n",
		"act --to x --count x":          "--count must be a count, not \"x\"\nprog act --help says more.\n",
		"act --to x --share x":          "--share must be a number, not \"x\"\nprog act --help says more.\n",
		"act --to x --for -1h":          "--for must be a length of time such as 1h or 90m, not \"-1h\"\nprog act --help says more.\n",
		"act --to x --for soon":         "--for must be a length of time such as 1h or 90m, not \"soon\"\nprog act --help says more.\n",
		"act --to x --for":              "--for needs a value\nprog act --help says more.\n",
		"act --to":                      "--to needs a value\nprog act --help says more.\n",
		"act --to x --at noon":          "--at must be a time such as 2026-07-14T09:00:00+07:00, not \"noon\"\nprog act --help says more.\n",
		"act --to x --lang fr":          "--lang must be one of \"vi\", \"en\", not \"fr\"\nprog act --help says more.\n",
		"act --to x --for 1h --morning": "--for and --morning exclude each other\nprog act --help says more.\n",
		"act --to x --count 1 bad":      "\"bad\" means nothing here\nprog act --help says more.\n",
	} {
		status, out, said := speak(t, strings.Fields(args)...)
		if status != commandline.Misread || out != "" || said != "prog: "+want {
			t.Errorf("%q: %d, %q,\n%s\nwant\n%s", args, status, out, said, "prog: "+want)
		}
	}
}

func TestWhatIsDone(t *testing.T) {
	for args, want := range map[string]struct {
		status    int
		out, said string
	}{
		"act --to x": {},
		"take a b":   {commandline.Failed, "", "prog: there is no room for it\n"},
		"quiet":      {7, "", ""},
		"version":    {commandline.Done, "prog 1.2\n", ""},
		"--version":  {commandline.Done, "prog 1.2\n", ""},
	} {
		if status, out, said := speak(t, strings.Fields(args)...); status != want.status || out != want.out || said != want.said {
			t.Errorf("%q: %d, %q, %q", args, status, out, said)
		}
	}
	for _, args := range []string{"--help", "act --help", "parts --help"} {
		status, out, said := speak(t, strings.Fields(args)...)
		if status != commandline.Done || !strings.HasPrefix(out, "Usage: prog ") || said != "" {
			t.Errorf("%q: %d, %q, %q", args, status, out, said)
		}
	}
}

func TestFolder(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := commandline.Folder(dir); err != nil {
		t.Error(err)
	}
	for _, bad := range []string{file, filepath.Join(file, "below"), filepath.Join(dir, "nothing")} {
		if err := commandline.Folder(bad); err == nil || err.Error() != "there is no folder "+bad {
			t.Errorf("%s: %v", bad, err)
		}
	}
}
