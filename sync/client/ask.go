package client

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/seal"
	"tramhoso/sync/wire"
)

// Events asks for what happened after a cursor and holds on for up to q.Wait.
// The answer's watermark is verified.
func (c *Client) Events(ctx context.Context, q wire.EventsQuery) (a wire.EventsAnswer, mark wire.Watermark, err error) {
	err = c.call(ctx, q.Wait+pollSlack, request{
		method: http.MethodGet, path: wire.PathEvents, query: q.Values(), expected: []int{http.StatusOK}, reading: eventsTimeout, coded: true,
	}, func(res *http.Response) error {
		const most = wire.MaxPollBytes*4/3 + wire.MaxEvents*64 + wire.MaxJSONBytes
		b, err := readAll(res, most)
		if err != nil {
			return err
		}
		if err := json.Unmarshal(b, &a); err != nil {
			return &Error{Status: http.StatusInternalServerError, Err: fmt.Errorf("failed to read events: %w", err)}
		}
		if err := verify(c.c.Trust(), seal.UseReceipt, a.Watermark, wire.TypWatermark, &mark,
			func() time.Time { return mark.At }); err != nil {
			return unbelievable("watermark", err)
		}
		if mark.Station != c.c.Station || mark.Epoch != a.Epoch {
			return unbelievable("watermark", dossier.Errorf(dossier.CodeInvalid, "it is about something else"))
		}
		c.c.Signed(mark.At)
		return nil
	})
	if err != nil {
		return wire.EventsAnswer{}, wire.Watermark{}, fmt.Errorf("failed to ask for events: %w", err)
	}
	return a, mark, nil
}

// Fetched is a document with its tag. Fresh is false when the tag that was
// asked with still holds; the rest is empty then.
type Fetched struct {
	Fresh bool
	Part  bool // only the beginning has come, and Fresh is false: ask again with it
	Tag   string
	Body  []byte
}

// Delta fetches what leads from a version of the catalogue to the latest, framed
// as it travels; Fresh is false when that version is the latest. Its signature is
// not verified here. wire.CodeNoDelta: fetch the whole catalogue.
func (c *Client) Delta(ctx context.Context, from int) (f Fetched, err error) {
	q := request{method: http.MethodGet, path: wire.PathDelta, query: url.Values{"from": {strconv.Itoa(from)}},
		expected: []int{http.StatusOK, http.StatusNoContent}}
	err = c.call(ctx, fetchTimeout, q, func(res *http.Response) error {
		if res.StatusCode == http.StatusNoContent {
			return nil
		}
		f.Fresh = true
		f.Body, err = readAll(res, wire.MaxCatalogueBytes+wire.MaxHeadBytes)
		return err
	})
	if err != nil {
		return Fetched{}, fmt.Errorf("failed to fetch a delta of the catalogue: %w", err)
	}
	return f, nil
}

// Staff fetches the signed staff list unless tag still holds.
func (c *Client) Staff(ctx context.Context, tag string) (Fetched, error) {
	return c.fetch(ctx, "the staff list", wire.PathStaff, tag, callTimeout, wire.MaxJWSBytes)
}

// Trust fetches the signed trust bundle unless tag still holds.
func (c *Client) Trust(ctx context.Context, tag string) (Fetched, error) {
	return c.fetch(ctx, "the trust bundle", wire.PathTrust, tag, callTimeout, wire.MaxJSONBytes)
}

func (c *Client) fetch(ctx context.Context, what, path, tag string, limit time.Duration, most int64) (f Fetched, err error) {
	q := request{method: http.MethodGet, path: path, header: http.Header{}, expected: []int{http.StatusOK, http.StatusNotModified}}
	if tag != "" {
		q.header.Set("If-None-Match", `"`+tag+`"`)
	}
	err = c.call(ctx, limit, q, func(res *http.Response) error {
		if res.StatusCode == http.StatusNotModified {
			f.Tag = tag
			return nil
		}
		f.Fresh, f.Tag = true, etag(res)
		f.Body, err = readAll(res, most)
		return err
	})
	if err != nil {
		return Fetched{}, fmt.Errorf("failed to fetch %s: %w", what, err)
	}
	return f, nil
}

// Time asks for the time, signed over a fresh nonce. It is told where no certificate
// holds today by this station's clock too: how else could that be set right.
func (c *Client) Time(ctx context.Context) (t time.Time, err error) {
	err = c.diagnosed(ctx, func() error {
		t, err = askTime(ctx, c.http, c.base, c.c.Now, c.c.Trust())
		if ofDay(err) {
			if told, terr := c.timeOnAnyDay(ctx); terr == nil {
				t, err = told, nil
			}
		}
		return err
	})
	if err != nil {
		return time.Time{}, fmt.Errorf("failed to ask for the time: %w", err)
	}
	c.c.Signed(t)
	return t, nil
}
