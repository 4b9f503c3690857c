package power

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"syscall"
)

// sectorBytes is what a medium writes whole or not at all.
const sectorBytes = 512

// modeFolder is a disk's own: not that of the folders that programs make on it.
const modeFolder = syscall.S_IFDIR | 0o755

// asideSuffix ends the names of SQLite's shared memory.
const asideSuffix = "-shm"

// node is a file or a folder.
type node struct {
	id   uint64
	mode uint32 // type and permissions
	kept uint32 // mode as last synced

	// A file: as programs see it, as the medium holds it, and what lies between.
	data, durable []byte
	edits         []edit

	// A folder, likewise.
	names, durableNames map[string]*node
	moves               []move
}

func (n *node) folder() bool { return n.mode&syscall.S_IFMT == syscall.S_IFDIR }

// edit is one change to a file that was not synced.
type edit struct {
	off  int64
	data []byte
	size int64 // of a truncation
	kind editKind
	last bool // it was under way when the power failed
}

type editKind int

const (
	editWrite editKind = iota
	editSize
	editMode
)

// move is one change to a folder that was not synced: a name goes, a name comes,
// or both at once.
type move struct {
	gone, name string
	node       *node
}

// disk is what loses its power at one moment.
type disk struct {
	name  string
	root  *node
	ops   []string // counted operations since armed
	cutAt int      // the operation that the power fails at, from 1; 0: none
	dead  bool
}

// drawer hands out node numbers, which are never used again: the kernel may
// remember them.
type drawer struct{ last uint64 }

func (d *drawer) node(mode uint32) *node {
	d.last++
	n := &node{id: d.last, mode: mode, kept: mode}
	if n.folder() {
		n.names, n.durableNames = map[string]*node{}, map[string]*node{}
	}
	return n
}

// step counts an operation. ok says that it happens; under says that the power
// fails while it does: it may leave a part of itself, and fails.
func (d *disk) step(format string, args ...any) (ok, under bool) {
	if d.dead {
		return false, false
	}
	d.ops = append(d.ops, fmt.Sprintf(format, args...))
	if d.cutAt > 0 && len(d.ops) == d.cutAt {
		d.dead = true
		return false, true
	}
	return true, false
}

// apply does an edit to a file's bytes.
func (e edit) apply(b []byte) []byte {
	switch e.kind {
	case editWrite:
		return writeAt(b, e.off, e.data)
	case editSize:
		return resize(b, e.size)
	default:
		return b
	}
}

func writeAt(b []byte, off int64, data []byte) []byte {
	if len(data) == 0 {
		return b
	}
	if end := off + int64(len(data)); end > int64(len(b)) {
		b = resize(b, end)
	}
	copy(b[off:], data)
	return b
}

func resize(b []byte, size int64) []byte {
	if size <= int64(len(b)) {
		clear(b[size:])
		return b[:size]
	}
	return append(b, make([]byte, size-int64(len(b)))...)
}

// edit changes a file as programs see it.
func (n *node) edit(e edit) {
	n.data = e.apply(n.data)
	n.edits = append(n.edits, e)
}

// sync puts on the medium what was written to a file.
func (n *node) sync() {
	for _, e := range n.edits {
		n.durable = e.apply(n.durable)
	}
	n.edits, n.kept = nil, n.mode
}

// move changes a folder as programs see it.
func (n *node) move(m move) {
	m.apply(n.names)
	n.moves = append(n.moves, m)
}

func (m move) apply(names map[string]*node) {
	if m.gone != "" {
		delete(names, m.gone)
	}
	if m.name != "" {
		names[m.name] = m.node
	}
}

// syncFolder puts a folder's names on the medium, not what they name.
func (n *node) syncFolder() {
	for _, m := range n.moves {
		m.apply(n.durableNames)
	}
	n.moves = nil
}

// copyDisk copies a disk with everything that was not synced: what a program
// finds that was killed while the power stayed.
func copyDisk(d *disk, name string, draw *drawer) *disk {
	c := copier{draw: draw, made: map[*node]*node{}}
	return &disk{name: name, root: c.node(d.root)}
}

type copier struct {
	draw *drawer
	made map[*node]*node
}

func (c copier) node(n *node) *node {
	if got := c.made[n]; got != nil {
		return got
	}
	m := c.draw.node(n.mode)
	c.made[n] = m
	m.kept = n.kept
	m.data, m.durable = append([]byte(nil), n.data...), append([]byte(nil), n.durable...)
	m.edits = append([]edit(nil), n.edits...) // their bytes never change
	for name, child := range n.names {
		m.names[name] = c.node(child)
	}
	for name, child := range n.durableNames {
		m.durableNames[name] = c.node(child)
	}
	for _, mv := range n.moves {
		if mv.node != nil {
			mv.node = c.node(mv.node)
		}
		m.moves = append(m.moves, mv)
	}
	return m
}

// Fate says what of the unsynced a medium keeps.
type Fate struct {
	Keep Keep
	Seed uint64 // of Some
}

// Keep is a kind of fate.
type Keep string

// The kinds.
const (
	Nothing Keep = "nothing" // the cache never reached the medium
	Torn    Keep = "torn"    // all of it did, the last write in part
	Some    Keep = "some"    // each write and each name for itself, by seed
)

func (f Fate) String() string {
	if f.Keep == Some {
		return fmt.Sprintf("some (seed %d)", f.Seed)
	}
	return string(f.Keep)
}

// survive makes the disk that is found after the power came back.
func survive(d *disk, name string, f Fate, draw *drawer) *disk {
	s := survivor{draw: draw, made: map[*node]*node{}, fate: f, rnd: rand.New(rand.NewPCG(f.Seed, 0))}
	return &disk{name: name, root: s.node(d.root)}
}

type survivor struct {
	draw *drawer
	made map[*node]*node
	fate Fate
	rnd  *rand.Rand
}

func (s survivor) keeps() bool {
	switch s.fate.Keep {
	case Nothing:
		return false
	case Torn:
		return true
	default:
		return s.rnd.IntN(2) == 0
	}
}

func (s survivor) node(n *node) *node {
	if got := s.made[n]; got != nil {
		return got
	}
	m := s.draw.node(n.kept)
	s.made[n] = m
	b := append([]byte(nil), n.durable...)
	for _, e := range n.edits {
		if !s.keeps() {
			continue
		}
		if e.last {
			e = s.tear(e)
		}
		if b = e.apply(b); e.kind == editMode {
			m.mode = uint32(e.size)
			m.kept = m.mode
		}
	}
	m.data, m.durable = b, append([]byte(nil), b...)
	if !n.folder() {
		return m
	}
	names := map[string]*node{}
	for name, child := range n.durableNames {
		names[name] = child
	}
	for _, mv := range n.moves {
		if s.keeps() {
			mv.apply(names)
		}
	}
	for _, name := range sorted(names) { // the seed decides, not the map
		if strings.HasSuffix(name, asideSuffix) {
			continue
		}
		m.names[name] = s.node(names[name])
		m.durableNames[name] = m.names[name]
	}
	return m
}

// tear keeps a write's first sectors, as the medium divides them.
func (s survivor) tear(e edit) edit {
	if e.kind != editWrite {
		return e
	}
	first := sectorBytes - e.off%sectorBytes
	sectors := 1 + (max(0, int64(len(e.data))-first)+sectorBytes-1)/sectorBytes
	kept := s.rnd.Int64N(sectors)
	end := min(int64(len(e.data)), first+(kept-1)*sectorBytes)
	if kept == 0 {
		end = 0
	}
	e.data = e.data[:end]
	return e
}
