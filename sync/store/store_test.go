package store

import (
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"tramhoso/sync/dossier"
)

// quickChecks keeps the property test to a few seconds, since every power cut
// opens a database anew; -rapid.checks asks for more.
const quickChecks = "20"

func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", quickChecks); err != nil {
		panic(err)
	}
	flag.Parse() // the command line has the last word
	goleak.VerifyTestMain(m)
}

// bench is a store on a clock that a test moves.
type bench struct {
	*Store
	clock time.Time
}

func open(t testing.TB, dir string, o Options) *bench {
	t.Helper()
	b := &bench{clock: time.Date(2026, 7, 14, 9, 24, 0, 0, time.UTC)}
	if o.Now == nil {
		o.Now = func() time.Time { return b.clock }
	}
	s, err := Open(t.Context(), dir, o)
	if err != nil {
		t.Fatal(err)
	}
	b.Store = s
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

// powerCut copies the folder as it lies on the disk at this moment, with the
// program still running, and returns the copy.
func powerCut(t testing.TB, dir string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "after")
	if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return to
}

// frozen is a packet as far as the store looks into it.
func frozen(seq uint64, kind dossier.PacketKind, body string) dossier.Packet {
	return frozenHead(dossier.Head{ID: fmt.Sprintf("p-%d", seq), Kind: kind, Station: "DL27", Seq: seq}, body)
}

func frozenHead(h dossier.Head, body string) dossier.Packet {
	head, err := json.Marshal(h)
	if err != nil {
		panic(err)
	}
	jws := "e30." + base64.RawURLEncoding.EncodeToString(head) + ".AA"
	return dossier.Packet{Head: h, JWS: []byte(jws), Body: []byte(body)}
}

func digestOf(seq uint64) string { return fmt.Sprintf("digest-%d", seq) }

// visit is the submission of an ordinary dossier.
func visit(token string) Submission {
	return Submission{Token: token, Slip: true, Build: func(seq, serial uint64) (Rows, error) {
		p := frozen(seq, dossier.KindDossier, "sealed body of "+token)
		return Rows{
			Packet: p, Digest: digestOf(seq), Priority: PriorityPacket,
			Dossier: &Dossier{Slip: fmt.Sprintf("DL27-%06d", serial), CitizenKey: []byte("key"), IDIndex: "idx"},
			Print:   &Print{Kind: "slip", Sealed: []byte("paper"), Key: []byte("wrapped")},
			Cards: []Card{
				{Packet: p.Head.ID, Class: ClassCitizen, Mark: "first", Sealed: []byte("citizen")},
				{Packet: p.Head.ID, Class: ClassCounter, Mark: "first", Sealed: []byte("counter")},
			},
		}, nil
	}}
}

// handover is the submission that hands a dossier over.
func handover(token, packet string) Submission {
	return Submission{Token: token, Build: func(seq, _ uint64) (Rows, error) {
		return Rows{Packet: frozen(seq, dossier.KindHandover, "who collected"), Digest: digestOf(seq),
			Priority: PriorityHandover, HandOver: packet}, nil
	}}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestOpenRefuses(t *testing.T) {
	good := func(t *testing.T) string {
		dir := t.TempDir()
		s, err := Open(t.Context(), dir, Options{})
		must(t, err)
		must(t, s.Close())
		return dir
	}
	tests := []struct {
		name  string
		spoil func(t *testing.T, dir string)
		code  dossier.Code
		is    error
	}{
		{"a folder marked read-only", func(t *testing.T, dir string) {
			must(t, os.Chmod(dir, 0o555))
			t.Cleanup(func() { must(t, os.Chmod(dir, 0o755)) })
		}, dossier.CodeStorageReadOnly, nil},
		{"a schema from the future", func(t *testing.T, dir string) {
			db, err := sql.Open("sqlite", dsn(filepath.Join(dir, fileName), false))
			must(t, err)
			_, err = db.Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, 1)`)
			must(t, err)
			must(t, db.Close())
		}, dossier.CodeStorageNewer, ErrFuture},
		{"a damaged database", func(t *testing.T, dir string) {
			name := filepath.Join(dir, fileName)
			b, err := os.ReadFile(name)
			must(t, err)
			for i := 4096; i < len(b); i++ {
				b[i] ^= 0x5a
			}
			must(t, os.WriteFile(name, b, 0o600))
		}, dossier.CodeStorageDamaged, ErrDamaged},
		{"something that is no database", func(t *testing.T, dir string) {
			must(t, os.WriteFile(filepath.Join(dir, fileName), []byte("not a database, and long enough to be looked at"), 0o600))
		}, dossier.CodeStorageDamaged, ErrDamaged},
		{"a folder that is a file", func(t *testing.T, dir string) {
			must(t, os.RemoveAll(dir))
			must(t, os.WriteFile(dir, nil, 0o600))
		}, dossier.CodeStorageReadOnly, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := good(t)
			tt.spoil(t, dir)
			s, err := Open(t.Context(), dir, Options{})
			if err == nil {
				must(t, s.Close())
				t.Fatal("opened")
			}
			if got := dossier.CodeOf(err); got != tt.code {
				t.Errorf("code %q, want %q: %v", got, tt.code, err)
			}
			if tt.is != nil && !errors.Is(err, tt.is) {
				t.Errorf("%v is not %v", err, tt.is)
			}
		})
	}
}

func TestOpenRefusesASecondProgram(t *testing.T) {
	b := open(t, t.TempDir(), Options{})
	if _, err := Open(t.Context(), b.Dir(), Options{}); !errors.Is(err, ErrInUse) || dossier.CodeOf(err) != dossier.CodeStorageInUse {
		t.Fatalf("got %v, want ErrInUse", err)
	}
}

func TestOddFolderNames(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "điểm ? & % #1")
	b := open(t, dir, Options{})
	if _, err := b.Commit(t.Context(), visit("t")); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, fileName)); err != nil {
		t.Fatal(err)
	}
}

func TestPragmas(t *testing.T) {
	b := open(t, t.TempDir(), Options{})
	for _, db := range []*sql.DB{b.write, b.read} {
		for pragma, want := range map[string]string{
			"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "5000", "secure_delete": "1",
		} {
			var got string
			must(t, db.QueryRow("PRAGMA "+pragma).Scan(&got))
			if got != want {
				t.Errorf("%s = %s, want %s", pragma, got, want)
			}
		}
	}
	if _, err := b.read.Exec(`DELETE FROM packets`); err == nil {
		t.Error("the reader pool can write")
	}
}

func TestBudget(t *testing.T) {
	const typical = VisitBytes + TypicalPapers
	free := int64(Reserve + LargestVisit + 2*typical)
	b := open(t, t.TempDir(), Options{Free: func(string) (int64, error) { return free, nil }})
	n, err := b.VisitsLeft()
	must(t, err)
	if n != 3 {
		t.Errorf("%d visits left, want 3", n)
	}
	must(t, b.CanStart(t.Context()))
	free = Reserve + LargestVisit
	if n, err := b.VisitsLeft(); err != nil || n != 1 {
		t.Errorf("%d visits left, want this one: %v", n, err)
	}
	free-- // no room for all the papers that it may have
	if got := dossier.CodeOf(b.CanStart(t.Context())); got != dossier.CodeStorageFull {
		t.Errorf("code %q, want %q", got, dossier.CodeStorageFull)
	}
	if _, err := b.Commit(t.Context(), visit("begun before")); err != nil {
		t.Errorf("a visit already begun lives off the reserve: %v", err)
	}
}

// The visits to come are taken to be as the last ones were, once there are enough
// of them; what a visit may have is always kept free.
func TestBudgetKnowsThePapers(t *testing.T) {
	b := open(t, t.TempDir(), Options{Free: func(string) (int64, error) { return Reserve + LargestVisit + 100<<20, nil }})
	left := func() int {
		n, err := b.VisitsLeft()
		must(t, err)
		return n
	}
	if n, want := left(), 1+(100<<20)/(VisitBytes+TypicalPapers); n != want {
		t.Errorf("%d visits left, want %d", n, want)
	}
	const paper = 64 << 10
	for i := range enoughDossiers {
		draft := fmt.Sprint("draft", i)
		a := b.add(t, draft, strings.Repeat(fmt.Sprint(i%10), paper-i))
		sub := visit(draft)
		sub.Build = func(seq, serial uint64) (Rows, error) {
			r, err := visit(draft).Build(seq, serial)
			h := r.Packet.Head
			h.Attachments = []dossier.Attachment{a}
			r.Packet = frozenHead(h, "sealed")
			return r, err
		}
		_, err := b.Commit(t.Context(), sub)
		must(t, err)
	}
	if n, least := left(), 1+(100<<20)/(VisitBytes+paper); n < least || n > least+2 {
		t.Errorf("%d visits left, want about %d", n, least)
	}
}

func TestBudgetQuota(t *testing.T) {
	b := open(t, t.TempDir(), Options{Quota: 1, Free: func(string) (int64, error) { return 1 << 40, nil }})
	n, err := b.VisitsLeft()
	must(t, err)
	if n != 0 {
		t.Errorf("%d visits left beyond the quota", n)
	}
}

// The screen and a technician's test may ask in the same moment.
func TestCanStartAskedTwiceAtOnce(t *testing.T) {
	b := open(t, t.TempDir(), Options{})
	var asking sync.WaitGroup
	for range 4 {
		asking.Go(func() {
			for range 25 {
				if err := b.CanStart(t.Context()); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	asking.Wait()
}

func TestCanStartSeesAFolderTurnedReadOnly(t *testing.T) {
	b := open(t, t.TempDir(), Options{})
	must(t, os.Chmod(b.Dir(), 0o555))
	t.Cleanup(func() { must(t, os.Chmod(b.Dir(), 0o755)) })
	if got := dossier.CodeOf(b.CanStart(t.Context())); got != dossier.CodeStorageReadOnly {
		t.Errorf("code %q", got)
	}
}

func TestDocuments(t *testing.T) {
	b, ctx := open(t, t.TempDir(), Options{}), t.Context()
	if _, err := b.Document(ctx, DocCatalogue); dossier.CodeOf(err) != dossier.CodeNotFound {
		t.Errorf("an absent document: %v", err)
	}
	must(t, b.PutDocument(ctx, DocCatalogue, "v1", []byte("one")))
	must(t, b.PutDocument(ctx, DocCatalogue, "v2", []byte("two")))
	d, err := b.Document(ctx, DocCatalogue)
	must(t, err)
	if d.Tag != "v2" || string(d.Content) != "two" || !d.At.Equal(b.clock) {
		t.Errorf("got %+v", d)
	}
}

func TestChangedWakesOnce(t *testing.T) {
	b := open(t, t.TempDir(), Options{})
	ear, stop := b.Changed()
	for i := range 3 {
		_, err := b.Commit(context.Background(), visit(fmt.Sprint(i)))
		must(t, err)
	}
	<-ear
	select {
	case <-ear:
		t.Error("woken twice without looking")
	default:
	}
	stop()
	_, err := b.Commit(context.Background(), visit("last"))
	must(t, err)
	select {
	case <-ear:
		t.Error("woken after the end")
	default:
	}
}
