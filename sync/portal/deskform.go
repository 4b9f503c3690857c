package portal

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strconv"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/wire"
)

// deskRequest reads what an officer says with an action: JSON, nothing at all,
// or a form (multipart/form-data) with the same names, whose "result" is a file:
//
//	curl -F result=@decision.pdf -F text='…' http://127.0.0.1:PORT/desk/dossiers/ID/ready
func deskRequest(r *http.Request) (q DeskRequest, err error) {
	kind, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type")) // a bad one is no form
	if kind == "multipart/form-data" {
		return deskForm(multipart.NewReader(r.Body, params["boundary"]))
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return q, fmt.Errorf("failed to read the request: %w", err)
	}
	if len(bytes.TrimSpace(body)) > 0 {
		err = wire.DecodeJSON(bytes.NewReader(body), &q)
	}
	return q, err
}

// maxFormParts is more than the form has fields.
const maxFormParts = 8

// deskForm reads a form part by part: net/http's own way keeps large files on
// the disk in the plain.
func deskForm(form *multipart.Reader) (q DeskRequest, err error) {
	for range maxFormParts {
		part, err := form.NextRawPart()
		if errors.Is(err, io.EOF) {
			return q, nil
		}
		if err != nil {
			return q, formError(err)
		}
		limit := int64(maxTextBytes)
		if part.FormName() == "result" {
			limit = dossier.MaxResultBytes
		}
		value, err := io.ReadAll(io.LimitReader(part, limit+1)) // what is longer is refused by its length
		if err != nil {
			return q, formError(err)
		}
		if part.FormName() == "result" && part.FileName() == "" && len(value) == 0 {
			continue // how a browser says that no file was chosen
		}
		if err := q.set(part.FormName(), value); err != nil {
			return q, err
		}
		if int64(len(value)) > limit {
			return q, nil
		}
	}
	return q, dossier.Errorf(dossier.CodeInvalid, "a form of more than %d fields", maxFormParts)
}

func formError(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return fmt.Errorf("failed to read the form: %w", err)
	}
	return dossier.Errorf(dossier.CodeInvalid, "failed to read the form: %w", err)
}

// set takes one field of a form.
func (q *DeskRequest) set(name string, value []byte) error {
	var err error
	switch name {
	case "result":
		if q.Result != nil {
			return dossier.Errorf(dossier.CodeInvalid, "one result has one file")
		}
		q.Result = value
	case "text":
		q.Text = string(value)
	case "due":
		q.Due, err = time.Parse(time.RFC3339, string(value))
	case "amount":
		var n int64
		n, err = strconv.ParseInt(string(value), 10, 64)
		q.Amount = &n
	default:
		return dossier.Errorf(dossier.CodeInvalid, "the form has no field of that name")
	}
	if err != nil {
		return dossier.Errorf(dossier.CodeInvalid, "failed to read the form's %s", name)
	}
	return nil
}

// deskResult hands out the latest file of a dossier's result.
func (p *Portal) deskResult(w http.ResponseWriter, r *http.Request) error {
	id, err := p.resolve(r)
	if err != nil {
		return err
	}
	var pdf []byte
	if err := p.store.View(r.Context(), func(v ledger.Reader) error {
		steps, err := v.Steps(id)
		for i := len(steps) - 1; i >= 0 && err == nil && pdf == nil; i-- {
			var detail stepDetail
			if Action(steps[i].Action) == ActReady && len(steps[i].Sealed) > 0 {
				err = p.keys().open(steps[i].Sealed, &detail)
			}
			if detail.Result != nil {
				pdf = detail.Result.PDF
			}
		}
		return err
	}); err != nil {
		return err
	}
	if pdf == nil {
		return dossier.Errorf(dossier.CodeNotFound, "no result's file was attached")
	}
	w.Header().Set("Content-Disposition", `attachment; filename="result.pdf"`)
	w.Header().Set("Cache-Control", "no-store")
	return write(w, http.StatusOK, "application/pdf", pdf)
}
