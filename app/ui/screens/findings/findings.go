// Package findings lists for a technician what the check of the storage found, at
// whichever start, and takes the word that somebody has looked at it. It must not
// import anything of the project but app/ui/kit.
package findings

import (
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
)

// Finding is one line.
type Finding struct {
	What string // "Cơ sở dữ liệu được ghi lại"
	When string // when it was found last, and how often
	Lost bool   // something is gone for good
}

// Model is what the screen shows.
type Model struct {
	Staff    kit.Staff
	Findings []Finding // the newest first
	Lost     int       // of them
	Busy     bool      // the word is being kept
	Problem  string    // it could not be kept
}

// Actions is what can be pressed.
type Actions struct {
	Back func()
	Seen func()
}

// New builds the screen.
func New(env *kit.Env, m Model, a Actions) fyne.CanvasObject {
	o := kit.FrameSpec{Staff: &m.Staff, Title: env.T("findings.title"), Back: kit.BackAction(env, a.Back),
		Main: &kit.Action{Text: env.T("findings.seen"), Icon: "check", Do: a.Seen, Off: m.Busy}}
	o.Body = kit.Fit(env, kit.BodySize(env, o), whole(m), paged(m))
	return kit.NewFrame(env, o)
}

// notice says what is to be done, before what there is.
func notice(env *kit.Env, m Model) fyne.CanvasObject {
	switch {
	case m.Problem != "":
		return kit.NewNotice(env, kit.Gold, "warn", "**"+m.Problem+"**", "")
	case m.Lost > 0:
		return kit.NewNotice(env, kit.Gold, "warn", "**"+env.T("findings.lost")+"**", env.T("findings.lost-note"))
	}
	return kit.NewNotice(env, kit.Leaf, "info", "**"+env.T("findings.mended")+"**", env.T("findings.mended-note"))
}

func rows(env *kit.Env, m Model) (out []fyne.CanvasObject) {
	for _, f := range m.Findings {
		tag := kit.NewTag(env, kit.Leaf, "check", env.T("findings.tag-mended"))
		if f.Lost {
			tag = kit.NewTag(env, kit.Gold, "warn", env.T("findings.tag-lost"))
		}
		out = append(out, kit.NewListRow(env, kit.RowSpec{Icon: "disk", Text: sentence(f.What), Second: f.When, Trail: tag, Height: 84}))
	}
	return out
}

// sentence begins with a capital: the words stand within one elsewhere.
func sentence(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

func whole(m Model) func(*kit.Env) fyne.CanvasObject {
	return func(env *kit.Env) fyne.CanvasObject {
		return kit.Col(16, append([]fyne.CanvasObject{notice(env, m)}, rows(env, m)...)...)
	}
}

func paged(m Model) func(*kit.Env) fyne.CanvasObject {
	return func(env *kit.Env) fyne.CanvasObject {
		return kit.Col(12, notice(env, m), kit.Grow(kit.NewBook(env, 12, rows(env, m)...)))
	}
}
