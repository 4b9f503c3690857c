package seal

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"filippo.io/age"
)

// MaxBundleBytes bounds the content of a courier's file: a whole catalogue and
// more.
const MaxBundleBytes = 128 << 20

// SealBundle encrypts a courier's file to one hybrid age recipient: a station's
// to the province, the province's to a station. Whoever carries it sees how
// large it is and nothing else.
func SealBundle(plain []byte, recipient string) ([]byte, error) {
	if len(plain) > MaxBundleBytes {
		return nil, invalid("longer than %d bytes", MaxBundleBytes)
	}
	return encrypt(plain, recipient)
}

// OpenBundle opens what SealBundle made, up to limit bytes of content.
func OpenBundle(blob []byte, limit int64, ids ...age.Identity) ([]byte, error) {
	return decrypt(blob, ids, min(limit, MaxBundleBytes))
}

// SealBundleTo encrypts what is written to it to one hybrid age recipient, and
// writes it to w a chunk at a time. The file is whole once Close has returned.
func SealBundleTo(w io.Writer, recipient string) (io.WriteCloser, error) {
	rec, err := parseRecipient(recipient)
	if err != nil {
		return nil, err
	}
	enc, err := age.Encrypt(w, rec)
	if err != nil {
		return nil, fmt.Errorf("failed to encrypt a bundle: %w", err)
	}
	return enc, nil
}

// OpenBundleFrom decrypts a courier's file as it is read. Every byte was
// authenticated before it is given; the end is given only where the file ends. An
// error of r itself comes through, everything else is dossier.CodeInvalid.
func OpenBundleFrom(r io.Reader, ids ...age.Identity) (io.Reader, error) {
	if len(ids) == 0 {
		return nil, invalid("no key to open with")
	}
	o := &openedBundle{raw: &watched{r: r}}
	raw, one := toOneFrom(o.raw)
	if !one {
		return nil, o.why("cannot be opened with these keys", errManyRecipients)
	}
	var err error
	if o.plain, err = age.Decrypt(raw, ids...); err != nil {
		return nil, o.why("cannot be opened with these keys", err)
	}
	return o, nil
}

type openedBundle struct {
	raw   *watched
	plain io.Reader
}

func (o *openedBundle) Read(p []byte) (int, error) {
	n, err := o.plain.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = o.why("sealed bytes were changed", err)
	}
	return n, err
}

// watched remembers a failure that was not the end.
type watched struct {
	r   io.Reader
	err error
}

func (f *watched) Read(p []byte) (int, error) {
	n, err := f.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		f.err = err
	}
	return n, err
}

func (o *openedBundle) why(what string, err error) error {
	if o.raw.err != nil {
		return fmt.Errorf("failed to read a bundle: %w", o.raw.err)
	}
	return invalid("%s: %w", what, err)
}

// Addressed looks at the beginning of sealed bytes and refuses them if none of
// ids opens them. An error of r itself comes through, everything else is
// dossier.CodeInvalid.
func Addressed(r io.Reader, ids ...age.Identity) error {
	o := &openedBundle{raw: &watched{r: r}}
	begin, one := toOneFrom(o.raw)
	if !one {
		return o.why("cannot be opened with these keys", errManyRecipients)
	}
	if _, err := age.Decrypt(begin, ids...); err != nil {
		return o.why("cannot be opened with these keys", err)
	}
	return nil
}

// PeekJSON reads a statement of type typ without verifying it: only to find out
// whose key to verify it with.
func PeekJSON(compact, typ string, v any) error {
	h, payload, err := split(compact, MaxStatementBytes)
	if err != nil {
		return err
	}
	if h.Typ != typ {
		return invalid("statement of type %q where %q is expected", h.Typ, typ)
	}
	if err := json.Unmarshal(payload, v); err != nil {
		return invalid("statement: %w", err)
	}
	return nil
}

// Verify checks a statement of the province with a key that was valid at the
// time which the statement itself names, and decodes it into v; at is asked
// once v is filled. A receipt keeps its worth after its key was replaced, and a
// signed time must not depend on the station's clock.
func (t *Trust) Verify(use Use, compact, typ string, v any, at func() time.Time) error {
	if err := VerifyJSONAny(compact, typ, t.EveryKey(use), v); err != nil {
		return err
	}
	return VerifyJSONAny(compact, typ, t.KeysFor(use, at()), v)
}
