package seal

import (
	"crypto/ecdsa"
	"strings"
	"testing"
	"time"

	"tramhoso/sync/dossier"
)

var (
	born = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	now  = time.Date(2026, 7, 14, 9, 0, 0, 0, time.UTC)
)

func makeTrust(t testing.TB) (SignedTrust, string, Signer) {
	t.Helper()
	w := world()
	key, err := newP256()
	if err != nil {
		t.Fatal(err)
	}
	root, err := NewSigner(key)
	if err != nil {
		t.Fatal(err)
	}
	der, err := NewRoot("Tỉnh mẫu", key, born, born.AddDate(20, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	tr := Trust{Province: "Tỉnh mẫu", Version: 1, Issued: born, TLSRoots: [][]byte{der},
		Recipients: []Recipient{
			{ID: "old", Key: w.to.Key, From: born, Until: born.AddDate(1, 0, 0)},
			{ID: "new", Key: w.to.Key, From: born.AddDate(0, 3, 0), Until: born.AddDate(1, 3, 0)},
			{ID: "later", Key: w.to.Key, From: born.AddDate(1, 0, 0), Until: born.AddDate(2, 0, 0)},
		}}
	for _, k := range []struct {
		use   Use
		pub   *ecdsa.PublicKey
		until time.Time
	}{
		{UseReceipt, w.by.PublicKey(), born.AddDate(1, 0, 0)},
		{UseReceipt, w.other.PublicKey(), born.AddDate(0, 2, 0)},
		{UseStaff, w.other.PublicKey(), born.AddDate(1, 0, 0)},
	} {
		e, err := NewKeyEntry(k.use, k.pub, born, k.until)
		if err != nil {
			t.Fatal(err)
		}
		tr.Keys = append(tr.Keys, e)
	}
	s, err := SignBundle(tr, der, root)
	if err != nil {
		t.Fatal(err)
	}
	return s, Fingerprint(der), root
}

func TestTrustBundle(t *testing.T) {
	s, fp, _ := makeTrust(t)
	tr, err := VerifyBundle(s, fp, now)
	if err != nil {
		t.Fatal(err)
	}
	if r, err := tr.Recipient(now); err != nil || r.ID != "new" {
		t.Errorf("recipient: %+v, %v", r, err)
	}
	if r, err := tr.Recipient(born.AddDate(1, 0, 0)); err != nil || r.ID != "later" {
		t.Errorf("recipient of next year: %+v, %v", r, err)
	}
	ended := born.AddDate(2, 0, 0)
	for what, c := range map[string]struct {
		at   time.Time
		find func(time.Time) (Recipient, error)
		want string
	}{
		"valid":                  {ended.Add(-1), tr.Sealing, "later"},
		"the newest of two":      {now, tr.Sealing, "new"},
		"ended":                  {ended, tr.Recipient, ""},
		"ended, to finish":       {ended, tr.Sealing, "later"},
		"the grace's last":       {ended.Add(SealGrace - 1), tr.Sealing, "later"},
		"after the grace":        {ended.Add(SealGrace), tr.Sealing, ""},
		"before the first":       {born.Add(-1), tr.Sealing, ""},
		"before the first began": {born.Add(-1), tr.Recipient, ""},
	} {
		r, err := c.find(c.at)
		if r.ID != c.want || (c.want == "") != (dossier.CodeOf(err) == dossier.CodeNoKey) {
			t.Errorf("%s: %q, %v", what, r.ID, err)
		}
	}
	if keys := tr.KeysFor(UseReceipt, now); len(keys) != 1 || !keys[0].Equal(world().by.PublicKey()) {
		t.Errorf("%d receipt keys", len(keys))
	}
	if keys := tr.KeysFor(UseReceipt, born.AddDate(0, 1, 0)); len(keys) != 2 {
		t.Errorf("%d receipt keys in February", len(keys))
	}
	if keys := tr.KeysFor(UseTime, now); len(keys) != 0 {
		t.Errorf("%d time keys", len(keys))
	}
	if keys := tr.KeysFor(UseReceipt, born.Add(-time.Second)); len(keys) != 0 {
		t.Errorf("%d keys before their time", len(keys))
	}
	if pool, err := tr.Roots(now); err != nil || pool == nil {
		t.Error(err)
	}
}

func TestTrustRefused(t *testing.T) {
	s, fp, root := makeTrust(t)
	foreign, foreignFP, _ := makeTrust(t)
	verify := func(s SignedTrust, fp string, at time.Time) error {
		_, err := VerifyBundle(s, fp, at)
		return err
	}
	wantInvalid(t, "another root", verify(s, foreignFP, now))
	wantInvalid(t, "no fingerprint", verify(s, "", now))
	wantInvalid(t, "our root, their statement", verify(SignedTrust{Root: s.Root, Statement: foreign.Statement}, fp, now))
	wantInvalid(t, "before the root", verify(s, fp, born.Add(-time.Second)))
	wantInvalid(t, "after the root", verify(s, fp, born.AddDate(20, 0, 1)))
	wantInvalid(t, "no root", verify(SignedTrust{Statement: s.Statement}, Fingerprint(nil), now))
	other, err := SignJSON(Trust{}, "staff+jws", root)
	if err != nil {
		t.Fatal(err)
	}
	wantInvalid(t, "a statement of another type", verify(SignedTrust{Root: s.Root, Statement: other}, fp, now))
	for name, tr := range map[string]Trust{
		"a recipient without name": {Recipients: []Recipient{{Key: world().to.Key}}},
		"a recipient that is none": {Recipients: []Recipient{{ID: "x", Key: "age1"}}},
		"a key that is none":       {Keys: []TrustedKey{{Use: UseTime}}},
	} {
		bad, err := SignBundle(tr, s.Root, root)
		if err != nil {
			t.Fatal(err)
		}
		wantInvalid(t, name, verify(bad, fp, now))
	}
	if _, err := (&Trust{TLSRoots: [][]byte{{1}}}).Roots(now); err == nil {
		t.Error("a TLS root that is none")
	}
}

func TestEnrolToken(t *testing.T) {
	tok := Token{URL: "https://127.0.0.1:8443", Secret: "ABCDEFGHIJKLMNOPQRSTUVWXYZ", RootSHA256: Fingerprint([]byte("root"))}
	for _, s := range []string{tok.String(), " " + tok.String() + "\r\n", tok.String()[:40] + "\n " + tok.String()[40:]} {
		if got, err := ParseToken(s); err != nil || got != tok {
			t.Errorf("%q: %+v, %v", s, got, err)
		}
	}
	bad := func(change func(*Token)) string {
		b := tok
		change(&b)
		return b.String()
	}
	for name, s := range map[string]string{
		"empty":       "",
		"other text":  "https://127.0.0.1:8443",
		"cut":         tok.String()[:len(tok.String())-4],
		"http":        bad(func(t *Token) { t.URL = "http://127.0.0.1" }),
		"no host":     bad(func(t *Token) { t.URL = "https://" }),
		"credentials": bad(func(t *Token) { t.URL = "https://a:b@c" }),
		"root":        bad(func(t *Token) { t.RootSHA256 = "AB" }),
		"secret":      bad(func(t *Token) { t.Secret = "short" }),
		"long":        tokenPrefix + strings.Repeat("A", maxTokenBytes),
	} {
		_, err := ParseToken(s)
		wantInvalid(t, name, err)
	}
}
