package courier

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"tramhoso/sync/dossier"
	"tramhoso/sync/outbox"
	"tramhoso/sync/wire"
	"tramhoso/sync/wire/stick"
)

// Bearer takes couriers' files to the portal; inbox.Link is one. Errors may
// implement Refusal.
type Bearer interface {
	// CarryBundle brings the next chunk and says how much is on the portal's
	// disk; from is what it said last, or -1 to ask.
	CarryBundle(ctx context.Context, sum string, content io.ReaderAt, size, from int64) (int64, error)
	// AnswerBundle hands the answer to take as it arrives.
	AnswerBundle(ctx context.Context, sum string, take func(io.Reader) error) error
	DropBundle(ctx context.Context, sum string) error
}

// Turn returns once the next chunk may go; outbox.Files.Turn is one. An error that
// is an *outbox.Held says what others' bundles wait for.
type Turn func(ctx context.Context) error

// Refusal is an error that says whether the portal can do anything with the file
// at all.
type Refusal interface{ Refused() bool }

// Relayed says what became of other stations' bundles.
type Relayed struct {
	Answered int // now; their answers are on the stick
	Before   int // had their answer on the stick already
	Files    []File
	More     bool       // the folder holds more files than one relay looks at
	Why      outbox.Why // what the rest waits for, where something holds it back
}

// Others counts the bundles in dir that other stations made and that have no
// answer yet, as far as their names tell.
func (c *Courier) Others(ctx context.Context, dir string) (n int, err error) {
	folder, err := stick.Open(dir)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, folder.Close()) }()
	list, _, _, err := c.others(ctx, folder)
	return len(list), err
}

// others lists the bundles of other stations that have no answer beside them,
// and counts those that have.
func (c *Courier) others(ctx context.Context, folder *stick.Folder) (list []stick.Found, answered int, more bool, err error) {
	ours, err := c.remembered(ctx)
	if err != nil {
		return nil, 0, false, err
	}
	up, more, err := folder.Files(stick.Up)
	if err != nil {
		return nil, 0, false, err
	}
	down, _, err := folder.Files(stick.Down)
	if err != nil {
		return nil, 0, false, err
	}
	for _, one := range up {
		id := strings.TrimSuffix(one.Name, string(stick.Up))
		switch {
		case slices.Contains(ours, id): // goes by the network as it is
		case slices.ContainsFunc(down, func(d stick.Found) bool { return d.Name == id+string(stick.Down) && d.Err == nil && d.Size > 0 }):
			answered++
		default:
			list = append(list, one)
		}
	}
	return list, answered, more, nil
}

// Relay takes the bundles that other stations left in dir to the portal, and
// lays the answers beside them. It can open neither and keeps nothing of them.
//
// What is this station's own, and what its staff said of the network, comes first:
// before each chunk and each answer turn is asked. Where that holds the rest back,
// Relayed says why. Where the network breaks off, an error says so. Either way the
// stick is as it was but for the answers that are whole on it, and the next call
// goes on from there. A file that the portal can do nothing with is reported and
// left alone; one that it answers with nothing of use is left for another time.
func (c *Courier) Relay(ctx context.Context, dir string, to Bearer, turn Turn, tell func(Progress)) (done Relayed, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("failed to relay: %w", err)
		}
	}()
	folder, err := stick.Open(dir)
	if err != nil {
		return done, err
	}
	defer func() { err = errors.Join(err, folder.Close()) }()
	list, before, more, err := c.others(ctx, folder)
	if err != nil {
		return done, err
	}
	done.Before, done.More = before, more
	r := relaying{Courier: c, folder: folder, to: to, turn: turn, tell: tell}
	for _, one := range list {
		r.at.Total += one.Size
	}
	var odd error
	for _, one := range list {
		was := r.at.Done
		err := r.relay(ctx, one)
		r.at.Done = was + one.Size
		var held *outbox.Held
		var refusal Refusal
		switch {
		case err == nil:
			done.Answered++
		case ctx.Err() != nil:
			return done, ctx.Err()
		case errors.As(err, &held):
			c.log().Info("others' bundles wait", "why", string(held.Why))
			done.Why = held.Why
			return done, odd
		case errors.Is(err, errNoAnswer):
			c.log().Warn("the portal has no answer of use to a courier's file", "file", one.Name, "err", err)
			odd = err
			continue
		case errors.As(err, &refusal) && refusal.Refused():
			c.log().Warn("a courier's file is of no use", "file", one.Name, "err", err)
		default:
			return done, err
		}
		done.Files = append(done.Files, File{Name: one.Name, Applied: err == nil, Err: err})
	}
	return done, odd
}

// useless is a file on the stick that cannot be taken, whoever tries.
type useless struct{ error }

func (u useless) Refused() bool { return true }
func (u useless) Unwrap() error { return u.error }

// errNoAnswer is a portal that answers with what no portal of ours writes. That is
// no fault of the stick's file.
var errNoAnswer = errors.New("the portal's answer is none of ours")

type relaying struct {
	*Courier
	folder *stick.Folder
	to     Bearer
	turn   Turn
	tell   func(Progress)
	at     Progress
}

func (r *relaying) relay(ctx context.Context, found stick.Found) (err error) {
	content, err := r.folder.OpenFile(found, wire.MaxBundleFileBytes, nil)
	for _, fault := range []error{stick.ErrNotOurs, stick.ErrUnfinished, stick.ErrNotRegular, stick.ErrTooLarge} {
		if errors.Is(err, fault) {
			return useless{err}
		}
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, content.Close()) }()
	file := content.File()
	hash := copying{sum: newDigest()}
	if _, err := io.Copy(&hash, file); err != nil {
		return fmt.Errorf("failed to read a file: %w", err)
	}
	sum, began := hash.hex(), r.at.Done
	for at := int64(-1); at < file.Size(); {
		if err := r.turn(ctx); err != nil {
			return err
		}
		if at, err = r.to.CarryBundle(ctx, sum, file, file.Size(), at); err != nil {
			return err
		}
		if r.tell != nil {
			r.tell(Progress{Done: began + at, Total: r.at.Total})
		}
	}
	if err := r.turn(ctx); err != nil {
		return err
	}
	id := strings.TrimSuffix(found.Name, string(stick.Up))
	err = r.to.AnswerBundle(ctx, sum, func(answer io.Reader) error {
		_, err := r.folder.Put(stick.Down, id, answer, wire.MaxAnswerBytes+sealingBytes)
		switch { // the portal's answer, not the stick's file
		case errors.Is(err, stick.ErrUnfinished):
			return dossier.Errorf(dossier.CodeNoNetwork, "the answer is not whole")
		case errors.Is(err, stick.ErrNotOurs), errors.Is(err, stick.ErrTooLarge):
			return dossier.Errorf(wire.CodeInternal, "%w: %v", errNoAnswer, err)
		}
		return err
	})
	if err != nil {
		return err
	}
	r.log().Info("a courier's file was answered", "file", found.Name)
	if err := r.to.DropBundle(ctx, sum); err != nil && ctx.Err() == nil { // it expires there by itself
		r.log().Warn("the portal keeps a courier's file that is answered", "file", found.Name, "err", err)
	}
	return nil
}
