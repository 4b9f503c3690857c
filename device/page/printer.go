package page

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"
)

// MaxDocumentBytes bounds a document: a result with scanned pages is a few
// megabytes, and a queue keeps all of it in its spool.
const MaxDocumentBytes = 32 << 20

// maxCopies bounds the copies of one job: more is a mistake that costs a tray.
const maxCopies = 20

// MaxNameBytes bounds a job's name (RFC 8011 5.3.5).
const MaxNameBytes = 255

// Media is a paper size by its registered name (PWG 5101.1).
type Media string

// The sizes of the forms.
const (
	A4 Media = "iso_a4_210x297mm"
	A5 Media = "iso_a5_148x210mm"
)

// Sides says how many sides of a sheet are printed on (RFC 8011 5.2.8).
type Sides string

// OneSided is the default: a signed paper is copied and filed.
const OneSided Sides = "one-sided"

// Options say how a document is printed.
type Options struct {
	Name   string // of the job; unique, and no personal data: it stands in the printer's list
	Media  Media  // "": A4
	Copies int    // 0: one
	Sides  Sides  // "": one side
	// Taken, if set, is called once when the printer has taken the job, with
	// the number that it gave it.
	Taken func(job int)
	// Waits, if set, is called when the job stops for a reason or goes on
	// (ReasonNone).
	Waits func(Reason)
}

// Result is how a job ended.
type Result int

// The results.
const (
	Failed  Result = iota // it did not come out, or not whole
	Printed               // the printer says that it is completed
	Unknown               // a person must look
)

// String names the result for logs.
func (r Result) String() string {
	return [...]string{"failed", "printed", "unknown"}[r]
}

// Outcome is the end of a job.
type Outcome struct {
	Result  Result
	Reason  Reason
	Job     int  // the printer's number of it; 0: it was not taken, or nobody knows
	Started bool // some of it may be on paper
}

// Timing holds the waits of a Printer; zero means the default.
type Timing struct {
	Ask    time.Duration // 10 s: the answer to a question; a printer that sleeps wakes in five
	Send   time.Duration // 2 min: taking the largest document over a slow line
	Poll   time.Duration // 1 s: between two looks at a job
	Lost   time.Duration // 45 s: without an answer before a taken job is unknown
	Stop   time.Duration // 10 min: how long a stopped job may wait for a person
	Finish time.Duration // 30 min: how long any job may take
}

func (t Timing) filled() Timing {
	return Timing{
		Ask: cmp.Or(t.Ask, 10*time.Second), Send: cmp.Or(t.Send, 2*time.Minute), Poll: cmp.Or(t.Poll, time.Second),
		Lost: cmp.Or(t.Lost, 45*time.Second), Stop: cmp.Or(t.Stop, 10*time.Minute), Finish: cmp.Or(t.Finish, 30*time.Minute),
	}
}

// Config says where a printer is.
type Config struct {
	URI    string // ipp://localhost/printers/NAME
	Socket string // the local socket of CUPS; "": the URI's host is connected to
	Timing Timing
}

// Printer is one page printer. It is safe for concurrent use.
type Printer struct {
	c      *client
	timing Timing
}

// New examines the address; it does not yet speak with the printer.
func New(c Config) (*Printer, error) {
	timing := c.Timing.filled()
	cl, err := newClient(c.URI, c.Socket, timing)
	if err != nil {
		return nil, err
	}
	return &Printer{c: cl, timing: timing}, nil
}

// Close lets go of idle connections.
func (p *Printer) Close() { p.c.close() }

// wanted is what Status asks for; a whole answer is a hundred times as much.
var wanted = []string{"printer-state", "printer-state-reasons", "printer-is-accepting-jobs", "printer-make-and-model",
	"media-ready", "media-supported", "document-format-supported"}

// Status asks the printer how it is. Without an answer the status is not known,
// its Stops says why, and the error says it in words.
func (p *Printer) Status(ctx context.Context) (Status, error) {
	answer, err := p.c.call(ctx, p.c.operation(opGetAttributes, text(tagKeyword, "requested-attributes", wanted...)))
	if err != nil {
		return Status{Stops: why(err)}, fmt.Errorf("failed to ask the printer: %w", err)
	}
	return readStatus(answer.first(tagPrinter)), nil
}

// errDocument is a document that is not sent at all.
var errDocument = errors.New("not a document that can be printed")

// Check examines a document without a printer: whether it begins and ends as a
// PDF does and is of a bearable size.
func Check(pdf []byte) error {
	// Adobe's readers allow 1,024 bytes of anything before the head and behind
	// the end, and files do have them.
	const slack = 1024
	switch {
	case len(pdf) > MaxDocumentBytes:
		return fmt.Errorf("%w: larger than %d MB", errDocument, MaxDocumentBytes>>20)
	case !bytes.Contains(pdf[:min(len(pdf), slack)], []byte("%PDF-")):
		return fmt.Errorf("%w: no PDF", errDocument)
	case !bytes.Contains(pdf[max(0, len(pdf)-slack):], []byte("%%EOF")):
		return fmt.Errorf("%w: a PDF that breaks off", errDocument)
	}
	return nil
}

func (o Options) attributes() (op, job []attribute, err error) {
	if o.Name == "" || len(o.Name) > MaxNameBytes {
		return nil, nil, fmt.Errorf("%w: a job needs a name", errDocument)
	}
	if o.Copies < 0 || o.Copies > maxCopies {
		return nil, nil, fmt.Errorf("%w: %d copies", errDocument, o.Copies)
	}
	op = []attribute{text(tagName, "requesting-user-name", asks), text(tagName, "job-name", o.Name),
		// Without fidelity a printer may put an A5 page on A4 and say that it is done.
		{Name: "ipp-attribute-fidelity", Values: []value{{Tag: tagBoolean, Int: 1}}},
		text(tagMime, "document-format", formatPDF)}
	job = []attribute{text(tagKeyword, "media", string(cmp.Or(o.Media, A4))), text(tagKeyword, "sides", string(cmp.Or(o.Sides, OneSided)))}
	if n := max(1, o.Copies); n > 1 {
		job = append(job, integer("copies", n))
	}
	return op, job, nil
}

// Print sends a document once and follows it to its end. An error beside the
// outcome says in words what the reason says in short; the outcome holds in any
// case. When ctx ends, a job that was taken stays with the printer and its
// outcome is Unknown: Find asks for it later.
func (p *Printer) Print(ctx context.Context, pdf []byte, o Options) (Outcome, error) {
	op, job, err := o.attributes()
	if err == nil {
		err = Check(pdf)
	}
	if err != nil {
		return Outcome{Reason: ReasonDocument}, err
	}
	status, err := p.Status(ctx)
	if err != nil {
		return Outcome{Reason: status.Stops}, err
	}
	if !status.Ready() {
		return Outcome{Reason: status.Stops}, nil
	}
	request := func(code uint16) message {
		m := p.c.operation(code, op...)
		m.Groups = append(m.Groups, group{Tag: tagJob, Attrs: job})
		return m
	}
	if _, err := p.c.call(ctx, request(opValidateJob)); err != nil {
		return Outcome{Reason: why(err)}, fmt.Errorf("failed to announce the job: %w", err)
	}
	sending, done := context.WithTimeout(ctx, p.timing.Send)
	answer, sent, err := p.c.send(sending, request(opPrintJob), pdf)
	done()
	if err != nil {
		var status *statusError
		if errors.As(err, &status) || !sent {
			// A PDF that is not whole cannot be printed, and a printer that says
			// no has not taken it.
			return Outcome{Reason: why(err)}, fmt.Errorf("failed to send the job: %w", err)
		}
		return p.lookFor(ctx, o, err)
	}
	id, ok := answer.first(tagJob).number("job-id")
	if !ok || id <= 0 {
		return p.lookFor(ctx, o, fmt.Errorf("%w: a job without a number", errMessage))
	}
	if o.Taken != nil {
		o.Taken(id)
	}
	return p.follow(ctx, id, o.Waits)
}

// lookFor finds out about a job whose document has left us whole and whose
// answer was lost.
func (p *Printer) lookFor(ctx context.Context, o Options, cause error) (Outcome, error) {
	out, err := p.Find(ctx, o)
	if err != nil {
		return out, errors.Join(cause, err)
	}
	return out, nil
}
