package audit

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"tramhoso/sync/clock"
	"tramhoso/sync/dossier"
)

// Record is one thing that was done.
type Record struct {
	N    int64         `json:"n"` // from 0
	At   dossier.Stamp `json:"at"`
	Kind string        `json:"kind"` // "staff.login", "slip.reprint", …
	Ref  string        `json:"ref"`  // a packet id, a staff id, a device's name
}

// Storage keeps leaves and tree hashes. Hashes are numbered as
// tlog.StoredHashIndex does, without gaps.
type Storage interface {
	tlog.HashReader
	// Size is the number of leaves.
	Size() (int64, error)
	// Leaf returns the leaf with number n.
	Leaf(n int64) ([]byte, error)
	// Append stores leaf n together with its hashes, whose numbers start at
	// tlog.StoredHashCount(n): all or nothing, and only if n equals Size.
	Append(n int64, leaf []byte, hashes []tlog.Hash) error
}

// Log appends records and signs checkpoints. It is safe for concurrent use as
// long as it is the only writer of its storage.
type Log struct {
	storage Storage
	signer  note.Signer
	clock   clock.Clock

	mu sync.Mutex
}

// New makes a log over a storage, which may already hold records.
func New(s Storage, by note.Signer, c clock.Clock) *Log {
	return &Log{storage: s, signer: by, clock: c}
}

// maxWordBytes bounds a kind and a reference: a UUID is 36 long.
const maxWordBytes = 64

// word accepts identifiers only.
func word(s string) bool {
	return s != "" && len(s) <= maxWordBytes && strings.IndexFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("-._:/", r)
	}) < 0
}

// Leaf makes the bytes of the record that stands at n.
func Leaf(n int64, at dossier.Stamp, kind, ref string) ([]byte, error) {
	if !word(kind) || ref != "" && !word(ref) {
		return nil, dossier.Errorf(dossier.CodeInvalid, "audit record: kind and reference must be identifiers")
	}
	data, err := json.Marshal(Record{N: n, At: at, Kind: kind, Ref: ref})
	if err != nil {
		return nil, fmt.Errorf("failed to encode audit record: %w", err)
	}
	return data, nil
}

// Entry is the next record with the hashes that it adds to the tree.
type Entry struct {
	N      int64
	Leaf   []byte
	Hashes []tlog.Hash
}

// Append adds a record and returns its number.
func (l *Log) Append(kind, ref string) (n int64, err error) {
	err = l.With(kind, ref, func(e Entry) error {
		n = e.N
		if err := l.storage.Append(e.N, e.Leaf, e.Hashes); err != nil {
			return fmt.Errorf("failed to append to audit log: %w", err)
		}
		return nil
	})
	return n, err
}

// With makes the next record and has keep store it, in one transaction with what
// it is about, as Storage.Append would. Nothing else is appended meanwhile. A keep
// that stores nothing adds no record.
func (l *Log) With(kind, ref string, keep func(Entry) error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	n, err := l.storage.Size()
	if err != nil {
		return fmt.Errorf("failed to read audit log: %w", err)
	}
	leaf, err := Leaf(n, l.clock.Stamp(), kind, ref)
	if err != nil {
		return err
	}
	hashes, err := tlog.StoredHashes(n, leaf, l.storage)
	if err != nil {
		return fmt.Errorf("failed to hash audit record: %w", err)
	}
	return keep(Entry{N: n, Leaf: leaf, Hashes: hashes})
}

// Read returns the record with number n.
func (l *Log) Read(n int64) (Record, error) {
	data, err := l.storage.Leaf(n)
	if err != nil {
		return Record{}, fmt.Errorf("failed to read audit log: %w", err)
	}
	var r Record
	if err := json.Unmarshal(data, &r); err != nil {
		return Record{}, fmt.Errorf("failed to read audit record %d: %w", n, err)
	}
	return r, nil
}

// Checkpoint signs the size and root hash of the log as it is now: a note of
// three lines, the signer's name, the size, the hash.
func (l *Log) Checkpoint() (string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n, err := l.storage.Size()
	if err != nil {
		return "", fmt.Errorf("failed to read audit log: %w", err)
	}
	root, err := tlog.TreeHash(n, l.storage)
	if err != nil {
		return "", fmt.Errorf("failed to hash audit log: %w", err)
	}
	text := fmt.Sprintf("%s\n%d\n%s\n", l.signer.Name(), n, base64.StdEncoding.EncodeToString(root[:]))
	signed, err := note.Sign(&note.Note{Text: text}, l.signer)
	if err != nil {
		return "", fmt.Errorf("failed to sign checkpoint: %w", err)
	}
	return string(signed), nil
}

// ReadCheckpoint verifies a checkpoint and returns what it states.
func ReadCheckpoint(signed string, by note.Verifier) (tlog.Tree, error) {
	bad := func(why string) (tlog.Tree, error) {
		return tlog.Tree{}, dossier.Errorf(dossier.CodeInvalid, "checkpoint: %s", why)
	}
	n, err := note.Open([]byte(signed), note.VerifierList(by))
	if err != nil {
		return bad("signature does not hold")
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) != 4 || lines[0] != by.Name() {
		return bad("not of this log")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return bad("no size")
	}
	hash, err := tlog.ParseHash(lines[2])
	if err != nil {
		return bad("no hash")
	}
	return tlog.Tree{N: size, Hash: hash}, nil
}

// Prove shows that the log grew from the older checkpoint's size to the newer's
// by appending only; anybody checks it with tlog.CheckTree.
func (l *Log) Prove(older, newer int64) (tlog.TreeProof, error) {
	p, err := tlog.ProveTree(newer, older, l.storage)
	if err != nil {
		return nil, fmt.Errorf("failed to prove audit log: %w", err)
	}
	return p, nil
}

// ErrAltered is what Verify wraps when the log is not what was signed.
var ErrAltered = errors.New("audit log was altered")

// Verify hashes every leaf anew and compares with an earlier checkpoint of this
// log.
func (l *Log) Verify(t tlog.Tree) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	size, err := l.storage.Size()
	if err != nil {
		return fmt.Errorf("failed to read audit log: %w", err)
	}
	if size < t.N {
		return fmt.Errorf("%w: %d records where %d were signed", ErrAltered, size, t.N)
	}
	fresh := NewMemory()
	for n := range t.N {
		leaf, err := l.storage.Leaf(n)
		if err != nil {
			return fmt.Errorf("failed to read audit log: %w", err)
		}
		hashes, err := tlog.StoredHashes(n, leaf, fresh)
		if err != nil {
			return fmt.Errorf("failed to hash audit log: %w", err)
		}
		if err := fresh.Append(n, leaf, hashes); err != nil {
			return err
		}
	}
	root, err := tlog.TreeHash(t.N, fresh)
	if err != nil {
		return fmt.Errorf("failed to hash audit log: %w", err)
	}
	if root != t.Hash {
		return fmt.Errorf("%w: its records do not hash to the signed root", ErrAltered)
	}
	return nil
}

// signer is a note.Signer over a plain Ed25519 key.
type signer struct {
	name string
	hash uint32
	key  ed25519.PrivateKey
}

// NewSigner makes the signer of a station's checkpoints; name is such as
// "tramhoso/DL27".
func NewSigner(name string, key ed25519.PrivateKey) note.Signer {
	return &signer{name: name, hash: keyHash(name, key.Public().(ed25519.PublicKey)), key: key}
}

// NewVerifier makes the verifier that belongs to NewSigner.
func NewVerifier(name string, key ed25519.PublicKey) (note.Verifier, error) {
	text, err := note.NewEd25519VerifierKey(name, key)
	if err != nil {
		return nil, fmt.Errorf("failed to use audit key: %w", err)
	}
	v, err := note.NewVerifier(text)
	if err != nil {
		return nil, fmt.Errorf("failed to use audit key: %w", err)
	}
	return v, nil
}

// keyHash is the note format's: the first four bytes of
// SHA-256(name, line end, algorithm 1, public key).
func keyHash(name string, pub ed25519.PublicKey) uint32 {
	h := sha256.Sum256(append([]byte(name+"\n\x01"), pub...))
	return binary.BigEndian.Uint32(h[:])
}

func (s *signer) Name() string    { return s.name }
func (s *signer) KeyHash() uint32 { return s.hash }

func (s *signer) Sign(msg []byte) ([]byte, error) { return ed25519.Sign(s.key, msg), nil }
