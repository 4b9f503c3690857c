package main

import (
	"bytes"
	"fmt"
	"image"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tramhoso/app/paper"
	"tramhoso/device/printer"
	"tramhoso/device/twin"
)

// A fault of a printer, and what a person does about it.
type fault struct {
	name  string
	twin  twin.PrinterConfig
	model func(*printer.Profile)
	do    func(*printRoom)
	help  func(*printRoom)
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
	{name: "power cycle", do: twinDoes((*twin.Printer).PowerCycle)},
	{name: "slow head", do: func(r *printRoom) { r.twin.SlowHead(2000) }},
}

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

// printCase is one way in which printing a slip can go.
type printCase struct {
	name    string
	paper   string // what exists, the first first
	journal string
	told    string // the words that the owner of the slip reads
}

// play runs one case: a slip meets a fault at a moment; if it stops, a person
// helps. At the end everything is put right and a second slip is printed: it
// must come out whole and alone.
func play(t testing.TB, f fault, moment string) (got printCase) {
	profile := printProfile
	if f.model != nil {
		f.model(&profile)
	}
	r := openPrintRoom(t, f.twin, profile)
	first := r.submit("first")
	r.at(moment, first.PrintJob, f.do)
	r.s.press.Print(first.PrintJob)
	rest := []paper.State{paper.Printed, paper.Probably, paper.Unknown, paper.Failed}
	last := r.reach(first.PrintJob, append(rest, paper.Blocked)...)
	if last.State == paper.Blocked {
		if f.help != nil {
			f.help(r)
		}
		r.over(first.PrintJob)
	}
	return r.finish(first.PrintJob, first.Packet)
}

// finish puts the printer right, prints a second slip and says what there is.
func (r *printRoom) finish(first int64, packet string) (got printCase) {
	r.twin.SlowHead(0)
	r.twin.PowerCycle()
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
		fault  fault
		moment string
	}
	var all []one
	for _, f := range faults {
		for _, m := range moments {
			all = append(all, one{f, m})
		}
	}
	var mu sync.Mutex
	found := map[string]printCase{}
	t.Run("all", func(t *testing.T) {
		for _, c := range all {
			t.Run(c.fault.name+"/"+c.moment, func(t *testing.T) {
				t.Parallel()
				got := play(t, c.fault, c.moment)
				mu.Lock()
				defer mu.Unlock()
				found[c.fault.name+"/"+c.moment] = got
			})
		}
	})
	for _, c := range all {
		name := c.fault.name + "/" + c.moment
		fmt.Printf("%-28s | %-40s | %-60s | %s\n", name, found[name].paper, found[name].journal, found[name].told)
	}
	_ = cmp.Diff
}
