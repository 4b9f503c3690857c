package portal

import (
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"
	"weak"

	"filippo.io/age"

	"tramhoso/sync/dossier"
	"tramhoso/sync/seal"
	"tramhoso/sync/wire"
)

func (f *fixture) published(t testing.TB, s *station) *seal.Trust {
	t.Helper()
	rec := f.do(t, s, "GET", wire.PathTrust, nil)
	if rec.Code != http.StatusOK {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	var signed seal.SignedTrust
	must(t, json.Unmarshal(rec.Body.Bytes(), &signed))
	trust, err := seal.VerifyBundle(signed, f.RootSHA256(), f.now())
	must(t, err)
	return trust
}

func (f *fixture) take(t testing.TB, want bool) {
	t.Helper()
	if taken, err := f.TakeKeys(t.Context()); err != nil || taken != want {
		t.Fatalf("taken up: %v, %v", taken, err)
	}
}

// A portal that runs publishes a key that was made beside it, opens what is sealed
// to it, and signs with it, without being started again.
func TestARunningPortalTakesUpKeys(t *testing.T) {
	f := newFixture(t)
	s := f.enrolStation(t, "DL27")
	f.take(t, false)
	f.clock.Add(time.Hour)
	next, err := Rotate(f.dir, "", f.clock.Now())
	must(t, err)
	if v := f.published(t, s).Version; v != 1 {
		t.Errorf("version %d before it was taken up", v)
	}
	f.take(t, true)
	f.take(t, false)
	if trust := f.published(t, s); trust.Version != 2 || len(trust.Recipients) != 2 {
		t.Errorf("%+v", trust)
	}
	s.to = next
	d := s.dossier(t)
	f.put(t, s, d)
	if _, err := f.Act(t.Context(), d.Head.ID, ActAccept, DeskRequest{}); err != nil {
		t.Errorf("sealed to the new key: %v", err)
	}
	before := f.staffList.Load().tag
	_, err = RotateSigner(f.dir, "", seal.UseStaff, f.clock.Now(), 0)
	must(t, err)
	f.take(t, true)
	if f.staffList.Load().tag == before {
		t.Error("the staff list is still signed with the key that leaked")
	}
}

// What cannot be read, what is older, and what would have to be made, is not taken
// up: the portal goes on with what it holds.
func TestKeysThatAreNotTakenUp(t *testing.T) {
	f := newFixture(t)
	s := f.enrolStation(t, "DL27")
	bundle, counter := filepath.Join(f.dir, "keys", fileTrust), filepath.Join(f.dir, "keys", fileCounter)
	first, err := os.ReadFile(bundle)
	must(t, err)
	f.clock.Add(time.Hour)
	_, err = Rotate(f.dir, "", f.clock.Now())
	must(t, err)
	f.take(t, true)
	second, err := os.ReadFile(bundle)
	must(t, err)
	refused := func(what string) {
		t.Helper()
		if taken, err := f.TakeKeys(t.Context()); err == nil || taken {
			t.Errorf("%s was taken up", what)
		}
		if v := f.published(t, s).Version; v != 2 {
			t.Errorf("%s: version %d", what, v)
		}
	}
	must(t, replaceFile(bundle, first))
	refused("an older bundle")
	must(t, replaceFile(bundle, []byte("{")))
	refused("half a bundle")
	other := newFixture(t)
	foreign, err := os.ReadFile(filepath.Join(other.dir, "keys", fileTrust))
	must(t, err)
	must(t, replaceFile(bundle, foreign))
	refused("another province's bundle")
	must(t, os.Rename(counter, counter+".away"))
	refused("a folder without the counter's key")
	if _, err := os.Stat(counter); err == nil {
		t.Error("another key was made")
	}
	must(t, os.Remove(bundle))
	refused("no bundle")
	must(t, errors.Join(os.Rename(counter+".away", counter), replaceFile(bundle, second)))
	f.take(t, false)
}

// A retired private key that a sweep destroys, this portal's own or one beside it,
// is out of the memory of the portal that runs.
func TestADestroyedKeyLeavesTheMemory(t *testing.T) {
	for name, sweeps := range map[string]func(f *fixture){
		"its own sweep": func(f *fixture) {
			done, err := f.Sweep(t.Context())
			must(t, err)
			if done.Keys != 1 {
				t.Errorf("%d keys destroyed", done.Keys)
			}
		},
		"a sweep beside it": func(f *fixture) {
			must(t, os.Remove(filepath.Join(f.dir, "keys", recipientFile("recipient-1"))))
			f.take(t, true)
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			to := func(at time.Time) { f.clock.Add(at.Sub(f.clock.Now())) }
			to(start.AddDate(2, 0, 0))
			_, err := Rotate(f.dir, "", f.clock.Now())
			must(t, err)
			f.take(t, true)
			sealed, err := seal.SealToRecipients([]byte("{}"), f.keys().trust.Recipients[0].Key)
			must(t, err)
			key := func() weak.Pointer[age.HybridIdentity] { return weak.Make(f.keys().openers[0].key) }()
			var v struct{}
			must(t, f.keys().open(sealed, &v))
			to(start.AddDate(9, 1, 0))
			sweeps(f)
			runtime.GC()
			if key.Value() != nil {
				t.Error("the destroyed key is still held")
			}
			if err := f.keys().open(sealed, &v); err == nil {
				t.Error("what was sealed to a destroyed key still opens")
			}
			if len(f.keys().openers) != 1 {
				t.Errorf("%d private keys", len(f.keys().openers))
			}
		})
	}
}

// A renewal that is offered again is the same one, unless another authority signs
// by now.
func TestARenewalFollowsTheAuthority(t *testing.T) {
	f := newFixture(t)
	s := f.enrolStation(t, "DL27")
	first := f.renewed(t, s, s.keys.TLSKey())
	_, _, err := RotateAuthority(f.dir, "", f.clock.Now(), 0)
	must(t, err)
	f.take(t, true)
	second := f.renewed(t, s, s.keys.TLSKey())
	if second == first || second != f.renewed(t, s, s.keys.TLSKey()) {
		t.Error("the renewal does not follow the authority")
	}
	f.put(t, s.as(second), s.dossier(t))
	if p := problem(t, f.do(t, s.as(first), "GET", wire.PathTrust, nil)); p.Code != dossier.CodeNotEnrolled {
		t.Errorf("%+v", p)
	}
}

// A paper is tried first with the key that its packet's head names, then with the
// newest: after many rotations the right one is not the last.
func TestTheNamedKeyIsTriedFirst(t *testing.T) {
	f := newFixture(t)
	for range 3 {
		f.clock.Add(48 * time.Hour)
		_, err := Rotate(f.dir, "", f.clock.Now())
		must(t, err)
	}
	f.take(t, true)
	p := f.keys()
	ids := func(list []age.Identity) (out []string) {
		for _, id := range list {
			i := slices.IndexFunc(p.openers, func(o opener) bool { return o.key == id })
			out = append(out, p.openers[i].id)
		}
		return out
	}
	for named, want := range map[string][]string{
		"":              {"recipient-4", "recipient-3", "recipient-2", "recipient-1"},
		"recipient-2":   {"recipient-2", "recipient-4", "recipient-3", "recipient-1"},
		"nobody has it": {"recipient-4", "recipient-3", "recipient-2", "recipient-1"},
	} {
		if got := ids(p.identities(named)); !slices.Equal(got, want) {
			t.Errorf("%q: %v", named, got)
		}
	}
}
