package main

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"tramhoso/sync/cmd/commandline"
	"tramhoso/sync/portal"
)

// refuse runs the program with args and wants one sentence, no output and nothing
// made in dir.
func refuse(ctx context.Context, t *testing.T, dir string, status int, want string, args ...string) {
	t.Helper()
	before := tree(t, dir)
	cmd := program(ctx, args...)
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	var exit *exec.ExitError
	if err := cmd.Run(); !errors.As(err, &exit) || exit.ExitCode() != status {
		t.Errorf("%q: %v, want exit status %d", args, err, status)
	}
	first, _, _ := strings.Cut(said.String(), "\n")
	if out.Len() > 0 || first != "tramhoso-portal: "+want {
		t.Errorf("%q:\n%s%s\nwant\n%s", args, out.String(), said.String(), want)
	}
	if after := tree(t, dir); after != before {
		t.Errorf("%q made something: before\n%s\nafter\n%s", args, before, after)
	}
}

// tree is every name below dir, but for what SQLite keeps while a ledger is open.
func tree(t *testing.T, dir string) (names string) {
	t.Helper()
	must(t, filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if !strings.HasSuffix(path, "-wal") && !strings.HasSuffix(path, "-shm") {
			names += path + "\n"
		}
		return err
	}))
	return names
}

// A folder without a portal is named as such by every command, and stays without.
func TestNoPortalThere(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	dir := t.TempDir()
	file, missing := filepath.Join(dir, "file"), filepath.Join(dir, "missing")
	must(t, os.WriteFile(file, []byte("{}"), 0o600))
	for _, command := range [][]string{
		{"token", "--code", "DL40", "--name", "x", "--url", "https://127.0.0.1:1"},
		{"revoke", "--code", "DL40"}, {"publish", "--catalogue", file}, {"import", dir}, {"rotate"}, {"rotate", "due"},
		{"rotate", "authority"}, {"rotate", "time"}, {"keys"}, {"alarms"}, {"sweep"}, {"gaps"}, {"backup"},
	} {
		for _, at := range []string{dir, missing, file} {
			refuse(ctx, t, dir, commandline.Failed, "there is no portal in "+at+": --dir names its folder, and serve makes one",
				append(command, "--dir", at)...)
		}
	}
}

func TestRefusals(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	dir := t.TempDir()
	there, anew := filepath.Join(dir, "portal"), filepath.Join(dir, "anew")
	p, err := portal.Open(ctx, portal.Options{Dir: there})
	must(t, err)
	must(t, p.Close())
	file, missing := filepath.Join(dir, "file"), filepath.Join(dir, "missing")
	must(t, os.WriteFile(file, []byte("junk"), 0o600))

	for want, args := range map[string][]string{
		"--now goes with --demo only":                                                                                  {"serve", "--dir", anew, "--now", "2026-07-14T09:00:00+07:00"},
		"--dir must name a folder: " + file + " is a file":                                                             {"serve", "--dir", file},
		"--listen must be an address with a port, such as :8443, not \"here\"":                                         {"serve", "--dir", anew, "--listen", "here"},
		"--desk-listen must be a loopback address with a port, not \"0.0.0.0:0\"":                                      {"serve", "--dir", anew, "--desk-listen", "0.0.0.0:0"},
		"--desk-listen must be a loopback address with a port, not \"there\"":                                          {"serve", "--dir", anew, "--desk-listen", "there"},
		"--keep-days must be at least 1, not -4":                                                                       {"serve", "--dir", anew, "--keep-days=-4"},
		"--connections, --polls, --station-calls and --station-bytes must be more than nothing: else nobody is let in": {"serve", "--dir", anew, "--polls", "0"},
		"--keep-backups must be at least 1, not -1":                                                                    {"serve", "--dir", anew, "--keep-backups=-1"},
		"--keep-backups must be at least 1, not 0":                                                                     {"backup", "--dir", there, "--keep-backups", "0"},
		"--keep-days must be at least 1, not 0":                                                                        {"sweep", "--dir", there, "--keep-days", "0"},
		"there is no catalogue at " + missing:                                                                          {"publish", "--dir", there, "--catalogue", missing},
		"failed to read the catalogue: read " + dir + ": is a directory":                                               {"publish", "--dir", there, "--catalogue", dir},
		file + " is no catalogue: invalid character 'j' looking for beginning of value":                                {"serve", "--dir", anew, "--catalogue", file},
		"there is no folder " + missing:                                                                                {"import", "--dir", there, missing},
		"there is no folder " + file:                                                                                   {"import", "--dir", there, file},
		"--url must be an address such as https://portal.example:8443, not \"portal.example\"":                         {"token", "--dir", there, "--code", "DL40", "--name", "x", "--url", "portal.example"},
		"--acknowledge and --officer go together: which alarm, and who has looked at it":                               {"alarms", "--dir", there, "--acknowledge", "1"},
		"failed to revoke a station: not-found: no station DL40 is enrolled":                                           {"revoke", "--dir", there, "--code", "DL40"},
		"invalid: a station needs a valid code and a name":                                                             {"token", "--dir", there, "--code", "dl 40", "--name", "x", "--url", "https://127.0.0.1:1"},
	} {
		refuse(ctx, t, dir, commandline.Failed, want, args...)
	}
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer taken.Close()
	at := taken.Addr().String()
	refuse(ctx, t, dir, commandline.Failed, "--listen: nothing can listen at "+at+": listen tcp "+at+": bind: address already in use", "serve", "--dir", anew, "--listen", at)
	refuse(ctx, t, dir, commandline.Failed, "--desk-listen: nothing can listen at "+at+": listen tcp "+at+": bind: address already in use", "serve", "--dir", anew, "--desk-listen", at)
	refuse(ctx, t, dir, commandline.Failed, "--listen: nothing can listen at :99999: listen tcp: address 99999: invalid port", "serve", "--dir", anew, "--listen", ":99999")

	refuse(ctx, t, dir, commandline.Misread, "a command is missing; there are these:")
	refuse(ctx, t, dir, commandline.Misread, "\"bogus\" is no command; there are these:", "bogus")
	refuse(ctx, t, dir, commandline.Misread, "key must be one of \"due\", \"recipient\", \"receipt\", \"catalogue\", \"staff\", \"time\", \"authority\", not \"root\"", "rotate", "root", "--dir", there)

	// The root's key is kept elsewhere, as it should be.
	must(t, os.Rename(filepath.Join(there, "keys", "root.pem"), filepath.Join(dir, "root.pem")))
	refuse(ctx, t, dir, commandline.Failed, "failed to rotate the recipient: the root's private key is not in the folder: rotate where it is kept", "rotate", "--dir", there)

	// Without its keys a ledger is not a portal that could be begun anew.
	must(t, os.Rename(filepath.Join(there, "keys"), filepath.Join(dir, "keys")))
	refuse(ctx, t, dir, commandline.Failed, "the portal in "+there+" has lost its keys: put them back into "+filepath.Join(there, "keys"), "serve", "--dir", there)
	refuse(ctx, t, dir, commandline.Failed, "there is no portal in "+there+": --dir names its folder, and serve makes one", "gaps", "--dir", there)
}

func TestVersion(t *testing.T) {
	for _, args := range []string{"version", "--version"} {
		if out, err := program(t.Context(), args).Output(); err != nil || string(out) != "tramhoso-portal "+version+"\n" {
			t.Errorf("%s: %q, %v", args, out, err)
		}
	}
}
