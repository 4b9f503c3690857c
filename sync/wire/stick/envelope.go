package stick

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"

	"tramhoso/sync/dossier"
)

// magic begins every file of ours and names the version of the envelope.
const magic = "TRAMBUNDLE1\n"

const (
	lengthBytes  = 8
	trailerBytes = lengthBytes + sha256.Size

	// EnvelopeBytes is what the envelope adds to the sealed content.
	EnvelopeBytes = len(magic) + trailerBytes
)

// Wrap puts sealed content into the envelope of a file: a first line that names
// it, and a trailer of length and digest, so that anyone can tell a file that
// was written to its end from one that was not, without a key.
func Wrap(sealed []byte) []byte {
	out := make([]byte, 0, len(sealed)+EnvelopeBytes)
	out = append(append(out, magic...), sealed...)
	out = binary.BigEndian.AppendUint64(out, uint64(len(sealed)))
	sum := sha256.Sum256(out)
	return append(out, sum[:]...)
}

// Unwrap returns the sealed content of a whole file, as a part of file. A file
// that ends early or was changed on its way is ErrUnfinished.
func Unwrap(file []byte) ([]byte, error) {
	if err := check(bytes.NewReader(file), int64(len(file))); err != nil {
		return nil, err
	}
	return file[len(magic) : len(file)-trailerBytes], nil
}

// UnwrapFrom reads the sealed content of a file of size bytes from a stream. The
// end, io.EOF, is given only once the whole was a file of ours, to its last byte.
func UnwrapFrom(file io.Reader, size int64) (io.Reader, error) {
	begin := make([]byte, min(size, int64(len(magic))))
	if _, err := io.ReadFull(file, begin); err != nil {
		return nil, fmt.Errorf("failed to read a file: %w", err)
	}
	switch {
	case !strings.HasPrefix(magic, string(begin)):
		return nil, dossier.E(dossier.CodeInvalid, ErrNotOurs)
	case size < int64(EnvelopeBytes):
		return nil, dossier.E(dossier.CodeInvalid, ErrUnfinished)
	}
	u := &unwrapping{file: file, content: size - int64(EnvelopeBytes), left: size - int64(EnvelopeBytes), sum: sha256.New()}
	u.sum.Write(begin)
	return u, nil
}

// unwrapping is a file of ours as it is read.
type unwrapping struct {
	file          io.Reader
	content, left int64
	sum           hash.Hash
	err           error // at the end
}

func (u *unwrapping) Read(p []byte) (int, error) {
	if u.left == 0 {
		if u.err == nil {
			u.err = u.end()
		}
		return 0, u.err
	}
	n, err := u.file.Read(p[:min(int64(len(p)), u.left)])
	u.left -= int64(n)
	u.sum.Write(p[:n])
	if errors.Is(err, io.EOF) {
		err = nil
		if u.left > 0 && n == 0 {
			err = dossier.E(dossier.CodeInvalid, ErrUnfinished)
		}
	}
	return n, err
}

func (u *unwrapping) end() error {
	end := make([]byte, trailerBytes)
	if _, err := io.ReadFull(u.file, end); errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return dossier.E(dossier.CodeInvalid, ErrUnfinished)
	} else if err != nil {
		return fmt.Errorf("failed to read a file: %w", err)
	}
	u.sum.Write(end[:lengthBytes])
	if binary.BigEndian.Uint64(end) != uint64(u.content) || !bytes.Equal(u.sum.Sum(nil), end[lengthBytes:]) {
		return dossier.E(dossier.CodeInvalid, ErrUnfinished)
	}
	return io.EOF
}

// check reads a file of size bytes once and says why it is not a whole one of
// ours.
func check(r io.ReaderAt, size int64) error {
	begin := make([]byte, min(size, int64(len(magic))))
	if _, err := r.ReadAt(begin, 0); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("failed to read a file: %w", err)
	}
	switch {
	case !strings.HasPrefix(magic, string(begin)):
		return dossier.E(dossier.CodeInvalid, ErrNotOurs)
	case size < int64(EnvelopeBytes):
		return dossier.E(dossier.CodeInvalid, ErrUnfinished)
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, io.NewSectionReader(r, 0, size-sha256.Size)); err != nil {
		return fmt.Errorf("failed to read a file: %w", err)
	}
	end := make([]byte, trailerBytes)
	if n, err := r.ReadAt(end, size-trailerBytes); n < len(end) {
		return fmt.Errorf("failed to read a file: %w", err)
	}
	if binary.BigEndian.Uint64(end) != uint64(size-int64(EnvelopeBytes)) || !bytes.Equal(sum.Sum(nil), end[lengthBytes:]) {
		return dossier.E(dossier.CodeInvalid, ErrUnfinished)
	}
	return nil
}
