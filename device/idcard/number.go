package idcard

const numberDigits = 12

// Number is what the 12 digits of a personal number say (Decree 70/2024,
// DEVICES.md "Identity documents").
type Number struct {
	Province  string // 3 digits: province, or country of birth registration
	Sex       Sex
	BirthYear int
	Serial    string // 6 digits
}

// ParseNumber reads the 12 digits. ErrNotAnID: not 12 digits. A FieldError:
// the century digit is one of people not yet born.
func ParseNumber(s string) (Number, error) {
	if len(s) != numberDigits || !digits(s) {
		return Number{}, ErrNotAnID
	}
	n := Number{Province: s[:3], Serial: s[6:], Sex: SexMale}
	century := int(s[3] - '0')
	if century%2 == 1 {
		n.Sex = SexFemale
	}
	n.BirthYear = firstYear + century/2*100 + int(s[4]-'0')*10 + int(s[5]-'0')
	if n.BirthYear > lastYear {
		return Number{}, &FieldError{FieldNumber, "its century has not come"}
	}
	return n, nil
}

// disagreements of the number with the birth year and sex beside it.
func (c Card) disagreements() []Field {
	n, err := ParseNumber(c.Number)
	if err != nil {
		return []Field{FieldNumber}
	}
	var out []Field
	if !c.Born.IsZero() && c.Born.Year != n.BirthYear {
		out = append(out, FieldBorn)
	}
	if c.Sex != SexUnknown && c.Sex != n.Sex {
		out = append(out, FieldSex)
	}
	return out
}

// checkNumber refuses a card whose number contradicts it. Samples carry
// numbers that mean nothing, so they are let through, ungraded.
func (c Card) checkNumber() error {
	if c.Specimen() {
		return nil
	}
	if d := c.disagreements(); len(d) > 0 {
		return &FieldError{d[0], "the number says otherwise"}
	}
	return nil
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// twoDigits reads s[0:2], which must be digits.
func twoDigits(s string) int { return int(s[0]-'0')*10 + int(s[1]-'0') }
