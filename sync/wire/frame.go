package wire

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"tramhoso/sync/dossier"
)

// Limits bounds what a decoder accepts.
type Limits struct {
	Head int // bytes of the signed head
	Body int // bytes of the sealed body
}

// PacketLimits are the protocol's limits for packets.
var PacketLimits = Limits{Head: MaxHeadBytes, Body: MaxBodyBytes}

// CatalogueLimits are the protocol's limits for a signed catalogue.
var CatalogueLimits = Limits{Head: MaxHeadBytes, Body: MaxCatalogueBytes}

// Framed is a signed head with its detached body, as bytes: the signature is
// not checked yet, the head not even parsed.
type Framed struct {
	JWS  []byte // compact serialization
	Body []byte
}

// AppendFrame appends uvarint length + bytes.
func AppendFrame(dst, b []byte) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(b)))
	return append(dst, b...)
}

// EncodePacket frames p's frozen bytes: length + head, length + body.
func EncodePacket(p dossier.Packet) []byte { return EncodeFramed(Framed{JWS: p.JWS, Body: p.Body}) }

// EncodeFramed frames a head and its body.
func EncodeFramed(f Framed) []byte {
	dst := make([]byte, 0, len(f.JWS)+len(f.Body)+2*maxUvarintBytes)
	return AppendFrame(AppendFrame(dst, f.JWS), f.Body)
}

// DecodePacket reads one framed packet and demands that r ends there. Every
// failure that the sender caused is a CodeInvalid or, past a limit, a
// CodeTooLarge; a failing reader's own error stays visible with errors.Is.
func DecodePacket(r io.Reader, l Limits) (Framed, error) {
	br := bufio.NewReader(r)
	f, err := readFramed(br, l)
	if err != nil {
		return Framed{}, err
	}
	if _, err := br.ReadByte(); err == nil {
		return Framed{}, dossier.Errorf(dossier.CodeInvalid, "bytes after the packet")
	} else if !errors.Is(err, io.EOF) {
		return Framed{}, fmt.Errorf("failed to read past the packet: %w", err)
	}
	return f, nil
}

func readFramed(br *bufio.Reader, l Limits) (Framed, error) {
	jws, err := readFrame(br, l.Head)
	if err != nil {
		return Framed{}, fmt.Errorf("failed to read the head: %w", cut(err))
	}
	if len(jws) == 0 {
		return Framed{}, dossier.Errorf(dossier.CodeInvalid, "an empty head")
	}
	body, err := readFrame(br, l.Body)
	if err != nil {
		return Framed{}, fmt.Errorf("failed to read the body: %w", cut(err))
	}
	return Framed{JWS: jws, Body: body}, nil
}

// readFrame reads uvarint length + bytes. It grows its buffer with what really
// arrives, so a lying length costs the liar, not us.
func readFrame(br *bufio.Reader, limit int) ([]byte, error) {
	n, err := readLength(br)
	if err != nil {
		return nil, err
	}
	if n > uint64(limit) {
		return nil, dossier.Errorf(CodeTooLarge, "a frame of %d bytes, at most %d allowed", n, limit)
	}
	const step = 64 << 10
	buf := make([]byte, 0, min(int(n), step))
	for len(buf) < int(n) {
		want := min(int(n)-len(buf), step)
		at := len(buf)
		buf = append(buf, make([]byte, want)...)
		if _, err := io.ReadFull(br, buf[at:]); err != nil {
			return nil, cut(err)
		}
	}
	return buf, nil
}

// readLength reads a uvarint in its one shortest form.
func readLength(br io.ByteReader) (uint64, error) {
	var v uint64
	for i := range maxUvarintBytes {
		b, err := br.ReadByte()
		if err != nil {
			if i == 0 {
				return 0, err // io.EOF here is a clean end for whoever allows one
			}
			return 0, cut(err)
		}
		if i == maxUvarintBytes-1 && b > 1 {
			break
		}
		v |= uint64(b&0x7f) << (7 * i)
		if b < 0x80 {
			if b == 0 && i > 0 {
				return 0, dossier.Errorf(dossier.CodeInvalid, "a length in a longer form than needed")
			}
			return v, nil
		}
	}
	return 0, dossier.Errorf(dossier.CodeInvalid, "a length past 64 bits")
}

// cut turns the two ways a stream can end early into one.
func cut(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return dossier.E(dossier.CodeInvalid, io.ErrUnexpectedEOF)
	}
	return err
}

// AppendBatch appends one packet to a batch: length of the framed packet, then
// the framed packet. The outer length lets a portal refuse one packet and still
// read the next.
func AppendBatch(dst []byte, p dossier.Packet) []byte {
	return AppendFrame(dst, EncodePacket(p))
}

// BatchReader reads the packets of a batch one after another.
type BatchReader struct {
	br *bufio.Reader
	l  Limits
	n  int
}

// NewBatchReader reads a batch from r; the caller bounds r with MaxBatchBytes.
func NewBatchReader(r io.Reader, l Limits) *BatchReader {
	return &BatchReader{br: bufio.NewReader(r), l: l}
}

// Next returns the next packet, and io.EOF after the last. An ItemError spoils
// one packet only; after any other error the batch is over.
func (b *BatchReader) Next() (Framed, error) {
	n, err := readLength(b.br)
	if errors.Is(err, io.EOF) {
		return Framed{}, io.EOF
	}
	if err != nil {
		return Framed{}, err
	}
	if b.n++; b.n > MaxBatchPackets {
		return Framed{}, dossier.Errorf(CodeTooLarge, "more than %d packets in a batch", MaxBatchPackets)
	}
	if n > MaxBatchBytes {
		return Framed{}, dossier.Errorf(CodeTooLarge, "a batch item of %d bytes", n)
	}
	item := &io.LimitedReader{R: b.br, N: int64(n)}
	f, err := DecodePacket(item, b.l)
	if _, rerr := io.Copy(io.Discard, item); rerr != nil {
		return Framed{}, fmt.Errorf("failed to read a batch item: %w", rerr)
	}
	if err == nil {
		return f, nil
	}
	if dossier.CodeOf(err) == "" {
		return Framed{}, err // the transport broke
	}
	if item.N > 0 {
		return Framed{}, dossier.E(dossier.CodeInvalid, io.ErrUnexpectedEOF) // the batch itself was cut
	}
	return Framed{}, &ItemError{Err: err}
}

// ItemError is the fault of one packet of a batch.
type ItemError struct{ Err error }

func (e *ItemError) Error() string { return "batch item: " + e.Err.Error() }

func (e *ItemError) Unwrap() error { return e.Err }
