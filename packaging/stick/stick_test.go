package stick

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// tool fails with the Debian package that is missing.
func tool(t *testing.T, name, pkg string) {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Fatalf("%s is missing: apt-get install %s", name, pkg)
	}
}

func TestHelperMountsAStickSafely(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Fatal("mounting needs root: run the tests as root")
	}
	for name, pkg := range map[string]string{"losetup": "mount", "mkfs.ext4": "e2fsprogs", "blkid": "util-linux"} {
		tool(t, name, pkg)
	}
	run, dev, image := t.TempDir(), t.TempDir(), filepath.Join(t.TempDir(), "image")
	must(t, os.WriteFile(image, nil, 0o600))
	must(t, os.Truncate(image, 8<<20))
	if out, err := exec.Command("mkfs.ext4", "-q", "-F", image).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v", out, err)
	}
	loop, err := exec.Command("losetup", "--find", "--show", image).Output()
	must(t, err)
	device := strings.TrimSpace(string(loop))
	t.Cleanup(func() { must(t, exec.Command("losetup", "--detach", device).Run()) })
	must(t, os.Symlink(device, filepath.Join(dev, "sdb1")))
	helper := func(args ...string) (string, error) {
		c := exec.Command("./stick", args...)
		c.Env = append(os.Environ(), "TRAMHOSO_RUN="+run, "TRAMHOSO_DEV="+dev, "TRAMHOSO_USER=root")
		out, err := c.CombinedOutput()
		return string(out), err
	}
	at := filepath.Join(run, "stick", "sdb1")
	mounted := func() string {
		b, err := os.ReadFile("/proc/self/mounts")
		must(t, err)
		for line := range strings.Lines(string(b)) {
			if f := strings.Fields(line); f[1] == at {
				return f[3]
			}
		}
		return ""
	}
	if out, err := helper("mount", "sdb1"); err != nil {
		t.Fatalf("%s: %v", out, err)
	}
	t.Cleanup(func() { _, _ = helper("unmount", "sdb1") })
	for _, o := range []string{"nosuid", "nodev", "noexec"} {
		if !strings.Contains(","+mounted()+",", ","+o+",") {
			t.Errorf("mounted without %s: %q", o, mounted())
		}
	}
	open, err := os.Create(filepath.Join(at, "in-use"))
	must(t, err)
	ask := filepath.Join(run, "eject", "sdb1")
	must(t, os.WriteFile(ask, nil, 0o600))
	if out, err := helper("eject"); err != nil || mounted() == "" || !strings.Contains(out, "still in use") {
		t.Errorf("a stick in use was let go: %s, %v", out, err)
	}
	must(t, open.Close())
	must(t, os.WriteFile(ask, nil, 0o600))
	must(t, os.WriteFile(filepath.Join(run, "eject", "..x;reboot"), nil, 0o600))
	if out, err := helper("eject"); err != nil || mounted() != "" {
		t.Errorf("%s, %v", out, err)
	}
	for _, left := range []string{at, ask} {
		if _, err := os.Lstat(left); err == nil {
			t.Errorf("%s lies on", left)
		}
	}
	for _, bad := range []string{"", "../sda1", "a b", "-o"} {
		if _, err := helper("mount", bad); err == nil {
			t.Errorf("mounted %q", bad)
		}
	}
	if out, err := exec.Command("dd", "if=/dev/zero", "of="+device, "bs=4k", "count=32").CombinedOutput(); err != nil {
		t.Fatalf("%s: %v", out, err)
	}
	if _, err := helper("mount", "sdb1"); err == nil || mounted() != "" {
		t.Error("something that is no file system was mounted")
	}
}

// systemd reads the units; the helper stands where they say in a real system.
func TestUnitsAreRead(t *testing.T) {
	tool(t, "systemd-analyze", "systemd")
	dir := t.TempDir()
	here, err := filepath.Abs("stick")
	must(t, err)
	units, err := filepath.Glob("tramhoso-stick*")
	must(t, err)
	if len(units) != 3 {
		t.Fatalf("units: %v", units)
	}
	var files []string
	for _, u := range units {
		b, err := os.ReadFile(u)
		must(t, err)
		name := filepath.Join(dir, strings.Replace(u, "@.", "@sdb1.", 1))
		must(t, os.WriteFile(name, []byte(strings.ReplaceAll(string(b), "/usr/lib/tramhoso/stick", here)), 0o644))
		files = append(files, name)
	}
	out, err := exec.Command("systemd-analyze", append([]string{"verify", "--man=no"}, files...)...).CombinedOutput()
	if err != nil || strings.Contains(string(out), "tramhoso") {
		t.Errorf("%v\n%s", err, out)
	}
	rule, err := os.ReadFile("60-tramhoso-stick.rules")
	must(t, err)
	for _, part := range []string{`ENV{ID_BUS}=="usb"`, `ENV{ID_FS_TYPE}=="vfat|exfat|ext4"`, `tramhoso-stick@%k.service`} {
		if !strings.Contains(string(rule), part) {
			t.Errorf("the rule lacks %s", part)
		}
	}
}
