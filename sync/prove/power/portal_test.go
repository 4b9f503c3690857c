package power

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/uuid"

	"tramhoso/sync/client"
	"tramhoso/sync/clock"
	"tramhoso/sync/dossier"
	"tramhoso/sync/portal"
	"tramhoso/sync/portal/demo"
	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/portal/sqlite"
	"tramhoso/sync/prove"
	"tramhoso/sync/seal"
	"tramhoso/sync/staff"
	"tramhoso/sync/wire"
)

// office is a portal on a disk that receipted one dossier before anything is
// cut, and what a station needs to speak to it.
type office struct {
	disk    *Disk
	keys    *seal.Keys
	to      seal.Recipient
	tls     *tls.ConnectionState
	first   dossier.Packet
	receipt string // of first
}

type program struct{ *portal.Portal }

func portalAt(t *testing.T, dir string) (program, error) {
	p, err := portal.Open(t.Context(), portal.Options{Dir: filepath.Join(dir, "portal"), Clock: clock.NewFake(begin), Log: quiet,
		SlipHost: prove.SlipHost, Catalogue: demo.Snapshot(), StaffCost: staff.Cost{Passes: 1, KiB: 8}})
	return program{p}, err
}

func openPortal(t *testing.T, dir string) program {
	t.Helper()
	p, err := portalAt(t, dir)
	if err != nil {
		t.Fatalf("the portal does not open: %v", err)
	}
	return p
}

func (p program) end() { _ = p.Close() }

func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{}
	var err error
	o.keys, err = seal.OpenKeys(filepath.Join(t.TempDir(), "keys"))
	must(t, err)
	live := newDisk(t)
	p := openPortal(t, live.Path())
	o.enrol(t, p)
	o.first = o.packet(t, 1, dossier.KindDossier, "")
	var status int
	status, o.receipt = o.put(t, p, o.first)
	if status != http.StatusCreated {
		t.Fatalf("the first packet: %d", status)
	}
	o.disk, err = live.Copy()
	must(t, err)
	must(t, errors.Join(p.Close(), live.Drop()))
	return o
}

func (o *office) enrol(t *testing.T, p program) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	srv, err := p.Listen(ctx, "127.0.0.1:0", "127.0.0.1:0")
	must(t, err)
	done := make(chan error, 1)
	go func() { done <- srv.Run(ctx) }()
	tok, err := p.IssueToken(ctx, ledger.Station{Code: prove.StationCode, Name: "Điểm thử", Address: "Xã thử"}, srv.URL())
	must(t, err)
	got, err := client.Enrol(ctx, tok, o.keys, clock.NewFake(begin).Now)
	must(t, err)
	cancel()
	must(t, <-done)
	o.to, err = got.Trust.Recipient(begin)
	must(t, err)
	block, _ := pem.Decode([]byte(got.Enrolment.Certificate))
	cert, err := x509.ParseCertificate(block.Bytes)
	must(t, err)
	o.tls = &tls.ConnectionState{PeerCertificates: []*x509.Certificate{cert}, VerifiedChains: [][]*x509.Certificate{{cert}}}
}

func (o *office) packet(t *testing.T, seq uint64, kind dossier.PacketKind, parent string, files ...dossier.Attachment) dossier.Packet {
	t.Helper()
	id, err := uuid.NewV7()
	must(t, err)
	letter := prove.Dossier(begin)
	body, err := json.Marshal(letter)
	must(t, err)
	p, err := seal.Freeze(dossier.Head{ID: id.String(), Kind: kind, Station: prove.StationCode, Seq: seq, Parent: parent,
		Procedure: &letter.Procedure, Time: clock.NewFake(begin).Stamp(), Attachments: files}, body, o.to, o.keys.PacketSigner())
	must(t, err)
	return p
}

// put offers a packet as a station does, after its handshake.
func (o *office) put(t *testing.T, p program, pk dossier.Packet) (status int, receipt string) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPut, wire.PathPackets+pk.Head.ID, bytes.NewReader(wire.EncodePacket(pk)))
	r.TLS = o.tls
	r.Header.Set("Content-Type", wire.TypePacket)
	rec := httptest.NewRecorder()
	p.Handler().ServeHTTP(rec, r)
	return rec.Code, rec.Body.String()
}

// counter is what a receipt says its number is.
func counter(t *testing.T, receipt string) uint64 {
	t.Helper()
	var r dossier.Receipt
	must(t, seal.PeekJSON(receipt, wire.TypReceipt, &r))
	return r.Counter
}

func created(status int) error {
	if status != http.StatusCreated {
		return errors.New(http.StatusText(status))
	}
	return nil
}

// taken is created, or here already.
func taken(status int) error {
	if status == http.StatusOK {
		return nil
	}
	return created(status)
}

// ledgerOf reads a portal's ledger while nobody else has it open.
func ledgerOf(t *testing.T, dir string, look func(r ledger.Reader)) {
	t.Helper()
	s, err := sqlite.Open(t.Context(), filepath.Join(dir, "portal", "ledger.db"))
	must(t, err)
	must(t, s.View(t.Context(), func(r ledger.Reader) error {
		look(r)
		return nil
	}))
	must(t, s.Close())
}

// steps counts what happened to a dossier.
func steps(t *testing.T, dir, packet string) (n int, last dossier.Status) {
	ledgerOf(t, dir, func(r ledger.Reader) {
		list, err := r.Steps(packet)
		must(t, err)
		if n = len(list); n > 0 {
			last = list[n-1].To
		}
	})
	return n, last
}

// An intake with the power cut at each of its operations: a receipted packet is
// there with its effect and the identical receipt, another whole or absent, and
// the receipts count on.
func TestIntake(t *testing.T) { newOffice(t).intake(t).everywhere(t) }

// A portal that died before it synced a commit: what it finds when it starts, and
// answers from, must last from then on.
func TestReplayAfterADeath(t *testing.T) {
	c := newOffice(t).intake(t)
	ops, under := c.at(t, maxOps)
	sync := slices.Index(ops, "fsync /portal/ledger.db-wal")
	if under || sync < 0 {
		t.Fatalf("%v %q", under, ops)
	}
	c.at(t, sync+1)
}

// intake cuts the taking in of a packet.
func (o *office) intake(t *testing.T) cuts[program] {
	t.Helper()
	pk, next := o.packet(t, 2, dossier.KindDossier, ""), o.packet(t, 3, dossier.KindDossier, "")
	return cuts[program]{
		base: o.disk, open: openPortal, end: program.end, again: true,
		act: func(p program) (any, error) {
			status, receipt := o.put(t, p, pk)
			return receipt, taken(status)
		},
		check: func(t *testing.T, dir string, said any) {
			p := openPortal(t, dir)
			if status, receipt := o.put(t, p, o.first); status != http.StatusOK || receipt != o.receipt {
				t.Errorf("the first packet: %d, the identical receipt: %v", status, receipt == o.receipt)
			}
			status, receipt := o.put(t, p, pk)
			switch {
			case said != nil && (status != http.StatusOK || receipt != said):
				t.Errorf("a receipted packet: %d, the identical receipt: %v", status, receipt == said)
			case said == nil && status != http.StatusOK && status != http.StatusCreated:
				t.Errorf("the packet again: %d", status)
			case counter(t, receipt) != 2:
				t.Errorf("receipt %d after 1", counter(t, receipt))
			}
			if status, receipt := o.put(t, p, next); status != http.StatusCreated || counter(t, receipt) != 3 {
				t.Errorf("the next packet: %d, receipt %d", status, counter(t, receipt))
			}
			must(t, p.Close())
			for _, one := range []dossier.Packet{o.first, pk, next} {
				if n, last := steps(t, dir, one.Head.ID); n != 1 || last != dossier.StatusRegistered {
					t.Errorf("packet %d: %d steps, status %d", one.Head.Seq, n, last)
				}
			}
		},
	}
}

// A parent that comes after its child: both take effect, once, in the
// transaction of the one that came last.
func TestIntakeOfAParent(t *testing.T) {
	o := newOffice(t)
	parent := o.packet(t, 2, dossier.KindDossier, "")
	child := o.packet(t, 3, dossier.KindWithdrawal, parent.Head.ID)
	p := openPortal(t, o.disk.Path())
	status, _ := o.put(t, p, child)
	must(t, created(status))
	base, err := o.disk.Copy()
	must(t, err)
	p.end()
	cuts[program]{
		base: base, open: openPortal, end: program.end, stride: 6,
		act: func(p program) (any, error) {
			status, receipt := o.put(t, p, parent)
			return receipt, created(status)
		},
		check: func(t *testing.T, dir string, said any) {
			p := openPortal(t, dir)
			status, receipt := o.put(t, p, parent)
			if said != nil && (status != http.StatusOK || receipt != said) {
				t.Errorf("a receipted packet: %d, the identical receipt: %v", status, receipt == said)
			}
			if status, _ := o.put(t, p, child); status != http.StatusOK {
				t.Errorf("the child: %d", status)
			}
			must(t, p.Close())
			if n, last := steps(t, dir, parent.Head.ID); n != 2 || last != dossier.StatusWithdrawalRequested {
				t.Errorf("%d steps, status %d", n, last)
			}
		},
	}.everywhere(t)
}

// An officer's decision: an answered one is there with its event, once.
func TestDecision(t *testing.T) {
	o := newOffice(t)
	cuts[program]{
		base: o.disk, open: openPortal, end: program.end, stride: 5,
		act: func(p program) (any, error) {
			d, err := p.Act(t.Context(), o.first.Head.ID, portal.ActAccept, portal.DeskRequest{})
			return d.Code, err
		},
		check: func(t *testing.T, dir string, said any) {
			p := openPortal(t, dir)
			_, err := p.Act(t.Context(), o.first.Head.ID, portal.ActAccept, portal.DeskRequest{})
			if said != nil && dossier.CodeOf(err) != dossier.CodeBadTransition {
				t.Errorf("accepted a second time: %v", err)
			}
			if err != nil && dossier.CodeOf(err) != dossier.CodeBadTransition {
				t.Error(err)
			}
			must(t, p.Close())
			ledgerOf(t, dir, func(r ledger.Reader) {
				d, err := r.Dossier(o.first.Head.ID)
				must(t, err)
				if d.Status != dossier.StatusAccepted || d.Code == "" || said != nil && d.Code != said {
					t.Errorf("%+v, said %v", d, said)
				}
				s, err := r.Station(prove.StationCode)
				must(t, err)
				events, err := r.Events(s.Current, 0, 10, 1<<20)
				if err != nil || len(events) != 1 || events[0].N != 1 {
					t.Errorf("%d events, %v", len(events), err)
				}
			})
		},
	}.everywhere(t)
}

// The first start of a portal: keys, ledger, catalogue. A root that was told is
// the root for good.
func TestPortalFirstStart(t *testing.T) {
	var p program
	cuts[string]{
		base: newDisk(t), stride: 29, again: true,
		open: func(_ *testing.T, dir string) string { return dir },
		act: func(dir string) (_ any, err error) {
			if p, err = portalAt(t, dir); err != nil {
				return nil, err
			}
			return p.RootSHA256(), nil
		},
		end: func(string) {
			if p.Portal != nil {
				p.end()
			}
		},
		check: func(t *testing.T, dir string, said any) {
			p = openPortal(t, dir)
			root := p.RootSHA256()
			if said != nil && root != said {
				t.Error("the province has another root")
			}
			must(t, p.Close())
			p = openPortal(t, dir)
			if p.RootSHA256() != root {
				t.Error("another root the next time")
			}
			must(t, p.Close())
			p = program{}
		},
	}.everywhere(t)
}
