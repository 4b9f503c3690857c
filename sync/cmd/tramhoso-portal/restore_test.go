package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"tramhoso/sync/clock"
	"tramhoso/sync/dossier"
	"tramhoso/sync/outbox"
	"tramhoso/sync/prove"
	"tramhoso/sync/seal"
)

// deskOf asks a portal's desk.
func deskOf(ctx context.Context, t *testing.T, method, at, body string) []byte {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, method, at, strings.NewReader(body))
	must(t, err)
	req.Close = true
	res, err := http.DefaultClient.Do(req)
	must(t, err)
	data, err := io.ReadAll(res.Body)
	must(t, errors.Join(err, res.Body.Close()))
	if res.StatusCode != http.StatusOK {
		t.Fatalf("%s %s: %d %s", method, at, res.StatusCode, data)
	}
	return data
}

// The way that README names, with real programs and two disks: the portal is killed
// and its folder is gone, with dossiers in it that the station has let go of and one
// that came after the backup, and with a station that was enrolled after it. In the end
// every one is at the portal, whole.
func TestAPortalIsRestored(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 2*limit)
	defer cancel()
	top := t.TempDir()
	dir, keys := filepath.Join(top, "portal"), filepath.Join(top, "keys-kept-apart")
	disk, err := os.MkdirTemp("/dev/shm", "backup")
	must(t, err)
	defer func() { must(t, os.RemoveAll(disk)) }()
	start := func() *running { return serve(ctx, t, "--dir", dir, "--demo", "--backup", disk) }
	p := start()
	var at atomic.Pointer[string] // where the portal listens now
	moved := func() {
		u, err := url.Parse(p.portal)
		must(t, err)
		at.Store(&u.Host)
	}
	moved()
	open := func(name string, tok seal.Token) *prove.Station {
		t.Helper()
		s, err := prove.OpenWith(ctx, filepath.Join(top, name), prove.Wiring{
			Clock: clock.NewSystem(clock.Options{}), Log: slog.New(slog.DiscardHandler),
			Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
				var d net.Dialer
				return d.DialContext(ctx, "tcp", *at.Load())
			},
		})
		must(t, err)
		must(t, s.Link.Enrol(ctx, tok))
		running, stop := context.WithCancel(ctx)
		ran := make(chan error, 1)
		go func() { ran <- s.Run(running, s.Link, s.Link) }()
		t.Cleanup(func() {
			stop()
			if err := <-ran; !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
			must(t, s.Close())
		})
		return s
	}
	s := open("station", p.token(t, dir))
	until := func(what string, ok func() bool) {
		t.Helper()
		changed, end := s.Store.Changed()
		defer end()
		again := time.NewTicker(100 * time.Millisecond) // the portal is another process
		defer again.Stop()
		for !ok() {
			select {
			case <-changed:
			case <-s.Notes:
			case <-s.Queued:
			case <-again.C:
			case <-ctx.Done():
				t.Fatalf("%s did not happen; the queue says %+v", what, s.Queue.State())
			}
		}
	}
	paper := bytes.Repeat([]byte("giấy "), 40_000)
	submit := func(tap string) (outbox.Submitted, dossier.Attachment) {
		t.Helper()
		a, err := s.Outbox.AddFile(ctx, tap, "declaration", bytes.NewReader(paper))
		must(t, err)
		d, err := s.Outbox.SubmitDossier(ctx, tap, prove.Dossier(time.Now()), "UBND xã Ea Thử",
			func(f outbox.Facts) ([]byte, error) { return []byte(f.Number), nil }, a)
		must(t, err)
		return d, a
	}
	sent := func(d outbox.Submitted) {
		t.Helper()
		until("the receipt for the whole", func() bool {
			st, err := s.Store.State(ctx, d.Packet)
			must(t, err)
			left, err := s.Store.WaitingFiles(ctx)
			must(t, err)
			return !st.Held.IsZero() && left.Files == 0
		})
	}
	until("the catalogue", func() bool { _, err := s.Province.Catalogue(); return err == nil })
	act := func(d outbox.Submitted, what string) {
		t.Helper()
		deskOf(ctx, t, http.MethodPost, p.desk+"/desk/dossiers/"+d.Packet+"/"+what, "{}")
	}

	first, firstPaper := submit("first")
	sent(first)
	act(first, "accept")
	if out, err := program(ctx, "backup", "--dir", dir, "--backup", disk).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	act(first, "start") // with its event comes the portal's word about the backup
	until("the purge", func() bool {
		_, err := s.Store.Sweep(ctx)
		must(t, err)
		files, err := os.ReadDir(filepath.Join(top, "station", "store", "files"))
		must(t, err)
		return len(files) == 0
	})
	second, secondPaper := submit("second")
	sent(second)
	later := func() seal.Token {
		t.Helper()
		out, err := program(ctx, "token", "--dir", dir, "--code", "DL40", "--name", "Điểm khác", "--url", p.portal).Output()
		must(t, err)
		tok, err := seal.ParseToken(string(out))
		must(t, err)
		return tok
	}
	other := open("enrolled after the copy", later())
	fourth, err := other.Outbox.SubmitDossier(ctx, "fourth", prove.Dossier(time.Now()), "UBND xã Ea Thử",
		func(f outbox.Facts) ([]byte, error) { return []byte(f.Number), nil })
	must(t, err)
	until("its receipt", func() bool {
		st, err := other.Store.State(ctx, fourth.Packet)
		must(t, err)
		return !st.Held.IsZero()
	})

	copyTo := func(from, to string) {
		t.Helper()
		if out, err := exec.CommandContext(ctx, "cp", "-a", from, to).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	copyTo(filepath.Join(dir, "keys"), keys)
	p.kill()
	must(t, os.RemoveAll(dir))
	third, thirdPaper := submit("third") // while there is no portal

	copies, err := filepath.Glob(filepath.Join(disk, "ledger-*.db"))
	if must(t, err); len(copies) != 1 {
		t.Fatalf("%q", copies)
	}
	must(t, os.Mkdir(dir, 0o700))
	copyTo(copies[0], filepath.Join(dir, "ledger.db"))
	copyTo(filepath.Join(disk, "files"), dir)
	copyTo(keys, filepath.Join(dir, "keys"))
	p = start()
	moved()
	var got struct {
		Status  dossier.Status
		Content *dossier.Dossier
	}
	look := func(d outbox.Submitted) {
		t.Helper()
		must(t, json.Unmarshal(deskOf(ctx, t, http.MethodGet, p.desk+"/desk/dossiers/"+d.Packet, ""), &got))
	}
	if look(first); got.Status != dossier.StatusAccepted { // what officers did after the copy, they do again
		t.Errorf("the first is at %d", got.Status)
	}
	until("the portal's word that it does not know the other station", func() bool {
		other.Inbox.Wake()
		_, _, why := other.Inbox.Contact()
		return why == dossier.CodeNotEnrolled
	})
	must(t, other.Link.Enrol(ctx, later()))
	until("everything is at the portal", func() bool {
		for _, s := range []*prove.Station{s, other} {
			s.Inbox.Wake()
			s.Queue.Resume()
			s.Files.Resume()
		}
		var n struct{ Count int }
		must(t, json.Unmarshal(deskOf(ctx, t, http.MethodGet, p.desk+"/desk/count", ""), &n))
		return n.Count == 4
	})
	sent(third)
	for d, a := range map[outbox.Submitted]dossier.Attachment{first: firstPaper, second: secondPaper, third: thirdPaper} {
		if look(d); got.Content == nil || got.Content.Applicant.Person.Name != prove.CanaryName {
			t.Errorf("dossier %d does not open", d.Seq)
		}
		until("its paper", func() bool {
			var of struct{ Files []struct{ Here bool } }
			must(t, json.Unmarshal(deskOf(ctx, t, http.MethodGet, p.desk+"/desk/dossiers/"+d.Packet, ""), &of))
			return len(of.Files) == 1 && of.Files[0].Here
		})
		if data := deskOf(ctx, t, http.MethodGet, p.desk+"/desk/packets/"+d.Packet+"/files/"+a.SHA256, ""); !bytes.Equal(data, paper) {
			t.Errorf("dossier %d: a paper of %d bytes, want %d", d.Seq, len(data), len(paper))
		}
	}
	act(first, "start")
	act(second, "accept")
	act(fourth, "accept")
	p.stop()
}
