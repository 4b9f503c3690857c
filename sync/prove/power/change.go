package power

import (
	"strings"
	"syscall"

	"github.com/hanwen/go-fuse/v2/fuse"
)

// change runs do as one counted operation on the disk of a node. When the power
// fails under it, do is asked to leave what is on its way, and the caller hears
// EIO.
func (f *filesystem) change(id uint64, do func(p place, under bool) fuse.Status, format string, args ...any) fuse.Status {
	f.mu.Lock()
	defer f.mu.Unlock()
	p, ok := f.nodes[id]
	if !ok {
		return fuse.EIO // the disk was taken away, or it is the mount itself
	}
	if p.aside {
		return do(p, false)
	}
	args = append([]any{p.disk.nameOf(p.node)}, args...)
	happens, under := p.disk.step(format, args...)
	switch {
	case under:
		_ = do(p, true)
		return fuse.EIO
	case !happens:
		return fuse.EIO
	}
	return do(p, false)
}

// nameOf finds a node's name for a person who reads what was cut.
func (d *disk) nameOf(n *node) string {
	var find func(at *node, path string) string
	find = func(at *node, path string) string {
		if at == n {
			return path
		}
		for name, child := range at.names {
			if got := find(child, path+"/"+name); got != "" {
				return got
			}
		}
		return ""
	}
	if n == d.root {
		return "/"
	}
	if name := find(d.root, ""); name != "" {
		return name
	}
	return "(unnamed)"
}

// Write implements fuse.RawFileSystem.
func (f *filesystem) Write(_ <-chan struct{}, in *fuse.WriteIn, data []byte) (uint32, fuse.Status) {
	st := f.change(in.NodeId, func(p place, under bool) fuse.Status {
		e := edit{off: int64(in.Offset), data: append([]byte(nil), data...), last: under}
		if p.aside {
			p.data = e.apply(p.data)
			return fuse.OK
		}
		p.edit(e)
		return fuse.OK
	}, "write %s [%d +%d]", in.Offset, len(data))
	if st != fuse.OK {
		return 0, st
	}
	return uint32(len(data)), st
}

// Writev implements fuse.RawFileSystem: Write does.
func (f *filesystem) Writev(<-chan struct{}, *fuse.WriteIn, [][]byte) (uint32, fuse.Status) {
	return 0, fuse.ENOSYS
}

// Fsync implements fuse.RawFileSystem.
func (f *filesystem) Fsync(_ <-chan struct{}, in *fuse.FsyncIn) fuse.Status {
	return f.change(in.NodeId, func(p place, under bool) fuse.Status {
		if !under {
			p.sync()
		}
		return fuse.OK
	}, "fsync %s")
}

// FsyncDir implements fuse.RawFileSystem.
func (f *filesystem) FsyncDir(_ <-chan struct{}, in *fuse.FsyncIn) fuse.Status {
	return f.change(in.NodeId, func(p place, under bool) fuse.Status {
		if !under {
			p.syncFolder()
		}
		return fuse.OK
	}, "fsync folder %s")
}

// SetAttr implements fuse.RawFileSystem. Times are not kept.
func (f *filesystem) SetAttr(_ <-chan struct{}, in *fuse.SetAttrIn, out *fuse.AttrOut) fuse.Status {
	size, sized := in.GetSize()
	mode, moded := in.GetMode()
	set := func(p place, under bool) fuse.Status {
		if sized {
			p.edit(edit{kind: editSize, size: int64(size), last: under})
		}
		if moded {
			p.mode = p.mode&syscall.S_IFMT | mode
			p.edit(edit{kind: editMode, size: int64(p.mode), last: under})
			if p.folder() {
				p.kept = p.mode
			}
		}
		f.attr(p.node, &out.Attr)
		out.SetTimeout(remember)
		return fuse.OK
	}
	if !sized && !moded {
		f.mu.Lock()
		defer f.mu.Unlock()
		p, ok := f.nodes[in.NodeId]
		if !ok {
			return fuse.EIO
		}
		return set(p, false)
	}
	if sized {
		return f.change(in.NodeId, set, "truncate %s [%d]", size)
	}
	return f.change(in.NodeId, set, "chmod %s [%#o]", mode)
}

// make puts a new node under a name.
func (f *filesystem) make(parent uint64, name string, mode uint32, what string, out *fuse.EntryOut) fuse.Status {
	if strings.HasSuffix(name, asideSuffix) {
		f.mu.Lock()
		defer f.mu.Unlock()
		p, ok := f.nodes[parent]
		if !ok {
			return fuse.EIO
		}
		return f.put(p, name, mode, out)
	}
	return f.change(parent, func(p place, _ bool) fuse.Status { return f.put(p, name, mode, out) }, what+" %s: %s", name)
}

func (f *filesystem) put(p place, name string, mode uint32, out *fuse.EntryOut) fuse.Status {
	if p.names[name] != nil {
		return fuse.Status(syscall.EEXIST)
	}
	n := f.draw.node(mode)
	p.move(move{name: name, node: n})
	f.enter(p.disk, n, name)
	f.entry(n, out)
	return fuse.OK
}

// Create implements fuse.RawFileSystem.
func (f *filesystem) Create(_ <-chan struct{}, in *fuse.CreateIn, name string, out *fuse.CreateOut) fuse.Status {
	return f.make(in.NodeId, name, syscall.S_IFREG|in.Mode&0o7777, "create in", &out.EntryOut)
}

// Mknod implements fuse.RawFileSystem, for ordinary files.
func (f *filesystem) Mknod(_ <-chan struct{}, in *fuse.MknodIn, name string, out *fuse.EntryOut) fuse.Status {
	if in.Mode&syscall.S_IFMT != syscall.S_IFREG {
		return fuse.EPERM
	}
	return f.make(in.NodeId, name, in.Mode, "create in", out)
}

// Mkdir implements fuse.RawFileSystem.
func (f *filesystem) Mkdir(_ <-chan struct{}, in *fuse.MkdirIn, name string, out *fuse.EntryOut) fuse.Status {
	return f.make(in.NodeId, name, syscall.S_IFDIR|in.Mode&0o7777, "mkdir in", out)
}

// Link implements fuse.RawFileSystem.
func (f *filesystem) Link(_ <-chan struct{}, in *fuse.LinkIn, name string, out *fuse.EntryOut) fuse.Status {
	return f.change(in.NodeId, func(p place, _ bool) fuse.Status {
		from, ok := f.nodes[in.Oldnodeid]
		switch {
		case !ok || from.disk != p.disk:
			return fuse.EXDEV
		case p.names[name] != nil:
			return fuse.Status(syscall.EEXIST)
		}
		p.move(move{name: name, node: from.node})
		f.entry(from.node, out)
		return fuse.OK
	}, "link in %s: %s", name)
}

// Unlink implements fuse.RawFileSystem.
func (f *filesystem) Unlink(_ <-chan struct{}, h *fuse.InHeader, name string) fuse.Status {
	gone := func(p place, _ bool) fuse.Status {
		if p.names[name] == nil {
			return fuse.ENOENT
		}
		p.move(move{gone: name})
		return fuse.OK
	}
	if strings.HasSuffix(name, asideSuffix) {
		f.mu.Lock()
		defer f.mu.Unlock()
		p, ok := f.nodes[h.NodeId]
		if !ok {
			return fuse.EIO
		}
		return gone(p, false)
	}
	return f.change(h.NodeId, gone, "unlink in %s: %s", name)
}

// Rmdir implements fuse.RawFileSystem.
func (f *filesystem) Rmdir(_ <-chan struct{}, h *fuse.InHeader, name string) fuse.Status {
	return f.change(h.NodeId, func(p place, _ bool) fuse.Status {
		n := p.names[name]
		switch {
		case n == nil:
			return fuse.ENOENT
		case len(n.names) > 0:
			return fuse.Status(syscall.ENOTEMPTY)
		}
		p.move(move{gone: name})
		return fuse.OK
	}, "rmdir in %s: %s", name)
}

// Rename implements fuse.RawFileSystem, within one folder: nothing of ours needs
// more, and two folders would be two syncs.
func (f *filesystem) Rename(_ <-chan struct{}, in *fuse.RenameIn, from, to string) fuse.Status {
	if in.Newdir != in.NodeId || in.Flags != 0 {
		return fuse.EXDEV
	}
	return f.change(in.NodeId, func(p place, _ bool) fuse.Status {
		n := p.names[from]
		if n == nil {
			return fuse.ENOENT
		}
		p.move(move{gone: from, name: to, node: n})
		return fuse.OK
	}, "rename in %s: %s to %s", from, to)
}
