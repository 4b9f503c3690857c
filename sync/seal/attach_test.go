package seal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"filippo.io/age"

	"tramhoso/sync/dossier"
)

// noise gives n bytes, the same each time, without holding them.
func noise(n int64) io.Reader {
	return io.LimitReader(rand.NewChaCha8([32]byte{7}), n)
}

func sealFile(t testing.TB, plain io.Reader) (dossier.Attachment, []byte) {
	t.Helper()
	var out bytes.Buffer
	a, err := SealAttachment(&out, plain, world().to)
	if err != nil {
		t.Fatal(err)
	}
	a.Role = "p1"
	return a, out.Bytes()
}

func TestAttachment(t *testing.T) {
	for _, n := range []int64{1, 64<<10 - 1, 64 << 10, 64<<10 + 1, 300 << 10} {
		plain, err := io.ReadAll(noise(n))
		if err != nil {
			t.Fatal(err)
		}
		a, sealed := sealFile(t, bytes.NewReader(plain))
		sum := sha256.Sum256(sealed)
		if a.SHA256 != hex.EncodeToString(sum[:]) || a.Size != int64(len(sealed)) {
			t.Errorf("%d bytes are named %+v", n, a)
		}
		if bytes.Contains(sealed, plain[:min(n, 32)]) && n >= 32 {
			t.Error("the ciphertext shows the file")
		}
		r, err := OpenAttachment(iotest.HalfReader(bytes.NewReader(sealed)), a, world().id)
		if err != nil {
			t.Fatal(err)
		}
		if err := iotest.TestReader(r, plain); err != nil {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
}

// What is read before an error is always the beginning of the true file, and
// the end comes only after the last byte of the named one.
func TestAttachmentThatWasChanged(t *testing.T) {
	plain, err := io.ReadAll(noise(200 << 10))
	if err != nil {
		t.Fatal(err)
	}
	a, sealed := sealFile(t, bytes.NewReader(plain))
	other, otherSealed := sealFile(t, bytes.NewReader(plain))
	flip := func(i int) []byte {
		b := bytes.Clone(sealed)
		b[i] ^= 1
		return b
	}
	for name, c := range map[string]struct {
		sealed []byte
		a      dossier.Attachment
	}{
		"the header":         {flip(100), a},
		"the first chunk":    {flip(len(sealed) - 190<<10), a},
		"the last byte":      {flip(len(sealed) - 1), a},
		"cut":                {sealed[:len(sealed)-1], a},
		"cut at a chunk":     {sealed[:len(sealed)-(200<<10)%(64<<10)-16], a},
		"nothing":            {nil, a},
		"longer":             {append(bytes.Clone(sealed), 0), a},
		"another good file":  {otherSealed, a},
		"another good name":  {sealed, other},
		"named shorter":      {sealed, dossier.Attachment{SHA256: a.SHA256, Size: a.Size - 1, Role: "p1"}},
		"named longer":       {sealed, dossier.Attachment{SHA256: a.SHA256, Size: a.Size + 1, Role: "p1"}},
		"named by no digest": {sealed, dossier.Attachment{SHA256: "aa", Size: a.Size, Role: "p1"}},
	} {
		var got []byte
		r, err := OpenAttachment(bytes.NewReader(c.sealed), c.a, world().id)
		if err == nil {
			got, err = io.ReadAll(r)
			if _, again := r.Read(make([]byte, 1)); again == nil || errors.Is(again, io.EOF) {
				t.Errorf("%s: after the error came %v", name, again)
			}
		}
		wantInvalid(t, name, err)
		if !bytes.HasPrefix(plain, got) {
			t.Errorf("%s: gave bytes that are not the file's", name)
		}
	}
	if _, err := OpenAttachment(bytes.NewReader(sealed), a); err == nil {
		t.Error("opened with no key")
	}
	stranger, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	_, err = OpenAttachment(bytes.NewReader(sealed), a, stranger)
	wantInvalid(t, "another identity", err)
}

// A disk that fails is no forged file.
func TestAttachmentOnABrokenDisk(t *testing.T) {
	a, sealed := sealFile(t, noise(200<<10))
	boom := errors.New("boom")
	for _, n := range []int{0, 100, len(sealed) / 2, len(sealed)} {
		r, err := OpenAttachment(io.MultiReader(bytes.NewReader(sealed[:n]), iotest.ErrReader(boom)), a, world().id)
		if err == nil {
			_, err = io.ReadAll(r)
		}
		if !errors.Is(err, boom) || dossier.CodeOf(err) == dossier.CodeInvalid {
			t.Errorf("after %d bytes: %v", n, err)
		}
	}
	if _, err := SealAttachment(io.Discard, iotest.ErrReader(boom), world().to); !errors.Is(err, boom) {
		t.Errorf("reading: %v", err)
	}
	if _, err := SealAttachment(failing{boom}, noise(1), world().to); !errors.Is(err, boom) {
		t.Errorf("writing: %v", err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

func TestAttachmentLimits(t *testing.T) {
	_, err := SealAttachment(io.Discard, strings.NewReader(""), world().to)
	wantInvalid(t, "an empty file", err)
	_, err = SealAttachment(io.Discard, noise(dossier.MaxFileBytes+1), world().to)
	wantInvalid(t, "a file past the limit", err)
	if _, err := SealAttachment(io.Discard, noise(1), Recipient{Key: "age1x"}); err == nil {
		t.Error("sealed to nobody")
	}
}

// The largest file goes through a few hundred kilobytes of memory, both ways.
func TestLargestAttachmentIsNeverWholeInMemory(t *testing.T) {
	f, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}()
	watch := &watcher{base: live()}
	a, err := SealAttachment(io.MultiWriter(f, watch), noise(dossier.MaxFileBytes), world().to)
	if err != nil {
		t.Fatal(err)
	}
	a.Role = "plan"
	if err := a.Check(); err != nil {
		t.Errorf("the largest file makes no attachment: %v", err)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	r, err := OpenAttachment(f, a, world().id)
	if err != nil {
		t.Fatal(err)
	}
	want, got := sha256.New(), sha256.New()
	n, err := io.Copy(io.MultiWriter(got, watch), r)
	if err != nil || n != dossier.MaxFileBytes {
		t.Fatalf("%d bytes, %v", n, err)
	}
	if _, err := io.Copy(want, noise(dossier.MaxFileBytes)); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want.Sum(nil), got.Sum(nil)) {
		t.Error("another file came back")
	}
	const most = 2 << 20
	if watch.looks < 10 || watch.most > most {
		t.Errorf("%d bytes lived at the worst of %d looks, at most %d", watch.most, watch.looks, most)
	}
}

// watcher looks every few megabytes how much memory is in use beyond base.
type watcher struct {
	base, most  int64
	looks, seen int
}

func (w *watcher) Write(p []byte) (int, error) {
	const every = 8 << 20
	if w.seen += len(p); w.seen/every > w.looks {
		w.looks = w.seen / every
		w.most = max(w.most, live()-w.base)
	}
	return len(p), nil
}

func live() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func TestHeadRefusesAttachments(t *testing.T) {
	name := func(i int) string { return fmt.Sprintf("%064x", i) }
	many := make([]dossier.Attachment, dossier.MaxAttachments+1)
	for i := range many {
		many[i] = dossier.Attachment{SHA256: name(i), Size: 1, Role: "p"}
	}
	heavy := make([]dossier.Attachment, dossier.MaxAttachmentsBytes/dossier.MaxAttachmentBytes+1)
	for i := range heavy {
		heavy[i] = dossier.Attachment{SHA256: name(i), Size: dossier.MaxAttachmentBytes, Role: "p"}
	}
	good := dossier.Attachment{SHA256: name(1), Size: 1, Role: "p"}
	with := func(f func(*dossier.Attachment)) []dossier.Attachment {
		a := good
		f(&a)
		return []dossier.Attachment{a}
	}
	for what, list := range map[string][]dossier.Attachment{
		"too many":         many,
		"too heavy":        heavy,
		"one twice":        {good, good},
		"empty":            with(func(a *dossier.Attachment) { a.Size = 0 }),
		"too large":        with(func(a *dossier.Attachment) { a.Size = dossier.MaxAttachmentBytes + 1 }),
		"no digest":        with(func(a *dossier.Attachment) { a.SHA256 = "" }),
		"another spelling": with(func(a *dossier.Attachment) { a.SHA256 = strings.Repeat("AB", 32) }),
		"a path":           with(func(a *dossier.Attachment) { a.SHA256 = "../" + name(1)[3:] }),
		"no role":          with(func(a *dossier.Attachment) { a.Role = "" }),
		"a long role":      with(func(a *dossier.Attachment) { a.Role = strings.Repeat("r", 65) }),
	} {
		h := head()
		h.Attachments = list
		_, err := Freeze(h, nil, world().to, world().by)
		wantInvalid(t, what, err)
	}
	h := head()
	h.Attachments = many[1:]
	if _, err := Freeze(h, nil, world().to, world().by); err != nil {
		t.Errorf("as many as allowed: %v", err)
	}
}

func TestGoldenAttachment(t *testing.T) {
	id, err := age.ParseHybridIdentity(strings.TrimSpace(string(golden(t, "province.age"))))
	if err != nil {
		t.Fatal(err)
	}
	sealed := golden(t, "attachment.age")
	sum := sha256.Sum256(sealed)
	r, err := OpenAttachment(bytes.NewReader(sealed), dossier.Attachment{SHA256: hex.EncodeToString(sum[:]), Size: int64(len(sealed)), Role: "p"}, id)
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := io.ReadAll(r); err != nil || string(plain) != "một tờ giấy mẫu" {
		t.Errorf("%q, %v", plain, err)
	}
}

// Attachments come back from a province's disk, which may be old or hostile.
func FuzzOpenAttachment(f *testing.F) {
	var out bytes.Buffer
	a, err := SealAttachment(&out, strings.NewReader("a paper"), world().to)
	if err != nil {
		f.Fatal(err)
	}
	a.Role = "p"
	f.Add(out.Bytes())
	f.Add(out.Bytes()[:out.Len()-1])
	f.Add([]byte("age-encryption.org/v1\n"))
	f.Fuzz(func(t *testing.T, sealed []byte) {
		sum := sha256.Sum256(sealed)
		named := dossier.Attachment{SHA256: hex.EncodeToString(sum[:]), Size: int64(len(sealed)), Role: "p"}
		for _, as := range []dossier.Attachment{a, named} {
			r, err := OpenAttachment(bytes.NewReader(sealed), as, world().id)
			if err != nil {
				continue
			}
			if plain, err := io.ReadAll(r); err == nil && string(plain) != "a paper" {
				t.Fatalf("opened %q", plain)
			}
		}
	})
}

// Each further recipient would be an attempt for every key that the province keeps.
func TestAttachmentToManyIsRefused(t *testing.T) {
	to := []age.Recipient{world().id.Recipient()}
	for range 7 {
		other, err := age.GenerateHybridIdentity()
		if err != nil {
			t.Fatal(err)
		}
		to = append(to, other.Recipient())
	}
	var out bytes.Buffer
	w, err := age.Encrypt(&out, to...)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte("a paper")); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(out.Bytes())
	a := dossier.Attachment{SHA256: hex.EncodeToString(sum[:]), Size: int64(out.Len()), Role: "p1"}
	if _, err := OpenAttachment(&out, a, world().id); !errors.Is(err, errManyRecipients) || dossier.CodeOf(err) != dossier.CodeInvalid {
		t.Errorf("%v", err)
	}
}
