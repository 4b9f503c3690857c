package sim

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"strings"

	"tramhoso/sync/dossier"
	"tramhoso/sync/outbox"
	"tramhoso/sync/portal"
	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/prove"
	"tramhoso/sync/token"
)

// visit is what a citizen knows.
type visit struct {
	n     int
	at    *stationSim
	token string
	code  string // of the procedure
	shown bool   // the slip was handed out
	got   outbox.Submitted
	slip  token.Slip   // the newest
	lost  []token.Slip // those before
	wish  string       // for a new slip; "": for none
	files []paper
}

// paper is something that a visitor put on the scanner.
type paper struct {
	dossier.Attachment
	sum [sha256.Size]byte // of what was scanned
}

func (v *visit) String() string { return fmt.Sprintf("visit %d", v.n) }

func (v *visit) attachments() (list []dossier.Attachment) {
	for _, f := range v.files {
		list = append(list, f.Attachment)
	}
	return list
}

// come lets a citizen submit a dossier, with papers or without.
func (w *World) come(s *stationSim) {
	papers := 0
	if w.rough && w.chance(35) {
		papers = 1 + w.draw(2)
	}
	w.comeWith(s, papers)
}

func (w *World) comeWith(s *stationSim, papers int) {
	v := &visit{n: len(w.visits) + 1, at: s, code: procedures[w.draw(len(procedures))]}
	v.token = fmt.Sprintf("%s visit %d", s.code, v.n)
	if err := s.run.Store.CanStart(w.ctx); err != nil {
		w.story.tell("%s begins no visit: %s", s.code, codeOf(err))
		if dossier.CodeOf(err) != dossier.CodeStorageFull && s.alive() {
			w.story.wrong("%s refuses a visit: %v", s.code, err)
		}
		return
	}
	w.visits = append(w.visits, v)
	if papers > 0 && !w.scan(v, papers) {
		return
	}
	w.tap(v)
}

// mostPaper is the largest scan: more than two chunks.
const mostPaper = 600_000

// scan adds papers to a visit.
func (w *World) scan(v *visit, papers int) bool {
	s := v.at
	for n := range papers {
		content := make([]byte, 1+w.draw(mostPaper)>>w.draw(8))
		_, err := rand.NewChaCha8([32]byte{byte(w.seed), byte(v.n), byte(n)}).Read(content)
		w.must(err)
		if len(content) > 100 {
			copy(content[len(content)/2:], prove.CanaryAnswer)
		}
		a, err := s.run.Outbox.AddFile(w.ctx, v.token, "declaration", bytes.NewReader(content))
		switch {
		case !s.alive():
			w.story.tell("%s: %s ends while a paper is scanned", s.code, v)
			return false
		case err != nil:
			w.story.tell("%s: %s cannot add a paper: %s", s.code, v, codeOf(err))
			if dossier.CodeOf(err) != dossier.CodeStorageFull {
				w.story.wrong("%s cannot add a paper: %v", s.code, err)
			}
			return false
		}
		v.files = append(v.files, paper{a, sha256.Sum256(content)})
	}
	w.story.tell("%s: %s adds %d papers", s.code, v, papers)
	return true
}

// tap is a tap on "submit". The same visit may tap again.
func (w *World) tap(v *visit) {
	s := v.at
	d := prove.Dossier(w.now())
	d.Procedure = dossier.ProcedureRef{Code: v.code, Version: 1}
	got, err := s.run.Outbox.SubmitDossier(w.ctx, v.token, d, "UBND xã Ea Thử",
		func(f outbox.Facts) ([]byte, error) { return paperOf(f.Number, 0), nil }, v.attachments()...)
	switch {
	case !s.alive():
		w.story.tell("%s: %s ends without a slip", s.code, v)
		return
	case err != nil:
		w.story.tell("%s: %s is told that nothing was kept: %s", s.code, v, codeOf(err))
		if dossier.CodeOf(err) != dossier.CodeStorageFull {
			w.story.wrong("%s cannot submit: %v", s.code, err)
		}
		return
	}
	w.name(got.Packet, fmt.Sprintf("%s/%d (dossier)", s.code, got.Seq))
	if v.shown {
		w.story.tell("%s: %s taps again and gets slip %s", s.code, v, got.Slip)
		if !got.Again || got.Packet != v.got.Packet || got.Slip != v.got.Slip || got.QR != v.got.QR && got.QR != "" || got.PrintJob != v.got.PrintJob {
			w.story.wrong("the second tap of %s got another result", v)
		}
		return
	}
	w.story.tell("%s: %s gets slip %s for packet %d", s.code, v, got.Slip, got.Seq)
	slip, err := token.ReadSlip(got.QR)
	if err != nil {
		w.story.wrong("the slip of %s cannot be read: %v", v, err)
		return
	}
	v.shown, v.got, v.slip = true, got, slip
	if slip.Number() != got.Slip || slip.PacketID != got.Packet {
		w.story.wrong("the slip of %s stands for something else", v)
	}
}

func (w *World) name(id, name string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.names[id] = name
}

// shown are the visits at a station whose slip was handed out.
func (w *World) shown(s *stationSim) (list []*visit) {
	for _, v := range w.visits {
		if v.at == s && v.shown {
			list = append(list, v)
		}
	}
	return list
}

// some chooses one of a list.
func some[T any](w *World, list []T) (one T, ok bool) {
	if len(list) == 0 {
		return one, false
	}
	return list[w.draw(len(list))], true
}

// again lets somebody tap twice, or come back after the station died.
func (w *World) again(s *stationSim) bool {
	var list []*visit
	for _, v := range w.visits {
		if v.at == s && (v.shown || len(v.files) == 0) { // what was scanned before a crash is gone with its draft
			list = append(list, v)
		}
	}
	v, ok := some(w, list)
	if ok {
		w.tap(v)
	}
	return ok
}

// card is what a citizen's slip shows at the station.
func (w *World) card(v *visit) (dossier.CitizenCard, bool) {
	card, err := v.at.run.Inbox.BySlip(w.ctx, v.slip)
	if dossier.CodeOf(err) == dossier.CodeSlipVoid && v.wish != "" {
		return card, false // they have not been handed the one in place of it
	}
	if err != nil {
		w.story.wrong("the slip of %s opens nothing at %s: %v", v, v.at.code, err)
		return card, false
	}
	return card, true
}

// letter lets a citizen or a clerk say something further about a dossier.
func (w *World) letter(s *stationSim) bool {
	v, ok := some(w, w.shown(s))
	return ok && w.about(v)
}

// about lets somebody say what the dossier's status calls for.
func (w *World) about(v *visit) bool {
	card, ok := w.card(v)
	if !ok {
		return false
	}
	switch card.Status() {
	case dossier.StatusProcessed:
		w.handOver(v)
	case dossier.StatusSupplementRequested:
		w.say(v, dossier.KindSupplement)
	case dossier.StatusPaymentRequired:
		w.say(v, dossier.KindPayment)
	case 0, dossier.StatusAccepted, dossier.StatusInProgress:
		kinds := []dossier.PacketKind{dossier.KindMessage, dossier.KindRating, dossier.KindComplaint, dossier.KindWithdrawal}
		w.say(v, kinds[w.draw(len(kinds))])
	default:
		return false
	}
	return true
}

func (w *World) say(v *visit, kind dossier.PacketKind) {
	s := v.at
	w.letters++
	if kind == dossier.KindWithdrawal {
		w.askBack(v)
		return
	}
	got, err := s.run.Outbox.Submit(w.ctx, outbox.Letter{Token: fmt.Sprintf("letter %d", w.letters), Kind: kind, Parent: v.got.Packet,
		Procedure: &dossier.ProcedureRef{Code: v.code, Version: 1},
		Body:      func(string) (any, error) { return map[string]string{"text": prove.CanaryAnswer}, nil }})
	w.said(s, fmt.Sprintf("a %s about %s", kind, v), got, err)
}

// askBack lets a citizen ask for the dossier back, with a double tap; what is
// asked back already, or handed over, is refused.
func (w *World) askBack(v *visit) {
	s, tap := v.at, fmt.Sprintf("letter %d", w.letters)
	ask := func() (outbox.Submitted, error) {
		return s.run.Outbox.Withdraw(w.ctx, tap, v.got.Packet, dossier.Withdrawal{Slip: v.got.Slip, At: w.now(), Basis: dossier.BasisSlip})
	}
	card, ok := w.card(v)
	if !ok {
		return
	}
	got, err := ask()
	// After a set-back of the portal a status may fall behind what was handed over here.
	if gone := card.Withdrawn.Stands() || !card.Handed.IsZero(); gone && s.alive() && dossier.CodeOf(err) == dossier.CodeWithdrawn {
		return
	} else if gone && s.alive() && err == nil {
		w.story.wrong("%s asks %s back a second time, or after it was handed over", s.code, v)
	}
	w.said(s, fmt.Sprintf("the withdrawal of %s", v), got, err)
	if err != nil || !s.alive() {
		return
	}
	if again, err := ask(); s.alive() && (err != nil || !again.Again || again.Packet != got.Packet) && dossier.CodeOf(err) != dossier.CodeStorageFull {
		w.story.wrong("%s: a double tap asks %s back twice: %v", s.code, v, err)
	}
}

// said tells what became of a letter without a slip.
func (w *World) said(s *stationSim, what string, got outbox.Submitted, err error) {
	switch {
	case !s.alive():
		w.story.tell("%s: %s is interrupted", s.code, what)
	case err != nil:
		w.story.tell("%s: %s is not kept: %s", s.code, what, codeOf(err))
		if dossier.CodeOf(err) != dossier.CodeStorageFull {
			w.story.wrong("%s cannot keep %s: %v", s.code, what, err)
		}
	default:
		w.name(got.Packet, fmt.Sprintf("%s/%d", s.code, got.Seq))
		w.story.tell("%s: %s becomes packet %d", s.code, what, got.Seq)
	}
}

// handOver lets a clerk hand a result over; a second time is refused.
func (w *World) handOver(v *visit) {
	s := v.at
	give := func(tap string) (outbox.Submitted, error) {
		return s.run.Outbox.HandOver(w.ctx, tap, v.got.Packet, dossier.Handover{Slip: v.got.Slip,
			Collector: prove.Dossier(w.now()).Applicant.Person, Basis: "applicant", Staff: "GDV-1", At: w.now()})
	}
	card, ok := w.card(v)
	if !ok {
		return
	}
	got, err := give("hand over " + v.token)
	if !card.Handed.IsZero() && s.alive() && (err == nil && !got.Again || err != nil && dossier.CodeOf(err) != dossier.CodeBadTransition &&
		dossier.CodeOf(err) != dossier.CodeStorageFull) {
		w.story.wrong("%s hands over the result of %s a second time: %v", s.code, v, err)
	}
	w.said(s, fmt.Sprintf("the hand-over to %s", v), got, err)
	if err != nil || !s.alive() || !w.chance(30) {
		return
	}
	if _, err := give("once more " + v.token); dossier.CodeOf(err) != dossier.CodeBadTransition && s.alive() &&
		dossier.CodeOf(err) != dossier.CodeStorageFull {
		w.story.wrong("%s hands over the result of %s twice: %v", s.code, v, err)
	}
}

// officer lets the desk do something that the dossier's status allows.
func (w *World) officer() bool {
	var all []ledger.Dossier
	if err := w.portal.running.led.Store.View(w.ctx, func(r ledger.Reader) (err error) {
		all, err = r.Dossiers(ledger.Filter{})
		return err
	}); err != nil {
		w.story.wrong("the desk cannot list: %v", err)
		return false
	}
	d, ok := some(w, all)
	return ok && w.decide(d)
}

// decide takes a dossier one step.
func (w *World) decide(d ledger.Dossier) bool {
	choices := map[dossier.Status][]portal.Action{
		dossier.StatusRegistered:          {portal.ActAccept, portal.ActAccept, portal.ActAccept, portal.ActAccept, portal.ActSupplement, portal.ActPay, portal.ActRefuse},
		dossier.StatusAccepted:            {portal.ActReady, portal.ActReady, portal.ActStart, portal.ActSupplement, portal.ActStop},
		dossier.StatusInProgress:          {portal.ActReady, portal.ActReady, portal.ActReady, portal.ActPay, portal.ActSupplement},
		dossier.StatusSupplementRequested: {portal.ActAccept, portal.ActStop},
		dossier.StatusPaymentRequired:     {portal.ActAccept, portal.ActStop},
		dossier.StatusWithdrawalRequested: {portal.ActStop, portal.ActAccept},
	}[d.Status]
	if d.Quarantine != "" {
		choices = []portal.Action{portal.ActRelease}
	}
	a, ok := some(w, choices)
	if !ok {
		return false
	}
	w.act(d, a)
	return true
}

func (w *World) act(d ledger.Dossier, a portal.Action) {
	amount := int64(8_000)
	_, err := w.portal.running.Act(w.ctx, d.Packet, a, portal.DeskRequest{Text: "Mời " + prove.CanaryName, Amount: &amount})
	name := w.nameOf(d.Packet)
	switch {
	case w.portal.next != "":
		w.story.tell("the officer who wanted to %s %s hears nothing", a, name)
	case err != nil:
		w.story.tell("the officer cannot %s %s: %s", a, name, codeOf(err))
		if !w.portal.full && strings.Contains(codeOf(err), " ") {
			w.story.wrong("the desk cannot %s %s: %v", a, name, err)
		}
	default:
		w.story.tell("the officer does %s on %s", a, name)
	}
}
