package compose

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Tone is one of the five tone marks; Level is none.
type Tone rune

// The tones, each the combining mark that writes it.
const (
	Level Tone = 0
	Sac   Tone = '\u0301'
	Huyen Tone = '\u0300'
	Hoi   Tone = '\u0309'
	Nga   Tone = '\u0303'
	Nang  Tone = '\u0323'
)

// Tones are the five tone keys in their order on the keyboard.
var Tones = []Tone{Sac, Huyen, Hoi, Nga, Nang}

// letter is a letter without its tone, and the tone.
type letter struct {
	base rune // with ˘ ˆ or horn, without tone
	tone Tone
	lone bool // an ư that Telex's w made by itself
}

func isTone(r rune) bool {
	switch Tone(r) {
	case Sac, Huyen, Hoi, Nga, Nang:
		return true
	}
	return false
}

// split takes a letter's tone off.
func split(r rune) letter {
	l := letter{base: r}
	var rest []rune
	for _, d := range norm.NFD.String(string(r)) {
		if isTone(d) {
			l.tone = Tone(d)
		} else {
			rest = append(rest, d)
		}
	}
	if len(rest) == 0 { // the mark alone is no letter
		return letter{base: r}
	}
	if l.tone != Level {
		l.base = []rune(norm.NFC.String(string(rest)))[0]
	}
	return l
}

func (l letter) String() string {
	if l.tone == Level {
		return string(l.base)
	}
	return norm.NFC.String(string(l.base) + string(l.tone))
}

func isVowel(r rune) bool { return strings.ContainsRune("aăâeêioôơuưy", unicode.ToLower(r)) }

func isMarked(r rune) bool { return strings.ContainsRune("ăâêôơư", unicode.ToLower(r)) }

// syllable finds, in the last word, the last run of vowels that belongs to one
// syllable: the start and end of the run in letters, and all its letters. The
// u of qu and the i of gi before another vowel are consonants.
func syllable(word []letter) (from, to int, ok bool) {
	to = len(word)
	for to > 0 && !isVowel(word[to-1].base) {
		to--
	}
	from = to
	for from > 0 && isVowel(word[from-1].base) {
		from--
	}
	if from == to {
		return 0, 0, false
	}
	if from > 0 && to-from > 1 {
		before, first := unicode.ToLower(word[from-1].base), unicode.ToLower(word[from].base)
		if before == 'q' && first == 'u' || before == 'g' && first == 'i' {
			from++
		}
	}
	return from, to, true
}

// seat is the vowel among word[from:to] that carries the tone.
func seat(word []letter, from, to int) int {
	for i := to - 1; i >= from; i-- {
		if isMarked(word[i].base) {
			return i
		}
	}
	closed := to < len(word) // a consonant follows
	switch n := to - from; {
	case n == 1:
		return from
	case n >= 3:
		return from + 1
	case closed:
		return from + 1
	}
	switch pair := string([]rune{unicode.ToLower(word[from].base), unicode.ToLower(word[from+1].base)}); pair {
	case "oa", "oe", "uy", "ue", "uo", "ie", "ye":
		return from + 1
	}
	return from
}

// lastWord cuts text before its last run of letters.
func lastWord(text string) (head string, word []letter) {
	runes := []rune(norm.NFC.String(text))
	i := len(runes)
	for i > 0 && unicode.IsLetter(runes[i-1]) {
		i--
	}
	for _, r := range runes[i:] {
		word = append(word, split(r))
	}
	return string(runes[:i]), word
}

func join(head string, word []letter) string {
	var b strings.Builder
	b.WriteString(head)
	for _, l := range word {
		b.WriteString(l.String())
	}
	return norm.NFC.String(b.String())
}

// Accent puts a tone on the last syllable of text, in place of the one it
// has; the same tone again takes it off. Text without a vowel at its end stays
// as it is.
func Accent(text string, tone Tone) string {
	head, word := lastWord(text)
	from, to, ok := syllable(word)
	if !ok {
		return norm.NFC.String(text)
	}
	at := seat(word, from, to)
	had := Level
	for i := run(word, from); i < to; i++ {
		if word[i].tone != Level {
			had = word[i].tone
		}
		word[i].tone = Level
	}
	if had != tone {
		word[at].tone = tone
	}
	return join(head, word)
}

// run is where the vowels before to begin, the u of qu and i of gi included.
func run(word []letter, from int) int {
	if from > 0 && isVowel(word[from-1].base) {
		return from - 1
	}
	return from
}

// Append types a letter after text and lets a tone that was set before move to
// the vowel it now belongs on: hó + a = hoá.
func Append(text, typed string) string {
	head, word := lastWord(text + typed)
	from, to, ok := syllable(word)
	if !ok {
		return norm.NFC.String(text + typed)
	}
	for i := run(word, from); i < to; i++ {
		if t := word[i].tone; t != Level {
			word[i].tone = Level
			word[seat(word, from, to)].tone = t
			break
		}
	}
	return join(head, word)
}
