package power

import (
	"errors"
	"fmt"
	"testing"

	"tramhoso/sync/prove/seeds"
)

// maxOps bounds a case: a program that never comes to its end fails instead.
const maxOps = 5_000

// cuts is one thing that a program does, with the power failing at each of its
// operations.
type cuts[S any] struct {
	base *Disk
	// open brings the program up on a copy of base, with the power on.
	open func(t *testing.T, dir string) S
	// act does the thing; what it returns without an error is acknowledged.
	act func(s S) (said any, err error)
	// end lets go of the program after the cut; its errors mean nothing.
	end func(s S)
	// check looks at what is found after the power came back. said is nil when
	// nothing was acknowledged.
	check func(t *testing.T, dir string, said any)
	// stride skips operations, for what has many alike; 0: none.
	stride int
	// again has the program also die without a cut at each operation, do the thing
	// once more after its restart, and be cut then: what it did before it died was
	// not synced by that.
	again bool
}

// everywhere runs the case in which the power fails the moment after, and then
// those of each operation, the last first: there most is at stake. It returns the
// operations of the first.
func (c cuts[S]) everywhere(t *testing.T) (ops []string) {
	t.Helper()
	ops, under := c.at(t, maxOps)
	if under {
		t.Fatalf("no end after %d operations", maxOps)
	}
	n := 1
	for k := len(ops); k >= 1 && !t.Failed(); k -= max(1, c.stride) { // one place is enough to look at
		c.at(t, k)
		n++
	}
	t.Logf("%d cuts, fates: %v", n, fates())
	return ops
}

// perFate is how many seeds of a simulation take as long as one more fate at every
// cut: -seeds means a time of day to a person.
const perFate = 1000

// fates are the two that are fixed and at least one that is drawn.
func fates() []Fate {
	list := []Fate{{Keep: Nothing}, {Keep: Torn, Seed: 1}}
	for seed := range max(1, seeds.Count(0)/perFate) {
		list = append(list, Fate{Keep: Some, Seed: uint64(seed)})
	}
	return list
}

// at runs the case in which the power fails at operation k, and reports whether
// it failed before the thing was done, and the operations until then.
func (c cuts[S]) at(t *testing.T, k int) (ops []string, under bool) {
	t.Helper()
	d, err := c.base.Copy()
	must(t, err)
	s := c.open(t, d.Path())
	must(t, d.Arm(k))
	said, acted := c.act(s)
	ops, under, err = d.Ops()
	must(t, errors.Join(err, d.Cut()))
	c.end(s)
	if acted != nil {
		said = nil
		if !under {
			t.Fatalf("with the power on: %v", acted)
		}
	}
	for i, f := range fates() {
		f.Seed += uint64(k * i) // other luck at every cut
		r := restart(t, d, f)
		where := fmt.Sprintf("the power failed after %d operations", len(ops))
		if under {
			where = fmt.Sprintf("the power failed at operation %d (%s)", k, ops[len(ops)-1])
		}
		if !c.found(t, fmt.Sprintf("%d-%s", k, f.Keep), r, said, where+"; kept: "+f.String()) {
			break
		}
	}
	if c.again && under {
		c.dead(t, k, d, ops[len(ops)-1])
	}
	must(t, d.Drop())
	return ops, under
}

// found checks what a restart finds, and forgets it.
func (c cuts[S]) found(t *testing.T, name string, r *Disk, said any, where string) bool {
	t.Helper()
	ok := t.Run(name, func(t *testing.T) {
		defer func() {
			if t.Failed() {
				t.Logf("%s; acknowledged: %v", where, said != nil)
			}
		}()
		c.check(t, r.Path(), said)
	})
	if ok {
		must(t, r.Drop())
	}
	return ok
}

// dead is the case in which the program died at an operation and the power failed
// only after the thing was done once more.
func (c cuts[S]) dead(t *testing.T, k int, d *Disk, op string) {
	t.Helper()
	d, err := d.Copy()
	must(t, err)
	s := c.open(t, d.Path())
	said, err := c.act(s)
	if err != nil {
		t.Errorf("after the program died at operation %d (%s): %v", k, op, err)
	}
	must(t, d.Cut())
	c.end(s)
	r := restart(t, d, Fate{Keep: Nothing})
	c.found(t, fmt.Sprintf("%d-again", k), r, said, fmt.Sprintf("the program died at operation %d (%s) and did it again; kept: nothing", k, op))
	must(t, d.Drop())
}
