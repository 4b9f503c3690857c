package idcard

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// qrA is the front of the card whose back is mrzA.
const qrA = "000090123456||Nguyễn Văn A|01011990|Nam|Số 1, Phường Bến Nghé|02012020"

func mustParse(t *testing.T, frame string) Card {
	t.Helper()
	c, err := Parse(frame)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCross(t *testing.T) {
	change := func(frame, old, neu string) Card {
		c, err := Parse(strings.Replace(frame, old, neu, 1))
		if c.Kind == "" {
			t.Fatal(err)
		}
		return c
	}
	a, back, typed := mustParse(t, qrA), mustParse(t, mrzA), mustParse(t, "000090123456")
	bia := mustParse(t, qrBia)
	for name, c := range map[string]struct {
		a, b   Card
		grade  Grade
		fields []string
	}{
		"both sides":                     {a, back, Consistent, nil},
		"one side":                       {a, Card{}, Declared, nil},
		"nothing":                        {Card{}, Card{}, Declared, nil},
		"the QR twice":                   {a, a, Declared, nil},
		"the MRZ twice":                  {back, back, Declared, nil},
		"a typed number":                 {a, typed, Declared, nil},
		"a wrong typed number":           {bia, mustParse(t, "066190000124"), Contradictory, []string{"number"}},
		"two cards":                      {bia, back, Contradictory, []string{"number", "born", "sex", "name"}},
		"another name":                   {change(qrA, "Văn A", "Văn B"), back, Contradictory, []string{"name"}},
		"another birthday":               {change(qrA, "01011990", "02011990"), back, Contradictory, []string{"born"}},
		"issued after expiry":            {change(qrA, "02012020", "02012031"), back, Contradictory, []string{"expiry"}},
		"another issue":                  {a, change(qrA, "02012020", "03012020"), Contradictory, []string{"issued"}},
		"a QR against itself":            {change(qrBia, "12081990", "12081989"), Card{}, Contradictory, []string{"born"}},
		"a sample's number says nothing": {mustParse(t, qrAn), Card{}, Declared, nil},
	} {
		t.Run(name, func(t *testing.T) {
			m, grade, fields := Cross(c.a, c.b)
			if grade != c.grade || !slices.Equal(fields, c.fields) {
				t.Errorf("%s %v, want %s %v", grade, fields, c.grade, c.fields)
			}
			m2, grade2, fields2 := Cross(c.b, c.a)
			if grade2 != grade || !slices.Equal(fields2, fields) || m2.Kind != m.Kind || m2.Name != m.Name && c.a.Kind != c.b.Kind {
				t.Errorf("the order matters: %s %v", grade2, fields2)
			}
		})
	}
	m, _, _ := Cross(back, a)
	if m.Kind != KindBoth || m.Name != "Nguyễn Văn A" || m.Expires != (Date{2030, 1, 1}) || m.IssuedOn != (Date{2020, 1, 2}) {
		t.Errorf("merged %+v", m)
	}
	if _, g, _ := Cross(m, back); g != Consistent {
		t.Errorf("a merged card and its back again: %s", g)
	}
}

// What is not known of a birth agrees with nothing, so it lifts no grade.
func TestUnknownBirthIsNoWitness(t *testing.T) {
	back := mustParse(t, reseal(strings.Replace(mrzA, "900101", "<<<<<<", 1)))
	front := mustParse(t, qrA)
	front.Born = Date{}
	if _, grade, fields := Cross(front, back); grade != Declared || fields != nil {
		t.Errorf("%s %v", grade, fields)
	}
}

func TestCrossNames(t *testing.T) {
	for _, c := range []struct {
		qr, mrz string
		same    bool
	}{
		{"H’ Bia Niê", "NIE H BIA", false},
		{"H’ Bia Niê", "H BIA NIE", true},
		{"Đặng Thị Đào", "DANG THI DAO", true},
		{"Nguyễn Văn An", "NGUYEN VAN A", false},
		{"Công Tằng Tôn Nữ Thị Huyền Trân Châu", "CONG TANG TON NU THI HUYEN TR", true},
		{"Công Tằng Tôn Nữ Thị Huyền Trân Châu", "CONG TANG TON NU", false},
		{"Công Tằng Tôn Nữ Thị Huyền Trân Châu", "CONG TANG TON NU T HUYEN T CH", true}, // words that did not fit
		{"Công Tằng Tôn Nữ Thị Huyền Trân Châu", "CONG TANG TON NU T HUYEN T XU", false},
		{"Ðặng Thị Ɖào", "DANG THI DAO", true}, // two look-alikes of Đ
		{"H' Bia Niê", "H BIA NIE", true},
		{"Sương", "SUONG", true},
	} {
		if got := sameName(Card{Kind: KindQR, Name: c.qr}, Card{Kind: KindMRZ, Name: c.mrz}); got != c.same {
			t.Errorf("%s / %s: %v", c.qr, c.mrz, got)
		}
	}
}

// Every single wrong digit of the numbers and dates is noticed.
func TestSingleErrorsAreNoticed(t *testing.T) {
	var covered []int // fillers, nationality and sex have no such digit
	for i := 5; i < 60; i++ {
		if mrzA[i] >= '0' && mrzA[i] <= '9' {
			covered = append(covered, i)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		i := rapid.SampledFrom(covered).Draw(t, "at")
		b := []byte(mrzA)
		b[i] = '0' + (b[i]-'0'+byte(rapid.IntRange(1, 9).Draw(t, "plus")))%10
		if _, err := Parse(string(b)); err == nil {
			t.Fatalf("not noticed: %s", b)
		}
	})
}
