package portal

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"tramhoso/sync/dossier"
	"tramhoso/sync/wire"
)

// A stick is imported by a program of its own beside the portal that serves: what
// keeps two calls of one portal from the same upload does not reach there.
const (
	aloneFile  = "uploads.lock"
	aloneMost  = 20 * time.Second // a chunk on a slow line; then the other way is tried again later
	aloneEvery = 50 * time.Millisecond
)

// alone keeps other portals on the same folder from an upload: each upload is a
// byte of one file that is locked (fcntl(2), open file description locks). The
// system lets go of what a portal held that died.
type alone struct {
	file *os.File
	most time.Duration
}

func openAlone(dir string) (*alone, error) {
	f, err := os.OpenFile(filepath.Join(dir, aloneFile), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("failed to open the lock of uploads: %w", err)
	}
	return &alone{file: f, most: aloneMost}, nil
}

func (a *alone) set(kind int16, name wire.FileName) error {
	sum := sha256.Sum256([]byte(name.Packet + "/" + name.SHA256))
	at := int64(binary.BigEndian.Uint64(sum[:]) >> 2) // far below the longest file
	return unix.FcntlFlock(a.file.Fd(), unix.F_OFD_SETLK, &unix.Flock_t{Type: kind, Start: at, Len: 1})
}

// take waits for an upload that another portal works on. One portal takes an
// upload once at a time: writing sees to it.
func (a *alone) take(ctx context.Context, name wire.FileName) (release func(), err error) {
	if a == nil {
		return func() {}, nil
	}
	limit := time.NewTimer(a.most)
	defer limit.Stop()
	tick := time.NewTicker(aloneEvery)
	defer tick.Stop()
	for {
		err := a.set(unix.F_WRLCK, name)
		if err == nil {
			return func() { _ = a.set(unix.F_UNLCK, name) }, nil
		}
		if !errors.Is(err, unix.EAGAIN) && !errors.Is(err, unix.EACCES) {
			return nil, fmt.Errorf("failed to take an upload over: %w", err)
		}
		select {
		case <-tick.C:
		case <-limit.C:
			return nil, dossier.Errorf(wire.CodeBusy, "another program works on the upload")
		case <-ctx.Done():
			return nil, fmt.Errorf("failed to take an upload over: %w", ctx.Err())
		}
	}
}

func (a *alone) close() error {
	if a == nil {
		return nil
	}
	return a.file.Close()
}
