package main

import (
	"bytes"
	"image"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tramhoso/app/paper"
	"tramhoso/device/printer"
	"tramhoso/device/twin"
)

// A fault of a printer, and what a person does about it.
type fault struct {
	name string
	do   func(*printRoom)
	help func(*printRoom)
}

func (r *printRoom) try(err error) {
	if err != nil {
		r.t.Error(err)
	}
}

func twinDoes(do func(*twin.Printer)) func(*printRoom) {
	return func(r *printRoom) { do(r.twin) }
}

var faults = []fault{
	{name: "paper out", do: twinDoes((*twin.Printer).PaperOut), help: twinDoes((*twin.Printer).OK)},
	{name: "near end", do: twinDoes((*twin.Printer).NearEnd)},
	{name: "cover", do: twinDoes((*twin.Printer).CoverOpen), help: twinDoes((*twin.Printer).CoverClosed)},
	{name: "cutter", do: twinDoes((*twin.Printer).CutterJam), help: twinDoes((*twin.Printer).FreeCutter)},
	{name: "hot", do: twinDoes((*twin.Printer).Hot), help: twinDoes((*twin.Printer).Cool)},
	{name: "hardware", do: twinDoes((*twin.Printer).Hardware), help: twinDoes((*twin.Printer).PowerCycle)},
	{name: "unplug", do: func(r *printRoom) { r.try(r.twin.Unplug()) }, help: func(r *printRoom) { r.try(r.twin.Plug()) }},
	{name: "renumber", do: func(r *printRoom) { r.try(r.twin.Renumber()) }},
	{name: "silence", do: twinDoes((*twin.Printer).Silent), help: twinDoes((*twin.Printer).OK)},
	{name: "garbage", do: func(r *printRoom) { r.twin.Garbage(64) }},
	{name: "false report", do: twinDoes(falsePaperOut)},
	{name: "power cycle", do: twinDoes((*twin.Printer).PowerCycle)},
	{name: "slow head", do: func(r *printRoom) { r.twin.SlowHead(2000) }},
}

// falsePaperOut is noise that looks like an automatic status: no paper.
func falsePaperOut(p *twin.Printer) { p.Noise(0x18, 0, 0x0c, 0) }

var moments = []string{"before", "mid-band", "between bands", "before cut", "after cut"}

// at arms a fault for a moment of the next paper.
func (r *printRoom) at(moment string, job int64, do func(*printRoom)) {
	ink, gap := rowsOf(r.drawn(job, false))
	act := func(*twin.Printer) { do(r) }
	switch moment {
	case "before":
		do(r)
	case "mid-band":
		r.twin.AtRow(ink, act)
	case "between bands":
		r.twin.AtRow(gap, act)
	case "before cut":
		r.twin.BeforeCut(act)
	case "after cut":
		r.twin.AfterCut(act)
	default:
		r.t.Fatalf("no moment %q", moment)
	}
}

// rowsOf finds a row in the middle of a line of text, and one in the white
// between two lines, both about half-way down the paper.
func rowsOf(img *image.Gray) (inked, gap int) {
	white := bytes.Repeat([]byte{0xff}, img.Stride)
	run, state := 0, false
	for y := img.Rect.Dy() / 2; y < img.Rect.Dy() && (inked == 0 || gap == 0); y++ {
		is := !bytes.Equal(img.Pix[y*img.Stride:(y+1)*img.Stride], white)
		if is != state {
			run, state = 0, is
		}
		if run++; run == 4 {
			if is && inked == 0 {
				inked = y
			} else if !is && gap == 0 {
				gap = y
			}
		}
	}
	return inked, gap
}

// printEnd is what came of one case.
type printEnd struct {
	paper   []string // what exists, the first first
	journal string
	told    string // the words that the owner of the slip reads
}

func (e printEnd) String() string {
	return strings.Join([]string{strings.Join(e.paper, ", "), e.journal, e.told}, " | ")
}

// check holds an end against what may never be, whatever was expected.
func (e printEnd) check(t *testing.T) {
	count := map[string]int{}
	for _, p := range e.paper {
		p = strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(p, "spoilt "), "torn "), "stretched ")
		count[p]++
	}
	if count["slip"] > 1 {
		t.Errorf("%d whole slips without a mark", count["slip"])
	}
	last := e.journal[strings.LastIndex(e.journal, ", ")+1:]
	known := strings.Contains(last, "printed") || strings.Contains(last, "probably")
	if known && count["slip"]+count["again slip"] == 0 {
		t.Error("called printed, and there is no paper")
	}
	if strings.Contains(last, "copy") && known && count["again slip"] == 0 {
		t.Error("a copy is called printed, and there is no paper marked as one")
	}
	if n := len(e.paper); n == 0 || e.paper[n-1] != "next" || count["next"] != 1 {
		t.Error("the next person's slip is not whole and alone")
	}
	if strings.HasSuffix(e.told, "printed") && !strings.Contains(last, "printed") {
		t.Error("the screen says printed, the journal does not")
	}
}

// expected reads the table: by name, the ends that are right.
func expected(t *testing.T) map[string][]string {
	raw, err := os.ReadFile(filepath.Join("testdata", "print-table.txt"))
	must(t, err)
	ends := map[string][]string{}
	for line := range strings.Lines(string(raw)) {
		fields := strings.Split(line, "|")
		if strings.HasPrefix(line, "#") || len(fields) < 2 {
			continue
		}
		for i := range fields {
			fields[i] = strings.TrimSpace(fields[i])
		}
		ends[fields[0]] = append(ends[fields[0]], strings.Join(fields[1:], " | "))
	}
	return ends
}

// meets plays a slip that meets a fault at a moment; if it stops, a person
// helps.
func (f fault) meets(moment string) func(r *printRoom, slip int64) {
	return func(r *printRoom, slip int64) {
		r.at(moment, slip, f.do)
		r.s.press.Print(slip)
		if r.reach(slip, paper.Printed, paper.Probably, paper.Unknown, paper.Failed, paper.Blocked).State == paper.Blocked {
			if f.help != nil {
				f.help(r)
			}
			r.over(slip)
		}
	}
}

// finish puts the printer right, prints a second slip and says what there is.
func (r *printRoom) finish(first int64, packet string) (got printEnd) {
	r.twin.SlowHead(0)
	r.twin.OK()
	r.try(r.twin.Plug())
	second := r.submit("second")
	r.s.press.Print(second.PrintJob)
	r.over(second.PrintJob)
	got.journal, got.told = r.journalOf(packet), r.words(first)
	got.paper = r.paper(r.kinds("slip", first), r.kinds("next", second.PrintJob))
	return got
}

func TestPrintTable(t *testing.T) {
	type one struct {
		name  string
		twin  twin.PrinterConfig
		model func(*printer.Profile)
		play  func(r *printRoom, slip int64)
	}
	var all []one
	for _, f := range faults {
		for _, m := range moments {
			all = append(all, one{name: f.name + "/" + m, play: f.meets(m)})
		}
	}
	for _, c := range printCases {
		all = append(all, one{c.name, c.twin, c.model, c.play})
	}
	want := expected(t)
	if len(want) < 60 || len(all) != len(want) {
		t.Errorf("%d cases, %d in the table", len(all), len(want))
	}
	for i, c := range all {
		if racing && i%5 != 1 && i < len(faults)*len(moments) {
			continue // one moment of each fault
		}
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			profile := printProfile
			if c.model != nil {
				c.model(&profile)
			}
			r := openPrintRoom(t, c.twin, profile)
			slip := r.submit("first")
			c.play(r, slip.PrintJob)
			got := r.finish(slip.PrintJob, slip.Packet)
			got.check(t)
			if !slices.Contains(want[c.name], got.String()) {
				t.Errorf("%s:\n     %s\nwant %s", c.name, got, strings.Join(want[c.name], "\n  or "))
			}
		})
	}
}
