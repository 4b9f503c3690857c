package stick

import (
	"bytes"
	"io"
	"testing"
	"testing/iotest"

	"tramhoso/sync/dossier"
)

// FuzzUnwrapFrom holds the stream's reader to what Unwrap says of the same file,
// whatever size is claimed for it.
func FuzzUnwrapFrom(f *testing.F) {
	f.Add(Wrap([]byte("sealed")), int64(0))
	f.Add(Wrap(nil), int64(1))
	f.Add([]byte(magic), int64(-1))
	f.Fuzz(func(t *testing.T, in []byte, off int64) {
		read := func(size int64) ([]byte, error) {
			r, err := UnwrapFrom(iotest.HalfReader(bytes.NewReader(in)), size)
			if err != nil {
				return nil, err
			}
			return io.ReadAll(r)
		}
		got, err := read(int64(len(in)))
		want, wanted := Unwrap(in)
		if (err == nil) != (wanted == nil) || err == nil && !bytes.Equal(got, want) {
			t.Fatalf("%q, %v; Unwrap says %q, %v", got, err, want, wanted)
		}
		if err != nil && dossier.CodeOf(err) != dossier.CodeInvalid {
			t.Fatalf("no code: %v", err)
		}
		if size := int64(len(in)) + off%64; off%64 != 0 && size >= 0 {
			if got, err := read(size); err == nil && !bytes.Equal(Wrap(got), in[:size]) {
				t.Fatalf("%d bytes of %d: read %q", size, len(in), got)
			}
		}
	})
}
