package portal

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"tramhoso/sync/durable"
)

// ErrServed says that another portal serves from the folder.
var ErrServed = errors.New("another portal serves from the folder")

// Hold has this process alone serve from dir, which is made if it is missing, until
// leave or the end of the process, however it ends. Two would each answer from what
// they remember of the one ledger. It is for whoever serves, before [Open]; a portal
// that is only opened for a command works beside one that serves.
func Hold(dir string) (leave func() error, err error) {
	if err := durable.MakeFolder(dir, 0o700); err != nil {
		return nil, fmt.Errorf("failed to make the portal's folder: %w", err)
	}
	leave, err = lockFolder(dir, unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		return nil, ErrServed
	}
	return leave, err
}

// lockFolder locks a folder itself (flock(2)), so that nothing has to lie in it.
func lockFolder(dir string, how int) (leave func() error, err error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, fmt.Errorf("failed to open a folder to lock: %w", err)
	}
	err = unix.EINTR
	for errors.Is(err, unix.EINTR) {
		err = unix.Flock(int(f.Fd()), unix.LOCK_EX|how)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("failed to lock a folder: %w", err), f.Close())
	}
	return f.Close, nil // which lets go of it
}
