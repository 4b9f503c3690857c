package store

import (
	"testing"

	"tramhoso/sync/dossier"
)

func TestPrintTransitions(t *testing.T) {
	all := []PrintState{PrintRendered, PrintSending, PrintPrinted, PrintProbably, PrintUnknown, PrintFailed}
	reach := map[PrintState][]PrintState{
		PrintRendered: {},
		PrintSending:  {PrintSending},
		PrintPrinted:  {PrintSending, PrintPrinted},
		PrintProbably: {PrintSending, PrintProbably},
		PrintUnknown:  {PrintSending, PrintUnknown},
		PrintFailed:   {PrintSending, PrintFailed},
	}
	allowed := map[[2]PrintState]bool{
		{PrintRendered, PrintSending}: true,
		{PrintSending, PrintRendered}: true, {PrintSending, PrintPrinted}: true, {PrintSending, PrintProbably}: true,
		{PrintSending, PrintUnknown}: true, {PrintSending, PrintFailed}: true,
		{PrintProbably, PrintPrinted}: true, {PrintProbably, PrintFailed}: true,
		{PrintUnknown, PrintPrinted}: true, {PrintUnknown, PrintFailed}: true,
	}
	for from, path := range reach {
		for _, to := range all {
			b, ctx := open(t, t.TempDir(), Options{}), t.Context()
			_, err := b.Commit(ctx, visit("t"))
			must(t, err)
			for _, step := range path {
				must(t, b.SetPrint(ctx, 1, step, ""))
			}
			err = b.SetPrint(ctx, 1, to, "reason")
			if ok := allowed[[2]PrintState{from, to}]; ok != (err == nil) {
				t.Errorf("%s → %s: %v", from, to, err)
			} else if !ok && dossier.CodeOf(err) != dossier.CodeBadTransition {
				t.Errorf("%s → %s: code %q", from, to, dossier.CodeOf(err))
			}
		}
	}
}

func TestPowerCutWhilePrinting(t *testing.T) {
	b, ctx := open(t, t.TempDir(), Options{}), t.Context()
	_, err := b.Commit(ctx, visit("t"))
	must(t, err)
	must(t, b.SetPrint(ctx, 1, PrintSending, ""))
	after := open(t, powerCut(t, b.Dir()), Options{})
	j, err := after.PrintJob(ctx, 1)
	must(t, err)
	if j.State != PrintUnknown || j.Reason != ReasonRestarted {
		t.Fatalf("after the cut: %s (%s)", j.State, j.Reason)
	}
	if err := after.SetPrint(ctx, 1, PrintSending, ""); dossier.CodeOf(err) != dossier.CodeBadTransition {
		t.Fatalf("sent again without a word: %v", err)
	}
	id, err := after.Reprint(ctx, 1)
	must(t, err)
	c, err := after.PrintJob(ctx, id)
	must(t, err)
	if c.Copy != 1 || c.Root != 1 || c.State != PrintRendered || string(c.Sealed) != string(j.Sealed) {
		t.Errorf("the copy: %+v", c)
	}
	twice, err := after.Reprint(ctx, 1)
	must(t, err)
	if twice != id {
		t.Errorf("a second tap on reprint makes copy %d beside %d", twice, id)
	}
	open, err := after.OpenPrintJobs(ctx)
	must(t, err)
	if len(open) != 1 || open[0].ID != id {
		t.Errorf("open jobs: %+v", open)
	}
}

func TestReprintHasAnEnd(t *testing.T) {
	b, ctx := open(t, t.TempDir(), Options{}), t.Context()
	_, err := b.Commit(ctx, visit("t"))
	must(t, err)
	id := int64(1)
	for range maxCopies {
		must(t, b.SetPrint(ctx, id, PrintSending, ""))
		must(t, b.SetPrint(ctx, id, PrintFailed, "paper-out"))
		id, err = b.Reprint(ctx, id)
		must(t, err)
	}
	must(t, b.SetPrint(ctx, id, PrintSending, ""))
	must(t, b.SetPrint(ctx, id, PrintFailed, "paper-out"))
	if _, err := b.Reprint(ctx, id); dossier.CodeOf(err) != dossier.CodePrinterDown {
		t.Errorf("no end: %v", err)
	}
}

func TestAddPrint(t *testing.T) {
	b, ctx := open(t, t.TempDir(), Options{}), t.Context()
	c, err := b.Commit(ctx, visit("t"))
	must(t, err)
	id, err := b.AddPrint(ctx, c.Packet, Print{Kind: "form01", Sealed: []byte("s"), Key: []byte("k")})
	must(t, err)
	jobs, err := b.PrintJobs(ctx, c.Packet)
	must(t, err)
	if len(jobs) != 2 || jobs[1].ID != id || jobs[1].Kind != "form01" {
		t.Errorf("%+v", jobs)
	}
	if _, err := b.AddPrint(ctx, "nobody", Print{Kind: "form01"}); err == nil {
		t.Error("a paper about nothing")
	}
}
