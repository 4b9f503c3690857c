package portal

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/klauspost/compress/zstd"

	"tramhoso/sync/dossier"
	"tramhoso/sync/portal/sqlite"
	"tramhoso/sync/seal"
	"tramhoso/sync/wire"
	"tramhoso/sync/wire/stick"
)

// hostile is the ground of every line below: a portal with two stations.
type hostile struct {
	*fixture
	t    *testing.T
	a, b *station
}

// refused says that an answer is a problem with its code, that the log has a line
// with it, and that nothing was kept.
func (h hostile) refused(what string, before int, rec *httptest.ResponseRecorder, code dossier.Code) {
	h.t.Helper()
	if p := problem(h.t, rec); p.Code != code {
		h.t.Errorf("%s: %+v, want %s", what, p, code)
	}
	if !strings.Contains(h.log.String(), `"code":"`+string(code)+`"`) {
		h.t.Errorf("%s: no line in the log", what)
	}
	if n := h.count(h.t); n != before {
		h.t.Errorf("%s: %d dossiers, there were %d", what, n, before)
	}
}

// signed is a packet around a body that no seal.Freeze would make.
func (h hostile) signed(s *station, body []byte, edit ...func(*dossier.Head)) dossier.Packet {
	h.t.Helper()
	p := s.dossier(h.t, edit...)
	sum := sha256.Sum256(body)
	p.Head.BodySHA256, p.Head.BodySize, p.Head.Recipient = hex.EncodeToString(sum[:]), int64(len(body)), s.to.ID
	jws, err := seal.SignJSON(p.Head, seal.TypPacket, s.keys.PacketSigner())
	must(h.t, err)
	p.JWS, p.Body = []byte(jws), body
	return p
}

// bring uploads a courier's file as b and asks for its answer.
func (h hostile) bring(file []byte) *httptest.ResponseRecorder {
	h.t.Helper()
	sum := sha256.Sum256(file)
	name := wire.BundleName{SHA256: hex.EncodeToString(sum[:])}
	if rec := h.tus(h.t, h.b, "POST", wire.PathBundles, file, wire.HeaderUploadLength, strconv.Itoa(len(file)),
		wire.HeaderUploadMetadata, name.Metadata(), "Content-Type", wire.TypeChunk); rec.Code != http.StatusCreated {
		h.t.Errorf("a bundle's upload: %d %s", rec.Code, rec.Body)
	}
	return h.do(h.t, h.b, "POST", name.Path(), nil)
}

// unreadable is for what is signed as it must be and makes no sense inside: it is
// kept and receipted, since somebody holds a slip for it, and the desk says that
// it cannot be read.
func (h hostile) unreadable(what string, s *station, p dossier.Packet) {
	h.t.Helper()
	h.send(h.t, s, p)
	var d DeskDossier
	if c := h.desk(h.t, "GET", "/desk/dossiers/"+p.Head.ID, "", &d); c != http.StatusOK || d.Content != nil || d.Unreadable == "" {
		h.t.Errorf("%s: %d, content %v, %q", what, c, d.Content != nil, d.Unreadable)
	}
	if c := h.desk(h.t, "POST", "/desk/dossiers/"+p.Head.ID+"/accept", "", nil); c == http.StatusOK {
		h.t.Errorf("%s: accepted", what)
	}
}

const deep = 100_000 // levels

func nested(n int) string { return strings.Repeat(`[`, n) + strings.Repeat(`]`, n) }

// sealedBomb is a sealed body that unpacks to a hundred times what is allowed.
func sealedBomb(t testing.TB, recipients ...string) []byte {
	t.Helper()
	enc, err := zstd.NewWriter(nil)
	must(t, err)
	packed := enc.EncodeAll(make([]byte, 100*seal.MaxPlainBytes), make([]byte, 4))
	must(t, enc.Close())
	binary.BigEndian.PutUint32(packed, uint32(len(packed)-4))
	packed = append(packed, make([]byte, (256-len(packed)%256)%256)...)
	body, err := seal.SealToRecipients(packed, recipients...)
	must(t, err)
	return body
}

// manyRecipients is an age file to the province and to many others.
func manyRecipients(t testing.TB, to string, n int) []byte {
	t.Helper()
	other, err := age.GenerateHybridIdentity()
	must(t, err)
	list := make([]string, n)
	for i := range list {
		list[i] = other.Recipient().String()
	}
	body, err := seal.SealToRecipients([]byte("x"), append(list, to)...)
	must(t, err)
	return body
}

// The lines of what may come that is bad, in the order in which the plan names
// them. Elsewhere: bundles of a hostile stick in wire/stick (traversal, links,
// unfinished files) and TestBadBundlesAreReportedAndLeft; a portal that was set
// back, with stations that go on, in prove/sim.
var hostileLines = []struct {
	name string
	try  func(h hostile, before int)
}{
	{"a forged signature", func(h hostile, before int) {
		stranger := newStation(h.t, h.fixture, h.a.code)
		stranger.seq = 1000
		h.refused("another's key", before, h.put(h.t, h.a, stranger.dossier(h.t)), dossier.CodeInvalid)
		p := h.a.dossier(h.t)
		p.JWS = append(bytes.Clone(p.JWS[:len(p.JWS)-4]), "AAAA"...)
		h.refused("a changed signature", before, h.put(h.t, h.a, p), dossier.CodeInvalid)
		p = h.a.dossier(h.t)
		_, rest, _ := bytes.Cut(p.JWS, []byte("."))
		none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","typ":"packet+jws"}`))
		payload, _, _ := bytes.Cut(rest, []byte("."))
		p.JWS = []byte(none + "." + string(payload) + ".")
		h.refused("no signature at all", before, h.put(h.t, h.a, p), dossier.CodeInvalid)
	}},
	{"a packet under another station's name", func(h hostile, before int) {
		p := h.a.dossier(h.t)
		h.send(h.t, h.b, p) // the signature is the authority, whoever carries it
		if pk := h.packet(h.t, p.Head.ID); pk.Station != h.a.code {
			h.t.Errorf("it counts as %s's", pk.Station)
		}
		h.refused("the carrier asks", before+1, h.do(h.t, h.b, "GET", wire.PathPackets+p.Head.ID, nil), wire.CodeNotYours)
		q := h.a.packet(h.t, dossier.KindDossier, "", h.a.content("x"), func(d *dossier.Head) { d.Station = h.b.code })
		h.refused("a head that names another station", before+1, h.put(h.t, h.a, q), dossier.CodeInvalid)
		taken := h.signed(h.b, p.Body)
		h.unreadable("another station's body under an own head", h.b, taken)
	}},
	{"another digest under a known id", func(h hostile, before int) {
		p := h.a.dossier(h.t)
		h.send(h.t, h.a, p)
		q := h.a.dossier(h.t, func(d *dossier.Head) { d.ID = p.Head.ID })
		h.refused("other content", before+1, h.put(h.t, h.a, q), dossier.CodeConflict)
		r := h.b.dossier(h.t, func(d *dossier.Head) { d.ID = p.Head.ID })
		h.refused("another station's content", before+1, h.put(h.t, h.b, r), dossier.CodeConflict)
		if rec := h.put(h.t, h.a, p); rec.Code != http.StatusOK {
			h.t.Errorf("the first: %d", rec.Code)
		}
	}},
	{"oversize", func(h hostile, before int) {
		p := h.a.dossier(h.t)
		big := wire.AppendFrame(wire.AppendFrame(nil, p.JWS), make([]byte, wire.MaxBodyBytes+1))
		h.refused("a body", before, h.do(h.t, h.a, "PUT", wire.PathPackets+p.Head.ID, big), wire.CodeTooLarge)
		big = wire.AppendFrame(wire.AppendFrame(nil, make([]byte, wire.MaxHeadBytes+1)), p.Body)
		h.refused("a head", before, h.do(h.t, h.a, "PUT", wire.PathPackets+p.Head.ID, big), wire.CodeTooLarge)
		h.refused("an enrolment", before, h.do(h.t, nil, "POST", wire.PathEnrol, []byte(`{"secret":"`+strings.Repeat("x", maxEnrolBytes)+`"}`)), wire.CodeTooLarge)
		if c := h.desk(h.t, "POST", "/desk/dossiers/last/refuse", `{"text":"`+strings.Repeat("x", wire.MaxJSONBytes)+`"}`, nil); c != http.StatusRequestEntityTooLarge {
			h.t.Errorf("at the desk: %d", c)
		}
	}},
	{"deep JSON", func(h hostile, before int) {
		p := h.a.dossier(h.t)
		head := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"ES256","typ":"packet+jws"}`)) + "." +
			base64.RawURLEncoding.EncodeToString([]byte(`{"id":`+nested(20_000))) + "." + strings.Repeat("A", 86)
		h.refused("a head", before, h.do(h.t, h.a, "PUT", wire.PathPackets+p.Head.ID,
			wire.AppendFrame(wire.AppendFrame(nil, []byte(head)), p.Body)), dossier.CodeInvalid)
		h.refused("a question", before, h.do(h.t, nil, "POST", wire.PathTime, []byte(`{"nonce":`+nested(maxEnrolBytes/4)+`}`)), dossier.CodeInvalid)
		if c := h.desk(h.t, "POST", "/desk/dossiers/last/refuse", `{"text":`+nested(deep)+`}`, nil); c != http.StatusBadRequest {
			h.t.Errorf("at the desk: %d", c)
		}
		answers := h.a.content("x")
		answers.Answers = json.RawMessage(`"deep"`)
		plain, err := json.Marshal(answers)
		must(h.t, err)
		h.a.seq++
		inside, err := seal.Freeze(dossier.Head{ID: newID(h.t), Kind: dossier.KindDossier, Station: h.a.code, Seq: h.a.seq,
			Procedure: &answers.Procedure, Time: h.clock.Stamp()},
			bytes.Replace(plain, []byte(`"deep"`), []byte(nested(20_000)), 1), h.a.to, h.a.keys.PacketSigner())
		must(h.t, err)
		h.unreadable("answers", h.a, inside)
	}},
	{"bombs", func(h hostile, before int) {
		h.unreadable("a body that unpacks to much", h.a, h.signed(h.a, sealedBomb(h.t, h.a.to.Key)))
		h.unreadable("a body to many recipients", h.a, h.signed(h.a, manyRecipients(h.t, h.a.to.Key, 20)))
		h.unreadable("a body that is no age file", h.a, h.signed(h.a, []byte("age-encryption.org/v1\n-> X25519 x\n")))
		many := manyRecipients(h.t, h.a.to.Key, 20)
		if _, err := seal.OpenBundleFrom(bytes.NewReader(many), h.keys().identities("")...); err == nil {
			h.t.Error("every one of many recipients is tried")
		}
		h.refused("a bundle to many recipients", before+3, h.bring(stick.Wrap(many)), dossier.CodeInvalid)
	}},
	{"chunk offsets that lie", func(h hostile, before int) {
		id, pp := begun(h.t, h.fixture, h.a, 1000, 400)
		for what, tc := range map[string]struct {
			offset string
			chunk  []byte
			code   dossier.Code
		}{
			"ahead":              {"500", pp.sealed[500:], dossier.CodeConflict},
			"behind":             {"0", pp.sealed, dossier.CodeConflict},
			"below nothing":      {"-1", pp.sealed, dossier.CodeInvalid},
			"past 63 bits":       {"9223372036854775808", pp.sealed, dossier.CodeInvalid},
			"no number":          {"0x10", pp.sealed, dossier.CodeInvalid},
			"past the end":       {"99999999", pp.sealed, dossier.CodeConflict},
			"more than is owed":  {"400", append(bytes.Clone(pp.sealed[400:]), 1), wire.CodeTooLarge},
			"other bytes to end": {"400", bytes.Repeat([]byte{7}, int(pp.Size)-400), wire.CodeChecksum},
		} {
			rec := h.patch(h.t, h.a, id, pp, 400, tc.chunk, wire.HeaderUploadOffset, tc.offset)
			h.refused(what, before+1, rec, tc.code)
			if tc.code == wire.CodeChecksum { // begins anew
				h.patch(h.t, h.a, id, pp, 0, pp.sealed[:400])
			}
		}
		h.refused("another length", before+1, h.post(h.t, h.a, id, pp, wire.HeaderUploadLength, "999"), dossier.CodeConflict)
		h.refused("another station's", before+1, h.patch(h.t, h.b, id, pp, 400, pp.sealed[400:]), wire.CodeNotYours)
		h.patch(h.t, h.a, id, pp, h.offset(h.t, h.a, id, pp), pp.sealed[h.offset(h.t, h.a, id, pp):])
		if pk := h.packet(h.t, id); pk.State != wire.StateWhole {
			h.t.Errorf("after all that the file is not whole: %v", pk.Missing())
		}
	}},
	{"hostile bundles", func(h hostile, before int) {
		p := h.a.dossier(h.t)
		_, good := h.a.bundle(h.t, wire.BundleClaim{}, p)
		changed := bytes.Clone(good)
		changed[len(changed)/2] ^= 1
		for what, file := range map[string][]byte{"half": good[:len(good)/2], "changed": changed, "a zip": []byte("PK\x03\x04" + strings.Repeat("x", 999))} {
			h.refused(what, before, h.bring(file), dossier.CodeInvalid)
		}
		if rec := h.bring(good); rec.Code != http.StatusOK || h.count(h.t) != before+1 {
			h.t.Errorf("the good one: %d", rec.Code)
		}
	}},
	{"a schema from the future", func(h hostile, before int) {
		p := h.a.dossier(h.t, func(d *dossier.Head) { d.Procedure = &dossier.ProcedureRef{Code: d.Procedure.Code, Version: 9999} })
		if r := h.send(h.t, h.a, p); !r.Quarantined {
			h.t.Error("a form that nobody here knows yet is not for a person to look at")
		}
		path := filepath.Join(h.t.TempDir(), "ledger.db")
		s, err := sqlite.Open(h.t.Context(), path)
		must(h.t, err)
		must(h.t, s.Close())
		db, err := sql.Open("sqlite", path)
		must(h.t, err)
		_, err = db.ExecContext(h.t.Context(), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)")
		must(h.t, errors.Join(err, db.Close()))
		was, err := os.ReadFile(path)
		must(h.t, err)
		if _, err := sqlite.Open(h.t.Context(), path); !errors.Is(err, sqlite.ErrFutureSchema) {
			h.t.Errorf("a ledger of a newer program: %v", err)
		}
		if now, err := os.ReadFile(path); err != nil || !bytes.Equal(was, now) {
			h.t.Errorf("it was touched, %v", err)
		}
	}},
	{"a clock that is set back", func(h hostile, before int) {
		id, pp := begun(h.t, h.fixture, h.a, 1000, 400)
		first := h.send(h.t, h.a, h.a.dossier(h.t))
		h.clock.Set(start.AddDate(0, 0, -100)) // the portal's, and the station's with it
		again := h.send(h.t, h.a, h.a.dossier(h.t))
		if again.Counter != first.Counter+1 || !again.At.Before(first.At) {
			h.t.Errorf("counter %d after %d", again.Counter, first.Counter)
		}
		if _, err := h.Sweep(h.t.Context()); err != nil {
			h.t.Error(err)
		}
		if n := h.offset(h.t, h.a, id, pp); n != 400 {
			h.t.Errorf("an upload is at %d", n)
		}
		if evs, _ := h.poll(h.t, h.a, wire.Cursor{}); len(evs) != 0 {
			h.t.Errorf("%d events", len(evs))
		}
		h.clock.Set(start)
		old := h.a.dossier(h.t, func(d *dossier.Head) { d.Time.Wall = time.Unix(0, 0) })
		if r := h.send(h.t, h.a, old); r.Quarantined { // what a station's clock says is a claim with its source
			h.t.Error("a station whose clock is wrong is not believed")
		}
		if n := h.count(h.t); n != before+4 {
			h.t.Errorf("%d dossiers, there were %d", n, before)
		}
	}},
	{"a portal that is set back to yesterday", func(h hostile, before int) {
		kept := h.a.dossier(h.t)
		receipt := h.put(h.t, h.a, kept).Body.String()
		_, a := h.poll(h.t, h.a, wire.Cursor{})
		copied, err := h.Backup(h.t.Context())
		must(h.t, err)
		lost := h.a.dossier(h.t)
		first := h.send(h.t, h.a, lost)
		must(h.t, h.Close())
		for _, name := range []string{"ledger.db", "ledger.db-wal", "ledger.db-shm"} {
			if err := os.Remove(filepath.Join(h.dir, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
				h.t.Error(err)
			}
		}
		must(h.t, os.Rename(copied, filepath.Join(h.dir, "ledger.db")))
		h.open(h.t)
		_, b := h.poll(h.t, h.a, wire.Cursor{Epoch: a.Epoch})
		if b.Epoch == a.Epoch {
			h.t.Error("no station can tell that it was set back")
		}
		h.refused("what it forgot", before+1, h.do(h.t, h.a, "GET", wire.PathPackets+lost.Head.ID, nil), dossier.CodeNotFound)
		if rec := h.put(h.t, h.a, kept); rec.Body.String() != receipt {
			h.t.Error("what it kept has another receipt")
		}
		if r := h.send(h.t, h.a, lost); r.Counter != first.Counter || r.Digest != first.Digest {
			h.t.Errorf("offered again: %+v", r)
		}
		if !strings.Contains(h.log.String(), "set back") {
			h.t.Error("nothing in the log")
		}
	}},
}

// Whatever comes: a precise problem or a named recovery, a line in the log without
// personal data, nothing false stored, and the next honest packet taken in.
func TestBadInput(t *testing.T) {
	f := newFixture(t)
	h := hostile{fixture: f, a: f.enrolStation(t, "DL27"), b: f.enrolStation(t, "DL28")}
	f.send(t, h.a, h.a.dossier(t)) // one whose clerk will ask for it at the desk
	for _, line := range hostileLines {
		t.Run(line.name, func(t *testing.T) {
			h := h
			h.t = t
			line.try(h, f.count(t))
			for _, s := range []*station{h.a, h.b} {
				if r := f.send(t, s, s.dossier(t)); r.State != wire.StateWhole || r.Quarantined {
					t.Errorf("the next honest packet: %+v", r)
				}
			}
			for _, canary := range []string{canaryName, canaryNumber, canaryPhone} {
				if strings.Contains(f.log.String(), canary) {
					t.Errorf("%q is in the log", canary)
				}
			}
		})
	}
}
