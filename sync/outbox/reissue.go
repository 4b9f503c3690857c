package outbox

import (
	"context"
	"fmt"

	"tramhoso/sync/dossier"
	"tramhoso/sync/seal"
	"tramhoso/sync/store"
	"tramhoso/sync/token"
)

// Reissue is a new slip in place of a lost one: the same number, another secret.
type Reissue struct {
	Token   string // one per wish of a clerk: a second tap brings the same
	Packet  string // of the dossier
	Slip    string // its number
	Old     []byte // the public key of the slip that is lost
	Records []Record
	Custody dossier.Custody             // Slip, What and At are filled in
	Print   func(Facts) ([]byte, error) // draws up the paper
	Leaf    store.Leaf                  // of the audit log
}

// Reissue gives a new slip. When it returns without an error, the lost one is
// void, the new one opens everything that the lost one did, its paper waits for
// the printer, the audit log tells of it, and the province will hear of it: all
// of that, or nothing. Codes as for store.Reissue.
//
// The slip's text says nothing of being a second one. A station that does not
// hold the dossier opens nothing for either of them and sends both to this one;
// the station that holds it compares keys. A number of issue in the signed text
// would tell a stranger's station no more, since it never learns which number is
// the last, and would have made every slip out there one of an old version.
func (o *Outbox) Reissue(ctx context.Context, r Reissue) (Submitted, error) {
	fail := func(err error) (Submitted, error) {
		return Submitted{}, fmt.Errorf("failed to give a new slip: %w", err)
	}
	st, err := o.c.Station()
	if err != nil {
		return fail(err)
	}
	to, err := o.c.Recipient()
	if err != nil {
		return fail(err)
	}
	number, err := token.ParseSlipNumber(r.Slip)
	if err != nil || number.Station != st.Code {
		return fail(dossier.Errorf(dossier.CodeInvalid, "slip %q is not one of station %s", r.Slip, st.Code))
	}
	w := writing{Outbox: o, station: st, to: to, Letter: Letter{Token: r.Token, Kind: dossier.KindCustody, Parent: r.Packet,
		Body: func(string) (any, error) { return r.Custody, nil }, Leaf: &r.Leaf}}
	r.Custody.Slip, r.Custody.What = r.Slip, dossier.CustodySlipReissued
	var qr string
	c, err := o.c.Store.Commit(ctx, store.Submission{Token: r.Token, Build: func(seq, _ uint64) (rows store.Rows, err error) {
		r.Custody.At = o.c.Clock.Stamp().Wall
		if rows, err = w.build(seq, 0); err != nil {
			return rows, err
		}
		secret := seal.NewSlipSecret()
		defer clear(secret[:])
		public := seal.SlipCardPublic(secret)
		f := w.facts
		f.Packet, f.Number = r.Packet, r.Slip
		f.QR = token.MakeSlip(st.SlipHost, st.Code, number.Serial, r.Packet, secret, o.c.Keys.SlipKey())
		if f.QR == "" {
			return rows, dossier.Errorf(dossier.CodeInvalid, "no slip can be made for serial %d", number.Serial)
		}
		qr = f.QR
		rows.Reissue = &store.Reissue{Packet: r.Packet, Old: r.Old, New: public}
		if rows.Reissue.Cards, err = sealCitizen(r.Packet, r.Records, public); err != nil {
			return rows, err
		}
		data, err := r.Print(f)
		if err != nil {
			return rows, fmt.Errorf("failed to draw up the slip: %w", err)
		}
		rows.Print, err = o.sealPaper(r.Packet, PaperSlip, paperContent{QR: f.QR, Data: data})
		return rows, err
	}})
	if err != nil {
		return fail(err)
	}
	s := Submitted{Packet: c.Packet, Seq: c.Seq, Slip: r.Slip, QR: qr, At: w.facts.At, PrintJob: c.PrintJob, Again: c.Again}
	if c.Again {
		return o.first(ctx, s)
	}
	o.c.Log.Info("a new slip was given", "packet", r.Packet, "seq", c.Seq)
	return s, nil
}
