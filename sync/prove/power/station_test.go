package power

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tramhoso/sync/clock"
	"tramhoso/sync/dossier"
	"tramhoso/sync/outbox"
	"tramhoso/sync/prove"
	"tramhoso/sync/seal"
	"tramhoso/sync/store"
	"tramhoso/sync/token"
	"tramhoso/sync/wire"
)

var quiet = slog.New(slog.DiscardHandler)

var begin = time.Date(2026, 7, 14, 9, 24, 0, 0, time.UTC)

// desk is a station on a disk whose first dossier was acknowledged before
// anything is cut.
type desk struct {
	disk  *Disk
	prov  *prove.Province
	first outbox.Submitted
	keys  string // what the station told the province

	waiting int // packets that wait for their receipt
}

// station is the program of one case.
type station struct{ *prove.Station }

func boot(t *testing.T, dir string) station {
	t.Helper()
	s, err := prove.OpenStation(t.Context(), dir, clock.NewFake(begin), quiet)
	if err != nil {
		t.Fatalf("the station does not open: %v", err)
	}
	return station{s}
}

func (s station) end() { _ = s.Close() }

func (s station) submit(t *testing.T, tap string) (outbox.Submitted, error) {
	return s.Outbox.SubmitDossier(t.Context(), tap, prove.Dossier(begin), "UBND xã Ea Thử",
		func(f outbox.Facts) ([]byte, error) { return []byte("slip " + f.Number), nil })
}

// newDesk enrols a station and has it take one dossier. The disk is copied while
// the station runs: what it had not synced is not sure in the copies either.
func newDesk(t *testing.T) *desk {
	t.Helper()
	k := &desk{waiting: 1}
	var err error
	k.prov, err = prove.NewProvince(begin)
	must(t, err)
	live := newDisk(t)
	s := boot(t, live.Path())
	e, err := k.prov.Enrol(s.Keys, "https://127.0.0.1", begin)
	must(t, err)
	must(t, s.Province.Enrolled(t.Context(), e))
	k.first, err = s.submit(t, "first tap")
	must(t, err)
	k.keys = s.Keys.Public().Events
	k.disk, err = live.Copy()
	must(t, err)
	must(t, errors.Join(s.Close(), live.Drop()))
	return k
}

// whole looks at one dossier: its frozen bytes under the station's own key, its
// place in the outbox, its slip.
func (s station) whole(t *testing.T, want outbox.Submitted, held bool) {
	t.Helper()
	ctx := t.Context()
	p, err := s.Store.Packet(ctx, want.Packet)
	if err != nil {
		t.Fatalf("packet %d is lost: %v", want.Seq, err)
	}
	key, err := s.Keys.Public().PacketKey()
	must(t, err)
	head, err := seal.Verify(p.JWS, p.Body, key)
	if err != nil || head.Seq != want.Seq || head.ID != want.Packet {
		t.Errorf("packet %d: %+v, %v", want.Seq, head, err)
	}
	st, err := s.Store.State(ctx, want.Packet)
	if err != nil || st.Held.IsZero() == held {
		t.Errorf("packet %d: %+v, %v", want.Seq, st, err)
	}
	paper, err := s.Outbox.Paper(ctx, want.PrintJob)
	if err != nil || paper.QR != want.QR || string(paper.Data) != "slip "+want.Slip {
		t.Errorf("slip %s: %+v, %v", want.Slip, paper, err)
	}
	if here, err := s.Inbox.HasSlip(ctx, want.Slip); err != nil || !here {
		t.Errorf("slip %s: %v, %v", want.Slip, here, err)
	}
}

func (s station) waiting(t *testing.T, want int) {
	t.Helper()
	if w, err := s.Store.Waiting(t.Context()); err != nil || w.Packets != want {
		t.Errorf("%d packets wait, want %d; %v", w.Packets, want, err)
	}
	list, err := s.Store.Outgoing(t.Context(), want+1)
	if err != nil || len(list) != want {
		t.Errorf("%d packets can go, want %d; %v", len(list), want, err)
	}
}

// reboot opens what the cut left and looks at what was acknowledged before.
func (k *desk) reboot(t *testing.T, dir string) station {
	t.Helper()
	s := boot(t, dir)
	t.Cleanup(func() { must(t, s.Close()) })
	if s.Keys.Public().Events != k.keys {
		t.Error("the station has other keys")
	}
	if st, err := s.Province.Station(); err != nil || st.Code != prove.StationCode {
		t.Fatalf("the enrolment is lost: %v", err)
	}
	s.whole(t, k.first, false)
	return s
}

// A submit with the power cut at each of its operations: an acknowledged one is
// whole, another whole or absent, and the sequence goes on without a gap.
func TestSubmit(t *testing.T) { newDesk(t).submits(t, 0, boot, func(station) error { return nil }) }

// The same while a full log is moved into the database, behind the commit: the
// power fails at each step of that, too.
func TestSubmitAtACheckpoint(t *testing.T) {
	const full = 900 * (4096 + 24) // bytes: not enough to be moved by itself
	k := newDesk(t)
	ops := k.submits(t, 37, func(t *testing.T, dir string) station {
		s := boot(t, dir)
		log := func() int64 {
			st, err := os.Stat(filepath.Join(dir, "store", "station.db-wal"))
			must(t, err)
			return st.Size()
		}
		for n := 0; log() < full; n++ {
			var err error
			k.first, err = s.submit(t, fmt.Sprintf("tap %d", n))
			must(t, err)
		}
		k.waiting = int(k.first.Seq)
		return s
	}, func(s station) error { return s.Store.MoveLog(t.Context()) })
	if !slices.ContainsFunc(ops, func(op string) bool { return strings.HasPrefix(op, "write /store/station.db [") }) {
		t.Errorf("no checkpoint came: %q", ops)
	}
}

// submits cuts a submit and what comes behind it; it returns the operations where
// nothing cut.
func (k *desk) submits(t *testing.T, stride int, open func(t *testing.T, dir string) station, behind func(station) error) (ops []string) {
	t.Helper()
	return cuts[station]{
		base: k.disk, open: open, end: station.end, stride: stride, again: stride == 0,
		act: func(s station) (any, error) {
			got, err := s.submit(t, "tap")
			if err == nil {
				_ = behind(s) // the citizen has the slip, whatever becomes of this
			}
			return got, err
		},
		check: func(t *testing.T, dir string, said any) {
			s := k.reboot(t, dir)
			if said != nil {
				s.whole(t, said.(outbox.Submitted), false)
				s.waiting(t, k.waiting+1)
			}
			again, err := s.submit(t, "tap") // the citizen taps again
			must(t, err)
			switch {
			case again.Seq != k.first.Seq+1:
				t.Errorf("sequence %d after %d", again.Seq, k.first.Seq)
			case said != nil && (!again.Again || again != first(said)):
				t.Errorf("acknowledged %+v, then %+v", said, again)
			}
			s.whole(t, again, false)
			next, err := s.submit(t, "next tap")
			if err != nil || next.Seq != again.Seq+1 || next.Again {
				t.Errorf("the next one: %+v, %v", next, err)
			}
			s.waiting(t, k.waiting+2)
		},
	}.everywhere(t)
}

// first is what a repeated tap is told of an acknowledged one.
func first(said any) outbox.Submitted {
	s := said.(outbox.Submitted)
	s.Again = true
	return s
}

// A receipt, likewise: the packet has left the outbox with its receipt, or it is
// offered again.
func TestReceipt(t *testing.T) {
	k := newDesk(t)
	s := boot(t, k.disk.Path())
	p, err := s.Store.Packet(t.Context(), k.first.Packet)
	must(t, err)
	s.end()
	r, compact, err := k.prov.Receipt(p, 1, begin)
	must(t, err)
	k = newDeskFrom(t, k)
	take := func(s station) error {
		_, err := s.Store.Held(t.Context(), r, compact)
		return err
	}
	cuts[station]{
		base: k.disk, open: boot, end: station.end,
		act: func(s station) (any, error) { return true, take(s) },
		check: func(t *testing.T, dir string, said any) {
			s := boot(t, dir)
			defer func() { must(t, s.Close()) }()
			st, err := s.Store.State(t.Context(), k.first.Packet)
			must(t, err)
			held := !st.Held.IsZero()
			if said != nil && !held {
				t.Error("an acknowledged receipt is lost")
			}
			s.whole(t, k.first, held)
			if held {
				s.waiting(t, 0)
			} else {
				s.waiting(t, 1)
			}
			must(t, take(s)) // it comes again
			s.whole(t, k.first, true)
			s.waiting(t, 0)
		},
	}.everywhere(t)
}

// newDeskFrom is a desk on a copy: opening the first would have synced it.
func newDeskFrom(t *testing.T, k *desk) *desk {
	t.Helper()
	c := *k
	var err error
	c.disk, err = k.disk.Copy()
	must(t, err)
	return &c
}

// A slip on its way through the printer: what was acknowledged is remembered,
// and a paper that may exist is never sent again without a person's word.
func TestPrint(t *testing.T) {
	k := newDesk(t)
	ctx := t.Context()
	type said struct{ band, printed bool }
	var heard *said
	cuts[station]{
		base: k.disk, end: station.end,
		open: func(t *testing.T, dir string) station {
			heard = &said{}
			return boot(t, dir)
		},
		act: func(s station) (any, error) {
			if err := s.Store.SetPrint(ctx, k.first.PrintJob, store.PrintSending, ""); err != nil {
				return nil, err
			}
			if err := s.Store.PrintProgress(ctx, k.first.PrintJob, 1, 3); err != nil {
				return nil, err
			}
			heard.band = true // from here on paper may come out
			for band := 2; band <= 3; band++ {
				if err := s.Store.PrintProgress(ctx, k.first.PrintJob, band, 3); err != nil {
					return nil, err
				}
			}
			if err := s.Store.SetPrint(ctx, k.first.PrintJob, store.PrintPrinted, ""); err != nil {
				return nil, err
			}
			heard.printed = true
			return true, nil
		},
		check: func(t *testing.T, dir string, _ any) {
			s := k.reboot(t, dir)
			j, err := s.Store.PrintJob(ctx, k.first.PrintJob)
			must(t, err)
			ok := map[store.PrintState]bool{
				store.PrintRendered: !heard.band,
				store.PrintUnknown:  !heard.printed && j.Reason == store.ReasonRestarted && j.Band >= 1,
				store.PrintPrinted:  j.Band == 3,
			}
			if !ok[j.State] {
				t.Errorf("the job is %s (%s), band %d of %d, after %+v", j.State, j.Reason, j.Band, j.Bands, *heard)
			}
			if next, err := s.Outbox.NextPaper(ctx); (err == nil) != (j.State == store.PrintRendered) {
				t.Errorf("to be sent next: %+v, %v", next, err)
			}
		},
	}.everywhere(t)
}

// A sweep empties the log into the database: the longest way that data has. What
// is kept stays whole, what was swept stays destroyed once that was said, and what
// the portal holds without a backup is kept.
func TestSweep(t *testing.T) {
	k := newDesk(t)
	ctx := t.Context()
	s := boot(t, k.disk.Path())
	receipt := func(tap string, counter uint64) (outbox.Submitted, string) {
		got, err := s.submit(t, tap)
		must(t, err)
		p, err := s.Store.Packet(ctx, got.Packet)
		must(t, err)
		r, compact, err := k.prov.Receipt(p, counter, begin)
		must(t, err)
		_, err = s.Store.Held(ctx, r, compact)
		must(t, err)
		must(t, s.Store.Durable(ctx, "", 1)) // the portal's backup holds one
		return got, compact
	}
	safe, compact := receipt("second tap", 1)
	held, _ := receipt("third tap", 2)
	base, err := k.disk.Copy()
	must(t, err)
	s.end()
	cuts[station]{
		base: base, open: boot, end: station.end, stride: 3,
		act: func(s station) (any, error) {
			w, err := s.Store.Sweep(ctx)
			if err == nil && w.Bodies == 0 {
				err = errors.New("nothing was swept")
			}
			return true, err
		},
		check: func(t *testing.T, dir string, said any) {
			s := k.reboot(t, dir)
			s.waiting(t, 1)
			s.whole(t, held, true)
			st, err := s.Store.State(ctx, safe.Packet)
			must(t, err)
			_, err = s.Store.Packet(ctx, safe.Packet)
			switch {
			case st.Receipt != compact:
				t.Error("the receipt is lost")
			case said != nil && st.Purged.IsZero():
				t.Error("the sweep is forgotten")
			case st.Purged.IsZero() && err != nil, !st.Purged.IsZero() && dossier.CodeOf(err) != dossier.CodeNotFound:
				t.Errorf("half a sweep: %+v, %v", st, err)
			}
		},
	}.everywhere(t)
}

// News of the portal: an applied event has its card and its place, another comes
// again.
func TestNews(t *testing.T) {
	k := newDesk(t)
	ctx := t.Context()
	event := func(s station) wire.SealedEvent {
		plain, err := json.Marshal(dossier.Event{Kind: dossier.EventStatus, Packet: k.first.Packet, Status: dossier.StatusAccepted,
			Code: "H15.30-260714-0001", At: begin})
		must(t, err)
		sealed, err := seal.SealToRecipients(plain, s.Keys.EventRecipient())
		must(t, err)
		return wire.SealedEvent{N: 1, Sealed: sealed}
	}
	take := func(s station) (int, error) {
		n, _, err := s.Inbox.Take(ctx, wire.AnswerClaim{Epoch: "e1", At: begin}, wire.AnswerBody{News: wire.AnswerNews{Events: []wire.SealedEvent{event(s)}}})
		return n, err
	}
	slip, err := token.ReadSlip(k.first.QR)
	must(t, err)
	cuts[station]{
		base: k.disk, open: boot, end: station.end, stride: 2,
		act: func(s station) (any, error) {
			n, err := take(s)
			return n == 1, err
		},
		check: func(t *testing.T, dir string, said any) {
			s := k.reboot(t, dir)
			news := func() int {
				c, err := s.Inbox.BySlip(ctx, slip)
				must(t, err)
				return len(c.News)
			}
			cur, err := s.Store.Cursor(ctx)
			must(t, err)
			if said != nil && cur.N != 1 || int(cur.N) != news() {
				t.Errorf("cursor %+v, %d news", cur, news())
			}
			if n, err := take(s); err != nil || n != 1-int(cur.N) || news() != 1 {
				t.Errorf("it comes again: %d, %v; %d news", n, err, news())
			}
		},
	}.everywhere(t)
}
