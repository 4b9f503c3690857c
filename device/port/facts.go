package port

import (
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/sys/unix"
)

const (
	// maxFact bounds one sysfs file: a USB string has at most 126 characters.
	maxFact = 512
	// maxUp bounds the way from a line up to its USB device: line, port,
	// interface, device, and room for what kernels put between.
	maxUp = 8
	// maxProcesses and maxLocks bound the search for who holds a line.
	maxProcesses = 1 << 16
	maxLocks     = 1 << 20
)

// line gives the facts of /sys/class/tty/name, if there is a serial line behind.
func (f Finder) line(name string) (Found, bool) {
	d := Found{Node: f.dev(name)}
	class := f.sys("class", "tty", name)
	device, err := filepath.EvalSymlinks(filepath.Join(class, "device"))
	if err != nil {
		return d, false // ptys and screens have none
	}
	if _, err := os.Stat(d.Node); err != nil {
		return d, false
	}
	// The kernel makes ttyS0…3 whether there are UARTs or not; type 0 is none.
	if kind := fact(class, "type"); kind != "" && kind != "0" {
		return d, true
	}
	port := fact(device, "port_number")
	for range maxUp {
		if n := fact(device, "bInterfaceNumber"); n != "" {
			d.Interface = n
		}
		if d.Vendor = fact(device, "idVendor"); d.Vendor != "" {
			d.USB = true
			d.Product = fact(device, "idProduct")
			d.Maker, d.Model = fact(device, "manufacturer"), fact(device, "product")
			d.Serial = fact(device, "serial")
			if port != "" && port != "0" { // several lines on one interface
				d.Interface += "-port" + port
			}
			return d, true
		}
		if device = filepath.Dir(device); device == filepath.Dir(device) {
			break
		}
	}
	return d, false
}

// fact is what a sysfs file says, or "".
func fact(dir, name string) string {
	file, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		return ""
	}
	defer file.Close()
	raw, err := io.ReadAll(io.LimitReader(file, maxFact))
	if err != nil {
		return ""
	}
	return clean(raw)
}

// clean keeps what can be shown: a device may call itself anything.
func clean(raw []byte) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(string(raw), "")))
}

// holders notes who has the lines open. Nothing is opened for it: opening a line
// moves its DTR. The list of locks is everybody's and knows programs that lock,
// as we do; other people's descriptors only root may see.
func (f Finder) holders(all []Found) {
	byNode := map[string]*Found{}
	byInode := map[string]*Found{}
	for i := range all {
		d := &all[i]
		byNode[d.Node] = d
		var st unix.Stat_t
		if unix.Stat(d.Node, &st) == nil {
			byInode[inodeName(&st)] = d
		}
	}
	take := func(d *Found, pid string) {
		if d != nil && !d.Taken {
			d.Taken, d.Holder = true, fact(under(f.Proc, "/proc", []string{pid}), "comm")
		}
	}
	for _, fields := range f.locks() {
		take(byInode[fields[5]], fields[4])
	}
	dir, err := os.Open(under(f.Proc, "/proc", nil))
	if err != nil {
		return
	}
	defer dir.Close()
	names, _ := dir.Readdirnames(maxProcesses) // what there is of them
	for _, pid := range names {
		if _, err := strconv.Atoi(pid); err != nil {
			continue
		}
		fds := under(f.Proc, "/proc", []string{pid, "fd"})
		entries, err := os.ReadDir(fds)
		if err != nil {
			continue // not ours to see, or ended
		}
		for _, e := range entries {
			if target, err := os.Readlink(filepath.Join(fds, e.Name())); err == nil {
				take(byNode[target], pid)
			}
		}
	}
}

// locks gives the fields of /proc/locks:
// "1: FLOCK ADVISORY WRITE 708 00:05:1036 0 EOF".
func (f Finder) locks() (all [][]string) {
	file, err := os.Open(under(f.Proc, "/proc", []string{"locks"}))
	if err != nil {
		return nil
	}
	defer file.Close()
	raw, _ := io.ReadAll(io.LimitReader(file, maxLocks)) // what there is of them
	return flocks(string(raw))
}

func flocks(raw string) (all [][]string) {
	for line := range strings.Lines(raw) {
		if fields := strings.Fields(line); len(fields) == 8 && fields[1] == "FLOCK" {
			all = append(all, fields)
		}
	}
	return all
}

// inodeName names an inode as /proc/locks does: device in hex, inode in decimal.
func inodeName(st *unix.Stat_t) string {
	two := func(n uint32) string {
		s := strconv.FormatUint(uint64(n), 16)
		if len(s) < 2 {
			s = "0" + s
		}
		return s
	}
	return two(unix.Major(st.Dev)) + ":" + two(unix.Minor(st.Dev)) + ":" + strconv.FormatUint(st.Ino, 10)
}

// Holder is the program that has the line at path open; "" when none has, or
// the system does not tell us.
func Holder(path string) string {
	node, err := filepath.EvalSymlinks(path)
	if err != nil {
		return ""
	}
	all := []Found{{Node: node}}
	Finder{}.holders(all)
	return all[0].Holder
}
