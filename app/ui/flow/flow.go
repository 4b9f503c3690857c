// Package flow joins what happens (visit, counter, upkeep) with what is seen
// (screens): it shows the screen of the present step and carries presses and
// scans back. It holds no rule of its own.
//
// Everything here runs on the user interface's goroutine; what takes time runs
// elsewhere and comes back through Post. One screen is shown at a time, and
// there are two exclusive modes: a citizen's visit, and staff at work.
package flow

import (
	"context"
	"image"
	"log/slog"
	"slices"
	"time"

	"fyne.io/fyne/v2"

	"tramhoso/app/counter"
	"tramhoso/app/ui/kit"
	"tramhoso/app/ui/screens/idle"
	"tramhoso/app/visit"
	"tramhoso/assets"
	"tramhoso/sync/dossier"
)

// Ports is what the screens need from the rest of the station.
type Ports struct {
	Visit   *visit.Visit
	Sticks  counter.Sticks // nil: nothing is carried by hand
	Facts   func() visit.Facts
	Clock   visit.Clock
	Outbox  visit.Outbox
	Papers  Papers
	Pages   Pages
	Asks    Asks
	Counter *counter.Counter
	Upkeep  Upkeep
	Idle    *visit.Idle

	Station   func(lang string) string       // "Điểm Bưu điện – Văn hoá xã Hoà Phú"
	StationOf func(code, lang string) string // any station of the province
	Look      Look                           // as the next person finds it
	Language  string
	Words     func(lang string) *assets.Words

	Show         func(fyne.CanvasObject)     // makes it the window's content
	Post         func(func())                // runs on the user interface's goroutine
	Go           func(func())                // runs elsewhere, owned by the program
	After        func(time.Duration, func()) // runs on the user interface's goroutine, later
	Steady       func() time.Time            // with a monotonic reading: no corrected clock holds a press back
	Scanning     func(bool)                  // whether the screen takes scans
	Asking       func()                      // a person was just asked to show a code
	Typed        func(rune) kit.Keystroke
	CallHelp     func()           // tells staff that somebody calls
	CallAnswered func()           // a clerk is there
	CalledAt     func() time.Time // zero: nobody waits
	Log          *slog.Logger
}

// Look is how the screens are drawn until somebody changes it for a visit.
type Look struct{ Contrast, Large, Reach bool }

// Flow is the user interface of a station.
type Flow struct {
	Ports
	env     *kit.Env
	size    kit.Size
	last    visit.Step // of the screen shown
	counted counter.Step
	taking  bool // what Scanning heard last
	begun   bool // that it heard anything
	hearing bool // a scan is being handled
	warning int  // seconds of the countdown on the screen; 0: none

	at    place     // of the screen shown
	came  time.Time // when it came; zero: it counts as read
	drawn int       // how often a screen was drawn
	sayings

	glance          // of the screen shown
	under    glance // of the screen that the help page covers
	underOf  visit.Step
	picture  image.Image // of the slip
	pictured int64       // the job that picture is of
	early    []printNews // of a paper whose commit is not known here yet
	asking
	packets    []Packet // as the counter's list was last loaded
	declaring  declaring
	earlyPages []printNews // of a page whose job is not known here yet

	work    context.Context // of what ends with the log-in that began it. nil: none began
	endWork context.CancelFunc

	plugged   counter.Stick // while somebody is logged in at the counter
	carriage  counter.Carriage
	carrying  bool // the stick's screen is shown
	carryTurn int  // how often it was opened
	looking   bool // for a stick

	side         side // the page beside the technician's list
	exam         examination
	findings     findingsPage
	pauseTrouble string // why sending could not be paused; ""
}

// glance is what only a screen knows; it is gone with the step. The help page
// covers it for a while.
type glance struct {
	numberShown bool
	masked      bool
	declared    bool
	paperAt     int // the paper asked about, -1: the first open one
	question    string
	datePart    datePrecision // of that question
	called      time.Time
	toldAt      time.Time // when staff were told of the printer
	printed     string    // slip number of the dossier whose form 01 was printed
	picked      string    // procedure marked in the search
	draft       string    // what is typed where the visit keeps it only once it is sent off
	drafted     bool
}

var firstGlance = glance{paperAt: -1}

// New makes the user interface at the start screen.
func New(p Ports, size kit.Size) *Flow {
	f := &Flow{Ports: p, size: size, glance: firstGlance}
	f.env = &kit.Env{Size: size, Now: p.Clock.Now, Touch: p.Idle.Touch, Typed: p.Typed, Early: f.tooSoon, Turned: map[string]int{}}
	f.env.After = f.afterHere
	f.env.Words = p.Words(p.Language)
	f.dress(p.Look)
	return f
}

// Env is what the screens are drawn with.
func (f *Flow) Env() *kit.Env { return f.env }

// Resize draws the screens for another size.
func (f *Flow) Resize(s kit.Size) {
	if s == f.env.Size {
		return
	}
	f.env.Size = s
	f.Render()
}

// Render shows the screen of the present step.
func (f *Flow) Render() {
	f.drawn++
	f.env.Tools = kit.Tools{Language: f.switchLanguage, Help: f.help}
	f.hold()
	f.listen()
	f.env.Status.Code = f.code()
	f.owed = false
	defer f.arrive()
	if f.warning > 0 {
		f.Show(idle.New(f.env, idle.Model{Seconds: f.warning, Total: int(visit.Countdown.Seconds()), Code: f.code()}, idle.Actions{End: f.end, Stay: f.stay}))
		return
	}
	if f.staffing() {
		f.Show(f.staffScreen())
		return
	}
	step := f.Visit.Step()
	if step != f.last {
		f.leave(step)
	}
	if key := f.Visit.State().Question.Key; step == visit.Form && key != f.question {
		f.question, f.masked, f.datePart = key, false, dateUndecided
	}
	f.Show(f.screen(step))
}

// leave forgets what belonged to the screen that was shown; the help page gives
// it back, but for a number that was made readable.
func (f *Flow) leave(to visit.Step) {
	switch {
	case to == visit.Help:
		f.under, f.underOf, f.glance = f.glance, f.last, firstGlance
		f.under.numberShown = false
	case f.last == visit.Help && to == f.underOf:
		f.glance, f.under = f.under, firstGlance
	default:
		f.glance, f.under = firstGlance, firstGlance
	}
	f.last = to
}

// hold stops the idle watch where there is nothing to wipe or a commit runs, and
// gives time to whoever waits for a clerk at the printer.
func (f *Flow) hold() {
	home := !f.staffing() && f.Visit.Step() == visit.Home && f.look() == f.Look &&
		f.env.Words.Lang() == f.Language && f.Visit.State().Problem == nil
	f.Idle.Hold(home || !f.staffing() && f.Visit.Step() == visit.Submitting)
	if !f.staffing() {
		f.Idle.Await(f.Visit.Step() == visit.PaperOut)
	}
}

// Tick hears the idle rule.
func (f *Flow) Tick(phase visit.Phase, left int) {
	switch phase {
	case visit.Expired:
		f.wipe()
	case visit.Warning:
		if f.warning == 0 && !f.staffing() {
			f.Visit.KeepDraft() // with what is typed by half
		}
		f.warning = left
		f.Render()
	default:
		if f.warning > 0 {
			f.warning = 0
			f.Render()
		}
	}
}

func (f *Flow) stay() {
	f.warning = 0
	f.Idle.Touch()
	f.Render()
}

// wipe ends whatever was open: nothing of it is left on the screen.
func (f *Flow) wipe() {
	f.warning = 0
	if f.staffing() {
		f.logout()
		return
	}
	f.home()
}

// AtRest reports that nobody is in the middle of anything: the start screen, or
// one that only says what cannot be done.
func (f *Flow) AtRest() bool {
	step := f.Visit.Step()
	return !f.staffing() && (step == visit.Home || step == visit.CannotStart)
}

// home goes to the start screen as the next person expects it.
func (f *Flow) home() {
	f.Visit.Wipe()
	f.dress(f.Look)
	f.env.Keys = ""
	f.picture, f.pictured = nil, 0
	f.declaring, f.earlyPages = declaring{}, nil
	f.setLanguage(f.Language)
	f.Idle.Touch()
	f.Render()
}

func (f *Flow) dress(l Look) { f.env.Contrast, f.env.Large, f.env.Reach = l.Contrast, l.Large, l.Reach }

func (f *Flow) look() Look { return Look{f.env.Contrast, f.env.Large, f.env.Reach} }

func (f *Flow) switchLanguage() {
	to := "en"
	if f.env.Words.Lang() == "en" {
		to = "vi"
	}
	f.setLanguage(to)
	f.Render()
}

func (f *Flow) setLanguage(lang string) {
	f.env.Words = f.Words(lang)
	f.Visit.SetLanguage(lang)
}

func (f *Flow) lang() string { return f.env.Words.Lang() }

func (f *Flow) help() {
	if f.staffing() {
		return
	}
	f.Visit.Help()
	f.Render()
}

// SetStatus changes the status line at once, and the screens that say the same
// at length: a screen must not call a device well that its own line calls dead.
func (f *Flow) SetStatus(s kit.Status) {
	s.Code = f.code()
	changed := s != f.env.Status
	f.env.SetStatus(s)
	if changed && f.warning == 0 && f.tellsOfDevices() {
		f.Render()
	}
}

func (f *Flow) tellsOfDevices() bool {
	if f.staffing() {
		return f.Counter.Step() == counter.Technical
	}
	return f.last == f.Visit.Step() && f.last != visit.Home && waitsForScan(f.last)
}

// printNews is what PrintChanged hears.
type printNews struct {
	old, job int64
	state    visit.PrintState
	why      string
}

// PrintChanged hears what became of a paper; before is the job that it
// replaces, 0 for none.
func (f *Flow) PrintChanged(old, job int64, s visit.PrintState, why string) {
	if f.Counter.PrintChanged(old, job, resultStates[s], why) && f.warning == 0 {
		f.Render()
	}
	before := f.Visit.State()
	if before.Step == visit.Submitting {
		f.early = append(f.early, printNews{old, job, s, why})
		return
	}
	if old != 0 && old == before.Submitted.Job {
		f.Visit.Reprinted(job)
		f.paperPicture(job)
	}
	f.Visit.PrintChanged(job, s, why)
	if after := f.Visit.State(); after.Print != before.Print || after.Step != before.Step {
		f.Render()
	}
}

// Changed hears that something on a list may have changed.
func (f *Flow) Changed() {
	if f.staffing() {
		f.loadCards()
		if f.Counter.Step() == counter.Technical {
			f.Render()
		}
		return
	}
	f.Visit.Refresh()
	if slices.Contains([]visit.Step{visit.Home, visit.Timeline, visit.Withdrawn, visit.ResultReady, visit.Procedure}, f.Visit.Step()) && f.warning == 0 {
		f.Render()
	}
}

// Ticked hears that a wait which staff see counts down.
func (f *Flow) Ticked() {
	if s := f.Counter.Step(); s == counter.Technical || s == counter.Home {
		f.Render()
	}
}

// problem is the sentence of the present step, or "".
func (f *Flow) problem(p *visit.Problem) string {
	if p == nil {
		return ""
	}
	return f.env.T(p.Word, p.Args...)
}

// do runs a step of the visit and shows what came of it. An expected failure
// is on the screen already; the log gets its code.
func (f *Flow) do(step func() error) func() {
	return func() {
		if err := step(); err != nil {
			f.Log.Info("refused", "step", f.Visit.Step(), "code", dossier.CodeOf(err))
		}
		f.Render()
	}
}

// then runs something that cannot fail and shows what came of it.
func (f *Flow) then(step func()) func() {
	return func() {
		step()
		f.Render()
	}
}
