package form

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"tramhoso/sync/dossier"
)

// The limits of a form.
const (
	MaxSchemaBytes  = 256 << 10 // the largest form of a procedure is far below
	MaxQuestions    = 80        // nobody answers more in front of a screen
	MaxOptions      = 200       // a longer list needs a search, not a choice
	MaxAnswerRunes  = 500       // a text answer without a limit of its own
	MaxAnswersBytes = 48 << 10  // below the 64 KB that a packet keeps in its row
)

// schemaURL names the form inside the compiler; nothing is ever fetched from it.
const schemaURL = "urn:tramhoso:form"

// Form is a compiled form. It is read-only and may be shared.
type Form struct {
	root      *jsonschema.Schema
	questions []question
	byKey     map[string]int
}

// refuseAll is a loader that opens nothing: the library's own opens file URLs.
type refuseAll struct{}

func (refuseAll) Load(url string) (any, error) {
	return nil, fmt.Errorf("a form may not refer to %q", url)
}

// Compile reads a procedure's form. Every failure has the code of an invalid
// envelope: the catalogue's maker has to mend it, the citizen cannot.
func Compile(raw json.RawMessage) (*Form, error) {
	if len(raw) == 0 {
		return nil, dossier.Errorf(dossier.CodeInvalid, "the procedure has no form")
	}
	if len(raw) > MaxSchemaBytes {
		return nil, dossier.Errorf(dossier.CodeInvalid, "form of %d bytes, more than %d", len(raw), MaxSchemaBytes)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return nil, dossier.Errorf(dossier.CodeInvalid, "failed to read form: %w", err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	c.UseLoader(refuseAll{})
	if err := c.AddResource(schemaURL, doc); err != nil {
		return nil, dossier.Errorf(dossier.CodeInvalid, "failed to add form: %w", err)
	}
	root, err := c.Compile(schemaURL)
	if err != nil {
		return nil, dossier.Errorf(dossier.CodeInvalid, "failed to compile form: %w", err)
	}
	f := &Form{root: root, byKey: map[string]int{}}
	if err := f.readHints(raw); err != nil {
		return nil, dossier.Errorf(dossier.CodeInvalid, "failed to read the form's hints: %w", err)
	}
	return f, nil
}

// hints is what the root of a form says beside the schema itself.
type hints struct {
	Type       string                     `json:"type"`
	Order      []string                   `json:"x-order"`
	Properties map[string]json.RawMessage `json:"properties"`
}

func (f *Form) readHints(raw json.RawMessage) error {
	var h hints
	if err := json.Unmarshal(raw, &h); err != nil {
		return err
	}
	if h.Type != "object" || len(h.Properties) == 0 {
		return fmt.Errorf("a form is an object with properties")
	}
	if len(h.Properties) > MaxQuestions {
		return fmt.Errorf("%d questions, more than %d", len(h.Properties), MaxQuestions)
	}
	order := slices.Clone(h.Order)
	for i, k := range order {
		if _, ok := h.Properties[k]; !ok {
			return fmt.Errorf("x-order names %q, which is no property", k)
		}
		if slices.Contains(order[:i], k) {
			return fmt.Errorf("x-order names %q twice", k)
		}
	}
	var rest []string
	for k := range h.Properties {
		if !slices.Contains(order, k) {
			rest = append(rest, k)
		}
	}
	sort.Strings(rest)
	for _, k := range append(order, rest...) {
		q, err := f.readQuestion(k, h.Properties[k])
		if err != nil {
			return fmt.Errorf("question %q: %w", k, err)
		}
		f.byKey[k] = len(f.questions)
		f.questions = append(f.questions, q)
	}
	return nil
}

// Question returns the question with that key, whether visible or not.
func (f *Form) Question(key string) (Question, bool) {
	i, ok := f.byKey[key]
	if !ok {
		return Question{}, false
	}
	return f.questions[i].Question, true
}

// Questions returns the questions that are asked, given the answers so far, in order.
func (f *Form) Questions(a Answers) []Question {
	visible := f.visible(a)
	out := make([]Question, 0, len(f.questions))
	for i, q := range f.questions {
		if visible[i] {
			shown := q.Question
			shown.Required = f.required(q.Key, a)
			out = append(out, shown)
		}
	}
	return out
}

// visible says of each question whether it is asked. A condition looks only at
// earlier questions that are asked themselves.
func (f *Form) visible(a Answers) []bool {
	out := make([]bool, len(f.questions))
	for i, q := range f.questions {
		out[i] = true
		for key, want := range q.when {
			j := f.byKey[key]
			if !out[j] || !matches(f.clean(f.questions[j], a[key]), want) {
				out[i] = false
				break
			}
		}
	}
	return out
}

// Prune returns the answers of the questions that are asked, cleaned, without
// empty ones: what is handed on.
func (f *Form) Prune(a Answers) Answers {
	out := Answers{}
	visible := f.visible(a)
	for i, q := range f.questions {
		if !visible[i] {
			continue
		}
		if v := f.clean(q, a[q.Key]); !empty(v) {
			out[q.Key] = v
		}
	}
	return out
}

// Encode returns the pruned answers as JSON, keys in alphabetical order.
func (f *Form) Encode(a Answers) (json.RawMessage, error) {
	raw, err := json.Marshal(f.Prune(a))
	if err != nil {
		return nil, fmt.Errorf("failed to encode answers: %w", err)
	}
	if len(raw) > MaxAnswersBytes {
		return nil, dossier.Errorf(dossier.CodeAnswerRefused, "answers of %d bytes, more than %d", len(raw), MaxAnswersBytes)
	}
	return raw, nil
}

// required asks the schema itself whether the key may be missing, so that
// if/then is heard.
func (f *Form) required(key string, a Answers) bool {
	pruned := f.Prune(a)
	delete(pruned, key)
	missing := map[string]bool{}
	if err := f.root.Validate(plain(pruned)); err != nil {
		walk(err, func(l leaf) {
			for _, k := range l.missing {
				missing[k] = true
			}
		})
	}
	return missing[key]
}

// matches compares an answer with what x-when wants: a value, or one of a list.
func matches(v any, want any) bool {
	if list, ok := want.([]any); ok {
		for _, w := range list {
			if matches(v, w) {
				return true
			}
		}
		return false
	}
	switch v := v.(type) {
	case nil:
		return false
	case []string:
		s, ok := want.(string)
		return ok && slices.Contains(v, s)
	case string:
		s, ok := want.(string)
		return ok && s == v
	case bool:
		b, ok := want.(bool)
		return ok && b == v
	case int64:
		n, ok := want.(float64)
		return ok && n == float64(v)
	}
	return false
}

// trimmed is a text as it is kept: no space around it, single spaces inside.
func trimmed(s string) string { return strings.Join(strings.Fields(s), " ") }
