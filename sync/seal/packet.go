package seal

import (
	"bufio"
	"bytes"
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"

	"filippo.io/age"
	"github.com/google/uuid"
	"github.com/klauspost/compress/zstd"

	"tramhoso/sync/dossier"
)

// TypPacket is the type of a packet's signed head.
const TypPacket = "packet+jws"

// inner is the plaintext head: what the sealed body says it belongs to.
type inner struct {
	ID      string             `json:"id"`
	Station string             `json:"station"`
	Kind    dossier.PacketKind `json:"kind"`
}

// Freeze compresses, pads, encrypts and signs a packet. It fills in
// BodySHA256, BodySize and Recipient; every other field of h is the caller's.
// The bytes that it returns never change again.
func Freeze(h dossier.Head, body []byte, to Recipient, by Signer) (dossier.Packet, error) {
	if err := checkHead(h); err != nil {
		return dossier.Packet{}, err
	}
	plain, err := packBody(inner{h.ID, h.Station, h.Kind}, body)
	if err != nil {
		return dossier.Packet{}, err
	}
	sealed, err := encrypt(plain, to.Key)
	if err != nil {
		return dossier.Packet{}, err
	}
	if len(sealed) > MaxSealedBytes {
		return dossier.Packet{}, invalid("sealed body longer than %d bytes", MaxSealedBytes)
	}
	sum := sha256.Sum256(sealed)
	h.BodySHA256, h.BodySize, h.Recipient = hex.EncodeToString(sum[:]), int64(len(sealed)), to.ID
	payload, err := json.Marshal(h)
	if err != nil {
		return dossier.Packet{}, fmt.Errorf("failed to encode head: %w", err)
	}
	jws, err := signCompact(payload, TypPacket, by)
	if err != nil {
		return dossier.Packet{}, err
	}
	if len(jws) > MaxHeadBytes {
		return dossier.Packet{}, invalid("head longer than %d bytes", MaxHeadBytes)
	}
	return dossier.Packet{Head: h, JWS: []byte(jws), Body: sealed}, nil
}

// Peek reads a head without verifying it: only to find out whose key to verify
// with.
func Peek(jws []byte) (dossier.Head, error) {
	h, payload, err := split(string(jws), MaxHeadBytes)
	if err != nil {
		return dossier.Head{}, err
	}
	if h.Typ != TypPacket {
		return dossier.Head{}, invalid("not a packet head")
	}
	return decodeHead(payload)
}

// Verify checks the signature of a packet head and that body is the body it
// names. It needs no private key.
func Verify(jws, body []byte, key *ecdsa.PublicKey) (dossier.Head, error) {
	payload, err := verifyCompact(string(jws), TypPacket, MaxHeadBytes, key)
	if err != nil {
		return dossier.Head{}, err
	}
	h, err := decodeHead(payload)
	if err != nil {
		return dossier.Head{}, err
	}
	if err := checkBody(h, body); err != nil {
		return dossier.Head{}, err
	}
	return h, nil
}

// Open decrypts the body of a packet whose head was verified, with the current
// and the retired private keys of the province. The body's own plaintext head
// must repeat the packet's id, station and kind.
func Open(p dossier.Packet, ids []age.Identity) ([]byte, error) {
	if err := checkBody(p.Head, p.Body); err != nil {
		return nil, err
	}
	plain, err := decrypt(p.Body, ids, MaxPlainBytes+padBytes+8)
	if err != nil {
		return nil, err
	}
	in, body, err := unpackBody(plain)
	if err != nil {
		return nil, err
	}
	if in.ID != p.Head.ID || in.Station != p.Head.Station || in.Kind != p.Head.Kind {
		return nil, invalid("sealed body belongs to another packet")
	}
	return body, nil
}

// Digest is what a receipt signs: SHA-256 over the head and the body, each
// behind its length as eight big-endian bytes; lower-case hex.
func Digest(jws, body []byte) string {
	h := sha256.New()
	for _, part := range [][]byte{jws, body} {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(part)))
		h.Write(n[:])
		h.Write(part)
	}
	return hex.EncodeToString(h.Sum(nil))
}

func decodeHead(payload []byte) (dossier.Head, error) {
	var h dossier.Head
	if err := strict(payload, &h); err != nil {
		return dossier.Head{}, invalid("head: %w", err)
	}
	return h, checkHead(h)
}

func checkHead(h dossier.Head) error {
	id, err := uuid.Parse(h.ID)
	switch {
	case err != nil || id.Version() != 7 || id.String() != h.ID:
		return invalid("packet id is not a UUIDv7")
	case !h.Kind.Valid():
		return invalid("unknown packet kind")
	case h.Station == "" || len(h.Station) > 32:
		return invalid("station code missing or too long")
	case h.Seq == 0:
		return invalid("station sequence starts at 1")
	}
	return dossier.CheckAttachments(h.Attachments)
}

func checkBody(h dossier.Head, body []byte) error {
	if len(body) > MaxSealedBytes || int64(len(body)) != h.BodySize {
		return invalid("body is not of the size its head names")
	}
	want, err := hex.DecodeString(h.BodySHA256)
	sum := sha256.Sum256(body)
	if err != nil || hex.EncodeToString(want) != h.BodySHA256 || subtle.ConstantTimeCompare(want, sum[:]) != 1 {
		return invalid("body is not the one its head names")
	}
	return nil
}

var (
	encoder = sync.OnceValues(func() (*zstd.Encoder, error) {
		return zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBetterCompression),
			zstd.WithEncoderConcurrency(1), zstd.WithLowerEncoderMem(true), zstd.WithWindowSize(256<<10))
	})
	decoder = sync.OnceValues(func() (*zstd.Decoder, error) {
		return zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
			zstd.WithDecoderMaxMemory(MaxPlainBytes+maxInnerBytes+binary.MaxVarintLen64))
	})
)

const maxInnerBytes = 512 // the plaintext head's JSON

// packBody lays a body out for encryption: four bytes of length, zstd of
// (uvarint length of the inner head, inner head, body), zeros up to a multiple
// of padBytes.
func packBody(in inner, body []byte) ([]byte, error) {
	if len(body) > MaxPlainBytes {
		return nil, invalid("body longer than %d bytes", MaxPlainBytes)
	}
	head, err := json.Marshal(in)
	if err != nil {
		return nil, fmt.Errorf("failed to encode plaintext head: %w", err)
	}
	if len(head) > maxInnerBytes {
		return nil, invalid("plaintext head longer than %d bytes", maxInnerBytes)
	}
	raw := binary.AppendUvarint(make([]byte, 0, len(head)+len(body)+4), uint64(len(head)))
	raw = append(append(raw, head...), body...)
	enc, err := encoder()
	if err != nil {
		return nil, fmt.Errorf("failed to prepare compression: %w", err)
	}
	out := enc.EncodeAll(raw, make([]byte, 4, len(raw)/2+padBytes))
	binary.BigEndian.PutUint32(out, uint32(len(out)-4))
	if rest := len(out) % padBytes; rest != 0 {
		out = append(out, make([]byte, padBytes-rest)...)
	}
	return out, nil
}

func unpackBody(plain []byte) (inner, []byte, error) {
	if len(plain) < 4 || len(plain)%padBytes != 0 {
		return inner{}, nil, invalid("sealed body has no padding")
	}
	n := uint64(binary.BigEndian.Uint32(plain))
	if n > uint64(len(plain)-4) {
		return inner{}, nil, invalid("sealed body is cut short")
	}
	packed, pad := plain[4:4+n], plain[4+n:]
	if len(pad) >= padBytes || !bytes.Equal(pad, make([]byte, len(pad))) {
		return inner{}, nil, invalid("sealed body is padded with something")
	}
	dec, err := decoder()
	if err != nil {
		return inner{}, nil, fmt.Errorf("failed to prepare decompression: %w", err)
	}
	raw, err := dec.DecodeAll(packed, nil)
	if err != nil {
		return inner{}, nil, invalid("sealed body does not decompress: %w", err)
	}
	size, used := binary.Uvarint(raw)
	if used <= 0 || size > maxInnerBytes || size > uint64(len(raw)-used) {
		return inner{}, nil, invalid("sealed body has no plaintext head")
	}
	var in inner
	if err := strict(raw[used:used+int(size)], &in); err != nil {
		return inner{}, nil, invalid("plaintext head: %w", err)
	}
	body := raw[used+int(size):]
	if len(body) > MaxPlainBytes {
		return inner{}, nil, invalid("body longer than %d bytes", MaxPlainBytes)
	}
	return in, body, nil
}

func encrypt(plain []byte, recipients ...string) ([]byte, error) {
	var rs []age.Recipient
	for _, r := range recipients {
		rec, err := parseRecipient(r)
		if err != nil {
			return nil, err
		}
		rs = append(rs, rec)
	}
	if len(rs) == 0 {
		return nil, errors.New("failed to encrypt: no recipient")
	}
	var buf bytes.Buffer
	w, err := age.Encrypt(&buf, rs...)
	if err != nil {
		return nil, fmt.Errorf("failed to encrypt: %w", err)
	}
	if _, err := w.Write(plain); err != nil {
		return nil, fmt.Errorf("failed to encrypt: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("failed to encrypt: %w", err)
	}
	return buf.Bytes(), nil
}

var errManyRecipients = invalid("no age file to one recipient")

// toOne looks at the beginning of an age file.
func toOne(beginning []byte) bool {
	return bytes.Contains(beginning[:min(len(beginning), maxAgeHeaderBytes)], []byte("\n--- "))
}

// toOneFrom is toOne for what is read as it comes.
func toOneFrom(r io.Reader) (io.Reader, bool) {
	b := bufio.NewReaderSize(r, maxAgeHeaderBytes)
	beginning, _ := b.Peek(maxAgeHeaderBytes) // a failure comes again with what is read
	return b, toOne(beginning)
}

// maxAgeHeaderBytes bounds the header of a sealed file: one hybrid recipient and a
// line or two of grease take 2 KB.
const maxAgeHeaderBytes = 8 << 10

func decrypt(blob []byte, ids []age.Identity, limit int64) ([]byte, error) {
	if len(ids) == 0 {
		return nil, invalid("no key to open with")
	}
	// A header that names many recipients costs an attempt for each of them.
	if !toOne(blob) {
		return nil, errManyRecipients
	}
	r, err := age.Decrypt(bytes.NewReader(blob), ids...)
	if err != nil {
		return nil, invalid("cannot be opened with these keys: %w", err)
	}
	plain, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, invalid("sealed bytes were changed: %w", err)
	}
	if int64(len(plain)) > limit {
		return nil, invalid("longer than %d bytes", limit)
	}
	return plain, nil
}
