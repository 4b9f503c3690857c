package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/outbox"
	"tramhoso/sync/portal/demo"
	"tramhoso/sync/prove"
	"tramhoso/sync/prove/link"
	"tramhoso/sync/wire"
)

// What is measured of attachments.
const (
	largeBytes  = 50 << 20 // a form must not wait for this
	formsBehind = 7        // the figure is the median of their waits
	cutBytes    = 4 << 20  // a file that is cut again and again
	cuts        = 6
	cutEvery    = 600 << 10 // bytes of the line between two cuts
	cutRate     = 2e6       // bits per second: a good day
	cutDelay    = 40 * time.Millisecond
)

// measureAttachments measures what a large file does to the forms behind it, and
// what a cut costs.
func measureAttachments(ctx context.Context, s *sheet) error {
	peers, err := s.syncPeers(ctx)
	if err != nil {
		return err
	}
	dir := filepath.Join(s.dir, "attachments")
	waits, err := formsBehindAFile(ctx, filepath.Join(dir, "behind"))
	if err != nil {
		return err
	}
	s.figure("form-behind-50MB", waits.median()/1000, "s")
	s.figure("form-behind-50MB-longest", waits.quantile(1)/1000, "s")
	// Of the time that a chunk may take on this line.
	s.figure("form-behind-50MB-chunks", waits.quantile(1)/1000/wire.ChunkTime.Seconds(), "ratio")
	content := random(cutBytes)
	ours, err := oursCut(ctx, filepath.Join(dir, "cut"), content)
	if err != nil {
		return err
	}
	theirs, err := peers.tusCut(ctx, filepath.Join(dir, "tus"), content)
	if err != nil {
		return err
	}
	s.figure("resent-per-cut", ours, "bytes")
	s.figure("resent-per-cut-tus", theirs, "bytes")
	return nil
}

// follower runs a station and waits for what it brings about.
type follower struct {
	st      *prove.Station
	changed <-chan struct{}
	end     func() error
}

func follow(ctx context.Context, st *prove.Station) *follower {
	ctx, cancel := context.WithCancel(ctx)
	changed, stop := st.Store.Changed()
	ran := make(chan error, 1)
	go func() { ran <- st.Run(ctx, st.Link, st.Link) }()
	return &follower{st, changed, func() error {
		stop()
		cancel()
		if err := <-ran; !errors.Is(err, context.Canceled) {
			return err
		}
		return nil
	}}
}

func (f *follower) until(ctx context.Context, ok func() (bool, error)) error {
	for {
		done, err := ok()
		if done || err != nil {
			return err
		}
		select {
		case <-f.changed:
		case <-f.st.Queued:
		case <-f.st.Notes:
		case <-time.After(20 * time.Millisecond): // what the line carries is told by nobody
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// submitFile submits a dossier with one attachment.
func submitFile(ctx context.Context, st *prove.Station, tap string, content []byte) (outbox.Submitted, error) {
	a, err := st.Outbox.AddFile(ctx, tap, "plan", bytes.NewReader(content))
	if err != nil {
		return outbox.Submitted{}, err
	}
	return submitForm(ctx, st, tap, a)
}

func submitForm(ctx context.Context, st *prove.Station, tap string, files ...dossier.Attachment) (outbox.Submitted, error) {
	return st.Outbox.SubmitDossier(ctx, tap, prove.Dossier(time.Now()), "UBND xã",
		func(outbox.Facts) ([]byte, error) { return random(paperBytes), nil }, files...)
}

// formsBehindAFile submits forms while a large file is on the country line: how
// long each takes from the tap to its receipt.
func formsBehindAFile(ctx context.Context, dir string) (waits times, err error) {
	l, err := link.New(1)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	st, err := pair(ctx, dir, l, demo.Snapshot())
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, st.end()) }()
	if _, err := submitFile(ctx, st.Station, "large", random(largeBytes)); err != nil {
		return nil, err
	}
	c := link.Conditions{Delay: countryDelay, Rate: countryRate}
	l.Set(c, c)
	f := follow(ctx, st.Station)
	defer func() { err = errors.Join(err, f.end()) }()
	// The line is known to the client after some chunks.
	carriedPast := func(n int64) func() (bool, error) {
		from, _ := l.Counts()
		return func() (bool, error) {
			now, _ := l.Counts()
			return now.Bytes-from.Bytes >= n, nil
		}
	}
	chunk := countryRate / 8 * wire.ChunkTime.Seconds()
	if err := f.until(ctx, carriedPast(int64(4*chunk))); err != nil {
		return nil, err
	}
	for i := range formsBehind {
		// Each at another place of a chunk.
		if err := f.until(ctx, carriedPast(int64(chunk*(1+float64(i)/formsBehind)))); err != nil {
			return nil, err
		}
		tapped := time.Now()
		sub, err := submitForm(ctx, st.Station, fmt.Sprint("form", i))
		if err != nil {
			return nil, err
		}
		if err := f.until(ctx, func() (bool, error) {
			state, err := st.Store.State(ctx, sub.Packet)
			return !state.Held.IsZero(), err
		}); err != nil {
			return nil, err
		}
		waits = append(waits, time.Since(tapped))
	}
	return waits, nil
}

// cutting breaks a relay's connections every so many bytes until it did so often
// enough; it returns how many bytes the line carried up in all, once done is
// closed.
func cutting(l *link.Line, r *link.Relay, done <-chan struct{}) (sent int64, times int) {
	from, _ := l.Counts()
	next := from.Bytes + cutEvery
	for {
		now, _ := l.Counts()
		if times < cuts && now.Bytes >= next {
			r.Break()
			times++
			next = now.Bytes + cutEvery
		}
		select {
		case <-done:
			now, _ := l.Counts()
			return now.Bytes - from.Bytes, times
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// resent is what one cut cost: what the line carried beyond the file and beyond
// the share of IP and TCP, per cut.
func resent(sent int64, times int) (float64, error) {
	if times != cuts {
		return 0, fmt.Errorf("the line was cut %d times, not %d", times, cuts)
	}
	const headers = 40. / 1400
	return max(0, (float64(sent)*(1-headers)-cutBytes)/cuts), nil
}

// oursCut uploads a file as a station does.
func oursCut(ctx context.Context, dir string, content []byte) (perCut float64, err error) {
	l, err := link.New(1)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	st, err := pair(ctx, dir, l, demo.Snapshot())
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, st.end()) }()
	if _, err := submitFile(ctx, st.Station, "cut", content); err != nil {
		return 0, err
	}
	c := link.Conditions{Delay: cutDelay, Rate: cutRate}
	l.Set(c, c)
	done := make(chan struct{})
	var sent int64
	var times int
	counted := make(chan struct{})
	go func() {
		defer close(counted)
		sent, times = cutting(l, st.relay, done)
	}()
	f := follow(ctx, st.Station)
	err = f.until(ctx, func() (bool, error) {
		st.Files.Wake() // a pause after a cut costs time, which is not measured here
		st.Queue.Wake()
		left, err := st.Store.WaitingFiles(ctx)
		if err != nil {
			return false, err
		}
		_, more, err := st.Store.NextFile(ctx, 0)
		return left.Files == 0 && !more, err
	})
	close(done)
	<-counted
	if err := errors.Join(err, f.end()); err != nil {
		return 0, err
	}
	return resent(sent, times)
}

// tusCut uploads a file as the tus project's own client does.
func (p *syncPeers) tusCut(ctx context.Context, dir string, content []byte) (perCut float64, err error) {
	server, addr, err := p.serve(ctx, "tus-server.mjs", dir)
	if err != nil {
		return 0, err
	}
	defer server.stop()
	file := filepath.Join(dir, "content")
	if err := os.WriteFile(file, content, 0o600); err != nil {
		return 0, err
	}
	l, err := link.New(1)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	r, err := l.Relay(addr)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	c := link.Conditions{Delay: cutDelay, Rate: cutRate}
	l.Set(c, c)
	client, err := p.start(ctx, "tus-large.mjs", "http://"+r.Addr()+"/files", file)
	if err != nil {
		return 0, err
	}
	defer client.stop()
	if ready, err := client.line(); err != nil || ready != "ready" {
		return 0, errors.Join(fmt.Errorf("the peer is not ready: %q", ready), err)
	}
	done := make(chan struct{})
	var sent int64
	var times int
	counted := make(chan struct{})
	go func() {
		defer close(counted)
		sent, times = cutting(l, r, done)
	}()
	_, err = client.ask()
	close(done)
	<-counted
	if err != nil {
		return 0, err
	}
	return resent(sent, times)
}
