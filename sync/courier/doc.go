// Package courier is a portal over a USB stick: a station's second way to send
// and to hear, equal to the first. A person carries the stick; it shows nothing
// but opaque files.
//
// It promises that Export leaves one file which only the province opens, whole
// or not at all, with every packet that waits as far as the limits allow, and
// after it further such files with their attachments as far as the stick has
// room; that it holds no more of an attachment in memory than a piece; and that
// nothing at the station says of anything that it was carried: what was exported
// may still go by the network, and by both ways there is one effect. It promises
// that Import takes an answer only if the portal signed it, for this station, over
// every byte; that receipts and events take effect exactly as those that came by
// the network do; and that an answer which comes twice, late or out of order
// changes nothing that is known better already.
//
// It refuses files that are not regular, not finished, too large or someone
// else's: they are reported, skipped and left where they are. It removes only an
// answer that it has applied, with the bundles of this station which that
// answered, and the bundles that this station wrote before in place of which it
// writes new ones.
//
// It opens no connection and imports neither the portal nor the client.
package courier

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"time"

	"tramhoso/sync/outbox"
	"tramhoso/sync/seal"
	"tramhoso/sync/store"
	"tramhoso/sync/wire"
)

// Why an answer is not taken, besides package stick's reasons.
var (
	ErrForeign  = errors.New("the file is not for this station")
	ErrUnsigned = errors.New("the portal did not sign this")
	ErrStale    = errors.New("the answer is from before the portal's present history")
)

// Province is what the province told this station; inbox.Province is one.
type Province interface {
	Station() (outbox.Station, error)
	Recipient() (seal.Recipient, error)
	Trust() *seal.Trust
	Known() wire.Hints
}

// Inbox applies news; inbox.Inbox is one.
type Inbox interface {
	// Begin starts the first history that the station hears of.
	Begin(ctx context.Context, epoch string, at time.Time) error
	TakeTrust(ctx context.Context, bundle []byte) error
	Take(ctx context.Context, c wire.AnswerClaim, b wire.AnswerBody) (events, results int, err error)
}

// Courier exports and imports for one station.
type Courier struct {
	Store    *store.Store
	Keys     *seal.Keys
	Province Province
	Inbox    Inbox
	Now      func() time.Time // never before the trusted floor; nil: time.Now
	Signed   func(time.Time)  // hears every signed time; may be nil
	Rand     io.Reader        // of file names; nil: crypto/rand
	Log      *slog.Logger     // nil: slog.Default()
}

func (c *Courier) now() time.Time {
	if c.Now == nil {
		return time.Now()
	}
	return c.Now()
}

func (c *Courier) rand() io.Reader {
	if c.Rand == nil {
		return rand.Reader
	}
	return c.Rand
}

func (c *Courier) log() *slog.Logger {
	if c.Log == nil {
		return slog.Default()
	}
	return c.Log
}
