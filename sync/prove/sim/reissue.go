package sim

import (
	"fmt"

	"tramhoso/sync/audit"
	"tramhoso/sync/dossier"
	"tramhoso/sync/outbox"
	"tramhoso/sync/prove"
	"tramhoso/sync/staff"
	"tramhoso/sync/token"
)

// paperOf is what a slip's paper says here: its number and which slip of its
// dossier it is.
func paperOf(number string, issue int) []byte {
	return fmt.Appendf(nil, "%s %d %s", number, issue, prove.CanaryName)
}

// readPaper is the way back.
func readPaper(data []byte) (number string, issue int) {
	_, _ = fmt.Sscan(string(data), &number, &issue)
	return number, issue
}

// stepReissue lets somebody who lost a slip come with their card, and a clerk give
// them a new one.
func (w *World) stepReissue() bool {
	v, ok := some(w, w.shown(w.any()))
	if ok {
		w.reissue(v)
	}
	return ok
}

// reissue gives a new slip, or goes on with one during which the station died: the
// clerk taps once more, and whoever died in between gives no second one.
func (w *World) reissue(v *visit) {
	s := v.at
	if v.wish == "" {
		w.letters++
		v.wish = fmt.Sprintf("new slip %d", w.letters)
	}
	list, err := s.run.Province.Staff()
	w.must(err)
	clerk, err := staff.Login(list, w.template.badge, prove.ClerkPIN, w.now())
	w.must(err)
	n := s.run.NewSlip(s.run.clock, clerk.Identity, v.wish, v.got.Packet)
	n.Journal = audit.New(s.run.Store.Audit(), audit.NewSigner("tramhoso", s.run.Keys.AuditKey()), s.run.clock)
	n.Print = func(f outbox.Facts, _ dossier.CounterCard, issue int) ([]byte, error) {
		return paperOf(f.Number, issue), nil
	}
	got, err := s.run.Inbox.Reissue(w.ctx, n)
	switch code := dossier.CodeOf(err); {
	case !s.alive():
		w.story.tell("%s: a new slip for %s is interrupted", s.code, v)
		return
	case code == dossier.CodeBadTransition, code == dossier.CodeSlipLimit, code == dossier.CodeNotFound:
		w.story.tell("%s: %s gets no new slip: %s", s.code, v, code)
		v.wish = ""
		return
	case err != nil:
		w.story.tell("%s: no new slip for %s is kept: %s", s.code, v, codeOf(err))
		if code != dossier.CodeStorageFull {
			w.story.wrong("%s cannot give a new slip for %s: %v", s.code, v, err)
		}
		return // they wait, and the clerk tries again
	}
	v.wish = ""
	w.name(got.Packet, fmt.Sprintf("%s/%d (custody)", s.code, got.Seq))
	slip, err := token.ReadSlip(got.QR)
	if err != nil || slip.PacketID != v.got.Packet || slip.Number() != v.got.Slip || got.Slip != v.got.Slip {
		w.story.wrong("the new slip of %s stands for something else: %v", v, err)
		return
	}
	for _, old := range append(v.lost, v.slip) {
		if old.Secret == slip.Secret {
			w.story.wrong("the new slip of %s has the secret of a lost one", v)
		}
	}
	v.lost, v.slip = append(v.lost, v.slip), slip
	w.story.tell("%s: %s gets new slip %d, packet %d", s.code, v, len(v.lost), got.Seq)
	w.checkSlips(v)
}

// finishWishes lets everybody who waits for a new slip have it or know that they
// get none.
func (w *World) finishWishes(s *stationSim) {
	for _, v := range w.shown(s) {
		if v.wish != "" {
			w.reissue(v)
		}
	}
}

// checkSlips wants the newest slip to open the card, and no other.
func (w *World) checkSlips(v *visit) {
	in := v.at.run.Inbox
	if _, err := in.BySlip(w.ctx, v.slip); err != nil {
		w.story.wrong("the slip of %s opens nothing: %v", v, err)
	}
	for i, old := range v.lost {
		if _, err := in.BySlip(w.ctx, old); dossier.CodeOf(err) != dossier.CodeSlipVoid {
			w.story.wrong("slip %d of %s, which was replaced, is answered with %v", i, v, err)
		}
	}
}
