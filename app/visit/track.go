package visit

import "tramhoso/sync/dossier"

// openSlip shows what lies under a slip: its QR carries the secret.
func (v *Visit) openSlip(data string) ScanKind {
	s, err := v.ports.Codes.Slip(data)
	if err == nil {
		var r dossier.CitizenCard
		if r, err = v.ports.Lookup.BySlip(s); err == nil {
			v.card, v.slip, v.present = r, s, 0
			if v.goal == GoalCollect && r.Ready() {
				v.goTo(ResultReady)
			} else {
				v.goTo(Timeline)
			}
			return ScanSlip
		}
	}
	_ = v.fail(err)
	return ScanRefused
}

// Refresh looks again at what is on the screen: news may have come for a slip,
// and a procedure may have been withdrawn.
func (v *Visit) Refresh() {
	if v.step == Procedure {
		if _, err := v.catalogue().Procedure(v.looking.Code); err != nil {
			_ = v.fail(err)
		}
	}
	if v.step != Timeline && v.step != ResultReady && v.step != Withdrawn {
		return
	}
	if card, err := v.ports.Lookup.BySlip(v.slip); err == nil {
		v.card = card
	}
	if v.step == Withdrawn && v.card.Withdrawn.State != dossier.WithdrawalAsked {
		v.goTo(Timeline) // the agency has answered: the dossier's way says what
	}
}

// countByCard tells only that something is here: a card's text can be copied
// and its number guessed.
func (v *Visit) countByCard(data string) ScanKind {
	r, err := v.ports.Reader.Read(data)
	if dossier.CodeOf(err) == dossier.CodeNotAnID { // nobody was asked for a card only
		err = dossier.E(dossier.CodeNotASlip, err)
	}
	if err != nil {
		_ = v.fail(err)
		return ScanRefused
	}
	if v.showCount(r.Person.Number) != nil {
		return ScanRefused
	}
	return ScanCard
}

func (v *Visit) showCount(number string) error {
	n, err := v.ports.Lookup.CountByID(number)
	return v.show(n, err)
}

// show tells how many dossiers were found, and no more.
func (v *Visit) show(n int, err error) error {
	if err == nil && n == 0 {
		err = dossier.E(dossier.CodeNotFound, nil)
	}
	if err != nil {
		return v.fail(err)
	}
	v.card, v.present = dossier.CitizenCard{}, n
	v.goTo(Present)
	return nil
}

// lookupTyped takes a slip number, with its check character, a card's number, or
// the agency's code of a dossier.
func (v *Visit) lookupTyped(text string) error {
	number, notSlip := v.ports.Codes.SlipNumber(text)
	if notSlip == nil {
		here, err := v.ports.Lookup.HasSlip(number)
		if err != nil || here {
			return v.show(1, err)
		} // an agency's code may read as a slip number of nobody's
	}
	r, err := v.ports.Reader.Read(compact(text))
	switch {
	case err == nil && r.Person.Name == "":
		return v.showCount(r.Person.Number)
	case dossier.CodeOf(err) == dossier.CodeOldNumber:
		return v.fail(err)
	}
	n, err := v.ports.Lookup.CountByCode(text)
	if dossier.CodeOf(err) == dossier.CodeInvalid {
		n, err = 0, nil
	}
	return v.show(n, err)
}
