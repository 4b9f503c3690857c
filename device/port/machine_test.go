//go:build uart

package port

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// As the first process the binary makes a machine of itself, runs its tests as
// another one, says how it ended and turns the machine off.
func init() {
	if os.Getpid() != 1 {
		return
	}
	code := 1
	if err := boot(); err != nil {
		fmt.Println("uart:", err)
	} else {
		c := exec.Command("/proc/self/exe", "-test.v", "-test.run=^Test(UART|USB)", "-test.timeout=4m")
		c.Stdout, c.Stderr = os.Stdout, os.Stderr
		if err := c.Run(); err != nil {
			fmt.Println("uart:", err)
		} else {
			code = 0
		}
	}
	fmt.Println("uart: exit", code)
	syscall.Sync()
	if f, err := os.OpenFile("/dev/console", os.O_WRONLY, 0); err == nil {
		_ = unix.IoctlSetInt(int(f.Fd()), unix.TCSBRK, 1) // the last line, too
	}
	_ = syscall.Reboot(syscall.LINUX_REBOOT_CMD_RESTART) // qemu -no-reboot ends then
	select {}
}

func boot() error {
	for _, m := range []struct{ kind, at string }{{"proc", "/proc"}, {"sysfs", "/sys"}, {"devtmpfs", "/dev"}, {"tmpfs", "/tmp"}} {
		if err := os.MkdirAll(m.at, 0o755); err != nil {
			return err
		}
		if err := syscall.Mount(m.kind, m.at, m.kind, 0, ""); err != nil {
			return fmt.Errorf("failed to mount %s: %w", m.at, err)
		}
	}
	modules, err := filepath.Glob("/modules/*.ko")
	if err != nil {
		return err
	}
	slices.Sort(modules)
	for _, path := range modules {
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if err := unix.InitModule(raw, ""); err != nil {
			return fmt.Errorf("failed to load %s: %w", path, err)
		}
	}
	return nil
}

// host has QEMU's monitor do something: packaging/uart carries it there.
func host(t *testing.T, command string) {
	t.Helper()
	f, err := os.OpenFile("/dev/console", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := fmt.Fprintf(f, "\nhost: %s\n", command); err != nil {
		t.Fatal(err)
	}
}
