// Package powertest runs a real NUT server with NUT's simulated supply for
// tests, as child processes with folders of their own.
//
// It promises that a test which ends leaves no process behind, and that a tool
// which is missing fails the test with the package's name.
//
// It must not be linked into the station.
package powertest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Name is the supply's.
const Name = "kiosk"

// patience bounds the wait for a child process that starts.
const patience = 30 * time.Second

// Supply is a simulated supply behind a server.
type Supply struct {
	Addr string // of the server

	t      testing.TB
	dir    string
	server *exec.Cmd
	driver *exec.Cmd
}

// The tools, where Debian has them.
const (
	driverTool = "/lib/nut/dummy-ups"
	serverTool = "/lib/nut/upsd"
)

// Start runs a server and a driver until the test ends; the mains are there.
func Start(t testing.TB) *Supply {
	t.Helper()
	for _, tool := range []string{driverTool, serverTool} {
		if _, err := os.Stat(tool); err != nil {
			t.Fatalf("%s is missing: install Debian's package nut-server (packaging/install test does it)", tool)
		}
	}
	dir, err := os.MkdirTemp("", "nut") // a short path: a socket's name has 107 bytes
	must(t, err)
	t.Cleanup(func() { must(t, os.RemoveAll(dir)) })
	s := &Supply{t: t, dir: dir}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	s.Addr = ln.Addr().String()
	must(t, ln.Close())
	host, port, err := net.SplitHostPort(s.Addr)
	must(t, err)
	s.write("upsd.conf", fmt.Sprintf("LISTEN %s %s\nSTATEPATH %s\n", host, port, dir))
	s.write("upsd.users", "")
	s.write("ups.conf", fmt.Sprintf("pollinterval = 1\n[%s]\ndriver = dummy-ups\nport = %s.dev\ndesc = \"of a test\"\nmode = dummy-loop\n", Name, Name))
	s.Set("OL", 100, 3600)
	s.driver = s.run(driverTool, "-a", Name, "-D")
	s.until("the driver", func() bool {
		_, err := os.Stat(filepath.Join(dir, "dummy-ups-"+Name))
		return err == nil
	})
	s.server = s.run(serverTool, "-D")
	s.until("the server", func() bool {
		c, err := net.Dial("tcp", s.Addr)
		return err == nil && c.Close() == nil
	})
	return s
}

// Set says how the supply is from now on; the driver looks every second.
func (s *Supply) Set(status string, charge, runtime int) {
	s.t.Helper()
	s.write("next", fmt.Sprintf("ups.status: %s\nbattery.charge: %d\nbattery.runtime: %d\n", status, charge, runtime))
	must(s.t, os.Rename(filepath.Join(s.dir, "next"), filepath.Join(s.dir, Name+".dev")))
}

// Off kills the server.
func (s *Supply) Off() { s.t.Helper(); s.stop(s.server) }

// DriverOff kills the driver: the server then says that the supply is not
// connected.
func (s *Supply) DriverOff() { s.t.Helper(); s.stop(s.driver) }

func (s *Supply) run(tool string, args ...string) *exec.Cmd {
	s.t.Helper()
	if me, err := user.Current(); err == nil && me.Uid == "0" {
		args = append(args, "-u", me.Username) // else it becomes a user who cannot read the folder
	}
	log, err := os.OpenFile(filepath.Join(s.dir, filepath.Base(tool)+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	must(s.t, err)
	cmd := exec.CommandContext(context.Background(), tool, args...) // stop ends it
	cmd.Dir, cmd.Stdout, cmd.Stderr = s.dir, log, log
	for _, v := range []string{"NUT_CONFPATH", "NUT_STATEPATH", "NUT_ALTPIDPATH", "NUT_PIDPATH"} {
		cmd.Env = append(cmd.Env, v+"="+s.dir)
	}
	must(s.t, cmd.Start())
	must(s.t, log.Close())
	s.t.Cleanup(func() {
		s.stop(cmd)
		if s.t.Failed() {
			raw, _ := os.ReadFile(log.Name())
			s.t.Logf("%s:\n%s", strings.Join(cmd.Args, " "), raw[max(0, len(raw)-2000):])
		}
	})
	return cmd
}

func (s *Supply) stop(cmd *exec.Cmd) {
	if cmd.ProcessState != nil {
		return
	}
	if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		s.t.Error(err)
	}
	_ = cmd.Wait() // killed is how it ends
}

func (s *Supply) until(what string, ok func() bool) {
	s.t.Helper()
	for end := time.Now().Add(patience); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			s.t.Fatalf("never: %s", what)
		}
	}
}

func (s *Supply) write(name, content string) {
	s.t.Helper()
	must(s.t, os.WriteFile(filepath.Join(s.dir, name), []byte(content), 0o600))
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
