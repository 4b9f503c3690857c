package port

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"
)

// usbNames begin the nodes that only USB devices get.
var usbNames = []string{"ttyUSB", "ttyACM"}

// bare lists lines where no sysfs is mounted, as in a bare chroot or container:
// nodes and udev's names, without a fact about the devices. Lines on the board
// are left out: their nodes are there whether there are UARTs or not.
func (f Finder) bare() ([]Found, error) {
	entries, err := os.ReadDir(f.dev())
	if err != nil {
		return nil, fmt.Errorf("failed to list serial lines: %w", err)
	}
	ids, paths := f.links("by-id"), f.links("by-path")
	var all []Found
	nameless := false
	for _, e := range entries {
		if len(all) == maxFound {
			break
		}
		if !slices.ContainsFunc(usbNames, func(p string) bool { return strings.HasPrefix(e.Name(), p) }) {
			continue
		}
		d := Found{Node: f.dev(e.Name()), USB: true}
		d.ByID, d.ByPath = ids[d.Node], paths[d.Node]
		nameless = nameless || d.ByID == ""
		all = append(all, d)
	}
	for i := range all {
		d := &all[i]
		if d.Path = cmp.Or(d.ByID, d.ByPath); nameless { // it may be the twin of any other here
			d.Path = cmp.Or(d.ByPath, d.ByID)
		}
	}
	return all, nil
}
