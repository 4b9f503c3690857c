package seal

import (
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"os"
	"strings"
	"testing"

	"filippo.io/age"

	"tramhoso/sync/dossier"
)

// What stations sealed must open with every later release. The keys in testdata
// were made for this test and sign nothing else.
func TestGoldenPacket(t *testing.T) {
	block, _ := pem.Decode(golden(t, "packet-key.pem"))
	pub, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	id, err := age.ParseHybridIdentity(strings.TrimSpace(string(golden(t, "province.age"))))
	if err != nil {
		t.Fatal(err)
	}
	jws, body := golden(t, "packet.jws"), golden(t, "packet.body")
	h, err := Verify(jws, body, pub.(*ecdsa.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := Open(dossier.Packet{Head: h, JWS: jws, Body: body}, []age.Identity{id})
	if err != nil || string(plain) != "một hồ sơ mẫu" {
		t.Fatalf("%q, %v", plain, err)
	}
	if want := strings.TrimSpace(string(golden(t, "packet.digest"))); Digest(jws, body) != want {
		t.Errorf("digest is %s", Digest(jws, body))
	}
}

func TestGoldenClasses(t *testing.T) {
	secret := [16]byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}
	storage := make([]byte, KeyBytes)
	draft, err := draftKey(storage, "000000000001", "4711", make([]byte, 16))
	if err != nil {
		t.Fatal(err)
	}
	sub, err := Subkey(storage, "audit log")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Fields(string(golden(t, "derived.txt")))
	for i, got := range []string{hex.EncodeToString(SlipCardPublic(secret)), IDIndex(storage, "000000000001"), hex.EncodeToString(draft), hex.EncodeToString(sub)} {
		if i >= len(lines) || got != lines[i] {
			t.Errorf("derivation %d is %s", i, got)
		}
	}
	plain, err := OpenCitizenCard(secret, golden(t, "citizen.card"))
	if err != nil || string(plain) != "thẻ mẫu" {
		t.Errorf("citizen card: %q, %v", plain, err)
	}
	plain, err = OpenWithKey(storage, golden(t, "print.job"), []byte("print_jobs/1"))
	if err != nil || string(plain) != "phiếu mẫu" {
		t.Errorf("print job: %q, %v", plain, err)
	}
	tok, err := ParseToken(string(golden(t, "enrol-token.txt")))
	if err != nil || tok.URL != "https://localhost:8443" {
		t.Errorf("enrolment token: %+v, %v", tok, err)
	}
}

func golden(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
