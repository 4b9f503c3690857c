package papers

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tramhoso/sync/dossier"
)

func procedure() dossier.Procedure {
	name := func(s string) dossier.Text { return dossier.Text{"vi": s, "en": "x"} }
	return dossier.Procedure{Form: json.RawMessage(`{}`), Papers: []dossier.Paper{
		{ID: "form", Name: name("Tờ khai"), Copy: dossier.CopyElectronic, Required: true},
		{ID: "card", Name: name("Thẻ căn cước"), ShowOnly: true, Required: true},
		{ID: "old", Name: name("Giấy khai sinh cũ"), Copy: dossier.CopyCopy, Required: true},
		{ID: "proof", Name: name("Giấy tờ nhà"), Copy: dossier.CopyOriginal, Required: true},
		{ID: "auth", Name: name("Văn bản uỷ quyền"), Copy: dossier.CopyOriginal},
		{ID: "other", Name: name("Tệp khác"), Copy: dossier.CopyElectronic},
	}}
}

func missing(s *Set) []string {
	var out []string
	for _, r := range s.Missing() {
		out = append(out, r.Paper.ID)
	}
	return out
}

func TestPapers(t *testing.T) {
	s := New(procedure())
	if d := cmp.Diff([]string{"old", "proof"}, missing(s)); d != "" {
		t.Fatal(d)
	}
	if err := s.Give("old", dossier.WayOriginal); err != nil {
		t.Fatal(err)
	}
	if err := s.Decline("proof"); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"proof"}, missing(s)); d != "" {
		t.Fatal("a required paper that was declined is missing still: " + d)
	}
	if err := s.Decline("auth"); err != nil {
		t.Fatal(err)
	}
	if err := s.Give("proof", dossier.WayOriginal); err != nil {
		t.Fatal(err)
	}
	if got := missing(s); got != nil {
		t.Fatal(got)
	}
	want := []Marked{{"Tờ khai", MarkElectronic}, {"Thẻ căn cước", MarkShown}, {"Giấy khai sinh cũ", MarkCopy}, {"Giấy tờ nhà", MarkOriginal}}
	if d := cmp.Diff(want, s.Marked()); d != "" {
		t.Error(d)
	}
	given := []dossier.GivenPaper{{Paper: "form", Name: "Tờ khai", Way: dossier.WayForm}, {Paper: "card", Name: "Thẻ căn cước", Way: dossier.WayShown},
		{Paper: "old", Name: "Giấy khai sinh cũ", Way: dossier.WayOriginal}, {Paper: "proof", Name: "Giấy tờ nhà", Way: dossier.WayOriginal}}
	if d := cmp.Diff(given, s.Given()); d != "" {
		t.Error(d)
	}
}

func TestRefused(t *testing.T) {
	s := New(procedure())
	before := s.Rows()
	for name, err := range map[string]error{
		"a shown paper scanned":   s.Give("card", dossier.WayScanner),
		"a shown paper given":     s.Give("card", dossier.WayOriginal),
		"the form on paper":       s.Give("form", dossier.WayOriginal),
		"the form declined":       s.Decline("form"),
		"an unknown paper":        s.Give("nobody", dossier.WayOriginal),
		"an unknown one declined": s.Decline("nobody"),
	} {
		if dossier.CodeOf(err) != dossier.CodeInvalid {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if d := cmp.Diff(before, s.Rows()); d != "" {
		t.Error(d)
	}
}

func TestOpen(t *testing.T) {
	s := New(procedure())
	if r := s.Rows()[4]; !r.Open() || r.Missing() {
		t.Errorf("an optional paper waits and stops nobody: %+v", r)
	}
	if err := s.Decline("auth"); err != nil || s.Rows()[4].Open() {
		t.Error("a declined paper still waits")
	}
	s.Rows()[4].Way = "tampered"
	if s.Rows()[4].Way != "" {
		t.Error("the rows belong to the reader")
	}
}
