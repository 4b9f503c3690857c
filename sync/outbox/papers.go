package outbox

import (
	"context"
	"encoding/json"
	"fmt"

	"tramhoso/sync/dossier"
	"tramhoso/sync/seal"
	"tramhoso/sync/store"
)

// The kinds of paper.
const (
	PaperSlip   = "slip"
	PaperForm01 = "form01"
	PaperRecall = "withdrawal" // for whoever asked a dossier back at the counter
)

// Paper is a print job, opened.
type Paper struct {
	ID     int64
	Packet string
	Kind   string
	Copy   int // 0: the first; else it must say that it is a reprint
	State  store.PrintState
	Reason string
	QR     string // of a slip
	Data   []byte // as the caller drew it up
}

type paperContent struct {
	QR   string `json:"qr,omitempty"`
	Data []byte `json:"data"`
}

// purposePapers names the key that wraps the papers' own keys.
const purposePapers = "print jobs"

// sealPaper encrypts a paper under a key of its own, which is wrapped: its
// destruction destroys the paper.
func (o *Outbox) sealPaper(packet, kind string, c paperContent) (*store.Print, error) {
	plain, err := json.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("failed to encode a paper: %w", err)
	}
	key, place := seal.NewKey(), paperPlace(packet, kind)
	defer clear(key)
	sealed, err := seal.SealWithKey(key, plain, place)
	if err != nil {
		return nil, err
	}
	wrap, err := seal.Subkey(o.c.Keys.Storage(), purposePapers)
	if err != nil {
		return nil, err
	}
	wrapped, err := seal.SealWithKey(wrap, key, place)
	if err != nil {
		return nil, err
	}
	return &store.Print{Kind: kind, Sealed: sealed, Key: wrapped}, nil
}

func paperPlace(packet, kind string) []byte { return []byte("print_jobs|" + packet + "|" + kind) }

// AddPaper keeps a further paper about a dossier, such as Form 01.
func (o *Outbox) AddPaper(ctx context.Context, packet, kind string, data []byte) (job int64, err error) {
	p, err := o.sealPaper(packet, kind, paperContent{Data: data})
	if err != nil {
		return 0, err
	}
	return o.c.Store.AddPrint(ctx, packet, *p)
}

// Paper opens a print job. Once its key was destroyed it is CodeNotFound.
func (o *Outbox) Paper(ctx context.Context, job int64) (Paper, error) {
	j, err := o.c.Store.PrintJob(ctx, job)
	if err != nil {
		return Paper{}, err
	}
	return o.open(j)
}

// NextPaper opens the oldest paper that was not sent to the printer yet;
// CodeNotFound when there is none.
func (o *Outbox) NextPaper(ctx context.Context) (Paper, error) {
	jobs, err := o.c.Store.OpenPrintJobs(ctx)
	if err != nil {
		return Paper{}, err
	}
	for _, j := range jobs {
		if j.State == store.PrintRendered {
			return o.open(j)
		}
	}
	return Paper{}, dossier.E(dossier.CodeNotFound, nil)
}

func (o *Outbox) open(j store.PrintJob) (Paper, error) {
	if j.Key == nil {
		return Paper{}, dossier.Errorf(dossier.CodeNotFound, "the paper's key was destroyed")
	}
	wrap, err := seal.Subkey(o.c.Keys.Storage(), purposePapers)
	if err != nil {
		return Paper{}, err
	}
	place := paperPlace(j.Packet, j.Kind)
	key, err := seal.OpenWithKey(wrap, j.Key, place)
	if err != nil {
		return Paper{}, fmt.Errorf("failed to unwrap a paper's key: %w", err)
	}
	defer clear(key)
	plain, err := seal.OpenWithKey(key, j.Sealed, place)
	if err != nil {
		return Paper{}, fmt.Errorf("failed to open a paper: %w", err)
	}
	var c paperContent
	if err := json.Unmarshal(plain, &c); err != nil {
		return Paper{}, dossier.Errorf(dossier.CodeInvalid, "failed to read a paper: %w", err)
	}
	return Paper{ID: j.ID, Packet: j.Packet, Kind: j.Kind, Copy: j.Copy, State: j.State, Reason: j.Reason, QR: c.QR, Data: c.Data}, nil
}
