package tpm

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-tpm/tpm2"

	"tramhoso/sync/seal"
)

// chip is a TPM in software with a state of its own.
type chip struct {
	t     testing.TB
	state string
	cmd   *exec.Cmd
	*TPM
}

func newChip(t testing.TB) *chip {
	t.Helper()
	c := &chip{t: t, state: t.TempDir()}
	c.start()
	t.Cleanup(c.stop)
	return c
}

// start switches the TPM on with the state that it has.
func (c *chip) start() {
	c.t.Helper()
	if _, err := exec.LookPath("swtpm"); err != nil {
		c.t.Fatal("swtpm is missing: install the Debian package swtpm")
	}
	dir, err := os.MkdirTemp("", "tpm") // a socket's path is short
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() { _ = os.RemoveAll(dir) })
	socket := filepath.Join(dir, "s")
	c.cmd = exec.Command("swtpm", "socket", "--tpm2", "--tpmstate", "dir="+c.state, "--server", "type=unixio,path="+socket,
		"--flags", "not-need-init,startup-clear")
	if err := c.cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for end := time.After(20 * time.Second); ; {
		if c.TPM, err = Open(socket); err == nil {
			var done func()
			if _, done, err = c.root(); err == nil {
				done()
				return
			}
		}
		select {
		case <-end:
			c.t.Fatalf("swtpm does not open its socket: %v", err)
		case <-tick.C:
		}
	}
}

func (c *chip) stop() {
	_ = c.cmd.Process.Kill()
	_ = c.cmd.Wait()
}

// restart is a power cut.
func (c *chip) restart() { c.stop(); c.start() }

// clear is what a firmware's menu does.
func (c *chip) clear() {
	c.t.Helper()
	_, err := tpm2.Clear{AuthHandle: tpm2.AuthHandle{Handle: tpm2.TPMRHLockout, Auth: tpm2.PasswordAuth(nil)}}.Execute(c.conn)
	if err != nil {
		c.t.Fatal(err)
	}
}

// failures is how many wrong PINs the TPM counts.
func (c *chip) failures() uint32 {
	c.t.Helper()
	got, err := tpm2.GetCapability{Capability: tpm2.TPMCapTPMProperties, Property: uint32(tpm2.TPMPTLockoutCounter), PropertyCount: 1}.Execute(c.conn)
	if err != nil {
		c.t.Fatal(err)
	}
	props, err := got.CapabilityData.Data.TPMProperties()
	if err != nil || len(props.TPMProperty) != 1 || props.TPMProperty[0].Property != tpm2.TPMPTLockoutCounter {
		c.t.Fatalf("no lock-out counter: %v", err)
	}
	return props.TPMProperty[0].Value
}

var secret = bytes.Repeat([]byte{0x5a}, seal.KeyBytes)

func TestRoundTrip(t *testing.T) {
	c := newChip(t)
	sealed, err := c.Seal(secret)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(sealed, secret[:8]) {
		t.Error("the secret lies on the disk")
	}
	for range 5 { // a TPM has three places: what is not freed is missed here
		if got, err := c.Open(sealed); err != nil || !bytes.Equal(got, secret) {
			t.Fatalf("%x, %v", got, err)
		}
	}
	c.restart()
	if got, err := c.Open(sealed); err != nil || !bytes.Equal(got, secret) {
		t.Fatalf("after a restart: %x, %v", got, err)
	}
	if _, err := c.Seal(make([]byte, MaxSecret+1)); err == nil {
		t.Error("sealed too much")
	}
	if _, err := newChip(t).Open(sealed); !errors.Is(err, ErrOther) {
		t.Errorf("another TPM: %v", err)
	}
	c.clear()
	if _, err := c.Open(sealed); !errors.Is(err, ErrOther) {
		t.Errorf("a cleared TPM: %v", err)
	}
	if _, err := Open(filepath.Join(t.TempDir(), "tpm")); !errors.Is(err, ErrNone) {
		t.Errorf("no TPM: %v", err)
	}
}

// Wrong PINs on the station's secret never lock the TPM that others use, too.
func TestNoLockOut(t *testing.T) {
	c := newChip(t)
	sealed, err := c.Seal(secret)
	if err != nil {
		t.Fatal(err)
	}
	_, public, private, err := read(sealed)
	if err != nil {
		t.Fatal(err)
	}
	root, done, err := c.root()
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := tpm2.Load{ParentHandle: parent(root), InPrivate: *private, InPublic: *public}.Execute(c.conn)
	if err != nil {
		t.Fatal(err)
	}
	for range 40 {
		_, err := tpm2.Unseal{ItemHandle: tpm2.AuthHandle{Handle: loaded.ObjectHandle, Name: loaded.Name, Auth: tpm2.PasswordAuth([]byte("1234"))}}.Execute(c.conn)
		if err == nil {
			t.Fatal("a wrong PIN opens it")
		}
	}
	if n := c.failures(); n != 0 {
		t.Errorf("the TPM counts %d wrong PINs", n)
	}
	c.flush(loaded.ObjectHandle)
	done()
	if got, err := c.Open(sealed); err != nil || !bytes.Equal(got, secret) {
		t.Errorf("%x, %v", got, err)
	}
}

// A station's keys on a machine with a TPM.
func TestKeys(t *testing.T) {
	c, dir := newChip(t), filepath.Join(t.TempDir(), "keys")
	plain, err := seal.OpenKeys(dir)
	if err != nil {
		t.Fatal(err)
	}
	want := plain.Public()
	same := func(what string) {
		t.Helper()
		k, err := seal.OpenGuardedKeys(dir, c)
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if got := k.Public(); !bytes.Equal(got.Slip, want.Slip) || got.Events != want.Events || !bytes.Equal(k.Storage(), plain.Storage()) ||
			!k.TLSKey().Equal(plain.TLSKey()) || k.PacketSigner().ID() != plain.PacketSigner().ID() {
			t.Errorf("%s: other keys", what)
		}
	}
	refused := func(what string, guard seal.Guard) {
		t.Helper()
		before := names(t, dir)
		if _, err := seal.OpenGuardedKeys(dir, guard); !errors.Is(err, seal.ErrGuard) {
			t.Errorf("%s: %v", what, err)
		}
		if after := names(t, dir); len(after) != len(before) {
			t.Errorf("%s: the folder went from %q to %q", what, before, after)
		}
	}
	same("wrapped")
	if !seal.Guarded(dir) {
		t.Error("not known as wrapped")
	}
	for _, name := range names(t, dir) {
		raw, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if filepath.Ext(name) != ".sealed" && name != "guard.tpm" || bytes.Contains(raw, []byte("PRIVATE KEY")) || bytes.Contains(raw, []byte("AGE-SECRET")) {
			t.Errorf("%s lies there in the plain", name)
		}
	}
	c.restart()
	same("after a restart")
	refused("no TPM", nil)
	refused("another TPM", newChip(t))
	if err := os.Rename(filepath.Join(dir, "guard.tpm"), filepath.Join(dir, "..", "guard")); err != nil {
		t.Fatal(err)
	}
	refused("without its blob", c)
	refused("without its blob and TPM", nil)
	if err := os.Rename(filepath.Join(dir, "..", "guard"), filepath.Join(dir, "guard.tpm")); err != nil {
		t.Fatal(err)
	}
	c.clear()
	refused("a cleared TPM", c)
}

// The power fails between wrapping a key and destroying the plain one.
func TestPlainLeftOver(t *testing.T) {
	c, dir := newChip(t), filepath.Join(t.TempDir(), "keys")
	k, err := seal.OpenGuardedKeys(dir, c)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "storage.key"), []byte("a plain one"), 0o600); err != nil {
		t.Fatal(err)
	}
	again, err := seal.OpenGuardedKeys(dir, c)
	if err != nil || !bytes.Equal(again.Storage(), k.Storage()) {
		t.Fatalf("other keys: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "storage.key")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the plain one is left: %v", err)
	}
}

func names(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// Whatever lies on the disk, it is an error and not a crash.
func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"parent":"AAs=","public":"","private":""}`))
	f.Add([]byte(`{}`))
	f.Fuzz(func(_ *testing.T, raw []byte) {
		_, _, _, _ = read(raw)
	})
}

// A TPM that the program may not open is told from none at all, and from one that
// does not work.
func TestNotOpened(t *testing.T) {
	for _, err := range []error{syscall.EACCES, syscall.EPERM} {
		if err := notOpened(&fs.PathError{Op: "open", Path: Device, Err: err}); !errors.Is(err, ErrAccess) || errors.Is(err, ErrNone) {
			t.Errorf("%v", err)
		}
	}
	if err := notOpened(&fs.PathError{Op: "open", Path: Device, Err: syscall.EIO}); errors.Is(err, ErrAccess) {
		t.Errorf("%v", err)
	}
}
