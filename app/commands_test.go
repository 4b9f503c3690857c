package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"tramhoso/app/devices/bench"
	"tramhoso/sync/cmd/commandline"
	"tramhoso/sync/store"
)

// begin makes a station that does not run.
func begin(t *testing.T, dir string) {
	t.Helper()
	s, err := store.Open(t.Context(), dir, store.Options{})
	must(t, err)
	must(t, s.Close())
}

// speak runs the program with args, as main does.
func speak(t *testing.T, args ...string) (status int, out, said string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	k, err := kong.New(&commands{}, append(commandLine(bench.ThisTerminal()), kong.Writers(&stdout, &stderr), kong.Exit(func(int) {}))...)
	must(t, err)
	status = commandline.Run(k, args, told)
	return status, stdout.String(), stderr.String()
}

// What cannot be done is one sentence, and nothing is made: no station begins
// because a name was mistyped.
func TestRefusedCommands(t *testing.T) {
	dir := t.TempDir()
	file, missing, stick := filepath.Join(dir, "file"), filepath.Join(dir, "missing"), filepath.Join(dir, "stick")
	must(t, os.WriteFile(file, nil, 0o600))
	must(t, os.Mkdir(stick, 0o700))
	data := filepath.Join(dir, "data")
	conf, wrong := filepath.Join(dir, "station.toml"), filepath.Join(dir, "wrong.toml")
	must(t, os.WriteFile(conf, fmt.Appendf(nil, "storage = %q\ntpm = \"off\"\n", data), 0o600))
	must(t, os.WriteFile(wrong, fmt.Appendf(nil, "storag = %q\n", data), 0o600))
	names := func() string {
		list, err := filepath.Glob(filepath.Join(dir, "*"))
		must(t, err)
		return strings.Join(list, "\n")
	}
	before := names()

	noConfig := "there is no configuration at " + missing + "; `tramhoso config` prints one to begin with"
	noStation := "there is no station in " + data + ": --config names the configuration of one"
	noFolder := "there is no folder " + missing
	for _, c := range []struct {
		args, want string
		status     int
	}{
		{"run --config " + missing, noConfig, commandline.Failed},
		{"run --config " + dir, "failed to read the configuration: read " + dir + ": is a directory", commandline.Failed},
		{"run --config " + wrong, wrong + ": line 1: there is no key \"storag\"", commandline.Failed},
		{"run --config " + conf + " --size 1280", "--size must be like 1280x800, not \"1280\"", commandline.Failed},
		{"run --config " + conf + " --size 1280x800px", "--size must be like 1280x800, not \"1280x800px\"", commandline.Failed},
		{"run --config " + conf + " --lang fr", "language must be one of vi, en, not \"fr\"", commandline.Failed},
		{"sending --config " + missing, noConfig, commandline.Failed},
		{"sending --config " + conf, noStation, commandline.Failed},
		{"sending pause --for 1h --config " + conf, noStation, commandline.Failed},
		{"sending pause --config " + conf, "a pause needs an end: --for 1h or --morning", commandline.Failed},
		{"sending resume --config " + conf, noStation, commandline.Failed},
		{"storage check --config " + missing, noConfig, commandline.Failed},
		{"storage check --config " + conf, noStation, commandline.Failed},
		{"storage export " + missing + " --config " + conf, noFolder, commandline.Failed},
		{"storage export --any " + stick + " --config " + conf, noStation, commandline.Failed},
		{"storage renew --yes " + file + " --config " + conf, "there is no folder " + file, commandline.Failed},
		{"storage renew --yes --any " + stick + " --config " + conf, noStation, commandline.Failed},
		{"courier export --to " + missing, noFolder, commandline.Failed},
		{"courier import --from " + file, "there is no folder " + file, commandline.Failed},
		{"courier --any export --to " + stick + " --config " + conf, noStation, commandline.Failed},
		{"courier --any import --from " + stick + " --config " + conf, noStation, commandline.Failed},

		{"bogus", "\"bogus\" is no command; there are these:", commandline.Misread},
		{"run bogus", "\"bogus\" means nothing here", commandline.Misread},
		{"rnu --config " + conf, "\"rnu\" is no command; there are these:", commandline.Misread},
		{"--config " + conf, "there is no flag --config", commandline.Misread},
		{"storage", "a command is missing; there are these:", commandline.Misread},
		{"devices bogus", "\"bogus\" is no command; there are these:", commandline.Misread},
		{"sending bogus", "\"bogus\" is no command; there are these:", commandline.Misread},
		{"sending pause --for -1h", "--for must be a length of time such as 1h or 90m, not \"-1h\"", commandline.Misread},
		{"sending pause --for 1h --morning", "--for and --morning exclude each other", commandline.Misread},
		{"storage export", "this is missing: <folder>", commandline.Misread},
		{"storage renew " + stick, "this is missing: --yes", commandline.Misread},
		{"courier export", "this is missing: --to=FOLDER", commandline.Misread},
		{"devices list --lang fr", "--lang must be one of \"vi\", \"en\", \"\", not \"fr\"", commandline.Misread},
	} {
		status, out, said := speak(t, strings.Fields(c.args)...)
		first, _, _ := strings.Cut(said, "\n")
		if status != c.status || out != "" || first != "tramhoso: "+c.want || status == commandline.Failed && strings.Count(said, "\n") != 1 {
			t.Errorf("%s: %d, %q\n%s\nwant %d\n%s", c.args, status, out, said, c.status, c.want)
		}
		if now := names(); now != before {
			t.Fatalf("%s made something:\n%s", c.args, now)
		}
	}
}

// While the station runs, what its screen can do is done there.
func TestCommandsBesideAStationThatRuns(t *testing.T) {
	dir, stick := filepath.Join(t.TempDir(), "data"), t.TempDir()
	conf := filepath.Join(t.TempDir(), "station.toml")
	must(t, os.WriteFile(conf, fmt.Appendf(nil, "storage = %q\ntpm = \"off\"\n", dir), 0o600))
	s, err := store.Open(t.Context(), dir, store.Options{})
	must(t, err)
	defer func() { must(t, s.Close()) }()
	for args, want := range map[string]string{
		"sending pause --for 1h":             "the station runs: pause sending on the technician's screen",
		"courier --any export --to " + stick: "the station runs: a clerk carries on its screen",
		"storage check":                      "the station runs: stop it first",
		"storage export --any " + stick:      "the station runs: stop it first",
		"storage renew --yes --any " + stick: "the station runs: stop it first",
	} {
		status, out, said := speak(t, append(strings.Fields(args), "--config", conf)...)
		if status != commandline.Failed || out != "" || said != "tramhoso: "+want+"\n" {
			t.Errorf("%s: %d, %q, %q", args, status, out, said)
		}
	}
}

func TestVersion(t *testing.T) {
	if status, out, said := speak(t, "version"); status != 0 || out != "tramhoso "+version+"\n" || said != "" {
		t.Errorf("%d, %q, %q", status, out, said)
	}
}
