package wire

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"tramhoso/sync/dossier"
)

// EndOfPackets stands between the packets of a bundle and its files, whose bytes
// follow one after another, as the claim lists them: an empty frame.
var EndOfPackets = []byte{0}

// Bundle is a bundle as it is read: the packets are here, the files are still to
// come.
type Bundle struct {
	Claim string
	Items []BundleItem

	br    *bufio.Reader
	files bool // an end of the packets was read
}

// ReadBundle reads a bundle's claim and its packets. A packet that is broken in
// itself is an item with an error; everything else that is broken spoils the
// bundle. Neither the claim nor a packet is verified here. An error of r itself
// stays visible.
func ReadBundle(r io.Reader) (*Bundle, error) {
	b := &Bundle{}
	most := &io.LimitedReader{R: r, N: MaxBundleBytes + 1}
	b.br = bufio.NewReader(most)
	head, err := readFrame(b.br, MaxHeadBytes)
	if err != nil {
		return nil, fmt.Errorf("failed to read a bundle's claim: %w", cut(err))
	}
	b.Claim = string(head)
	for {
		batch, err := readFrame(b.br, MaxBatchBytes)
		switch {
		case err != nil && most.N == 0:
			return nil, dossier.Errorf(CodeTooLarge, "packets past %d bytes in a bundle", MaxBundleBytes)
		case errors.Is(err, io.EOF) && dossier.CodeOf(err) == "":
			return b, nil
		case err != nil:
			return nil, fmt.Errorf("failed to read a bundle: %w", err)
		case len(batch) == 0:
			b.files, most.N = true, MaxBundleFilesBytes+1
			return b, nil
		}
		if err := b.take(batch); err != nil {
			return nil, fmt.Errorf("failed to read a bundle: %w", err)
		}
	}
}

// take reads the packets of one batch.
func (b *Bundle) take(batch []byte) error {
	items := NewBatchReader(bytes.NewReader(batch), PacketLimits)
	for {
		f, err := items.Next()
		if errors.Is(err, io.EOF) && dossier.CodeOf(err) == "" {
			return nil
		}
		var item *ItemError
		if err != nil && !errors.As(err, &item) {
			return err
		}
		if len(b.Items) == MaxBundlePackets {
			return dossier.Errorf(CodeTooLarge, "more than %d packets in a bundle", MaxBundlePackets)
		}
		b.Items = append(b.Items, BundleItem{Framed: f, Err: err})
	}
}

// File is the next file, of size bytes. What of it is not read is passed over by
// Skip.
func (b *Bundle) File(size int64) *io.LimitedReader { return &io.LimitedReader{R: b.br, N: size} }

// Skip passes over the rest of a file, and refuses a bundle that ends within.
func (b *Bundle) Skip(f *io.LimitedReader) error {
	if _, err := io.Copy(io.Discard, f); err != nil {
		return fmt.Errorf("failed to read a bundle's file: %w", err)
	}
	if f.N > 0 {
		return dossier.E(dossier.CodeInvalid, io.ErrUnexpectedEOF)
	}
	return nil
}

// End refuses a bundle that says something after its last file, or that has an
// end of packets and names no files.
func (b *Bundle) End(named int) error {
	if b.files != (named > 0) {
		return dossier.Errorf(dossier.CodeInvalid, "a bundle with and without files")
	}
	if !b.files {
		return nil
	}
	if _, err := b.br.ReadByte(); err == nil {
		return dossier.Errorf(dossier.CodeInvalid, "bytes after a bundle's last file")
	} else if !errors.Is(err, io.EOF) {
		return fmt.Errorf("failed to read a bundle's end: %w", err)
	}
	return nil
}
