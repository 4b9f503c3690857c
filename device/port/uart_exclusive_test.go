//go:build uart

package port

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// nobody opens the line as a user without rights.
func nobody(t *testing.T) string {
	t.Helper()
	c := exec.Command("/proc/self/exe", "-test.run=^TestUARTChild$")
	c.Env = []string{"UART_CHILD=open"}
	c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("the child failed: %v: %s", err, out)
	}
	said, _, _ := strings.Cut(string(out), "\n")
	return said
}

// TestUARTChild is what other processes do; by itself nothing.
func TestUARTChild(t *testing.T) {
	switch os.Getenv("UART_CHILD") {
	case "open":
		fd, err := unix.Open(uart, unix.O_RDWR|unix.O_NOCTTY|unix.O_NONBLOCK, 0)
		if err == nil {
			_ = unix.Close(fd)
			fmt.Println("opened")
			return
		}
		fmt.Println(err)
	case "hold":
		s, err := Open(Config{Path: uart})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println("holding")
		_, _ = s.Read(make([]byte, 1))
	}
}

func TestUARTExclusive(t *testing.T) {
	if err := os.Chmod(uart, 0o666); err != nil {
		t.Fatal(err)
	}
	if got := nobody(t); got != "opened" {
		t.Fatalf("before: %s", got)
	}
	s, err := Open(Config{Path: uart, Baud: 19200})
	if err != nil {
		t.Fatal(err)
	}
	if got := nobody(t); got != unix.EBUSY.Error() {
		t.Errorf("while it is ours: %s", got)
	}
	if _, err := Open(Config{Path: uart}); !errors.Is(err, ErrBusy) {
		t.Errorf("a second one of ours: %v", err)
	}
	closes(t, s)
	if got := nobody(t); got != "opened" {
		t.Errorf("after Close: %s", got)
	}

	// Killed, without a word.
	c := exec.Command("/proc/self/exe", "-test.run=^TestUARTChild$")
	c.Env = []string{"UART_CHILD=hold"}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	said := make([]byte, 7)
	if _, err := out.Read(said); err != nil || string(said) != "holding" {
		t.Fatalf("the child said %q, %v", said, err)
	}
	if got := nobody(t); got != unix.EBUSY.Error() {
		t.Errorf("while it is the child's: %s", got)
	}
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = c.Wait() // killed
	if got := nobody(t); got != "opened" {
		t.Errorf("after kill -9: %s", got)
	}
	s, err = Open(Config{Path: uart})
	if err != nil {
		t.Fatalf("after kill -9: %v", err)
	}
	closes(t, s)
}

// The machine has two UARTs and, as everywhere, more nodes than that.
func TestUARTList(t *testing.T) {
	for _, node := range []string{"/dev/ttyS2", "/dev/ttyS3"} {
		if _, err := os.Stat(node); err != nil {
			t.Fatalf("nothing to leave out: %v", err)
		}
		if _, err := Open(Config{Path: node}); !errors.Is(err, ErrAbsent) {
			t.Errorf("Open(%s): %v", node, err)
		}
	}
	s, err := Open(Config{Path: uart})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	all, err := List()
	if err != nil || len(all) != 2 {
		t.Fatalf("found %+v, %v", all, err)
	}
	want := []Found{
		{Path: "/dev/ttyS0", Node: "/dev/ttyS0", Console: true},
		{Path: uart, Node: uart, Taken: true, Holder: filepath.Base(comm(t))},
	}
	if !slices.Equal(all, want) {
		t.Errorf("found %+v", all)
	}
	if name, err := Stable(uart); err != nil || name != uart {
		t.Errorf("Stable = %q, %v", name, err)
	}
}

func comm(t *testing.T) string {
	t.Helper()
	raw, err := os.ReadFile("/proc/self/comm")
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(raw))
}
