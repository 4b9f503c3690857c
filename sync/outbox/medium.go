package outbox

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"tramhoso/sync/dossier"
	"tramhoso/sync/durable"
	"tramhoso/sync/wire"
)

const (
	packetExt  = ".packet"
	fileExt    = ".file" // of an attachment, under its digest
	newExt     = ".new"
	markName   = "tramhoso-mirror" // says whose medium it is; a line with the station's code
	markBytes  = 64
	maxEntries = 100_000 // on a medium: ten years of a busy station
)

// systemNames are what systems leave on an empty stick.
var systemNames = map[string]bool{"lost+found": true, "System Volume Information": true, ".Trash-1000": true, ".fseventsd": true, ".Spotlight-V100": true}

func deviceOf(dir string) (uint64, error) {
	var st unix.Stat_t
	err := unix.Stat(dir, &st)
	return st.Dev, err
}

// LookForMedium says why dir is no second medium beside a storage folder, or may
// not be written to. Whose it is it does not ask, and it changes nothing.
func LookForMedium(dir, storage string) error {
	if err := there(dir, storage, deviceOf); err != nil {
		return err
	}
	return writable(dir)
}

func there(dir, storage string, device func(string) (uint64, error)) error {
	here, err := device(dir)
	if err == nil {
		var info os.FileInfo
		if info, err = os.Stat(dir); err == nil && !info.IsDir() {
			err = fs.ErrNotExist
		}
	}
	if errors.Is(err, fs.ErrNotExist) {
		return ErrNoMedium
	}
	if err != nil {
		return fmt.Errorf("failed to look at the second medium: %w", err)
	}
	first, err := device(storage)
	if err != nil {
		return fmt.Errorf("failed to look at the storage folder: %w", err)
	}
	if here == first {
		return ErrSameMedium
	}
	return nil
}

// fits says why the medium may not be written to. An empty one is taken.
func (m *Mirror) fits(station string) error {
	if err := there(m.dir, m.store.Dir(), m.Device); err != nil {
		return err
	}
	mark := filepath.Join(m.dir, markName)
	raw, err := readSmall(mark, markBytes)
	switch {
	case err == nil && strings.TrimSpace(string(raw)) == station:
		return writable(m.dir)
	case err == nil:
		return ErrOtherMedium
	case !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("failed to read whose the second medium is: %w", err)
	}
	entries, err := os.ReadDir(m.dir)
	if err != nil {
		return fmt.Errorf("failed to look at the second medium: %w", err)
	}
	for _, e := range entries {
		ours := strings.HasPrefix(e.Name(), station+"-") || strings.HasSuffix(e.Name(), packetExt+newExt) ||
			e.Name() == markName+newExt // a power cut came while it was taken
		if !systemNames[e.Name()] && !ours {
			return ErrForeign
		}
	}
	if err := writeWhole(m.dir, mark, strings.NewReader(station+"\n")); err != nil {
		return fmt.Errorf("failed to take the second medium: %w", err)
	}
	return nil
}

// writable finds out before anything waits for it: a stick that turned read-only is
// told at once, not with the next packet.
func writable(dir string) error {
	var st unix.Statfs_t
	err := unix.Statfs(dir, &st)
	if err == nil && st.Flags&unix.ST_RDONLY != 0 {
		err = unix.EROFS
	}
	if err == nil {
		err = unix.Access(dir, unix.W_OK)
	}
	if err != nil {
		return fmt.Errorf("failed to write to the second medium: %w", err)
	}
	return nil
}

func readSmall(name string, most int64) ([]byte, error) {
	info, err := os.Lstat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > most {
		return nil, fmt.Errorf("%s is not what it should be", filepath.Base(name))
	}
	return os.ReadFile(name)
}

// compare looks through a medium that has come: what the store holds for
// mirrored and is not on it is mirrored again, and a packet that the store never
// gave a number shows a storage that was set back.
func (m *Mirror) compare(ctx context.Context, station string) error {
	d, err := os.Open(m.dir)
	if err != nil {
		return fmt.Errorf("failed to look at the second medium: %w", err)
	}
	defer d.Close()
	entries, err := d.Readdirnames(maxEntries)
	if err != nil && !errors.Is(err, io.EOF) { // an empty folder ends at once
		return fmt.Errorf("failed to look at the second medium: %w", err)
	}
	// Who gave these names may have died before they were on the medium.
	if err := d.Sync(); err != nil {
		return fmt.Errorf("failed to sync the second medium: %w", err)
	}
	there := make(map[string]bool, len(entries))
	last, err := m.store.LastSeq(ctx)
	if err != nil {
		return err
	}
	for _, name := range entries {
		there[name] = true
		if strings.HasSuffix(name, newExt) { // what a power cut left half-written
			if err := os.Remove(filepath.Join(m.dir, name)); err != nil {
				return fmt.Errorf("failed to clear the second medium: %w", err)
			}
			continue
		}
		if seq, ok := seqOf(name, station); ok && seq > last {
			return fmt.Errorf("%w: packet %d, the last here is %d", ErrSetBack, seq, last)
		}
	}
	heads, err := m.store.MirroredHeads(ctx)
	if err != nil {
		return err
	}
	for _, h := range heads {
		missing := !there[filepath.Base(packetName(m.dir, h))]
		for _, a := range h.Attachments {
			missing = missing || !there[filepath.Base(fileName(m.dir, a))]
		}
		if missing {
			if err := m.store.Unmirror(ctx, h.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

func packetName(dir string, h dossier.Head) string {
	return filepath.Join(dir, fmt.Sprintf("%s-%010d-%s%s", h.Station, h.Seq, h.ID, packetExt))
}

// seqOf reads the sequence number in a packet's file name.
func seqOf(name, station string) (uint64, bool) {
	rest, ok := strings.CutPrefix(name, station+"-")
	if !ok || !strings.HasSuffix(name, packetExt) {
		return 0, false
	}
	digits, _, _ := strings.Cut(rest, "-")
	n, err := strconv.ParseUint(digits, 10, 63)
	return n, err == nil
}

// keepFiles leaves the ciphertext of a packet's attachments in dir, each under its
// digest. One that is not here any more is left out: it was carried, or is lost
// and told so elsewhere.
func keepFiles(dir string, h dossier.Head, open func(sha256 string) (*os.File, error)) error {
	for _, a := range h.Attachments {
		if info, err := os.Stat(fileName(dir, a)); err == nil && info.Size() == a.Size {
			continue
		}
		if err := keepFile(dir, a, open); err != nil {
			return fmt.Errorf("failed to keep an attachment of packet %d: %w", h.Seq, err)
		}
	}
	return nil
}

func keepFile(dir string, a dossier.Attachment, open func(sha256 string) (*os.File, error)) error {
	from, err := open(a.SHA256)
	if dossier.CodeOf(err) == dossier.CodeNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	defer from.Close()
	name := fileName(dir, a)
	if err := writeWhole(dir, name, io.LimitReader(from, a.Size+1)); err != nil {
		return err
	}
	got, err := os.Open(name)
	if err != nil {
		return err
	}
	defer got.Close()
	_ = unix.Fadvise(int(got.Fd()), 0, 0, unix.FADV_DONTNEED)
	sum := sha256.New()
	if _, err := io.Copy(sum, got); err != nil {
		return err
	}
	if hex.EncodeToString(sum.Sum(nil)) != a.SHA256 {
		return errors.Join(errReadBack, os.Remove(name))
	}
	return nil
}

func fileName(dir string, a dossier.Attachment) string { return filepath.Join(dir, a.SHA256+fileExt) }

// keepPacket leaves a packet whole in dir, and reads it back. One that lies there
// already, with the same bytes, is left alone.
func keepPacket(dir string, p dossier.Packet) error {
	data, name := wire.EncodePacket(p), packetName(dir, p.Head)
	if same(name, data) {
		return nil
	}
	if err := writeWhole(dir, name, bytes.NewReader(data)); err != nil {
		return fmt.Errorf("failed to keep packet %d: %w", p.Head.Seq, err)
	}
	if !same(name, data) {
		return fmt.Errorf("failed to keep packet %d: %w", p.Head.Seq, errReadBack)
	}
	return nil
}

func dropPacket(dir string, h dossier.Head) error {
	if err := os.Remove(packetName(dir, h)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("failed to remove a mirrored packet: %w", err)
	}
	for _, a := range h.Attachments {
		if err := os.Remove(fileName(dir, a)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("failed to remove a mirrored attachment: %w", err)
		}
	}
	return nil
}

// same reads a file from its medium, not from memory, and compares.
func same(name string, data []byte) bool {
	f, err := os.Open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() || info.Size() != int64(len(data)) {
		return false
	}
	_ = unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED) // it was synced: only the medium has to have it
	got := make([]byte, len(data))
	n, err := f.ReadAt(got, 0)
	return n == len(data) && (err == nil || errors.Is(err, io.EOF)) && bytes.Equal(got, data)
}

// writeWhole leaves a file that is whole or absent after a power cut: file and
// folder are synced, and the name is given last. Sticks have file systems
// without links, so it renames; the same packet again replaces equal bytes.
func writeWhole(dir, name string, data io.Reader) (err error) {
	tmp := name + newExt
	f, err := os.OpenFile(tmp, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, data)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(tmp))
	}
	if err := os.Rename(tmp, name); err != nil {
		return err
	}
	return durable.SyncFolder(dir)
}
