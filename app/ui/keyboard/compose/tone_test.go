package compose

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

// The letters of the keys, and those of the Vietnamese block.
const latin, marked = "qwertyuiopasdfghjklzxcvbnm", "ăâêôơưđ"

// toneless takes the tones off a word and returns the tone it had.
func toneless(word string) (string, Tone) {
	tone := Level
	var b strings.Builder
	for _, r := range word {
		l := split(r)
		if l.tone != Level {
			tone = l.tone
		}
		b.WriteRune(l.base)
	}
	return b.String(), tone
}

// words are spelled by the modern rule; each must come out when its tone is
// typed last, and when it is typed right after the first vowel.
var words = strings.Fields(`
	hoá hoà toà khoá loá xoá doạ hoạ khoẻ loè hoè xoè thuỷ tuỳ uỷ quỷ luỹ tuý nguỵ huý
	toán hoàng thoát loét hoạt khoảng ngoằn xoắn suýt huỳnh quỳnh quýt quý quà quả quốc quạt
	gì gìn giá già giỏi giữ giữa giếng giống giấy gió
	mía bìa múa của cửa lúa thuở nghĩa
	nói núi máy mèo bão dịu cháu đẹp ngày tối
	người mười rượu nước đường trước được hưởng cưới
	kiến biển yến yếu muối uống cuối chuyện nguyễn thuyền quyển khuyến
	ngoèo ngoái xoáy khuỷu khuỵu
	ý ấy ở ổ á ừ ặc Ấp Đắk Lắk Lộc Ý ƯỚC Ủy`)

func TestAccentWords(t *testing.T) {
	if len(words) < 60 {
		t.Fatalf("only %d words", len(words))
	}
	for _, want := range words {
		want = norm.NFC.String(want)
		if want == "Ủy" { // the old spelling is what the rule corrects
			want = "Uỷ"
		}
		plain, tone := toneless(want)
		if got := Accent("xã "+plain, tone); got != "xã "+want {
			t.Errorf("%s + %q = %s, want %s", plain, rune(tone), got, "xã "+want)
		}
		if got := typeEarly(plain, tone); got != want {
			t.Errorf("%s typed with an early tone = %s, want %s", plain, got, want)
		}
		if got := Accent(want, tone); got != plain {
			t.Errorf("%s and the same tone again = %s, want %s", want, got, plain)
		}
	}
}

// typeEarly types a word with its tone pressed right after the first vowel
// that can carry it.
func typeEarly(plain string, tone Tone) string {
	text, done := "", false
	for _, r := range plain {
		text = Append(text, string(r))
		if !done && isVowel(r) {
			if next := Accent(text, tone); next != text {
				text, done = next, true
			}
		}
	}
	return text
}

func TestAccentLeavesOtherTextAlone(t *testing.T) {
	for _, text := range []string{"", "Kdă ", "12", "H’", "bcd", "a-", "x@y."} {
		if got := Accent(text, Sac); got != text {
			t.Errorf("Accent(%q) = %q", text, got)
		}
	}
	tests := []struct{ text, want string }{
		{"Y Khôi Niê", "Y Khôi Niế"},
		{"H’Hen", "H’Hén"},
		{"hoà", "hoá"},       // another tone takes the place
		{"ho\u0300a", "hoá"}, // decomposed and old style
		{"Êban", "Êbán"},     // the last syllable of a name in one word
		{"qu", "qú"},         // no other vowel yet
		{"Gi", "Gí"},
	}
	for _, tt := range tests {
		if got := Accent(tt.text, Sac); got != tt.want {
			t.Errorf("Accent(%q) = %q, want %q", tt.text, got, tt.want)
		}
	}
	if got := Append("José", "p"); got != "Josép" {
		t.Errorf("Append moved a foreign accent: %q", got)
	}
}

// TestEveryAccentedLetter reaches all 134 letters with the keys there are.
func TestEveryAccentedLetter(t *testing.T) {
	keys := latin + marked
	reached := map[rune]bool{}
	for _, k := range keys {
		for _, c := range []string{string(k), strings.ToUpper(string(k))} {
			for _, tone := range append([]Tone{Level}, Tones...) {
				got := c
				if tone != Level {
					got = Accent(c, tone)
				}
				r, _ := utf8.DecodeRuneInString(got)
				if got != string(r) {
					t.Fatalf("%q + tone is %q", c, got)
				}
				if r > unicode.MaxASCII {
					reached[r] = true
				}
			}
		}
	}
	if len(reached) != 134 {
		t.Errorf("%d accented letters can be typed, want 134", len(reached))
	}
}

func TestAccentProperties(t *testing.T) {
	alphabet := []rune(latin + marked + " ’-" + "QÊĐ")
	rapid.Check(t, func(t *rapid.T) {
		text := ""
		for range rapid.IntRange(0, 24).Draw(t, "keys") {
			switch rapid.IntRange(0, 3).Draw(t, "kind") {
			case 0:
				text = Accent(text, Tones[rapid.IntRange(0, 4).Draw(t, "tone")])
			default:
				text = Append(text, string(alphabet[rapid.IntRange(0, len(alphabet)-1).Draw(t, "letter")]))
			}
		}
		if !norm.NFC.IsNormalString(text) {
			t.Fatalf("%q is not NFC", text)
		}
		tone := Tones[rapid.IntRange(0, 4).Draw(t, "last")]
		once := Accent(text, tone)
		if a, b := utf8.RuneCountInString(once), utf8.RuneCountInString(text); a != b {
			t.Fatalf("%q + tone has %d letters, want %d", text, a, b)
		}
		pa, _ := toneless(once)
		pb, _ := toneless(text)
		if pa != pb {
			t.Fatalf("a tone changed letters: %q, %q", pa, pb)
		}
	})
}

func FuzzAccent(f *testing.F) {
	for _, w := range words {
		f.Add(w, "a")
	}
	f.Add("H’ Bia Niê", "́")
	f.Fuzz(func(t *testing.T, text, typed string) {
		if !utf8.ValidString(text) || !utf8.ValidString(typed) {
			return
		}
		for _, tone := range Tones {
			if got := Accent(text, tone); !norm.NFC.IsNormalString(got) {
				t.Errorf("Accent(%q) = %q, not NFC", text, got)
			}
		}
		if got := Append(text, typed); !norm.NFC.IsNormalString(got) {
			t.Errorf("Append(%q, %q) = %q, not NFC", text, typed, got)
		}
	})
}
