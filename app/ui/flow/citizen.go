package flow

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
	"tramhoso/app/ui/screens/idconfirmed"
	"tramhoso/app/ui/screens/notice"
	paperscreen "tramhoso/app/ui/screens/papers"
	"tramhoso/app/ui/screens/review"
	"tramhoso/app/ui/screens/scanid"
	"tramhoso/app/ui/screens/sign"
	"tramhoso/app/visit"
	"tramhoso/app/visit/form"
	"tramhoso/app/visit/papers"
	"tramhoso/sync/dossier"
)

// screen builds the screen of a step.
func (f *Flow) screen(step visit.Step) fyne.CanvasObject {
	s := f.Visit.State()
	switch step {
	case visit.Home:
		return f.homeScreen()
	case visit.CannotStart:
		return f.cannotStart(s)
	case visit.ScanID, visit.TrackScan, visit.CollectScan:
		return f.scanScreen(s)
	case visit.TypeID, visit.TypeName, visit.TypeSlip:
		return f.typeScreen(s)
	case visit.IDConfirmed:
		return f.confirmScreen(s)
	case visit.Resume:
		return f.resumeScreen(s)
	case visit.Notice:
		return notice.New(f.env, notice.Actions{Back: f.then(f.Visit.Back), Next: f.do(f.Visit.Next)})
	case visit.Search:
		return f.searchScreen(s)
	case visit.Topics:
		return f.topicsScreen(s)
	case visit.Procedure:
		return f.procedureScreen(s)
	case visit.Form:
		return f.formScreen(s)
	case visit.Papers:
		return f.papersScreen(s)
	case visit.Delivery:
		return f.deliveryScreen(s)
	case visit.TypePhone, visit.TypeEmail, visit.TypeAddress:
		return f.contactScreen(s)
	case visit.Review:
		return f.reviewScreen(s)
	case visit.Sign, visit.Submitting:
		return f.signScreen(s)
	case visit.Done:
		return f.doneScreen(s)
	case visit.PaperOut:
		return f.paperOutScreen(s)
	case visit.Timeline:
		return f.timelineScreen(s)
	case visit.Withdraw, visit.Withdrawing, visit.Withdrawn:
		return f.withdrawScreen(s)
	case visit.Present:
		return f.presentScreen(s)
	case visit.ResultReady:
		return f.resultScreen(s)
	case visit.Help:
		return f.helpScreen(s)
	}
	return f.homeScreen()
}

func (f *Flow) scanScreen(s visit.State) fyne.CanvasObject {
	want := map[visit.Step]scanid.Want{visit.ScanID: scanid.Card, visit.TrackScan: scanid.Track, visit.CollectScan: scanid.Collect}[s.Step]
	return scanid.New(f.env, scanid.Model{Want: want, Problem: f.problem(s.Problem), Down: f.env.Status.Scanner == kit.ScannerDown},
		scanid.Actions{Back: f.back, Type: f.then(f.Visit.TypeInstead)})
}

// back goes one step back; from a first step it is the way home.
func (f *Flow) back() {
	f.Visit.Back()
	if f.Visit.Step() == visit.Home {
		f.home()
		return
	}
	f.Render()
}

func (f *Flow) confirmScreen(s visit.State) fyne.CanvasObject {
	p := s.Person
	key := map[string]string{"typed": "idconfirmed.read-typed", "qr+mrz": "idconfirmed.read-both"}[p.Source]
	if key == "" {
		key = "idconfirmed.read-qr"
	}
	sex := map[dossier.Sex]string{dossier.SexMale: "idconfirmed.male", dossier.SexFemale: "idconfirmed.female"}[p.Sex]
	if sex != "" {
		sex = f.env.T(sex)
	}
	return idconfirmed.New(f.env, idconfirmed.Model{
		Name: p.Name, ReadAt: f.env.T(key, "clock", f.env.Words.Clock(s.ReadAt)), Number: p.Number, Born: form.ShowDate(p.Born),
		Sex: sex, Address: p.Address, Trust: p.Trust, Shown: f.numberShown, Problem: f.problem(s.Problem),
	}, idconfirmed.Actions{
		Rescan: f.then(f.Visit.Rescan),
		Show:   f.then(func() { f.numberShown = !f.numberShown }),
		Next:   f.do(f.Visit.Confirm),
	})
}

func (f *Flow) papersScreen(s visit.State) fyne.CanvasObject {
	m := paperscreen.Model{At: f.openPaper(s), Missing: s.Missing, Editing: s.Editing, Problem: f.problem(s.Problem)}
	for _, r := range s.Papers {
		row := paperscreen.Row{ID: r.Paper.ID, Name: r.Paper.Name.In(f.lang()), Required: r.Paper.Required}
		switch {
		case r.Way == dossier.WayForm:
			row.State = paperscreen.Form
		case r.Way == dossier.WayShown:
			row.State = paperscreen.Shown
		case r.Given():
			row.State = paperscreen.Given
		case r.Declined:
			row.State = paperscreen.Declined
		}
		m.Rows = append(m.Rows, row)
	}
	answer := func(do func(id string) error) func(string) {
		return func(id string) { f.paperAt = -1; f.do(func() error { return do(id) })() }
	}
	return paperscreen.New(f.env, m, paperscreen.Actions{
		Back: f.back, Next: f.do(f.Visit.Next),
		Give:    answer(func(id string) error { return f.Visit.GivePaper(id, dossier.WayOriginal) }),
		Decline: answer(f.Visit.DeclinePaper),
		Ask:     func(i int) { f.paperAt = i; f.Render() },
	})
}

// openPaper is the paper asked about: the one that was picked, or the first of
// which nothing is known; -1 for none.
func (f *Flow) openPaper(s visit.State) int {
	if f.paperAt >= 0 && f.paperAt < len(s.Papers) {
		return f.paperAt
	}
	return slices.IndexFunc(s.Papers, papers.Row.Open)
}

func (f *Flow) reviewScreen(s visit.State) fyne.CanvasObject {
	e, w := f.env, f.env.Words
	grade := e.T("idconfirmed." + string(s.Person.Trust))
	phone := e.T("review.no-phone")
	if s.Delivery.Phone != "" {
		phone = e.T("review.phone", "phone", maskPhone(s.Delivery.Phone))
	}
	lines := f.Visit.Lines(w)
	var answers []string
	for _, l := range lines {
		if l.Value != "" && len(answers) < 2 {
			answers = append(answers, l.Value)
		}
	}
	var given []string
	for _, p := range s.Papers {
		if p.Given() {
			given = append(given, p.Paper.Name.In(f.lang()))
		}
	}
	papersHead := e.T("review.papers", "n", len(given))
	if len(given) == 0 {
		papersHead = e.T("review.papers-none")
	}
	where := map[dossier.Return]string{dossier.ReturnAgency: "review.agency", dossier.ReturnPost: "review.post", dossier.ReturnElectronic: "review.electronic"}[s.Delivery.Return]
	head := e.T("review.here", "station", f.Station(f.lang()))
	if where != "" {
		head = e.T(where)
	}
	told := e.T("review.no-notices")
	if c := f.channels(s.Delivery.Notices); c != "" {
		told = e.T("review.notices", "channels", c)
	}
	fee, feeLines := e.T("review.fee-free"), []string(nil)
	if !s.Fee.Known || s.Fee.Total > 0 {
		fee = e.T("review.fee-elsewhere")
		if s.Fee.Known {
			fee = e.T("review.fee", "money", w.Money(s.Fee.Total))
		}
		switch s.Delivery.Pay {
		case dossier.PayTransfer:
			// What is not known comes first: where space is short the rest gives way.
			feeLines = []string{e.T("review.not-known"), e.T("review.pay-transfer")}
		case dossier.PayCollect:
			feeLines = []string{e.T("review.pay-collect"), e.T("review.not-paid")}
		default:
			feeLines = []string{e.T("review.pay-counter"), e.T("review.not-paid")}
		}
	}
	card := func(id visit.Section, icon, head string, lines ...string) review.Card {
		return review.Card{ID: string(id), Icon: icon, Head: head, Lines: lines, What: e.T("review.section-" + string(id))}
	}
	deliveryLines := []string{told}
	if s.Delivery.Return == dossier.ReturnPost {
		deliveryLines = append([]string{s.Delivery.Address}, told)
	}
	return review.New(e, review.Model{Problem: f.problem(s.Problem), Cards: []review.Card{
		card(visit.SectionPerson, "person", s.Person.Name, e.T("review.person", "last4", s.Person.Last4(), "grade", grade), phone),
		card(visit.SectionProcedure, "book", s.Procedure.Name.In(f.lang()), e.T("review.to", "agency", s.Agency.Name.In(f.lang()))),
		card(visit.SectionForm, "pencil", e.T("review.form", "n", len(lines)), answers...),
		card(visit.SectionPapers, "doc", papersHead, strings.Join(given, ", ")),
		card(visit.SectionDelivery, "home", head, deliveryLines...),
		card(visit.SectionFee, "coin", fee, feeLines...),
	}}, review.Actions{Back: f.back, Next: f.do(f.Visit.Next), Edit: func(id string) {
		f.Visit.EditAt(visit.Section(id))
		f.Render()
	}})
}

func (f *Flow) signScreen(s visit.State) fyne.CanvasObject {
	return sign.New(f.env, sign.Model{Who: s.Person.Name, What: s.Procedure.Name.In(f.lang()), To: s.Agency.Name.In(f.lang()),
		Replaces: s.Replaces, Declared: f.declared, Busy: s.Step == visit.Submitting, Problem: f.problem(s.Problem)},
		sign.Actions{Back: f.back, Declare: f.then(func() { f.declared = !f.declared }), Submit: f.submit})
}

// submit commits off the user interface's goroutine. A second tap finds the
// step gone on and does nothing.
func (f *Flow) submit() {
	declared := f.declared
	answers := f.Visit.Lines(f.Words("vi")) // papers are in Vietnamese
	letter, ok := f.Visit.BeginSubmit()
	f.Render()
	if !ok {
		f.declared = declared
		f.Render()
		return
	}
	f.Go(func() {
		done, err := f.Outbox.Submit(context.Background(), letter)
		f.Post(func() {
			if ferr := f.Visit.FinishSubmit(done, err); ferr != nil {
				f.Log.Error("submit failed", "code", dossier.CodeOf(ferr), "err", ferr)
			}
			if err == nil {
				f.mayDeclare(letter, done, answers)
			}
			f.Render()
			early := f.early
			f.early = nil
			for _, n := range early { // the printer was quicker than the way here
				f.PrintChanged(n.old, n.job, n.state, n.why)
			}
			if err != nil { // the declaration was made; only the keeping failed
				f.declared = declared
				f.Render()
				return
			}
			f.paperPicture(done.Job)
		})
	})
}

func itoa(n int) string { return strconv.Itoa(n) }
