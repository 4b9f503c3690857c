package wire

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"tramhoso/sync/dossier"
)

// The limits of what travels on a stick.
const (
	// MaxBundlePackets bounds the packets of one bundle: weeks of a station
	// without a network.
	MaxBundlePackets = 1024
	// MaxBundleBytes bounds claim and packets of one bundle.
	MaxBundleBytes = 32 << 20
	// MaxBundleFiles and MaxBundleFilesBytes bound the attachments of one bundle,
	// which goes and arrives as a whole: one file of the largest size always fits,
	// and a stick that is pulled out loses no more than this. The rest go in
	// bundles of their own.
	MaxBundleFiles      = 64
	MaxBundleFilesBytes = 64 << 20
	// MaxBundleFileBytes bounds a bundle as a file: its content with what
	// encryption and envelope add.
	MaxBundleFileBytes = MaxBundleBytes + MaxBundleFilesBytes + 1<<20
	// MaxAnswerResults bounds what one answer says about packets; the rest is
	// said when they are offered again.
	MaxAnswerResults = 4 * MaxBundlePackets
	// MaxAnswerEvents and MaxAnswerEventBytes bound the events of one answer;
	// the rest follow with the next.
	MaxAnswerEvents     = 1000
	MaxAnswerEventBytes = 8 << 20
	// MaxAnswerNewsBytes bounds results and events as JSON.
	MaxAnswerNewsBytes = 24 << 20
	// MaxAnswerBytes bounds the content of one answer.
	MaxAnswerBytes = MaxCatalogueBytes + MaxAnswerNewsBytes + 8<<20
)

// BundleClaim is what a station signs about a bundle (TypBundle, packet key). It
// lies inside the encryption, before the packets.
type BundleClaim struct {
	ID      string    `json:"id"` // random; also the file's name
	Station string    `json:"station"`
	At      time.Time `json:"at"`
	Epoch   string    `json:"epoch"` // with N: the last event that was applied
	N       uint64    `json:"n"`
	Known   Hints     `json:"known"` // what the station has
	Trust   int       `json:"trust"` // version of its trust bundle
	// Files are the attachments that follow the packets, in this order.
	Files []BundleFile `json:"files,omitempty"`
}

// BundleFile names an attachment of a bundle; the packet that it belongs to lies
// in the same bundle.
type BundleFile struct {
	Packet string `json:"packet"`
	SHA256 string `json:"sha256"` // of the ciphertext, lower-case hex
	Size   int64  `json:"size"`
}

// CheckFiles refuses a list of attachments past the limits.
func (c BundleClaim) CheckFiles() error {
	if len(c.Files) > MaxBundleFiles {
		return dossier.Errorf(CodeTooLarge, "more than %d files in a bundle", MaxBundleFiles)
	}
	var sum int64
	for _, f := range c.Files {
		if !ValidID(f.Packet) || !dossier.ValidSHA256(f.SHA256) || f.Size <= 0 || f.Size > dossier.MaxAttachmentBytes {
			return dossier.Errorf(dossier.CodeInvalid, "a bundle names a file that cannot be")
		}
		sum += f.Size
	}
	if sum > MaxBundleFilesBytes {
		return dossier.Errorf(CodeTooLarge, "files past %d bytes in a bundle", MaxBundleFilesBytes)
	}
	return nil
}

// AnswerClaim is what the portal signs about an answer (TypBundleAnswer, receipt
// key): a watermark, and the digest of everything that follows it.
type AnswerClaim struct {
	ID      string    `json:"id"`      // of the newest bundle that it answers
	Answers []string  `json:"answers"` // ids of all of them
	Station string    `json:"station"`
	Epoch   string    `json:"epoch"`
	Counter uint64    `json:"counter"`
	Durable uint64    `json:"durable_through"`
	At      time.Time `json:"at"`
	Hints   Hints     `json:"hints"`
	Digest  string    `json:"digest"` // SHA-256 of the answer's body, lower-case hex
}

// AnswerNews are the answer's results, one per packet of the station, and its
// events in order.
type AnswerNews struct {
	Results []BatchResult `json:"results"`
	Events  []SealedEvent `json:"events"`
}

// AnswerBody is an answer's content. A document is empty where the station has
// it already; each carries its own signature.
type AnswerBody struct {
	News      AnswerNews
	Trust     []byte // as GET /v1/trust answers
	Staff     []byte // as GET /v1/staff
	Catalogue []byte // as GET /v1/catalogue
}

// BundleItem is one packet of a bundle, or why it could not be read.
type BundleItem struct {
	Framed
	Err error
}

// EncodeBundle lays out a bundle for encryption: the claim's frame, then frames
// of batches.
func EncodeBundle(claim string, packets []dossier.Packet) []byte {
	out := AppendFrame(nil, []byte(claim))
	var batch []byte
	n := 0
	flush := func() {
		if n > 0 {
			out = AppendFrame(out, batch)
		}
		batch, n = batch[:0], 0
	}
	for _, p := range packets {
		if n == MaxBatchPackets || len(batch)+len(p.JWS)+len(p.Body)+4*maxUvarintBytes > MaxBatchBytes {
			flush()
		}
		batch = AppendBatch(batch, p)
		n++
	}
	flush()
	return out
}

// EncodeAnswerBody lays out an answer's body, which the claim's digest is over:
// four frames.
func EncodeAnswerBody(b AnswerBody) ([]byte, error) {
	news, err := json.Marshal(b.News)
	if err != nil {
		return nil, fmt.Errorf("failed to encode an answer: %w", err)
	}
	out := AppendFrame(nil, news)
	for _, doc := range [][]byte{b.Trust, b.Staff, b.Catalogue} {
		out = AppendFrame(out, doc)
	}
	return out, nil
}

// EncodeAnswer lays out an answer for encryption: the claim's frame, then the
// body as it is.
func EncodeAnswer(claim string, body []byte) []byte {
	return append(AppendFrame(nil, []byte(claim)), body...)
}

// SplitAnswer parts an answer's claim from its body.
func SplitAnswer(plain []byte) (claim string, body []byte, err error) {
	r := bytes.NewReader(plain)
	br := bufio.NewReader(r)
	head, err := readFrame(br, MaxHeadBytes)
	if err != nil {
		return "", nil, fmt.Errorf("failed to read an answer's claim: %w", cut(err))
	}
	return string(head), plain[len(plain)-r.Len()-br.Buffered():], nil
}

// DecodeAnswerBody reads what EncodeAnswerBody wrote.
func DecodeAnswerBody(body []byte) (b AnswerBody, err error) {
	br := bufio.NewReader(bytes.NewReader(body))
	read := func(what string, limit int) (frame []byte) {
		if err != nil {
			return nil
		}
		if frame, err = readFrame(br, limit); err != nil {
			err = fmt.Errorf("failed to read an answer's %s: %w", what, cut(err))
		}
		return frame
	}
	news := read("news", MaxAnswerNewsBytes)
	b.Trust = read("trust bundle", MaxJSONBytes)
	b.Staff = read("staff list", MaxJWSBytes)
	b.Catalogue = read("catalogue", MaxCatalogueBytes+MaxHeadBytes+2*maxUvarintBytes)
	if err != nil {
		return AnswerBody{}, err
	}
	if _, err := br.ReadByte(); err == nil {
		return AnswerBody{}, dossier.Errorf(dossier.CodeInvalid, "bytes after the answer")
	}
	if err := json.Unmarshal(news, &b.News); err != nil {
		return AnswerBody{}, dossier.Errorf(dossier.CodeInvalid, "failed to parse an answer: %w", err)
	}
	if len(b.News.Results) > MaxAnswerResults || len(b.News.Events) > MaxAnswerEvents {
		return AnswerBody{}, dossier.Errorf(CodeTooLarge, "an answer of %d results and %d events", len(b.News.Results), len(b.News.Events))
	}
	return b, nil
}
