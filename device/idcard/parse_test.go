package idcard

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"
)

// Nobody's: see testdata/.
const (
	qrBia   = "066190000123||H’ Bia Niê|12081990|Nữ|Buôn Ea Bông, Cư Êbur, Buôn Ma Thuột, Đắk Lắk|15042021"
	qrAn    = "000123456789|123456789|Nguyễn Văn An|01011990|Nam|Số 1, Phường Bến Nghé, Quận 1, TP.HCM|01012021"
	mrzAL1  = "IDVNM0901234562000090123456<<2"
	mrzAL2  = "9001011M3001019VNM<<<<<<<<<<<0"
	mrzAL3  = "NGUYEN<<VAN<A<<<<<<<<<<<<<<<<<"
	mrzA    = mrzAL1 + mrzAL2 + mrzAL3
	specimn = "I<UTOD231458907<<<<<<<<<<<<<<<7408122F1204159UTO<<<<<<<<<<<6ERIKSSON<<ANNA<MARIA<<<<<<<<<<"
)

func fixture(t testing.TB, name string) []string {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for line := range strings.Lines(string(b)) {
		if line = strings.TrimSpace(line); !strings.HasPrefix(line, "#") && line != "" {
			out = append(out, line)
		}
	}
	return out
}

func TestParseFixtures(t *testing.T) {
	for _, line := range fixture(t, "cccd-qr.txt") {
		c, err := Parse(line)
		if err != nil || c.Kind != KindQR || c.Raw != line {
			t.Errorf("%s: %v", line, err)
		}
	}
	lines := fixture(t, "mrz-td1.txt")
	if _, err := ParseTD1(strings.Join(lines[:3], "\n")); err != nil {
		t.Errorf("ICAO specimen: %v", err)
	}
	if _, err := Parse(strings.Join(lines[3:6], "\n")); err != nil {
		t.Errorf("Vietnamese card: %v", err)
	}
	for _, line := range fixture(t, "vietqr.txt") {
		if _, err := Parse(line); !errors.Is(err, ErrNotAnID) {
			t.Errorf("a payment code: %v", err)
		}
	}
}

func TestParseCards(t *testing.T) {
	bia := Card{
		Kind: KindQR, Number: "066190000123", Name: "H’ Bia Niê", Born: Date{1990, 8, 12}, Sex: SexFemale,
		Address: "Buôn Ea Bông, Cư Êbur, Buôn Ma Thuột, Đắk Lắk", IssuedOn: Date{2021, 4, 15},
	}
	more := bia
	more.Extra = []string{"NIÊ Y BLÔ", "", "x"}
	an := Card{
		Kind: KindQR, Number: "000123456789", OldCMND: "123456789", Name: "Nguyễn Văn An", Born: Date{1990, 1, 1},
		Sex: SexMale, Address: "Số 1, Phường Bến Nghé, Quận 1, TP.HCM", IssuedOn: Date{2021, 1, 1},
	}
	mrz := Card{
		Kind: KindMRZ, Number: "000090123456", Name: "NGUYEN VAN A", Born: Date{1990, 1, 1}, Sex: SexMale,
		Expires: Date{2030, 1, 1},
	}
	typed := Card{Kind: KindNumber, Number: "066190000123", Born: Date{Year: 1990}, Sex: SexFemale}
	for name, c := range map[string]struct {
		frame string
		want  Card
	}{
		"qr":                       {qrBia, bia},
		"qr with old number":       {qrAn, an},
		"qr with later fields":     {qrBia + "|NIÊ Y BLÔ||x", more},
		"qr with blanks":           {" " + strings.ReplaceAll(qrBia, "|", " | ") + "\n", bia},
		"mrz bare":                 {mrzA, mrz},
		"mrz, LF":                  {mrzAL1 + "\n" + mrzAL2 + "\n" + mrzAL3 + "\n", mrz},
		"mrz, CR LF":               {mrzAL1 + "\r\n" + mrzAL2 + "\r\n" + mrzAL3, mrz},
		"mrz, CR":                  {mrzAL1 + "\r" + mrzAL2 + "\r" + mrzAL3 + "\r", mrz},
		"mrz, 3M padding":          {strings.ReplaceAll(mrzA, "<", "_"), mrz},
		"qr, the year only":        {strings.Replace(qrBia, "12081990", "00001990", 1), born(bia, Date{Year: 1990})},
		"qr, only four digits":     {strings.Replace(qrBia, "12081990", "1990", 1), born(bia, Date{Year: 1990})},
		"qr, month and year":       {strings.Replace(qrBia, "12081990", "00081990", 1), born(bia, Date{Year: 1990, Month: 8})},
		"qr, accents apart":        {norm.NFD.String(qrBia), bia},
		"qr, blanks in the name":   {strings.Replace(qrBia, "H’ Bia", "H’\u00a0 Bia", 1), bia},
		"qr, sex not given":        {strings.Replace(qrBia, "Nữ", "X", 1), sexless(bia)},
		"mrz, small letters":       {strings.ToLower(mrzA), mrz},
		"mrz, look-alikes":         {mrzLikes, mrz},
		"mrz, a zero in a name":    {strings.Replace(mrzA, "NGUYEN<<VAN<A<<", "H0<<VAN<A<<<<<<", 1), called(mrz, "HO VAN A")},
		"mrz, sex X":               {strings.Replace(mrzA, "M3001019", "X3001019", 1), sexless(mrz)},
		"typed":                    {"066190000123", typed},
		"typed in groups":          {"066 190 000 123", typed},
		"typed with points":        {"066.190.000.123", typed},
		"typed, a sample's number": {"000123456789", Card{Kind: KindNumber, Number: "000123456789"}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Parse(c.frame)
			if err != nil {
				t.Fatal(err)
			}
			c.want.Raw = c.frame
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func born(c Card, d Date) Card        { c.Born = d; return c }
func called(c Card, name string) Card { c.Name = name; return c }
func sexless(c Card) Card             { c.Sex = SexUnknown; return c }

// mrzLikes is mrzA as a poor reader sees it.
const mrzLikes = "1DVNMO9O1Z34S6ZOOOO90lZ34S6<<Z" + "9OOI0I1M3OO1O19VNM<<<<<<<<<<<Q" + mrzAL3

func TestParseNotAnID(t *testing.T) {
	for name, frame := range map[string]string{
		"empty":           "",
		"blanks":          " \r\n ",
		"a slip":          "HTTPS://TRAM.EXAMPLE/S/AEBAGBAFAYDQQCIK#GE3DSMJYGI4TA",
		"a badge":         "TRAMBADGE:AEBAGBAFAYDQQCIK.GE3DSMJYGI4TA",
		"VNeID":           "eyJhbGciOiJub25lIn0.eyJpZCI6IjEifQ.",
		"a word":          "xin chào",
		"old 9 digits":    "123456789",
		"old, in groups":  "123 456 789",
		"11 digits":       "06619000012",
		"13 digits":       "0661900001234",
		"letters":         "06619000012O",
		"other digits":    "٠٦٦١٩٠٠٠٠١٢٣",
		"six fields":      "066190000123||H|12081990|Nữ|Buôn",
		"no number":       "abc||H|12081990|Nữ|Buôn|15042021",
		"short number":    "06619000012||H|12081990|Nữ|Buôn|15042021",
		"pipes":           "|||||||||||",
		"not UTF-8":       "066190000123||H\xea\xde|12081990|N|B|15042021",
		"too long":        qrBia + "|" + strings.Repeat("x", maxFrame),
		"90 of nothing":   strings.Repeat("A", 90),
		"passport":        "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F1204159ZE184226B<<<<<10",
		"foreign card":    specimn,
		"foreign, broken": strings.Replace(specimn, "7408122", "7408123", 1),
	} {
		t.Run(name, func(t *testing.T) {
			c, err := Parse(frame)
			if !errors.Is(err, ErrNotAnID) || errors.Is(err, ErrCheckDigit) {
				t.Errorf("err = %v", err)
			}
			if d := cmp.Diff(Card{}, c); d != "" {
				t.Errorf("a card all the same: %s", d)
			}
			if strings.HasPrefix(name, "foreign") != errors.Is(err, ErrForeign) || strings.HasPrefix(name, "old") != errors.Is(err, ErrOldNumber) {
				t.Errorf("err = %v", err)
			}
		})
	}
}

func TestParseContradictions(t *testing.T) {
	in := func(frame, old, neu string) string {
		t.Helper()
		if strings.Count(frame, old) == 0 {
			t.Fatalf("%q is not there", old)
		}
		return strings.Replace(frame, old, neu, 1)
	}
	for name, c := range map[string]struct {
		frame string
		field Field
	}{
		"qr: other birth year":     {in(qrBia, "12081990", "12081991"), FieldBorn},
		"qr: other century":        {in(qrBia, "066190", "066390"), FieldBorn},
		"qr: other sex":            {in(qrBia, "Nữ", "Nam"), FieldSex},
		"qr: no such sex":          {in(qrBia, "Nữ", "N?"), FieldSex},
		"qr: 30 February":          {in(qrBia, "12081990", "30021990"), FieldBorn},
		"qr: 29 February 1990":     {in(qrBia, "12081990", "29021990"), FieldBorn},
		"qr: month 13":             {in(qrBia, "15042021", "15132021"), FieldIssued},
		"qr: month 0":              {in(qrBia, "12081990", "12001990"), FieldBorn},
		"qr: born in month 13":     {in(qrBia, "12081990", "00131990"), FieldBorn},
		"qr: born in year 0":       {in(qrBia, "12081990", "00000000"), FieldBorn},
		"qr: day 0 of issue":       {in(qrBia, "15042021", "00042021"), FieldIssued},
		"qr: seven digits":         {in(qrBia, "12081990", "2081990"), FieldBorn},
		"qr: year 0":               {in(qrBia, "15042021", "15040000"), FieldIssued},
		"qr: ISO date":             {in(qrBia, "15042021", "2021-04-15"), FieldIssued},
		"qr: issued before birth":  {in(qrBia, "15042021", "15041989"), FieldIssued},
		"qr: no name":              {in(qrBia, "H’ Bia Niê", ""), FieldName},
		"qr: old number of 8":      {in(qrBia, "||", "|12345678|"), FieldOldCMND},
		"qr: not yet born":         {in(qrBia, "066190", "066590"), FieldNumber},
		"typed: not yet born":      {"066590000123", FieldNumber},
		"mrz: document digit":      {in(mrzA, "0901234562", "0901234563"), FieldDocument},
		"mrz: birth digit":         {in(mrzA, "9001011M", "9001021M"), FieldBorn},
		"mrz: expiry digit":        {in(mrzA, "3001019", "3001029"), FieldExpiry},
		"mrz: composite":           {in(mrzA, "<<<<<<<<<<<0", "<<<<<<<<<<<1"), FieldComposite},
		"mrz: transposed":          {in(mrzA, "0901234562", "0902134562"), FieldDocument},
		"mrz: cut short":           {mrzA[:88], FieldLength},
		"mrz: national digit":      {reseal(in(mrzA, "<<2", "<<3")), FieldNational},
		"mrz: national, 12 digits": {reseal(in(mrzA, "2000090", "2001090")), FieldNational},
		"mrz: another document":    {reseal(in(mrzA, "VNM0901234562", "VNM1901234569")), FieldDocument},
		"mrz: no number":           {reseal(in(mrzA, "000090123456<<2", "<<<<<<<<<<<<<<<")), FieldNumber},
		"mrz: nationality":         {in(mrzA, "VNM<<<<<<<<<<<0", "UTO<<<<<<<<<<<0"), FieldNation},
		"mrz: month 13":            {reseal(in(mrzA, "9001011M", "9013010M")), FieldBorn},
		"mrz: other birth year":    {vnMRZ("066090123456", "910101", "M"), FieldBorn},
		"mrz: other sex":           {vnMRZ("066090123456", "900101", "F"), FieldSex},
		"mrz: sex":                 {in(mrzA, "M3001019", "Y3001019"), FieldSex},
		"mrz: a digit in a name":   {in(mrzA, "VAN<A", "VAN<7"), FieldName},
		"mrz: O for another digit": {in(mrzA, "0901234562", "O9O1B34562"), FieldDocument},
		"mrz: no name":             {mrzAL1 + mrzAL2 + strings.Repeat("<", 30), FieldName},
	} {
		t.Run(name, func(t *testing.T) {
			card, err := Parse(c.frame)
			var fe *FieldError
			if !errors.As(err, &fe) || fe.Field != c.field || !errors.Is(err, ErrCheckDigit) {
				t.Fatalf("err = %v, want field %s", err, c.field)
			}
			if errors.Is(err, ErrNotAnID) {
				t.Error("both at once")
			}
			if card.Number != "" && strings.Contains(err.Error(), card.Number) || card.Name != "" && strings.Contains(err.Error(), card.Name) {
				t.Errorf("personal data in %q", err)
			}
		})
	}
}

// vnMRZ is a Vietnamese card whose check digits all hold.
func vnMRZ(number, yymmdd, sex string) string {
	return reseal("IDVNM" + number[3:] + "0" + number + "<<" + string(checkDigit(number)) +
		yymmdd + "0" + sex + "3001010VNM<<<<<<<<<<<0" + mrzAL3)
}

// reseal makes the ICAO check digits of a changed MRZ hold again.
func reseal(s string) string {
	b := []byte(s)
	b[14] = checkDigit(s[5:14])
	b[36] = checkDigit(s[30:36])
	b[44] = checkDigit(s[38:44])
	t := string(b)
	b[59] = checkDigit(t[5:30] + t[30:37] + t[38:45] + t[48:59])
	return string(b)
}

func TestMRZPartialDates(t *testing.T) {
	for yymmdd, want := range map[string]Date{
		"90<<<<": {Year: 1990}, "9008<<": {Year: 1990, Month: 8}, "<<<<<<": {}, "900000": {Year: 1990}, "900800": {Year: 1990, Month: 8},
	} {
		c, err := Parse(reseal(strings.Replace(mrzA, "900101", yymmdd, 1)))
		if err != nil || c.Born != want {
			t.Errorf("%s: %v, %v", yymmdd, c.Born, err)
		}
	}
	for _, yymmdd := range []string{"<<0101", "90<<01", "900001", "9013<<", "900132"} {
		if _, err := Parse(reseal(strings.Replace(mrzA, "900101", yymmdd, 1))); !errors.Is(err, ErrCheckDigit) {
			t.Errorf("%s: %v", yymmdd, err)
		}
	}
}

func TestMRZCenturyComesFromTheNumber(t *testing.T) {
	c, err := Parse(vnMRZ("066305123456", "050228", "F"))
	if err != nil || c.Born != (Date{2005, 2, 28}) {
		t.Errorf("%+v, %v", c.Born, err)
	}
}

func TestTD1LongNumber(t *testing.T) {
	// ICAO 9303 part 5, 4.2.4: the number D23145890734, its check digit 9.
	s := reseal("I<UTOD23145890<7349<<<<<<<<<<<" + specimn[30:])
	s = s[:14] + "<" + s[15:]
	b := []byte(s)
	b[59] = checkDigit(s[5:30] + s[30:37] + s[38:45] + s[48:59])
	got, err := ParseTD1(string(b))
	if err != nil || got.Document != "D23145890734" || got.Optional1 != "" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestCheckDigit(t *testing.T) {
	// ICAO 9303 part 3, appendix A.
	for s, want := range map[string]byte{"520727": '3', "AB2134<<<": '5', "": '0'} {
		if got := checkDigit(s); got != want {
			t.Errorf("checkDigit(%q) = %c", s, got)
		}
	}
}

func TestParseNumber(t *testing.T) {
	for s, want := range map[string]Number{
		"066190000123": {"066", SexFemale, 1990, "000123"},
		"001099000001": {"001", SexMale, 1999, "000001"},
		"001200000001": {"001", SexMale, 2000, "000001"},
		"079326000001": {"079", SexFemale, 2026, "000001"},
	} {
		if got, err := ParseNumber(s); err != nil || got != want {
			t.Errorf("%s: %+v, %v", s, got, err)
		}
	}
}
