package seal

import (
	"bytes"
	"testing"

	"filippo.io/age"
	"pgregory.net/rapid"
)

func TestEventsAndCounterCards(t *testing.T) {
	a, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	w := world()
	blob, err := SealToRecipients([]byte("an event"), a.Recipient().String(), w.to.Key)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []age.Identity{a, w.id} {
		if plain, err := OpenWith(blob, id); err != nil || string(plain) != "an event" {
			t.Errorf("%q, %v", plain, err)
		}
	}
	other, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	_, err = OpenWith(blob, other)
	wantInvalid(t, "another identity", err)
	_, err = OpenWith(blob)
	wantInvalid(t, "no identity", err)
	_, err = OpenWith(blob[:len(blob)-1], a)
	wantInvalid(t, "cut", err)
	_, err = SealToRecipients(make([]byte, MaxClassBytes+1), w.to.Key)
	wantInvalid(t, "too long", err)
	if _, err := SealToRecipients([]byte("x")); err == nil {
		t.Error("sealed to nobody")
	}
	big, err := SealToRecipients(make([]byte, MaxClassBytes), w.to.Key)
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := OpenWith(big, w.id); err != nil || len(plain) != MaxClassBytes {
		t.Errorf("the longest: %d, %v", len(plain), err)
	}
	_, err = decrypt(big, []age.Identity{w.id}, MaxClassBytes-1)
	wantInvalid(t, "longer than agreed", err)
}

func TestCitizenCard(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		secret := [16]byte(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "secret"))
		plain := rapid.SliceOfN(rapid.Byte(), 0, 500).Draw(t, "card")
		blob, err := SealCitizenCard(SlipCardPublic(secret), plain)
		if err != nil {
			t.Fatal(err)
		}
		got, err := OpenCitizenCard(secret, blob)
		if err != nil || !bytes.Equal(got, plain) {
			t.Fatalf("%q, %v", got, err)
		}
		i := rapid.IntRange(0, len(blob)-1).Draw(t, "byte")
		bad := bytes.Clone(blob)
		bad[i] ^= 1
		_, err = OpenCitizenCard(secret, bad)
		wantCode(t, err)
		secret[i%16] ^= 1
		_, err = OpenCitizenCard(secret, blob)
		wantCode(t, err)
	})
	if one, two := NewSlipSecret(), NewSlipSecret(); one == two {
		t.Error("two slips have one secret")
	}
	_, err := SealCitizenCard([]byte("short"), nil)
	wantInvalid(t, "a public key that is none", err)
	_, err = SealCitizenCard(SlipCardPublic([16]byte{}), make([]byte, MaxClassBytes+1))
	wantInvalid(t, "too long", err)
	_, err = OpenCitizenCard([16]byte{}, nil)
	wantInvalid(t, "nothing", err)
}

func wantCode(t *rapid.T, err error) {
	if err == nil {
		t.Fatal("opened what was changed")
	}
}

func TestKeyedClasses(t *testing.T) {
	key := NewKey()
	blob, err := SealWithKey(key, []byte("a paper"), []byte("print_jobs/7"))
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := OpenWithKey(key, blob, []byte("print_jobs/7")); err != nil || string(plain) != "a paper" {
		t.Fatalf("%q, %v", plain, err)
	}
	_, err = OpenWithKey(key, blob, []byte("print_jobs/8"))
	wantInvalid(t, "moved to another row", err)
	_, err = OpenWithKey(NewKey(), blob, []byte("print_jobs/7"))
	wantInvalid(t, "another key", err)
	for i := range blob {
		bad := bytes.Clone(blob)
		bad[i] ^= 1
		_, err = OpenWithKey(key, bad, []byte("print_jobs/7"))
		wantInvalid(t, "changed", err)
	}
	for n := range blob {
		_, err = OpenWithKey(key, blob[:n], []byte("print_jobs/7"))
		wantInvalid(t, "cut", err)
	}
	if _, err := SealWithKey(key[1:], nil, nil); err == nil {
		t.Error("sealed with a short key")
	}
	if _, err := OpenWithKey(nil, blob, nil); err == nil {
		t.Error("opened without a key")
	}
	again, err := SealWithKey(key, []byte("a paper"), []byte("print_jobs/7"))
	if err != nil || bytes.Equal(again, blob) {
		t.Error("two sealings are equal: the nonce repeats")
	}
}

func TestIndexAndSubkeys(t *testing.T) {
	a, b := NewKey(), NewKey()
	if IDIndex(a, "000000000001") == IDIndex(b, "000000000001") || IDIndex(a, "000000000001") == IDIndex(a, "000000000002") {
		t.Error("the index does not depend on key and number")
	}
	x, err := Subkey(a, "drafts")
	if err != nil {
		t.Fatal(err)
	}
	y, err := Subkey(a, "audit log")
	if err != nil || bytes.Equal(x, y) || bytes.Equal(x, a) {
		t.Error("one key serves two purposes")
	}
}
