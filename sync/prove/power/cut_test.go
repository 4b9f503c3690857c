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
}

// everywhere runs the cases until one comes to its end before the power fails;
// there the power fails the moment after. It returns the operations of that one.
func (c cuts[S]) everywhere(t *testing.T) (ops []string) {
	t.Helper()
	n := 0
	for k := 1; ; k += max(1, c.stride) {
		if k > maxOps {
			t.Fatalf("no end after %d operations", maxOps)
		}
		n++
		ops, under := c.at(t, k)
		if !under {
			t.Logf("%d cuts, fates: %v", n, fates())
			return ops
		}
		if t.Failed() {
			return ops // one place is enough to look at
		}
	}
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
		where := fmt.Sprintf("the power failed after %d operations; kept: %s; acknowledged: %v", len(ops), f, said != nil)
		if under {
			where = fmt.Sprintf("the power failed at operation %d (%s); kept: %s; acknowledged: %v", k, ops[len(ops)-1], f, said != nil)
		}
		if !t.Run(fmt.Sprintf("%d-%s", k, f.Keep), func(t *testing.T) {
			defer func() {
				if t.Failed() {
					t.Log(where)
				}
			}()
			c.check(t, r.Path(), said)
		}) {
			break
		}
		must(t, r.Drop())
	}
	must(t, d.Drop())
	return ops, under
}
