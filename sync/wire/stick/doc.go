// Package stick is the folder on a memory stick by which a station and a portal
// hand each other opaque files, and the envelope of such a file.
//
// It promises that a file it wrote is whole or recognised as not whole: a
// temporary name, fsync of file and folder, the name given last, and a trailer
// that ends the file. It promises that reading a stranger's stick reaches
// nothing but regular files with a name of ours directly in that folder, and
// never more bytes or entries than a named limit.
//
// It refuses a folder that is a link, and never makes one: on the mount point
// of a missing stick it would fill the disk below. It deletes only what it is
// told to by name.
//
// It holds no keys and knows nothing of what the files carry. It imports nothing
// of ours but dossier and wire.
package stick

import "errors"

// Why a file is not taken.
var (
	ErrUnfinished = errors.New("the file was not written to its end, or was changed")
	ErrNotOurs    = errors.New("the file is not one of ours")
	ErrNotRegular = errors.New("not a regular file")
	ErrTooLarge   = errors.New("the file is larger than any of ours")
	ErrTooMany    = errors.New("the folder holds too many files")
)

// Limits of a folder.
const (
	// MaxEntries is how many entries of a folder are looked at.
	MaxEntries = 4096
	// MaxFiles is how many files of one kind are taken in one visit, the newest
	// first, and how many may lie there before no more are added.
	MaxFiles = 64
)
