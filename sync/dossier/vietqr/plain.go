package vietqr

import "strings"

// bare maps the Vietnamese letters to the ones below their marks.
var bare = func() map[rune]rune {
	m := map[rune]rune{}
	for to, from := range map[rune]string{
		'a': "àáảãạăằắẳẵặâầấẩẫậ", 'd': "đ", 'e': "èéẻẽẹêềếểễệ", 'i': "ìíỉĩị",
		'o': "òóỏõọôồốổỗộơờớởỡợ", 'u': "ùúủũụưừứửữự", 'y': "ỳýỷỹỵ",
	} {
		for _, r := range from {
			m[r] = to
		}
	}
	return m
}()

// Plain is a text as a purpose may be: accents taken off, what is neither a
// letter nor a digit a single space, and no more than MaxPurpose characters.
// Banks drop or refuse other signs, each its own.
func Plain(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r >= 0x300 && r <= 0x36F { // a mark that stands by itself
			continue
		}
		if to, ok := bare[r]; ok {
			r = to
		} else if to, ok := bare[lower(r)]; ok {
			r = to - 'a' + 'A'
		}
		if !letters(string(r)) {
			r = ' '
		}
		b.WriteRune(r)
	}
	out := strings.Join(strings.Fields(b.String()), " ")
	return strings.TrimSpace(out[:min(len(out), MaxPurpose)])
}

func lower(r rune) rune { return []rune(strings.ToLower(string(r)))[0] }
