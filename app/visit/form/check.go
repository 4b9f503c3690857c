package form

import (
	"errors"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"golang.org/x/text/unicode/norm"

	"tramhoso/sync/dossier"
)

// Answers holds answers by question: string, int64, bool or []string. What a
// person typed and what cannot be read yet (a number that is no number) stays a
// string and is refused when it is checked.
type Answers map[string]any

// EarliestYear is the first year a date may lie in: nobody living is older, and
// papers that old are not asked for.
const EarliestYear = 1850

// Refusal is one answer that cannot stand. Word is a key of the translations;
// Args are its name, value pairs. It holds no part of the answer.
type Refusal struct {
	Key  string // the question; "" when the form as a whole is refused
	Word string
	Args []any
}

func (r *Refusal) Error() string {
	return string(dossier.CodeAnswerRefused) + ": " + r.Key + ": " + r.Word
}

// Unwrap gives the refusal its code.
func (r *Refusal) Unwrap() error { return dossier.E(dossier.CodeAnswerRefused, nil) }

// Words lists every word key that a Refusal may carry.
var Words = []string{"form.required", "form.choose-one", "form.too-long", "form.too-short", "form.pattern", "form.number",
	"form.too-small", "form.too-big", "form.bad-date", "form.whole-date", "form.future-date", "form.phone", "form.email", "form.too-many", "form.refused"}

// Check examines one answer on its own.
func (f *Form) Check(key string, a Answers, today time.Time) error {
	i, ok := f.byKey[key]
	if !ok {
		return &Refusal{Key: key, Word: "form.refused"}
	}
	q := f.questions[i]
	v := f.clean(q, a[key])
	if empty(v) {
		if !f.required(key, a) {
			return nil
		}
		if q.Widget == WidgetChoice || q.Widget == WidgetMany || q.Widget == WidgetYesNo {
			return &Refusal{Key: key, Word: "form.choose-one"}
		}
		return &Refusal{Key: key, Word: "form.required"}
	}
	if r := q.byWidget(v, today); r != nil {
		return r
	}
	if err := q.schema.Validate(plainValue(v)); err != nil {
		return q.refusal(err)
	}
	return nil
}

// CheckAll examines the whole form: every question that is asked, then the
// schema as a whole. The refusals are in the order of the questions.
func (f *Form) CheckAll(a Answers, today time.Time) []*Refusal {
	var out []*Refusal
	found := map[string]bool{}
	visible := f.visible(a)
	for i, q := range f.questions {
		if !visible[i] {
			continue
		}
		var r *Refusal
		if errors.As(f.Check(q.Key, a, today), &r) {
			out, found[q.Key] = append(out, r), true
		}
	}
	err := f.root.Validate(plain(f.Prune(a)))
	if err == nil {
		return out
	}
	unplaced := false
	walk(err, func(l leaf) {
		keys := l.missing
		if l.key != "" {
			keys = []string{l.key}
		}
		for _, key := range keys {
			i, ok := f.byKey[key]
			if !ok || !visible[i] {
				unplaced = true
				continue
			}
			if !found[key] {
				out, found[key] = append(out, f.questions[i].fromLeaf(l)), true
			}
		}
		unplaced = unplaced || len(keys) == 0
	})
	if len(out) == 0 && unplaced {
		out = append(out, &Refusal{Word: "form.refused"})
	}
	slices.SortStableFunc(out, func(a, b *Refusal) int { return f.place(a.Key) - f.place(b.Key) })
	return out
}

func (f *Form) place(key string) int {
	if i, ok := f.byKey[key]; ok {
		return i
	}
	return len(f.questions)
}

// byWidget finds what a schema cannot say, or says less plainly.
func (q question) byWidget(v any, today time.Time) *Refusal {
	s, isText := v.(string)
	switch q.Widget {
	case WidgetNumber:
		if isText {
			return &Refusal{Key: q.Key, Word: "form.number"}
		}
	case WidgetDate:
		return q.byDate(s, today)
	case WidgetPhone:
		if !IsPhone(s) {
			return &Refusal{Key: q.Key, Word: "form.phone"}
		}
	case WidgetEmail:
		if !IsEmail(s) {
			return &Refusal{Key: q.Key, Word: "form.email"}
		}
	case WidgetText, WidgetAddress:
		if utf8.RuneCountInString(s) > MaxAnswerRunes {
			return &Refusal{Key: q.Key, Word: "form.too-long", Args: []any{"n", MaxAnswerRunes}}
		}
	}
	return nil
}

func (q question) byDate(s string, today time.Time) *Refusal {
	d, ok := ParseDate(s)
	switch {
	case !ok || d.Year < EarliestYear:
		return &Refusal{Key: q.Key, Word: "form.bad-date"}
	case d.Day == 0 && !q.Partial:
		return &Refusal{Key: q.Key, Word: "form.whole-date"}
	case !q.future && ahead(d, today):
		return &Refusal{Key: q.Key, Word: "form.future-date"}
	}
	return nil
}

// ahead reports whether all of d lies after today.
func ahead(d dossier.Date, today time.Time) bool {
	y, m, day := today.Date()
	if d.Year != y || d.Month == 0 {
		return d.Year > y
	}
	if d.Month != int(m) || d.Day == 0 {
		return d.Month > int(m)
	}
	return d.Day > day
}

// ParseDate reads yyyy, yyyy-mm or yyyy-mm-dd and accepts only days that exist.
func ParseDate(s string) (dossier.Date, bool) {
	for _, layout := range []string{"2006-01-02", "2006-01", "2006"} {
		if len(s) != len(layout) {
			continue
		}
		t, err := time.Parse(layout, s)
		if err != nil {
			return dossier.Date{}, false
		}
		d := dossier.Date{Year: t.Year()}
		if len(s) > 4 {
			d.Month = int(t.Month())
		}
		if len(s) > 7 {
			d.Day = t.Day()
		}
		return d, true
	}
	return dossier.Date{}, false
}

// FormatDate is the opposite of ParseDate; a date without a year is "".
func FormatDate(d dossier.Date) string {
	pad := func(n, width int) string {
		s := strconv.Itoa(n)
		return strings.Repeat("0", max(0, width-len(s))) + s
	}
	switch {
	case d.Year <= 0:
		return ""
	case d.Month == 0:
		return pad(d.Year, 4)
	case d.Day == 0:
		return pad(d.Year, 4) + "-" + pad(d.Month, 2)
	}
	return pad(d.Year, 4) + "-" + pad(d.Month, 2) + "-" + pad(d.Day, 2)
}

// NormalPhone writes a telephone number as 0 and digits.
func NormalPhone(s string) string {
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(" .-()", r) {
			return -1
		}
		return r
	}, s)
	if rest, ok := strings.CutPrefix(s, "+84"); ok {
		return "0" + rest
	}
	return s
}

// IsPhone reports whether s is a Vietnamese number: 0 and 9 or 10 digits more.
func IsPhone(s string) bool {
	s = NormalPhone(s)
	if len(s) < 10 || len(s) > 11 || s[0] != '0' {
		return false
	}
	return strings.Trim(s, "0123456789") == ""
}

// MaxEmailBytes is the longest address: longer ones exist on paper only.
const MaxEmailBytes = 200

// IsEmail reports whether s may be an e-mail address: something on both sides
// of an @, no space. Only a letter that arrives proves more.
func IsEmail(s string) bool {
	at := strings.IndexByte(s, '@')
	return at >= 1 && at < len(s)-1 && len(s) <= MaxEmailBytes && !strings.ContainsRune(s, ' ')
}

// clean brings an answer to the type its question has, where that can be done.
func (f *Form) clean(q question, v any) any {
	switch v := v.(type) {
	case string:
		s := trimmed(norm.NFC.String(v))
		switch q.Widget {
		case WidgetNumber:
			if n, err := strconv.ParseInt(s, 10, 64); err == nil {
				return n
			}
		case WidgetYesNo:
			if s == "true" || s == "false" {
				return s == "true"
			}
		case WidgetPhone:
			return NormalPhone(s)
		}
		return s
	case int:
		return int64(v)
	case float64:
		if n := int64(v); float64(n) == v {
			return n
		}
		return strconv.FormatFloat(v, 'g', -1, 64)
	case []any:
		var list []string
		for _, e := range v {
			if s, ok := e.(string); ok {
				list = append(list, s)
			}
		}
		return list
	}
	return v
}

func empty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []string:
		return len(v) == 0
	}
	return false
}

// plain turns answers into what the schema library reads.
func plain(a Answers) map[string]any {
	out := make(map[string]any, len(a))
	for k, v := range a {
		out[k] = plainValue(v)
	}
	return out
}

func plainValue(v any) any {
	if list, ok := v.([]string); ok {
		out := make([]any, len(list))
		for i, s := range list {
			out[i] = s
		}
		return out
	}
	return v
}

// leaf is one final complaint of the schema.
type leaf struct {
	key     string // the property it is about, or "" for the whole
	missing []string
	kind    jsonschema.ErrorKind
}

func walk(err error, each func(leaf)) {
	var v *jsonschema.ValidationError
	if !errors.As(err, &v) {
		return
	}
	if len(v.Causes) > 0 {
		for _, c := range v.Causes {
			walk(c, each)
		}
		return
	}
	l := leaf{kind: v.ErrorKind}
	if len(v.InstanceLocation) > 0 {
		l.key = v.InstanceLocation[0]
	}
	switch k := v.ErrorKind.(type) {
	case *kind.Required:
		l.missing = k.Missing
	case *kind.DependentRequired:
		l.missing = k.Missing
	}
	each(l)
}

// refusal turns the schema's first complaint about this answer into a word.
func (q question) refusal(err error) *Refusal {
	var out *Refusal
	walk(err, func(l leaf) {
		if out == nil {
			out = q.fromLeaf(l)
		}
	})
	if out == nil {
		out = &Refusal{Key: q.Key, Word: "form.refused"}
	}
	return out
}

func (q question) fromLeaf(l leaf) *Refusal {
	r := &Refusal{Key: q.Key, Word: "form.refused"}
	number := func(n *big.Rat) string {
		if n.IsInt() {
			return n.Num().String()
		}
		return n.FloatString(2)
	}
	switch k := l.kind.(type) {
	case *kind.MaxLength:
		r.Word, r.Args = "form.too-long", []any{"n", k.Want}
	case *kind.MinLength:
		r.Word, r.Args = "form.too-short", []any{"n", k.Want}
	case *kind.Minimum:
		r.Word, r.Args = "form.too-small", []any{"n", number(k.Want)}
	case *kind.Maximum:
		r.Word, r.Args = "form.too-big", []any{"n", number(k.Want)}
	case *kind.MaxItems:
		r.Word, r.Args = "form.too-many", []any{"n", k.Want}
	case *kind.MinItems, *kind.Enum, *kind.Const:
		r.Word = "form.choose-one"
	case *kind.Pattern, *kind.Format:
		r.Word = "form.pattern"
		if q.Widget == WidgetDate {
			r.Word = "form.bad-date"
		}
	case *kind.Required, *kind.DependentRequired:
		r.Word = "form.required"
	case *kind.Type:
		if q.Widget == WidgetNumber {
			r.Word = "form.number"
		}
	}
	return r
}
