package idcard

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// person is somebody who does not exist.
type person struct {
	number, name, address string
	born, issued, expires Date
	sex                   Sex
	old                   string
	extra                 []string
}

var (
	surnames = []string{"Nguyễn", "Trần", "Đặng", "H’", "Y", "Công Tằng Tôn Nữ", "Ksor", "Lò"}
	middles  = []string{"", "Văn", "Thị", "Bia", "Huyền Trân", "Đức"}
	givens   = []string{"An", "Đào", "Niê", "Blô", "Ưng", "Châu"}
)

func people() *rapid.Generator[person] {
	return rapid.Custom(func(t *rapid.T) person {
		p := person{sex: rapid.SampledFrom([]Sex{SexMale, SexFemale}).Draw(t, "sex")}
		day := func(name string, from, to int) Date {
			return Date{rapid.IntRange(from, to).Draw(t, name+" year"), rapid.IntRange(1, 12).Draw(t, name+" month"), rapid.IntRange(1, 28).Draw(t, name+" day")}
		}
		p.born, p.issued, p.expires = day("born", 1920, 2019), day("issued", 2021, 2026), day("expires", 2030, 2060)
		switch rapid.IntRange(0, 5).Draw(t, "known") {
		case 0:
			p.born.Day = 0
		case 1:
			p.born.Day, p.born.Month = 0, 0
		}
		century := (p.born.Year - firstYear) / 100 * 2
		if p.sex == SexFemale {
			century++
		}
		p.number = fmt.Sprintf("%03d%d%02d%06d", rapid.IntRange(1, 96).Draw(t, "province"), century, p.born.Year%100, rapid.IntRange(0, 999999).Draw(t, "serial"))
		words := []string{rapid.SampledFrom(surnames).Draw(t, "surname"), rapid.SampledFrom(middles).Draw(t, "middle"), rapid.SampledFrom(givens).Draw(t, "given")}
		if rapid.IntRange(0, 9).Draw(t, "names") == 0 {
			words = words[:1] // some people have one name only
		}
		p.name = strings.Join(strings.Fields(strings.Join(words, " ")), " ")
		p.address = rapid.SampledFrom([]string{"Buôn Ea Bông, Cư Êbur", "Số 1, Phường Bến Nghé", ""}).Draw(t, "address")
		if rapid.Bool().Draw(t, "had a CMND") {
			p.old = fmt.Sprintf("%09d", rapid.IntRange(0, 999999999).Draw(t, "old"))
		}
		if rapid.Bool().Draw(t, "new card") {
			p.extra = rapid.SliceOfN(rapid.SampledFrom([]string{"", "NIÊ Y BLÔ", "H’ RIN", "x"}), 1, 4).Draw(t, "extra")
		}
		return p
	})
}

// qr is the front of the card.
func (p person) qr() string {
	sex := map[Sex]string{SexMale: "Nam", SexFemale: "Nữ"}[p.sex]
	date := func(d Date) string { return fmt.Sprintf("%02d%02d%04d", d.Day, d.Month, d.Year) }
	return strings.Join(append([]string{p.number, p.old, p.name, date(p.born), sex, p.address, date(p.issued)}, p.extra...), "|")
}

// mrz is its back, with an independent reckoning of the digits.
func (p person) mrz() string {
	digit := func(s string) string {
		sum, weights := 0, []int{7, 3, 1}
		for i, c := range []byte(s) {
			sum += strings.IndexByte("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", c) * weights[i%3]
			if c == '<' {
				sum += weights[i%3] // it counts as 0, IndexByte says -1
			}
		}
		return fmt.Sprint(sum % 10)
	}
	date := func(d Date) string {
		s := fmt.Sprintf("%02d%02d%02d", d.Year%100, d.Month, d.Day)
		return s[:2] + unknown(s[2:4]) + unknown(s[4:])
	}
	pad := func(s string, n int) string { return (s + strings.Repeat("<", n))[:n] }
	l1 := "IDVNM" + p.number[3:] + digit(p.number[3:]) + p.number + "<<" + digit(p.number)
	born, exp := date(p.born), date(p.expires)
	l2 := born + digit(born) + map[Sex]string{SexMale: "M", SexFemale: "F"}[p.sex] + exp + digit(exp) + "VNM" + strings.Repeat("<", 11)
	l2 += digit(l1[5:] + l2[:7] + l2[8:15] + l2[18:29])
	words := strings.Fields(p.name)
	for i, w := range words {
		words[i] = letters(w)
	}
	l3 := words[0] + "<<" + strings.Join(words[1:], "<")
	return l1 + "\n" + l2 + "\n" + pad(l3, td1Line)
}

func unknown(two string) string {
	if two == "00" {
		return "<<"
	}
	return two
}

// Both sides of any card agree, and say all that is on it.
func TestBothSidesOfAnyCard(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := people().Draw(t, "person")
		front, err := Parse(p.qr())
		if err != nil {
			t.Fatalf("%s: %v", p.qr(), err)
		}
		back, err := Parse(p.mrz())
		if err != nil {
			t.Fatalf("%s: %v", p.mrz(), err)
		}
		card, grade, fields := Cross(front, back)
		if grade != Consistent {
			t.Fatalf("%s of\n%s\n%s: %v", grade, p.qr(), p.mrz(), fields)
		}
		if card.Number != p.number || card.Name != p.name || card.Born != p.born || card.Sex != p.sex || card.OldCMND != p.old ||
			card.Address != p.address || card.IssuedOn != p.issued || card.Expires != p.expires || !slices.Equal(card.Extra, p.extra) {
			t.Fatalf("%+v is not %+v", card, p)
		}
	})
}

// One thing that differs between the sides is named, and nothing else.
func TestOneDifferenceIsNamed(t *testing.T) {
	for field, change := range map[string]func(*person){
		"number": func(p *person) { // its serial, so that nothing else follows
			p.number = p.number[:11] + string('0'+(p.number[11]-'0'+1)%10)
		},
		"born": func(p *person) { p.born.Month = p.born.Month%12 + 1 },
		"name": func(p *person) { p.name = "Phan " + p.name },
		"expiry": func(p *person) {
			p.issued = Date{p.expires.Year + 1, 1, 1}
		},
	} {
		t.Run(field, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				p := people().Filter(func(p person) bool { return field != "born" || p.born.Month != 0 }).Draw(t, "person")
				back, err := Parse(p.mrz())
				if err != nil {
					t.Fatal(err)
				}
				change(&p)
				front, err := Parse(p.qr())
				if err != nil {
					t.Fatal(err)
				}
				if _, grade, fields := Cross(front, back); grade != Contradictory || !slices.Equal(fields, []string{field}) {
					t.Fatalf("%s %v of\n%s\n%s", grade, fields, p.qr(), p.mrz())
				}
			})
		})
	}
	// The sex stands in the number, so a side that has another one is alone in
	// contradicting itself.
	rapid.Check(t, func(t *rapid.T) {
		p := people().Draw(t, "person")
		p.sex = map[Sex]Sex{SexMale: SexFemale, SexFemale: SexMale}[p.sex]
		for _, frame := range []string{p.qr(), p.mrz()} {
			if c, err := Parse(frame); !isField(err, FieldSex) {
				t.Fatalf("%+v, %v", c, err)
			}
		}
	})
}

func isField(err error, f Field) bool {
	var fe *FieldError
	return errors.As(err, &fe) && fe.Field == f
}
