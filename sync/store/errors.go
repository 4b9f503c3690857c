package store

import (
	"errors"
	"io/fs"
	"syscall"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"tramhoso/sync/dossier"
)

// coded gives err the code that a screen can act on. An error that has a code
// already keeps it.
func coded(err error) error {
	if err == nil || dossier.CodeOf(err) != "" {
		return err
	}
	if code := codeOf(err); code != "" {
		return dossier.E(code, err)
	}
	return err
}

// primary strips the extension of an SQLite result code.
const primary = 0xff

func codeOf(err error) dossier.Code {
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		switch lite.Code() & primary {
		case sqlite3.SQLITE_FULL:
			return dossier.CodeStorageFull
		case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_IOERR:
			return dossier.CodeStorageReadOnly
		case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
			return dossier.CodeStorageDamaged
		}
	}
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return dossier.CodeStorageFull
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS), errors.Is(err, syscall.EIO),
		errors.Is(err, syscall.ENOTDIR):
		return dossier.CodeStorageReadOnly
	}
	return ""
}
