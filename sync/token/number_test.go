package token

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tramhoso/sync/dossier"
)

func readGolden(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(data))
}

// The two things the check character rests on, for all states and symbols of
// the quasigroup a∗x = φ·a + x of order 36: no two symbols lead from one state
// to the same state, no two states lead by one symbol to the same state (so a
// single wrong symbol is never lost), and two neighbours swapped never end
// where they would have (for any symbols that stand before and after).
func TestCheckAlgebraExhaustively(t *testing.T) {
	type state struct{ a, b uint8 }
	step := func(s state, v uint8) state { return state{mul4(s.a) ^ (v / 9), add9(mul9(s.b), v%9)} }
	all := func(f func(state)) {
		for i := range uint8(36) {
			f(state{i / 9, i % 9})
		}
	}
	all(func(s state) {
		seen := map[state]bool{}
		for v := range uint8(36) {
			n := step(s, v)
			if n.a > 3 || n.b > 8 || seen[n] {
				t.Fatalf("symbol %d from %v leads to %v, as another does", v, s, n)
			}
			seen[n] = true
		}
		for x := range uint8(36) {
			for y := range uint8(36) {
				if x != y && step(step(s, x), y) == step(step(s, y), x) {
					t.Fatalf("from %v, symbols %d and %d can be swapped unnoticed", s, x, y)
				}
			}
		}
	})
	for v := range uint8(36) {
		seen := map[state]bool{}
		all(func(s state) {
			if n := step(s, v); seen[n] {
				t.Fatalf("symbol %d leads two states to %v", v, n)
			} else {
				seen[n] = true
			}
		})
	}
	// The check character leads every state back to zero.
	for _, s := range []string{"DL27000318", "AA000001", "Z9Z9Z9999999"} {
		var a, b uint8
		for _, r := range s + string(check(s)) {
			v := uint8(strings.IndexRune(alphabet, r))
			a, b = mul4(a)^(v/9), add9(mul9(b), v%9)
		}
		if a != 0 || b != 0 {
			t.Errorf("%s%c ends in %d, %d", s, check(s), a, b)
		}
	}
}

// The same on whole numbers, as people write them: every substitution and every
// swap of neighbours in many numbers.
func TestSlipNumberNoticesMistakes(t *testing.T) {
	stations := []string{"DL27", "AA", "Z9Z9Z9", "A0", "QWERTY"}
	for _, station := range stations {
		for serial := uint64(1); serial <= MaxSerial; serial += 9973 {
			number := SlipNumber(station, serial)
			plain := strings.ReplaceAll(number, "-", "")
			for i := range plain {
				for _, c := range alphabet {
					bad := plain[:i] + string(c) + plain[i+1:]
					if bad == plain {
						continue
					}
					n, err := ParseSlipNumber(bad)
					// O for 0 and I, L for 1 in the serial are read as meant.
					if err == nil && n.String() != number {
						t.Fatalf("%s mistyped as %s was read as %s", number, bad, n)
					}
					if err != nil && dossier.CodeOf(err) != dossier.CodeInvalid {
						t.Fatal(err)
					}
				}
				if i+1 < len(plain) && plain[i] != plain[i+1] {
					bad := plain[:i] + plain[i+1:i+2] + plain[i:i+1] + plain[i+2:]
					if n, err := ParseSlipNumber(bad); err == nil && n.String() != number {
						t.Fatalf("%s swapped to %s was read as %s", number, bad, n)
					}
				}
			}
		}
	}
}

func TestParseSlipNumber(t *testing.T) {
	want := SlipNumber("DL27", 318)
	last := want[len(want)-1:]
	for _, in := range []string{
		want, strings.ToLower(want), strings.ReplaceAll(want, "-", ""), " dl27 – 000 318 – " + strings.ToLower(last) + " ",
		"DL27.OOO3I8." + last, "dl27-000318" + last, "DL27-OOO3L8-" + last, "D L 2 7 0 0 0 3 1 8 " + last,
	} {
		n, err := ParseSlipNumber(in)
		if err != nil || n != (Number{"DL27", 318}) {
			t.Errorf("%q: %+v, %v", in, n, err)
		}
	}
	for _, in := range []string{"", "DL27", "DL27-000318", "DL27-000000-0", "27DL-000318-A", "ĐL27-000318-A", strings.Repeat("1", 5000), "DL2-7000318-" + last + last} {
		if n, err := ParseSlipNumber(in); dossier.CodeOf(err) != dossier.CodeInvalid {
			t.Errorf("%q: %+v, %v", in, n, err)
		}
	}
	for _, n := range []string{SlipNumber("DL27", 0), SlipNumber("DL27", MaxSerial+1), SlipNumber("d", 1), SlipNumber("TOOLONG", 1)} {
		if n != "" {
			t.Errorf("made %q", n)
		}
	}
}
