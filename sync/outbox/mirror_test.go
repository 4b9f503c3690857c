package outbox_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/outbox"
	"tramhoso/sync/prove"
	"tramhoso/sync/seal"
	"tramhoso/sync/store"
	"tramhoso/sync/wire"
)

func here() (outbox.Station, error) { return outbox.Station{Code: prove.StationCode}, nil }

// ownDisk says of one folder that it lies on a disk of its own, which a test's
// folders do not.
func ownDisk(stick string) func(string) (uint64, error) {
	return func(dir string) (uint64, error) {
		if dir != stick {
			return 1, nil
		}
		_, err := os.Stat(dir)
		return 2, err
	}
}

func (r *rig) mirror(stick string) *outbox.Mirror {
	m := outbox.NewMirror(r.store, stick, here, slog.New(slog.DiscardHandler))
	m.Device = ownDisk(stick)
	return m
}

func TestMirror(t *testing.T) {
	r, ctx := newRig(t), t.Context()
	stick := filepath.Join(r.dir, "stick")
	m := r.mirror(stick)
	s := r.submit(t, "one")
	if err := m.Pass(ctx); !errors.Is(err, outbox.ErrNoMedium) || m.State().Present {
		t.Fatalf("without a stick: %v, %+v", err, m.State())
	}
	if _, err := os.Stat(stick); !os.IsNotExist(err) {
		t.Fatal("the mirror made the stick's folder on the first medium")
	}
	must(t, os.Mkdir(stick, 0o700))
	// A power cut may have left half a file behind.
	must(t, os.WriteFile(filepath.Join(stick, "DL27-0000000001-x.packet.new"), []byte("half"), 0o600))
	r.submit(t, "two")
	for range 2 { // the second pass finds nothing to do
		must(t, m.Pass(ctx))
	}
	if st := m.State(); !st.Configured || !st.Present || st.Behind != 0 || st.Err != nil {
		t.Errorf("%+v", st)
	}
	files, err := filepath.Glob(filepath.Join(stick, "*.packet"))
	must(t, err)
	if len(files) != 2 {
		t.Fatalf("%d files", len(files))
	}
	raw, err := os.ReadFile(files[0])
	must(t, err)
	f, err := wire.DecodePacket(bytes.NewReader(raw), wire.PacketLimits)
	must(t, err)
	head, err := seal.Verify(f.JWS, f.Body, r.keys.PacketSigner().PublicKey())
	must(t, err)
	if head.ID != s.Packet {
		t.Errorf("the first file is packet %s", head.ID)
	}

	p, err := r.store.Packet(ctx, s.Packet)
	must(t, err)
	rec, compact, err := r.province.Receipt(p, 1, start)
	must(t, err)
	_, err = r.store.Held(ctx, rec, compact)
	must(t, err)
	must(t, r.store.Durable(ctx, "", 1))
	_, err = r.store.Sweep(ctx)
	must(t, err)
	must(t, m.Pass(ctx))
	if _, err := os.Stat(files[0]); !os.IsNotExist(err) {
		t.Errorf("what the portal backed up stays on the stick: %v", err)
	}
}

// A stick that is put in later gets everything, and one that fails is stated
// while submitting goes on.
func TestMirrorRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		s, err := store.Open(t.Context(), filepath.Join(dir, "store"), store.Options{})
		must(t, err)
		defer func() { must(t, s.Close()) }()
		stick := filepath.Join(dir, "stick")
		m := outbox.NewMirror(s, stick, here, slog.New(slog.DiscardHandler))
		m.Device = ownDisk(stick)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- m.Run(ctx) }()
		commit(t, s, "t", dossier.KindHealth)
		time.Sleep(time.Minute)
		if st := m.State(); st.Present || st.Err == nil || st.How != outbox.HowAbsent || st.Behind != 1 {
			t.Errorf("no stick: %+v", st)
		}
		must(t, os.Mkdir(stick, 0o700))
		time.Sleep(time.Minute)
		if st := m.State(); st.How != outbox.HowWell || st.Behind != 0 || st.Written.IsZero() {
			t.Errorf("a stick that came: %+v", st)
		}
		if rest, err := s.Unmirrored(t.Context(), 10); err != nil || len(rest) != 0 {
			t.Errorf("%d left, %v, %+v", len(rest), err, m.State())
		}
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

// A file system that hangs keeps nobody waiting, and is told of; one that comes
// back goes on.
func TestMirrorHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		s, err := store.Open(t.Context(), filepath.Join(dir, "store"), store.Options{Log: slog.New(slog.DiscardHandler)})
		must(t, err)
		defer func() { must(t, s.Close()) }()
		stick := filepath.Join(dir, "stick")
		must(t, os.Mkdir(stick, 0o700))
		m := outbox.NewMirror(s, stick, here, slog.New(slog.DiscardHandler))
		m.Device = func(of string) (uint64, error) {
			time.Sleep(10 * time.Minute)
			return ownDisk(stick)(of)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- m.Run(ctx) }()
		time.Sleep(4 * time.Minute)
		if st := m.State(); st.How != outbox.HowUnknown {
			t.Errorf("a slow stick: %+v", st)
		}
		time.Sleep(4 * time.Minute)
		commit(t, s, "t", dossier.KindHealth)
		if st := m.State(); st.How != outbox.HowSlow {
			t.Errorf("a stick that hangs: %+v", st)
		}
		time.Sleep(time.Hour)
		if rest, err := s.Unmirrored(t.Context(), 10); err != nil || len(rest) != 0 {
			t.Errorf("%d left, %v, %+v", len(rest), err, m.State())
		}
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}
