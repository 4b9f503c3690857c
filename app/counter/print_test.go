package counter

import (
	"context"
	"testing"

	"tramhoso/sync/dossier"
)

// opened is a counter with a hand-over whose result can be printed.
func opened(t *testing.T, set func(f *fakes)) (*Counter, *fakes) {
	t.Helper()
	c, f := login(t)
	f.printer = true
	f.cards[1].File = dossier.ResultHere
	f.cards[1].News[0].Result = dossier.NoteOf([]byte("first"))
	if set != nil {
		set(f)
	}
	must(t, c.Refresh(t.Context()))
	_ = c.HandleFrame(t.Context(), "SLIP DL27-1")
	at(t, c, Handover)
	return c, f
}

func printing(t *testing.T, c *Counter, s PrintState, why string) {
	t.Helper()
	if p := c.State().Result.Printing; p.State != s || p.Why != why {
		t.Errorf("%+v, not %s %q", p, s, why)
	}
}

// What is said of a print is what the printer said, also where it is quicker than
// the way here.
func TestPrintResult(t *testing.T) {
	c, f := opened(t, nil)
	printing(t, c, PrintNone, "")
	run, finish, ok := c.BeginPrint()
	if !ok {
		t.Fatal("it cannot be printed")
	}
	printing(t, c, PrintGoing, "")
	if _, _, ok := c.BeginPrint(); ok {
		t.Error("a second tap prints twice")
	}
	job, err := run(t.Context())
	c.PrintChanged(0, job, PrintWaits, "media-empty")
	c.PrintChanged(0, 5, PrintDone, "") // somebody else's
	must(t, finish(job, err))
	printing(t, c, PrintWaits, "media-empty")
	if c.PrintChanged(0, job, PrintWaits, "media-empty") {
		t.Error("the same twice is a change")
	}
	if _, _, ok := c.BeginPrint(); ok {
		t.Error("a print that waits is printed twice")
	}
	c.PrintChanged(0, job, PrintGoing, "")
	printing(t, c, PrintGoing, "")
	c.PrintChanged(job, job+10, PrintGoing, "") // it jammed: a whole new copy
	c.PrintChanged(0, job, PrintFailed, "media-jam")
	c.PrintChanged(0, job+10, PrintDone, "ignored")
	printing(t, c, PrintDone, "")
	if _, _, ok := c.BeginPrint(); !ok || len(f.prints) != 1 || f.prints[0] != "p1" {
		t.Errorf("once more: %v, %v", ok, f.prints)
	}
	// The hand-over does not wait for it.
	must(t, c.HandleFrame(t.Context(), owner))
	must(t, c.SetGiven(16000))
	must(t, c.HandOver(t.Context()))
	at(t, c, Done)
}

func TestPrintsThatAreNotPossible(t *testing.T) {
	for name, set := range map[string]func(f *fakes){
		"no printer": func(f *fakes) { f.printer = false }, "no file": func(f *fakes) { f.cards[1].File = dossier.ResultNone },
		"no room": func(f *fakes) { f.cards[1].File = dossier.ResultGone },
		"under way": func(f *fakes) {
			f.before = Printing{Job: 7, State: PrintGoing}
		},
	} {
		c, _ := opened(t, set)
		if _, _, ok := c.BeginPrint(); ok || c.State().Result.Can() {
			t.Errorf("%s: it can be printed", name)
		}
	}
	c, f := opened(t, func(f *fakes) { f.before = Printing{Job: 7, State: PrintUnknown} })
	printing(t, c, PrintUnknown, "") // as the log-in before left it
	f.printErr = dossier.E(dossier.CodePrinterDown, nil)
	run, finish, _ := c.BeginPrint()
	if err := finish(run(t.Context())); dossier.CodeOf(err) != dossier.CodePrinterDown || c.State().Problem.Word != "error.printer-down" {
		t.Errorf("%v, %+v", err, c.State().Problem)
	}
	printing(t, c, PrintNone, "")
	// What cannot be recalled does not stop the hand-over.
	c, _ = opened(t, func(f *fakes) { f.printErr = dossier.E(dossier.CodeInvalid, nil) })
	printing(t, c, PrintNone, "")
	if !c.State().Result.Can() {
		t.Error("it cannot be tried")
	}
}

// A file that replaces the one that was printed has not been printed.
func TestReplacedResult(t *testing.T) {
	c, f := opened(t, nil)
	run, finish, _ := c.BeginPrint()
	first := f.cards[1].News[0]
	f.cards[1].News = []dossier.News{first, {Status: dossier.StatusProcessed, Text: "words"}}
	must(t, c.Refresh(t.Context()))
	printing(t, c, PrintGoing, "") // news about something else
	f.cards[1].News = []dossier.News{first, {Status: dossier.StatusProcessed, Result: dossier.NoteOf([]byte("second")), FeeDue: first.FeeDue}}
	must(t, c.Refresh(t.Context()))
	printing(t, c, PrintNone, "")
	_, again, ok := c.BeginPrint()
	if !ok {
		t.Fatal("the new file cannot be printed")
	}
	must(t, finish(run(t.Context())))
	c.PrintChanged(0, 71, PrintDone, "") // of the old file
	printing(t, c, PrintGoing, "")
	must(t, again(72, nil))
	printing(t, c, PrintGoing, "")
	c.PrintChanged(0, 72, PrintDone, "")
	printing(t, c, PrintDone, "")
	c.Back()
	c.PrintChanged(0, 72, PrintFailed, "")
	must(t, c.Choose(context.Background(), "DL27-1"))
	printing(t, c, PrintNone, "")
}

// Whoever asks for a new slip meanwhile, and gets none, is told of the result's
// print what the printer said.
func TestAPrintOutlivesAFailedNewSlip(t *testing.T) {
	c, f := opened(t, nil)
	run, finish, _ := c.BeginPrint()
	must(t, c.Lost())
	c.Back()
	printing(t, c, PrintGoing, "")
	must(t, c.Lost())
	must(t, c.HandleFrame(t.Context(), owner))
	give, ok := c.BeginReissue()
	if !ok {
		t.Fatal("no new slip is given")
	}
	job, err := run(t.Context())
	must(t, finish(job, err)) // before the new slip's outcome
	c.PrintChanged(0, job, PrintDone, "")
	f.slipErr = dossier.E(dossier.CodeSlipLimit, nil)
	if c.FinishReissue(give(t.Context())) == nil {
		t.Fatal("a slip was given")
	}
	c.Back()
	at(t, c, Handover)
	printing(t, c, PrintDone, "")
}
