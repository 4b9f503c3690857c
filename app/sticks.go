package main

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"syscall"

	"tramhoso/app/counter"
	"tramhoso/sync/courier"
	"tramhoso/sync/dossier"
	"tramhoso/sync/outbox"
	"tramhoso/sync/wire/stick"
)

// ejectDir stands beside the place of sticks; packaging/stick watches it.
const ejectDir = "eject"

// carrier is the courier of this station, for the running program and for the
// command of one that does not run.
func (s *station) carrier() *courier.Courier {
	return &courier.Courier{Store: s.store, Keys: s.keys, Province: s.province, Inbox: s.inbox, Now: s.clock.Now, Signed: s.system.Floor, Log: s.log}
}

// sticks is what a clerk carries by hand.
type sticks struct {
	s    *station
	plug courier.Plug
}

// newSticks is nil where nothing is carried by hand.
func (s *station) newSticks() counter.Sticks {
	if s.kept == nil || s.cfg.Sticks == "" {
		return nil
	}
	return sticks{s, courier.Plug{Under: s.cfg.Sticks, Eject: filepath.Join(filepath.Dir(s.cfg.Sticks), ejectDir)}}
}

func (k sticks) Look(context.Context) (seen counter.Stick) {
	ctx := k.s.ctx
	w, err := k.s.store.Waiting(ctx)
	if err != nil {
		k.s.log.Warn("failed to see what waits", "err", err)
	}
	files, err := k.s.store.WaitingFiles(ctx)
	if err != nil {
		k.s.log.Warn("failed to see which papers wait", "err", err)
	}
	seen.Packets, seen.Files = w.Packets-w.GivenUp, files.Files
	if !w.Oldest.IsZero() {
		seen.Oldest = max(0, k.s.clock.Now().Sub(w.Oldest))
	}
	dir, err := k.plug.Find()
	switch {
	case errors.Is(err, courier.ErrLoose):
		seen.In, seen.Loose = true, true
	case err == nil:
		seen.In = true
		if seen.Others, err = k.s.carrier().Others(ctx, dir); err != nil {
			k.s.log.Warn("a stick cannot be read", "err", err)
			seen.Others = 0
		}
	case dossier.CodeOf(err) != dossier.CodeNotFound:
		k.s.log.Warn("failed to look for a stick", "err", err)
	}
	return seen
}

// Watch ends with ctx, or with the station.
func (k sticks) Watch(ctx context.Context, changed func()) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(k.s.ctx, cancel)()
	if err := k.plug.Watch(ctx, changed); err != nil && ctx.Err() == nil {
		k.s.log.Warn("sticks are not noticed any more", "err", err)
	}
}

// Carry takes in what is for this station, passes on what is others', copies
// what waits, and lets go of the stick.
func (k sticks) Carry(_ context.Context, tell func(done, total int64)) (got counter.Carried, err error) {
	ctx := k.s.ctx // the station ends it, not a screen
	dir, err := k.plug.Find()
	if err != nil {
		return got, stickTrouble(err)
	}
	c := k.s.carrier()
	progress := func(p courier.Progress) { tell(p.Done, p.Total) }
	in, err := c.Import(ctx, dir)
	took(&got, in)
	for _, f := range in.Files {
		if f.Applied {
			k.s.record(didBring, f.Name)
		}
	}
	if err != nil {
		return got, stickTrouble(err)
	}
	passed, err := c.Relay(ctx, dir, k.s.link, k.s.files.Turn, progress)
	got.Others = passed.Answered
	why := passed.Why
	switch code := dossier.CodeOf(err); {
	case err == nil:
	case code == "" || code == dossier.CodeStorageFull || code == dossier.CodeStorageReadOnly:
		return got, stickTrouble(err)
	default: // the network, or the portal: what is others' waits, what is ours goes on
		k.s.log.Info("others' bundles wait", "err", err)
		why = cmp.Or(why, outbox.WhyOf(err))
	}
	if why != outbox.WhyNothing {
		got.Why = string(why)
		if got.Waiting, err = c.Others(ctx, dir); err != nil {
			return got, stickTrouble(err)
		}
	}
	out, err := c.Export(ctx, dir, progress)
	if err != nil {
		return got, stickTrouble(err)
	}
	k.s.record(didCarry, out.Name)
	got.Packets, got.Left, got.Files, got.FilesNot, got.NeedMB = out.Packets, out.Left, out.Files, out.FilesNot, megabytes(out.Need)
	if err := k.plug.Release(ctx, dir); err != nil {
		return got, stickTrouble(err)
	}
	return got, nil
}

func took(got *counter.Carried, in courier.Imported) {
	got.Receipts, got.Whole, got.Refused, got.Events, got.Results, got.Catalogue = in.Receipts, in.Whole, in.Refused, in.Events, in.Results, in.Catalogue
	for _, f := range in.Files {
		switch {
		case errors.Is(f.Err, stick.ErrUnfinished):
			got.Half++
		case errors.Is(f.Err, courier.ErrForeign):
			got.Foreign++
		case errors.Is(f.Err, courier.ErrStale):
			got.Old++
		case sickStick(f.Err) || goneStick(f.Err):
			got.Unread++
		}
	}
}

func megabytes(n int64) int { return int((n + 1<<20 - 1) >> 20) }

// goneStick is how the system answers for a stick that was pulled out.
func goneStick(err error) bool {
	return errors.Is(err, syscall.ENODEV) || errors.Is(err, syscall.ENXIO) || errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTCONN)
}

// sickStick may be broken, loose or pulled out: the system does not say.
func sickStick(err error) bool {
	for _, known := range []error{syscall.EIO, syscall.EREMOTEIO, syscall.EBADMSG, syscall.EUCLEAN, syscall.ESHUTDOWN, syscall.ETIMEDOUT} {
		if errors.Is(err, known) {
			return true
		}
	}
	return false
}

// stickTrouble finds the sentence for what went wrong with a stick.
func stickTrouble(err error) error {
	var room *courier.RoomError
	say := func(word string, mb int) error { return &counter.StickError{Word: word, MB: mb, Err: err} }
	switch {
	case errors.Is(err, courier.ErrLoose), errors.Is(err, courier.ErrNoStick):
		return say("carry.loose", 0)
	case errors.Is(err, courier.ErrBusy):
		return say("carry.busy", 0)
	case errors.As(err, &room):
		return say("carry.full", max(1, megabytes(room.Need-room.Free)))
	case errors.Is(err, syscall.EROFS), errors.Is(err, fs.ErrPermission):
		return say("carry.protected", 0)
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, stick.ErrTooMany):
		return say("carry.full", 1)
	case goneStick(err):
		return say("carry.pulled", 0)
	case sickStick(err):
		return say("carry.sick", 0)
	case dossier.CodeOf(err) == dossier.CodeNotFound:
		return say("carry.no-stick", 0)
	}
	return err
}
