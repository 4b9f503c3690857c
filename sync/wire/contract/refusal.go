package contract

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"tramhoso/sync/dossier"
	"tramhoso/sync/wire"
)

// Refusal holds one refusal to the description, whatever was asked: also a call that
// the description does not know is answered with a problem of it. No question is so
// malformed that its answer may be.
func (h *Handler) Refusal(status int, header http.Header, body []byte) error {
	if got := header.Get(wire.Header); got != wire.HeaderValue {
		return errors.New("a refusal without our header")
	}
	if got := header.Get("Content-Type"); got != wire.TypeProblem {
		return fmt.Errorf("a refusal as %q", got)
	}
	_, err := h.problem(status, body)
	return err
}

// problem is strict: what has members that nobody described is none.
func (h *Handler) problem(status int, body []byte) (p wire.Problem, err error) {
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		return p, fmt.Errorf("a problem that cannot be read: %w", err)
	}
	if err := h.doc.Components.Schemas["Problem"].Value.VisitJSON(v); err != nil {
		return p, fmt.Errorf("a problem that is none: %w", err)
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil {
		return p, fmt.Errorf("a problem with more than is described: %w", err)
	}
	return p, agrees(p, status)
}

// agrees says whether a problem contradicts itself or the status that it came with.
func agrees(p wire.Problem, status int) error {
	switch {
	case p.Status != status:
		return fmt.Errorf("a problem of %d in an answer of %d", p.Status, status)
	case wire.StatusOf(p.Code) != status:
		return fmt.Errorf("%s is %d, and came with %d", p.Code, wire.StatusOf(p.Code), status)
	case !strings.HasSuffix(p.Type, ":"+string(p.Code)):
		return fmt.Errorf("a problem of the type %s with the code %s", p.Type, p.Code)
	case p.Title == "" || p.Detail == "" && p.Code != wire.CodeInternal:
		return fmt.Errorf("%s, and not a word of what is wrong", p.Code)
	}
	return nil
}

// results holds each result of a batch to what a single call would have answered.
func results(body []byte) (codes []dossier.Code, err error) {
	var a wire.BatchAnswer
	if err := json.Unmarshal(body, &a); err != nil {
		return nil, fmt.Errorf("results that cannot be read: %w", err)
	}
	for i, one := range a.Results {
		switch {
		case (one.Status == http.StatusOK || one.Status == http.StatusCreated) && one.Problem == nil && one.Receipt != "":
		case one.Status >= http.StatusBadRequest && one.Problem != nil && one.Receipt == "":
			codes = append(codes, one.Problem.Code)
			if aerr := agrees(*one.Problem, one.Status); aerr != nil {
				err = errors.Join(err, fmt.Errorf("result %d: %w", i, aerr))
			}
		default:
			err = errors.Join(err, fmt.Errorf("result %d of %d is neither a receipt nor a problem", i, one.Status))
		}
	}
	return codes, err
}
