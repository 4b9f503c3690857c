package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"tramhoso/sync/dossier"
	"tramhoso/sync/wire"
)

// CarryBundle brings the next chunk of a courier's file to the portal, as Carry
// does of an attachment: the file as it lies on the stick, whoever made it. sum is
// its digest in lower-case hex.
func (c *Client) CarryBundle(ctx context.Context, sum string, content io.ReaderAt, size, from int64) (int64, error) {
	name := wire.BundleName{SHA256: sum}
	if err := name.Check(); err != nil {
		return -1, err
	}
	f := carrying{Client: c, to: wire.PathBundles, name: name, size: size, content: content}
	at, err := f.next(ctx, from)
	if err != nil {
		return -1, fmt.Errorf("failed to carry a courier's file: %w", err)
	}
	return at, nil
}

// AnswerBundle has the portal take in a courier's file that was carried to it,
// and hands the answer to take as it arrives: a file for the stick, which this
// station cannot read. Asked again it is answered again. An Error with
// dossier.CodeInvalid means that the portal can do nothing with the file.
func (c *Client) AnswerBundle(ctx context.Context, sum string, take func(io.Reader) error) error {
	name := wire.BundleName{SHA256: sum}
	if err := name.Check(); err != nil {
		return err
	}
	err := c.call(ctx, fetchTimeout, request{method: http.MethodPost, path: name.Path(), expected: []int{http.StatusOK}}, func(res *http.Response) error {
		return take(arriving{res.Body})
	})
	if err != nil {
		return fmt.Errorf("failed to fetch the answer to a courier's file: %w", err)
	}
	return nil
}

// DropBundle tells the portal that the answer is on the stick.
func (c *Client) DropBundle(ctx context.Context, sum string) error {
	name := wire.BundleName{SHA256: sum}
	if err := name.Check(); err != nil {
		return err
	}
	return c.call(ctx, callTimeout, request{method: http.MethodDelete, path: name.Path(), header: tus(),
		expected: []int{http.StatusNoContent, http.StatusNotFound}}, func(*http.Response) error { return nil })
}

// arriving says of a body that breaks off that the network did it.
type arriving struct{ r io.Reader }

func (a arriving) Read(p []byte) (int, error) {
	n, err := a.r.Read(p)
	if err == nil || errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, context.Canceled) {
		return n, err
	}
	return n, dossier.E(dossier.CodeNoNetwork, dossier.Errorf(causeOfNetwork(err), "the answer broke off: %w", err))
}
