package models

import (
	"embed"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"

	"tramhoso/device/printer"
)

//go:embed *.toml
var files embed.FS

// Names of the files that stand for no maker's model.
const (
	// Common is any ESC/POS printer for 80 mm paper.
	Common = "common"
	// Silent is a printer that confirms nothing.
	Silent = "silent"
)

// Fact is something that a source states, or does not.
type Fact int

// Facts. The zero value is: nobody says.
const (
	NotStated Fact = iota
	Yes
	No
)

func (f Fact) String() string { return [...]string{"not stated", "yes", "no"}[f] }

// DefaultDPI is the head's resolution where none is stated: 8 dots are 1 mm.
const DefaultDPI = 203

// Model is what is known of one printer.
type Model struct {
	// Answers are the names by which the printer calls itself (GS I 67).
	Answers []string
	// DPI is the head's resolution; 0 is not stated.
	DPI int
	// Doubling, FeedUnits and NearEnd tell a stated fact from a default: the
	// first two are in Profile as well.
	Doubling  Fact
	FeedUnits Fact
	// NearEnd: it has a sensor for the roll's near end. Without one a roll ends
	// unannounced.
	NearEnd Fact
	// GraphicsL: it has GS ( L, whether or not Profile uses it.
	GraphicsL Fact
	Profile   printer.Profile
}

// DotsPerMM is the head's resolution for a ruler.
func (m Model) DotsPerMM() float64 {
	if m.DPI == 0 {
		return DefaultDPI / 25.4
	}
	return float64(m.DPI) / 25.4
}

// all parses the embedded files once. They are part of the program: one that
// cannot be parsed is a mistake of ours, and a test finds it.
var all = sync.OnceValue(func() map[string]Model {
	entries, err := files.ReadDir(".")
	if err != nil {
		panic("the embedded printer models: " + err.Error())
	}
	out := make(map[string]Model, len(entries))
	for _, e := range entries {
		raw, err := files.ReadFile(e.Name())
		if err == nil {
			var f File
			if f, err = Parse(raw); err == nil {
				out[strings.TrimSuffix(e.Name(), path.Ext(e.Name()))] = f.Model
			}
		}
		if err != nil {
			panic("the embedded printer model " + e.Name() + ": " + err.Error())
		}
	}
	return out
})

// Names lists the models, the generic ones first.
func Names() []string {
	var out []string
	for name := range all() {
		if name != Common && name != Silent {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return append([]string{Common, Silent}, out...)
}

// Get is a model by its name.
func Get(name string) (Model, bool) {
	m, ok := all()[name]
	m.Answers = slices.Clone(m.Answers)
	return m, ok
}

// Recognise finds the model that calls itself so.
func Recognise(answer string) (name string, ok bool) {
	answer = strings.TrimSpace(answer)
	if answer == "" {
		return "", false
	}
	for _, name := range Names() {
		if slices.ContainsFunc(all()[name].Answers, func(a string) bool { return strings.EqualFold(a, answer) }) {
			return name, true
		}
	}
	return "", false
}

// Source is an embedded file as it is, with its comments, for people.
func Source(name string) (string, error) {
	raw, err := files.ReadFile(name + ".toml")
	if err != nil {
		return "", fmt.Errorf("failed to find a printer model %q: %w", name, err)
	}
	return string(raw), nil
}
