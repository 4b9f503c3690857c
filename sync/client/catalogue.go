package client

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"tramhoso/sync/dossier"
	"tramhoso/sync/wire"
)

// catalogueStep is how much of a catalogue one call asks for: about half a minute
// of a country line, after which what has come can be written down.
const catalogueStep = 1 << 20

// Catalogue fetches the next step of the whole catalogue unless tag still holds.
// part is what came of it before, or zero; where only the beginning has come, the
// answer says Part and is asked with again, and where the line breaks it comes
// beside the error. The body is framed as it travels (wire.DecodePacket); its
// signature is not verified here. A portal that publishes meanwhile begins anew.
func (c *Client) Catalogue(ctx context.Context, tag string, part Fetched) (f Fetched, err error) {
	q := request{method: http.MethodGet, path: wire.PathCatalogue, header: http.Header{},
		expected: []int{http.StatusOK, http.StatusPartialContent, http.StatusNotModified}}
	if tag != "" {
		q.header.Set("If-None-Match", `"`+tag+`"`)
	}
	at := len(part.Body)
	if part.Tag == "" {
		at = 0
	}
	if at > 0 {
		q.header.Set("If-Range", `"`+part.Tag+`"`)
	}
	q.header.Set("Range", fmt.Sprintf("bytes=%d-%d", at, at+catalogueStep-1))
	err = c.call(ctx, fetchTimeout, q, func(res *http.Response) error {
		if res.StatusCode == http.StatusNotModified {
			f.Tag = tag
			return nil
		}
		f, err = takeStep(res, part.Body[:at], part.Tag)
		return err
	})
	if err != nil {
		return f, fmt.Errorf("failed to fetch the catalogue: %w", err)
	}
	return f, nil
}

// takeStep reads one answer behind what came before it.
func takeStep(res *http.Response, before []byte, tag string) (Fetched, error) {
	const most = wire.MaxCatalogueBytes + wire.MaxHeadBytes
	f := Fetched{Part: true, Tag: etag(res), Body: slices.Clone(before)}
	total := int64(-1) // known at the end
	if res.StatusCode == http.StatusPartialContent {
		var first, last int64
		if _, err := fmt.Sscanf(res.Header.Get("Content-Range"), "bytes %d-%d/%d", &first, &last, &total); err != nil ||
			first != int64(len(before)) || last < first || total <= last || total > most || len(before) > 0 && f.Tag != tag {
			return Fetched{}, dossier.Errorf(dossier.CodeInvalid, "a range that was not asked for")
		}
	} else {
		f.Body = f.Body[:0]
	}
	limit := most - int64(len(f.Body))
	b, err := io.ReadAll(io.LimitReader(res.Body, limit+1))
	if int64(len(b)) > limit {
		return Fetched{}, dossier.Errorf(dossier.CodeInvalid, "a catalogue past %d bytes", int64(most))
	}
	f.Body = append(f.Body, b...)
	if err != nil {
		return f, dossier.E(dossier.CodeNoNetwork, dossier.Errorf(causeOfNetwork(err), "the answer broke off: %w", err))
	}
	if total < 0 || int64(len(f.Body)) == total {
		f.Part, f.Fresh = false, true
	}
	return f, nil
}

func etag(res *http.Response) string {
	return strings.Trim(strings.TrimPrefix(res.Header.Get("ETag"), "W/"), `"`)
}
