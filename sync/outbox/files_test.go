package outbox_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"tramhoso/sync/dossier"
	"tramhoso/sync/outbox"
	"tramhoso/sync/store"
	"tramhoso/sync/wire"
)

// chunkTime and chunkBytes are how the harbour's line takes files.
const (
	chunkTime  = 4 * time.Second
	chunkBytes = 100
)

// harbour is a portal with a slow line for files; say fails a chunk or a question.
type harbour struct {
	portal
	say   func(what string) error
	has   map[string]int64
	asks  []int64       // the offsets it was called with
	falls string        // the file over which it stumbles
	whole bool          // what it says once it has everything
	gate  chan struct{} // packets wait for it to be closed; nil: they do not
}

func (h *harbour) Put(ctx context.Context, pk dossier.Packet) (dossier.Receipt, string, error) {
	h.note(pk.Head.ID)
	h.mu.Lock()
	gate := h.gate
	h.mu.Unlock()
	if gate != nil {
		select {
		case <-gate:
		case <-ctx.Done():
			return dossier.Receipt{}, "", ctx.Err()
		}
	}
	r, compact, err := h.answer(pk)
	r.State = wire.StateWhole
	for _, a := range pk.Head.Attachments {
		r.State, r.Missing = wire.StateHeld, append(r.Missing, a.SHA256)
	}
	return r, compact, err
}

func (h *harbour) Carry(ctx context.Context, packet string, a dossier.Attachment, content io.ReaderAt, from int64) (int64, error) {
	h.note(fmt.Sprintf("%s %s", packet, a.Role))
	h.mu.Lock()
	say := h.say
	h.asks = append(h.asks, from)
	h.mu.Unlock()
	if err := say("chunk"); err != nil {
		return -1, err
	}
	h.mu.Lock()
	at, falls := h.has[a.SHA256], h.falls == a.SHA256
	h.mu.Unlock()
	if falls {
		return -1, &trouble{code: wire.CodeBusy}
	}
	if from >= 0 && from != at {
		return -1, &trouble{code: dossier.CodeConflict, refused: true}
	}
	b := make([]byte, min(chunkBytes, a.Size-at))
	if _, err := content.ReadAt(b, at); err != nil && !errors.Is(err, io.EOF) {
		return -1, err
	}
	select {
	case <-time.After(chunkTime):
	case <-ctx.Done():
		return -1, ctx.Err()
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.has[a.SHA256] = at + int64(len(b))
	return h.has[a.SHA256], nil
}

func (h *harbour) State(_ context.Context, p dossier.Packet) (dossier.Receipt, string, []string, error) {
	h.note(p.Head.ID + "?")
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := h.say("state"); err != nil {
		return dossier.Receipt{}, "", nil, err
	}
	h.count++
	r := dossier.Receipt{Packet: p.Head.ID, Digest: "digest", Counter: h.count, State: wire.StateWhole}
	if !h.whole {
		r.State, r.Missing = wire.StateHeld, []string{p.Head.Attachments[0].SHA256}
	}
	return r, "receipt", r.Missing, nil
}

func (h *harbour) hears(say func(what string) error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.say = say
}

// stumbles has the harbour fail at one file, without a word about it.
func (h *harbour) stumbles(file string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.falls = file
}

// carried is how much of a file the harbour has.
func (h *harbour) carried(file dossier.Attachment) int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.has[file.SHA256]
}

// fleet is a store with both lanes, on a clock that jumps.
type fleet struct {
	*harbour
	store *store.Store
	queue *outbox.Queue
	files *outbox.Files
	pause *outbox.Pause
}

func fleets(t *testing.T, f func(t *testing.T, l *fleet)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "store"), store.Options{Log: slog.New(slog.DiscardHandler)})
		must(t, err)
		defer func() { must(t, s.Close()) }()
		l := &fleet{harbour: &harbour{has: map[string]int64{}, whole: true, say: func(string) error { return nil }}, store: s}
		l.portal.say = func(dossier.Packet) error { return nil }
		l.began = time.Now()
		l.queue = outbox.NewQueue(s, slog.New(slog.DiscardHandler), most)
		l.files = outbox.NewFiles(s, l.queue, slog.New(slog.DiscardHandler), most)
		l.pause = opened(t, s, newWatch())
		l.queue.Obey(l.pause)
		l.files.Obey(l.pause)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- l.queue.Run(ctx, l.harbour) }()
		go func() { done <- l.files.Run(ctx, l.harbour) }()
		f(t, l)
		cancel()
		for range 2 {
			if err := <-done; !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		}
	})
}

// commit keeps a packet with a file of each size.
func (l *fleet) commit(t *testing.T, submitToken string, sizes ...int) (string, []dossier.Attachment) {
	t.Helper()
	var files []dossier.Attachment
	for i, n := range sizes {
		content := []byte(fmt.Sprintf("%0*d", n, i))
		a, err := l.store.AddFile(t.Context(), submitToken, fmt.Sprintf("f%d", i), func(w io.Writer) (dossier.Attachment, error) {
			_, err := w.Write(content)
			return dossier.Attachment{SHA256: sum(content), Size: int64(n)}, err
		})
		must(t, err)
		files = append(files, a)
	}
	c, err := l.store.Commit(t.Context(), store.Submission{Token: submitToken, Build: func(seq, _ uint64) (store.Rows, error) {
		h := dossier.Head{ID: fmt.Sprintf("p-%d", seq), Kind: dossier.KindDossier, Station: "DL27", Seq: seq, Attachments: files}
		head, err := json.Marshal(h)
		must(t, err)
		return store.Rows{Packet: dossier.Packet{Head: h, JWS: []byte("e30." + base64.RawURLEncoding.EncodeToString(head) + ".AA"),
			Body: []byte("body")}, Digest: "digest", Priority: store.PriorityPacket}, nil
	}})
	must(t, err)
	return c.Packet, files
}

func TestFilesFollowTheirPacket(t *testing.T) {
	fleets(t, func(t *testing.T, l *fleet) {
		l.commit(t, "a", 250, 100)
		time.Sleep(time.Minute)
		l.want(t, "0: p-1", "0: p-1 f0", "4: p-1 f0", "8: p-1 f0", "12: p-1 f1", "16: p-1?")
		if d := cmp.Diff([]int64{-1, 100, 200, -1}, l.asks); d != "" {
			t.Errorf("offsets:\n%s", d)
		}
		if st := l.files.State(); st != (outbox.FilesState{}) {
			t.Errorf("%+v", st)
		}
	})
}

// A form that is submitted behind a large file waits for nothing; no chunk begins
// while it may go.
func TestPacketsGoBeforeChunks(t *testing.T) {
	fleets(t, func(t *testing.T, l *fleet) {
		l.commit(t, "a", 1000)
		time.Sleep(5 * time.Second) // one second into the second chunk
		slow := make(chan struct{})
		l.mu.Lock()
		l.gate = slow
		l.mu.Unlock()
		commit(t, l.store, "b", dossier.KindHealth)
		synctest.Wait()
		time.Sleep(20 * time.Second)
		l.want(t, "0: p-1", "0: p-1 f0", "4: p-1 f0", "5: p-2")
		if st := l.files.State(); st.Waiting != 1 || st.Bytes != 1000 {
			t.Errorf("%+v", st)
		}
		close(slow)
		synctest.Wait()
		l.want(t, "0: p-1 f0")
	})
}

func TestFilesBackOffAlone(t *testing.T) {
	fleets(t, func(t *testing.T, l *fleet) {
		l.hears(func(string) error { return &trouble{code: wire.CodeNoRoom, lane: true, full: true} })
		l.commit(t, "a", 100)
		synctest.Wait()
		if st := l.files.State(); st.Why != outbox.WhyPortalFull || st.Waiting != 1 || st.NextAttempt.IsZero() {
			t.Errorf("%+v", st)
		}
		if st := l.queue.State(); st.Why != outbox.WhyNothing || st.Waiting != 0 {
			t.Errorf("the packets' lane: %+v", st)
		}
		time.Sleep(46 * time.Second)
		l.want(t, "0: p-1", "0: p-1 f0", "15: p-1 f0", "45: p-1 f0")
		commit(t, l.store, "b", dossier.KindHealth) // is not held up, and shortens no wait
		synctest.Wait()
		l.want(t, "0: p-2")
		l.hears(func(string) error { return nil })
		l.files.Resume()
		time.Sleep(10 * time.Second)
		l.want(t, "0: p-1 f0", "4: p-1?")
	})
}

func TestFilesHonourRetryAfterAndTheNetwork(t *testing.T) {
	fleets(t, func(t *testing.T, l *fleet) {
		l.hears(func(string) error { return &trouble{code: wire.CodeBusy, wait: 90 * time.Second} })
		l.commit(t, "a", 100)
		synctest.Wait()
		l.files.Wake() // does not shorten what the portal asked for
		time.Sleep(89 * time.Second)
		l.want(t, "0: p-1", "0: p-1 f0")
		l.hears(func(string) error { return errLine })
		time.Sleep(2 * time.Second)
		l.want(t, "1: p-1 f0")
		if st := l.files.State(); st.Why != outbox.WhyNoNetwork {
			t.Errorf("%+v", st)
		}
		l.hears(func(string) error { return nil })
		l.files.Wake()
		time.Sleep(5 * time.Second)
		l.want(t, "0: p-1 f0", "4: p-1?")
	})
}

// What concerns one file is noted on it; the others go on.
func TestFilesThatTheLaneSetsAside(t *testing.T) {
	fleets(t, func(t *testing.T, l *fleet) {
		refuse := true
		l.hears(func(what string) error {
			if refuse && what == "chunk" {
				refuse = false
				return &trouble{code: dossier.CodeInvalid, refused: true}
			}
			return nil
		})
		_, files := l.commit(t, "a", 100, 60)
		time.Sleep(10 * time.Second)
		l.want(t, "0: p-1", "0: p-1 f0", "0: p-1 f1")
		if st := l.files.State(); st.Waiting != 1 || st.Refused != 1 || st.Why != outbox.WhyRefused || st.NextAttempt.IsZero() {
			t.Errorf("%+v", st)
		}
		time.Sleep(time.Hour) // now and then it is tried again
		if l.has[files[0].SHA256] != 100 {
			t.Error("a refused file was not tried again")
		}
		if st := l.files.State(); st != (outbox.FilesState{}) {
			t.Errorf("%+v", st)
		}
	})
}

// What the portal stumbles over, without a word about the file, holds up itself alone.
func TestFilesMakeRoomForOthers(t *testing.T) {
	fleets(t, func(t *testing.T, l *fleet) {
		l.set(func(dossier.Packet) error { return errLine })
		_, a := l.commit(t, "a", 100)
		_, b := l.commit(t, "b", 60)
		_, c := l.commit(t, "c", 70)
		l.stumbles(a[0].SHA256)
		l.set(func(dossier.Packet) error { return nil })
		time.Sleep(2 * time.Minute)
		if l.carried(a[0]) != 0 || l.carried(b[0]) != 60 || l.carried(c[0]) != 70 {
			t.Errorf("carried %d, %d, %d", l.carried(a[0]), l.carried(b[0]), l.carried(c[0]))
		}
		if st := l.files.State(); st.Waiting != 1 || st.Why != outbox.WhyBusy || st.NextAttempt.IsZero() {
			t.Errorf("%+v", st)
		}
		l.stumbles("")
		time.Sleep(5*time.Minute + 2*chunkTime) // the longest that it makes room
		if l.carried(a[0]) != 100 {
			t.Errorf("carried %d, %+v", l.carried(a[0]), l.files.State())
		}
	})
}

func TestFilesThatAreLost(t *testing.T) {
	for name, spoil := range map[string]func(t *testing.T, l *fleet, path string){
		"removed": func(t *testing.T, _ *fleet, path string) { must(t, os.Remove(path)) },
		"changed": func(t *testing.T, l *fleet, path string) {
			must(t, os.WriteFile(path, make([]byte, 100), 0o600))
			l.hears(func(string) error { return &trouble{code: wire.CodeChecksum, refused: true} })
		},
	} {
		t.Run(name, func(t *testing.T) {
			fleets(t, func(t *testing.T, l *fleet) {
				l.set(func(dossier.Packet) error { return errLine })
				_, files := l.commit(t, "a", 100)
				spoil(t, l, filepath.Join(l.store.Dir(), "files", files[0].SHA256))
				l.set(func(dossier.Packet) error { return nil })
				time.Sleep(time.Minute)
				if st := l.files.State(); st.Lost != 1 || st.Waiting != 0 {
					t.Errorf("%+v", st)
				}
			})
		})
	}
}

// A checksum that fails although the file is sound is the portal's trouble.
func TestSoundFileIsNotLost(t *testing.T) {
	fleets(t, func(t *testing.T, l *fleet) {
		l.hears(func(string) error { return &trouble{code: wire.CodeChecksum, refused: true} })
		l.commit(t, "a", 100)
		synctest.Wait()
		if st := l.files.State(); st.Lost != 0 || st.Waiting != 1 || st.Refused != 0 || st.Why != outbox.WhyBusy {
			t.Errorf("%+v", st)
		}
	})
}

// A portal that has forgotten the packet gets it again; one that confirms a file
// and does not say whole is not asked in a circle.
func TestPortalThatForgets(t *testing.T) {
	fleets(t, func(t *testing.T, l *fleet) {
		var once sync.Once
		forget := func(what, at string, code dossier.Code) (err error) {
			if what == at {
				once.Do(func() { err = &trouble{code: code, refused: true} })
			}
			return err
		}
		l.hears(func(what string) error { return forget(what, "chunk", wire.CodePacketFirst) })
		l.commit(t, "a", 100)
		time.Sleep(time.Minute)
		l.want(t, "0: p-1", "0: p-1 f0", "0: p-1", "2: p-1 f0", "6: p-1?")
		once = sync.Once{}
		l.hears(func(what string) error { return forget(what, "state", dossier.CodeNotFound) })
		l.commit(t, "b", 60)
		time.Sleep(time.Minute)
		l.want(t, "0: p-2", "0: p-2 f0", "4: p-2?", "4: p-2", "6: p-2 f0", "10: p-2?")
		l.hears(func(string) error { return nil })
		l.mu.Lock()
		l.whole = false
		l.mu.Unlock()
		l.commit(t, "c", 70)
		time.Sleep(7 * time.Second)
		l.want(t, "0: p-3", "0: p-3 f0", "4: p-3?", "6: p-3 f0")
		if st := l.files.State(); st.Why != outbox.WhyBusy && st.Why != outbox.WhyNothing {
			t.Errorf("%+v", st)
		}
	})
}

func sum(content []byte) string {
	h := sha256.Sum256(content)
	return hex.EncodeToString(h[:])
}
