package power

import (
	"cmp"
	"context"
	"errors"
	"time"
)

// Watch asks how the power is until ctx ends, and reports the first state and
// every change, on its own goroutine. Its error is ctx's.
func Watch(ctx context.Context, c Config, report func(State)) error {
	c.Every, c.Timeout = cmp.Or(c.Every, 2*time.Second), cmp.Or(c.Timeout, 5*time.Second)
	w := watcher{c: c}
	defer w.hangUp()
	var last State
	first := true
	for {
		s := w.look(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if first || s != last {
			first, last = false, s
			report(s)
		}
		t := time.NewTimer(c.Every)
		select {
		case <-ctx.Done():
			t.Stop()
			return ctx.Err()
		case <-t.C:
		}
	}
}

// Ask looks once.
func Ask(ctx context.Context, c Config) State {
	c.Timeout = cmp.Or(c.Timeout, 5*time.Second)
	w := watcher{c: c}
	defer w.hangUp()
	return w.look(ctx)
}

type watcher struct {
	c    Config
	conn *conn
}

// look asks on the connection that is open, and once more on a new one: a
// server that was restarted is no power cut.
func (w *watcher) look(ctx context.Context) State {
	var err error
	for range 2 {
		if w.conn == nil {
			if w.conn, err = w.c.open(ctx); err != nil {
				w.conn = nil
				continue
			}
		}
		var vars map[string]string
		vars, err = w.conn.vars(ctx, w.c.UPS)
		if err == nil {
			return readState(vars)
		}
		var no *answerError
		if errors.As(err, &no) { // a clear answer; the connection is good
			return unknown(why(err))
		}
		w.hangUp()
	}
	return unknown(why(err))
}

func (w *watcher) hangUp() {
	if w.conn != nil {
		_ = w.conn.Close() // nothing is waited for any more
		w.conn = nil
	}
}
