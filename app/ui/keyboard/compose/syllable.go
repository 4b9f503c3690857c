package compose

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// clusters begin syllables of Ê Đê, Gia Rai, Ba Na and M’nông names.
var clusters = strings.Fields(`bl br dl dr đl đr gl gr hl hm hn hr hw kb kd kđ kl km kn kp kr ks kt ml mn mr pl pr sr tl êb êđ`)

// onsets begin a syllable, the longest first.
var onsets = func() []string {
	all := append(strings.Fields(`b c ch d đ g gh gi h k kh l m n ng ngh nh p ph q qu r s t th tr v x`), clusters...)
	slices.SortFunc(all, func(a, b string) int { return len(b) - len(a) })
	return append(all, "")
}()

// clustered reports a word that begins like a name of the highlands. Such names
// may end in r (Êbur, Kbuôr, Ksơr) and know no hỏi, which r would be.
func clustered(word []letter) bool {
	lower := make([]rune, 0, len(word))
	for _, l := range word {
		lower = append(lower, l.lower())
	}
	return slices.ContainsFunc(clusters, func(c string) bool { return strings.HasPrefix(string(lower), c) })
}

// rimes end a syllable. The k of Đắk, Búk and Đak is a coda of names.
var rimes = strings.Fields(`
	a ac ach ai ak am an ang anh ao ap at au ay
	ăc ăk ăm ăn ăng ăp ăt
	âc âk âm ân âng âp ât âu ây
	e ec em en eng eo ep et
	ê êch êa êm ên êng ênh êp êt êu
	i ia ich im in inh ip it iu iêc iêm iên iêng iêp iêt iêu
	o oc oi om on ong op ot oa oac oach oai oam oan oang oanh oao oap oat oay
	oăc oăm oăn oăng oăp oăt oe oem oen oeng oeo oet ooc oong
	ô ôc ôi ôm ôn ông ôp ôt
	ơ ơi ơm ơn ơng ơp ơr ơt
	u ua uc ui uk um un ung up ur ut uâc uân uâng uât uây uê uêch uên uênh uêu
	uôc uôi uôm uôn uông uôp uôr uôt uơ uy uya uych uyn uynh uyp uyt uyu uyên uyêt
	ư ưa ưc ưi ưm ưn ưng ưp ưt ưu ươc ươi ươm ươn ương ươp ươt ươu
	y ych yn ynh yp yt yêm yên yêng yêt yêu`)

// plain are the letters without their marks.
var plain = map[rune]rune{'ă': 'a', 'â': 'a', 'ê': 'e', 'ô': 'o', 'ơ': 'o', 'ư': 'u', 'đ': 'd'}

// fit is how well letters make a syllable.
type fit int

const (
	never   fit = iota // no syllable begins so
	growing            // one does, once marks are added
	whole              // one does as it stands
)

// judge says whether letters begin a syllable that may have this tone.
func judge(word []letter, tone Tone) fit {
	if len(word) > longest {
		return never
	}
	lower := make([]rune, len(word))
	for i, l := range word {
		lower[i] = unicode.ToLower(l.base)
	}
	s, best := string(lower), never
	for _, onset := range onsets {
		rest, ok := strings.CutPrefix(s, onset)
		if !ok || onset == "c" && startsWithAny(rest, "eêiy") || onset == "q" && rest != "" {
			continue
		}
		if rest == "" {
			if tone == Level {
				return whole
			}
			continue
		}
		if tone != Level && tone != Sac && tone != Nang && stopped(rest) {
			continue
		}
		best = max(best, judgeRime([]rune(rest)))
	}
	return best
}

// longest is how many letters a syllable has at most: nghiêng has seven.
const longest = 7

func startsWithAny(s, letters string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return s != "" && strings.ContainsRune(letters, r)
}

// stopped reports a rime that ends in a stop, which only sắc and nặng go with.
func stopped(rime string) bool {
	return strings.HasSuffix(rime, "ch") || startsWithAny(rime[len(rime)-1:], "cptk")
}

func judgeRime(rest []rune) fit {
	best := never
	for _, rime := range rimes {
		full := []rune(rime)
		if len(rest) > len(full) {
			continue
		}
		this := whole
		for i, r := range rest {
			if r == full[i] {
				continue
			}
			if plain[full[i]] != r {
				this = never
				break
			}
			this = growing
		}
		best = max(best, this)
	}
	return best
}
