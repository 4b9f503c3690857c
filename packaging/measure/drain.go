package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"tramhoso/sync/catalogue"
	"tramhoso/sync/clock"
	"tramhoso/sync/portal"
	"tramhoso/sync/portal/demo"
	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/prove"
	"tramhoso/sync/prove/link"
	"tramhoso/sync/wire"
)

// The line of a commune: a mobile network on a hill.
const (
	countryRate  = 256e3                  // bits per second, each way
	countryDelay = 150 * time.Millisecond // each way: 300 ms there and back
	countryLoss  = 0.02
)

// A drain takes minutes of waiting and little work, so the rounds of all
// contenders run side by side, each on a line of its own.
const drainsPerCore = 4

// backlog is what a station has to send: files of frozen, sealed packets.
type backlog struct {
	dir   string
	files []string
	bytes int64
}

// contender sends a backlog over a line.
type contender struct {
	name string
	run  func(ctx context.Context, dir string, b *backlog, l *link.Line, start func()) error
}

// measureDrain measures how long a station's backlog takes over the line of a
// commune, beside PouchDB's replication and tus alone, which carry the same
// sealed bytes, heads and bodies. tus uploads six at a
// time over connections that it keeps, each in the one request that creates it.
// Both peers go without TLS, which favours them: ours never does.
func measureDrain(ctx context.Context, s *sheet) error {
	peers, err := s.syncPeers(ctx)
	if err != nil {
		return err
	}
	dir := filepath.Join(s.dir, "drain")
	b, err := newBacklog(ctx, filepath.Join(dir, "backlog"), s.dossiers)
	if err != nil {
		return err
	}
	floor := time.Duration(float64(b.bytes) * 8 / countryRate * float64(time.Second))
	contenders := []contender{{"ours", drainOurs}, {"pouchdb", peers.drainPouch}, {"tus", peers.drainTus}}
	weathers := []weather{{}, {suffix: "-loss", loss: countryLoss}}
	if err := drains(ctx, s.rounds, dir, b, contenders, weathers); err != nil {
		return err
	}
	s.figure("drain-floor", floor.Seconds(), "s")
	for _, w := range weathers {
		for i, c := range contenders {
			s.figure("drain-"+c.name+w.suffix, w.took[i].median()/1000, "s")
			s.figure("drain-"+c.name+"-bytes"+w.suffix, median(w.sent[i])/float64(b.bytes), "ratio") // IP packets up ÷ sealed bytes
		}
		s.figure("drain-to-floor"+w.suffix, w.took[0].median()/1000/floor.Seconds(), "ratio")
		s.figure("drain-to-pouchdb"+w.suffix, w.took[0].median()/w.took[1].median(), "ratio")
		s.figure("drain-to-tus"+w.suffix, w.took[0].median()/w.took[2].median(), "ratio")
	}
	return nil
}

// weather is what a line loses, and how the contenders fared in it.
type weather struct {
	suffix string
	loss   float64
	took   []times // by contender
	sent   [][]float64
}

// drains runs all rounds of all contenders in every weather.
func drains(ctx context.Context, rounds int, dir string, b *backlog, contenders []contender, weathers []weather) (err error) {
	var mu sync.Mutex
	var all sync.WaitGroup
	room := make(chan struct{}, drainsPerCore*runtime.NumCPU())
	for k := range weathers {
		w := &weathers[k]
		w.took, w.sent = make([]times, len(contenders)), make([][]float64, len(contenders))
		c := link.Conditions{Delay: countryDelay, Rate: countryRate, Loss: w.loss}
		for round := range rounds {
			for i, x := range contenders {
				all.Go(func() {
					room <- struct{}{}
					defer func() { <-room }()
					t, n, e := drainOnce(ctx, filepath.Join(dir+w.suffix, fmt.Sprint(x.name, round)), b, x, c, uint64(round))
					mu.Lock()
					defer mu.Unlock()
					if e != nil {
						err = errors.Join(err, fmt.Errorf("%s: %w", x.name, e))
					}
					w.took[i], w.sent[i] = append(w.took[i], t), append(w.sent[i], float64(n))
				})
			}
		}
	}
	all.Wait()
	return err
}

func drainOnce(ctx context.Context, dir string, b *backlog, x contender, c link.Conditions, seed uint64) (took time.Duration, sent int64, err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return 0, 0, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	l, err := link.New(seed + 1)
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	var begin time.Time
	var before link.Count
	if err := x.run(ctx, dir, b, l, func() {
		l.Set(c, c)
		before, _ = l.Counts()
		begin = time.Now()
	}); err != nil {
		return 0, 0, err
	}
	took = time.Since(begin)
	after, _ := l.Counts()
	return took, after.Bytes - before.Bytes, nil
}

// newBacklog has a station submit n dossiers and writes each as a portal would
// get it.
func newBacklog(ctx context.Context, dir string, n int) (b *backlog, err error) {
	b = &backlog{dir: filepath.Join(dir, "packets")}
	if err := os.MkdirAll(b.dir, 0o755); err != nil {
		return nil, err
	}
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
	if err := fill(ctx, st.Station, n); err != nil {
		return nil, err
	}
	out, err := st.Store.Outgoing(ctx, n)
	if err != nil {
		return nil, err
	}
	for i, o := range out {
		frame := wire.EncodePacket(o.Packet)
		path := filepath.Join(b.dir, fmt.Sprintf("%05d", i))
		if err := os.WriteFile(path, frame, 0o600); err != nil {
			return nil, err
		}
		b.files, b.bytes = append(b.files, path), b.bytes+int64(len(frame))
	}
	if len(b.files) != n {
		return nil, fmt.Errorf("%d packets of %d wait", len(b.files), n)
	}
	return b, nil
}

// fill submits n ordinary dossiers.
func fill(ctx context.Context, st *prove.Station, n int) error {
	w := writer{seq: 1}
	for range n {
		if err := w.submit(ctx, st.Outbox, random(dossierBytes)); err != nil {
			return err
		}
	}
	return nil
}

// drainOurs is a real station with a full outbox and a real portal. Its sealed
// packets are as large as those of the backlog.
func drainOurs(ctx context.Context, dir string, b *backlog, l *link.Line, start func()) (err error) {
	st, err := pair(ctx, dir, l, demo.Snapshot())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.end()) }()
	if err := fill(ctx, st.Station, len(b.files)); err != nil {
		return err
	}
	start()
	f := follow(ctx, st.Station)
	return errors.Join(f.until(ctx, func() (bool, error) {
		left, err := st.Store.Waiting(ctx)
		return left.Packets == 0, err
	}), f.end())
}

// paired is a portal and a station that is enrolled with it over a line.
type paired struct {
	*prove.Station
	portal *portal.Portal
	relay  *link.Relay
	end    func() error
}

func pair(ctx context.Context, dir string, l *link.Line, has catalogue.Snapshot) (_ *paired, err error) {
	var undo []func() error
	end := func() (err error) {
		for _, f := range slices.Backward(undo) {
			err = errors.Join(err, f())
		}
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, end())
		}
	}()
	log, now := slog.New(slog.DiscardHandler), clock.NewSystem(clock.Options{})
	p, err := portal.Open(ctx, portal.Options{Dir: filepath.Join(dir, "portal"), Clock: now, Log: log,
		Catalogue: has, SlipHost: prove.SlipHost})
	if err != nil {
		return nil, err
	}
	undo = append(undo, p.Close)
	srv, err := p.Listen(ctx, "127.0.0.1:0", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	serving, cancel := context.WithCancel(ctx)
	served := make(chan error, 1)
	go func() { served <- srv.Run(serving) }()
	undo = append(undo, func() error {
		cancel()
		return <-served
	})
	r, err := l.Relay(strings.TrimPrefix(srv.URL(), "https://"))
	if err != nil {
		return nil, err
	}
	undo = append(undo, r.Close)
	st, err := prove.OpenStation(ctx, filepath.Join(dir, "station"), now, log)
	if err != nil {
		return nil, err
	}
	undo = append(undo, st.Close)
	tok, err := p.IssueToken(ctx, ledger.Station{Code: prove.StationCode, Name: "Bench", Address: "Bench"}, "https://"+r.Addr())
	if err != nil {
		return nil, err
	}
	if err := st.Link.Enrol(ctx, tok); err != nil {
		return nil, err
	}
	return &paired{st, p, r, end}, nil
}

// drainPouch replicates documents that carry the sealed packets as attachments.
func (p *syncPeers) drainPouch(ctx context.Context, dir string, b *backlog, l *link.Line, start func()) error {
	server, addr, err := p.serve(ctx, "pouch-server.mjs", filepath.Join(dir, "server"))
	if err != nil {
		return err
	}
	defer server.stop()
	r, err := l.Relay(addr)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	return p.drain(ctx, b, start, "pouch-client.mjs", append([]string{"push", "http://" + r.Addr() + "/station", dir}, b.files...)...)
}

// drainTus uploads every sealed packet as a file.
func (p *syncPeers) drainTus(ctx context.Context, dir string, b *backlog, l *link.Line, start func()) error {
	server, addr, err := p.serve(ctx, "tus-server.mjs", filepath.Join(dir, "server"))
	if err != nil {
		return err
	}
	defer server.stop()
	r, err := l.Relay(addr)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	return p.drain(ctx, b, start, "tus-client.mjs", append([]string{"http://" + r.Addr() + "/files"}, b.files...)...)
}

// drain has a peer's client send the backlog and checks that it sent it all.
func (p *syncPeers) drain(ctx context.Context, b *backlog, start func(), script string, args ...string) error {
	client, err := p.start(ctx, script, args...)
	if err != nil {
		return err
	}
	defer client.stop()
	if ready, err := client.line(); err != nil || ready != "ready" {
		return errors.Join(fmt.Errorf("the peer is not ready: %q", ready), err)
	}
	start()
	n, err := client.ask()
	if err != nil {
		return err
	}
	if n != len(b.files) {
		return fmt.Errorf("the peer sent %d of %d", n, len(b.files))
	}
	return nil
}

func median(list []float64) float64 {
	if len(list) == 0 {
		return math.NaN()
	}
	return slices.Sorted(slices.Values(list))[len(list)/2]
}
