package sticks

import (
	"context"
	"sync"
	"syscall"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

// Fault is what a stick does wrong.
type Fault struct {
	At     int           // the operation, counted from 1; 0: none
	Errno  syscall.Errno // what it answers
	Always bool          // so do all later ones
	Only   string        // counts operations of this kind alone; "": all
}

// medium decides what an operation comes to.
type medium struct {
	mu    sync.Mutex
	fault Fault
	n     int
	ops   []string // kinds, since the fault was set
}

func (m *medium) set(f Fault) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fault, m.n, m.ops = f, 0, nil
}

func (m *medium) seen() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.ops
}

func (m *medium) step(kind string) syscall.Errno {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.ops = append(m.ops, kind)
	if m.fault.Only == "" || m.fault.Only == kind {
		m.n++
	}
	switch f := m.fault; {
	case f.At == 0:
	case f.Always && m.n >= f.At && (m.n > f.At || f.Only == "" || f.Only == kind),
		m.n == f.At && (f.Only == "" || f.Only == kind):
		return f.Errno
	}
	return 0
}

// node is a file or folder of the stick.
type node struct {
	*fs.LoopbackNode
	medium *medium
}

// handle is an open file. That it is one of our own keeps the kernel from
// reading and writing past us.
type handle struct{ file *fs.LoopbackFile }

var (
	_ fs.NodeWrapChilder    = (*node)(nil)
	_ fs.NodeLookuper       = (*node)(nil)
	_ fs.NodeOpener         = (*node)(nil)
	_ fs.NodeCreater        = (*node)(nil)
	_ fs.NodeUnlinker       = (*node)(nil)
	_ fs.NodeRenamer        = (*node)(nil)
	_ fs.NodeFsyncer        = (*node)(nil)
	_ fs.NodeOpendirHandler = (*node)(nil)
	_ fs.NodeStatfser       = (*node)(nil)
	_ fs.NodeReader         = (*node)(nil)
	_ fs.NodeWriter         = (*node)(nil)
	_ fs.NodeReleaser       = (*node)(nil)
)

func (n *node) WrapChild(_ context.Context, ops fs.InodeEmbedder) fs.InodeEmbedder {
	return &node{LoopbackNode: ops.(*fs.LoopbackNode), medium: n.medium}
}

func (n *node) Lookup(ctx context.Context, name string, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	if e := n.medium.step("look"); e != 0 {
		return nil, e
	}
	return n.LoopbackNode.Lookup(ctx, name, out)
}

func (n *node) Open(ctx context.Context, flags uint32) (fs.FileHandle, uint32, syscall.Errno) {
	if e := n.medium.step("open"); e != 0 {
		return nil, 0, e
	}
	h, _, e := n.LoopbackNode.Open(ctx, flags)
	if e != 0 {
		return nil, 0, e
	}
	return &handle{h.(*fs.LoopbackFile)}, fuse.FOPEN_DIRECT_IO, 0
}

func (n *node) Create(ctx context.Context, name string, flags, mode uint32, out *fuse.EntryOut) (*fs.Inode, fs.FileHandle, uint32, syscall.Errno) {
	if e := n.medium.step("create"); e != 0 {
		return nil, nil, 0, e
	}
	in, h, _, e := n.LoopbackNode.Create(ctx, name, flags, mode, out)
	if e != 0 {
		return nil, nil, 0, e
	}
	return in, &handle{h.(*fs.LoopbackFile)}, fuse.FOPEN_DIRECT_IO, 0
}

func (n *node) Read(ctx context.Context, f fs.FileHandle, dest []byte, off int64) (fuse.ReadResult, syscall.Errno) {
	if e := n.medium.step("read"); e != 0 {
		return nil, e
	}
	return f.(*handle).file.Read(ctx, dest, off)
}

func (n *node) Write(ctx context.Context, f fs.FileHandle, data []byte, off int64) (uint32, syscall.Errno) {
	if e := n.medium.step("write"); e != 0 {
		_, _ = f.(*handle).file.Write(ctx, data[:len(data)/2], off)
		return 0, e
	}
	return f.(*handle).file.Write(ctx, data, off)
}

// Fsync is of files and of folders.
func (n *node) Fsync(context.Context, fs.FileHandle, uint32) syscall.Errno {
	return n.medium.step("fsync") // what is below keeps everything anyway
}

func (n *node) Unlink(ctx context.Context, name string) syscall.Errno {
	if e := n.medium.step("unlink"); e != 0 {
		return e
	}
	return n.LoopbackNode.Unlink(ctx, name)
}

func (n *node) Rename(ctx context.Context, name string, to fs.InodeEmbedder, newName string, flags uint32) syscall.Errno {
	if e := n.medium.step("rename"); e != 0 {
		return e
	}
	return n.LoopbackNode.Rename(ctx, name, to, newName, flags)
}

func (n *node) OpendirHandle(ctx context.Context, flags uint32) (fs.FileHandle, uint32, syscall.Errno) {
	if e := n.medium.step("list"); e != 0 {
		return nil, 0, e
	}
	h, _, e := n.LoopbackNode.OpendirHandle(ctx, flags)
	if e != 0 {
		return nil, 0, e
	}
	return folderHandle{h.(fs.DirStream)}, 0, 0
}

// folderHandle leaves syncing a folder to the node.
type folderHandle struct{ fs.DirStream }

func (f folderHandle) Readdirent(context.Context) (*fuse.DirEntry, syscall.Errno) {
	if !f.HasNext() {
		return nil, 0
	}
	e, errno := f.Next()
	return &e, errno
}

func (f folderHandle) Releasedir(context.Context, uint32) { f.Close() }

func (n *node) Statfs(ctx context.Context, out *fuse.StatfsOut) syscall.Errno {
	if e := n.medium.step("measure"); e != 0 {
		return e
	}
	return n.LoopbackNode.Statfs(ctx, out)
}

func (n *node) Release(ctx context.Context, f fs.FileHandle) syscall.Errno {
	return f.(*handle).file.Release(ctx)
}
