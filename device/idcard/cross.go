package idcard

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Grade is how far a reading may be believed.
type Grade string

// The grades, worst first. Verified is here for completeness of the scale;
// this package never gives it.
const (
	Contradictory Grade = "contradictory" // readings that cannot be one card
	Declared      Grade = "declared"      // typed, or one unsigned reading
	Consistent    Grade = "consistent"    // number, birth year, sex and the other side agree
	Verified      Grade = "verified"      // a chip's passive authentication held
)

// Cross compares two readings and merges them; the fields are those that
// contradict, empty unless the grade is Contradictory. Either may be the zero
// Card. What the QR says wins in the merged card, since it keeps accents; the
// order of the arguments does not matter otherwise.
//
// Only a QR and an MRZ make Consistent: one code shown twice, or a number
// that was typed, is no second witness.
func Cross(a, b Card) (Card, Grade, []string) {
	if rank(b.Kind) < rank(a.Kind) {
		a, b = b, a
	}
	merged := merge(a, b)
	bad := contradictions(a, b)
	for _, c := range []Card{a, b} {
		if c.Kind == "" {
			continue
		}
		if c.checkNumber() != nil {
			bad = append(bad, c.disagreements()...)
		}
	}
	if len(bad) > 0 {
		return merged, Contradictory, names(bad)
	}
	if merged.Kind == KindBoth && !merged.Born.IsZero() && len(merged.disagreements()) == 0 {
		return merged, Consistent, nil
	}
	return merged, Declared, nil
}

// rank orders readings by how much they hold.
func rank(k Kind) int { return slices.Index([]Kind{KindBoth, KindQR, KindMRZ, KindNumber, ""}, k) }

func names(fields []Field) []string {
	var out []string
	for _, f := range fields {
		if !slices.Contains(out, string(f)) {
			out = append(out, string(f))
		}
	}
	return out
}

func contradictions(a, b Card) []Field {
	if a.Kind == "" || b.Kind == "" {
		return nil
	}
	var out []Field
	if a.Number != b.Number {
		out = append(out, FieldNumber)
	}
	if !sameDate(a.Born, b.Born) {
		out = append(out, FieldBorn)
	}
	if a.Sex != SexUnknown && b.Sex != SexUnknown && a.Sex != b.Sex {
		out = append(out, FieldSex)
	}
	if a.Name != "" && b.Name != "" && !sameName(a, b) {
		out = append(out, FieldName)
	}
	if !sameDate(a.IssuedOn, b.IssuedOn) {
		out = append(out, FieldIssued)
	}
	if !sameDate(a.Expires, b.Expires) || !a.Expires.IsZero() && !b.IssuedOn.IsZero() && a.Expires.before(b.IssuedOn) ||
		!b.Expires.IsZero() && !a.IssuedOn.IsZero() && b.Expires.before(a.IssuedOn) {
		out = append(out, FieldExpiry)
	}
	return out
}

// sameDate compares the parts that both know.
func sameDate(a, b Date) bool {
	if a.IsZero() || b.IsZero() {
		return true
	}
	return a.Year == b.Year &&
		(a.Month == 0 || b.Month == 0 || a.Month == b.Month) &&
		(a.Day == 0 || b.Day == 0 || a.Day == b.Day)
}

// sameName compares letters only, without accents, since how an MRZ writes an
// apostrophe or divides a name is not known for all issuers. An MRZ cuts a
// long name off at its 30th character, of which two may be fillers, or shortens
// the words that do not fit (ICAO 9303 part 3, 4.6).
func sameName(a, b Card) bool {
	if letters(a.Name) == letters(b.Name) {
		return true
	}
	return a.Kind == KindMRZ && cutFrom(a.Name, b.Name) || b.Kind == KindMRZ && cutFrom(b.Name, a.Name)
}

// cutFrom says whether an MRZ that had no more room may write a name so.
func cutFrom(mrz, full string) bool {
	if len(mrz) < td1Line-2 {
		return false
	}
	if strings.HasPrefix(letters(full), letters(mrz)) {
		return true
	}
	short, long := strings.Fields(mrz), strings.Fields(full)
	if len(short) > len(long) {
		return false
	}
	for i, word := range short {
		if !strings.HasPrefix(letters(long[i]), letters(word)) {
			return false
		}
	}
	return true
}

func letters(s string) string {
	var out strings.Builder
	for _, r := range norm.NFD.String(strings.ToUpper(s)) {
		switch {
		case r == 'Đ', r == 'Ð', r == 'Ɖ': // the letter, and two that look like it
			out.WriteByte('D')
		case unicode.IsLetter(r) && r < unicode.MaxASCII:
			out.WriteRune(r)
		}
	}
	return out.String()
}

// merge fills what a does not know from b.
func merge(a, b Card) Card {
	m := a
	if a.Kind == KindQR && b.Kind == KindMRZ {
		m.Kind = KindBoth
	}
	if m.Number == "" {
		m.Number = b.Number
	}
	if m.OldCMND == "" {
		m.OldCMND = b.OldCMND
	}
	if m.Name == "" {
		m.Name = b.Name
	}
	if m.Born.Day == 0 && (m.Born.IsZero() || b.Born.Month != 0) {
		m.Born = b.Born
	}
	if m.Sex == SexUnknown {
		m.Sex = b.Sex
	}
	if m.Address == "" {
		m.Address = b.Address
	}
	if m.IssuedOn.IsZero() {
		m.IssuedOn = b.IssuedOn
	}
	if m.Expires.IsZero() {
		m.Expires = b.Expires
	}
	if m.Extra == nil {
		m.Extra = b.Extra
	}
	return m
}
