package probe

import (
	"context"
	"errors"
	"image"
	"slices"
	"strings"
	"testing"
	"time"

	"tramhoso/device/printer"
	"tramhoso/device/printer/models"
	"tramhoso/device/twin"
)

func TestMeasuresATwin(t *testing.T) {
	tests := []struct {
		name  string
		cfg   twin.PrinterConfig
		base  string
		twice bool
		scans int
		want  map[Trait]string // "" is unknown
	}{
		{"Epson 80 mm", twin.PrinterConfig{HalfDots: true, Maker: "EPSON", Model: "TM-T20III", Serial: "X1"}, models.Common, false, 3, map[Trait]string{
			TraitIdentity: "EPSON, TM-T20III, X1, id 20, type 02", TraitModel: "epson-tm-t20iii", TraitWidth: "576", TraitDoubling: "yes", TraitGraphicsL: "yes", TraitFeedUnits: "2",
			TraitAuto: "yes", TraitProcessID: "yes", TraitStatus: "yes", TraitBuffer: ""}},
		{"every code twice", twin.PrinterConfig{}, models.Common, true, 3, map[Trait]string{TraitWidth: "576", TraitFeedUnits: "1", TraitModel: ""}},
		{"58 mm", twin.PrinterConfig{WidthDots: 384}, models.Common, false, 3, map[Trait]string{TraitWidth: "384", TraitDoubling: "yes"}},
		{"180 dpi head", twin.PrinterConfig{WidthDots: 512, HalfDots: true}, "epson-tm-t88vi", false, 3, map[Trait]string{TraitWidth: "512", TraitFeedUnits: "2"}},
		{"a width that only its maker has", twin.PrinterConfig{WidthDots: 504}, "bixolon-srp-350iii", false, 3, map[Trait]string{TraitWidth: "504"}},
		{"no doubling", twin.PrinterConfig{NoDoubling: true}, models.Common, false, 3, map[Trait]string{TraitDoubling: "no", TraitGraphicsL: "yes", TraitWidth: "576"}},
		{"no GS ( L", twin.PrinterConfig{NoGraphics: true}, models.Common, false, 3, map[Trait]string{TraitDoubling: "yes", TraitGraphicsL: "no"}},
		{"neither", twin.PrinterConfig{NoGraphics: true, NoDoubling: true, WidthDots: 384}, models.Common, false, 3, map[Trait]string{TraitDoubling: "no", TraitGraphicsL: "no", TraitWidth: "384"}},
		{"a clone that answers nothing", twin.PrinterConfig{Clone: true, NoDoubling: true, WidthDots: 384}, models.Silent, false, 3, map[Trait]string{
			TraitIdentity: "", TraitModel: "", TraitStatus: "no", TraitReply: "", TraitAuto: "", TraitProcessID: "", TraitWidth: "384", TraitDoubling: "no", TraitGraphicsL: "no", TraitFeedUnits: "1"}},
		{"no knife, GS ( L known to be missing", twin.PrinterConfig{NoGraphics: true, NoCutter: true, WidthDots: 384}, "pos-5890", false, 3, map[Trait]string{
			TraitWidth: "384", TraitDoubling: "yes", TraitGraphicsL: "no", TraitFeedUnits: "1"}},
		{"no marks, no automatic status", twin.PrinterConfig{NoProcessID: true, NoAutoStatus: true}, models.Common, false, 3, map[Trait]string{
			TraitStatus: "yes", TraitAuto: "no", TraitProcessID: "no"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, tt.cfg)
			b.twice, b.tear = tt.twice, tt.cfg.NoCutter
			o := b.options(tt.base)
			m, err := Run(b.ctx, o)
			if err != nil {
				t.Fatal(err)
			}
			if m.Verdict != Passed || m.Reason != printer.ReasonNone || len(m.Unread) != 0 {
				t.Errorf("%s, %s, unread %v", m.Verdict, m.Reason, m.Unread)
			}
			if n := b.printer.Dropped(); n != 0 {
				t.Errorf("%d bytes were lost", n)
			}
			if m.Scans != tt.scans || b.scanned != tt.scans {
				t.Errorf("%d codes could be read and %d were taken, not %d: not one a part", b.scanned, m.Scans, tt.scans)
			}
			for trait, want := range tt.want {
				if got, known := m.value(trait); got != want || known != (want != "") {
					t.Errorf("%s is %q (known %v), not %q", trait, got, known, want)
				}
			}
			p := m.Model.Profile
			if got, _ := m.value(TraitDoubling); p.NoDoubling != (got == "no") {
				t.Errorf("doubling %q in the findings, not %v in the profile", got, !p.NoDoubling)
			}
			if p.NoStatus != tt.cfg.Clone || p.NoProcessID != (tt.cfg.NoProcessID || tt.cfg.Clone) || p.NoAutoStatus != (tt.cfg.NoAutoStatus || tt.cfg.Clone) {
				t.Errorf("%+v", p)
			}
			f, err := m.File("/dev/serial/by-id/x", time.Unix(1e9, 5))
			if err != nil {
				t.Fatal(err)
			}
			if err := models.Save(t.TempDir(), f); err != nil {
				t.Error(err)
			}
			if b.tear {
				b.printer.Tear()
			}
			page, err := b.printer.NextPaper(b.ctx)
			if err != nil {
				t.Fatal("no page for people: ", err)
			}
			b.keep(page.Image, "page")
			if page.Image.Rect.Dx() != p.WidthDots {
				t.Error("the page is not as wide as the head")
			}
		})
	}
}

// What does not come back is not measured: never a pass, and never kept.
func TestNotPassed(t *testing.T) {
	white := func(img *image.Gray, from, to int) {
		for y := from; y < min(to, img.Rect.Max.Y); y++ {
			for x := range img.Rect.Dx() {
				img.Pix[img.PixOffset(x, y)] = 0xff
			}
		}
	}
	tests := []struct {
		name   string
		set    func(*bench, *Options)
		reason printer.Reason
		unread []Code
		papers int // the strip, then the page
	}{
		{"nobody scans", func(b *bench, _ *Options) { b.hold = true }, printer.ReasonNone, []Code{CodeWidth, CodeBands, CodeFeed}, 2},
		{"no scanner", func(b *bench, o *Options) { b.deaf, o.Scans = true, nil }, printer.ReasonNone, []Code{CodeWidth, CodeBands, CodeFeed}, 2},
		{"the scanner's line ends", func(b *bench, o *Options) {
			b.deaf = true
			gone := make(chan string)
			close(gone)
			o.Scans = gone
		}, printer.ReasonNone, []Code{CodeWidth, CodeBands, CodeFeed}, 2},
		{"blank paper", func(b *bench, _ *Options) {
			b.torn = func(img *image.Gray) { white(img, 0, img.Rect.Dy()) }
		}, printer.ReasonNone, []Code{CodeWidth, CodeBands, CodeFeed}, 2},
		{"the bar code is torn off", func(b *bench, _ *Options) {
			b.torn = func(img *image.Gray) { white(img, img.Rect.Dy()*5/8, img.Rect.Dy()) }
		}, printer.ReasonNone, []Code{CodeFeed}, 2},
		{"the person gives up", func(b *bench, o *Options) {
			b.hold = true
			skip := make(chan struct{}, 3)
			skip <- struct{}{}
			skip <- struct{}{}
			skip <- struct{}{}
			o.Skip, o.After = skip, func(time.Duration) <-chan time.Time { return nil }
		}, printer.ReasonNone, []Code{CodeWidth, CodeBands, CodeFeed}, 2},
		{"no paper at all", func(b *bench, _ *Options) { b.printer.PaperOut() }, printer.ReasonPaperOut, nil, 0},
		{"the cover is open", func(b *bench, _ *Options) { b.printer.CoverOpen() }, printer.ReasonCoverOpen, nil, 0},
		{"the paper ends in the strip", func(b *bench, _ *Options) { b.printer.PaperOutAfter(600) }, printer.ReasonPaperOut, nil, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, twin.PrinterConfig{})
			o := b.options(models.Common)
			tt.set(b, &o)
			m, err := Run(b.ctx, o)
			if err != nil {
				t.Fatal(err)
			}
			if m.Verdict != NotPassed || m.Reason != tt.reason || !slices.Equal(m.Unread, tt.unread) {
				t.Errorf("%s, %q, unread %v", m.Verdict, m.Reason, m.Unread)
			}
			if _, err := m.File("/dev/x", time.Now()); !errors.Is(err, ErrNotPassed) {
				t.Errorf("it can be kept: %v", err)
			}
			before := tt.reason != printer.ReasonNone && !strings.Contains(tt.name, "strip")
			if begun := slices.ContainsFunc(b.steps, func(s Step) bool { return s.Say == SayPrinting }); begun == before {
				t.Errorf("printing begun: %v", begun)
			}
			if n := len(b.printer.Papers()); n != tt.papers {
				t.Errorf("%d papers, not %d", n, tt.papers)
			}
			for _, c := range tt.unread {
				trait := map[Code]Trait{CodeWidth: TraitWidth, CodeBands: TraitDoubling, CodeFeed: TraitFeedUnits}[c]
				if v, known := m.value(trait); known {
					t.Errorf("%s is %q though nothing was read", trait, v)
				}
			}
			if slices.Contains(tt.unread, CodeBands) && !m.Model.Profile.NoDoubling {
				t.Error("doubling is trusted though its code did not come back")
			}
		})
	}
}

// Nobody is asked to show codes to a scanner that is not there, and nobody
// waits for one that was pulled out.
func TestNobodyWaitsForNoScanner(t *testing.T) {
	gone := make(chan string)
	close(gone)
	for name, tt := range map[string]struct {
		scans <-chan string
		asked int
	}{"none": {nil, 0}, "pulled out": {gone, 1}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, twin.PrinterConfig{})
			o := b.options(models.Common)
			b.hold = true
			o.Scans, o.After = tt.scans, func(time.Duration) <-chan time.Time { return nil } // its time never ends
			m, err := Run(b.ctx, o)
			if err != nil || m.Verdict != NotPassed || len(m.Unread) != 3 {
				t.Errorf("%s, unread %v: %v", m.Verdict, m.Unread, err)
			}
			asked := 0
			for _, s := range b.steps {
				if s.Say == SayScan {
					asked++
				}
			}
			if asked != tt.asked {
				t.Errorf("asked for a code %d times, not %d", asked, tt.asked)
			}
		})
	}
}

// A person shows the scanner all sorts of things; each gets its own word, and
// only this run's codes count.
func TestOtherScans(t *testing.T) {
	b := newBench(t, twin.PrinterConfig{})
	b.hold = true
	scans := make(chan string, 8)
	o := b.options(models.Common)
	o.Scans, o.After = scans, func(time.Duration) <-chan time.Time { return nil }
	older := nonce{text: "AAAAAAAA", digits: "11111"}
	o.Say = func(s Step) {
		b.steps = append(b.steps, s)
		if s.Say != SayScan || s.Code != CodeWidth {
			return
		}
		b.take()
		codes := decode(t, b.papers[0])
		if len(codes) != 3 {
			t.Fatalf("%q can be read", codes)
		}
		for _, c := range []string{"001099000123", older.payload(CodeWidth, 576), codes[1], codes[1], codes[0], codes[2]} {
			scans <- c
		}
	}
	m, err := Run(b.ctx, o)
	if err != nil || m.Verdict != Passed {
		t.Fatal(m.Verdict, m.Unread, err)
	}
	var said []Say
	for _, s := range b.steps {
		said = append(said, s.Say)
	}
	if !slices.Contains(said, SayForeign) || !slices.Contains(said, SayOlder) || !slices.Contains(said, SayAgain) || slices.Contains(said, SayUnread) {
		t.Errorf("said %v", said)
	}
	if m.Scans != 3 {
		t.Errorf("%d scans counted", m.Scans)
	}
}

func TestCheck(t *testing.T) {
	for _, width := range []int{printer.Width58mm, printer.Width80mm} {
		b := newBench(t, twin.PrinterConfig{WidthDots: width})
		o := b.options(models.Common)
		o.Base.Profile.WidthDots = width
		m, err := Check(b.ctx, o)
		if err != nil || m.Verdict != Passed || m.Scans != 1 || b.scanned != 1 || m.Page.Result != printer.Printed {
			t.Fatalf("%+v, %d scanned, %v", m, b.scanned, err)
		}
		b.keep(b.papers[0], "check")
	}
	for name, set := range map[string]func(*bench){
		"not scanned": func(b *bench) { b.hold = true },
		"no paper":    func(b *bench) { b.printer.PaperOut() },
	} {
		b := newBench(t, twin.PrinterConfig{})
		set(b)
		if m, err := Check(b.ctx, b.options(models.Common)); err != nil || m.Verdict != NotPassed {
			t.Errorf("%s: %s, %v", name, m.Verdict, err)
		}
	}
}

func TestLineThatGoes(t *testing.T) {
	b := newBench(t, twin.PrinterConfig{})
	o := b.options(models.Common)
	o.Say = func(s Step) {
		if s.Say == SayPrinting {
			if err := b.printer.Unplug(); err != nil {
				t.Error(err)
			}
		}
	}
	if m, err := Run(b.ctx, o); err == nil || m.Verdict != NotPassed || m.Reason != printer.ReasonUnplugged {
		t.Errorf("%s, %q, %v", m.Verdict, m.Reason, err)
	}
	b = newBench(t, twin.PrinterConfig{})
	ctx, stop := context.WithCancel(b.ctx)
	o = b.options(models.Common)
	o.Say = func(s Step) {
		if s.Say == SayScan {
			stop()
		}
	}
	if m, err := Run(ctx, o); !errors.Is(err, context.Canceled) || m.Verdict != NotPassed {
		t.Errorf("%s, %v", m.Verdict, err)
	}
}

// A cable that is pulled out while a person looks for the code ends the test at
// once: the wait for the code itself has no end here.
func TestLineThatGoesBetweenTwoPapers(t *testing.T) {
	for name, test := range map[string]func(context.Context, Options) (Measured, error){"run": Run, "check": Check} {
		b := newBench(t, twin.PrinterConfig{})
		o := b.options(models.Common)
		o.Scans, o.After = make(chan string), func(time.Duration) <-chan time.Time { return nil }
		o.Say = func(s Step) {
			if s.Say == SayScan {
				if err := b.printer.Unplug(); err != nil {
					t.Error(err)
				}
			}
		}
		if m, err := test(b.ctx, o); err == nil || m.Verdict != NotPassed || m.Reason != printer.ReasonUnplugged {
			t.Errorf("%s: %s, %q, %v", name, m.Verdict, m.Reason, err)
		}
	}
}

// A printer that answers nothing may have another line rate: that is told before
// it prints, and nobody is asked for more than one code of a paper that may not
// exist.
func TestSilentAtThisSpeed(t *testing.T) {
	for name, test := range map[string]func(context.Context, Options) (Measured, error){"run": Run, "check": Check} {
		b := newBench(t, twin.PrinterConfig{Clone: true})
		o := b.options(models.Common)
		o.Base.Profile.Baud = 19200
		skip := make(chan struct{}, 1)
		o.Scans, o.Skip = make(chan string), skip
		var said []Say
		o.Say = func(s Step) {
			said = append(said, s.Say)
			if s.Say == SayScan {
				skip <- struct{}{}
			}
			if s.Say == SaySilent && s.Baud != 19200 {
				t.Errorf("%s: silent at %d baud", name, s.Baud)
			}
		}
		m, err := test(b.ctx, o)
		if err != nil || m.Verdict != NotPassed || m.Reason != printer.ReasonSilent {
			t.Errorf("%s: %s, %q, %v", name, m.Verdict, m.Reason, err)
		}
		if i := slices.Index(said, SaySilent); i < 0 || !slices.Equal(said[i:], []Say{SaySilent, SayPrinting, SayScan, SayUnread}) {
			t.Errorf("%s: said %v", name, said)
		}
	}
}

// A model's number may look like any status byte.
func TestIdentityLooksLikeAnything(t *testing.T) {
	for _, id := range []byte{0x02, 0x10, 0x12, 0x14, 0x1a, 0x20, 0x37, 0x5f, 0x7f, 0xff} {
		b := newBench(t, twin.PrinterConfig{ModelID: id, Model: "M", Serial: "S"})
		got, err := b.self()
		if err != nil {
			t.Fatal(err)
		}
		if got.ModelID != int(id) || got.Model != "M" || got.Serial != "S" || got.TypeID != 2 {
			t.Errorf("%#x: %+v", id, got)
		}
	}
	silent := newBench(t, twin.PrinterConfig{Clone: true})
	if got, err := silent.self(); err != nil || got.Identity() != "" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestMeet(t *testing.T) {
	const path = "/dev/serial/by-id/x"
	common, _ := models.Get(models.Common)
	saved := models.File{Model: common, Device: &models.Device{Path: path, Identity: "EPSON, TM-T20III, X1, id 20, type 02"}}
	mine := twin.PrinterConfig{Maker: "EPSON", Model: "TM-T20III", Serial: "X1"}
	tests := []struct {
		name string
		cfg  twin.PrinterConfig
		set  func(*twin.Printer)
		path string
		want error
	}{
		{"the same", mine, nil, path, nil},
		{"the same, without paper", mine, (*twin.Printer).PaperOut, path, nil},
		{"the same, switched off", mine, (*twin.Printer).Silent, path, nil},
		{"the same, in a picture that broke off", mine, nil, path, nil},
		{"its sister", twin.PrinterConfig{Maker: "EPSON", Model: "TM-T20III", Serial: "X2"}, nil, path, models.ErrOtherPrinter},
		{"another", twin.PrinterConfig{}, nil, path, models.ErrOtherPrinter},
		{"on another line", mine, nil, "/dev/serial/by-id/y", models.ErrOtherPrinter},
	}
	for _, tt := range tests {
		b := newBench(t, tt.cfg)
		if tt.set != nil {
			tt.set(b.printer)
		}
		if strings.Contains(tt.name, "picture") { // 72 bytes of 200 rows are still to come
			if _, err := b.port.Write([]byte{gs, 'v', '0', 0, 72, 0, 200, 0, 0xff}); err != nil {
				t.Fatal(err)
			}
		}
		if err := Meet(b.ctx, b.port, saved, tt.path); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	quiet := newBench(t, twin.PrinterConfig{Clone: true})
	if err := Meet(quiet.ctx, quiet.port, models.File{Model: common, Device: &models.Device{Path: path}}, path); err != nil {
		t.Error("a silent printer is not the silent one that was measured: ", err)
	}
	if err := Meet(quiet.ctx, quiet.port, models.File{Model: common}, path); !errors.Is(err, models.ErrOtherPrinter) {
		t.Error(err)
	}
}

// What a printer keeps of a strip whose paper ended comes out on the new roll,
// and is cut off before the next paper, whoever prints it.
func TestTheRestOfAStripIsNoPartOfTheNextPaper(t *testing.T) {
	for name, keeps := range map[string]bool{"keeps its buffer": true, "forgets": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, twin.PrinterConfig{KeepsBuffer: keeps})
			o := b.options(models.Common)
			b.printer.PaperOutAfter(600)
			m, err := Run(b.ctx, o)
			if err != nil || m.Reason != printer.ReasonPaperOut {
				t.Fatalf("%q, %v", m.Reason, err)
			}
			b.printer.OK()
			next, err := printer.New(b.port, o.Base.Profile)
			if err != nil {
				t.Fatal(err)
			}
			doc := printer.Document{Blocks: []printer.Block{printer.Text{Runs: []printer.Run{{Text: "Phiếu"}}}}}
			if out, err := next.Print(b.ctx, doc, nil); err != nil || out.Result != printer.Printed {
				t.Fatalf("%+v, %v", out, err)
			}
			want, err := printer.Layout(doc, o.Base.Profile.Paper())
			if err != nil {
				t.Fatal(err)
			}
			papers := b.printer.Papers()
			if last := papers[len(papers)-1].Image; !slices.Equal(last.Pix, want.Pix) {
				t.Errorf("the paper is %v, not %v alone", last.Rect, want.Rect)
			}
		})
	}
}
