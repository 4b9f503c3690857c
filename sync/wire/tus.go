package wire

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"hash"
	"strconv"
	"strings"
	"time"

	"tramhoso/sync/dossier"
)

// What tus 1.0 (https://tus.io/protocols/resumable-upload) calls things.
const (
	TusVersion    = "1.0.0"
	TusExtensions = "creation,creation-with-upload,checksum,expiration,termination"
	TusChecksums  = "sha256,sha1" // the second because every tus server must

	TypeChunk = "application/offset+octet-stream"

	HeaderTusResumable   = "Tus-Resumable"
	HeaderTusVersion     = "Tus-Version"
	HeaderTusExtension   = "Tus-Extension"
	HeaderTusMaxSize     = "Tus-Max-Size"
	HeaderTusChecksums   = "Tus-Checksum-Algorithm"
	HeaderUploadOffset   = "Upload-Offset"
	HeaderUploadLength   = "Upload-Length"
	HeaderUploadDefer    = "Upload-Defer-Length"
	HeaderUploadMetadata = "Upload-Metadata"
	HeaderUploadChecksum = "Upload-Checksum"
	HeaderUploadExpires  = "Upload-Expires"
	HeaderMethodOverride = "X-HTTP-Method-Override"
)

// How a file is carried.
const (
	// MaxChunkBytes and ChunkTime bound one request of ours: the smaller of the
	// two, so that whatever is more urgent waits seconds.
	MaxChunkBytes = 256 << 10
	ChunkTime     = 4 * time.Second

	maxMetadataBytes = 4 << 10
)

// FileName is which file of which packet of which station; its address follows
// from it, so that a station that has forgotten everything finds its upload.
type FileName struct {
	Station, Packet, SHA256 string
}

// Path is the file's address at the portal.
func (n FileName) Path() string {
	return PathFiles + n.Station + "/" + n.Packet + "/" + n.SHA256
}

// Check refuses what cannot be a file's name.
func (n FileName) Check() error {
	if !ValidID(n.Packet) {
		return dossier.Errorf(dossier.CodeInvalid, "not a packet id")
	}
	if !dossier.ValidSHA256(n.SHA256) {
		return dossier.Errorf(dossier.CodeInvalid, "not a SHA-256 digest in lower-case hex")
	}
	return nil
}

// Metadata says in the words of tus what is created: packet and sha256. A file's
// own name is personal data and has no place here.
func (n FileName) Metadata() string {
	enc := base64.StdEncoding.EncodeToString
	return "packet " + enc([]byte(n.Packet)) + ",sha256 " + enc([]byte(n.SHA256))
}

// BundleName is a courier's file by the digest of all its bytes; whose upload it
// is, the connection says.
type BundleName struct{ SHA256 string }

// Path is the file's address at the portal.
func (n BundleName) Path() string { return PathBundles + "/" + n.SHA256 }

// Check refuses what cannot be a file's name.
func (n BundleName) Check() error {
	if !dossier.ValidSHA256(n.SHA256) {
		return dossier.Errorf(dossier.CodeInvalid, "not a SHA-256 digest in lower-case hex")
	}
	return nil
}

// Metadata says in the words of tus what is created.
func (n BundleName) Metadata() string {
	return "sha256 " + base64.StdEncoding.EncodeToString([]byte(n.SHA256))
}

// ParseBundleMetadata reads Upload-Metadata of a courier's file.
func ParseBundleMetadata(s string) (n BundleName, err error) {
	err = parseMetadata(s, map[string]*string{"sha256": &n.SHA256})
	if err != nil {
		return n, err
	}
	return n, n.Check()
}

// ParseMetadata reads Upload-Metadata. Both keys must be there, and no others.
func ParseMetadata(s string) (n FileName, err error) {
	err = parseMetadata(s, map[string]*string{"packet": &n.Packet, "sha256": &n.SHA256})
	if err != nil {
		return n, err
	}
	return n, n.Check()
}

// parseMetadata reads the values of these keys, and takes no others.
func parseMetadata(s string, keys map[string]*string) error {
	if len(s) > maxMetadataBytes {
		return dossier.Errorf(dossier.CodeInvalid, "%s of %d bytes", HeaderUploadMetadata, len(s))
	}
	for pair := range strings.SplitSeq(s, ",") {
		key, coded, _ := strings.Cut(strings.TrimSpace(pair), " ")
		value, err := base64.StdEncoding.Strict().DecodeString(coded)
		if err != nil {
			return dossier.Errorf(dossier.CodeInvalid, "%s: a value is not base64", HeaderUploadMetadata)
		}
		to, known := keys[key]
		switch {
		case !known:
			return dossier.Errorf(dossier.CodeInvalid, "%s: a key that is not taken here", HeaderUploadMetadata)
		case *to != "":
			return dossier.Errorf(dossier.CodeInvalid, "%s: a key twice", HeaderUploadMetadata)
		}
		*to = string(value)
	}
	return nil
}

// ParseSize reads Upload-Length or Upload-Offset: digits, nothing else.
func ParseSize(header, s string) (int64, error) {
	n, err := strconv.ParseUint(s, 10, 63)
	if err != nil || strconv.FormatUint(n, 10) != s {
		return 0, dossier.Errorf(dossier.CodeInvalid, "%s is not a number of bytes", header)
	}
	return int64(n), nil
}

// Checksum is what a chunk must hash to.
type Checksum struct {
	algorithm string
	sum       []byte
}

// ChecksumOf is the checksum of a chunk.
func ChecksumOf(chunk []byte) Checksum {
	sum := sha256.Sum256(chunk)
	return Checksum{"sha256", sum[:]}
}

func (c Checksum) String() string {
	return c.algorithm + " " + base64.StdEncoding.EncodeToString(c.sum)
}

// ParseChecksum reads Upload-Checksum.
func ParseChecksum(s string) (c Checksum, err error) {
	algorithm, coded, _ := strings.Cut(s, " ")
	c.algorithm = algorithm
	h := c.New()
	if h == nil {
		return c, dossier.Errorf(dossier.CodeInvalid, "%s: only %s are computed here", HeaderUploadChecksum, TusChecksums)
	}
	if c.sum, err = base64.StdEncoding.Strict().DecodeString(coded); err != nil || len(c.sum) != h.Size() {
		return c, dossier.Errorf(dossier.CodeInvalid, "%s: not a %s digest in base64", HeaderUploadChecksum, algorithm)
	}
	return c, nil
}

// New is what computes the checksum.
func (c Checksum) New() hash.Hash {
	switch c.algorithm {
	case "sha256":
		return sha256.New()
	case "sha1":
		return sha1.New()
	}
	return nil
}

// Is reports whether h computed the checksum.
func (c Checksum) Is(h hash.Hash) bool { return bytes.Equal(h.Sum(nil), c.sum) }
