package paper

import (
	"context"
	"sync"
)

// journal writes down how far one print is. The first band is written before it
// goes out; the others behind the printer's back, the newest only, so that no
// band waits for another's row.
type journal struct {
	jobs   Jobs
	ctx    context.Context
	job    int64
	forbid context.CancelFunc // ends the print
	err    error              // why the first band was not written

	mu     sync.Mutex
	latest [2]int        // band, bands
	wake   chan struct{} // holds one token: latest changed
	work   sync.WaitGroup
}

// journal opens the journal of a job; close ends what it starts.
func (p *Press) journal(ctx context.Context, job int64, forbid context.CancelFunc) *journal {
	return &journal{jobs: p.jobs, ctx: context.WithoutCancel(ctx), job: job, forbid: forbid, wake: make(chan struct{}, 1)}
}

// sending is told by the printer, on one goroutine.
func (j *journal) sending(band, bands int) {
	if band == 1 {
		if j.err = j.jobs.Progress(j.ctx, j.job, band, bands); j.err != nil {
			j.forbid() // what nobody would know of is not printed
			return
		}
		j.work.Go(j.follow)
		return
	}
	j.mu.Lock()
	j.latest = [2]int{band, bands}
	j.mu.Unlock()
	select {
	case j.wake <- struct{}{}:
	default:
	}
}

// follow writes the newest band for as long as the print goes on.
func (j *journal) follow() {
	for range j.wake {
		j.mu.Lock()
		at := j.latest
		j.mu.Unlock()
		// The end is written durably in a moment; what a failure loses here is
		// only how far a paper got.
		_ = j.jobs.Progress(j.ctx, j.job, at[0], at[1])
	}
}

// close waits until the newest band is written.
func (j *journal) close() error {
	close(j.wake)
	j.work.Wait()
	return j.err
}
