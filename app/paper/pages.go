package paper

import (
	"encoding/json"

	"tramhoso/sync/dossier"
)

// The kinds of paper that go to the page printer.
const (
	KindDeclaration = "declaration"
	KindForm01Pages = "form01-a5"
	KindResult      = "result" // a document of the agency's, as it is
)

// IsPages reports that a kind of paper goes to the page printer and not to the
// receipt printer.
func IsPages(kind string) bool {
	return kind == KindDeclaration || kind == KindForm01Pages || kind == KindResult
}

// Pages draws a job as a PDF; form is the paper of Form 01. A copy says that it
// is one, but for an agency's own document, which nobody draws on.
func Pages(j Job, form Size) (pdf []byte, size Size, err error) {
	switch j.Kind {
	case KindDeclaration:
		var d Declaration
		if err := json.Unmarshal(j.Data, &d); err != nil {
			return nil, "", dossier.Errorf(dossier.CodeInvalid, "failed to read a declaration: %w", err)
		}
		pdf, err = d.Pages(j.Copy > 0)
		return pdf, A4, err
	case KindForm01Pages:
		var f Form01
		if err := json.Unmarshal(j.Data, &f); err != nil {
			return nil, "", dossier.Errorf(dossier.CodeInvalid, "failed to read a form 01: %w", err)
		}
		pdf, err = f.Pages(form, j.Copy > 0)
		return pdf, form, err
	case KindResult:
		if len(j.Data) > dossier.MaxResultBytes {
			return nil, "", dossier.Errorf(dossier.CodeInvalid, "a result of %d bytes is too large to print here", len(j.Data))
		}
		return j.Data, A4, nil
	}
	return nil, "", dossier.Errorf(dossier.CodeInvalid, "%q is no kind of page", j.Kind)
}
