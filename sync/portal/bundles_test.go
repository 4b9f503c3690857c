package portal

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/seal"
	"tramhoso/sync/wire"
	"tramhoso/sync/wire/stick"
)

// bundle is what a station's export leaves on a stick.
func (s *station) bundle(t testing.TB, claim wire.BundleClaim, packets ...dossier.Packet) (id string, file []byte) {
	t.Helper()
	var err error
	if claim.ID == "" {
		claim.ID, err = stick.NewID(rand.Reader)
		must(t, err)
	}
	if claim.Station == "" {
		claim.Station = s.code
	}
	claim.At = s.clock.Now()
	signed, err := seal.SignJSON(claim, wire.TypBundle, s.keys.PacketSigner())
	must(t, err)
	sealed, err := seal.SealBundle(wire.EncodeBundle(signed, packets), s.to.Key)
	must(t, err)
	return claim.ID, stick.Wrap(sealed)
}

// lay puts a file on the stick.
func lay(t testing.TB, dir, id string, file []byte) {
	t.Helper()
	must(t, os.WriteFile(filepath.Join(dir, id+string(stick.Up)), file, 0o600))
}

// answer opens an answer as its station does.
func (f *fixture) answer(t testing.TB, s *station, file []byte) (wire.AnswerClaim, wire.AnswerBody) {
	t.Helper()
	sealed, err := stick.Unwrap(file)
	must(t, err)
	plain, err := seal.OpenBundle(sealed, wire.MaxAnswerBytes, s.keys.EventIdentity())
	must(t, err)
	signed, raw, err := wire.SplitAnswer(plain)
	must(t, err)
	var c wire.AnswerClaim
	must(t, seal.VerifyJSONAny(signed, wire.TypBundleAnswer, f.keys().trust.KeysFor(seal.UseReceipt, f.now()), &c))
	if sum := sha256.Sum256(raw); c.Digest != hex.EncodeToString(sum[:]) || c.Station != s.code {
		t.Errorf("%+v", c)
	}
	b, err := wire.DecodeAnswerBody(raw)
	must(t, err)
	return c, b
}

func (f *fixture) readAnswer(t testing.TB, s *station, dir, name string) (wire.AnswerClaim, wire.AnswerBody) {
	t.Helper()
	file, err := os.ReadFile(filepath.Join(dir, name))
	must(t, err)
	return f.answer(t, s, file)
}

func (f *fixture) count(t testing.TB) int {
	t.Helper()
	var n map[string]int
	f.desk(t, "GET", "/desk/count", "", &n)
	return n["count"]
}

func TestImportHasTheEffectOfPut(t *testing.T) {
	f, dir := newFixture(t), t.TempDir()
	s, other := f.enrolStation(t, "DL27"), f.enrolStation(t, "DL28")
	both, byStick := s.dossier(t), s.dossier(t)
	online := f.put(t, s, both).Body.String()
	id, file := s.bundle(t, wire.BundleClaim{}, both, byStick)
	lay(t, dir, id, file)
	otherID, otherFile := other.bundle(t, wire.BundleClaim{}, other.dossier(t))
	lay(t, dir, otherID, otherFile)

	done, err := f.Import(t.Context(), dir)
	must(t, err)
	if len(done.Bundles) != 2 || len(done.Answers) != 2 || done.More {
		t.Fatalf("%+v", done)
	}
	for _, b := range done.Bundles {
		if b.Err != nil || b.New != 1 || b.Refused != 0 {
			t.Errorf("%+v", b)
		}
	}
	c, body := f.readAnswer(t, s, dir, id+string(stick.Down))
	if len(body.News.Results) != 2 || body.News.Results[0].Receipt != online || c.Counter != 2 {
		t.Errorf("%+v: a packet that came by both ways has one receipt", body.News.Results)
	}
	receipt := body.News.Results[1].Receipt
	if r := f.receipt(t, receipt); r.Packet != byStick.Head.ID || r.Counter != 2 {
		t.Errorf("%+v", r)
	}
	if len(body.Catalogue) == 0 || len(body.Staff) == 0 || len(body.Trust) == 0 {
		t.Error("a station that has nothing is told everything")
	}

	again, err := f.Import(t.Context(), dir)
	must(t, err)
	if again.Bundles[0].New+again.Bundles[1].New != 0 || len(again.Answers) != 2 {
		t.Errorf("a replay: %+v", again)
	}
	if _, body = f.readAnswer(t, s, dir, id+string(stick.Down)); body.News.Results[1].Receipt != receipt {
		t.Error("a replay got another receipt")
	}
	if later := f.put(t, s, byStick); later.Code != http.StatusOK || later.Body.String() != receipt {
		t.Errorf("online after the stick: %d", later.Code)
	}
	if n := f.count(t); n != 3 {
		t.Errorf("%d dossiers", n)
	}
}

func TestImportAnswersWithNews(t *testing.T) {
	f, dir := newFixture(t), t.TempDir()
	s := f.enrolStation(t, "DL27")
	p := s.dossier(t)
	f.send(t, s, p)
	f.desk(t, "POST", "/desk/dossiers/last/accept", "", nil)
	f.desk(t, "POST", "/desk/dossiers/last/ready", "", nil)
	events, online := f.poll(t, s, wire.Cursor{})
	if len(events) != 2 {
		t.Fatalf("%+v", events)
	}
	// Three bundles of one station get one answer: from the highest cursor on.
	claims := []wire.BundleClaim{{}, {Epoch: online.Epoch, N: 1, Known: online.Hints, Trust: 1}, {Epoch: "before", N: 9}}
	var newest string
	for _, i := range []int{2, 0, 1} {
		f.clock.Add(1e9)
		id, file := s.bundle(t, claims[i])
		lay(t, dir, id, file)
		newest = id
	}
	done, err := f.Import(t.Context(), dir)
	must(t, err)
	if len(done.Answers) != 1 || done.Answers[0] != newest+string(stick.Down) {
		t.Fatalf("%+v", done)
	}
	c, body := f.readAnswer(t, s, dir, done.Answers[0])
	if len(c.Answers) != 3 || c.ID != newest || c.Epoch != online.Epoch || c.Hints != online.Hints {
		t.Errorf("%+v", c)
	}
	if len(body.News.Events) != 1 || body.News.Events[0].N != 2 || len(body.Catalogue)+len(body.Staff)+len(body.Trust) != 0 {
		t.Errorf("%d events, documents of %d, %d and %d bytes", len(body.News.Events), len(body.Catalogue), len(body.Staff), len(body.Trust))
	}
}

func TestBadBundlesAreReportedAndLeft(t *testing.T) {
	f, dir := newFixture(t), t.TempDir()
	s, other := f.enrolStation(t, "DL27"), f.enrolStation(t, "DL28")
	stranger := newStation(t, f, "DL27")
	unknown := newStation(t, f, "XX99")
	foreign := newFixture(t).enrolStation(t, "DL27")
	_, whole := s.bundle(t, wire.BundleClaim{}, s.dossier(t))
	changed := bytes.Clone(whole)
	changed[len(changed)/2] ^= 1
	sealed, err := stick.Unwrap(bytes.Clone(whole))
	must(t, err)
	sealed[len(sealed)-1] ^= 1
	file := func(s *station, c wire.BundleClaim, ps ...dossier.Packet) []byte {
		_, b := s.bundle(t, c, ps...)
		return b
	}
	bad := map[string][]byte{
		"half-written":           whole[:len(whole)/2],
		"changed":                changed,
		"changed and wrapped":    stick.Wrap(sealed),
		"of another province":    file(foreign, wire.BundleClaim{}, foreign.dossier(t)),
		"signed by a stranger":   file(stranger, wire.BundleClaim{}, stranger.dossier(t)),
		"of an unknown station":  file(unknown, wire.BundleClaim{}),
		"in another's name":      file(other, wire.BundleClaim{Station: "DL27"}),
		"with a path for an id":  file(s, wire.BundleClaim{ID: "../../../etc/cron.d/x"}),
		"somebody's photographs": []byte("\x89PNG and much more than an envelope takes, to be sure that it is read"),
	}
	names := map[string]string{}
	n := 0
	for name, data := range bad {
		id := strings.Repeat("0", 31) + string("0123456789abcdef"[n])
		n++
		names[id+string(stick.Up)] = name
		lay(t, dir, id, data)
	}
	big, err := os.Create(filepath.Join(dir, strings.Repeat("b", 32)+string(stick.Up)))
	must(t, err)
	must(t, big.Truncate(1<<40))
	must(t, big.Close())
	must(t, os.Symlink(filepath.Join(f.dir, "ledger.db"), filepath.Join(dir, strings.Repeat("c", 32)+string(stick.Up))))
	good, goodFile := s.bundle(t, wire.BundleClaim{}, s.dossier(t))
	lay(t, dir, good, goodFile)

	done, err := f.Import(t.Context(), dir)
	must(t, err)
	if len(done.Bundles) != len(bad)+3 || len(done.Answers) != 1 || done.Answers[0] != good+string(stick.Down) {
		t.Errorf("%d bundles, answers %v", len(done.Bundles), done.Answers)
	}
	for _, b := range done.Bundles {
		switch {
		case b.Name == good+string(stick.Up):
			if b.Err != nil || b.New != 1 {
				t.Errorf("the good one: %+v", b)
			}
		case b.Err == nil || b.Station != "":
			t.Errorf("%s: taken", names[b.Name])
		case names[b.Name] == "half-written" && !errors.Is(b.Err, stick.ErrUnfinished),
			b.Name[0] == 'b' && !errors.Is(b.Err, stick.ErrTooLarge), b.Name[0] == 'c' && !errors.Is(b.Err, stick.ErrNotRegular):
			t.Errorf("%s: %v", b.Name, b.Err)
		}
		if _, err := os.Lstat(filepath.Join(dir, b.Name)); err != nil {
			t.Errorf("%s is gone: %v", b.Name, err)
		}
	}
	if n := f.count(t); n != 1 {
		t.Errorf("%d dossiers", n)
	}
}

// Packets in a bundle are judged one by one, and each by its own signature.
func TestBadPacketsInABundle(t *testing.T) {
	f, dir := newFixture(t), t.TempDir()
	s, other := f.enrolStation(t, "DL27"), f.enrolStation(t, "DL28")
	stranger := newStation(t, f, "DL27")
	first := s.dossier(t)
	f.send(t, s, first)
	clash := s.dossier(t, func(h *dossier.Head) { h.ID = first.Head.ID })
	forged, good, theirs := stranger.dossier(t), s.dossier(t), other.dossier(t)
	id, file := s.bundle(t, wire.BundleClaim{}, clash, forged, dossier.Packet{JWS: []byte("x")}, theirs, good)
	lay(t, dir, id, file)
	done, err := f.Import(t.Context(), dir)
	must(t, err)
	if b := done.Bundles[0]; b.Packets != 5 || b.New != 2 || b.Refused != 3 {
		t.Errorf("%+v", b)
	}
	_, body := f.readAnswer(t, s, dir, id+string(stick.Down))
	var got []string
	for _, r := range body.News.Results {
		code := dossier.Code("held")
		if r.Problem != nil {
			code = r.Problem.Code
		}
		got = append(got, r.ID+" "+string(code))
	}
	want := []string{clash.Head.ID + " conflict", forged.Head.ID + " invalid", good.Head.ID + " held"}
	if strings.Join(got, ";") != strings.Join(want, ";") {
		t.Errorf("told %q, want %q: another station's receipt is not for this one", got, want)
	}
	if rec := f.put(t, other, theirs); rec.Code != http.StatusOK {
		t.Errorf("another station's packet was not kept: %d", rec.Code)
	}
}

// carry uploads a courier's file in two pieces, as tus says.
func (f *fixture) carry(t testing.TB, carrier *station, file []byte) wire.BundleName {
	t.Helper()
	sum := sha256.Sum256(file)
	name := wire.BundleName{SHA256: hex.EncodeToString(sum[:])}
	half := len(file) / 2
	rec := f.tus(t, carrier, "POST", wire.PathBundles, file[:half], wire.HeaderUploadLength, strconv.Itoa(len(file)), wire.HeaderUploadMetadata, name.Metadata(), "Content-Type", wire.TypeChunk)
	if rec.Code != http.StatusCreated || rec.Header().Get("Location") != name.Path() || rec.Header().Get(wire.HeaderUploadOffset) != strconv.Itoa(half) {
		t.Fatalf("%d %v %s", rec.Code, rec.Header(), rec.Body)
	}
	again := f.tus(t, carrier, "POST", wire.PathBundles, file[:half], wire.HeaderUploadLength, strconv.Itoa(len(file)), wire.HeaderUploadMetadata, name.Metadata(), "Content-Type", wire.TypeChunk)
	head := f.tus(t, carrier, "HEAD", name.Path(), nil)
	if again.Code != http.StatusCreated || head.Header().Get(wire.HeaderUploadOffset) != strconv.Itoa(half) {
		t.Errorf("a replay: %d, then %v", again.Code, head.Header())
	}
	if early := problem(t, f.do(t, carrier, "POST", name.Path(), nil)); early.Code != dossier.CodeConflict {
		t.Errorf("an answer before the whole: %+v", early)
	}
	if rec = f.tus(t, carrier, "PATCH", name.Path(), file[half:], wire.HeaderUploadOffset, strconv.Itoa(half), "Content-Type", wire.TypeChunk); rec.Code != http.StatusNoContent {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	return name
}

func (f *fixture) carriedFiles(t testing.TB) int {
	t.Helper()
	list, err := os.ReadDir(filepath.Join(f.dir, carriedDir))
	must(t, err)
	return len(list)
}

func TestUploadForAnotherStation(t *testing.T) {
	f := newFixture(t)
	s, carrier, other := f.enrolStation(t, "DL27"), f.enrolStation(t, "DL28"), f.enrolStation(t, "DL29")
	p := s.dossier(t)
	_, file := s.bundle(t, wire.BundleClaim{}, p)
	name := f.carry(t, carrier, file)
	rec := f.do(t, carrier, "POST", name.Path(), nil)
	if rec.Code != http.StatusOK || rec.Header().Get("Content-Type") != wire.TypeBundle {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	_, body := f.answer(t, s, rec.Body.Bytes())
	receipt := f.put(t, s, p).Body.String()
	if len(body.News.Results) != 1 || body.News.Results[0].Receipt != receipt {
		t.Errorf("%+v", body.News.Results)
	}
	sealed, err := stick.Unwrap(rec.Body.Bytes())
	must(t, err)
	if err := seal.Addressed(bytes.NewReader(sealed), carrier.keys.EventIdentity()); err == nil {
		t.Error("the carrier can read the answer")
	}
	if _, body = f.answer(t, s, f.do(t, carrier, "POST", name.Path(), nil).Body.Bytes()); body.News.Results[0].Receipt != receipt {
		t.Error("asked again, it has another effect")
	}
	if prob := problem(t, f.do(t, other, "POST", name.Path(), nil)); prob.Code != dossier.CodeNotFound {
		t.Errorf("somebody else's: %+v", prob)
	}
	if rec := f.tus(t, carrier, "DELETE", name.Path(), nil); rec.Code != http.StatusNoContent || f.carriedFiles(t) != 0 {
		t.Errorf("%d, %d files lie on", rec.Code, f.carriedFiles(t))
	}
	line := f.log.String()
	for _, canary := range []string{canaryName, canaryNumber, canaryPhone} {
		if strings.Contains(line, canary) || bytes.Contains(file, []byte(canary)) || bytes.Contains(rec.Body.Bytes(), []byte(canary)) {
			t.Errorf("%q is readable", canary)
		}
	}
	if bytes.Contains(file, []byte(s.code)) || bytes.Contains(file, []byte(p.Head.ID)) {
		t.Error("the file tells who sent it")
	}
}

func TestBadUploadsOfCouriers(t *testing.T) {
	f := newFixture(t)
	s, carrier := f.enrolStation(t, "DL27"), f.enrolStation(t, "DL28")
	_, file := s.bundle(t, wire.BundleClaim{}, s.dossier(t))
	half := f.carry(t, carrier, file[:len(file)-1])
	if prob := problem(t, f.do(t, carrier, "POST", half.Path(), nil)); prob.Code != dossier.CodeInvalid {
		t.Errorf("half a file: %+v", prob)
	}
	sum := sha256.Sum256(file)
	name := wire.BundleName{SHA256: hex.EncodeToString(sum[:])}
	post := func(who *station, length int, meta string, body []byte) dossier.Code {
		t.Helper()
		return problem(t, f.tus(t, who, "POST", wire.PathBundles, body, wire.HeaderUploadLength, strconv.Itoa(length), wire.HeaderUploadMetadata, meta, "Content-Type", wire.TypeChunk)).Code
	}
	other := bytes.Clone(file)
	other[len(other)/2] ^= 1
	for what, tc := range map[string]struct{ got, want dossier.Code }{
		"nobody":             {problem(t, f.do(t, nil, "POST", wire.PathBundles, file)).Code, dossier.CodeNotEnrolled},
		"too large":          {post(carrier, int(maxCarriedBytes)+1, name.Metadata(), nil), wire.CodeTooLarge},
		"too small":          {post(carrier, 3, name.Metadata(), nil), dossier.CodeInvalid},
		"a path":             {post(carrier, 300, wire.BundleName{SHA256: "../../ledger.db"}.Metadata(), nil), dossier.CodeInvalid},
		"no digest":          {post(carrier, 300, "", nil), dossier.CodeInvalid},
		"other bytes":        {post(carrier, len(file), name.Metadata(), other), wire.CodeChecksum},
		"another length":     {post(carrier, len(file)+1, name.Metadata(), file), dossier.CodeConflict},
		"more than is there": {problem(t, f.tus(t, carrier, "PATCH", name.Path(), append(bytes.Clone(file), 0), wire.HeaderUploadOffset, "0", "Content-Type", wire.TypeChunk)).Code, wire.CodeTooLarge},
		"a gap":              {problem(t, f.tus(t, carrier, "PATCH", name.Path(), file[9:], wire.HeaderUploadOffset, "9", "Content-Type", wire.TypeChunk)).Code, dossier.CodeConflict},
	} {
		if tc.got != tc.want {
			t.Errorf("%s: %s, want %s", what, tc.got, tc.want)
		}
	}
	if rec := f.tus(t, carrier, "PATCH", name.Path(), file, wire.HeaderUploadOffset, "0", "Content-Type", wire.TypeChunk); rec.Code != http.StatusNoContent {
		t.Errorf("after all that: %d %s", rec.Code, rec.Body)
	}
	for range maxUploads {
		f.uploads <- struct{}{}
	}
	if prob := problem(t, f.do(t, carrier, "POST", name.Path(), nil)); prob.Code != wire.CodeBusy {
		t.Errorf("too many: %+v", prob)
	}
	for range maxUploads {
		<-f.uploads
	}
	if n := f.count(t); n != 0 {
		t.Errorf("%d dossiers", n)
	}
	f.clock.Add(carriedLife + time.Hour)
	if prob := problem(t, f.do(t, carrier, "POST", name.Path(), nil)); prob.Code != dossier.CodeNotFound || f.carriedFiles(t) != 0 {
		t.Errorf("after a week: %+v, %d files", prob, f.carriedFiles(t))
	}
	for i := range maxCarried {
		n := wire.BundleName{SHA256: fmt.Sprintf("%064x", i)}
		f.tus(t, carrier, "POST", wire.PathBundles, nil, wire.HeaderUploadLength, "300", wire.HeaderUploadMetadata, n.Metadata())
	}
	if code := post(carrier, len(file), name.Metadata(), nil); code != wire.CodeTooMany {
		t.Errorf("more than a stick holds: %s", code)
	}
	if f.carry(t, s, file); f.carriedFiles(t) != maxCarried+1 {
		t.Error("one carrier's limits are another's")
	}
}

// A carrier that never comes back leaves nothing behind for good.
func TestASweepTakesAwayWhatNobodyCarriesOn(t *testing.T) {
	f := newFixture(t)
	s, carrier := f.enrolStation(t, "DL27"), f.enrolStation(t, "DL28")
	_, file := s.bundle(t, wire.BundleClaim{}, s.dossier(t))
	f.carry(t, carrier, file)
	for _, step := range []struct {
		after time.Duration
		stay  int
	}{{carriedLife, 1}, {time.Hour, 0}} {
		f.clock.Add(step.after)
		_, err := f.Sweep(t.Context())
		must(t, err)
		if n := f.carriedFiles(t); n != step.stay {
			t.Errorf("%d files, not %d", n, step.stay)
		}
	}
}

// A bundle that names more of an attachment than it holds is a fault of the bundle,
// also where the attachment had been begun by the network: those beside it are
// taken in all the same.
func TestABundleThatEndsWithinABegunAttachment(t *testing.T) {
	f, dir := newFixture(t), t.TempDir()
	s, other := f.enrolStation(t, "DL27"), f.enrolStation(t, "DL28")
	packet, pp := begun(t, f, s, 10_000, 4000)
	short, file := s.bundle(t, wire.BundleClaim{Files: []wire.BundleFile{{Packet: packet, SHA256: pp.SHA256, Size: pp.Size}}})
	sealed, err := stick.Unwrap(file)
	must(t, err)
	plain, err := seal.OpenBundle(sealed, maxSealedBytes, f.keys().identities("")...)
	must(t, err)
	sealed, err = seal.SealBundle(append(append(plain, wire.EndOfPackets...), pp.sealed[:100]...), s.to.Key)
	must(t, err)
	lay(t, dir, short, stick.Wrap(sealed))
	good, file := other.bundle(t, wire.BundleClaim{}, other.dossier(t))
	lay(t, dir, good, file)

	done, err := f.Import(t.Context(), dir)
	must(t, err)
	for _, b := range done.Bundles {
		if (b.Err == nil) != (b.Name == good+string(stick.Up)) {
			t.Errorf("%+v", b)
		}
	}
	if len(done.Answers) != 1 || f.count(t) != 1+1 {
		t.Errorf("answers %v, %d dossiers", done.Answers, f.count(t))
	}
	if at := f.offset(t, s, packet, pp); at != 4000 {
		t.Errorf("%d bytes of the attachment are here", at)
	}
}
