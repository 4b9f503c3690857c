package audit

import (
	"crypto/ed25519"
	"errors"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"tramhoso/sync/clock"
	"tramhoso/sync/dossier"
)

const origin = "tramhoso/DL27"

var key = ed25519.NewKeyFromSeed(make([]byte, 32))

func newLog() (*Log, *Memory, *clock.Fake) {
	c := clock.NewFake(time.Date(2026, 7, 14, 9, 24, 0, 0, time.UTC))
	m := NewMemory()
	return New(m, NewSigner(origin, key), c), m, c
}

func verifier(t testing.TB, name string) note.Verifier {
	t.Helper()
	v, err := NewVerifier(name, key.Public().(ed25519.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func mustAppend(t testing.TB, l *Log, n int) {
	t.Helper()
	for range n {
		if _, err := l.Append("slip.reprint", "019f6a1e-0000-7000-8000-000000000001"); err != nil {
			t.Fatal(err)
		}
	}
}

func checkpoint(t testing.TB, l *Log) tlog.Tree {
	t.Helper()
	signed, err := l.Checkpoint()
	if err != nil {
		t.Fatal(err)
	}
	tree, err := ReadCheckpoint(signed, verifier(t, origin))
	if err != nil {
		t.Fatalf("%v in\n%s", err, signed)
	}
	return tree
}

// The bytes that stations in the field signed.
func TestCheckpointForm(t *testing.T) {
	l, _, _ := newLog()
	mustAppend(t, l, 3)
	signed, err := l.Checkpoint()
	if err != nil {
		t.Fatal(err)
	}
	const want = "tramhoso/DL27\n3\n"
	if !strings.HasPrefix(signed, want) || !strings.Contains(signed, "\n\n— tramhoso/DL27 ") {
		t.Errorf("checkpoint is\n%s", signed)
	}
	r, err := l.Read(2)
	if err != nil || r.N != 2 || r.Kind != "slip.reprint" || r.At.Boot != "fake" {
		t.Errorf("record: %+v, %v", r, err)
	}
	leaf, err := Leaf(0, dossier.Stamp{Wall: time.Unix(0, 0).UTC(), Source: dossier.TimeSystem, Boot: "b", MonoMs: 1}, "staff.login", "NV-01")
	const golden = `{"n":0,"at":{"wall":"1970-01-01T00:00:00Z","source":"system","boot":"b","mono_ms":1},"kind":"staff.login","ref":"NV-01"}`
	if err != nil || string(leaf) != golden {
		t.Errorf("leaf is %s, %v", leaf, err)
	}
}

func TestEmptyLog(t *testing.T) {
	l, _, _ := newLog()
	tree := checkpoint(t, l)
	if tree.N != 0 {
		t.Errorf("empty log has size %d", tree.N)
	}
	if err := l.Verify(tree); err != nil {
		t.Error(err)
	}
}

func TestGrowthIsProvable(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		l, _, _ := newLog()
		mustAppend(t, l, rapid.IntRange(1, 40).Draw(rt, "before"))
		old := checkpoint(t, l)
		mustAppend(t, l, rapid.IntRange(0, 40).Draw(rt, "after"))
		now := checkpoint(t, l)
		p, err := l.Prove(old.N, now.N)
		if err != nil {
			rt.Fatal(err)
		}
		if err := tlog.CheckTree(p, now.N, now.Hash, old.N, old.Hash); err != nil {
			rt.Fatal(err)
		}
		if err := l.Verify(old); err != nil {
			rt.Fatal(err)
		}
		if err := l.Verify(now); err != nil {
			rt.Fatal(err)
		}
	})
}

func TestAlteredLogIsNoticed(t *testing.T) {
	for name, damage := range map[string]func(*Memory){
		"changed": func(m *Memory) { m.leaves[3][10] ^= 1 },
		"removed": func(m *Memory) { m.leaves = m.leaves[:len(m.leaves)-1] },
		"swapped": func(m *Memory) { m.leaves[1], m.leaves[2] = m.leaves[2], m.leaves[1] },
	} {
		l, m, _ := newLog()
		mustAppend(t, l, 9)
		tree := checkpoint(t, l)
		damage(m)
		if err := l.Verify(tree); !errors.Is(err, ErrAltered) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCheckpointRefused(t *testing.T) {
	l, _, _ := newLog()
	mustAppend(t, l, 5)
	signed, err := l.Checkpoint()
	if err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string]string{
		"size":  strings.Replace(signed, "\n5\n", "\n4\n", 1),
		"empty": "",
		"cut":   signed[:len(signed)-8],
	} {
		if _, err := ReadCheckpoint(bad, verifier(t, origin)); dossier.CodeOf(err) != dossier.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := ReadCheckpoint(signed, verifier(t, "tramhoso/DL28")); err == nil {
		t.Error("a checkpoint of another station was accepted")
	}
}

func TestNoWordsOfPeople(t *testing.T) {
	l, m, _ := newLog()
	for _, c := range [][2]string{{"", "x"}, {"staff login", "x"}, {"x", "Nguyễn Văn A"}, {"x", "0123 456"}, {"x", strings.Repeat("a", 65)}} {
		if _, err := l.Append(c[0], c[1]); dossier.CodeOf(err) != dossier.CodeInvalid {
			t.Errorf("%q: %v", c, err)
		}
	}
	if n, _ := m.Size(); n != 0 {
		t.Errorf("%d refused records were kept", n)
	}
	if _, err := l.Append("station.start", ""); err != nil {
		t.Errorf("a record without reference: %v", err)
	}
}

func TestMemoryRefusesGaps(t *testing.T) {
	m := NewMemory()
	if err := m.Append(1, []byte("x"), nil); err == nil {
		t.Error("leaf 1 was stored before leaf 0")
	}
	if _, err := m.ReadHashes([]int64{0}); err == nil {
		t.Error("a hash that is not there was read")
	}
	if _, err := m.Leaf(0); err == nil {
		t.Error("a leaf that is not there was read")
	}
}
