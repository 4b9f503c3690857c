package sticks

import (
	"errors"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"

	"tramhoso/sync/courier"
	"tramhoso/sync/portal"
	"tramhoso/sync/wire/stick"
)

// faults is what can go wrong at one operation.
var faults = []Fault{
	{Errno: syscall.EIO},                                 // a bad sector, a loose plug
	{Errno: syscall.EIO, Always: true},                   // pulled out
	{Errno: syscall.ENOSPC, Always: true, Only: "write"}, // smaller than it says
}

// mostOps is more operations than one step here asks of a stick.
const mostOps = 400

// everywhere acts on a stick that fails at its first operation, on another that
// fails at its second, and so on until none is left to fail, and checks each once
// it is sound again. It returns the kinds of the operations that failed.
func everywhere(t *testing.T, prepare func() (dir string), act func(dir string), check func(dir string, fault Fault)) (kinds []string) {
	t.Helper()
	for _, fault := range faults {
		for fault.At = 1; ; fault.At++ {
			if fault.At > mostOps {
				t.Fatalf("more than %d operations", mostOps)
			}
			dir := prepare()
			_, err := sick.Fail(fault)
			must(t, err)
			act(dir)
			ops, err := sick.Fail(Fault{})
			must(t, err)
			if fault.Only != "" {
				ops = slices.DeleteFunc(ops, func(kind string) bool { return kind != fault.Only })
			}
			if len(ops) < fault.At {
				break
			}
			if kind := ops[fault.At-1]; !slices.Contains(kinds, kind) {
				kinds = append(kinds, kind)
			}
			check(dir, fault)
			if t.Failed() {
				t.Fatalf("%v (always %v) at operation %d of %s", fault.Errno, fault.Always, fault.At, strings.Join(ops, " "))
			}
		}
	}
	return kinds
}

func failed(t *testing.T, kinds []string, want ...string) {
	t.Helper()
	for _, kind := range want {
		if !slices.Contains(kinds, kind) {
			t.Errorf("%q never failed: %v did", kind, kinds)
		}
	}
}

func fresh(t *testing.T) string {
	t.Helper()
	dir, err := sick.Fresh()
	must(t, err)
	return dir
}

// Whatever a stick fails at while a station copies: the error says what it was,
// nothing at the station counts as carried, no part of a bundle has a bundle's
// name, and the next copy is whole and stands alone.
func TestExportToAFailingStick(t *testing.T) {
	w := newWorld(t)
	one := w.submit(70_000)
	w.submit()
	packets, files := w.waiting()
	dir := fresh(t)
	sent, err := w.station.Courier.Export(t.Context(), dir, nil) // gives way to the next, and that to the next
	must(t, err)
	kinds := everywhere(t, func() string { return dir }, func(dir string) {
		sent, err = w.station.Courier.Export(t.Context(), dir, nil)
	}, func(dir string, fault Fault) {
		switch {
		case err != nil && !errors.Is(err, fault.Errno):
			t.Errorf("%v is told as %v", fault.Errno, err)
		case err == nil && (sent.Packets != packets || sent.Files+sent.FilesNot != files):
			t.Errorf("%+v went as told", sent)
		}
		wholeOnly(t, dir)
		if p, f := w.waiting(); p != packets || f != files || w.held(one) {
			t.Errorf("%d packets and %d files wait", p, f)
		}
		again, err := w.station.Courier.Export(t.Context(), dir, nil)
		if err != nil || again.Packets != packets || again.Files != files {
			t.Errorf("once more: %+v, %v", again, err)
		}
		if left := names(t, dir); len(left) != 2 || !slices.Contains(left, again.Name) || !slices.Contains(left, again.More[0]) {
			t.Errorf("on the stick lie %v", left)
		}
	})
	failed(t, kinds, "create", "write", "fsync", "rename", "unlink", "list", "look", "measure")

	// What lies there after all that is a bundle like any other.
	done, err := w.portal.Import(t.Context(), dir)
	must(t, err)
	got, err := w.station.Courier.Import(t.Context(), dir)
	must(t, err)
	if len(done.Bundles) != 2 || got.Receipts != packets || got.Whole != 1 || !w.held(one) {
		t.Errorf("%+v, %+v", done, got)
	}
}

// A stick that fails at the portal: what was read of it is taken once, and the
// answer is whole or not there.
func TestAPortalReadsAFailingStick(t *testing.T) {
	w := newWorld(t)
	w.submit(70_000)
	from := t.TempDir()
	_, err := w.station.Courier.Export(t.Context(), from, nil)
	must(t, err)
	packets, _ := w.waiting()
	var done portal.Import
	fresher := 0
	kinds := everywhere(t, func() string {
		dir := fresh(t)
		must(t, os.CopyFS(dir, os.DirFS(from)))
		return dir
	}, func(dir string) {
		done, err = w.portal.Import(t.Context(), dir)
	}, func(dir string, fault Fault) {
		for _, b := range done.Bundles {
			fresher += b.New
		}
		if err != nil && !errors.Is(err, fault.Errno) {
			t.Errorf("%v is told as %v", fault.Errno, err)
		}
		for _, name := range done.Answers {
			if !slices.Contains(names(t, dir), name) {
				t.Errorf("%s is told and not there", name)
			}
		}
		wholeOnly(t, dir)
		again, err := w.portal.Import(t.Context(), dir)
		must(t, err)
		for _, b := range again.Bundles {
			fresher += b.New
			if b.Err != nil {
				t.Errorf("once more: %v", b.Err)
			}
		}
		if len(again.Answers) != 1 {
			t.Errorf("once more: %+v", again)
		}
	})
	failed(t, kinds, "read", "open", "create", "write", "fsync", "rename", "list")
	if fresher != packets {
		t.Errorf("%d packets were new, %d were sent", fresher, packets)
	}
}

// A stick that fails while a station takes an answer in: what it took counts
// once, what it could not read is named, and the next time it is read whole.
func TestAStationReadsAFailingStick(t *testing.T) {
	w := newWorld(t)
	var packet string
	var got courier.Imported
	var err error
	kinds := everywhere(t, func() string {
		packet = w.submit()
		dir := fresh(t)
		_, err := w.station.Courier.Export(t.Context(), dir, nil)
		must(t, err)
		_, err = w.portal.Import(t.Context(), dir)
		must(t, err)
		return dir
	}, func(dir string) {
		got, err = w.station.Courier.Import(t.Context(), dir)
	}, func(dir string, fault Fault) {
		if err != nil && !errors.Is(err, fault.Errno) {
			t.Errorf("%v is told as %v", fault.Errno, err)
		}
		taken := len(got.Files) == 1 && got.Files[0].Applied
		if err == nil && !taken && (len(got.Files) != 1 || !errors.Is(got.Files[0].Err, fault.Errno)) {
			t.Errorf("nothing is said of it: %+v", got)
		}
		if taken != w.held(packet) {
			t.Errorf("taken %v, held %v", taken, w.held(packet))
		}
		again, err := w.station.Courier.Import(t.Context(), dir)
		if err != nil || !w.held(packet) || got.Receipts+again.Receipts != 1 {
			t.Errorf("once more: %+v, %v", again, err)
		}
		for _, name := range names(t, dir) { // an answer lies on until it was taken and could be removed
			if !taken || strings.HasSuffix(name, string(stick.Down)) {
				t.Errorf("%s lies on the stick", name)
			}
		}
	})
	failed(t, kinds, "read", "open", "unlink", "list", "look", "fsync")
}
