package main

import (
	"bytes"
	"context"
	"encoding/json"
	"image"
	"image/draw"
	"image/png"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"tramhoso/app/counter"
	"tramhoso/app/visit"
	"tramhoso/device/port"
	"tramhoso/device/printer/models"
	"tramhoso/device/twin"
	"tramhoso/sync/catalogue"
	"tramhoso/sync/dossier"
	"tramhoso/sync/portal"
	"tramhoso/sync/portal/demo"
	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/seal"
	"tramhoso/sync/staff"
	"tramhoso/sync/store"
)

const clerkPIN = "246802"

// office is a province's portal in this process.
type office struct {
	portal *portal.Portal
	dir    string
	url    string
	badge  string
}

// openOffice opens a portal; others are stations that it knows beside ours.
func openOffice(t *testing.T, others ...catalogue.Station) *office {
	t.Helper()
	return openOfficeIn(t, t.TempDir(), others...)
}

func openOfficeIn(t *testing.T, dir string, others ...catalogue.Station) *office {
	t.Helper()
	o := &office{dir: dir}
	snap := demo.Snapshot()
	snap.Stations = append(snap.Stations, others...)
	var err error
	o.portal, err = portal.Open(t.Context(), portal.Options{Dir: dir, SlipHost: "HOSO.DAKLAK.EXAMPLE", Catalogue: snap,
		Staff: []staff.Person{{ID: "GDV-1", Name: "Trần Thị Hoa", Role: staff.RoleClerk, PIN: clerkPIN}}, StaffCost: staff.Cost{Passes: 1, KiB: 8},
		OnBadges: func(b []portal.Badge) error { o.badge = b[0].Text; return nil }})
	must(t, err)
	srv, err := o.portal.Listen(t.Context(), "127.0.0.1:0", "127.0.0.1:0")
	must(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- srv.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		must(t, <-done)
		must(t, o.portal.Close())
	})
	o.url = srv.URL()
	return o
}

// token lets a station enrol.
func (o *office) token(t *testing.T) string {
	t.Helper()
	tok, err := o.portal.IssueToken(t.Context(), ledger.Station{Code: "DL27", Name: "Điểm Hoà Phú", Address: "Xã Hoà Phú"}, o.url)
	must(t, err)
	return tok.String()
}

// fillIn goes from the start screen to the declaration.
func (b *booth) fillIn() {
	b.t.Helper()
	b.scan(cardOf)
	b.tap("Đúng, tiếp tục")
	b.tap("Đã rõ, tiếp tục")
	b.write("trich luc")
	b.tap("Cấp bản sao trích lục hộ tịch")
	b.tap("Xem thủ tục")
	b.tap("Bắt đầu nộp")
	for b.state().Step == visit.Form {
		s := b.state()
		switch s.Question.Key {
		case "event", "relation":
			b.tap(s.Question.Options[0].Label.In("vi"))
		case "place", "purpose":
			b.write("Ea Kao")
		case "copies":
			b.write("2")
		case "number":
			b.tap("Bỏ qua câu này")
			continue
		}
		b.tap(map[bool]string{false: "Câu sau", true: "Tiếp tục"}[s.QuestionAt == s.Questions])
	}
	b.tap("Tiếp tục")
	b.tap("Tiếp tục")
	b.tap("Đúng cả, tiếp tục")
	b.tap("Tôi đã đọc và cam đoan")
}

// A whole visit on the program's own adapters: a real store, a printer and a
// scanner on serial lines, and a portal that comes only after the submission.
func TestWholeVisit(t *testing.T) {
	o := openOffice(t)
	room := t.TempDir()
	printer, err := twin.NewPrinter(twin.PrinterConfig{Link: filepath.Join(room, "printer"), WidthDots: 576})
	must(t, err)
	t.Cleanup(func() { must(t, printer.Close()) })
	scanner, err := twin.NewScanner(twin.ScannerConfig{Link: filepath.Join(room, "scanner")})
	must(t, err)
	t.Cleanup(func() { must(t, scanner.Close()) })
	cfg := quiet(t, t.TempDir())
	cfg.Printer.Path, cfg.Scanner.Path = filepath.Join(room, "printer"), filepath.Join(room, "scanner")
	cfg.Printer.Baud = 115200 // the waits for a pty are those of a line
	must(t, os.WriteFile(cfg.Portal.TokenFile, []byte(o.token(t)), 0o600))

	b := openBooth(t, cfg)
	b.until("enrolment and catalogue", func() bool { return b.code() == "DL27" && b.catalogue() != nil })
	b.until("printer and scanner", func() bool { return b.devices.Ready(cfg) })
	b.until("being open for visits", func() bool { return len(visit.CanStart(b.facts())) == 0 })
	must(t, scanner.Send("https://example.vn/menu"))
	b.see("Đây không phải mã của thẻ căn cước.")
	must(t, scanner.Raw([]byte{0xff, 0xfe, 0xfd, '\r'}))
	b.until("word of a fault", func() bool { return strings.Contains(b.log.String(), "a scan could not be read") })

	b.fillIn()
	printer.PaperOutAfter(200)
	b.tap("Nộp hồ sơ")
	b.see("Máy in hết giấy khi đang in phiếu")
	printer.OK()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	_, err = printer.NextPaper(ctx)
	must(t, err)
	b.see("Phiếu đã in xong")
	s := b.state()
	b.tap("Tôi đã cầm phiếu")
	b.see("Hôm nay ông/bà cần làm gì?")
	b.until("arrival", func() bool { return o.count(t) == 1 })

	// Everything that the screens ask finds it again.
	slip, err := codes{b.station}.Slip(s.Submitted.QR)
	must(t, err)
	if slip.Number != s.Submitted.Slip || slip.Station != "DL27" {
		t.Errorf("the slip is %+v", slip)
	}
	card, err := lookup{b.station}.BySlip(slip)
	must(t, err)
	if card.Slip != slip.Number || card.Packet != s.Submitted.Packet {
		t.Errorf("the card is %+v", card)
	}
	if n, err := (lookup{b.station}).CountByID(numberOf); err != nil || n != 1 {
		t.Errorf("%d under the card's number, %v", n, err)
	}
	if here, err := (lookup{b.station}).HasSlip(slip.Number); err != nil || !here {
		t.Errorf("under the slip number: %v, %v", here, err)
	}
	if _, err := (codes{b.station}).Slip(altered(s.Submitted.QR)); dossier.CodeOf(err) != dossier.CodeSlipAltered {
		t.Errorf("an altered slip: %v", err)
	}
	if n, err := (codes{}).SlipNumber(" " + strings.ToLower(slip.Number)); err != nil || n != slip.Number {
		t.Errorf("typed: %q, %v", n, err)
	}
	if pic, err := (papers{b.station}).Picture(t.Context(), s.Submitted.Job); err != nil || pic.Bounds().Dx() != 576 {
		t.Errorf("the picture: %v", err)
	}

	// A paper of which nothing is known is asked about at the counter.
	again, err := b.store.Reprint(t.Context(), s.Submitted.Job)
	must(t, err)
	must(t, b.store.SetPrint(t.Context(), again, store.PrintSending, ""))
	must(t, b.store.SetPrint(t.Context(), again, store.PrintUnknown, "test"))
	open, err := asks{b.station}.Open(t.Context())
	if err != nil || len(open) != 1 || open[0].Slip != slip.Number || open[0].Job != again {
		t.Fatalf("asked is %v, %v", open, err)
	}
	must(t, asks{b.station}.Answer(t.Context(), again, true))
	if open, err = (asks{b.station}).Open(t.Context()); err != nil || len(open) != 0 {
		t.Errorf("asked is still %v, %v", open, err)
	}

	// A clerk logs in and knows the applicant without the number being kept.
	session, err := doors{b.station}.Login(t.Context(), o.badge, clerkPIN)
	must(t, err)
	cards, err := session.Desk.Cards(t.Context())
	if err != nil || len(cards) != 1 || cards[0].Slip != slip.Number {
		t.Errorf("the counter sees %+v, %v", cards, err)
	}
	for number, want := range map[string]bool{numberOf: true, "066190000124": false} {
		if same, err := session.Desk.IsApplicant(t.Context(), s.Submitted.Packet, number); err != nil || same != want {
			t.Errorf("%s is the applicant: %v, %v", number, same, err)
		}
	}
	if same, err := session.Desk.IsApplicant(t.Context(), "another packet", numberOf); err != nil || same {
		t.Errorf("the applicant of another dossier: %v, %v", same, err)
	}
	if n, err := (counterCodes{codes{b.station}}).SlipNumber(s.Submitted.QR); err != nil || n != slip.Number {
		t.Errorf("at the counter: %q, %v", n, err)
	}
	b.testPaper(ctx, printer, scanner)
	b.handOver(o, printer, slip)
}

// testPaper has the printer tested twice. The first time it is measured: every
// part of the strip has one code that can be read, and what they say is kept. The
// second time a page with one code does.
func (b *booth) testPaper(ctx context.Context, printer *twin.Printer, scanner *twin.Scanner) {
	t := b.t
	test := func(codes int) {
		t.Helper()
		tested := make(chan error, 1)
		go func() { tested <- b.printTest(ctx) }()
		paper, err := printer.NextPaper(ctx)
		must(t, err)
		read := readPaper(ctx, t, paper)
		if len(read) != codes {
			t.Fatalf("%d codes can be read, not %d: %q", len(read), codes, read)
		}
		b.until("a test that waits for its code", func() bool { return b.upkeepFacts().Scan.Of == codes })
		for _, code := range read {
			must(t, scanner.Send(code))
		}
		must(t, <-tested)
	}
	test(3)
	if _, err := printer.NextPaper(ctx); err != nil {
		t.Errorf("the page with what was found: %v", err)
	}
	saved, err := models.Load(b.cfg.Storage)
	must(t, err)
	if p := saved.Profile; p.WidthDots != 576 || p.NoDoubling || saved.Scans != 3 || saved.Device.Path != b.cfg.Printer.Path {
		t.Errorf("saved %+v", saved)
	}
	b.until("the measured profile in use", func() bool {
		measured := false
		b.devices.Set(func() { measured = b.devices.measured && b.devices.open != nil })
		return measured && b.devices.Ready(b.cfg)
	})
	test(1)
}

// readPaper reads every code on a paper as a scanner would. A roll is wider than
// the head's line, so there is white at its sides.
func readPaper(ctx context.Context, t testing.TB, p twin.Paper) []string {
	t.Helper()
	const edge = 32
	wide := image.NewGray(p.Image.Rect.Inset(-edge))
	draw.Draw(wide, wide.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(wide, p.Image.Rect, p.Image, p.Image.Rect.Min, draw.Src)
	var picture bytes.Buffer
	must(t, png.Encode(&picture, wide))
	cmd := exec.CommandContext(ctx, "zbarimg", "--quiet", "--raw", "-")
	cmd.Stdin = &picture
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("no code can be read on the paper (zbarimg, of the package zbar-tools): %v", err)
	}
	return strings.Fields(string(out))
}

// handOver goes on from the agency's acceptance to the result in the hand.
func (b *booth) handOver(o *office, printer *twin.Printer, slip visit.Slip) {
	t, look, out := b.t, lookup{b.station}, records{b.station}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	h := dossier.Handover{Slip: slip.Number, Basis: "applicant", Staff: "GDV-1", At: b.clock.Now(), Collector: dossier.Person{Number: numberOf}}
	if _, err := o.portal.Act(ctx, slip.Packet, portal.ActAccept, portal.DeskRequest{}); err != nil {
		t.Fatal(err)
	}
	var card dossier.CitizenCard
	b.until("form 01", func() (ok bool) {
		card, _ = look.BySlip(slip)
		return card.Form01() != nil
	})
	must(t, papers{b.station}.Form01(ctx, card))
	_, err := printer.NextPaper(ctx)
	must(t, err)
	if err := (papers{b.station}).Form01(ctx, dossier.CitizenCard{}); dossier.CodeOf(err) != dossier.CodeNotFound {
		t.Errorf("form 01 out of nothing: %v", err)
	}
	if _, err := o.portal.Act(ctx, slip.Packet, portal.ActReady, portal.DeskRequest{}); err != nil {
		t.Fatal(err)
	}
	b.until("result", func() (ok bool) {
		card, _ = look.BySlip(slip)
		return card.Ready()
	})
	must(t, out.Refuse(ctx, "refusal", counter.Refusal{Slip: slip.Number, Packet: slip.Packet, Staff: "GDV-1", Reason: "Chưa muốn nhận", At: b.clock.Now()}))
	must(t, out.HandOver(ctx, "hand-over", slip.Packet, h))
	must(t, out.HandOver(ctx, "hand-over", slip.Packet, h)) // the same tap
	if err := out.HandOver(ctx, "another", slip.Packet, h); dossier.CodeOf(err) != dossier.CodeBadTransition {
		t.Errorf("a second hand-over: %v", err)
	}
	card, err = look.BySlip(slip)
	if err != nil || card.Handed.IsZero() {
		t.Errorf("handed over is %+v, %v", card, err)
	}
}

// altered is a slip's code with one character changed.
func altered(qr string) string {
	at := strings.Index(qr, "/S/") + 20
	c := byte('A')
	if qr[at] == c {
		c = 'B'
	}
	return qr[:at] + string(c) + qr[at+1:]
}

// count is how many dossiers the desk holds.
func (o *office) count(t *testing.T) int {
	rec := httptest.NewRecorder()
	q := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/desk/count", nil)
	q.Host = "127.0.0.1" // as from this machine
	o.portal.Desk().ServeHTTP(rec, q)
	var got struct {
		Count int `json:"count"`
	}
	if err := json.Unmarshal(rec.Body.Bytes(), &got); err != nil {
		t.Errorf("the desk answers %d %s: %v", rec.Code, rec.Body, err)
	}
	return got.Count
}

// line is the way to the portal; something else may answer on it.
type line struct {
	net.Listener
	to      atomic.Pointer[string]
	captive atomic.Bool
	cut     atomic.Bool // what is called is hung up at once
	work    sync.WaitGroup
	mu      sync.Mutex
	open    map[net.Conn]bool
}

// drop breaks every connection that is open.
func (l *line) drop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for c := range l.open {
		_ = c.Close()
	}
}

func openLine(t *testing.T, to string) *line {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	l := &line{Listener: ln, open: map[net.Conn]bool{}}
	l.to.Store(&to)
	l.work.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			l.work.Go(func() { l.carry(c) })
		}
	})
	t.Cleanup(func() {
		must(t, ln.Close())
		l.work.Wait()
	})
	return l
}

func (l *line) carry(c net.Conn) {
	l.mu.Lock()
	l.open[c] = true
	l.mu.Unlock()
	defer func() {
		l.mu.Lock()
		delete(l.open, c)
		l.mu.Unlock()
		_ = c.Close()
	}()
	if l.cut.Load() {
		return
	}
	if l.captive.Load() {
		_, _ = c.Write([]byte("HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<html>Xin đăng nhập</html>"))
		return
	}
	d, err := net.Dial("tcp", *l.to.Load())
	if err != nil {
		return
	}
	defer d.Close()
	l.work.Go(func() {
		_, _ = io.Copy(d, c)
		_ = d.Close()
	})
	_, _ = io.Copy(c, d)
}

// A network that demands a log-in is named in the status line, in the language
// in use; the dossier is accepted, waits, and is sent once.
func TestLogInPage(t *testing.T) {
	o := openOffice(t)
	at, err := url.Parse(o.url)
	must(t, err)
	way := openLine(t, at.Host)
	cfg := quiet(t, t.TempDir())
	tok, err := seal.ParseToken(o.token(t))
	must(t, err)
	at.Host = way.Addr().String()
	tok.URL = at.String()
	must(t, os.WriteFile(cfg.Portal.TokenFile, []byte(tok.String()), 0o600))
	t.Run("enrolment", func(t *testing.T) {
		b := openBooth(t, cfg)
		b.until("enrolment and catalogue", func() bool { return b.code() == "DL27" && b.catalogue() != nil })
	})
	way.captive.Store(true)
	t.Run("log-in page", func(t *testing.T) {
		b := openBooth(t, cfg)
		b.devices.Set(func() { b.devices.PrinterPath, b.devices.Printer = "here", port.Ready }) // one that says nothing
		b.see(words("vi").T("status.net-login"))
		b.tap("English")
		b.see(words("en").T("status.net-login"))
		b.tap("Tiếng Việt")
		b.fillIn()
		b.tap("Nộp hồ sơ")
		b.see("Máy in mất kết nối")
		b.tap("Không đợi được")
		b.see("1 hồ sơ chờ gửi")
		if n := o.count(t); n != 0 {
			t.Errorf("%d dossiers came through a log-in page", n)
		}
		way.captive.Store(false)
		b.see("Không có hồ sơ chờ gửi")
		if n := o.count(t); n != 1 {
			t.Errorf("%d dossiers came", n)
		}
	})
}
