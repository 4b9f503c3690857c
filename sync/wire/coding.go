package wire

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"strconv"
	"strings"
	"sync"

	"github.com/klauspost/compress/zstd"

	"tramhoso/sync/dossier"
)

// CodingZstd is the content coding (RFC 9110 section 8.4, RFC 8878) of the answers
// to events and batches, for who asks for it. What is sealed lies in them as base64,
// of which a quarter goes, and receipts repeat most of one another.
const CodingZstd = "zstd"

// MinCodedBytes is what an answer has at least that is worth a coding: a shorter one
// goes in one segment of TCP anyway.
const MinCodedBytes = 1 << 10

// maxAnswerWindow is what of an answer is looked back at: receipts are 500 bytes.
const maxAnswerWindow = 256 << 10

// answerEncoder has no state between answers, and may be used by many at once.
var answerEncoder = sync.OnceValues(func() (*zstd.Encoder, error) {
	return zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), // the higher ones find no more
		zstd.WithAllLitEntropyCompression(true), // else base64 that repeats nothing is left as it is
		zstd.WithLowerEncoderMem(true), zstd.WithWindowSize(maxAnswerWindow))
})

// AcceptsZstd reads the Accept-Encoding of a request (RFC 9110 section 12.5.3). It
// is true only where zstd is named: "*" is what a program says that knows no zstd.
func AcceptsZstd(accept []string) bool {
	for _, item := range strings.Split(strings.Join(accept, ","), ",") {
		coding, params, err := mime.ParseMediaType(item)
		if err != nil || coding != CodingZstd {
			continue
		}
		q, weighed := params["q"]
		if !weighed {
			return true
		}
		v, err := strconv.ParseFloat(q, 64)
		return err == nil && v > 0 && v <= 1
	}
	return false
}

// Code codes an answer. ok is false where it must go as it is: it is short, or
// would become no shorter.
func Code(plain []byte) (coded []byte, ok bool, err error) {
	if len(plain) < MinCodedBytes {
		return nil, false, nil
	}
	enc, err := answerEncoder()
	if err != nil {
		return nil, false, fmt.Errorf("failed to prepare coding: %w", err)
	}
	coded = enc.EncodeAll(plain, make([]byte, 0, len(plain)))
	return coded, len(coded) < len(plain), nil
}

// Decode takes the coding off. It holds no more than most bytes of what it finds,
// whatever they claim to be.
func Decode(coded []byte, most int) ([]byte, error) { return unpack(coded, most) }

// unpack is read as a stream, so that the limit holds over all frames that
// somebody may have put behind one another.
func unpack(packed []byte, most int) ([]byte, error) {
	dec, err := zstd.NewReader(bytes.NewReader(packed), zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxMemory(uint64(most)), zstd.WithDecoderMaxWindow(uint64(max(most, zstd.MinWindowSize))))
	if err != nil {
		return nil, fmt.Errorf("failed to prepare unpacking: %w", err)
	}
	defer dec.Close()
	plain, err := io.ReadAll(io.LimitReader(dec, int64(most)+1))
	switch {
	case len(plain) > most, errors.Is(err, zstd.ErrDecoderSizeExceeded), errors.Is(err, zstd.ErrWindowSizeExceeded):
		return nil, dossier.Errorf(CodeTooLarge, "a text past %d bytes", most)
	case err != nil:
		return nil, dossier.Errorf(dossier.CodeInvalid, "the text does not decompress: %w", err)
	}
	return plain, nil
}
