package catalogue

import (
	"crypto/ecdsa"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/klauspost/compress/zstd"

	"tramhoso/sync/dossier"
	"tramhoso/sync/seal"
)

// Station is what every station knows of every other: enough to check a slip.
type Station struct {
	Code    string       `json:"code"`
	Name    dossier.Text `json:"name"`
	Address string       `json:"address,omitempty"`
	Phone   string       `json:"phone,omitempty"`
	SlipKey []byte       `json:"slip_key"` // Ed25519, 32 bytes
}

// Snapshot is the whole catalogue at one version.
type Snapshot struct {
	Version    int                 `json:"version"` // only grows
	Made       time.Time           `json:"made"`
	Synthetic  bool                `json:"synthetic,omitempty"` // generated for tests: no real procedures
	Agencies   []dossier.Agency    `json:"agencies"`
	Topics     []dossier.Topic     `json:"topics"`
	Procedures []dossier.Procedure `json:"procedures"`
	Stations   []Station           `json:"stations"`
	Hosts      []string            `json:"hosts,omitempty"` // public host names that slips of this province carry
}

// Delta leads from one version to another: what is new or changed, and
// tombstones for what is gone.
type Delta struct {
	From       int                 `json:"from"`
	FromMade   time.Time           `json:"from_made"` // Made of that version: a portal that was set back makes its numbers twice
	To         int                 `json:"to"`
	Made       time.Time           `json:"made"`
	Agencies   []dossier.Agency    `json:"agencies,omitempty"`
	Topics     []dossier.Topic     `json:"topics,omitempty"`
	Procedures []dossier.Procedure `json:"procedures,omitempty"`
	Stations   []Station           `json:"stations,omitempty"`
	Hosts      []string            `json:"hosts"`
	Gone       Gone                `json:"gone,omitzero"`
}

// Gone names what a delta removes.
type Gone struct {
	Agencies   []string `json:"agencies,omitempty"`
	Topics     []string `json:"topics,omitempty"`
	Procedures []string `json:"procedures,omitempty"`
	Stations   []string `json:"stations,omitempty"`
}

// The limits of a catalogue: 16,280 procedures with 2 KB of text each, and room.
const (
	MaxPlainBytes  = 128 << 20
	MaxPackedBytes = 32 << 20
)

// The types of signed catalogue heads.
const (
	TypSnapshot = "catalogue+jws"
	TypDelta    = "catalogue-delta+jws"
)

// Head is what the province signs: which body belongs to which version.
type Head struct {
	Version int       `json:"version"`
	From    int       `json:"from,omitempty"` // of a delta
	Made    time.Time `json:"made"`
	SHA256  string    `json:"sha256"` // of the packed body, lower-case hex
	Size    int64     `json:"size"`   // bytes of the packed body
}

// Signed is a snapshot or delta as it travels and lies on the disk: a signed
// head (compact JWS) and the body (zstd of JSON).
type Signed struct {
	Head string
	Body []byte
}

// SignSnapshot packs and signs a snapshot. Equal snapshots have equal bodies.
func SignSnapshot(s Snapshot, by seal.Signer) (Signed, error) {
	return sign(s, Head{Version: s.Version, Made: s.Made}, TypSnapshot, by)
}

// SignDelta packs and signs a delta.
func SignDelta(d Delta, by seal.Signer) (Signed, error) {
	return sign(d, Head{Version: d.To, From: d.From, Made: d.Made}, TypDelta, by)
}

func sign(v any, h Head, typ string, by seal.Signer) (Signed, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return Signed{}, fmt.Errorf("failed to encode catalogue: %w", err)
	}
	enc, err := zstd.NewWriter(nil, optionsFor(len(data))...)
	if err != nil {
		return Signed{}, fmt.Errorf("failed to prepare compression: %w", err)
	}
	body := enc.EncodeAll(data, nil)
	if err := enc.Close(); err != nil {
		return Signed{}, fmt.Errorf("failed to compress catalogue: %w", err)
	}
	if len(data) > MaxPlainBytes || len(body) > MaxPackedBytes {
		return Signed{}, dossier.Errorf(dossier.CodeInvalid, "catalogue too large")
	}
	sum := sha256.Sum256(body)
	h.SHA256, h.Size = hex.EncodeToString(sum[:]), int64(len(body))
	head, err := seal.SignJSON(h, typ, by)
	if err != nil {
		return Signed{}, err
	}
	return Signed{Head: head, Body: body}, nil
}

// smallBytes is up to where the best compression, with its tables of 30 MB to be
// cleared first, saves next to nothing: most deltas are smaller.
const smallBytes = 16 << 10

// smallWindow is more than anything small looks back; what is kept for a larger
// one would be cleared for nothing, too.
const smallWindow = 64 << 10

func optionsFor(size int) []zstd.EOption {
	if size <= smallBytes {
		return []zstd.EOption{zstd.WithEncoderLevel(zstd.SpeedBetterCompression), zstd.WithEncoderConcurrency(1),
			zstd.WithLowerEncoderMem(true), zstd.WithWindowSize(smallWindow)}
	}
	return []zstd.EOption{zstd.WithEncoderLevel(zstd.SpeedBestCompression), zstd.WithEncoderConcurrency(1)}
}

// OpenSnapshot verifies and unpacks a snapshot.
func OpenSnapshot(s Signed, keys []*ecdsa.PublicKey) (*Snapshot, error) {
	var v Snapshot
	h, err := open(s, TypSnapshot, keys, &v)
	if err != nil {
		return nil, err
	}
	if v.Version != h.Version {
		return nil, dossier.Errorf(dossier.CodeInvalid, "catalogue is not of the version its head names")
	}
	return &v, nil
}

// OpenDelta verifies and unpacks a delta.
func OpenDelta(s Signed, keys []*ecdsa.PublicKey) (*Delta, error) {
	var v Delta
	h, err := open(s, TypDelta, keys, &v)
	if err != nil {
		return nil, err
	}
	if v.To != h.Version || v.From != h.From {
		return nil, dossier.Errorf(dossier.CodeInvalid, "delta is not of the versions its head names")
	}
	return &v, nil
}

// ReadHead verifies a head alone, before its body is fetched.
func ReadHead(head, typ string, keys []*ecdsa.PublicKey) (Head, error) {
	var h Head
	if err := seal.VerifyJSONAny(head, typ, keys, &h); err != nil {
		return Head{}, fmt.Errorf("failed to verify catalogue: %w", err)
	}
	if h.Size <= 0 || h.Size > MaxPackedBytes {
		return Head{}, dossier.Errorf(dossier.CodeInvalid, "catalogue of an impossible size")
	}
	return h, nil
}

func open(s Signed, typ string, keys []*ecdsa.PublicKey, v any) (Head, error) {
	h, err := ReadHead(s.Head, typ, keys)
	if err != nil {
		return Head{}, err
	}
	sum := sha256.Sum256(s.Body)
	if int64(len(s.Body)) != h.Size || hex.EncodeToString(sum[:]) != h.SHA256 {
		return Head{}, dossier.Errorf(dossier.CodeInvalid, "catalogue body is not the one its head names")
	}
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(MaxPlainBytes))
	if err != nil {
		return Head{}, fmt.Errorf("failed to prepare decompression: %w", err)
	}
	defer dec.Close()
	data, err := dec.DecodeAll(s.Body, nil)
	if err != nil {
		return Head{}, dossier.Errorf(dossier.CodeInvalid, "catalogue does not decompress: %w", err)
	}
	if err := json.Unmarshal(data, v); err != nil {
		return Head{}, dossier.Errorf(dossier.CodeInvalid, "catalogue: %w", err)
	}
	return h, nil
}

// Apply returns the snapshot that d leads to; s is not changed. A delta that
// does not start at s is dossier.CodeConflict: fetch a snapshot instead.
func (s Snapshot) Apply(d Delta) (Snapshot, error) {
	if d.From != s.Version || d.To <= d.From || !d.FromMade.Equal(s.Made) {
		return Snapshot{}, dossier.Errorf(dossier.CodeConflict, "delta %d→%d does not follow this version %d", d.From, d.To, s.Version)
	}
	s.Version, s.Made, s.Hosts = d.To, d.Made, slices.Clone(d.Hosts)
	s.Agencies = merge(s.Agencies, d.Agencies, d.Gone.Agencies, agencyKey)
	s.Topics = merge(s.Topics, d.Topics, d.Gone.Topics, topicKey)
	s.Procedures = merge(s.Procedures, d.Procedures, d.Gone.Procedures, procedureKey)
	s.Stations = merge(s.Stations, d.Stations, d.Gone.Stations, stationKey)
	return s, nil
}

// Diff makes the delta from a to b. Order within b's lists is not carried: what
// stays keeps its place and what is new comes last.
func Diff(a, b Snapshot) Delta {
	d := Delta{From: a.Version, FromMade: a.Made, To: b.Version, Made: b.Made, Hosts: slices.Clone(b.Hosts)}
	d.Agencies, d.Gone.Agencies = diff(a.Agencies, b.Agencies, agencyKey)
	d.Topics, d.Gone.Topics = diff(a.Topics, b.Topics, topicKey)
	d.Procedures, d.Gone.Procedures = diff(a.Procedures, b.Procedures, procedureKey)
	d.Stations, d.Gone.Stations = diff(a.Stations, b.Stations, stationKey)
	return d
}

func agencyKey(v dossier.Agency) string       { return v.ID }
func topicKey(v dossier.Topic) string         { return v.ID }
func procedureKey(v dossier.Procedure) string { return v.Code }
func stationKey(v Station) string             { return v.Code }

func merge[T any](old, put []T, gone []string, key func(T) string) []T {
	next := make(map[string]T, len(put))
	for _, v := range put {
		next[key(v)] = v
	}
	drop := make(map[string]bool, len(gone))
	for _, k := range gone {
		drop[k] = true
	}
	out := make([]T, 0, len(old)+len(put))
	for _, v := range old {
		k := key(v)
		if n, ok := next[k]; ok {
			out = append(out, n)
			delete(next, k)
		} else if !drop[k] {
			out = append(out, v)
		}
	}
	for _, v := range put {
		k := key(v)
		if n, ok := next[k]; ok {
			out = append(out, n)
			delete(next, k)
		}
	}
	return out
}

func diff[T any](a, b []T, key func(T) string) (put []T, gone []string) {
	was := make(map[string]string, len(a))
	for _, v := range a {
		was[key(v)] = canonical(v)
	}
	for _, v := range b {
		old, ok := was[key(v)]
		if !ok || old != canonical(v) {
			put = append(put, v)
		}
		delete(was, key(v))
	}
	for k := range was {
		gone = append(gone, k)
	}
	slices.Sort(gone)
	return put, gone
}

// canonical is v's JSON: equal for equal values, since maps are written sorted.
func canonical(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		return "" // plain values; a broken raw form differs from everything below
	}
	return string(data)
}
