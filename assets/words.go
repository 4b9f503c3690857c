// Package assets holds what the station shows and says: the words of every
// screen in each language, the wording of dates and money, and the icons.
//
// Promises: every key exists in every language with the same placeholders (a
// test holds it; only the wording of one, "key-1", is each language's own); a missing key shows itself as ⟨key⟩ instead of an empty
// place. Refuses: anything not embedded in the program. Must not import: Fyne,
// devices, stores; of the project only sync/dossier.
package assets

import (
	"embed"
	"fmt"
	"io/fs"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"

	"tramhoso/sync/dossier"
)

//go:embed lang/*.toml icons/*.svg
var files embed.FS

// Languages are the languages a station speaks, the first being the default.
var Languages = []string{"vi", "en"}

// Words is one language's texts. It is immutable and safe for concurrent use.
type Words struct {
	lang string
	keys map[string]string // "section.key" → text
}

// Load reads the texts of one language ("vi", "en").
func Load(lang string) (*Words, error) {
	raw, err := files.ReadFile("lang/" + lang + ".toml")
	if err != nil {
		return nil, fmt.Errorf("failed to load language %q: %w", lang, err)
	}
	var sections map[string]map[string]string
	if err := toml.Unmarshal(raw, &sections); err != nil {
		return nil, fmt.Errorf("failed to parse language %q: %w", lang, err)
	}
	w := &Words{lang: lang, keys: make(map[string]string)}
	for name, section := range sections {
		for key, text := range section {
			w.keys[name+"."+key] = text
		}
	}
	return w, nil
}

// Must is Load for one of Languages; one that does not load is a broken build.
func Must(lang string) *Words {
	w, err := Load(lang)
	if err != nil {
		panic(err)
	}
	return w
}

// Lang returns the language's code.
func (w *Words) Lang() string { return w.lang }

// Has reports whether the key exists.
func (w *Words) Has(key string) bool { _, ok := w.keys[key]; return ok }

// Keys returns all keys, sorted.
func (w *Words) Keys() []string {
	keys := make([]string, 0, len(w.keys))
	for k := range w.keys {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// one ends the key of a text that a language words differently where {n} is 1.
const one = "-1"

// T returns the text of "section.key" with its {placeholders} filled from
// name, value pairs. A missing key returns itself in ⟨⟩.
func (w *Words) T(key string, args ...any) string {
	text, ok := w.keys[key]
	if !ok {
		return "⟨" + key + "⟩"
	}
	if len(args) < 2 {
		return text
	}
	pairs := make([]string, 0, len(args))
	for i := 0; i+1 < len(args); i += 2 {
		name, value := "{"+fmt.Sprint(args[i])+"}", fmt.Sprint(args[i+1])
		if single, ok := w.keys[key+one]; ok && name == "{n}" && value == "1" {
			text = single
		}
		pairs = append(pairs, name, value)
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// Error returns the sentence for a person that belongs to a code.
func (w *Words) Error(code dossier.Code) string {
	if text, ok := w.keys["error."+string(code)]; ok {
		return text
	}
	return w.T("error.unknown")
}

// Here is the time zone of every screen and paper: the country has one.
var Here = time.FixedZone("+07", 7*60*60)

// Date words a day: 14/07/2026.
func (w *Words) Date(t time.Time) string { return t.In(Here).Format("02/01/2006") }

// Clock words a time of day: 09:24.
func (w *Words) Clock(t time.Time) string { return t.In(Here).Format("15:04") }

// DateTime words a moment: "09:41 ngày 14/07/2026".
func (w *Words) DateTime(t time.Time) string {
	if w.lang == "vi" {
		return w.Clock(t) + " ngày " + w.Date(t)
	}
	return w.Clock(t) + ", " + w.Date(t)
}

var weekdays = [7]string{"Chủ Nhật", "Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy"}

// Weekday words the day of the week.
func (w *Words) Weekday(t time.Time) string {
	t = t.In(Here)
	if w.lang == "vi" {
		return weekdays[t.Weekday()]
	}
	return t.Weekday().String()
}

// LongDate words a day in full: "Thứ Hai, ngày 5 tháng 3 năm 2012".
func (w *Words) LongDate(t time.Time) string {
	t = t.In(Here)
	if w.lang == "vi" {
		return fmt.Sprintf("%s, ngày %d tháng %d năm %d", w.Weekday(t), t.Day(), int(t.Month()), t.Year())
	}
	return fmt.Sprintf("%s, %d %s %d", w.Weekday(t), t.Day(), t.Month(), t.Year())
}

// Number groups digits by three in the language's way: 16.280 / 16,280.
func (w *Words) Number(n int64) string {
	sep := "."
	if w.lang != "vi" {
		sep = ","
	}
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + sep + digits[i:]
	}
	return sign + digits
}

// Money words an amount of dong: "16.000 đồng".
func (w *Words) Money(dong int64) string {
	if w.lang == "vi" {
		return w.Number(dong) + " đồng"
	}
	return w.Number(dong) + " dong"
}

// Icon returns the SVG drawing of that name ("check", "pict-submit"), nil if
// there is none.
func Icon(name string) []byte {
	raw, err := files.ReadFile("icons/" + name + ".svg")
	if err != nil {
		return nil
	}
	return raw
}

// Icons returns the names of all drawings, sorted.
func Icons() []string {
	entries, err := fs.ReadDir(files, "icons")
	if err != nil {
		return nil
	}
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".svg"))
	}
	return names
}
