package inbox_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/prove"
	"tramhoso/sync/token"
)

const codeHere = "H15.30-260714-0001" // of rig.accepted

// An agency's code finds that something is here however it is typed, before and
// after a restart, and lies nowhere in plain.
func TestByCode(t *testing.T) {
	follow(t, func(t *testing.T, r *rig) {
		if n, err := r.st.Inbox.ByCode(t.Context(), codeHere); n != 0 || err != nil {
			t.Errorf("before it was told: %d, %v", n, err)
		}
		r.portal.says(r.events("e1", r.accepted(1), r.accepted(2)))
		time.Sleep(time.Minute)
		for _, typed := range []string{codeHere, "h15.30-260714-0001", " H15 30 – 260714 – 0001 ", "h15302607140001"} {
			if n, err := r.st.Inbox.ByCode(t.Context(), typed); n != 1 || err != nil {
				t.Errorf("%q: %d, %v", typed, n, err)
			}
		}
		for _, typed := range []string{"H15.30-260714-0002", "H15.30-260714"} {
			if n, err := r.st.Inbox.ByCode(t.Context(), typed); n != 0 || err != nil {
				t.Errorf("%q: %d, %v", typed, n, err)
			}
		}
		if _, err := r.st.Inbox.ByCode(t.Context(), "Ea Thử"); dossier.CodeOf(err) != dossier.CodeInvalid {
			t.Errorf("no code: %v", err)
		}
		for _, plain := range []string{codeHere, "H15302607140001"} {
			err := filepath.WalkDir(r.st.Store.Dir(), func(path string, d os.DirEntry, err error) error {
				if err != nil || d.IsDir() {
					return err
				}
				data, err := os.ReadFile(path)
				if bytes.Contains(data, []byte(plain)) {
					t.Errorf("%s holds the code in plain", filepath.Base(path))
				}
				return err
			})
			must(t, err)
		}
	})
}

// Whoever tries numbers is stopped, whichever way they come; who finds something
// is not counted; and it begins again in time, also after a clock was set.
func TestTriesAreBounded(t *testing.T) {
	follow(t, func(t *testing.T, r *rig) {
		ctx := t.Context()
		miss := func(i int) error {
			var err error
			switch i % 3 {
			case 0:
				_, err = r.st.Inbox.ByIDNumber(ctx, fmt.Sprintf("0661990%05d", i))
			case 1:
				_, err = r.st.Inbox.ByCode(ctx, fmt.Sprintf("H15.30-260714-%04d", i))
			case 2:
				_, err = r.st.Inbox.HasSlip(ctx, token.SlipNumber(prove.StationCode, uint64(100+i)))
			}
			return err
		}
		find := func() error {
			n, err := r.st.Inbox.ByIDNumber(ctx, prove.CanaryNumber)
			if err == nil && n != 1 {
				t.Errorf("%d dossiers found", n)
			}
			return err
		}
		stopped := func() int {
			for i := range 200 {
				if err := miss(i); err != nil {
					if dossier.CodeOf(err) != dossier.CodeTries {
						t.Errorf("after %d: %v", i, err)
					}
					return i
				}
			}
			t.Fatal("nobody is stopped")
			return 0
		}
		for range 50 {
			must(t, find())
		}
		if n := stopped(); n != 20 {
			t.Errorf("stopped after %d", n)
		}
		if err := find(); dossier.CodeOf(err) != dossier.CodeTries {
			t.Errorf("what is here can still be guessed: %v", err)
		}
		time.Sleep(time.Minute)
		if n := stopped(); n != 2 {
			t.Errorf("after a minute it was stopped after %d", n)
		}
		time.Sleep(time.Hour)
		if n := stopped(); n != 20 {
			t.Errorf("after an hour it was stopped after %d", n)
		}
		// The slip in hand is never held up.
		if c := r.card(); c.Slip == "" {
			t.Error("a slip opens nothing")
		}
	})
}
