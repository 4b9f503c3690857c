package courier_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tramhoso/sync/courier"
	"tramhoso/sync/dossier"
	"tramhoso/sync/outbox"
	"tramhoso/sync/wire"
	"tramhoso/sync/wire/stick"
)

// bearer takes others' bundles in pieces, and writes down who was asked what.
type bearer struct {
	did    []string
	answer io.Reader // nil: a whole one
	hold   int       // the turn that is refused; 0: none is
	turns  int
	fail   error // of the turn
}

const bearerChunk = 100

func (b *bearer) turn(context.Context) error {
	b.did = append(b.did, "turn")
	if b.turns++; b.turns == b.hold {
		return b.fail
	}
	return nil
}

func (b *bearer) CarryBundle(_ context.Context, _ string, _ io.ReaderAt, size, from int64) (int64, error) {
	b.did = append(b.did, "chunk")
	return min(max(from, 0)+bearerChunk, size), nil
}

func (b *bearer) AnswerBundle(_ context.Context, _ string, take func(io.Reader) error) error {
	b.did = append(b.did, "answer")
	if b.answer != nil {
		return take(b.answer)
	}
	return take(bytes.NewReader(stick.Wrap([]byte("sealed"))))
}

func (b *bearer) DropBundle(context.Context, string) error { return nil }

// others lays bundles of somebody else on the stick, the first the newest.
func (r *rig) others(sizes ...int) {
	r.t.Helper()
	for i, n := range sizes {
		name := filepath.Join(r.dir, strings.Repeat(string(rune('a'+i)), 32)+string(stick.Up))
		must(r.t, os.WriteFile(name, stick.Wrap(make([]byte, n-stick.EnvelopeBytes)), 0o600))
		must(r.t, os.Chtimes(name, begin, begin.Add(-time.Duration(i)*time.Minute)))
	}
}

func (r *rig) onStick() (names []string) {
	r.t.Helper()
	list, err := os.ReadDir(r.dir)
	must(r.t, err)
	for _, e := range list {
		names = append(names, strings.TrimLeft(e.Name(), "0123456789abcdef"))
	}
	slices.Sort(names)
	return names
}

// Before each chunk and each answer somebody is asked whether it may go.
func TestEachChunkAsksForItsTurn(t *testing.T) {
	r := newRig(t)
	r.others(250)
	b := &bearer{}
	done, err := r.st.Courier.Relay(t.Context(), r.dir, b, b.turn, nil)
	if err != nil || done.Answered != 1 || done.Why != outbox.WhyNothing {
		t.Errorf("%+v, %v", done, err)
	}
	if d := cmp.Diff(strings.Fields("turn chunk turn chunk turn chunk turn answer"), b.did); d != "" {
		t.Error(d)
	}
}

// Whatever holds the rest back is told with what was reached, and is no error.
func TestARelayThatIsHeldBack(t *testing.T) {
	for hold, want := range map[int]struct {
		did      string
		answered int
		left     []string
	}{
		1: {"turn", 0, []string{".tramup", ".tramup"}},
		2: {"turn chunk turn", 0, []string{".tramup", ".tramup"}},
		3: {"turn chunk turn chunk turn", 0, []string{".tramup", ".tramup"}},
		4: {"turn chunk turn chunk turn answer turn", 1, []string{".tramdown", ".tramup", ".tramup"}},
	} {
		r := newRig(t)
		r.others(150, 150)
		b := &bearer{hold: hold, fail: &outbox.Held{Why: outbox.WhyPaused}}
		done, err := r.st.Courier.Relay(t.Context(), r.dir, b, b.turn, nil)
		if err != nil || done.Answered != want.answered || done.Why != outbox.WhyPaused || len(done.Files) != want.answered {
			t.Errorf("%d: %+v, %v", hold, done, err)
		}
		if d := cmp.Diff(strings.Fields(want.did), b.did); d != "" {
			t.Errorf("%d:\n%s", hold, d)
		}
		if d := cmp.Diff(want.left, r.onStick()); d != "" {
			t.Errorf("%d: on the stick\n%s", hold, d)
		}
	}
	r := newRig(t)
	r.others(150)
	b := &bearer{hold: 1, fail: dossier.Errorf(dossier.CodeStorageReadOnly, "the disk is broken")}
	if done, err := r.st.Courier.Relay(t.Context(), r.dir, b, b.turn, nil); dossier.CodeOf(err) != dossier.CodeStorageReadOnly || done.Why != outbox.WhyNothing {
		t.Errorf("%+v, %v", done, err)
	}
}

// endless is an answer without an end.
type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

// An answer that no portal of ours would write is no fault of the file on the
// stick: that one waits for another time, and those behind it go on.
func TestAnswersOfNoUse(t *testing.T) {
	for name, tt := range map[string]struct {
		answer   func() io.Reader
		code     dossier.Code
		answered int
	}{
		"not one of ours": {func() io.Reader { return strings.NewReader("<html>somebody's page, long enough to be a file of ours") }, wire.CodeInternal, 1},
		"without an end":  {func() io.Reader { return endless{} }, wire.CodeInternal, 1},
		"half":            {func() io.Reader { return bytes.NewReader(stick.Wrap(make([]byte, 500))[:300]) }, dossier.CodeNoNetwork, 0},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.others(150, 150)
			b := &once{answers: []io.Reader{tt.answer()}}
			done, err := r.st.Courier.Relay(t.Context(), r.dir, b, b.turn, nil)
			if dossier.CodeOf(err) != tt.code || done.Answered != tt.answered || len(done.Files) != tt.answered {
				t.Errorf("%+v, %v", done, err)
			}
			if n, err := r.st.Courier.Others(t.Context(), r.dir); err != nil || n != 2-tt.answered {
				t.Errorf("%d wait: %v", n, err)
			}
			b = &once{}
			if done, err = r.st.Courier.Relay(t.Context(), r.dir, b, b.turn, nil); err != nil || done.Answered != 2-tt.answered {
				t.Errorf("another time: %+v, %v", done, err)
			}
		})
	}
}

// once gives some answers before the whole ones.
type once struct {
	bearer
	answers []io.Reader
}

func (o *once) AnswerBundle(ctx context.Context, sum string, take func(io.Reader) error) error {
	o.answer = nil
	if len(o.answers) > 0 {
		o.answer, o.answers = o.answers[0], o.answers[1:]
	}
	return o.bearer.AnswerBundle(ctx, sum, take)
}

// What is wrong with a file on the stick is said of it, and the others go on.
func TestFilesOfNoUse(t *testing.T) {
	r := newRig(t)
	r.others(150, 150, 150)
	spoil := func(id string, raw []byte) {
		must(t, os.WriteFile(filepath.Join(r.dir, strings.Repeat(id, 32)+string(stick.Up)), raw, 0o600))
	}
	spoil("a", stick.Wrap(make([]byte, 100))[:90])
	spoil("b", []byte("a holiday's picture, and no envelope"))
	b := &bearer{}
	done, err := r.st.Courier.Relay(t.Context(), r.dir, b, b.turn, nil)
	if err != nil || done.Answered != 1 || len(done.Files) != 3 {
		t.Fatalf("%+v, %v", done, err)
	}
	for _, want := range []error{stick.ErrUnfinished, stick.ErrNotOurs} {
		if !slices.ContainsFunc(done.Files, func(f courier.File) bool { return errors.Is(f.Err, want) }) {
			t.Errorf("no file is %v: %+v", want, done.Files)
		}
	}
}
