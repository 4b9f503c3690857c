package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"tramhoso/sync/dossier"
	"tramhoso/sync/durable"
	"tramhoso/sync/store/internal/rows"
)

const (
	filesDir   = "files"
	newFile    = "new-*" // of a file that is being written; nothing that counts is called so
	maxDraftID = 128     // bytes of a draft's id
)

// folder is where the ciphertext of attachments lies, each file under its
// digest, and which visits are running.
type folder struct {
	dir string

	mu    sync.Mutex
	live  map[string]bool // drafts of visits that go on in this process
	bytes int64           // of all files, written or being written
}

// AddFile keeps one sealed attachment of a draft. seal writes the ciphertext and
// says what it wrote. When AddFile returns without an error, the file and its
// name are on the disk.
//
// A file stays as long as its visit goes on in this program (until DropFiles or
// LeaveFiles), as long as the draft is kept (PutDraft under the same id), or as
// long as a packet names it.
//
// Past a limit it is dossier.CodeInvalid, past the disk budget
// dossier.CodeStorageFull; then nothing is left of it.
func (s *Store) AddFile(ctx context.Context, draft, role string,
	seal func(io.Writer) (dossier.Attachment, error)) (a dossier.Attachment, err error) {
	if draft == "" || len(draft) > maxDraftID {
		return a, dossier.Errorf(dossier.CodeInvalid, "a draft's id of %d bytes", len(draft))
	}
	count, bytes, err := s.draftFiles(ctx, draft)
	if err != nil {
		return a, err
	}
	if count >= dossier.MaxAttachments || bytes >= dossier.MaxAttachmentsBytes {
		return a, dossier.Errorf(dossier.CodeInvalid, "a draft of %d files, %d bytes", count, bytes)
	}
	room, err := s.room()
	if err != nil {
		return a, err
	}
	s.files.keep(draft)
	w := &sealedWriter{files: &s.files, room: room, most: min(dossier.MaxAttachmentBytes, dossier.MaxAttachmentsBytes-bytes)}
	defer func() {
		if err != nil {
			s.files.count(-w.n)
			err = coded(fmt.Errorf("failed to keep an attachment: %w", err))
		}
	}()
	if a, err = s.writeFile(w, role, seal); err != nil {
		return dossier.Attachment{}, err
	}
	name := s.files.path(a.SHA256)
	if err = s.point(Point{"write a file", Inside}); err == nil {
		err = s.tx(ctx, "add a file", func(tx *sql.Tx) error {
			return s.w.WithTx(tx).AddFile(ctx, rows.AddFileParams{Sha256: a.SHA256, Size: a.Size, Role: role, Draft: draft, AddedMs: s.ms()})
		})
	}
	if err != nil {
		return dossier.Attachment{}, errors.Join(err, os.Remove(name))
	}
	return a, nil
}

// writeFile leaves the file whole under its digest or not at all.
func (s *Store) writeFile(w *sealedWriter, role string, seal func(io.Writer) (dossier.Attachment, error)) (a dossier.Attachment, err error) {
	if w.f, err = os.CreateTemp(s.files.dir, newFile); err != nil {
		return a, err
	}
	name := w.f.Name()
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(name))
		}
	}()
	if a, err = seal(w); err == nil {
		a.Role = role
		err = a.Check()
	}
	if err == nil && a.Size != w.n {
		err = dossier.Errorf(dossier.CodeInvalid, "%d bytes were written, %d named", w.n, a.Size)
	}
	if err == nil && attachmentsAreSynced {
		err = w.f.Sync()
	}
	if err = errors.Join(err, w.f.Close()); err != nil {
		return a, err
	}
	if err = os.Rename(name, s.files.path(a.SHA256)); err != nil {
		return a, err
	}
	name = s.files.path(a.SHA256)
	return a, durable.SyncFolder(s.files.dir)
}

// sealedWriter keeps to the limit of one file and to the disk's.
type sealedWriter struct {
	files *folder
	f     *os.File
	room  int64 // what the budget has left
	most  int64 // what one more file may have
	n     int64
}

func (w *sealedWriter) Write(p []byte) (int, error) {
	switch n := w.n + int64(len(p)); {
	case n > w.most:
		return 0, dossier.Errorf(dossier.CodeInvalid, "an attachment past %d bytes", w.most)
	case n > w.room:
		return 0, dossier.Errorf(dossier.CodeStorageFull, "the disk budget is used up")
	}
	n, err := w.f.Write(p)
	w.n += int64(n)
	w.files.count(int64(n))
	return n, err
}

// DropFiles destroys what was added to a draft and is named by no packet: the
// visit was given up, or took a file back (only, if any are given).
func (s *Store) DropFiles(ctx context.Context, draft string, only ...string) error {
	err := s.removeFiles(ctx, "drop a draft's files", func(f rows.UnnamedFilesRow) bool {
		if f.Draft != draft {
			return false
		}
		for _, sum := range only {
			if sum == f.Sha256 {
				return true
			}
		}
		return len(only) == 0
	})
	if err == nil && len(only) == 0 {
		s.LeaveFiles(draft)
	}
	return err
}

// LeaveFiles says that a visit does not go on in this program: from now on its
// files live as long as its draft.
func (s *Store) LeaveFiles(draft string) {
	s.files.mu.Lock()
	defer s.files.mu.Unlock()
	delete(s.files.live, draft)
}

// DraftFiles lists what was added to a draft, oldest first.
func (s *Store) DraftFiles(ctx context.Context, draft string) (list []dossier.Attachment, err error) {
	found, err := s.r.DraftFiles(ctx, draft)
	if err != nil {
		return nil, coded(fmt.Errorf("failed to list a draft's files: %w", err))
	}
	for _, f := range found {
		list = append(list, dossier.Attachment{SHA256: f.Sha256, Size: f.Size, Role: f.Role})
	}
	return list, nil
}

func (s *Store) draftFiles(ctx context.Context, draft string) (count int, bytes int64, err error) {
	n, err := s.r.CountDraftFiles(ctx, draft)
	if err != nil {
		return 0, 0, coded(fmt.Errorf("failed to count a draft's files: %w", err))
	}
	return int(n.Files), n.Bytes, nil
}

// OpenFile opens the ciphertext of an attachment.
func (s *Store) OpenFile(sha256 string) (*os.File, error) {
	if !dossier.ValidSHA256(sha256) {
		return nil, dossier.Errorf(dossier.CodeInvalid, "not a digest")
	}
	f, err := os.Open(s.files.path(sha256))
	if errors.Is(err, os.ErrNotExist) {
		return nil, dossier.E(dossier.CodeNotFound, err)
	}
	if err != nil {
		return nil, coded(fmt.Errorf("failed to open an attachment: %w", err))
	}
	return f, nil
}

// insertFiles ties the files that a packet names to it. A file that is not on
// the disk in its full size stops the commit: no slip without its papers.
func (s *Store) insertFiles(ctx context.Context, tx *sql.Tx, h dossier.Head) error {
	if err := dossier.CheckAttachments(h.Attachments); err != nil {
		return err
	}
	q := s.w.WithTx(tx)
	for n, a := range h.Attachments {
		found, err := q.TakeFromDraft(ctx, rows.TakeFromDraftParams{Sha256: a.SHA256, Size: a.Size, Role: a.Role})
		if err != nil {
			return err
		}
		if found == 0 {
			return dossier.Errorf(dossier.CodeInvalid, "the packet names a file that was not added")
		}
		info, err := os.Stat(s.files.path(a.SHA256))
		if err != nil {
			return dossier.Errorf(dossier.CodeInvalid, "the packet names a file that is not on the disk: %w", err)
		}
		if info.Size() != a.Size {
			return dossier.Errorf(dossier.CodeInvalid, "a file of %d bytes that the packet names with %d", info.Size(), a.Size)
		}
		if err := q.NameFile(ctx, rows.NameFileParams{Seq: int64(h.Seq), N: int64(n), Sha256: a.SHA256}); err != nil {
			return err
		}
	}
	return nil
}

func (f *folder) path(sha256 string) string { return filepath.Join(f.dir, sha256) }

func (f *folder) keep(draft string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.live[draft] = true
}

func (f *folder) isLive(draft string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.live[draft]
}

func (f *folder) count(n int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.bytes += n
}

func (f *folder) total() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.bytes
}
