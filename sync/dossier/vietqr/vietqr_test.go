package vietqr

import (
	"errors"
	"os"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// valid is the codes of testdata/valid.txt, published as examples.
func valid(t testing.TB) []string {
	t.Helper()
	raw, err := os.ReadFile("testdata/valid.txt")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for line := range strings.Lines(string(raw)) {
		if line = strings.TrimSuffix(line, "\n"); line != "" && line[0] != '#' {
			out = append(out, line)
		}
	}
	if len(out) < 3 {
		t.Fatalf("%d codes", len(out))
	}
	return out
}

func TestVectorsBothWays(t *testing.T) {
	want := []Payment{
		{BIN: "970423", Account: "0099999999"},
		{BIN: "970425", Account: "123456789", Amount: 1000000, Purpose: "V1TH1375842", Dynamic: true},
		{BIN: "970422", Account: "VQRQACYEK5606", Amount: 6868, Purpose: "Test VA Account", Bill: "NPS6869", Dynamic: true},
	}
	for i, text := range valid(t) {
		got, err := Parse(text)
		if err != nil {
			t.Fatal(text, err)
		}
		if !reflect.DeepEqual(got, want[i]) {
			t.Errorf("%s\nread as %+v\nnot     %+v", text, got, want[i])
		}
		if again, err := want[i].Encode(); err != nil || again != text {
			t.Errorf("%+v\nwritten as %s (%v)\nnot        %s", want[i], again, err, text)
		}
	}
}

func TestCRC(t *testing.T) {
	for text, want := range map[string]uint16{"123456789": 0x29B1, "": 0xFFFF, "A": 0xB915} {
		if got := CRC(text); got != want {
			t.Errorf("%q: %04X, not %04X", text, got, want)
		}
	}
}

// sum ends a code with the check sum it needs.
func sum(fields ...string) string {
	s := strings.Join(fields, "") + "6304"
	const hex = "0123456789ABCDEF"
	c := CRC(s)
	return s + string([]byte{hex[c>>12], hex[c>>8&15], hex[c>>4&15], hex[c&15]})
}

const (
	head    = "000201" + "010212"
	account = "38540010A00000072701240006970423011000999999990208QRIBFTTA"
	money   = "5303704"
	land    = "5802VN"
)

func TestRefusesToRead(t *testing.T) {
	ok := sum(head, account, money, land)
	if _, err := Parse(ok); err != nil {
		t.Fatal(err)
	}
	one := valid(t)[0]
	flipped := []byte(one)
	flipped[len(one)-20] ^= 1
	tests := []struct {
		name, text string
		want       error
	}{
		{"empty", "", ErrOrder},
		{"check sum of another", one[:len(one)-4] + "CBB5", ErrCRC},
		{"check sum no number", one[:len(one)-4] + "GGGG", ErrCRC},
		{"check sum of nothing", one[:len(one)-4] + "FFFF", ErrCRC},
		{"a digit read wrong", string(flipped), ErrCRC},
		{"no check sum", one[:len(one)-8], ErrOrder},
		{"check sum cut", one[:len(one)-1], ErrLength},
		{"check sum of five", one[:len(one)-6] + "05CBB40", ErrOrder},
		{"something after it", one + "0", ErrLength},
		{"a field after it", one + "5903ABC", ErrOrder},
		{"starts elsewhere", sum("010212", "000201", account, money, land), ErrOrder},
		{"another format", sum("000202", "010212", account, money, land), ErrOrder},
		{"length beyond the end", sum(head, account, money, "5899VN"), ErrLength},
		{"length of nothing", sum(head, account, money, "5400", land), ErrLength},
		{"length no number", sum(head, account, money, "58x2VN"), ErrLength},
		{"inner length beyond", sum(head, "38140011A000000799", money, land), ErrLength},
		{"innermost length beyond", sum(head, "38400010A000000727011000999704230208QRIBFTTA", money, land), ErrLength},
		{"twice", sum(head, account, money, land, land), ErrTwice},
		{"twice within", sum(head, account, money, land, "62140803ABC0803ABD"), ErrTwice},
		{"no account", sum(head, money, land), ErrMissing},
		{"no currency", sum(head, account, land), ErrMissing},
		{"no country", sum(head, account, money), ErrMissing},
		{"no method", sum("000201", account, money, land), ErrMissing},
		{"method unknown", sum("000201", "010213", account, money, land), ErrScheme},
		{"another scheme", sum(head, "38540010A00000072801240006970423011000999999990208QRIBFTTA", money, land), ErrScheme},
		{"to a card", sum(head, "38540010A00000072701240006970423011000999999990208QRIBFTTC", money, land), ErrScheme},
		{"another country", sum(head, account, money, "5802TH"), ErrScheme},
		{"dollars", sum(head, account, "5303840", land), ErrCurrency},
		{"a point", sum(head, account, money, "54041.50", land), ErrAmount},
		{"below nothing", sum(head, account, money, "5402-1", land), ErrAmount},
		{"nothing", sum(head, account, money, "54010", land), ErrAmount},
		{"a zero in front", sum(head, account, money, "5403010", land), ErrAmount},
		{"beyond counting", sum(head, account, money, "542099999999999999999999", land), ErrAmount},
		{"more than a field of money holds", sum(head, account, money, "541410000000000000", land), ErrAmount},
		{"bank of five", sum(head, "38530010A0000007270123000597042011000999999990208QRIBFTTA", money, land), ErrBank},
		{"bank of letters", sum(head, "38540010A0000007270124000697042X011000999999990208QRIBFTTA", money, land), ErrBank},
		{"no bank", sum(head, "38440010A0000007270114011000999999990208QRIBFTTA", money, land), ErrBank},
		{"no number", sum(head, "38400010A000000727011000069704230208QRIBFTTA", money, land), ErrAccount},
		{"number with a space", sum(head, "38540010A0000007270124000697042301100009999 990208QRIBFTTA", money, land), ErrAccount},
		{"purpose too long", sum(head, account, money, land, "62300826"+strings.Repeat("A", 26)), ErrTooLong},
		{"an accent", sum(head, account, money, land, "62060802ê"), ErrLetters},
		{"a line's end", ok + "\n", ErrLetters},
		{"too long", sum(head, account, money, land, strings.Repeat("5999"+strings.Repeat("A", 99), 5)), ErrTooLong},
	}
	for _, tt := range tests {
		if got, err := Parse(tt.text); !errors.Is(err, tt.want) || !reflect.DeepEqual(got, Payment{}) {
			t.Errorf("%s: %+v, %v; want %v", tt.name, got, err, tt.want)
		}
	}
}

// What a Payment has no place for is listed and does not get in the way.
func TestIgnores(t *testing.T) {
	got, err := Parse(sum(head, "26080004abcd", account, "52045814", money, "540516000", "550201", land, "5904SHOP", "6005HANOI",
		"62210302AB0803ABC99040000", "64080002vi01", "9902zz"))
	want := Payment{BIN: "970423", Account: "0099999999", Amount: 16000, Purpose: "ABC", Dynamic: true,
		Ignored: []string{"26", "52", "55", "59", "60", "62-03", "62-99", "64", "99"}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v; want %+v", got, err, want)
	}
}

func TestRefusesToWrite(t *testing.T) {
	good := Payment{BIN: "970423", Account: "0009999999", Amount: 16000, Purpose: "LE PHI", Dynamic: true}
	if _, err := good.Encode(); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name   string
		change func(*Payment)
		want   error
	}{
		{"no bank", func(p *Payment) { p.BIN = "" }, ErrBank},
		{"bank of seven", func(p *Payment) { p.BIN = "9704231" }, ErrBank},
		{"bank of letters", func(p *Payment) { p.BIN = "97042A" }, ErrBank},
		{"no account", func(p *Payment) { p.Account = "" }, ErrAccount},
		{"account of twenty", func(p *Payment) { p.Account = strings.Repeat("1", 20) }, ErrAccount},
		{"account with a sign", func(p *Payment) { p.Account = "0001-2" }, ErrAccount},
		{"less than nothing", func(p *Payment) { p.Amount = -1 }, ErrAmount},
		{"more than a field holds", func(p *Payment) { p.Amount = MaxAmount + 1 }, ErrAmount},
		{"purpose with accents", func(p *Payment) { p.Purpose = "lệ phí" }, ErrLetters},
		{"purpose with a line's end", func(p *Payment) { p.Purpose = "a\nb" }, ErrLetters},
		{"purpose of 26", func(p *Payment) { p.Purpose = strings.Repeat("A", 26) }, ErrTooLong},
		{"bill of 26", func(p *Payment) { p.Bill = strings.Repeat("A", 26) }, ErrTooLong},
	}
	for _, tt := range tests {
		p := good
		tt.change(&p)
		if got, err := p.Encode(); !errors.Is(err, tt.want) || got != "" {
			t.Errorf("%s: %q, %v; want %v", tt.name, got, err, tt.want)
		}
	}
	if err := CheckAccount("970423", "0009999999"); err != nil {
		t.Error(err)
	}
	if err := CheckAccount("97042", "0009999999"); !errors.Is(err, ErrBank) {
		t.Error(err)
	}
}

func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := Payment{
			BIN: rapid.StringMatching(`[0-9]{6}`).Draw(t, "bin"), Account: rapid.StringMatching(`[0-9A-Za-z]{1,19}`).Draw(t, "account"),
			Amount: rapid.Int64Range(0, MaxAmount).Draw(t, "amount"), Purpose: rapid.StringMatching(`[ -~]{0,25}`).Draw(t, "purpose"),
			Bill: rapid.StringMatching(`[ -~]{0,25}`).Draw(t, "bill"), Dynamic: rapid.Bool().Draw(t, "dynamic"),
		}
		text, err := want.Encode()
		if err != nil {
			t.Fatal(err)
		}
		got, err := Parse(text)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("%s: %+v, %v; want %+v", text, got, err, want)
		}
		// No single character can be read as another without being noticed.
		at := rapid.IntRange(0, len(text)-1).Draw(t, "at")
		was := text[at]
		is := rapid.ByteRange(' ', '~').Filter(func(b byte) bool { return b != was && !strings.EqualFold(string(b), string(was)) }).Draw(t, "is")
		if got, err := Parse(text[:at] + string(is) + text[at+1:]); err == nil {
			t.Fatalf("%q for %q at %d is read as %+v", is, was, at, got)
		}
	})
}

func TestPlain(t *testing.T) {
	for text, want := range map[string]string{
		"":                            "",
		"Lệ phí hồ sơ":                "Le phi ho so",
		"ĐỖ Thị Ước – Ỷ, ỹ":           "DO Thi Uoc Y y",
		"H’ Bia Niê":                  "H Bia Nie",
		"Le\u0302\u0323 phi\u0301":    "Le phi", // marks that stand by themselves
		"LP 2.000635":                 "LP 2 000635",
		"  a \t\r\n b😀c\u202e ":       "a b c",
		"một hai ba bốn năm sáu bảy":  "mot hai ba bon nam sau ba",
		"một hai ba bốn năm sáu tám ": "mot hai ba bon nam sau ta",
		"aaaaaaaaaaaaaaaaaaaaaaaa bb": "aaaaaaaaaaaaaaaaaaaaaaaa",
	} {
		if got := Plain(text); got != want {
			t.Errorf("%q: %q, not %q", text, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		text := Plain(rapid.String().Draw(t, "text"))
		if _, err := (Payment{BIN: "970423", Account: "1", Purpose: text}).Encode(); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
	})
}
