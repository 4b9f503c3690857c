package flow

import (
	"context"
	"image"
	"time"

	"fyne.io/fyne/v2"

	"tramhoso/app/counter"
	"tramhoso/app/ui/screens/paperasked"
	"tramhoso/app/visit"
	"tramhoso/sync/dossier"
)

// Asks are the papers that wait for a person's word.
type Asks interface {
	Open(ctx context.Context) ([]Ask, error)
	// Answer says that a paper needs nothing more, because it came out or is not
	// wanted; or else that it is to be printed, again if a part may be out.
	Answer(ctx context.Context, job int64, done bool) error
	// Packets are what the portal set aside or refused: nothing of it is lost, and
	// only a person can help on.
	Packets(ctx context.Context) ([]Packet, error)
}

// Packet is one of them. It is told by the slip that somebody holds.
type Packet struct {
	Slip    string // "": it is about no dossier that lies here
	Seq     uint64
	Why     dossier.AsideWhy // the portal keeps it for a person there
	Refused bool             // the portal would not take it
	GivenUp bool             // and it is not offered any more
}

// Ask is one such paper.
type Ask struct {
	Job         int64
	Slip        string // the number on it: of a slip, or the agency's code on form 01
	Form01      bool
	Recall      bool      // the note of a withdrawal
	Page        bool      // of the page printer
	Result      bool      // an agency's result; Slip is its dossier's
	At          time.Time // when it was last sent, or put to wait
	Band, Bands int       // how far it was sent; 0: not at all
	Unprinted   bool      // it is known not to be out; else it is unknown whether it is
	Restarted   bool      // the station restarted while it was printed
	Left        bool      // the station went off before it was printed
	Reason      string    // the printer's, of what was not printed
}

// LoadAsks reads them anew: at the start, and when staff have gone.
func (f *Flow) LoadAsks() {
	f.Go(func() {
		asks, err := f.Asks.Open(context.Background())
		f.Post(func() {
			if err != nil {
				return // a station without storage has said so already
			}
			f.asks = asks
			if f.asksFrom.IsZero() {
				f.asksFrom = f.env.Now()
			}
			if !f.staffing() && f.Visit.Step() == visit.Home && f.warning == 0 {
				f.Render()
			}
		})
	})
}

// openSlip is the sentence at the start screen about a slip that a restart
// interrupted: whoever waited for it must not think that nothing was received.
// It is the newest one's, and goes once nobody can still stand there: a clerk's
// list keeps them all.
func (f *Flow) openSlip() string {
	if f.asksFrom.IsZero() || f.env.Now().Sub(f.asksFrom).Abs() >= openSlipFor {
		return ""
	}
	var newest Ask
	for _, q := range f.asks {
		if q.Restarted && q.Slip != "" && !q.Page && !q.Recall && f.asksFrom.Sub(q.At).Abs() < openSlipCut && !q.At.Before(newest.At) {
			newest = q
		}
	}
	if newest.Slip == "" {
		return ""
	}
	return f.env.T("home.slip-open", "slip", newest.Slip)
}

const (
	// openSlipFor is how long after the restart the start screen names a slip that
	// it interrupted: as long as a draft waits for whoever began it.
	openSlipFor = 10 * time.Minute
	// openSlipCut is the longest power cut that somebody may have waited through; a
	// slip that was sent to the printer before that was named at an earlier start.
	openSlipCut = 12 * time.Hour
)

// askQuestion names the paper and what is asked.
func (f *Flow) askQuestion(q Ask) string {
	key := "clerkhome.slip-"
	switch {
	case q.Form01:
		key = "clerkhome.form-"
	case q.Recall:
		key = "clerkhome.note-"
	case q.Result:
		key = "clerkhome.result-"
	case q.Page:
		key = "clerkhome.declaration-"
	}
	if q.Unprinted {
		return f.env.T(key+"unprinted", "slip", q.Slip)
	}
	return f.env.T(key+"asked", "slip", q.Slip)
}

// askWhy says why the station knows no more, or could not print.
func (f *Flow) askWhy(q Ask) string {
	switch {
	case q.Restarted:
		return f.env.T("clerkhome.why-restarted")
	case q.Left:
		return f.env.T("clerkhome.why-left")
	case !q.Unprinted:
		return f.env.T("clerkhome.why-silent")
	}
	switch why, ok := printWhys[q.Reason]; {
	case ok:
		return f.env.T(why.Word())
	case q.Reason == "tries" || q.Reason == "waited":
		return f.env.T("clerkhome.why-" + q.Reason)
	}
	return f.env.T("clerkhome.why-failed")
}

// askAnswers are the two answers: nothing more, and print.
func (f *Flow) askAnswers(q Ask) (done, print string) {
	if q.Unprinted {
		return f.env.T("clerkhome.drop"), f.env.T("clerkhome.print")
	}
	return f.env.T("clerkhome.slip-yes"), f.env.T("clerkhome.slip-no")
}

// asked is the paper that staff look at.
func (f *Flow) asked() (Ask, bool) {
	for _, q := range f.asks {
		if q.Job == f.askedJob {
			return q, true
		}
	}
	return Ask{}, false
}

// askLook shows a paper, whose picture is drawn elsewhere.
func (f *Flow) askLook(id string) {
	for _, q := range f.asks {
		if itoa(int(q.Job)) != id {
			continue
		}
		f.askedJob, f.askedPicture, f.askedMissing = q.Job, nil, false
		f.Render()
		f.Go(func() {
			pic, err := f.Papers.Picture(context.Background(), q.Job)
			f.Post(func() {
				if f.askedJob != q.Job {
					return
				}
				if err != nil {
					f.Log.Error("failed to draw paper", "job", q.Job, "err", err)
				}
				f.askedPicture, f.askedMissing = pic, err != nil
				if f.staffing() {
					f.Render()
				}
			})
		})
	}
}

// askLeave goes back to the list.
func (f *Flow) askLeave() {
	f.askedJob, f.askedPicture, f.askedMissing, f.answering = 0, nil, false, false
}

func (f *Flow) askAnswer(done bool) func(string) {
	return func(id string) {
		for _, q := range f.asks {
			if itoa(int(q.Job)) != id || f.answering {
				continue
			}
			f.answering = true // a second tap is no second answer
			f.Render()
			f.Go(func() {
				err := f.Asks.Answer(context.Background(), q.Job, done)
				f.Post(func() {
					if err != nil {
						f.Log.Error("failed to take the answer about a paper", "job", q.Job, "err", err)
					}
					f.askLeave()
					f.loadCards()
				})
			})
		}
	}
}

func (f *Flow) askScreen(s counter.State, q Ask) fyne.CanvasObject {
	when := "paperasked.when"
	if q.Unprinted {
		when = "paperasked.since"
	}
	m := paperasked.Model{Staff: f.band(s), Question: f.askQuestion(q), When: f.env.T(when, "when", f.when(q.At)),
		Why: f.askWhy(q), Paper: f.askedPicture, Missing: f.askedMissing, Busy: f.answering}
	switch {
	case q.Band > 0:
		m.Far = f.env.T("paperasked.far", "band", q.Band, "bands", q.Bands)
	case q.Unprinted:
		m.Far = f.env.T("paperasked.none")
	}
	m.Done, m.Print = f.askAnswers(q)
	answer := func(done bool) func() { return func() { f.askAnswer(done)(itoa(int(q.Job))) } }
	return paperasked.New(f.env, m, paperasked.Actions{Back: f.then(f.askLeave), Done: answer(true), Print: answer(false)})
}

// asking is what staff look at among the papers that wait for a word.
type asking struct {
	asks         []Ask
	asksFrom     time.Time // when they were first read: the start
	askedJob     int64     // 0: the list
	askedPicture image.Image
	askedMissing bool
	answering    bool // an answer is being kept
}
