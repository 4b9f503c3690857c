package form

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"tramhoso/sync/dossier"
)

// Widget says how a question is asked.
type Widget string

// The ways of asking.
const (
	WidgetText    Widget = "text"
	WidgetNumber  Widget = "number"
	WidgetDate    Widget = "date"
	WidgetChoice  Widget = "choice"
	WidgetMany    Widget = "many"
	WidgetYesNo   Widget = "yesno"
	WidgetAddress Widget = "address"
	WidgetPhone   Widget = "phone"
	WidgetEmail   Widget = "email"
)

var widgets = []Widget{WidgetText, WidgetNumber, WidgetDate, WidgetChoice, WidgetMany, WidgetYesNo, WidgetAddress, WidgetPhone, WidgetEmail}

// Option is one answer of a choice.
type Option struct {
	Value string
	Label dossier.Text
	Icon  string // a pictogram of the station, or ""
}

// Question is one question as a screen needs it.
type Question struct {
	Key      string
	Title    dossier.Text
	Help     dossier.Text
	Widget   Widget
	Options  []Option
	Required bool // with the answers so far
	Partial  bool // a date may lack its day, or its day and month
	Whole    bool // a number has no fraction
	Prefill  string
}

// question adds what only this package needs.
type question struct {
	Question
	schema *jsonschema.Schema
	when   map[string]any
	future bool // a date may lie ahead
}

// property is what the hints of one property say.
type property struct {
	Type        string          `json:"type"`
	Format      string          `json:"format"`
	Title       string          `json:"title"`
	Description string          `json:"description"`
	XTitle      dossier.Text    `json:"x-title"`
	XHelp       dossier.Text    `json:"x-help"`
	XNames      json.RawMessage `json:"x-enum-names"`
	XIcons      json.RawMessage `json:"x-icons"`
	XWidget     Widget          `json:"x-widget"`
	XPrefill    string          `json:"x-prefill"`
	XWhen       map[string]any  `json:"x-when"`
	XFuture     bool            `json:"x-future"`
	Enum        []any           `json:"enum"`
	Items       *struct {
		Enum []any `json:"enum"`
	} `json:"items"`
}

func (f *Form) readQuestion(key string, raw json.RawMessage) (question, error) {
	var p property
	if err := json.Unmarshal(raw, &p); err != nil {
		return question{}, err
	}
	q := question{
		Question: Question{Key: key, Title: text(p.XTitle, p.Title, key), Help: text(p.XHelp, p.Description, ""),
			Prefill: p.XPrefill, Whole: p.Type == "integer"},
		schema: f.root.Properties[key], when: p.XWhen, future: p.XFuture,
	}
	if q.schema == nil {
		return question{}, fmt.Errorf("the schema does not know it")
	}
	for other := range p.XWhen {
		if _, ok := f.byKey[other]; !ok {
			return question{}, fmt.Errorf("x-when looks at %q, which does not come earlier", other)
		}
	}
	enum := p.Enum
	if p.Items != nil {
		enum = p.Items.Enum
	}
	q.Widget = p.XWidget
	if q.Widget == "" {
		q.Widget = guess(p, enum)
	}
	if q.Widget == WidgetChoice && p.Type == "array" {
		q.Widget = WidgetMany
	}
	if !slices.Contains(widgets, q.Widget) {
		return question{}, fmt.Errorf("unknown widget %q", q.Widget)
	}
	if q.Widget == WidgetChoice || q.Widget == WidgetMany {
		options, err := readOptions(enum, p.XNames, p.XIcons)
		if err != nil {
			return question{}, err
		}
		q.Options = options
	}
	if q.Widget == WidgetDate {
		q.Partial = q.schema.Validate("2012") == nil && q.schema.Validate("2012-03") == nil
	}
	return q, nil
}

func guess(p property, enum []any) Widget {
	switch {
	case p.Type == "boolean":
		return WidgetYesNo
	case p.Type == "integer" || p.Type == "number":
		return WidgetNumber
	case p.Type == "array":
		return WidgetMany
	case len(enum) > 0:
		return WidgetChoice
	case p.Format == "date":
		return WidgetDate
	case p.Format == "email":
		return WidgetEmail
	}
	return WidgetText
}

func text(hint dossier.Text, plain, fallback string) dossier.Text {
	if len(hint) > 0 {
		return hint
	}
	if plain == "" {
		plain = fallback
	}
	if plain == "" {
		return nil
	}
	return dossier.Text{"vi": plain}
}

// readOptions accepts the names as lists by language, as objects value → name
// by language, or as objects value → {language: name}; icons as a list or by value.
func readOptions(enum []any, names, icons json.RawMessage) ([]Option, error) {
	if len(enum) == 0 || len(enum) > MaxOptions {
		return nil, fmt.Errorf("a choice has 1 to %d options, not %d", MaxOptions, len(enum))
	}
	options := make([]Option, len(enum))
	for i, v := range enum {
		s, ok := v.(string)
		if !ok {
			return nil, fmt.Errorf("option %d is no text", i)
		}
		options[i] = Option{Value: s, Label: dossier.Text{}}
	}
	var byKey map[string]json.RawMessage
	if len(names) > 0 {
		if err := json.Unmarshal(names, &byKey); err != nil {
			return nil, fmt.Errorf("x-enum-names: %w", err)
		}
	}
	for key, raw := range byKey {
		var list []string
		if json.Unmarshal(raw, &list) == nil {
			if len(list) != len(options) {
				return nil, fmt.Errorf("x-enum-names has %d names in %q for %d options", len(list), key, len(options))
			}
			for i := range options {
				options[i].Label[key] = list[i]
			}
			continue
		}
		var m map[string]string
		if err := json.Unmarshal(raw, &m); err != nil {
			return nil, fmt.Errorf("x-enum-names: %w", err)
		}
		at := slices.IndexFunc(options, func(o Option) bool { return o.Value == key })
		if at >= 0 {
			options[at].Label = m
			continue
		}
		for i := range options {
			if name := m[options[i].Value]; name != "" {
				options[i].Label[key] = name
			}
		}
	}
	for i := range options {
		if options[i].Label["vi"] == "" {
			options[i].Label["vi"] = options[i].Value
		}
	}
	return options, readIcons(options, icons)
}

func readIcons(options []Option, icons json.RawMessage) error {
	if len(icons) == 0 {
		return nil
	}
	var list []string
	if json.Unmarshal(icons, &list) == nil {
		for i := range min(len(list), len(options)) {
			options[i].Icon = list[i]
		}
		return nil
	}
	var m map[string]string
	if err := json.Unmarshal(icons, &m); err != nil {
		return fmt.Errorf("x-icons: %w", err)
	}
	for i := range options {
		options[i].Icon = m[options[i].Value]
	}
	return nil
}
