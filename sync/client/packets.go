package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"

	"tramhoso/sync/dossier"
	"tramhoso/sync/wire"
)

// Put offers one packet and returns its receipt, verified: by a key of the
// province, about this station and these bytes.
func (c *Client) Put(ctx context.Context, p dossier.Packet) (r dossier.Receipt, compact string, err error) {
	err = c.call(ctx, sendTimeout, request{
		method: http.MethodPut, path: wire.PathPackets + p.Head.ID, media: wire.TypePacket, body: wire.EncodePacket(p),
		expected: []int{http.StatusOK, http.StatusCreated},
	}, func(res *http.Response) error {
		b, err := readAll(res, wire.MaxJWSBytes)
		if err != nil {
			return err
		}
		compact = string(b)
		r, err = c.receipt(p, compact)
		return err
	})
	if err != nil {
		return dossier.Receipt{}, "", fmt.Errorf("failed to send packet %d: %w", p.Head.Seq, err)
	}
	return r, compact, nil
}

// receipt believes nothing that the pinned province did not sign about p.
func (c *Client) receipt(p dossier.Packet, compact string) (r dossier.Receipt, err error) {
	if r, err = believe(c.c.Trust(), p, compact); err != nil {
		return r, unbelievable("receipt", err)
	}
	c.c.Signed(r.At)
	return r, nil
}

// unbelievable is an answer under the portal's certificate that its keys did
// not sign: nobody's packet is at fault, and nothing is held.
func unbelievable(what string, err error) error {
	return &Error{Err: fmt.Errorf("a %s that does not hold: %w", what, err)}
}

// Batch offers several packets in one round trip and calls each, in order, with
// what came for one of them. Its own error concerns those that each was not
// called for. away is called once all of it is on the line.
func (c *Client) Batch(ctx context.Context, ps []dossier.Packet, away func(),
	each func(i int, r dossier.Receipt, compact string, err error)) error {
	if c.packs.Load() {
		packed, ok, err := wire.EncodePacked(ps)
		if err != nil {
			return err
		}
		if ok {
			if away != nil {
				away = sync.OnceFunc(away) // however often it is sent
			}
			if err := c.batch(ctx, ps, wire.TypePacked, packed, away, each); !errors.Is(err, errNotUnderstood) {
				return err
			}
			c.packs.Store(false) // another portal than the one that understood it
		}
	}
	var body []byte
	for _, p := range ps {
		body = wire.AppendBatch(body, p)
	}
	return c.batch(ctx, ps, wire.TypeBatch, body, away, each)
}

// errNotUnderstood is the refusal of a whole packed batch, or an answer that does
// not know what was in it: nothing is said about any packet.
var errNotUnderstood = errors.New("a packed batch was not understood")

func (c *Client) batch(ctx context.Context, ps []dossier.Packet, media string, body []byte, away func(),
	each func(i int, r dossier.Receipt, compact string, err error)) error {
	packed := media == wire.TypePacked
	err := c.call(ctx, sendTimeout, request{
		method: http.MethodPost, path: wire.PathBatch, media: media, body: body, expected: []int{http.StatusOK},
		away: away, coded: true,
	}, func(res *http.Response) error {
		c.packs.Store(strings.Contains(res.Header.Get("Accept-Post"), wire.TypePacked))
		b, err := readAll(res, wire.MaxJSONBytes)
		if err != nil {
			return err
		}
		var a wire.BatchAnswer
		if err := json.Unmarshal(b, &a); err != nil || len(a.Results) != len(ps) {
			err = &Error{Status: http.StatusInternalServerError,
				Err: dossier.Errorf(wire.CodeInternal, "%d results for %d packets: %v", len(a.Results), len(ps), err)}
			if packed {
				err = errors.Join(errNotUnderstood, err)
			}
			return err
		}
		if packed && slices.ContainsFunc(a.Results, func(one wire.BatchResult) bool { return one.ID == "" }) {
			return errNotUnderstood // we sent no packet without an id
		}
		for i, one := range a.Results {
			r, err := c.result(ps[i], one)
			each(i, r, one.Receipt, err)
		}
		return nil
	})
	var e *Error
	if packed && errors.As(err, &e) && e.Refused() {
		err = errors.Join(errNotUnderstood, err)
	}
	if err != nil {
		return fmt.Errorf("failed to send a batch of %d: %w", len(ps), err)
	}
	return nil
}

func (c *Client) result(p dossier.Packet, one wire.BatchResult) (dossier.Receipt, error) {
	if one.Status == http.StatusOK || one.Status == http.StatusCreated {
		return c.receipt(p, one.Receipt)
	}
	e := &Error{Status: one.Status, Err: dossier.Errorf(wire.CodeInternal, "no problem came with it")}
	if one.Problem != nil {
		e.Err = one.Problem.Err()
	}
	if one.Status < 400 || one.Status > 599 {
		e.Status = http.StatusInternalServerError
	}
	return dossier.Receipt{}, e
}
