package portal

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/seal"
	"tramhoso/sync/wire"
)

func removeFile(path string) error { return os.Remove(path) }

func TestReplayGetsTheIdenticalReceipt(t *testing.T) {
	f := newFixture(t)
	s := f.enrolStation(t, "DL27")
	p := s.dossier(t)
	first := f.put(t, s, p)
	if first.Code != http.StatusCreated {
		t.Fatalf("%d %s", first.Code, first.Body)
	}
	r := f.receipt(t, first.Body.String())
	if r.Packet != p.Head.ID || r.Counter != 1 || r.State != wire.StateWhole || r.Quarantined || r.Digest != seal.Digest(p.JWS, p.Body) {
		t.Errorf("%+v", r)
	}
	f.clock.Add(1e9)
	again := f.put(t, s, p)
	if again.Code != http.StatusOK || again.Body.String() != first.Body.String() {
		t.Errorf("replay: %d, identical %v", again.Code, again.Body.String() == first.Body.String())
	}
	f.reopen(t)
	after := f.put(t, s, p)
	if after.Code != http.StatusOK || after.Body.String() != first.Body.String() {
		t.Errorf("replay after a restart: %d, identical %v", after.Code, after.Body.String() == first.Body.String())
	}
	if r := f.send(t, s, s.dossier(t)); r.Counter != 2 {
		t.Errorf("counter %d after a restart", r.Counter)
	}
	var n map[string]int
	f.desk(t, "GET", "/desk/count", "", &n)
	if n["count"] != 2 {
		t.Errorf("%d dossiers", n["count"])
	}
}

// What a power cut leaves is the ledger and its write-ahead log as they lie
// there, never closed: every receipt that was answered is in them.
func TestPowerCutKeepsReceipts(t *testing.T) {
	f := newFixture(t)
	s := f.enrolStation(t, "DL27")
	var packets []dossier.Packet
	var receipts []string
	for range 5 {
		p := s.dossier(t)
		packets = append(packets, p)
		receipts = append(receipts, f.put(t, s, p).Body.String())
	}
	after := &fixture{dir: t.TempDir(), clock: f.clock, log: &lockedBuffer{}}
	must(t, os.CopyFS(after.dir, os.DirFS(f.dir)))
	must(t, os.Remove(filepath.Join(after.dir, "ledger.db-shm"))) // lives in memory only
	must(t, os.Chmod(filepath.Join(after.dir, "keys"), 0o700))
	must(t, filepath.WalkDir(filepath.Join(after.dir, "keys"), func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		return os.Chmod(path, 0o600)
	}))
	after.open(t)
	defer func() { must(t, after.Close()) }()
	for i, p := range packets {
		if rec := after.put(t, s, p); rec.Code != http.StatusOK || rec.Body.String() != receipts[i] {
			t.Errorf("packet %d: %d, identical %v", i, rec.Code, rec.Body.String() == receipts[i])
		}
	}
	var n map[string]int
	if after.desk(t, "GET", "/desk/count", "", &n); n["count"] != len(packets) {
		t.Errorf("%v", n)
	}
}

func TestSameIDOtherContentConflicts(t *testing.T) {
	f := newFixture(t)
	s := f.enrolStation(t, "DL27")
	p := s.dossier(t)
	f.send(t, s, p)
	q := s.dossier(t, func(h *dossier.Head) { h.ID = p.Head.ID })
	if prob := problem(t, f.put(t, s, q)); prob.Status != http.StatusConflict || prob.Code != dossier.CodeConflict {
		t.Errorf("%+v", prob)
	}
}

func TestBrokenPacketsAreRefused(t *testing.T) {
	f := newFixture(t)
	s := f.enrolStation(t, "DL27")
	stranger := newStation(t, f, "DL27")
	good := s.dossier(t)
	flip := func(b []byte, i int) []byte { b = bytes.Clone(b); b[i] ^= 1; return b }
	for name, tc := range map[string]struct {
		id, body string
		code     dossier.Code
	}{
		"nothing":          {good.Head.ID, "", dossier.CodeInvalid},
		"changed body":     {good.Head.ID, string(wire.EncodePacket(dossier.Packet{JWS: good.JWS, Body: flip(good.Body, 99)})), dossier.CodeInvalid},
		"changed head":     {good.Head.ID, string(wire.EncodePacket(dossier.Packet{JWS: flip(good.JWS, len(good.JWS)-3), Body: good.Body})), dossier.CodeInvalid},
		"other address":    {newID(t), string(wire.EncodePacket(good)), dossier.CodeInvalid},
		"not an id":        {"x", string(wire.EncodePacket(good)), dossier.CodeInvalid},
		"stranger's key":   {"", string(wire.EncodePacket(stranger.dossier(t))), dossier.CodeInvalid},
		"too large":        {good.Head.ID, string(wire.AppendFrame(wire.AppendFrame(nil, good.JWS), make([]byte, wire.MaxBodyBytes+1))), wire.CodeTooLarge},
		"past every limit": {good.Head.ID, strings.Repeat("\xff", 10), dossier.CodeInvalid},
	} {
		if tc.id == "" {
			fr, err := wire.DecodePacket(strings.NewReader(tc.body), wire.PacketLimits)
			must(t, err)
			h, err := seal.Peek(fr.JWS)
			must(t, err)
			tc.id = h.ID
		}
		if p := problem(t, f.do(t, s, "PUT", wire.PathPackets+tc.id, []byte(tc.body))); p.Code != tc.code {
			t.Errorf("%s: %+v", name, p)
		}
	}
	unknown := newStation(t, f, "DL99")
	if p := problem(t, f.put(t, s, unknown.dossier(t))); p.Code != dossier.CodeInvalid {
		t.Errorf("station not enrolled: %+v", p)
	}
	var n map[string]int
	f.desk(t, "GET", "/desk/count", "", &n)
	if n["count"] != 0 {
		t.Errorf("%d dossiers from broken packets", n["count"])
	}
}

func TestQuarantineRatherThanRefuse(t *testing.T) {
	f := newFixture(t)
	s := f.enrolStation(t, "DL27")
	ref := func(code string, v int) func(*dossier.Head) {
		return func(h *dossier.Head) { h.Procedure = &dossier.ProcedureRef{Code: code, Version: v} }
	}
	_, err := f.Withdraw(t.Context(), "1.000656")
	must(t, err)
	other := *s
	other.to.ID = "recipient-of-2019"
	for why, p := range map[string]dossier.Packet{
		string(dossier.AsideUnknown):   s.dossier(t, ref("9.999999", 1)),
		string(dossier.AsideWithdrawn): s.dossier(t, ref("1.000656", 1)),
		string(dossier.AsideVersion):   s.dossier(t, ref("1.004873", 7)),
		string(dossier.AsideNoParent):  s.packet(t, dossier.KindHandover, "", dossier.Handover{}),
	} {
		if r := f.send(t, s, p); !r.Quarantined {
			t.Errorf("%s: not quarantined", why)
		}
		must(t, f.store.View(t.Context(), func(r ledger.Reader) error {
			pk, err := r.Packet(p.Head.ID)
			if pk.Quarantine != why {
				t.Errorf("quarantined for %q, want %q", pk.Quarantine, why)
			}
			return err
		}))
	}
	other.seq = s.seq
	if r := f.send(t, s, other.dossier(t)); !r.Quarantined {
		t.Error("sealed to a key we do not have: not quarantined")
	}
	var list struct {
		Packets []struct{ Packet, Why string }
	}
	f.desk(t, "GET", "/desk/quarantine", "", &list)
	if len(list.Packets) != 5 {
		t.Errorf("%+v", list)
	}
}

func TestQuarantinedDossierIsReleasedByAPerson(t *testing.T) {
	f := newFixture(t)
	s := f.enrolStation(t, "DL27")
	p := s.dossier(t)
	_, err := f.Withdraw(t.Context(), p.Head.Procedure.Code)
	must(t, err)
	f.send(t, s, p)
	if c := f.desk(t, "POST", "/desk/dossiers/last/accept", "", nil); c != http.StatusConflict {
		t.Errorf("accepted out of quarantine: %d", c)
	}
	if c := f.desk(t, "POST", "/desk/dossiers/last/release", "", nil); c != http.StatusOK {
		t.Errorf("release: %d", c)
	}
	var d DeskDossier
	if c := f.desk(t, "POST", "/desk/dossiers/last/accept", "", &d); c != http.StatusOK || d.Code == "" {
		t.Errorf("accept: %d %+v", c, d)
	}
}

// Two machines with one station's keys: both packets are receipted, since people
// hold slips for them, and officers see it until one of them has looked.
func TestCloneAlarm(t *testing.T) {
	f := newFixture(t)
	s := f.enrolStation(t, "DL27")
	a := s.dossier(t)
	clone := *s
	clone.seq = 0
	b := clone.dossier(t)
	if r := f.send(t, s, a); r.Quarantined {
		t.Error("the first is quarantined")
	}
	if r := f.send(t, s, b); !r.Quarantined {
		t.Error("the second is not quarantined")
	}
	type listing struct {
		Alarms []CloneAlarm
		Open   int
	}
	var list listing
	f.desk(t, "GET", "/desk/alarms", "", &list)
	if len(list.Alarms) != 1 || list.Open != 1 {
		t.Fatalf("%+v", list)
	}
	n := list.Alarms[0].N
	if got, want := list.Alarms[0], (CloneAlarm{N: n, Station: s.code, Seq: 1, First: a.Head.ID, Second: b.Head.ID, At: f.now()}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if !strings.Contains(f.log.String(), "clone alarm") {
		t.Error("nothing in the log")
	}
	seen := func() (all int, ofDossiers []int) {
		var desk struct {
			Dossiers []DeskDossier
			Alarms   int
		}
		f.desk(t, "GET", "/desk/dossiers", "", &desk)
		for _, d := range desk.Dossiers {
			ofDossiers = append(ofDossiers, d.Alarms)
		}
		return desk.Alarms, ofDossiers
	}
	if all, of := seen(); all != 1 || !slices.Equal(of, []int{1, 1}) {
		t.Errorf("the desk's list shows %d, %v", all, of)
	}
	if r := f.send(t, s, s.dossier(t)); r.Quarantined { // nothing is held up
		t.Error("the next is quarantined")
	}

	path := fmt.Sprintf("/desk/alarms/%d/acknowledge", n)
	for body, want := range map[string]int{`{}`: 400, `{"officer":""}`: 400, `{"officer":"` + strings.Repeat("x", 65) + `"}`: 400, `{"officer":"CB-1"}`: 200} {
		if c := f.desk(t, "POST", path, body, nil); c != want {
			t.Errorf("%s: %d", body, c)
		}
	}
	if c := f.desk(t, "POST", "/desk/alarms/77/acknowledge", `{"officer":"CB-1"}`, nil); c != http.StatusNotFound {
		t.Errorf("no such alarm: %d", c)
	}
	when := f.now()
	f.clock.Add(time.Hour)
	if c := f.desk(t, "POST", path, `{"officer":"CB-2"}`, nil); c != http.StatusOK {
		t.Errorf("again: %d", c)
	}
	list = listing{}
	f.desk(t, "GET", "/desk/alarms", "", &list)
	if got := list.Alarms[0]; list.Open != 0 || got.AcknowledgedBy != "CB-1" || !got.Acknowledged.Equal(when) {
		t.Errorf("%+v", list)
	}
	if all, of := seen(); all != 0 || !slices.Equal(of, []int{0, 0, 0}) {
		t.Errorf("the desk's list shows %d, %v", all, of)
	}
}

func TestChildrenWaitForTheirParents(t *testing.T) {
	f := newFixture(t)
	s := f.enrolStation(t, "DL27")
	d := s.dossier(t)
	sup := s.packet(t, dossier.KindSupplement, d.Head.ID, map[string]string{})
	msg := s.packet(t, dossier.KindMessage, sup.Head.ID, map[string]string{})
	rating := s.packet(t, dossier.KindRating, msg.Head.ID, map[string]string{})
	for _, p := range []dossier.Packet{rating, sup, msg} { // youngest first, the middle last
		if r := f.send(t, s, p); r.Quarantined {
			t.Errorf("%s quarantined", p.Head.Kind)
		}
	}
	steps := func() (out []string) {
		must(t, f.store.View(t.Context(), func(r ledger.Reader) error {
			list, err := r.Steps(d.Head.ID)
			for _, s := range list {
				out = append(out, s.Action)
			}
			return err
		}))
		return out
	}
	if got := steps(); len(got) != 0 {
		t.Errorf("applied before the parent came: %v", got)
	}
	f.reopen(t)
	f.send(t, s, d)
	if got := strings.Join(steps(), " "); got != "dossier supplement message rating" {
		t.Errorf("steps %q", got)
	}
}

func TestFilesStillMissing(t *testing.T) {
	f := newFixture(t)
	s := f.enrolStation(t, "DL27")
	p := s.dossier(t, func(h *dossier.Head) {
		h.Attachments = []dossier.Attachment{{SHA256: strings.Repeat("ab", 32), Size: 10, Role: "declaration"}}
	})
	if r := f.send(t, s, p); r.State != wire.StateHeld || len(r.Missing) != 1 {
		t.Errorf("%+v", r)
	}
	rec := f.do(t, s, "GET", wire.PathPackets+p.Head.ID, nil)
	var st wire.PacketState
	must(t, json.Unmarshal(rec.Body.Bytes(), &st))
	if st.State != wire.StateHeld || len(st.Missing) != 1 || f.receipt(t, st.Receipt).Packet != p.Head.ID {
		t.Errorf("%+v", st)
	}
	var d DeskDossier
	if f.desk(t, "GET", "/desk/dossiers/last", "", &d); d.Content == nil {
		t.Error("the desk may read it")
	}
	if c := f.desk(t, "POST", "/desk/dossiers/last/accept", "", nil); c != http.StatusConflict {
		t.Errorf("but not accept it: %d", c)
	}
	other := f.enrolStation(t, "DL28")
	if prob := problem(t, f.do(t, other, "GET", wire.PathPackets+p.Head.ID, nil)); prob.Code != wire.CodeNotYours {
		t.Errorf("another station asks: %+v", prob)
	}
	if prob := problem(t, f.do(t, s, "GET", wire.PathPackets+newID(t), nil)); prob.Code != dossier.CodeNotFound {
		t.Errorf("%+v", prob)
	}
}

func TestBatch(t *testing.T) {
	f := newFixture(t)
	s := f.enrolStation(t, "DL27")
	a, b := s.dossier(t), s.dossier(t)
	broken := s.dossier(t)
	broken.Body = bytes.Clone(broken.Body)
	broken.Body[5] ^= 1
	single := f.put(t, s, a)
	in := wire.AppendBatch(nil, a)
	in = wire.AppendBatch(in, broken)
	in = wire.AppendFrame(in, []byte{9})
	in = wire.AppendBatch(in, b)
	rec := f.do(t, s, "POST", wire.PathBatch, in)
	var ans wire.BatchAnswer
	must(t, json.Unmarshal(rec.Body.Bytes(), &ans))
	if len(ans.Results) != 4 {
		t.Fatalf("%+v", ans)
	}
	for i, want := range []struct {
		id     string
		status int
	}{{a.Head.ID, 200}, {broken.Head.ID, 400}, {"", 400}, {b.Head.ID, 201}} {
		if r := ans.Results[i]; r.ID != want.id || r.Status != want.status || (want.status < 300) != (r.Receipt != "") || (want.status < 300) == (r.Problem != nil) {
			t.Errorf("%d: %+v", i, r)
		}
	}
	if ans.Results[0].Receipt != single.Body.String() {
		t.Error("the batch's receipt is another than the single one's")
	}
	rec = f.do(t, s, "POST", wire.PathBatch, append(wire.AppendBatch(nil, b), 0x7f, 1))
	ans = wire.BatchAnswer{}
	must(t, json.Unmarshal(rec.Body.Bytes(), &ans))
	if len(ans.Results) != 2 || ans.Results[0].Status != 200 || ans.Results[1].Problem == nil {
		t.Errorf("a batch cut in the middle: %+v", ans)
	}
	if p := problem(t, f.do(t, s, "POST", wire.PathBatch, []byte{0x7f})); p.Code != dossier.CodeInvalid {
		t.Errorf("%+v", p)
	}
}

// A packed batch is the same packets: what came plain before is known again, and
// a packet that cannot be believed takes nobody with it.
func TestPackedBatch(t *testing.T) {
	f := newFixture(t)
	s := f.enrolStation(t, "DL27")
	a, b := s.dossier(t), s.dossier(t)
	broken := s.dossier(t)
	broken.Body = bytes.Clone(broken.Body)
	broken.Body[len(broken.Body)-5] ^= 1
	first := f.put(t, s, a).Body.String()
	in, ok, err := wire.EncodePacked([]dossier.Packet{a, broken, b})
	must(t, err)
	if !ok {
		t.Fatal("not packed")
	}
	post := func(body []byte) (ans wire.BatchAnswer, header http.Header) {
		t.Helper()
		rec := f.doAs(t, s, "POST", wire.PathBatch, wire.TypePacked, body)
		must(t, json.Unmarshal(rec.Body.Bytes(), &ans))
		return ans, rec.Result().Header
	}
	ans, header := post(in)
	if len(ans.Results) != 3 {
		t.Fatalf("%+v", ans)
	}
	for i, want := range []struct {
		id     string
		status int
	}{{a.Head.ID, 200}, {broken.Head.ID, 400}, {b.Head.ID, 201}} {
		if r := ans.Results[i]; r.ID != want.id || r.Status != want.status || (want.status < 300) != (r.Receipt != "") {
			t.Errorf("%d: %+v", i, r)
		}
	}
	if ans.Results[0].Receipt != first {
		t.Error("the packed batch's receipt is another than the single one's")
	}
	if header.Get("Accept-Post") != wire.AcceptPost {
		t.Errorf("takes %q", header.Get("Accept-Post"))
	}
	// Cut within the last packet: what came before it is safe, and said so.
	if ans, _ = post(in[:len(in)-9]); len(ans.Results) != 3 || ans.Results[0].Status != 200 || ans.Results[2].Problem == nil {
		t.Errorf("%+v", ans)
	}
	if p := problem(t, f.doAs(t, s, "POST", wire.PathBatch, wire.TypePacked, in[:9])); p.Code != dossier.CodeInvalid {
		t.Errorf("%+v", p)
	}
}

// failing loses the disk in the middle of a transaction.
type failing struct {
	ledger.Tx
}

func (failing) AddStep(ledger.Step) error { return errors.New("disk on fire") }

type failingStore struct {
	ledger.Store
	on bool
}

func (s *failingStore) Update(ctx context.Context, fn func(ledger.Tx) error) error {
	return s.Store.Update(ctx, func(tx ledger.Tx) error {
		if s.on {
			tx = failing{tx}
		}
		return fn(tx)
	})
}

func TestReceiptAndEffectAreOneTransaction(t *testing.T) {
	f := newFixture(t)
	s := f.enrolStation(t, "DL27")
	broken := &failingStore{Store: f.store, on: true}
	f.store = broken
	p := s.dossier(t)
	if prob := problem(t, f.put(t, s, p)); prob.Status != http.StatusInternalServerError || strings.Contains(prob.Detail, "fire") {
		t.Errorf("%+v", prob)
	}
	if rec := f.do(t, s, "GET", wire.PathPackets+p.Head.ID, nil); rec.Code != http.StatusNotFound {
		t.Errorf("half of it was kept: %d", rec.Code)
	}
	broken.on = false
	if r := f.send(t, s, p); r.Counter != 1 {
		t.Errorf("counter %d", r.Counter)
	}
	f.store = broken.Store
}
