package port

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// maxFound bounds how many lines are looked at; a post has two.
const maxFound = 256

// ErrNoName: the device has no name that stays with it.
var ErrNoName = errors.New("no stable name")

// Found is a serial line of this machine. What a USB device says of itself is
// cut and cleaned of control characters, but it is not to be believed.
type Found struct {
	// Path is the name to configure, which stays with the device: by-id, or
	// by-path if another device here says the same of itself, or the node of a
	// line on the board. "" if it has none: see Stable.
	Path string
	Node string // such as /dev/ttyUSB0, another one after the next plugging

	ByID, ByPath string // udev's names, "" where it gave none
	USB          bool   // else on the board or on a card

	Vendor, Product string // USB ids in hex, such as 04b8
	Maker, Model    string // in the device's words
	Serial          string // "" on many cheap devices
	Interface       string // "00", "01", … of a device with several lines

	Twin    bool // another device here says the same of itself
	Console bool // the kernel talks on it: no line for a device
	Taken   bool // some process has it open, as far as we may see
	Holder  string
}

// Finder finds serial lines. The zero value looks at this machine; tests give
// it folders of their own.
type Finder struct {
	Dev, Sys, Proc string // "" = /dev, /sys, /proc
}

func (f Finder) dev(parts ...string) string { return under(f.Dev, "/dev", parts) }
func (f Finder) sys(parts ...string) string { return under(f.Sys, "/sys", parts) }

func under(root, otherwise string, parts []string) string {
	return filepath.Join(append([]string{cmp.Or(root, otherwise)}, parts...)...)
}

// List gives every serial line of this machine, those with a name first. Where
// no sysfs is mounted it gives the USB lines, without their facts.
func List() ([]Found, error) { return Finder{}.List() }

// Stable gives the name that stays with the device at path, which may be any of
// its names. Errors: ErrAbsent, ErrNotAPort (no serial line of this machine, or
// a pty), ErrNoName.
func Stable(path string) (string, error) { return Finder{}.Stable(path) }

// List is List within f's folders.
func (f Finder) List() ([]Found, error) {
	all, err := f.scan()
	if err != nil {
		return nil, err
	}
	f.holders(all)
	return all, nil
}

// Stable is Stable within f's folders.
func (f Finder) Stable(path string) (string, error) {
	node, err := filepath.EvalSymlinks(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", fmt.Errorf("failed to name %s: %w", path, ErrAbsent)
	case err != nil:
		return "", fmt.Errorf("failed to name %s: %w", path, err)
	}
	all, err := f.scan()
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(all, func(d Found) bool { return sameFile(d.Node, node) })
	switch {
	case i < 0:
		return "", fmt.Errorf("failed to name %s: %w", path, ErrNotAPort)
	case all[i].Path == "":
		return "", fmt.Errorf("failed to name %s: %w", path, ErrNoName)
	}
	return all[i].Path, nil
}

// shared refuses a by-id name that two devices claim.
func (f Finder) shared(path string) error {
	path = filepath.Clean(path)
	if filepath.Dir(path) != f.dev("serial", "by-id") {
		return nil
	}
	all, err := f.scan()
	if err != nil {
		return nil // opening says so better
	}
	node, err := filepath.EvalSymlinks(path)
	if err != nil {
		return nil // opening says so better
	}
	if i := slices.IndexFunc(all, func(d Found) bool { return sameFile(d.Node, node) }); i >= 0 && all[i].Twin {
		return fmt.Errorf("%s is two devices; the one it leads to now is %s: %w", path, cmp.Or(all[i].Path, all[i].Node), ErrShared)
	}
	return nil
}

func sameFile(a, b string) bool {
	if a == b {
		return true
	}
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}

// scan is List without who holds what.
func (f Finder) scan() ([]Found, error) {
	all, err := f.known()
	if errors.Is(err, fs.ErrNotExist) {
		all, err = f.bare()
	}
	if err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b Found) int {
		return cmp.Or(-cmp.Compare(min(len(a.Path), 1), min(len(b.Path), 1)), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Node, b.Node))
	})
	return all, nil
}

// known lists the lines that sysfs knows. Devices may come and go meanwhile:
// what is half there is left out.
func (f Finder) known() ([]Found, error) {
	entries, err := os.ReadDir(f.sys("class", "tty"))
	if err != nil {
		return nil, fmt.Errorf("failed to list serial lines: %w", err)
	}
	ids, paths := f.links("by-id"), f.links("by-path")
	consoles := strings.Fields(fact(f.sys("class", "tty", "console"), "active"))
	var all []Found
	for _, e := range entries {
		if len(all) == maxFound {
			break
		}
		d, ok := f.line(e.Name())
		if !ok {
			continue
		}
		d.ByID, d.ByPath = ids[d.Node], paths[d.Node]
		d.Console = slices.Contains(consoles, e.Name())
		all = append(all, d)
	}
	named := map[string]int{}
	for _, d := range all {
		named[d.udevName()]++
	}
	for i := range all {
		d := &all[i]
		d.Twin = d.USB && named[d.udevName()] > 1
		switch {
		case !d.USB:
			d.Path = d.Node
		case d.Twin:
			d.Path = d.ByPath
		default:
			d.Path = cmp.Or(d.ByID, d.ByPath)
		}
	}
	return all, nil
}

// udevName is what udev builds a by-id name from (60-serial.rules): where two
// devices share it, the link leads to whichever came last.
func (d Found) udevName() string {
	if !d.USB {
		return d.Node
	}
	return strings.Join([]string{cmp.Or(d.Maker, d.Vendor), cmp.Or(d.Model, d.Product), d.Serial, d.Interface}, "\x00")
}

// links gives udev's name for each node. Of several the shortest: newer udevs
// add one with the USB version in it, which changes with the socket's colour.
func (f Finder) links(kind string) map[string]string {
	out := map[string]string{}
	entries, err := os.ReadDir(f.dev("serial", kind))
	if err != nil {
		return out // the folder goes with its last link
	}
	for _, e := range entries {
		link := f.dev("serial", kind, e.Name())
		target, err := os.Readlink(link)
		if err != nil {
			continue
		}
		if !filepath.IsAbs(target) {
			target = filepath.Join(filepath.Dir(link), target)
		}
		if old, ok := out[target]; !ok || len(link) < len(old) {
			out[target] = link
		}
	}
	return out
}
