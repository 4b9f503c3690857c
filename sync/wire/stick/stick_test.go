package stick

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/wire"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func open(t *testing.T) (*Folder, string) {
	t.Helper()
	dir := t.TempDir()
	f, err := Open(dir)
	must(t, err)
	t.Cleanup(func() { must(t, f.Close()) })
	return f, dir
}

func id(n int) string { return fmt.Sprintf("%032x", n) }

func TestWriteAndRead(t *testing.T) {
	f, dir := open(t)
	drawn, err := NewID(rand.Reader)
	must(t, err)
	if !ValidID(drawn) {
		t.Errorf("%q", drawn)
	}
	must(t, os.WriteFile(filepath.Join(dir, drawn+newExt), []byte("of a write that was cut"), 0o600))
	for _, content := range []string{"first", "second, longer"} {
		name, err := f.Write(Up, drawn, []byte(content))
		must(t, err)
		list, more, err := f.Files(Up)
		must(t, err)
		if len(list) != 1 || more || list[0].Name != name || list[0].Err != nil {
			t.Fatalf("%+v", list)
		}
		got, err := f.Read(list[0], 64, nil)
		if err != nil || string(got) != content {
			t.Errorf("%q, %v", got, err)
		}
	}
	entries, err := os.ReadDir(dir)
	must(t, err)
	if len(entries) != 1 {
		t.Errorf("left behind: %v", entries)
	}
	must(t, f.Remove(Up, drawn, id(7)))
	if list, _, err := f.Files(Up); err != nil || len(list) != 0 {
		t.Errorf("%v, %v", list, err)
	}
	for _, bad := range []string{"", "../" + drawn[3:], drawn[1:], drawn + "0", drawn[:31] + "G"} {
		if _, err := f.Write(Up, bad, nil); dossier.CodeOf(err) != dossier.CodeInvalid {
			t.Errorf("write %q: %v", bad, err)
		}
		if err := f.Remove(Up, bad); dossier.CodeOf(err) != dossier.CodeInvalid {
			t.Errorf("remove %q: %v", bad, err)
		}
	}
}

// A power cut can end a file anywhere, a bad stick can change any byte.
func TestEveryUnfinishedFileIsRecognised(t *testing.T) {
	whole := Wrap([]byte("sealed content"))
	for n := range len(whole) {
		if _, err := Unwrap(whole[:n]); !errors.Is(err, ErrUnfinished) || dossier.CodeOf(err) != dossier.CodeInvalid {
			t.Errorf("%d bytes of %d: %v", n, len(whole), err)
		}
		if _, err := unwrapFrom(whole[:n]); !errors.Is(err, ErrUnfinished) || dossier.CodeOf(err) != dossier.CodeInvalid {
			t.Errorf("%d bytes of %d from a stream: %v", n, len(whole), err)
		}
	}
	for i := range whole {
		changed := bytes.Clone(whole)
		changed[i] ^= 1
		if _, err := Unwrap(changed); dossier.CodeOf(err) != dossier.CodeInvalid {
			t.Errorf("byte %d changed: %v", i, err)
		}
		if _, err := unwrapFrom(changed); dossier.CodeOf(err) != dossier.CodeInvalid {
			t.Errorf("byte %d changed in a stream: %v", i, err)
		}
	}
	if _, err := Unwrap(append(bytes.Clone(whole), 0)); !errors.Is(err, ErrUnfinished) {
		t.Errorf("a longer file: %v", err)
	}
	if _, err := Unwrap([]byte("a letter to my mother, which is long enough to be a file")); !errors.Is(err, ErrNotOurs) {
		t.Errorf("a stranger's file: %v", err)
	}
}

func unwrapFrom(file []byte) ([]byte, error) {
	r, err := UnwrapFrom(iotest.DataErrReader(bytes.NewReader(file)), int64(len(file)))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

func TestUnwrapFromAStream(t *testing.T) {
	for _, want := range []string{"", "sealed content"} {
		if got, err := unwrapFrom(Wrap([]byte(want))); err != nil || string(got) != want {
			t.Errorf("%q: %q, %v", want, got, err)
		}
	}
	broken := io.MultiReader(bytes.NewReader(Wrap([]byte("sealed"))[:20]), iotest.ErrReader(syscall.EIO))
	r, err := UnwrapFrom(broken, int64(EnvelopeBytes+6))
	must(t, err)
	if _, err := io.ReadAll(r); !errors.Is(err, syscall.EIO) {
		t.Errorf("a disk that fails: %v", err)
	}
}

func TestHostileFolder(t *testing.T) {
	f, dir := open(t)
	secret := filepath.Join(t.TempDir(), "secret")
	must(t, os.WriteFile(secret, Wrap([]byte("secret")), 0o600))
	inside := filepath.Join(dir, "inside")
	must(t, os.WriteFile(inside, Wrap([]byte("inside")), 0o600))
	must(t, os.Symlink(secret, filepath.Join(dir, id(1)+string(Up))))
	must(t, os.Symlink("inside", filepath.Join(dir, id(2)+string(Up))))
	must(t, os.Mkdir(filepath.Join(dir, id(3)+string(Up)), 0o700))
	must(t, syscall.Mkfifo(filepath.Join(dir, id(4)+string(Up)), 0o600))
	must(t, os.WriteFile(filepath.Join(dir, id(5)+string(Up)), make([]byte, 65+EnvelopeBytes), 0o600))
	must(t, os.Mkdir(filepath.Join(dir, "sub"), 0o700))
	must(t, os.WriteFile(filepath.Join(dir, "sub", id(6)+string(Up)), Wrap(nil), 0o600))
	for _, name := range []string{id(7), id(7) + ".TRAMUP", "x" + id(7)[1:] + string(Up), id(7) + string(Down), "autorun.inf", id(7) + newExt} {
		must(t, os.WriteFile(filepath.Join(dir, name), Wrap(nil), 0o600))
	}
	list, _, err := f.Files(Up)
	must(t, err)
	want := map[string]error{id(1): ErrNotRegular, id(2): ErrNotRegular, id(3): ErrNotRegular, id(4): ErrNotRegular, id(5): ErrTooLarge}
	if len(list) != len(want) {
		t.Errorf("%+v", list)
	}
	for _, one := range list {
		_, err := f.Read(one, 64, nil)
		if expected := want[one.Name[:32]]; expected == nil || !errors.Is(err, expected) {
			t.Errorf("%s: %v", one.Name, err)
		}
		// As if the name had been taken by something else after the look.
		one.Err = nil
		if got, err := f.Read(one, 64, nil); err == nil {
			t.Errorf("%s, taken by something else: read %q", one.Name, got)
		}
	}
	for _, link := range []string{dir + "-link", filepath.Join(dir, "sub-link")} {
		must(t, os.Symlink(dir, link))
		if _, err := Open(link); dossier.CodeOf(err) != dossier.CodeInvalid {
			t.Errorf("a linked folder: %v", err)
		}
		must(t, os.Remove(link))
	}
	if _, err := Open(inside); dossier.CodeOf(err) != dossier.CodeInvalid {
		t.Errorf("a file for a folder: %v", err)
	}
	if _, err := Open(filepath.Join(dir, "missing")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing folder: %v", err)
	}
	// Writing to a name that is a link replaces the link, never what it points to.
	if _, err := f.Write(Up, id(1), []byte("ours")); err != nil {
		t.Errorf("%v", err)
	}
	if b, err := os.ReadFile(secret); err != nil || !bytes.Equal(b, Wrap([]byte("secret"))) {
		t.Errorf("a write reached outside: %v", err)
	}
}

func TestTooManyFiles(t *testing.T) {
	f, dir := open(t)
	begin := time.Date(2026, 7, 14, 0, 0, 0, 0, time.UTC)
	for n := range MaxFiles + 3 {
		path := filepath.Join(dir, id(n)+string(Up))
		must(t, os.WriteFile(path, Wrap(nil), 0o600))
		must(t, os.Chtimes(path, begin, begin.Add(time.Duration(n)*time.Minute)))
	}
	list, more, err := f.Files(Up)
	must(t, err)
	if len(list) != MaxFiles || !more || list[0].Name != id(MaxFiles+2)+string(Up) {
		t.Errorf("%d, %v, first %s", len(list), more, list[0].Name)
	}
	if _, err := f.Write(Up, id(1000), nil); dossier.CodeOf(err) != dossier.CodeStorageFull {
		t.Errorf("one more: %v", err)
	}
	if _, err := f.Write(Up, id(MaxFiles), nil); err != nil {
		t.Errorf("the same again: %v", err)
	}
	for n := range MaxEntries {
		must(t, os.WriteFile(filepath.Join(dir, fmt.Sprintf("junk-%d", n)), nil, 0o600))
	}
	if _, more, err = f.Files(Down); err != nil || !more {
		t.Errorf("a folder of junk: %v, %v", more, err)
	}
}

func TestPeekSparesReading(t *testing.T) {
	f, _ := open(t)
	_, err := f.Write(Down, id(1), []byte("for somebody else"))
	must(t, err)
	list, _, err := f.Files(Down)
	must(t, err)
	foreign := errors.New("not for us")
	var seen []byte
	_, err = f.Read(list[0], 64, func(r io.Reader) error {
		seen, err = io.ReadAll(r)
		must(t, err)
		return foreign
	})
	if !errors.Is(err, foreign) || string(seen) != "for somebody else" {
		t.Errorf("%q, %v", seen, err)
	}
	untouched := func(io.Reader) error { t.Error("a file past the limit was read"); return nil }
	if _, err := f.Read(list[0], 4, untouched); dossier.CodeOf(err) != wire.CodeTooLarge {
		t.Errorf("a smaller limit: %v", err)
	}
}

func FuzzUnwrap(f *testing.F) {
	f.Add(Wrap([]byte("sealed")))
	f.Add(Wrap(nil))
	f.Add([]byte(magic))
	f.Fuzz(func(t *testing.T, in []byte) {
		sealed, err := Unwrap(in)
		if err == nil && !bytes.Equal(Wrap(sealed), in) {
			t.Fatal("two envelopes of one content")
		}
		if err != nil && dossier.CodeOf(err) != dossier.CodeInvalid {
			t.Fatalf("no code: %v", err)
		}
	})
}

// A long file is written and read a piece at a time; it has no name before it is
// whole.
func TestALongFile(t *testing.T) {
	f, dir := open(t)
	w, err := f.Create(Up, id(1))
	must(t, err)
	sum := sha256.New()
	piece := make([]byte, 1<<20)
	const pieces = 3 * syncBytes >> 20
	for i := range pieces {
		piece[0] = byte(i)
		sum.Write(piece)
		_, err := w.Write(piece)
		must(t, err)
	}
	if list, _, err := f.Files(Up); err != nil || len(list) != 0 {
		t.Errorf("a part has its name: %v, %v", list, err)
	}
	if n, err := f.Unfinished(false); err != nil || n != 1 {
		t.Errorf("%d unfinished, %v", n, err)
	}
	name, err := w.Commit()
	must(t, err)
	list, _, err := f.Files(Up)
	must(t, err)
	c, err := f.OpenFile(list[0], pieces<<20, nil)
	must(t, err)
	again := sha256.New()
	_, err = io.Copy(again, c.Sealed())
	must(t, err)
	if !bytes.Equal(sum.Sum(nil), again.Sum(nil)) || c.File().Size() != pieces<<20+int64(EnvelopeBytes) {
		t.Errorf("other content, %d bytes", c.File().Size())
	}

	// Somebody who cannot open it hands it on as it is.
	other, _ := open(t)
	_, err = other.Put(Down, id(1), c.File(), pieces<<20)
	must(t, err)
	for what, bad := range map[string]io.Reader{"cut": io.NewSectionReader(c.File(), 0, 99), "too long": c.File(), "not ours": strings.NewReader("<html>")} {
		limit := int64(pieces << 20)
		if what == "too long" {
			limit--
		}
		if _, err := other.Put(Down, id(2), bad, limit); dossier.CodeOf(err) == "" {
			t.Errorf("%s: %v", what, err)
		}
	}
	must(t, c.Close())
	if n, err := other.Unfinished(false); err != nil || n != 0 {
		t.Errorf("%d parts lie on, %v", n, err)
	}
	if list, _, err = other.Files(Down); err != nil || len(list) != 1 {
		t.Errorf("%v, %v", list, err)
	}

	w, err = f.Create(Up, id(1))
	must(t, err)
	_, err = w.Write([]byte("given up"))
	must(t, errors.Join(err, w.Abort()))
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 || entries[0].Name() != name {
		t.Errorf("%v, %v", entries, err)
	}
	must(t, os.WriteFile(filepath.Join(dir, id(3)+newExt), []byte("of a stick that was pulled out"), 0o600))
	must(t, os.WriteFile(filepath.Join(dir, "mine"+newExt), []byte("somebody's"), 0o600))
	if n, err := f.Unfinished(true); err != nil || n != 1 {
		t.Errorf("%d, %v", n, err)
	}
	if n, err := f.Unfinished(true); err != nil || n != 0 {
		t.Errorf("%d, %v", n, err)
	}
}
