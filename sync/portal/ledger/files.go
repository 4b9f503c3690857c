package ledger

import (
	"context"
	"errors"
	"io"
	"time"
)

// Upload is a file on its way here: bytes before Offset are on the disk.
type Upload struct {
	Packet    string
	SHA256    string
	Enrolment int64
	Size      int64
	Offset    int64
	MadeAt    time.Time
	ChangedAt time.Time
	Expired   bool // nobody went on with it in time; its bytes are gone
}

// Open sums up uploads that have neither ended nor expired.
type Open struct {
	Count int
	Bytes int64 // of the files, as announced
}

// FileReader answers questions about attachments.
type FileReader interface {
	Upload(packet, sha256 string) (Upload, error)
	// OpenUploads sums up a station's uploads, or everybody's for 0.
	OpenUploads(enrolment int64) (Open, error)
	// StaleUploads are the open ones that nobody went on with since, oldest first.
	StaleUploads(since time.Time, limit int) ([]Upload, error)
	// HeldFiles lists the files that are here whole, by packet and place; after is
	// the last of the list before.
	HeldFiles(after HeldFile, limit int) ([]HeldFile, error)
}

// HeldFile is a file that is here whole.
type HeldFile struct {
	Packet string
	N      int // its place in the packet's head
	SHA256 string
	Size   int64
}

// FileTx writes about attachments.
type FileTx interface {
	PutUpload(Upload) error // adds or replaces
	RemoveUpload(packet, sha256 string) error
	// SetFileHeld says that a packet's file is here whole.
	SetFileHeld(packet, sha256 string) error
	// SetWhole replaces a packet's receipt by the one that says whole.
	SetWhole(packet string, counter uint64, receipt string) error
}

// ErrNoRoom says that the place where files, or the ledger, lie is full.
var ErrNoRoom = errors.New("no room on the disk")

// Files keeps the bytes of attachments, still sealed, by packet and digest. A
// ledger's rows say which of them count.
//
// It promises, of every implementation (package ledgertest holds them to it):
// what Write reports as written is on the disk with its name; a file whose
// Removal returned is gone.
type Files interface {
	// Write writes what r gives at offset, over whatever lay there or beyond,
	// and returns how much of it is on the disk, also beside an error: r's own, or
	// one that is ErrNoRoom. A file with fewer than offset bytes is ErrNotFound.
	Write(ctx context.Context, packet, sha256 string, offset int64, r io.Reader) (int64, error)
	// Open reads a file from its beginning; none is ErrNotFound.
	Open(ctx context.Context, packet, sha256 string) (io.ReadCloser, error)
	// Remove removes a file; none is fine.
	Remove(ctx context.Context, packet, sha256 string) error
	// Free is the room that is left, in bytes.
	Free() (int64, error)
	// Backup copies whole files to the folder dir and returns after the copies are
	// on the disk. What is there already is not copied again. A file that is not
	// what its digest says fails the backup.
	Backup(ctx context.Context, dir string, list []HeldFile) error
}
