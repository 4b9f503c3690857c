package store

import (
	"database/sql"
	"fmt"
	"io/fs"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pressly/goose/v3"

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
		{PrintRendered, PrintRendered}: true, {PrintRendered, PrintFailed}: true, {PrintFailed, PrintFailed}: true,
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
	must(t, b.PrintProgress(ctx, 1, 1, 14))
	must(t, b.PrintProgress(ctx, 1, 3, 14))
	after := open(t, powerCut(t, b.Dir()), Options{})
	j, err := after.PrintJob(ctx, 1)
	must(t, err)
	if j.State != PrintUnknown || j.Reason != ReasonRestarted || j.Band != 3 || j.Bands != 14 {
		t.Fatalf("after the cut: %s (%s), band %d of %d", j.State, j.Reason, j.Band, j.Bands)
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

// Before its first band went out, nothing of a paper can exist: it still waits.
func TestPowerCutBeforeTheFirstBand(t *testing.T) {
	b, ctx := open(t, t.TempDir(), Options{}), t.Context()
	_, err := b.Commit(ctx, visit("t"))
	must(t, err)
	must(t, b.SetPrint(ctx, 1, PrintSending, ""))
	after := open(t, powerCut(t, b.Dir()), Options{})
	j, err := after.PrintJob(ctx, 1)
	must(t, err)
	if j.State != PrintRendered || j.Band != 0 {
		t.Fatalf("after the cut: %s, band %d", j.State, j.Band)
	}
}

func TestPrintProgress(t *testing.T) {
	b, ctx := open(t, t.TempDir(), Options{}), t.Context()
	_, err := b.Commit(ctx, visit("t"))
	must(t, err)
	if err := b.PrintProgress(ctx, 1, 1, 2); dossier.CodeOf(err) != dossier.CodeBadTransition {
		t.Errorf("progress of a job that is not being sent: %v", err)
	}
	must(t, b.SetPrint(ctx, 1, PrintSending, ""))
	for _, bad := range [][2]int{{0, 2}, {3, 2}, {-1, -1}, {1, maxBands + 1}} {
		if err := b.PrintProgress(ctx, 1, bad[0], bad[1]); dossier.CodeOf(err) != dossier.CodeInvalid {
			t.Errorf("band %d of %d: %v", bad[0], bad[1], err)
		}
	}
	must(t, b.PrintProgress(ctx, 1, 1, 2))
	must(t, b.SetPrint(ctx, 1, PrintFailed, "paper-out"))
	if j, err := b.PrintJob(ctx, 1); err != nil || j.Band != 1 || j.Bands != 2 {
		t.Errorf("how far it got is forgotten: %+v, %v", j, err)
	}
	id, err := b.Reprint(ctx, 1)
	must(t, err)
	must(t, b.SetPrint(ctx, id, PrintSending, ""))
	must(t, b.PrintProgress(ctx, id, 1, 2))
	must(t, b.SetPrint(ctx, id, PrintRendered, "hot"))
	if j, err := b.PrintJob(ctx, id); err != nil || j.Band != 0 || j.Bands != 0 || j.Reason != "hot" {
		t.Errorf("a paper that starts anew: %+v, %v", j, err)
	}
	var mode int
	must(t, b.write.QueryRowContext(ctx, `PRAGMA synchronous`).Scan(&mode))
	if mode != 2 {
		t.Errorf("the writer is left at synchronous = %d, not FULL", mode)
	}
}

// A database of a program that kept no bands: what it was sending may be on
// paper, and no row of it is lost.
func TestMigratePrintJobs(t *testing.T) {
	dir, ctx := t.TempDir(), t.Context()
	db, err := sql.Open("sqlite", dsn(filepath.Join(dir, fileName), false))
	must(t, err)
	files, err := fs.Sub(migrations, "migrations")
	must(t, err)
	p, err := goose.NewProvider(goose.DialectSQLite3, db, files, goose.WithDisableGlobalRegistry(true))
	must(t, err)
	_, err = p.UpTo(ctx, 1)
	must(t, err)
	_, err = db.ExecContext(ctx, `INSERT INTO counters (name, value) VALUES ('seq', 1); INSERT INTO packets (seq, id, kind, parent, digest, created_ms, jws) VALUES (1, 'p-1', 'dossier', '', 'd', 1, x'00')`)
	must(t, err)
	for _, state := range []PrintState{PrintRendered, PrintSending, PrintPrinted, PrintFailed} {
		_, err = db.ExecContext(ctx, `INSERT INTO print_jobs (packet, kind, state, created_ms, changed_ms, key, sealed)
			VALUES ('p-1', 'slip', ?, 1, 1, x'01', x'02')`, string(state))
		must(t, err)
	}
	must(t, db.Close())

	b := open(t, dir, Options{})
	jobs, err := b.PrintJobs(ctx, "p-1")
	must(t, err)
	var got []string
	for _, j := range jobs {
		got = append(got, fmt.Sprintf("%s %s %d/%d %x", j.State, j.Reason, j.Band, j.Bands, j.Sealed))
	}
	want := []string{"rendered  0/0 02", "unknown restarted 0/0 02", "printed  0/0 02", "failed  0/0 02"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestOpenPrintJobs(t *testing.T) {
	b, ctx := open(t, t.TempDir(), Options{}), t.Context()
	for i := range 6 {
		_, err := b.Commit(ctx, visit(fmt.Sprint(i)))
		must(t, err)
	}
	for _, move := range []struct {
		id     int64
		to     PrintState
		reason string
	}{
		{2, PrintSending, ""}, {2, PrintPrinted, ""},
		{3, PrintSending, ""}, {3, PrintUnknown, ""},
		{4, PrintSending, ""}, {4, PrintFailed, "cutter"},
		{5, PrintSending, ""}, {5, PrintFailed, "cutter"}, {5, PrintFailed, ReasonNotWanted},
		{6, PrintSending, ""}, {6, PrintFailed, "paper-out"},
	} {
		must(t, b.SetPrint(ctx, move.id, move.to, move.reason))
	}
	copied, err := b.Reprint(ctx, 6)
	must(t, err)
	jobs, err := b.OpenPrintJobs(ctx)
	must(t, err)
	var got []int64
	for _, j := range jobs {
		got = append(got, j.ID)
	}
	if d := cmp.Diff([]int64{1, 3, 4, copied}, got); d != "" {
		t.Error(d)
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
