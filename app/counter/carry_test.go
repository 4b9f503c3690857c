package counter

import (
	"errors"
	"syscall"
	"testing"

	"tramhoso/assets"
	"tramhoso/sync/dossier"
)

func TestCarriage(t *testing.T) {
	var c Carriage
	in := Stick{In: true, Packets: 2}
	if c.Begin() || c.Phase != CarryNone {
		t.Error("something is copied without a stick")
	}
	c.See(in)
	if c.Phase != CarryReady || c.Stick != in {
		t.Errorf("%+v", c)
	}
	c.See(Stick{})
	if c.Phase != CarryNone {
		t.Error("a stick that went is still there")
	}
	c.See(in)
	if !c.Begin() || c.Begin() {
		t.Error("a second tap copies twice")
	}
	c.At(5, 10)
	c.At(4, 10)
	c.See(Stick{}) // pulled out: the copy itself will say so
	if c.Phase != CarryRunning || c.Done != 5 {
		t.Errorf("%+v", c)
	}
	c.Leave()
	if c.At(1, 20); c.Phase != CarryRunning || c.Done != 1 || c.Total != 20 {
		t.Errorf("another part: %+v", c)
	}
	c.Finish(Carried{Receipts: 1}, &StickError{Word: "carry.full", MB: 7, Err: syscall.ENOSPC})
	if c.Phase != CarryFailed || c.Problem.Word != "carry.full" || c.Problem.Args[1] != 7 || c.Carried.Receipts != 1 {
		t.Errorf("%+v", c.Problem)
	}
	if c.See(Stick{}); c.Phase != CarryFailed || !c.Begin() {
		t.Error("what failed cannot be tried again")
	}
	c.Finish(Carried{}, dossier.E(dossier.CodeNotEnrolled, nil))
	if c.Problem.Word != "error.not-enrolled" {
		t.Errorf("%+v", c.Problem)
	}
	c.Begin()
	c.Finish(Carried{}, errors.New("nobody thought of it"))
	if c.Problem.Word != "visit.unexpected" {
		t.Errorf("%+v", c.Problem)
	}
	c.Begin()
	c.Finish(Carried{Packets: 2}, nil)
	if c.See(Stick{}); c.Phase != CarryDone || c.Carried.Packets != 2 {
		t.Error("what was copied is forgotten once the stick is out")
	}
	c.Leave()
	if c != (Carriage{}) {
		t.Errorf("%+v", c)
	}
	c.See(Stick{In: true, Loose: true})
	if c.Phase != CarryFailed || c.Problem.Word != "carry.loose" {
		t.Errorf("%+v", c)
	}
	for _, lang := range assets.Languages {
		for _, w := range StickWords {
			if assets.Must(lang).T(w, "n", 3) == w {
				t.Errorf("%s has no %s", lang, w)
			}
		}
	}
}
