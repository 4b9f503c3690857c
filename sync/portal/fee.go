package portal

import (
	"tramhoso/sync/dossier"
	"tramhoso/sync/portal/ledger"
)

// due takes the amount that the officer states. A payment cannot be asked for
// without one: unstated it is what is due already, else the procedure's fee.
func (p *Portal) due(tx ledger.Reader, d *ledger.Dossier, a Action, q DeskRequest) error {
	fee := q.Amount
	if a == ActPay && fee == nil {
		if fee = d.FeeDue; fee == nil {
			var content dossier.Dossier
			pk, err := tx.Packet(d.Packet)
			if err != nil {
				return err
			}
			if err := p.openBody(pk, &content); err != nil {
				return err
			}
			proc, err := p.procedureAt(tx, d.Procedure)
			if err != nil {
				return err
			}
			fee = feeOf(proc, content)
		}
	}
	switch {
	case a == ActPay && (fee == nil || *fee == 0):
		return dossier.Errorf(dossier.CodeInvalid, "no amount is known: the officer states it")
	case fee == nil:
		return nil
	case *fee < 0:
		return dossier.Errorf(dossier.CodeInvalid, "a negative amount")
	}
	d.FeeDue = fee
	return nil
}

// feeOf is what the procedure costs with the dossier's answers, nil where it is
// not known.
func feeOf(proc dossier.Procedure, c dossier.Dossier) *int64 {
	if fee, known := proc.FeeFor(c.Answers); known {
		return &fee
	}
	return nil
}

// charged is the fee that Form 01 names, whether or not it was paid before: the
// officer's amount, else that of an earlier Form 01, else the one asked for, else
// the procedure's.
func (p *Portal) charged(tx ledger.Reader, d ledger.Dossier, q DeskRequest, proc dossier.Procedure, c dossier.Dossier) (*int64, error) {
	if q.Amount != nil {
		return q.Amount, nil
	}
	steps, err := tx.Steps(d.Packet)
	if err != nil {
		return nil, err
	}
	for i := len(steps) - 1; i >= 0; i-- {
		if steps[i].Action != string(ActAccept) {
			continue
		}
		var detail stepDetail
		if err := p.keys().open(steps[i].Sealed, &detail); err != nil {
			return nil, err
		}
		if f := detail.Form01; f != nil && f.Fee != nil {
			return f.Fee, nil
		}
	}
	if d.FeeDue != nil && *d.FeeDue > 0 {
		return d.FeeDue, nil
	}
	return feeOf(proc, c), nil
}
