package compose

import "unicode"

// mark is what a key adds to a letter.
type mark int

const (
	noMark mark = iota
	hat         // â ê ô
	horn        // ơ ư
	breve       // ă
	hook        // Telex's w: ơ ư ă
	bar         // đ
)

var (
	hats  = map[rune]rune{'a': 'â', 'ă': 'â', 'e': 'ê', 'o': 'ô', 'ơ': 'ô'}
	horns = map[rune]rune{'u': 'ư', 'o': 'ơ', 'ô': 'ơ'}
	brevs = map[rune]rune{'a': 'ă', 'â': 'ă'}
	hooks = map[rune]rune{'u': 'ư', 'o': 'ơ', 'ô': 'ơ', 'a': 'ă', 'â': 'ă'}
)

// of is what a mark makes of letters; only narrows a hat to one vowel.
func (m mark) of(only rune) map[rune]rune {
	switch m {
	case hat:
		if only == 0 {
			return hats
		}
		out := map[rune]rune{}
		for from, to := range hats {
			if plain[to] == only {
				out[from] = to
			}
		}
		return out
	case horn:
		return horns
	case breve:
		return brevs
	case hook:
		return hooks
	}
	return nil
}

func like(r, as rune) rune {
	if unicode.IsUpper(as) {
		return unicode.ToUpper(r)
	}
	return r
}

// change is a copy of letters in which the one at i has another base.
func change(word []letter, i int, to rune) []letter {
	out := append([]letter(nil), word...)
	out[i].base = like(to, out[i].base)
	return out
}

func (l letter) lower() rune { return unicode.ToLower(l.base) }

// addMark puts a mark on the syllable's vowels: the letters it makes, or
// undone with the mark taken off where it stood already; neither where it has
// nothing to stand on.
func addMark(word []letter, tone Tone, m mark, only rune) (next []letter, undone bool) {
	if m == bar {
		return addBar(word, tone)
	}
	from, to, ok := syllable(word)
	if !ok {
		return nil, false
	}
	makes := m.of(only)
	if m == horn || m == hook {
		if next := hornPair(word, from, to); next != nil && judge(next, tone) > never {
			return next, false
		}
	}
	if next := unmark(word, from, to, makes); next != nil {
		return next, true
	}
	for i := from; i < to; i++ {
		marked, ok := makes[word[i].lower()]
		if !ok {
			continue
		}
		next := change(word, i, marked)
		if m == hat && i > from && word[i-1].lower() == 'ư' { // ươ + o = uô
			next = change(next, i-1, 'u')
		}
		if judge(next, tone) > never {
			return next, false
		}
	}
	return nil, false
}

// addBar makes the onset d a đ, or takes the bar off.
func addBar(word []letter, tone Tone) (next []letter, undone bool) {
	if len(word) == 0 {
		return nil, false
	}
	switch word[0].lower() {
	case 'd':
		if next := change(word, 0, 'đ'); judge(next, tone) > never {
			return next, false
		}
	case 'đ':
		return change(word, 0, 'd'), true
	}
	return nil, false
}

// hornPair gives u and o their horns together; in huơ, thuở and khuơ the o
// alone has one. Nil where there is no such pair, or it has both.
func hornPair(word []letter, from, to int) []letter {
	for i := from; i+1 < to; i++ {
		u, o := word[i].lower(), word[i+1].lower()
		if u != 'u' && u != 'ư' || o != 'o' && o != 'ô' && o != 'ơ' || u == 'ư' && o == 'ơ' {
			continue
		}
		if i+2 == len(word) && u == 'u' && thuo(word[:i]) {
			if o == 'ơ' {
				return nil
			}
			return change(word, i+1, 'ơ')
		}
		return change(change(word, i, 'ư'), i+1, 'ơ')
	}
	return nil
}

// thuo reports the onsets that uơ goes with.
func thuo(onset []letter) bool {
	s := ""
	for _, l := range onset {
		s += string(l.lower())
	}
	return s == "h" || s == "th" || s == "kh"
}

// unmark takes a mark off where it stands; nil where it does not.
func unmark(word []letter, from, to int, makes map[rune]rune) []letter {
	var next []letter
	for i := from; i < to; i++ {
		for _, marked := range makes {
			if word[i].lower() == marked {
				if next == nil {
					next = append([]letter(nil), word...)
				}
				next[i].base, next[i].lone = like(plain[marked], word[i].base), false
				if word[i].lone {
					next[i].base = like('w', word[i].base)
				}
			}
		}
	}
	return next
}

// pairUp completes ươ once something follows it: nguo + w + i, thuở + ng.
func pairUp(word []letter) []letter {
	for i := 0; i+2 < len(word); i++ {
		u, o := word[i].lower(), word[i+1].lower()
		if !(u == 'u' && o == 'ơ' || u == 'ư' && o == 'o') || i > 0 && word[i-1].lower() == 'q' {
			continue
		}
		return change(change(word, i, 'ư'), i+1, 'ơ')
	}
	return word
}
