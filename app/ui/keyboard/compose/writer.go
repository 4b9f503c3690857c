package compose

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Method is how keys become letters.
type Method int

// Plain types what stands on the keys, marked letters and tones among them;
// Telex and VNI are the two common ways to write marks with plain keys.
const (
	Plain Method = iota
	Telex
	VNI
)

// MaxKeys is how many keys of a word are remembered: what is longer is no
// syllable, and its keys are what it shows.
const MaxKeys = 32

// Writer writes words key by key. It keeps the keys of the word being written
// only while the text before the caret is what it left there: after the caret
// has moved, another keyboard has typed, or a letter was taken away, the word
// that stands there is where it goes on from. The zero value types by Plain.
type Writer struct {
	Method Method

	after string // the text it left before the caret
	seed  string // the word as it stood when the first of the keys came
	keys  []rune
	shown string // the word as it stands now
}

// Type is the text before the caret after a key that types a letter, a digit
// or a sign.
func (w *Writer) Type(before, key string) string {
	before = norm.NFC.String(before)
	runes := []rune(norm.NFC.String(key))
	if w.Method == Plain || len(runes) == 1 && split(runes[0]).tone != Level {
		w.Forget()
		return Append(before, key)
	}
	w.meet(before)
	if len(runes) != 1 || !w.takes(runes[0]) {
		return w.Sign(before, key)
	}
	head := strings.TrimSuffix(before, w.shown)
	if len(w.keys) == MaxKeys {
		w.seed, w.keys = w.shown, nil
	}
	w.keys = append(w.keys, runes[0])
	var undone bool
	if w.shown, undone = w.Method.write(w.seed, w.keys); undone {
		w.seed, w.keys = w.shown, nil // what was taken off is no key any more
	}
	w.after = norm.NFC.String(head + w.shown)
	return w.after
}

// Sign is the text before the caret after what is no part of a word, whatever
// its keys mean in one: a digit of the layer of digits, a space.
func (w *Writer) Sign(before, sign string) string {
	before = norm.NFC.String(before)
	w.meet(before)
	return norm.NFC.String(w.end(before) + sign)
}

// Accent is the text before the caret after a tone key.
func (w *Writer) Accent(before string, tone Tone) string {
	w.Forget()
	return Accent(before, tone)
}

// Forget ends the word being written: what stands there is taken as it is.
func (w *Writer) Forget() { *w = Writer{Method: w.Method} }

// meet starts anew where the text is not the one left behind.
func (w *Writer) meet(before string) {
	if before == w.after && before != "" {
		return
	}
	w.Forget()
	_, word := lastWord(before)
	w.seed = join("", word)
	w.shown = w.seed
	w.after = before
}

// takes reports a key that belongs to a word.
func (w *Writer) takes(r rune) bool {
	return unicode.IsLetter(r) || w.Method == VNI && r >= '0' && r <= '9' && w.shown != ""
}

// end leaves the word. One that has marks and still is no syllable goes back
// to its keys: user, not uẻ.
func (w *Writer) end(before string) string {
	defer w.Forget()
	typed := w.seed + string(w.keys)
	if len(w.keys) == 0 || w.shown == typed {
		return before
	}
	word, tone := split1(w.shown)
	if judge(word, tone) == whole {
		return before
	}
	return norm.NFC.String(strings.TrimSuffix(before, w.shown) + typed)
}

// split1 is a word's letters without tone, and the tone.
func split1(word string) ([]letter, Tone) {
	_, letters := lastWord(word)
	tone := Level
	for i, l := range letters {
		if l.tone != Level {
			tone = l.tone
		}
		letters[i].tone = Level
	}
	return letters, tone
}

// write is a word after keys were typed behind a seed; undone is whether the
// last of them took a mark off.
func (m Method) write(seed string, keys []rune) (shown string, undone bool) {
	word, tone := split1(seed)
	for _, k := range keys {
		if word, tone, undone = m.press(word, tone, k); undone {
			break
		}
	}
	if !undone && judge(word, tone) == never {
		return norm.NFC.String(seed + string(keys)), false
	}
	return seat1(word, tone), undone
}

// seat1 writes a word with its tone on the right vowel.
func seat1(word []letter, tone Tone) string {
	out := append([]letter(nil), word...)
	if from, to, ok := syllable(out); ok && tone != Level {
		out[seat(out, from, to)].tone = tone
	}
	return join("", out)
}

// press is the letters and tone after one key; undone is whether it took off
// what it stands for and typed its letter instead.
func (m Method) press(word []letter, tone Tone, key rune) (next []letter, now Tone, undone bool) {
	add := follow(word, letter{base: key})
	if judge(word, tone) == never {
		return add, tone, false
	}
	what := m.meaning(unicode.ToLower(key))
	switch {
	case what.tone != Level:
		if _, _, ok := syllable(word); !ok || judge(word, what.tone) == never || unicode.ToLower(key) == 'r' && clustered(word) {
			break
		}
		if tone == what.tone {
			return add, Level, true
		}
		return word, what.tone, false
	case what.level && tone != Level:
		return word, Level, false
	case what.mark != noMark:
		marked, undone := addMark(word, tone, what.mark, what.only)
		switch {
		case undone && lone(word):
			return marked, tone, true
		case undone:
			return append(marked, letter{base: key}), tone, true
		case marked != nil:
			return marked, tone, false
		case what.mark == hook:
			u := follow(word, letter{base: like('ư', key), lone: true})
			if _, _, ok := syllable(word); !ok && judge(u, tone) > never {
				return u, tone, false
			}
		}
	}
	return add, tone, false
}

func follow(word []letter, l letter) []letter {
	return pairUp(append(append([]letter(nil), word...), l))
}

// lone reports a word in which w alone made the ư.
func lone(word []letter) bool {
	for _, l := range word {
		if l.lone {
			return true
		}
	}
	return false
}

// meaning is what a key stands for besides its letter.
type meaning struct {
	tone  Tone
	level bool // takes the tone away
	mark  mark
	only  rune // the vowel that the mark is for; 0: any
}

var telexKeys = map[rune]meaning{
	's': {tone: Sac}, 'f': {tone: Huyen}, 'r': {tone: Hoi}, 'x': {tone: Nga}, 'j': {tone: Nang}, 'z': {level: true},
	'a': {mark: hat, only: 'a'}, 'e': {mark: hat, only: 'e'}, 'o': {mark: hat, only: 'o'}, 'w': {mark: hook}, 'd': {mark: bar},
}

var vniKeys = map[rune]meaning{
	'1': {tone: Sac}, '2': {tone: Huyen}, '3': {tone: Hoi}, '4': {tone: Nga}, '5': {tone: Nang}, '0': {level: true},
	'6': {mark: hat}, '7': {mark: horn}, '8': {mark: breve}, '9': {mark: bar},
}

func (m Method) meaning(key rune) meaning {
	switch m {
	case Telex:
		return telexKeys[key]
	case VNI:
		return vniKeys[key]
	}
	return meaning{}
}
