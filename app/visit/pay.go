package visit

import (
	"crypto/sha256"
	"encoding/binary"

	"tramhoso/sync/dossier"
)

// refLetters are those that nobody takes for another (Crockford's base 32).
const refLetters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// refLength is 40 bits: two dossiers of one agency in a year share a reference
// once in ten thousand years.
const refLength = 8

// purposePrefix is understood by whoever reads an account's statement. With the
// reference it has 21 of the 25 characters that a purpose can have.
const purposePrefix = "LE PHI HO SO "

// purpose is by what an agency finds the dossier that a transfer pays for. It
// says nothing of the person, and is the same on the screen, on the slip and in
// the dossier: whoever pays twice is found out, too.
func purpose(token string) string {
	sum := sha256.Sum256([]byte("transfer\x00" + token))
	bits := binary.BigEndian.Uint64(sum[:8])
	ref := make([]byte, refLength)
	for i := range ref {
		ref[i] = refLetters[bits>>59]
		bits <<= 5
	}
	return purposePrefix + string(ref)
}

// offer is the transfer that would pay the fee now; nil when there is nothing to
// pay, the sum is not known, or nobody said where to.
func (v *Visit) offer() *dossier.Transfer {
	fee := v.fee()
	if !fee.Known || fee.Total == 0 {
		return nil
	}
	agency, _ := v.catalogue().Agency(v.procedure.Agency)
	payee, ok := agency.Payee(v.ports.Clock.Now())
	if !ok {
		return nil
	}
	t := dossier.TransferTo(payee, fee.Total, purpose(v.token))
	if _, err := t.QR(); err != nil {
		return nil // an amount or an account that no code can hold: as good as unknown
	}
	return &t
}

// transfer is what the screen shows and the dossier says: what the citizen was
// shown and said yes to stays, whatever the catalogue says since.
func (v *Visit) transfer() *dossier.Transfer {
	if v.delivery.Sent != nil {
		return v.delivery.Sent
	}
	return v.offer()
}

// returnPrices are what the ways back cost, as far as that is known.
func (v *Visit) returnPrices() map[dossier.Return]int64 {
	agency, _ := v.catalogue().Agency(v.procedure.Agency)
	prices := map[dossier.Return]int64{}
	for _, way := range []dossier.Return{dossier.ReturnHere, dossier.ReturnAgency, dossier.ReturnPost, dossier.ReturnElectronic} {
		if amount, known := agency.ReturnPrice(way, v.ports.Clock.Now()); known {
			prices[way] = amount
		}
	}
	return prices
}

// settle makes the choices agree with each other and with what can be. It
// reports whether the citizen has to choose anew: the fee is another than the
// one that a transfer was said to be on its way for.
func (v *Visit) settle() (anew bool) {
	d := &v.delivery
	switch d.Return {
	case dossier.ReturnHere, dossier.ReturnAgency, dossier.ReturnPost, dossier.ReturnElectronic:
	default:
		d.Return = dossier.ReturnHere
	}
	d.consented()
	if fee := v.fee(); d.Sent != nil && (!fee.Known || fee.Total != d.Sent.Amount) {
		d.Sent, anew = nil, true
	}
	if d.Pay != dossier.PayCollect && d.Sent == nil {
		d.Pay = dossier.PayCounter
	}
	return anew
}

// consented forgets what nobody agreed to have used. Whoever takes a channel back
// and chooses it again is asked anew.
func (d *DeliveryChoice) consented() {
	if !d.Notices.SMS && !d.Notices.Zalo {
		d.Phone = ""
	}
	if !d.Notices.Email {
		d.Email = ""
	}
}

// payment is what a dossier says about money.
func (v *Visit) payment(fee Fee) dossier.Payment {
	var p dossier.Payment
	if fee.Known {
		p.Fee = &fee.Total
	}
	if price, known := v.returnPrices()[v.delivery.Return]; known {
		p.Price = &price
	}
	if !fee.Known || fee.Total > 0 {
		p.Pay, p.Transfer = v.delivery.Pay, v.transfer()
	}
	return p
}
