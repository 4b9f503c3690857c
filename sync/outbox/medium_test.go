package outbox_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"tramhoso/sync/dossier"
	"tramhoso/sync/outbox"
	"tramhoso/sync/prove"
	"tramhoso/sync/store"
)

func packetsOn(t *testing.T, stick string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(stick, "*.packet"))
	must(t, err)
	return files
}

// A medium that is not for this is left as it is, and said to be.
func TestMediaThatAreNotTaken(t *testing.T) {
	tests := []struct {
		name  string
		lay   map[string]string // on the stick
		disk  func(string) (uint64, error)
		want  error
		taken bool
		how   outbox.How
	}{
		{"an empty one", nil, nil, nil, true, outbox.HowWell},
		{"one that a system has touched", map[string]string{"System Volume Information": ""}, nil, nil, true, outbox.HowWell},
		{"this station's", map[string]string{"tramhoso-mirror": prove.StationCode + "\n"}, nil, nil, true, outbox.HowWell},
		{"this station's from before it was marked", map[string]string{prove.StationCode + "-0000000001-x.packet": "old"}, nil, nil, true, outbox.HowWell},
		{"another station's", map[string]string{"tramhoso-mirror": "DL99\n"}, nil, outbox.ErrOtherMedium, false, outbox.HowOther},
		{"somebody's photographs", map[string]string{"DCIM0001.jpg": "x"}, nil, outbox.ErrForeign, false, outbox.HowForeign},
		{"a mount point without its stick", nil, func(string) (uint64, error) { return 1, nil }, outbox.ErrSameMedium, false, outbox.HowAbsent},
		{"a storage that was set back", map[string]string{prove.StationCode + "-0000000009-x.packet": "newer"}, nil, outbox.ErrSetBack, false, outbox.HowSetBack},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t)
			stick := filepath.Join(r.dir, "stick")
			must(t, os.Mkdir(stick, 0o700))
			for name, text := range tt.lay {
				must(t, os.WriteFile(filepath.Join(stick, name), []byte(text), 0o600))
			}
			m := r.mirror(stick)
			if tt.disk != nil {
				m.Device = tt.disk
			}
			before := len(packetsOn(t, stick))
			r.submit(t, "one")
			if err := m.Pass(t.Context()); !errors.Is(err, tt.want) || tt.want == nil && err != nil {
				t.Errorf("got %v, want %v", err, tt.want)
			}
			if taken := len(packetsOn(t, stick)) > before; taken != tt.taken {
				t.Errorf("written to: %v", taken)
			}
			if st := m.State(); st.How != tt.how || (st.Err == nil) != (tt.want == nil) {
				t.Errorf("the state is %+v, not %s", st, tt.how)
			}
		})
	}
}

// Another medium in the place of one that was full of mirrored packets, or one
// that lost some of them, gets what is not on it.
func TestAnotherMediumGetsEverything(t *testing.T) {
	r, ctx := newRig(t), t.Context()
	stick := filepath.Join(r.dir, "stick")
	must(t, os.Mkdir(stick, 0o700))
	m := r.mirror(stick)
	for _, tap := range []string{"one", "two", "three"} {
		r.submit(t, tap)
	}
	must(t, m.Pass(ctx))
	all := packetsOn(t, stick)
	if len(all) != 3 {
		t.Fatalf("%d packets", len(all))
	}
	away := filepath.Join(r.dir, "away")
	must(t, os.Rename(stick, away))
	if err := m.Pass(ctx); !errors.Is(err, outbox.ErrNoMedium) {
		t.Fatal(err)
	}
	must(t, os.Mkdir(stick, 0o700))
	must(t, m.Pass(ctx))
	if got := packetsOn(t, stick); len(got) != 3 {
		t.Errorf("the new stick has %d packets", len(got))
	}
	must(t, os.RemoveAll(stick))
	if err := m.Pass(ctx); !errors.Is(err, outbox.ErrNoMedium) {
		t.Fatal(err)
	}
	must(t, os.Remove(filepath.Join(away, filepath.Base(all[1]))))
	must(t, os.Rename(away, stick))
	must(t, m.Pass(ctx))
	if got := packetsOn(t, stick); len(got) != 3 {
		t.Errorf("the old stick has %d packets again", len(got))
	}
}

// The ciphertext of attachments goes along, and goes with its packet.
func TestMirrorAttachments(t *testing.T) {
	r, ctx := newRig(t), t.Context()
	stick := filepath.Join(r.dir, "stick")
	must(t, os.Mkdir(stick, 0o700))
	sealed := bytes.Repeat([]byte("ciphertext"), 30_000)
	a := dossier.Attachment{SHA256: sumOf(sealed), Size: int64(len(sealed)), Role: "paper"}
	got, err := r.store.AddFile(ctx, "draft", "paper", func(w io.Writer) (dossier.Attachment, error) {
		_, err := w.Write(sealed)
		return a, err
	})
	must(t, err)
	commitWith(t, r.store, got)
	m := r.mirror(stick)
	must(t, m.Pass(ctx))
	raw, err := os.ReadFile(filepath.Join(stick, a.SHA256+".file"))
	must(t, err)
	if !bytes.Equal(raw, sealed) {
		t.Error("the attachment is another")
	}
}

const inNamespace = "MIRROR_TEST_NAMESPACE"

// Sticks that are full, read-only or torn out are real ones here: file systems in
// memory, mounted in a namespace of the test's own.
func TestRealMedia(t *testing.T) {
	if os.Getenv(inNamespace) == "" {
		cmd := exec.Command(os.Args[0], "-test.run", "^TestRealMedia$", "-test.v")
		cmd.Env = append(os.Environ(), inNamespace+"=1")
		cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWUSER,
			UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
			GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}}
		out, err := cmd.CombinedOutput()
		if err != nil || !strings.Contains(string(out), "--- PASS: TestRealMedia") {
			t.Fatalf("in a namespace of its own: %v\n%s", err, out)
		}
		return
	}
	r, ctx := newRig(t), t.Context()
	stick := filepath.Join(r.dir, "stick")
	must(t, os.Mkdir(stick, 0o700))
	m := outbox.NewMirror(r.store, stick, here, slog.New(slog.DiscardHandler)) // with the disks as they are
	var told []outbox.How
	m.OnState(func(st outbox.MirrorState) { told = append(told, st.How) })
	state := func(how outbox.How, behind int, written time.Time) {
		t.Helper()
		st := m.State()
		present := how != outbox.HowAbsent
		if st.How != how || st.Behind != behind || !st.Written.Equal(written) || st.Present != present || (st.Err == nil) != (how == outbox.HowWell) {
			t.Errorf("%+v; not %s, %d behind, written %s", st, how, behind, written)
		}
		if n := len(told); n == 0 || told[n-1] != how {
			t.Errorf("told %q, not %s", told, how)
		}
	}
	r.submit(t, "one")
	if err := m.Pass(ctx); !errors.Is(err, outbox.ErrSameMedium) {
		t.Fatalf("no stick on the mount point: %v", err)
	}
	state(outbox.HowAbsent, 1, time.Time{})
	mount := func(options string) {
		t.Helper()
		must(t, unix.Mount("none", stick, "tmpfs", 0, options))
	}
	pull := func() {
		t.Helper()
		must(t, unix.Unmount(stick, unix.MNT_DETACH))
	}
	t.Cleanup(func() { _ = unix.Unmount(stick, unix.MNT_DETACH) }) // before the folder is removed, whatever failed
	mount("size=1m")
	r.clock.Add(time.Minute)
	must(t, m.Pass(ctx))
	first := r.clock.Now()
	state(outbox.HowWell, 0, first)
	r.clock.Add(time.Hour)
	must(t, m.Pass(ctx))
	state(outbox.HowWell, 0, first) // a look is no writing
	var used unix.Statfs_t
	must(t, unix.Statfs(stick, &used))
	pages := used.Blocks - used.Bfree + 1 // room for a page more, which no packet has enough of
	must(t, unix.Mount("none", stick, "tmpfs", unix.MS_REMOUNT, fmt.Sprint("size=", pages*uint64(used.Bsize))))
	for _, tap := range []string{"two", "three", "four"} {
		r.submit(t, tap)
	}
	if err := m.Pass(ctx); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("a full stick: %v", err)
	}
	on := packetsOn(t, stick)
	state(outbox.HowFull, 4-len(on), first)
	before := len(told)
	if err := m.Pass(ctx); !errors.Is(err, syscall.ENOSPC) || len(told) != before {
		t.Errorf("the same again is no news: %v, told %q", err, told)
	}
	if left, err := filepath.Glob(filepath.Join(stick, "*.new")); err != nil || len(left) != 0 {
		t.Errorf("a full stick holds %v", left)
	}
	must(t, unix.Mount("none", stick, "tmpfs", unix.MS_REMOUNT, "size=1m"))
	must(t, m.Pass(ctx))
	second := r.clock.Now()
	state(outbox.HowWell, 0, second)
	if got := packetsOn(t, stick); len(got) != 4 || len(on) == 0 || len(on) > 3 {
		t.Errorf("%d packets, then %d", len(on), len(got))
	}
	must(t, unix.Mount("none", stick, "tmpfs", unix.MS_REMOUNT|unix.MS_RDONLY, ""))
	if err := m.Pass(ctx); !errors.Is(err, syscall.EROFS) {
		t.Errorf("a read-only stick for which nothing waits: %v", err)
	}
	state(outbox.HowReadOnly, 0, second)
	r.submit(t, "five")
	if err := m.Pass(ctx); !errors.Is(err, syscall.EROFS) {
		t.Errorf("a read-only stick: %v", err)
	}
	state(outbox.HowReadOnly, 1, second)
	must(t, unix.Mount("none", stick, "tmpfs", unix.MS_REMOUNT, ""))
	r.clock.Add(time.Minute)
	must(t, m.Pass(ctx))
	state(outbox.HowWell, 0, r.clock.Now())
	pull()
	if err := m.Pass(ctx); !errors.Is(err, outbox.ErrSameMedium) {
		t.Errorf("torn out: %v", err)
	}
	state(outbox.HowAbsent, 0, r.clock.Now())
	mount("size=1m")
	must(t, m.Pass(ctx))
	state(outbox.HowWell, 0, r.clock.Now())
	if got := packetsOn(t, stick); len(got) != 5 {
		t.Errorf("another stick has %d packets", len(got))
	}
	pull()
}

func sumOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// commitWith keeps a packet that names an attachment.
func commitWith(t testing.TB, s *store.Store, a dossier.Attachment) {
	t.Helper()
	_, err := s.Commit(t.Context(), store.Submission{Token: "with a file", Build: func(seq, _ uint64) (store.Rows, error) {
		h := dossier.Head{ID: fmt.Sprintf("p-%d", seq), Kind: dossier.KindMessage, Station: prove.StationCode, Seq: seq, Attachments: []dossier.Attachment{a}}
		head, err := json.Marshal(h)
		must(t, err)
		return store.Rows{Packet: dossier.Packet{Head: h, JWS: []byte("e30." + base64.RawURLEncoding.EncodeToString(head) + ".AA"),
			Body: []byte("body")}, Digest: "digest", Priority: store.PriorityPacket}, nil
	}})
	must(t, err)
}
