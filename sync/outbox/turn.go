package outbox

import (
	"context"
	"errors"
	"time"
)

const (
	// turnMost is how long others wait at once for what is this station's own: a
	// clerk stands before the screen with their stick.
	turnMost = time.Minute
	// turnLook is how soon the end of a wait is seen that no change of the store
	// tells of.
	turnLook = time.Second
)

// Held is what a transfer is told that must not go on now.
type Held struct{ Why Why }

func (h *Held) Error() string { return "it has to wait: " + string(h.Why) }

// WhyOf says what keeps a transfer that failed with err.
func WhyOf(err error) Why {
	var h *Held
	if errors.As(err, &h) {
		return h.Why
	}
	why, _, _, _ := judge(err)
	return why
}

// Turn returns once a chunk that is not this station's own may go: no pause and no
// rule of attachments holds it back, and nothing waits here that could go instead.
// Where that lasts too long, or only trouble could end it, an error of type *Held
// says why. What rests because the portal asked for it, or stumbled over it, lets
// others pass. It may be called beside Run, from any goroutine.
func (f *Files) Turn(ctx context.Context) error {
	news, stop := f.store.Changed()
	defer stop()
	late := time.NewTimer(turnMost)
	defer late.Stop()
	look := time.NewTicker(turnLook)
	defer look.Stop()
	for {
		why, err := f.ahead(ctx)
		switch {
		case err != nil || why == WhyNothing:
			return err
		case why != WhyOwnFirst:
			return &Held{why}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-late.C:
			return &Held{why}
		case <-news:
		case <-look.C:
		}
	}
}

// ahead says what comes before a chunk that is not this station's own. It asks the
// store: what the lanes say of themselves may be a moment old.
func (f *Files) ahead(ctx context.Context) (Why, error) {
	if why, _ := f.holds(); why != WhyNothing {
		return why, nil
	}
	now := time.Now()
	first, err := f.store.Outgoing(ctx, 1)
	if err != nil {
		return WhyStorage, err
	}
	if len(first) > 0 && first[0].Refused == "" {
		st := f.queue.State()
		if !now.Before(st.NextAttempt) || st.Waiting == st.Refused {
			return WhyOwnFirst, nil
		}
		if st.Why != WhyBusy {
			return st.Why, nil
		}
	}
	_, waits, err := f.store.NextFile(ctx, 0)
	if err != nil {
		return WhyStorage, err
	}
	if waits && !now.Before(f.State().NextAttempt) {
		return WhyOwnFirst, nil
	}
	return WhyNothing, nil
}
