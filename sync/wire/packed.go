package wire

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"

	"tramhoso/sync/dossier"
)

// TypePacked is a batch whose texts are compressed together: heads repeat most of
// one another, and both they and the first lines of an age file are base64. What
// is encrypted goes as it is. Of an ordinary dossier an eighth of the bytes stays
// at home.
//
//	uvarint length + zstd of
//	  uvarint number of packets
//	  for each: uvarint length of head, text of body, rest of body
//	  the heads, then the texts
//	the rests
//
// It carries the same frozen bytes as TypeBatch, and at most as many. A portal
// names it in the header Accept-Post of an answer to a batch; whoever has not
// heard so sends TypeBatch, which every portal takes.
const TypePacked = "application/vnd.tramhoso.packets+zstd"

// AcceptPost is what a portal says of batches.
const AcceptPost = TypeBatch + ", " + TypePacked

// textMost is how far into a body its text may reach: the recipients of an age
// file, of which there is one.
const textMost = 8 << 10

// newPacker is made for one batch, of which there are few. The higher levels find
// no more in what is random anyway, and want megabytes for it.
func newPacker() (*zstd.Encoder, error) {
	return zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1),
		zstd.WithLowerEncoderMem(true), zstd.WithWindowSize(256<<10))
}

// EncodePacked packs a batch. ok is false where it must travel as a TypeBatch:
// what is packed has tighter limits, which ordinary packets never meet.
func EncodePacked(ps []dossier.Packet) (packed []byte, ok bool, err error) {
	var heads, texts, rests []byte
	table := binary.AppendUvarint(nil, uint64(len(ps)))
	for _, p := range ps {
		text := textOf(p.Body)
		heads, texts, rests = append(heads, p.JWS...), append(texts, p.Body[:text]...), append(rests, p.Body[text:]...)
		for _, n := range []int{len(p.JWS), text, len(p.Body) - text} {
			table = binary.AppendUvarint(table, uint64(n))
		}
	}
	plain := append(append(table, heads...), texts...)
	if len(ps) > MaxBatchPackets || len(plain) > MaxPackedTextBytes || len(plain)+len(rests) > MaxBatchBytes {
		return nil, false, nil
	}
	enc, err := newPacker()
	if err != nil {
		return nil, false, fmt.Errorf("failed to prepare packing: %w", err)
	}
	defer func() { _ = enc.Close() }() // of nothing that is written
	out := AppendFrame(make([]byte, 0, len(plain)+len(rests)), enc.EncodeAll(plain, nil))
	return append(out, rests...), true, nil
}

// textOf is how many bytes an age file's header has; 0 for anything else.
func textOf(body []byte) int {
	last := bytes.Index(body[:min(len(body), textMost)], []byte("\n--- "))
	if last < 0 {
		return 0
	}
	end := bytes.IndexByte(body[last+1:], '\n')
	if end < 0 || last+1+end >= textMost {
		return 0
	}
	return last + 1 + end + 1
}

// PackedReader reads the packets of a TypePacked one after another, as a
// BatchReader does those of a TypeBatch.
type PackedReader struct {
	br    *bufio.Reader
	l     Limits
	open  bool
	items []packedItem // still to come
}

type packedItem struct {
	head, text []byte
	rest       int
}

// NewPackedReader reads a packed batch from r; the caller bounds r with
// MaxBatchBytes.
func NewPackedReader(r io.Reader, l Limits) *PackedReader {
	return &PackedReader{br: bufio.NewReader(r), l: l}
}

// Next returns the next packet, and io.EOF after the last. An ItemError spoils
// one packet only; after any other error the batch is over.
func (p *PackedReader) Next() (Framed, error) {
	if !p.open {
		if err := p.begin(); err != nil {
			return Framed{}, fmt.Errorf("failed to open a packed batch: %w", err)
		}
		p.open = true
	}
	if len(p.items) == 0 {
		if _, err := p.br.ReadByte(); err == nil {
			return Framed{}, dossier.Errorf(dossier.CodeInvalid, "bytes after the last packet")
		} else if !errors.Is(err, io.EOF) {
			return Framed{}, fmt.Errorf("failed to read past the batch: %w", err)
		}
		return Framed{}, io.EOF
	}
	it := p.items[0]
	p.items = p.items[1:]
	if len(it.head) == 0 || len(it.head) > p.l.Head || len(it.text)+it.rest > p.l.Body {
		if _, err := io.CopyN(io.Discard, p.br, int64(it.rest)); err != nil {
			return Framed{}, fmt.Errorf("failed to read a batch item: %w", cut(err))
		}
		if len(it.head) == 0 {
			return Framed{}, &ItemError{Err: dossier.Errorf(dossier.CodeInvalid, "an empty head")}
		}
		return Framed{}, &ItemError{Err: dossier.Errorf(CodeTooLarge, "a head of %d or a body of %d bytes", len(it.head), len(it.text)+it.rest)}
	}
	f := Framed{JWS: it.head, Body: make([]byte, len(it.text)+it.rest)}
	if _, err := io.ReadFull(p.br, f.Body[copy(f.Body, it.text):]); err != nil {
		return Framed{}, fmt.Errorf("failed to read the body: %w", cut(err))
	}
	return f, nil
}

// begin reads everything but the rests.
func (p *PackedReader) begin() error {
	packed, err := readFrame(p.br, MaxPackedTextBytes)
	if err != nil {
		return cut(err)
	}
	plain, err := unpack(packed, MaxPackedTextBytes)
	if err != nil {
		return err
	}
	r := bytes.NewReader(plain)
	count, err := readLength(r)
	if err != nil {
		return cut(err)
	}
	if count > MaxBatchPackets {
		return dossier.Errorf(CodeTooLarge, "%d packets in a batch, at most %d", count, MaxBatchPackets)
	}
	lengths := make([][3]int, count)
	total := 0
	for i := range lengths {
		for k := range lengths[i] {
			n, err := readLength(r)
			if err != nil {
				return cut(err)
			}
			if n > MaxBatchBytes {
				return dossier.Errorf(CodeTooLarge, "a part of %d bytes", n)
			}
			lengths[i][k] = int(n)
			total += int(n)
		}
	}
	if total > MaxBatchBytes {
		return dossier.Errorf(CodeTooLarge, "a batch of %d bytes, at most %d", total, MaxBatchBytes)
	}
	texts := plain[len(plain)-r.Len():]
	take := func(n int) (part []byte, ok bool) {
		if n > len(texts) {
			return nil, false
		}
		part, texts = texts[:n:n], texts[n:]
		return part, true
	}
	items, ok := make([]packedItem, count), true
	for i := range items {
		items[i].rest = lengths[i][2]
		if items[i].head, ok = take(lengths[i][0]); !ok {
			return dossier.E(dossier.CodeInvalid, io.ErrUnexpectedEOF)
		}
	}
	for i := range items {
		if items[i].text, ok = take(lengths[i][1]); !ok {
			return dossier.E(dossier.CodeInvalid, io.ErrUnexpectedEOF)
		}
	}
	if len(texts) > 0 {
		return dossier.Errorf(dossier.CodeInvalid, "more text than the packets have")
	}
	p.items = items
	return nil
}
