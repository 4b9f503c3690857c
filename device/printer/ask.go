package printer

import (
	"context"
	"errors"
	"time"
)

// ask sends one DLE EOT and waits for its answer. While an earlier answer is
// overdue it hears the whole time out and takes the last one: answers come in
// the order of the questions.
func (p *Printer) ask(ctx context.Context, n byte) (answer byte, ok bool, err error) {
	patient := p.late
	if patient {
		if err := p.settle(ctx); err != nil {
			return 0, false, err
		}
	} else if _, err := p.read(time.Now().Add(glance)); err != nil {
		return 0, false, err
	}
	if err := p.urge(ctx, statusQuery(n)); errors.Is(err, errStalled) {
		return 0, false, nil
	} else if err != nil {
		return 0, false, err
	}
	until := p.after(p.profile.ReplyWait)
	for time.Now().Before(until) {
		if err := ctx.Err(); err != nil {
			p.late = true
			return 0, false, err
		}
		replies, err := p.read(earlier(until, time.Now().Add(tick)))
		if err != nil {
			return 0, false, err
		}
		for _, r := range replies {
			if r.Kind != ReplyRealTime {
				continue
			}
			if !patient {
				return r.Bytes[0], true, nil
			}
			answer, ok = r.Bytes[0], true
		}
	}
	p.late = !ok
	return answer, ok, nil
}

// settle reads until the line is quiet, which most overdue answers do not
// outlast.
func (p *Printer) settle(ctx context.Context) error {
	for end := time.Now().Add(farewell); time.Now().Before(end); {
		if err := ctx.Err(); err != nil {
			return err
		}
		replies, err := p.read(time.Now().Add(settleWait))
		if err != nil {
			return err
		}
		if len(replies) == 0 {
			break
		}
	}
	return nil
}

// Status asks the printer how it is (DLE EOT 1 to 4). A printer that does not
// answer gives a Status that is not Known and no error; an error means that
// the line is gone or ctx has ended.
func (p *Printer) Status(ctx context.Context) (Status, error) {
	if err := p.acquire(ctx); err != nil {
		return Status{}, err
	}
	defer p.release()
	return p.status(ctx)
}

// status asks until noise can hardly have answered: a trouble that is new is
// said twice.
func (p *Printer) status(ctx context.Context) (Status, error) {
	if p.profile.NoStatus {
		return Status{}, ctx.Err()
	}
	s, whole, err := p.questions(ctx)
	if whole && s.Trouble() != ReasonNone && !s.like(p.answer) {
		if err = p.settle(ctx); err == nil {
			s, whole, err = p.questions(ctx)
		}
	}
	if whole {
		p.answered(s)
	}
	return s, err
}

// questions asks DLE EOT 1 to 4. What was not answered stays unknown; whole
// tells that all was.
func (p *Printer) questions(ctx context.Context) (s Status, whole bool, err error) {
	// What is reported from now on may be newer than the answers.
	rumour := p.rumour
	p.rumour = nil
	for n := byte(1); n <= 4; n++ {
		b, ok, err := p.ask(ctx, n)
		if err != nil {
			return Status{}, false, err
		}
		if !ok {
			if p.rumour == nil {
				p.rumour = rumour
			}
			return s, false, nil
		}
		s.realTimeReply(n, b)
	}
	return s, true, nil
}
