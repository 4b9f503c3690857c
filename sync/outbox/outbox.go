package outbox

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"

	"github.com/google/uuid"

	"tramhoso/sync/clock"
	"tramhoso/sync/dossier"
	"tramhoso/sync/seal"
	"tramhoso/sync/store"
	"tramhoso/sync/token"
)

// Station is who signs and what stands on a slip.
type Station struct {
	Code     string
	SlipHost string
}

// Config is what an outbox needs. All functions may answer with an error that
// carries dossier.CodeNotEnrolled.
type Config struct {
	Store     *store.Store
	Keys      *seal.Keys
	Clock     clock.Clock
	Station   func() (Station, error)
	Recipient func() (seal.Recipient, error) // the province's key that is valid now
	Counter   func() ([]string, error)       // recipients that counter cards are sealed to
	NewID     func() (uuid.UUID, error)      // of a packet, version 7; nil: uuid.NewV7
	Log       *slog.Logger                   // nil: slog.Default()
}

// Outbox takes letters in.
type Outbox struct{ c Config }

// New makes an outbox.
func New(c Config) *Outbox {
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.NewID == nil {
		c.NewID = uuid.NewV7
	}
	return &Outbox{c: c}
}

// Letter is one thing to say to the portal.
type Letter struct {
	Token     string // one per visit: a second tap brings the same
	Kind      dossier.PacketKind
	Parent    string
	Procedure *dossier.ProcedureRef
	Body      func(slip string) (any, error) // the content for this slip number ("" without a slip), as JSON
	Slip      *Slip                          // nil: no slip is given
	HandOver  string                         // packet id of the dossier that is handed over
	Withdraw  string                         // packet id of the dossier that is asked back
	// Withdrawal is the content of a withdrawal packet that follows this letter in
	// the same transaction: this one replaces the dossier that Withdraw names.
	Withdrawal *dossier.Withdrawal
	// Note is a paper that comes with a withdrawal; nil: none does.
	Note *Note
	Leaf *store.Leaf // of the audit log, kept with the letter; nil: none
	// Attachments name files that AddFile has kept: they go after the packet.
	Attachments []dossier.Attachment
}

// Slip is what a letter with a slip carries besides its content.
type Slip struct {
	IDNumber string              // of the applicant; only its keyed hash is kept
	Citizen  dossier.CitizenCard // Packet, Slip, Station and Submitted are filled in
	Counter  dossier.CounterCard // likewise
	Print    func(Facts) ([]byte, error)
}

// Note is a paper that comes with a letter and is no slip: nothing opens with it.
type Note struct {
	Kind  string
	Print func(Facts) ([]byte, error) // draws it up; Facts without a number and a QR
}

// AddFile seals a file to the province as it is read, and keeps it with the draft
// of that id until a letter names it; see store.AddFile. role says which paper of
// the procedure it shows. The station cannot read it any more.
func (o *Outbox) AddFile(ctx context.Context, draft, role string, r io.Reader) (dossier.Attachment, error) {
	to, err := o.c.Recipient()
	if err != nil {
		return dossier.Attachment{}, fmt.Errorf("failed to add a file: %w", err)
	}
	return o.c.Store.AddFile(ctx, draft, role, func(w io.Writer) (dossier.Attachment, error) {
		return seal.SealAttachment(w, r, to)
	})
}

// Facts are what a slip shows that only the commit knows.
type Facts struct {
	Packet string
	Number string // slip number
	QR     string // text of the slip's QR
	At     dossier.Stamp
}

// Submitted is what a submit tap brought.
type Submitted struct {
	Packet   string
	Seq      uint64
	Slip     string // slip number or ""
	QR       string // text of the slip's QR; "" without a slip or once the print job was destroyed
	At       dossier.Stamp
	PrintJob int64 // 0: none
	Again    bool  // the token was used before: this is the first result
}

// Submit keeps a letter. When it returns without an error, everything about it
// is on the disk.
func (o *Outbox) Submit(ctx context.Context, l Letter) (Submitted, error) {
	st, err := o.c.Station()
	if err != nil {
		return Submitted{}, fmt.Errorf("failed to submit: %w", err)
	}
	to, err := o.c.Recipient()
	if err != nil {
		return Submitted{}, fmt.Errorf("failed to submit: %w", err)
	}
	var counter []string
	if l.Slip != nil {
		if counter, err = o.c.Counter(); err != nil {
			return Submitted{}, fmt.Errorf("failed to submit: %w", err)
		}
	}
	w := writing{Outbox: o, Letter: l, station: st, to: to, counter: counter}
	c, err := o.c.Store.Commit(ctx, store.Submission{Token: l.Token, Slip: l.Slip != nil, Build: w.build})
	if err != nil && (slipWaits || w.facts.Packet == "") {
		return Submitted{}, fmt.Errorf("failed to submit: %w", err)
	}
	s := Submitted{Packet: c.Packet, Seq: c.Seq, Slip: c.Slip, QR: w.facts.QR, At: w.facts.At, PrintJob: c.PrintJob, Again: c.Again}
	if c.Again {
		return o.first(ctx, s)
	}
	o.c.Log.Info("packet committed", "packet", c.Packet, "seq", c.Seq, "kind", string(l.Kind))
	return s, nil
}

// first fills in what the first tap was told.
func (o *Outbox) first(ctx context.Context, s Submitted) (Submitted, error) {
	h, err := o.c.Store.Head(ctx, s.Packet)
	if err != nil {
		return Submitted{}, fmt.Errorf("failed to read the first result: %w", err)
	}
	s.At = h.Time
	if s.PrintJob == 0 {
		return s, nil
	}
	p, err := o.Paper(ctx, s.PrintJob)
	switch {
	case dossier.CodeOf(err) == dossier.CodeNotFound: // destroyed after its time
	case err != nil:
		return Submitted{}, err
	default:
		s.QR = p.QR
	}
	return s, nil
}

// writing is one letter on its way into the store.
type writing struct {
	*Outbox
	Letter
	station Station
	to      seal.Recipient
	counter []string
	facts   Facts
}

// build makes the rows for the numbers that the transaction took.
func (w *writing) build(seq, serial uint64) (store.Rows, error) {
	id, err := w.c.NewID()
	if err != nil {
		return store.Rows{}, fmt.Errorf("failed to draw a packet id: %w", err)
	}
	w.facts = Facts{Packet: id.String(), At: w.c.Clock.Stamp()}
	var secret [16]byte
	if w.Slip != nil {
		secret = seal.NewSlipSecret()
		w.facts.Number = token.SlipNumber(w.station.Code, serial)
		w.facts.QR = token.MakeSlip(w.station.SlipHost, w.station.Code, serial, w.facts.Packet, secret, w.c.Keys.SlipKey())
		if w.facts.Number == "" || w.facts.QR == "" {
			return store.Rows{}, dossier.Errorf(dossier.CodeInvalid, "no slip can be made for serial %d", serial)
		}
	}
	content, err := w.Body(w.facts.Number)
	if err != nil {
		return store.Rows{}, fmt.Errorf("failed to write the content: %w", err)
	}
	body, err := json.Marshal(content)
	if err != nil {
		return store.Rows{}, fmt.Errorf("failed to encode the content: %w", err)
	}
	p, err := seal.Freeze(dossier.Head{
		ID: w.facts.Packet, Kind: w.Kind, Station: w.station.Code, Seq: seq,
		Parent: w.Parent, Procedure: w.Procedure, Time: w.facts.At, Attachments: w.Attachments,
	}, body, w.to, w.c.Keys.PacketSigner())
	if err != nil {
		return store.Rows{}, err
	}
	rows := store.Rows{Packet: p, Digest: seal.Digest(p.JWS, p.Body), Priority: store.PriorityPacket, HandOver: w.Letter.HandOver, Withdraw: w.Letter.Withdraw}
	if w.Letter.HandOver != "" {
		rows.Priority = store.PriorityHandover
	}
	if w.Slip != nil {
		if err := w.slip(&rows, secret); err != nil {
			return rows, err
		}
	}
	rows.Leaf = w.Leaf
	if w.Note != nil {
		data, err := w.Note.Print(w.facts)
		if err != nil {
			return rows, fmt.Errorf("failed to draw up a note: %w", err)
		}
		if rows.Print, err = w.sealPaper(w.Letter.Withdraw, w.Note.Kind, paperContent{Data: data}); err != nil {
			return rows, err
		}
	}
	if w.Withdrawal != nil {
		rows.Second, err = w.second(seq + 1)
	}
	return rows, err
}

// slip adds what a slip stands for: the plain row, both cards, the paper.
func (w *writing) slip(rows *store.Rows, secret [16]byte) error {
	public := seal.SlipCardPublic(secret)
	rows.Dossier = &store.Dossier{Slip: w.facts.Number, CitizenKey: public}
	if w.Slip.IDNumber != "" {
		rows.Dossier.IDIndex = w.Slip.IDNumber
		if numbersAreHashed {
			rows.Dossier.IDIndex = seal.IDIndex(w.c.Keys.Storage(), w.Slip.IDNumber)
		}
	}
	track := func(t *dossier.Track) {
		t.Packet, t.Slip, t.Station, t.Submitted = w.facts.Packet, w.facts.Number, w.station.Code, w.facts.At
	}
	citizen, counter := w.Slip.Citizen, w.Slip.Counter
	track(&citizen.Track)
	track(&counter.Track)
	cards, err := SealFirst(citizen, counter, public, w.counter)
	if err != nil {
		return err
	}
	rows.Cards = cards
	data, err := w.Slip.Print(w.facts)
	if err != nil {
		return fmt.Errorf("failed to draw up the slip: %w", err)
	}
	rows.Print, err = w.sealPaper(w.facts.Packet, PaperSlip, paperContent{QR: w.facts.QR, Data: data})
	return err
}

// SubmitDossier keeps a dossier and its slip. d.Slip is filled in; agency is the
// agency's name as shown, print draws up the slip's content for the printer, files
// were kept by AddFile.
func (o *Outbox) SubmitDossier(ctx context.Context, submitToken string, d dossier.Dossier, agency string,
	print func(Facts) ([]byte, error), files ...dossier.Attachment) (Submitted, error) {
	return o.Submit(ctx, dossierLetter(submitToken, d, agency, print, files))
}

func dossierLetter(submitToken string, d dossier.Dossier, agency string, print func(Facts) ([]byte, error), files []dossier.Attachment) Letter {
	t := dossier.Track{Procedure: d.Procedure, Title: d.Title, Agency: d.Agency, Office: agency, Return: d.Return}
	person := d.Applicant.Person
	return Letter{
		Token: submitToken, Kind: dossier.KindDossier, Procedure: &d.Procedure, Attachments: files,
		Body: func(slip string) (any, error) {
			d.Slip = slip
			return d, nil
		},
		Slip: &Slip{
			IDNumber: person.Number,
			Citizen:  dossier.CitizenCard{Track: t, Applicant: person.Name},
			Counter: dossier.CounterCard{Track: t, Name: person.Name, Last4: person.Last4(),
				Phone: d.Applicant.Phone, Papers: d.Papers},
			Print: print,
		},
	}
}
