package power

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/hanwen/go-fuse/v2/fuse"
)

const (
	rootID   = 1         // of the mount: the disks are its folders
	remember = time.Hour // everything changes through the kernel only, so it may remember
	idBlock  = 4096
	idFree   = 16 << 20 // blocks of 4 KiB that every disk says it has: 64 GiB
)

// filesystem serves disks to the kernel.
type filesystem struct {
	fuse.RawFileSystem

	mu    sync.Mutex
	draw  drawer
	disks map[string]*disk
	nodes map[uint64]place
}

// place is a node with the disk it lies on.
type place struct {
	*node
	disk  *disk
	aside bool
}

func newFilesystem() *filesystem {
	return &filesystem{RawFileSystem: fuse.NewDefaultRawFileSystem(), draw: drawer{last: rootID},
		disks: map[string]*disk{}, nodes: map[uint64]place{}}
}

func sorted(m map[string]*node) []string { return slices.Sorted(maps.Keys(m)) }

// add makes a disk reachable.
func (f *filesystem) add(d *disk) {
	f.disks[d.name] = d
	f.enter(d, d.root, "")
}

func (f *filesystem) enter(d *disk, n *node, name string) {
	if _, known := f.nodes[n.id]; known {
		return
	}
	f.nodes[n.id] = place{node: n, disk: d, aside: strings.HasSuffix(name, asideSuffix)}
	for name, child := range n.names {
		f.enter(d, child, name)
	}
}

// drop forgets a disk; what a program still holds of it is gone.
func (f *filesystem) drop(name string) {
	d := f.disks[name]
	delete(f.disks, name)
	maps.DeleteFunc(f.nodes, func(_ uint64, p place) bool { return p.disk == d })
}

func (f *filesystem) String() string { return "power" }

func (f *filesystem) attr(n *node, out *fuse.Attr) {
	out.Ino, out.Mode, out.Nlink, out.Blksize = n.id, n.mode, 1, idBlock
	out.Size = uint64(len(n.data))
	out.Blocks = (out.Size + sectorBytes - 1) / sectorBytes
	out.Uid, out.Gid = uint32(syscall.Getuid()), uint32(syscall.Getgid())
}

func (f *filesystem) entry(n *node, out *fuse.EntryOut) {
	out.NodeId = n.id
	out.SetEntryTimeout(remember)
	out.SetAttrTimeout(remember)
	f.attr(n, &out.Attr)
}

// Lookup implements fuse.RawFileSystem.
func (f *filesystem) Lookup(_ <-chan struct{}, h *fuse.InHeader, name string, out *fuse.EntryOut) fuse.Status {
	f.mu.Lock()
	defer f.mu.Unlock()
	if h.NodeId == rootID {
		d := f.disks[name]
		if d == nil {
			return fuse.ENOENT
		}
		f.entry(d.root, out)
		return fuse.OK
	}
	p, ok := f.nodes[h.NodeId]
	if !ok {
		return fuse.ENOENT
	}
	n := p.names[name]
	if n == nil {
		return fuse.ENOENT
	}
	f.entry(n, out)
	return fuse.OK
}

// GetAttr implements fuse.RawFileSystem.
func (f *filesystem) GetAttr(_ <-chan struct{}, in *fuse.GetAttrIn, out *fuse.AttrOut) fuse.Status {
	f.mu.Lock()
	defer f.mu.Unlock()
	out.SetTimeout(remember)
	if in.NodeId == rootID {
		out.Attr = fuse.Attr{Ino: rootID, Mode: syscall.S_IFDIR | 0o700, Nlink: 2}
		return fuse.OK
	}
	p, ok := f.nodes[in.NodeId]
	if !ok {
		return fuse.ENOENT
	}
	f.attr(p.node, &out.Attr)
	return fuse.OK
}

// Open implements fuse.RawFileSystem. The kernel empties a file by SetAttr.
func (f *filesystem) Open(_ <-chan struct{}, in *fuse.OpenIn, out *fuse.OpenOut) fuse.Status {
	f.mu.Lock()
	defer f.mu.Unlock()
	p, ok := f.nodes[in.NodeId]
	switch {
	case !ok:
		return fuse.ENOENT
	case p.disk.dead && !p.aside:
		return fuse.EIO
	}
	out.OpenFlags = fuse.FOPEN_KEEP_CACHE // nothing changes behind the kernel's back
	return fuse.OK
}

// OpenDir implements fuse.RawFileSystem.
func (f *filesystem) OpenDir(<-chan struct{}, *fuse.OpenIn, *fuse.OpenOut) fuse.Status {
	return fuse.OK
}

// ReadDir implements fuse.RawFileSystem.
func (f *filesystem) ReadDir(_ <-chan struct{}, in *fuse.ReadIn, out *fuse.DirEntryList) fuse.Status {
	f.mu.Lock()
	defer f.mu.Unlock()
	var list []fuse.DirEntry
	if in.NodeId == rootID {
		for name, d := range f.disks {
			list = append(list, fuse.DirEntry{Name: name, Mode: d.root.mode, Ino: d.root.id})
		}
		slices.SortFunc(list, func(a, b fuse.DirEntry) int { return strings.Compare(a.Name, b.Name) })
	} else {
		p, ok := f.nodes[in.NodeId]
		if !ok {
			return fuse.ENOENT
		}
		for _, name := range sorted(p.names) {
			list = append(list, fuse.DirEntry{Name: name, Mode: p.names[name].mode, Ino: p.names[name].id})
		}
	}
	for i := in.Offset; i < uint64(len(list)); i++ {
		if !out.AddDirEntry(list[i]) {
			break
		}
	}
	return fuse.OK
}

// Read implements fuse.RawFileSystem.
func (f *filesystem) Read(_ <-chan struct{}, in *fuse.ReadIn, buf []byte) (fuse.ReadResult, fuse.Status) {
	f.mu.Lock()
	defer f.mu.Unlock()
	p, ok := f.nodes[in.NodeId]
	switch {
	case !ok:
		return nil, fuse.ENOENT
	case p.disk.dead && !p.aside:
		return nil, fuse.EIO
	}
	n := 0
	if in.Offset < uint64(len(p.data)) {
		n = copy(buf, p.data[in.Offset:])
	}
	return fuse.ReadResultData(buf[:n]), fuse.OK
}

// StatFs implements fuse.RawFileSystem.
func (f *filesystem) StatFs(_ <-chan struct{}, _ *fuse.InHeader, out *fuse.StatfsOut) fuse.Status {
	out.Bsize, out.Frsize, out.NameLen = idBlock, idBlock, 255
	out.Blocks, out.Bfree, out.Bavail, out.Files, out.Ffree = idFree, idFree, idFree, idFree, idFree
	return fuse.OK
}

// Flush implements fuse.RawFileSystem: closing a file syncs nothing.
func (f *filesystem) Flush(<-chan struct{}, *fuse.FlushIn) fuse.Status { return fuse.OK }

// Access implements fuse.RawFileSystem.
func (f *filesystem) Access(<-chan struct{}, *fuse.AccessIn) fuse.Status { return fuse.OK }
