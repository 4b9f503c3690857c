package flow

import (
	"context"

	"fyne.io/fyne/v2"

	"tramhoso/app/counter"
	"tramhoso/app/ui/kit"
	"tramhoso/app/ui/screens/clerkhome"
	"tramhoso/app/ui/screens/handover"
	"tramhoso/app/ui/screens/pin"
	"tramhoso/sync/dossier"
)

// staffing reports whether staff are at work: a citizen's visit is over then.
func (f *Flow) staffing() bool { return f.Counter.Step() != counter.Closed }

// badge begins a log-in; it happens at the start screen only.
func (f *Flow) badge(text string) {
	f.Visit.Wipe()
	f.Counter.Badge(text)
	f.Idle.Staff(true)
	f.last = "" // the start screen is entered anew after the log-out
}

// logout ends the staff's work. Whoever called for help has been read about on
// the counter's list by now, where somebody did log in.
func (f *Flow) logout() {
	if f.Counter.State().Staff.ID != "" {
		f.CallAnswered()
	}
	if f.endWork != nil {
		f.endWork()
		f.work, f.endWork = nil, nil
	}
	f.Counter.Lock()
	f.leaveCarry()
	f.side, f.exam = "", examination{turn: f.exam.turn + 1}
	f.plugged = counter.Stick{}
	f.askLeave()
	f.LoadAsks()
	f.Idle.Staff(false)
	f.home()
}

func (f *Flow) login(typed string) {
	run, ok := f.Counter.BeginLogin(typed)
	f.Render()
	if !ok {
		return
	}
	f.Go(func() {
		session, err := run(context.Background())
		f.Post(func() {
			if f.Counter.Step() != counter.CheckPIN {
				return // the station was locked meanwhile
			}
			if err := f.Counter.FinishLogin(session, err); err != nil {
				f.Log.Warn("log-in refused", "code", dossier.CodeOf(err))
			} else {
				f.Log.Info("logged in", "staff", session.ID, "role", session.Role)
			}
			f.Render()
			f.loadCards()
			if f.Counter.Step() == counter.Home {
				f.watchSticks()
			}
		})
	})
}

// working ends with the log-in.
func (f *Flow) working() context.Context {
	if f.work == nil {
		f.work, f.endWork = context.WithCancel(context.Background())
	}
	return f.work
}

// loadCards opens the counter cards elsewhere: there may be hundreds.
func (f *Flow) loadCards() {
	desk := f.Counter.State().Staff.Desk
	if desk == nil {
		return
	}
	f.Go(func() {
		cards, err := desk.Cards(context.Background())
		asks, askErr := f.Asks.Open(context.Background())
		packets, packetErr := f.Asks.Packets(context.Background())
		f.Post(func() {
			if err := f.Counter.SetCards(cards, err); err != nil {
				f.Log.Error("failed to open the counter cards", "err", err)
			}
			if !f.staffing() {
				return
			}
			if askErr == nil {
				f.asks = asks
			}
			if packetErr == nil {
				f.packets = packets
			}
			f.Render()
		})
	})
}

func (f *Flow) staffScreen() fyne.CanvasObject {
	s := f.Counter.State()
	switch s.Step {
	case counter.PIN, counter.CheckPIN:
		return pin.New(f.env, pin.Model{Problem: f.counterProblem(s.Problem), Busy: s.Step == counter.CheckPIN},
			pin.Actions{Back: f.logout, Login: f.login})
	case counter.Technical:
		if f.side == sidePause {
			return f.pauseScreen(s)
		}
		if f.side == sideFindings {
			return f.findingsScreen(s)
		}
		if f.side == sideDoctor {
			return f.doctorScreen(s)
		}
		return f.upkeepScreen(s)
	case counter.Home:
		if q, ok := f.asked(); ok {
			return f.askScreen(s, q)
		}
		if f.carrying {
			return f.carryScreen(s)
		}
	case counter.Handover, counter.Refusing, counter.Keeping, counter.Done:
		return f.handoverScreen(s)
	case counter.Finding:
		return f.findScreen(s)
	case counter.Looking:
		return f.foundScreen(s)
	case counter.Losing, counter.Issuing:
		return f.lostScreen(s)
	case counter.TypingCard:
		return f.typeCardScreen(s)
	case counter.Issued:
		return f.givenScreen(s)
	case counter.Recalling, counter.Recording:
		return f.recallScreen(s)
	case counter.Recalled:
		return f.recalledScreen(s)
	}
	return f.clerkScreen(s)
}

func (f *Flow) counterProblem(p *counter.Problem) string {
	if p == nil {
		return ""
	}
	return f.counterWords(p.Word, p.Args)
}

// counterWords puts amounts of money into words.
func (f *Flow) counterWords(word string, args []any) string {
	if word == "" {
		return ""
	}
	said := append([]any(nil), args...)
	for i, a := range said {
		if n, ok := a.(int64); ok {
			said[i] = f.env.Words.Money(n)
		}
	}
	return f.env.T(word, said...)
}

func (f *Flow) band(s counter.State) kit.Staff {
	role := "app.clerk"
	switch s.Staff.Role {
	case counter.RoleSupervisor:
		role = "app.supervisor"
	case counter.RoleTechnician:
		role = "app.technician"
	}
	return kit.Staff{Technician: s.Staff.Role == counter.RoleTechnician, Role: f.env.T(role), Who: s.Staff.Name, Lock: f.logout}
}

func (f *Flow) clerkScreen(s counter.State) fyne.CanvasObject {
	m := clerkhome.Model{Station: f.Station(f.lang()), Staff: f.band(s), Problem: f.counterProblem(s.Problem), Done: s.HandedN, Found: s.Found}
	a := clerkhome.Actions{Find: f.find, Back: f.then(f.Counter.Back), Open: func(slip string) { f.do(func() error { return f.Counter.Choose(context.Background(), slip) })() }}
	row := func(c dossier.CounterCard, state clerkhome.State) {
		m.Rows = append(m.Rows, clerkhome.Row{Packet: c.Slip, State: state,
			Text:   f.env.T("clerkhome.row", "slip", c.Slip, "title", c.Title),
			Second: f.env.T("clerkhome.row-note", "name", c.Name, "last4", c.Last4)})
	}
	for _, c := range s.Ready {
		row(c, clerkhome.Ready)
	}
	for _, c := range s.Unsent {
		row(c, withdrawnOr(c.Track, clerkhome.Unsent))
	}
	for _, c := range s.Sent {
		row(c, withdrawnOr(c.Track, clerkState(c.Track)))
	}
	if len(s.Ready) > 0 {
		first := s.Ready[0].Slip
		a.Slip = first
		a.Next = f.do(func() error { return f.Counter.Choose(context.Background(), first) })
	}
	if at := f.CalledAt(); !at.IsZero() {
		m.Asks = append(m.Asks, clerkhome.Ask{Icon: "bell", Text: f.env.T("clerkhome.called"), Second: f.env.T("clerkhome.called-note", "clock", f.env.Words.Clock(at))})
	}
	m.Asks = append(m.Asks, f.stickNote()...)
	if what, why := f.Upkeep.State().Sending.Say(f.env.Words); what != "" {
		m.Asks = append(m.Asks, clerkhome.Ask{Icon: "tray", Text: what, Second: why})
	}
	m.Asks = append(m.Asks, f.mirrorNote()...)
	m.Asks = append(m.Asks, f.packetNotes()...)
	if f.env.Status.Printer == kit.PrinterLow {
		m.Asks = append(m.Asks, clerkhome.Ask{Icon: "printer", Text: f.env.T("clerkhome.roll-low"), Second: f.env.T("clerkhome.roll-low-note")})
	}
	for _, q := range f.asks {
		ask := clerkhome.Ask{ID: itoa(int(q.Job)), Icon: "printer", Text: f.askQuestion(q)}
		ask.Yes, ask.No = f.askAnswers(q)
		switch {
		case q.Unprinted:
			ask.Second = f.askWhy(q)
		case q.Band > 0:
			ask.Second = f.env.T("clerkhome.asked-far", "when", f.when(q.At), "band", q.Band, "bands", q.Bands)
		default:
			ask.Second = f.when(q.At)
		}
		m.Asks = append(m.Asks, ask)
	}
	a.Yes, a.No, a.Look = f.askAnswer(true), f.askAnswer(false), f.askLook
	if f.Sticks != nil {
		a.Carry = f.openCarry
	}
	return clerkhome.New(f.env, m, a)
}

// withdrawnOr tells a dossier that was asked back from the others.
func withdrawnOr(t dossier.Track, s clerkhome.State) clerkhome.State {
	if t.Withdrawn.Stands() || t.Status() == dossier.StatusWithdrawalRequested {
		return clerkhome.Withdrawn
	}
	return s
}

func clerkState(t dossier.Track) clerkhome.State {
	switch t.Status() {
	case dossier.StatusSupplementRequested:
		return clerkhome.Supplement
	case dossier.StatusPaymentRequired:
		return clerkhome.Payment
	case dossier.StatusRefused, dossier.StatusStopped:
		return clerkhome.Stopped
	case dossier.StatusReturned:
		return clerkhome.Done
	}
	return clerkhome.Waiting
}

// refusals are the reasons not to hand over that cover a counter's day; each is
// recorded in the words that the clerk saw.
var refusals = []string{"person", "papers", "fee", "damaged", "wish"}

func (f *Flow) handoverScreen(s counter.State) fyne.CanvasObject {
	e, c := f.env, s.Card
	m := handover.Model{Staff: f.band(s), Title: c.Title, Of: e.T("resultready.of", "name", c.Name), Other: s.CardSeen && !s.IsApplicant,
		Basis: string(s.Basis), Missing: s.Missing != "", Problem: f.counterProblem(s.Problem), Refusing: s.Step == counter.Refusing}
	if s.Step == counter.Done {
		m.Done = e.Words.Clock(s.DoneAt)
	}
	if s.Step == counter.Keeping {
		m.Missing = true
	}
	m.FeeUnknown = !s.FeeKnown
	if s.FeeDue > 0 {
		m.FeeDue, m.FeeTaken = e.Words.Money(s.FeeDue), s.Given >= s.FeeDue
	}
	if s.Missing != "" && m.Problem == "" && !m.Other {
		m.Hint = f.counterWords(s.Missing, s.MissingArgs)
	}
	m.Same = s.CardSeen && s.IsApplicant
	m.Lost = !s.SlipSeen && c.Ready() && s.Step == counter.Handover
	for _, r := range refusals {
		m.Reasons = append(m.Reasons, handover.Reason{ID: r, Text: e.T("handover.reason-" + r)})
	}
	m.Lines = f.comparison(s)
	m.Print = f.resultPrint(s.Result)
	return handover.New(e, m, handover.Actions{
		Back: f.then(f.Counter.Back), Refuse: f.then(f.Counter.Refuse), Hand: f.handOver, Finish: func() {
			f.Counter.Back()
			f.Render()
			f.loadCards()
		},
		Print: f.printResult, Lost: f.do(f.Counter.Lost),
		Because: func(id string) {
			f.do(func() error { return f.Counter.RecordRefusal(context.Background(), e.T("handover.reason-"+id)) })()
		},
		Basis: func(b string) { f.then(func() { f.Counter.SetBasis(counter.Basis(b)) })() },
		Fee: func() {
			if s.Given >= s.FeeDue {
				f.do(func() error { return f.Counter.SetGiven(0) })()
				return
			}
			f.then(f.Counter.GivenExactly)()
		},
	})
}

// comparison is the record beside the person who came.
func (f *Flow) comparison(s counter.State) []handover.Line {
	e, c := f.env, s.Card
	slip := handover.Line{What: e.T("handover.slip"), OnFile: c.Slip, Collector: e.T("handover.scan-slip")}
	if s.SlipSeen {
		slip.Collector, slip.Mark = c.Slip, handover.Agrees
	}
	who := handover.Line{What: e.T("handover.person"), OnFile: c.Name, Collector: e.T("handover.not-scanned")}
	card := handover.Line{What: e.T("handover.card"), OnFile: e.T("handover.last4", "last4", c.Last4), Collector: e.T("handover.scan-card")}
	if s.CardSeen {
		who.Collector, card.Collector = s.Collector.Name, e.T("handover.last4-grade", "last4", s.Collector.Last4(), "grade", e.T("idconfirmed."+string(s.Collector.Trust)))
		who.Mark, card.Mark = handover.Other, handover.Info
		if s.IsApplicant {
			who.Mark, card.Mark = handover.Agrees, handover.Agrees
		}
	}
	given := handover.Line{What: e.T("handover.given"), OnFile: e.T("handover.never"), Mark: handover.Info}
	if !c.AsOf.IsZero() {
		given.Collector = e.T("handover.news", "when", f.when(c.AsOf))
	}
	if !c.Handed.IsZero() {
		given.OnFile, given.Mark = e.T("handover.already", "when", f.when(c.Handed)), handover.Stops
	}
	return []handover.Line{slip, who, card, given}
}

func (f *Flow) handOver() {
	run, ok := f.Counter.BeginHandOver()
	f.Render()
	if !ok {
		return
	}
	f.Go(func() {
		err := run(context.Background())
		f.Post(func() {
			if err := f.Counter.FinishHandOver(err); err != nil {
				f.Log.Error("hand-over failed", "code", dossier.CodeOf(err), "err", err)
			}
			f.Render()
		})
	})
}
