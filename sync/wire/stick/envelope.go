package stick

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"

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
	if len(file) < EnvelopeBytes || !bytes.HasPrefix(file, []byte(magic)) {
		if bytes.HasPrefix(file, []byte(magic)) || bytes.HasPrefix([]byte(magic), file) {
			return nil, dossier.E(dossier.CodeInvalid, ErrUnfinished)
		}
		return nil, dossier.E(dossier.CodeInvalid, ErrNotOurs)
	}
	signed := len(file) - sha256.Size
	sealed := file[len(magic) : signed-lengthBytes]
	sum := sha256.Sum256(file[:signed])
	if binary.BigEndian.Uint64(file[signed-lengthBytes:signed]) != uint64(len(sealed)) || !bytes.Equal(sum[:], file[signed:]) {
		return nil, dossier.E(dossier.CodeInvalid, ErrUnfinished)
	}
	return sealed, nil
}
