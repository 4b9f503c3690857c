package seal

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"

	"filippo.io/age"

	"tramhoso/sync/dossier"
)

// SealAttachment encrypts what r gives to the province and writes the ciphertext
// to w, a chunk at a time: neither the file nor its ciphertext is ever whole in
// memory. It returns what a packet's head will name; the role is the caller's.
//
// An attachment is sealed when it is added to a draft, not when the draft is
// submitted: from then on the station itself cannot read it, and a stolen draft
// holds no paper. Whoever wants to show what was added keeps a preview in memory
// while the visit lasts. Should the province change its key in between, retired
// keys open it.
//
// What it wrote before an error is no attachment.
func SealAttachment(w io.Writer, r io.Reader, to Recipient) (dossier.Attachment, error) {
	rec, err := parseRecipient(to.Key)
	if err != nil {
		return dossier.Attachment{}, err
	}
	out := &summed{w: w, sum: sha256.New()}
	enc, err := age.Encrypt(out, rec)
	if err != nil {
		return dossier.Attachment{}, fmt.Errorf("failed to encrypt an attachment: %w", err)
	}
	n, err := io.Copy(enc, io.LimitReader(r, dossier.MaxFileBytes+1))
	switch {
	case err != nil:
		return dossier.Attachment{}, fmt.Errorf("failed to encrypt an attachment: %w", err)
	case n == 0:
		return dossier.Attachment{}, invalid("an empty file")
	case n > dossier.MaxFileBytes:
		return dossier.Attachment{}, invalid("a file of more than %d bytes", dossier.MaxFileBytes)
	}
	if err := enc.Close(); err != nil {
		return dossier.Attachment{}, fmt.Errorf("failed to encrypt an attachment: %w", err)
	}
	return dossier.Attachment{SHA256: hex.EncodeToString(out.sum.Sum(nil)), Size: out.n}, nil
}

// summed hashes and counts what was written.
type summed struct {
	w   io.Writer
	sum hash.Hash
	n   int64
}

func (s *summed) Write(p []byte) (int, error) {
	n, err := s.w.Write(p)
	s.sum.Write(p[:n])
	s.n += int64(n)
	return n, err
}

// OpenAttachment decrypts the sealed file that a names, as it is read. Every
// byte was authenticated before it is given, and the end, io.EOF, is given only
// once the whole was the file that a names: what was read before any other error
// is the beginning of the true file and must not be taken for all of it.
//
// An error of r itself comes through; everything else is dossier.CodeInvalid.
func OpenAttachment(r io.Reader, a dossier.Attachment, ids ...age.Identity) (io.Reader, error) {
	if err := a.Check(); err != nil {
		return nil, err
	}
	if len(ids) == 0 {
		return nil, invalid("no key to open with")
	}
	o := &opened{a: a, raw: &summedReader{r: io.LimitReader(r, a.Size+1), sum: sha256.New()}}
	// As with a body: many recipients would cost an attempt of every key for each.
	begin, one := toOneFrom(o.raw)
	if !one {
		return nil, o.why("cannot be opened with these keys", errManyRecipients)
	}
	var err error
	if o.plain, err = age.Decrypt(begin, ids...); err != nil {
		return nil, o.why("cannot be opened with these keys", err)
	}
	return o, nil
}

type opened struct {
	a     dossier.Attachment
	raw   *summedReader
	plain io.Reader
	err   error
}

func (o *opened) Read(p []byte) (int, error) {
	if o.err != nil {
		return 0, o.err
	}
	n, err := o.plain.Read(p)
	switch {
	case errors.Is(err, io.EOF):
		o.err = o.end()
	case err != nil:
		o.err = o.why("sealed bytes were changed", err)
	}
	return n, o.err
}

// end gives io.EOF for the file that was named, to its last byte.
func (o *opened) end() error {
	if o.raw.n != o.a.Size || hex.EncodeToString(o.raw.sum.Sum(nil)) != o.a.SHA256 {
		return invalid("another file than the one that is named")
	}
	return io.EOF
}

func (o *opened) why(what string, err error) error {
	if o.raw.err != nil {
		return fmt.Errorf("failed to read an attachment: %w", o.raw.err)
	}
	return invalid("%s: %w", what, err)
}

// summedReader hashes and counts what was read, and remembers a failure that
// was not the end.
type summedReader struct {
	r   io.Reader
	sum hash.Hash
	n   int64
	err error
}

func (s *summedReader) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	s.sum.Write(p[:n])
	s.n += int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}
