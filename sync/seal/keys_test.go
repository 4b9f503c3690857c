package seal

import (
	"bytes"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"filippo.io/age"

	"tramhoso/sync/dossier"
)

func keyDir(t testing.TB) string { return filepath.Join(t.TempDir(), "keys") }

func TestKeysAreMadeOnce(t *testing.T) {
	dir := keyDir(t)
	a, err := OpenKeys(dir)
	if err != nil {
		t.Fatal(err)
	}
	b, err := OpenKeys(dir)
	if err != nil {
		t.Fatal(err)
	}
	if !a.TLSKey().Equal(b.TLSKey()) || a.PacketSigner().ID() != b.PacketSigner().ID() || !a.SlipKey().Equal(b.SlipKey()) ||
		a.EventRecipient() != b.EventRecipient() || !bytes.Equal(a.Storage(), b.Storage()) || !a.AuditKey().Equal(b.AuditKey()) {
		t.Error("the second opening gave other keys")
	}
	if a.TLSKey().Equal(a.PacketSigner().key) {
		t.Error("one key serves two purposes")
	}
	// Nobody else may read them, and no temporary file is left.
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 5 {
		t.Fatalf("%v, %v", entries, err)
	}
	for _, e := range entries {
		if st, err := e.Info(); err != nil || st.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v, %v", e.Name(), st.Mode(), err)
		}
	}
	if st, err := os.Stat(dir); err != nil || st.Mode().Perm() != 0o700 {
		t.Errorf("folder has mode %v, %v", st.Mode(), err)
	}
}

func TestPublicKeysTravel(t *testing.T) {
	k, err := OpenKeys(keyDir(t))
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(k.Public())
	if err != nil {
		t.Fatal(err)
	}
	var back StationKeys
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	if err := back.Check(); err != nil {
		t.Fatal(err)
	}
	pub, err := back.PacketKey()
	if err != nil || !pub.Equal(k.PacketSigner().PublicKey()) {
		t.Errorf("packet key: %v", err)
	}
	if !ed25519.PublicKey(back.Slip).Equal(k.SlipKey().Public()) || !ed25519.PublicKey(back.Audit).Equal(k.AuditKey().Public()) {
		t.Error("slip or audit key changed on the way")
	}
	blob, err := SealToRecipients([]byte("event"), back.Events)
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := OpenWith(blob, k.EventIdentity()); err != nil || string(plain) != "event" {
		t.Errorf("%q, %v", plain, err)
	}
	for name, change := range map[string]func(*StationKeys){
		"packet": func(s *StationKeys) { s.Packet = nil },
		"slip":   func(s *StationKeys) { s.Slip = s.Slip[1:] },
		"audit":  func(s *StationKeys) { s.Audit = nil },
		"events": func(s *StationKeys) { s.Events = "age1x" },
	} {
		bad := k.Public()
		change(&bad)
		wantInvalid(t, name, bad.Check())
	}
	der, err := k.CSR()
	if err != nil {
		t.Fatal(err)
	}
	csr, err := x509.ParseCertificateRequest(der)
	if err != nil || csr.CheckSignature() != nil {
		t.Errorf("certificate request: %v", err)
	}
}

func TestKeysRefuse(t *testing.T) {
	fresh := func() string {
		dir := keyDir(t)
		if _, err := OpenKeys(dir); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	for name, damage := range map[string]func(dir string) error{
		"a folder for everybody": func(d string) error { return os.Chmod(d, 0o755) },
		"a file for everybody":   func(d string) error { return os.Chmod(filepath.Join(d, fileSlip), 0o644) },
		"a link": func(d string) error {
			if err := os.Rename(filepath.Join(d, fileStorage), filepath.Join(d, "x")); err != nil {
				return err
			}
			return os.Symlink(filepath.Join(d, "x"), filepath.Join(d, fileStorage))
		},
		"an empty file":   func(d string) error { return os.WriteFile(filepath.Join(d, filePacket), nil, 0o600) },
		"no PEM":          func(d string) error { return os.WriteFile(filepath.Join(d, fileIdentity), []byte("x"), 0o600) },
		"no identity":     func(d string) error { return os.WriteFile(filepath.Join(d, fileEvents), []byte("x"), 0o600) },
		"a short storage": func(d string) error { return os.WriteFile(filepath.Join(d, fileStorage), []byte("00"), 0o600) },
		"the wrong kind": func(d string) error {
			data, err := os.ReadFile(filepath.Join(d, fileSlip))
			if err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(d, filePacket), data, 0o600)
		},
		"a huge file": func(d string) error {
			return os.WriteFile(filepath.Join(d, fileStorage), make([]byte, maxKeyFileBytes+1), 0o600)
		},
	} {
		dir := fresh()
		if err := damage(dir); err != nil {
			t.Fatal(err)
		}
		if _, err := OpenKeys(dir); err == nil {
			t.Errorf("%s: keys were opened", name)
		}
	}
}

// A key that is there is never replaced, whatever happens between look and write.
func TestWriteFileNeverReplaces(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	if err := WriteFile(path, []byte("first"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := WriteFile(path, []byte("second"), 0o600); err == nil {
		t.Error("replaced a file")
	}
	if data, err := os.ReadFile(path); err != nil || string(data) != "first" {
		t.Errorf("%q, %v", data, err)
	}
	if entries, err := os.ReadDir(filepath.Dir(path)); err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v", entries)
	}
}

func TestUnwritableFolders(t *testing.T) {
	for cause, code := range map[error]dossier.Code{
		fs.ErrPermission: dossier.CodeStorageReadOnly, syscall.EROFS: dossier.CodeStorageReadOnly, syscall.ENOSPC: dossier.CodeStorageFull, fs.ErrInvalid: "",
	} {
		if err := unwritable(&fs.PathError{Op: "open", Path: "x", Err: cause}); dossier.CodeOf(err) != code || !errors.Is(err, cause) {
			t.Errorf("%v: %v", cause, err)
		}
	}
}

func TestProvinceKeys(t *testing.T) {
	dir := t.TempDir()
	a, err := LoadP256(dir, "root.pem")
	if err != nil {
		t.Fatal(err)
	}
	if b, err := LoadP256(dir, "root.pem"); err != nil || !a.Equal(b) {
		t.Errorf("another root: %v", err)
	}
	id, err := LoadAge(dir, "bodies.age")
	if err != nil {
		t.Fatal(err)
	}
	again, err := LoadAge(dir, "bodies.age")
	if err != nil || id.String() != again.String() {
		t.Errorf("another recipient: %v", err)
	}
	var _ age.Identity = id
	if _, err := LoadAge(dir, "root.pem"); err == nil {
		t.Error("a PEM key was read as an age identity")
	}
}
