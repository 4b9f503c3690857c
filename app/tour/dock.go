//go:build tour

package tour

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"tramhoso/assets"
)

// The dock stands beside a kiosk's window of 1280×800.
const (
	dockWidth   = 480
	dockHeight  = 760
	paperHeight = 220 // of the picture of the last paper
)

// button is one thing that a person can make happen.
type button struct {
	name  string
	press func()
}

// group is what belongs together.
type group struct {
	title   string
	buttons []button
}

// dock is a window with everything that surrounds a station.
type dock struct {
	app    fyne.App
	window fyne.Window
	status *widget.Label
	paper  *canvas.Image
}

// newDock builds the window. It must run on the main goroutine.
func newDock(words *assets.Words, groups []group) *dock {
	d := &dock{app: app.NewWithID("vn.tramhoso.dock")}
	d.window = d.app.NewWindow(words.T("dock.title"))
	d.status = widget.NewLabel(words.T("dock.hint"))
	d.status.Wrapping = fyne.TextWrapWord
	d.paper = &canvas.Image{FillMode: canvas.ImageFillContain}
	d.paper.SetMinSize(fyne.NewSize(dockWidth, paperHeight))
	pull := widget.NewButton(words.T("dock.pull"), d.pullPaper)

	rows := container.NewVBox()
	for _, g := range groups {
		rows.Add(widget.NewLabelWithStyle(g.title, fyne.TextAlignLeading, fyne.TextStyle{Bold: true}))
		grid := container.NewGridWithColumns(2)
		for _, b := range g.buttons {
			grid.Add(widget.NewButton(b.name, b.press))
		}
		rows.Add(grid)
	}
	d.window.SetContent(container.NewBorder(d.status, container.NewVBox(d.paper, pull), nil, nil,
		container.NewVScroll(rows)))
	d.window.Resize(fyne.NewSize(dockWidth, dockHeight))
	d.window.SetMaster()
	return d
}

// show runs the window until it is closed.
func (d *dock) show() { d.window.ShowAndRun() }

// The following may be called from any goroutine.

func (d *dock) quit() { fyne.Do(d.app.Quit) }

func (d *dock) say(text string) { fyne.Do(func() { d.status.SetText(text) }) }

func (d *dock) showPaper(img image.Image) {
	fyne.Do(func() {
		d.paper.Image = img
		d.paper.Refresh()
	})
}

// pullPaper takes the paper away, as its owner does.
func (d *dock) pullPaper() {
	d.paper.Image = nil
	d.paper.Refresh()
}
