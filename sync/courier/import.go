package courier

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/seal"
	"tramhoso/sync/wire"
	"tramhoso/sync/wire/stick"
)

// Imported says what an import found and did.
type Imported struct {
	Receipts  int  // packets that the portal holds and that had waited until now
	Whole     int  // packets whose attachments the portal has now
	Refused   int  // packets that the portal would not take
	Events    int  // applied
	Results   int  // of these, results that are ready
	Catalogue bool // a newer one came
	Files     []File
	More      bool // the folder holds more files than one import looks at
}

// File is what became of one answer on the stick.
type File struct {
	Name    string
	Applied bool
	Err     error // why not: ErrForeign, ErrUnsigned, ErrStale or one of package stick
}

// Import applies the answers in dir, the newest first. A file that cannot be
// taken is reported and skipped; an error is the station's own trouble, and what
// was applied before it stays applied.
func (c *Courier) Import(ctx context.Context, dir string) (done Imported, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("failed to import: %w", err)
		}
	}()
	station, err := c.Province.Station()
	if err != nil {
		return done, err
	}
	folder, err := stick.Open(dir)
	if err != nil {
		return done, err
	}
	defer func() { err = errors.Join(err, folder.Close()) }()
	list, more, err := folder.Files(stick.Down)
	if err != nil {
		return done, err
	}
	done.More = more
	for _, found := range list {
		if err := ctx.Err(); err != nil {
			return done, err
		}
		file := File{Name: found.Name}
		claim, body, err := c.open(ctx, folder, found, station.Code)
		if err == nil {
			err = c.apply(ctx, claim, body, &done)
		}
		var own *ownError
		switch {
		case errors.As(err, &own):
			return done, err
		case err != nil:
			file.Err = err
			c.log().Warn("an answer on the stick is not taken", "file", found.Name, "err", err)
		default:
			file.Applied = true
			if err := tidy(folder, found, claim); err != nil { // a write-protected stick: next time nothing is new in it
				c.log().Warn("an applied answer stays on the stick", "file", found.Name, "err", err)
			}
		}
		done.Files = append(done.Files, file)
	}
	return done, nil
}

// tidy takes an applied answer from the stick, and the bundles it answered.
func tidy(folder *stick.Folder, found stick.Found, claim wire.AnswerClaim) error {
	return errors.Join(folder.Remove(stick.Up, claim.Answers...), folder.Remove(stick.Down, strings.TrimSuffix(found.Name, string(stick.Down))))
}

// ownError is trouble of the station, not of a file.
type ownError struct{ err error }

func (e *ownError) Error() string { return e.err.Error() }
func (e *ownError) Unwrap() error { return e.err }

func own(err error) error {
	if err == nil {
		return nil
	}
	return &ownError{err}
}

// open reads an answer and believes nothing in it that the portal did not sign.
func (c *Courier) open(ctx context.Context, folder *stick.Folder, found stick.Found, station string) (claim wire.AnswerClaim, body wire.AnswerBody, err error) {
	sealed, err := folder.Read(found, wire.MaxAnswerBytes+sealingBytes, func(begin io.Reader) error {
		err := seal.Addressed(begin, c.Keys.EventIdentity())
		if dossier.CodeOf(err) == dossier.CodeInvalid {
			return dossier.E(dossier.CodeInvalid, ErrForeign) // spares reading what is for others
		}
		return err // of the stick
	})
	if err != nil {
		return claim, body, err
	}
	plain, err := seal.OpenBundle(sealed, wire.MaxAnswerBytes, c.Keys.EventIdentity())
	if err != nil {
		return claim, body, err
	}
	signed, raw, err := wire.SplitAnswer(plain)
	if err != nil {
		return claim, body, err
	}
	if body, err = wire.DecodeAnswerBody(raw); err != nil {
		return claim, body, err
	}
	if len(body.Trust) > 0 { // under the root's own signature
		if err := c.Inbox.TakeTrust(ctx, body.Trust); dossier.CodeOf(err) == dossier.CodeInvalid {
			return claim, body, err
		} else if err != nil {
			return claim, body, own(err)
		}
	}
	trust := c.Province.Trust()
	if trust == nil {
		return claim, body, own(dossier.E(dossier.CodeNotEnrolled, nil))
	}
	if err := trust.Verify(seal.UseReceipt, signed, wire.TypBundleAnswer, &claim, func() time.Time { return claim.At }); err != nil {
		return claim, body, dossier.Errorf(dossier.CodeInvalid, "%w: %w", ErrUnsigned, err)
	}
	sum := sha256.Sum256(raw)
	switch {
	case claim.Digest != hex.EncodeToString(sum[:]):
		return claim, body, dossier.Errorf(dossier.CodeInvalid, "%w: other content", ErrUnsigned)
	case claim.Station != station:
		return claim, body, dossier.E(dossier.CodeInvalid, ErrForeign)
	}
	since, err := c.Store.History(ctx)
	if err != nil {
		return claim, body, own(err)
	}
	if claim.At.UnixMilli() < since.UnixMilli() && !since.IsZero() {
		return claim, body, dossier.E(dossier.CodeConflict, ErrStale)
	}
	return claim, body, nil
}

// sealingBytes is more than encryption adds: a header, and 16 bytes for each
// 64 KiB.
const sealingBytes = 1 << 20

// apply takes the receipts in the order in which the portal gave them, then the
// news.
func (c *Courier) apply(ctx context.Context, claim wire.AnswerClaim, body wire.AnswerBody, done *Imported) error {
	if c.Signed != nil {
		c.Signed(claim.At)
	}
	if err := c.Inbox.Begin(ctx, claim.Epoch, claim.At); err != nil {
		return own(err)
	}
	receipts, err := c.receipts(ctx, body.News.Results, done)
	if err != nil {
		return err
	}
	for _, r := range receipts {
		again, err := c.Store.Held(ctx, r.Receipt, r.compact)
		if err != nil {
			return own(err)
		}
		if !r.known {
			done.Receipts++
		}
		if r.State == wire.StateWhole && r.files {
			done.Whole++
		}
		c.log().Info("packet held", "packet", r.Packet, "counter", r.Counter, "state", r.State, "quarantined", r.Quarantined)
		if again > 0 {
			c.log().Warn("the portal was set back; offering again", "packets", again)
		}
	}
	had := c.Province.Known().Catalogue
	events, results, err := c.Inbox.Take(ctx, claim, body)
	done.Events += events
	done.Results += results
	done.Catalogue = done.Catalogue || c.Province.Known().Catalogue > had
	// Only now: the answer may have begun an epoch, and this is said in it.
	if derr := c.Store.Durable(ctx, claim.Epoch, claim.Durable); derr != nil {
		return own(derr)
	}
	switch dossier.CodeOf(err) {
	case dossier.CodeInvalid, dossier.CodeConflict: // a document that does not hold
		return err
	}
	return own(err)
}

// receipt is a receipt with its signed spelling.
type receipt struct {
	dossier.Receipt
	compact string
	known   bool // a receipt was here before
	files   bool // the packet has attachments that were not known to be at the portal
}

// receipts verifies what the answer says about packets that still wait here. A
// refusal is noted on its packet.
func (c *Courier) receipts(ctx context.Context, results []wire.BatchResult, done *Imported) (list []receipt, err error) {
	trust := c.Province.Trust()
	for _, one := range results {
		st, err := c.Store.State(ctx, one.ID)
		if dossier.CodeOf(err) == dossier.CodeNotFound {
			continue // nothing of ours
		}
		if err != nil {
			return nil, own(err)
		}
		open, err := c.Store.OpenFiles(ctx, one.ID)
		if err != nil {
			return nil, own(err)
		}
		held := !st.Held.IsZero()
		if held && (open == 0 || one.Receipt == "" || one.Receipt == st.Receipt) {
			continue // known
		}
		if one.Receipt == "" {
			if p := one.Problem; p != nil && p.Status >= 400 && p.Status < 500 {
				if err := c.Store.Attempted(ctx, one.ID, p.Code); err != nil {
					return nil, own(err)
				}
				done.Refused++
				c.log().Error("the portal refused a packet", "packet", one.ID, "seq", st.Seq, "code", string(p.Code))
			}
			continue
		}
		p, err := c.Store.Packet(ctx, one.ID)
		if dossier.CodeOf(err) == dossier.CodeNotFound {
			continue // purged
		}
		if err != nil {
			return nil, own(err)
		}
		r := receipt{compact: one.Receipt, known: held, files: open > 0}
		if err := trust.Verify(seal.UseReceipt, one.Receipt, wire.TypReceipt, &r.Receipt, func() time.Time { return r.At }); err != nil {
			return nil, dossier.Errorf(dossier.CodeInvalid, "%w: a receipt: %w", ErrUnsigned, err)
		}
		if r.Packet != p.Head.ID || r.Station != p.Head.Station || r.Digest != seal.Digest(p.JWS, p.Body) ||
			r.State != wire.StateHeld && r.State != wire.StateWhole {
			return nil, dossier.Errorf(dossier.CodeInvalid, "%w: a receipt about something else", ErrUnsigned)
		}
		if held && r.State != wire.StateWhole {
			continue // of an earlier state
		}
		list = append(list, r)
	}
	slices.SortFunc(list, func(a, b receipt) int {
		switch {
		case a.Counter < b.Counter:
			return -1
		case a.Counter > b.Counter:
			return 1
		}
		return 0
	})
	return list, nil
}
