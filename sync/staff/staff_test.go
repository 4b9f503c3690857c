package staff

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"tramhoso/sync/clock"
	"tramhoso/sync/dossier"
	"tramhoso/sync/seal"
	"tramhoso/sync/token"
)

var (
	cheap = Cost{Passes: 1, KiB: 8}
	today = time.Date(2026, 7, 14, 9, 0, 0, 0, time.UTC)
)

func newSigner() seal.Signer {
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	s, err := seal.NewSigner(k)
	if err != nil {
		panic(err)
	}
	return s
}

type office struct {
	by       seal.Signer
	compact  string
	badges   map[Role]string
	card     []byte // a counter card
	replaced string // an older badge of the clerk
}

var post = sync.OnceValue(func() office {
	o := office{by: newSigner(), badges: map[Role]string{}}
	counter, err := NewCounter()
	if err != nil {
		panic(err)
	}
	l := List{Version: 1, Issued: today, Counter: counter.Recipient().String()}
	for _, p := range []Person{
		{ID: "NV-01", Name: "Người mẫu 1", Role: RoleClerk, PIN: "135790", From: today.AddDate(0, -1, 0), Until: today.AddDate(0, 1, 0)},
		{ID: "NV-02", Name: "Người mẫu 2", Role: RoleSupervisor, PIN: "246802"},
		{ID: "KT-01", Name: "Người mẫu 3", Role: RoleTechnician, PIN: "112233", From: today, Until: today.AddDate(0, 1, 0)},
	} {
		e, badge, err := New(p, counter, o.by, cheap)
		if err != nil {
			panic(err)
		}
		o.badges[p.Role] = badge
		l.Entries = append(l.Entries, e)
	}
	if _, o.replaced, err = New(Person{ID: "NV-01", Name: "x", Role: RoleClerk, PIN: "135790"}, counter, o.by, cheap); err != nil {
		panic(err)
	}
	if o.compact, err = Sign(l, o.by); err != nil {
		panic(err)
	}
	if o.card, err = seal.SealToRecipients([]byte("a counter card"), l.CounterRecipient()); err != nil {
		panic(err)
	}
	return o
})

func open(t testing.TB) *List {
	t.Helper()
	l, err := Open(post().compact, []*ecdsa.PublicKey{newSigner().PublicKey(), post().by.PublicKey()})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestLoginOpensTheCounter(t *testing.T) {
	l := open(t)
	for role, pin := range map[Role]string{RoleClerk: "135790", RoleSupervisor: "246802"} {
		s, err := Login(l, strings.ToLower(post().badges[role])+"\r", pin, today)
		if err != nil {
			t.Fatalf("%s: %v", role, err)
		}
		card, err := seal.OpenWith(post().card, s.Identity)
		if err != nil || string(card) != "a counter card" || s.Role != role || s.Name == "" {
			t.Errorf("%s: %q %v %+v", role, card, err, s)
		}
	}
}

func TestTechnicianSeesNoCards(t *testing.T) {
	for _, now := range []time.Time{today, today.AddDate(-40, 0, 0), today.AddDate(40, 0, 0)} {
		s, err := Login(open(t), post().badges[RoleTechnician], "112233", now)
		if err != nil || s.Role != RoleTechnician || s.Identity != nil {
			t.Errorf("at %s: %+v, %v", now, s, err)
		}
	}
	for _, e := range open(t).Entries {
		if (e.Role == RoleTechnician) != (e.Counter == nil) {
			t.Errorf("%s holds %d bytes of counter key", e.Role, len(e.Counter))
		}
	}
}

func TestLoginRefuses(t *testing.T) {
	l := open(t)
	foreign, err := token.MakeBadge("NV-01", [16]byte{1}, newSigner())
	if err != nil {
		t.Fatal(err)
	}
	clerk := post().badges[RoleClerk]
	own, err := token.ReadBadge(clerk)
	if err != nil {
		t.Fatal(err)
	}
	copied, err := token.MakeBadge("NV-01", own.Secret, newSigner())
	if err != nil {
		t.Fatal(err)
	}
	renamed, err := token.MakeBadge("NV-02", own.Secret, post().by)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		badge, pin string
		now        time.Time
		code       dossier.Code
	}{
		"wrong PIN":        {clerk, "135791", today, dossier.CodeBadPIN},
		"another's PIN":    {clerk, "246802", today, dossier.CodeBadPIN},
		"empty PIN":        {clerk, "", today, dossier.CodeBadPIN},
		"long PIN":         {clerk, strings.Repeat("1", 5000), today, dossier.CodeBadPIN},
		"not yet valid":    {clerk, "135790", today.AddDate(0, -2, 0), dossier.CodeBadgeUnknown},
		"no longer valid":  {clerk, "135790", today.AddDate(0, 1, 0), dossier.CodeBadgeUnknown},
		"replaced badge":   {post().replaced, "135790", today, dossier.CodeBadgeUnknown},
		"signed elsewhere": {copied, "135790", today, dossier.CodeBadgeUnknown},
		"another's name":   {renamed, "135790", today, dossier.CodeBadgeUnknown},
		"another province": {foreign, "135790", today, dossier.CodeBadgeUnknown},
		"damaged badge":    {clerk[:len(clerk)-3], "135790", today, dossier.CodeBadgeUnknown},
		"an identity card": {"000000000001||NGUOI DEMO|01011990|Nam|DIA CHI DEMO|01012021", "135790", today, dossier.CodeInvalid},
	} {
		s, err := Login(l, c.badge, c.pin, c.now)
		if dossier.CodeOf(err) != c.code || s != (Session{}) {
			t.Errorf("%s: %+v, %v, want %s", name, s, err, c.code)
		}
	}
	if _, err := Login(l, "", "1234", today); !errors.Is(err, token.ErrNotABadge) {
		t.Errorf("an empty scan: %v", err)
	}
}

// A stolen list without the badge must not allow trying PINs: the derivation
// depends on the badge's secret.
func TestPINIsBoundToTheBadge(t *testing.T) {
	e := open(t).Entries[0]
	b, err := token.ReadBadge(post().badges[RoleClerk])
	if err != nil {
		t.Fatal(err)
	}
	right, _ := derive(e, b.Secret, "135790")
	b.Secret[0] ^= 1
	wrong, _ := derive(e, b.Secret, "135790")
	if !sameVerifier(right, e.Verifier) || sameVerifier(wrong, e.Verifier) {
		t.Error("the verifier does not depend on the badge's secret")
	}
	if bytes.Contains([]byte(post().compact), b.Secret[:]) {
		t.Error("the list holds a badge's secret")
	}
}

func TestListIsSigned(t *testing.T) {
	_, err := Open(post().compact, []*ecdsa.PublicKey{newSigner().PublicKey()})
	if dossier.CodeOf(err) != dossier.CodeInvalid {
		t.Errorf("a list of another province: %v", err)
	}
	if _, err := Sign(List{}, post().by); err == nil {
		t.Error("signed a list without a counter key")
	}
	counter, err := NewCounter()
	if err != nil {
		t.Fatal(err)
	}
	for name, p := range map[string]Person{
		"role":  {ID: "A", Name: "x", Role: "boss", PIN: "1234"},
		"short": {ID: "A", Name: "x", Role: RoleClerk, PIN: "123"},
		"words": {ID: "A", Name: "x", Role: RoleClerk, PIN: "12a4"},
		"name":  {ID: "A", Name: " ", Role: RoleClerk, PIN: "1234"},
		"id":    {ID: "a b", Name: "x", Role: RoleClerk, PIN: "1234"},
	} {
		if _, _, err := New(p, counter, post().by, cheap); err == nil {
			t.Errorf("%s: made an entry for %+v", name, p)
		}
	}
	if _, _, err := New(Person{ID: "A", Name: "x", Role: RoleClerk, PIN: "1234"}, counter, post().by, Cost{Passes: 1, KiB: 1 << 30}); err == nil {
		t.Error("made an entry that costs a terabyte to check")
	}
}

func TestDoorSlowsGuessingAndNeverLocks(t *testing.T) {
	l, now := open(t), clock.NewFake(today)
	d := NewDoor(now)
	clerk := post().badges[RoleClerk]
	var waits []time.Duration
	for range 14 {
		for d.Wait(l, clerk) > 0 {
			_, err := d.Login(l, clerk, "135790")
			var w *WaitError
			if !errors.As(err, &w) || dossier.CodeOf(err) != dossier.CodeBadPIN {
				t.Fatalf("the right PIN was looked at too soon: %v", err)
			}
			now.Add(w.For)
		}
		if _, err := d.Login(l, clerk, "999999"); dossier.CodeOf(err) != dossier.CodeBadPIN {
			t.Fatal(err)
		}
		waits = append(waits, d.Wait(l, clerk))
	}
	for i, w := range waits {
		switch {
		case i < freeTries && w != 0:
			t.Errorf("wrong PIN %d: waits %s", i+1, w)
		case i > freeTries && w < waits[i-1]:
			t.Errorf("wrong PIN %d: the wait shrank to %s", i+1, w)
		case w > maxDelay:
			t.Errorf("wrong PIN %d: waits %s, which is a lock-out", i+1, w)
		}
	}
	if waits[freeTries] != firstDelay || waits[len(waits)-1] != maxDelay {
		t.Errorf("waits are %v", waits)
	}
	// Another badge is not held up, and setting the wall clock does not help.
	if _, err := d.Login(l, post().badges[RoleSupervisor], "246802"); err != nil {
		t.Errorf("another badge: %v", err)
	}
	now.Set(today.AddDate(0, 0, 20))
	if d.Wait(l, clerk) != maxDelay {
		t.Error("setting the clock shortened the wait")
	}
	now.Set(today)
	now.Add(maxDelay)
	if _, err := d.Login(l, clerk, "135790"); err != nil {
		t.Fatalf("after the wait: %v", err)
	}
	if _, err := d.Login(l, clerk, "999999"); err == nil || d.Wait(l, clerk) != 0 {
		t.Error("a right PIN did not clear the wrong ones")
	}
}
