package catalogue

import (
	"slices"
	"sort"
	"strings"

	"tramhoso/sync/dossier"
)

// Span is a matched part of a name, in runes: [Start, End).
type Span struct{ Start, End int }

// Hit is one answer of a search.
type Hit struct {
	Procedure dossier.Procedure
	// Spans are the matched parts of Procedure.Name in Lang, in order, apart
	// from each other; empty when the code matched.
	Spans []Span
	Lang  string
	Score int // higher is better; only for comparing hits of one search
}

// The limits of a search.
const (
	maxQueryRunes = 120
	maxQueryWords = 12
)

// index holds, for every language of a name, its words in folded form. Words
// are interned and sorted, so that a prefix is a range of words and a range of
// words is a union of posting lists.
type index struct {
	procedures []dossier.Procedure
	names      []name
	words      []string  // sorted, distinct
	postings   [][]int32 // per word: the names that hold it, ascending
}

type name struct {
	procedure int32
	lang      string
	folded    string // words, a space before and behind each
	words     int16
}

func newIndex(s Snapshot) index {
	x := index{procedures: s.Procedures, names: make([]name, 0, 2*len(s.Procedures))}
	ids := make(map[string]int32)
	var words []string
	var posts [][]int32
	add := func(n int, w string) {
		id, ok := ids[w]
		if !ok {
			id = int32(len(words))
			w = strings.Clone(w)
			ids[w] = id
			words, posts = append(words, w), append(posts, nil)
		}
		if l := posts[id]; len(l) == 0 || l[len(l)-1] != int32(n) {
			posts[id] = append(l, int32(n))
		}
	}
	for i, p := range s.Procedures {
		langs := make([]string, 0, len(p.Name))
		for lang := range p.Name {
			langs = append(langs, lang)
		}
		slices.Sort(langs)
		for _, lang := range langs {
			folded := Fold(p.Name[lang])
			n := len(x.names)
			x.names = append(x.names, name{int32(i), lang, " " + folded + " ", int16(strings.Count(folded, " ") + 1)})
			for w := range strings.SplitSeq(folded, " ") {
				add(n, w)
			}
		}
	}
	order := make([]int, len(words))
	for i := range order {
		order[i] = i
	}
	sort.Slice(order, func(a, b int) bool { return words[order[a]] < words[order[b]] })
	x.words, x.postings = make([]string, len(words)), make([][]int32, len(words))
	for to, from := range order {
		x.words[to], x.postings[to] = words[from], posts[from]
	}
	return x
}

// Search finds procedures whose name holds every word of the query: the last
// word may be unfinished, and so may the others, with a lower rank. A query
// that is the beginning of a code finds that code first. Withdrawn procedures
// come last. At most limit hits are returned; none for an empty query.
func (c *Catalogue) Search(query string, limit int) []Hit {
	if r := []rune(query); len(r) > maxQueryRunes {
		query = string(r[:maxQueryRunes])
	}
	query = strings.TrimSpace(query)
	words := strings.Fields(Fold(query))
	if len(words) == 0 || limit <= 0 {
		return nil
	}
	if len(words) > maxQueryWords {
		words = words[:maxQueryWords]
	}
	x := &c.search
	best := top{limit: limit}
	want := newAsked(words)
	// The names of one procedure lie side by side and candidates ascend: a
	// procedure is done with when the next one begins.
	now := scored{procedure: -1}
	for _, n := range x.candidates(words) {
		nm := &x.names[n]
		if now.procedure != nm.procedure {
			best.add(now)
			now = scored{procedure: -1}
		}
		score := rank(nm, &want)
		if x.procedures[nm.procedure].Withdrawn {
			score += withdrawnScore
		}
		if now.procedure < 0 || score > now.score {
			now = scored{nm.procedure, n, score}
		}
	}
	best.add(now)
	if query[0] >= '0' && query[0] <= '9' {
		x.codes(query, &best)
	}
	return x.hits(best.sorted(), words)
}

// codes adds the procedures whose code begins with query.
func (x *index) codes(query string, best *top) {
	for i := range x.procedures {
		if p := &x.procedures[i]; strings.HasPrefix(p.Code, query) {
			s := scored{int32(i), -1, codeScore}
			if p.Withdrawn {
				s.score += withdrawnScore
			}
			best.drop(s.procedure)
			best.add(s)
		}
	}
}

const (
	codeScore      = 10_000
	withdrawnScore = -100_000
)

// scored is a procedure with its best name; name -1: the code matched.
type scored struct {
	procedure, name int32
	score           int
}

func (a scored) before(b scored) bool {
	return a.score > b.score || a.score == b.score && a.procedure < b.procedure
}

// top keeps the best few: a query of one letter matches everything, and sorting
// everything for twenty lines is what makes a search slow.
type top struct {
	limit int
	rows  []scored // a heap, the worst first
}

func (t *top) add(s scored) {
	switch {
	case s.procedure < 0:
	case len(t.rows) < t.limit:
		t.rows = append(t.rows, s)
		for i := len(t.rows) - 1; i > 0 && t.rows[(i-1)/2].before(t.rows[i]); i = (i - 1) / 2 {
			t.rows[i], t.rows[(i-1)/2] = t.rows[(i-1)/2], t.rows[i]
		}
	case s.before(t.rows[0]):
		t.rows[0] = s
		t.sink(0)
	}
}

func (t *top) sink(i int) {
	for {
		worst := i
		for _, c := range [2]int{2*i + 1, 2*i + 2} {
			if c < len(t.rows) && t.rows[worst].before(t.rows[c]) {
				worst = c
			}
		}
		if worst == i {
			return
		}
		t.rows[i], t.rows[worst] = t.rows[worst], t.rows[i]
		i = worst
	}
}

// drop forgets a procedure that is about to be added with another score.
func (t *top) drop(procedure int32) {
	i := slices.IndexFunc(t.rows, func(s scored) bool { return s.procedure == procedure })
	if i < 0 {
		return
	}
	t.rows = slices.Delete(t.rows, i, i+1)
	for i := len(t.rows)/2 - 1; i >= 0; i-- {
		t.sink(i)
	}
}

func (t *top) sorted() []scored {
	slices.SortFunc(t.rows, func(a, b scored) int {
		if a.before(b) {
			return -1
		}
		return 1
	})
	return t.rows
}

// candidates are the names that hold, for every word of the query, a word that
// begins with it; ascending.
func (x *index) candidates(words []string) []int32 {
	lists := make([][]int32, 0, len(words))
	for _, w := range words {
		l := x.prefixed(w)
		if len(l) == 0 {
			return nil
		}
		lists = append(lists, l)
	}
	slices.SortFunc(lists, func(a, b []int32) int { return len(a) - len(b) })
	out := lists[0]
	for _, l := range lists[1:] {
		out = intersect(out, l)
	}
	return out
}

// prefixed unites the posting lists of all words that begin with w.
func (x *index) prefixed(w string) []int32 {
	lo := sort.SearchStrings(x.words, w)
	hi := lo + sort.Search(len(x.words)-lo, func(i int) bool { return !strings.HasPrefix(x.words[lo+i], w) })
	switch hi - lo {
	case 0:
		return nil
	case 1:
		return x.postings[lo]
	}
	seen := make([]uint64, len(x.names)/64+1)
	count := 0
	for _, l := range x.postings[lo:hi] {
		for _, n := range l {
			if bit := uint64(1) << (n % 64); seen[n/64]&bit == 0 {
				seen[n/64] |= bit
				count++
			}
		}
	}
	out := make([]int32, 0, count)
	for i, w := range seen {
		for b := int32(0); w != 0; b, w = b+1, w>>1 {
			if w&1 != 0 {
				out = append(out, int32(i)*64+b)
			}
		}
	}
	return out
}

func intersect(a, b []int32) []int32 {
	out := make([]int32, 0, min(len(a), len(b)))
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			out = append(out, a[i])
			i, j = i+1, j+1
		}
	}
	return out
}

// asked is a query as ranking needs it: with the spaces of a name's folded form.
type asked struct {
	phrase string   // " khai si"
	whole  []string // " khai ", " si "
}

func newAsked(words []string) asked {
	a := asked{phrase: " " + strings.Join(words, " ")}
	for _, w := range words {
		// A name's words of one letter are initials: nobody means them alone.
		if len(w) > 1 {
			a.whole = append(a.whole, " "+w+" ")
		}
	}
	return a
}

// rank: the query at the start of the name, then as a phrase inside it, then
// whole words, then beginnings of words; among equals the shorter name.
func rank(n *name, a *asked) int {
	score := 0
	if rest, ok := strings.CutPrefix(n.folded, a.phrase); ok {
		score += 2000
		if rest == " " {
			score += 1000
		}
	} else if len(a.whole) > 0 && strings.Contains(n.folded, a.phrase) {
		score += 1000
	}
	for _, w := range a.whole {
		if strings.Contains(n.folded, w) {
			score += 60
		}
	}
	return score - min(int(n.words), 50)
}

// hits writes scored procedures as they are shown.
func (x *index) hits(rows []scored, words []string) []Hit {
	out := make([]Hit, 0, len(rows))
	for _, r := range rows {
		h := Hit{Procedure: x.procedures[r.procedure], Lang: "vi", Score: r.score}
		if r.name >= 0 {
			h.Lang = x.names[r.name].lang
			h.Spans = spans(h.Procedure.Name[h.Lang], words)
		}
		out = append(out, h)
	}
	return out
}

// spans finds, in the original name, the parts that the words of the query
// matched: beginnings of words. Neighbouring parts stay apart.
func spans(original string, words []string) []Span {
	folded, from := fold(original)
	var out []Span
	for i := 0; i < len(folded); {
		end := i
		for end < len(folded) && folded[end] != ' ' {
			end++
		}
		longest := 0
		for _, w := range words {
			if strings.HasPrefix(string(folded[i:end]), w) {
				longest = max(longest, len([]rune(w)))
			}
		}
		if longest > 0 {
			// A combining mark behind the last matched letter belongs to it.
			stop := len([]rune(original))
			if i+longest < len(folded) {
				stop = from[i+longest]
			}
			out = append(out, Span{from[i], trimRight(original, from[i+longest-1]+1, stop)})
		}
		i = end + 1
	}
	return out
}

// trimRight takes in the combining marks between end and stop and nothing else.
func trimRight(original string, end, stop int) int {
	r := []rune(original)
	for end < stop && onlyMarks(r[end]) {
		end++
	}
	return end
}

func onlyMarks(r rune) bool {
	for _, d := range decompose(r) {
		if !isMark(d) {
			return false
		}
	}
	return true
}
