package kit

import (
	"time"

	"tramhoso/assets"
)

// Class is the shape of a screen.
type Class int

// The two shapes: one lies, one stands.
const (
	Landscape Class = iota
	Portrait
)

// Size is a screen in design pixels (after the toolkit's scale).
type Size struct {
	W, H  float32
	Class Class
}

// The three screens the grid is drawn for, and the scale each is shown at.
var (
	Size1280     = Size{1280, 800, Landscape} // 1280×800, scale 1.0
	Size1920     = Size{1477, 831, Landscape} // 1920×1080, scale 1.3
	SizePortrait = Size{900, 1600, Portrait}  // 1080×1920, scale 1.2
)

// SizeOf picks the class for a canvas of w×h design pixels.
func SizeOf(w, h float32) Size {
	if h > w {
		return Size{w, h, Portrait}
	}
	return Size{w, h, Landscape}
}

// Tools are what the three buttons in the header do. A nil one is not drawn.
type Tools struct {
	Listen   func()
	Language func()
	Help     func()
}

// Env is all a screen knows of its surroundings.
type Env struct {
	Words    *assets.Words
	Size     Size
	Contrast bool // white on black
	Large    bool // text × 1.25
	Reach    bool // everything pressable below the middle
	Now      func() time.Time
	Touch    func()                 // called at every press: someone is here
	Typed    func(r rune) Keystroke // whose a key of a hardware keyboard is; Enter is '\r'. Nil: a person's
	Early    func() bool            // the screen has just come: a press was meant for the one before. Nil: never
	Tools    Tools
	Status   Status
	// Turned is where the books that stay open are open, by their names: a screen
	// that is drawn anew is not turned back. Nil: they are not kept open.
	Turned map[string]int
	// After runs something later, on the user interface's goroutine and only if
	// this screen is still shown. Nil: no key repeats.
	After func(time.Duration, func())
	Keys  string // how the person chose to type; "": not chosen

	strip   *Strip  // of the frame shown last
	letters float32 // how much large text grows where it has no room for all; 0: largeFactor
}

// T is a text of the language in use.
func (e *Env) T(key string, args ...any) string { return e.Words.T(key, args...) }

// Pal is the palette in use.
func (e *Env) Pal() Palette {
	if e.Contrast {
		return contrastPalette
	}
	return lightPalette
}

// largeFactor is how much large text grows.
const largeFactor = 1.25

// Px scales a text size for the reader.
func (e *Env) Px(size float32) float32 {
	switch {
	case !e.Large:
		return size
	case e.letters > 0:
		return size * e.letters
	}
	return size * largeFactor
}

// IsPortrait reports whether the screen stands.
func (e *Env) IsPortrait() bool { return e.Size.Class == Portrait }

// Width is the width between the margins.
func (e *Env) Width() float32 { return e.Size.W - 2*Margin }

// SetStatus changes the status line of the screen shown, at once.
func (e *Env) SetStatus(s Status) {
	e.Status = s
	if e.strip != nil {
		e.strip.Set(s)
	}
}

func (e *Env) early() bool { return e.Early != nil && e.Early() }

func (e *Env) touch() {
	if e.Touch != nil {
		e.Touch()
	}
}

// Text sizes, in design pixels.
const (
	TextDisplay float32 = 44
	TextTitle   float32 = 40
	TextStaff   float32 = 36
	TextTile    float32 = 32
	TextHead    float32 = 30
	TextMain    float32 = 30
	TextKey     float32 = 30
	TextButton  float32 = 28
	TextRead    float32 = 26
	TextBody    float32 = 24 // the smallest
	TextField   float32 = 34
)

// Line heights.
const (
	LineText  float32 = 1.36
	LineTitle float32 = 1.25
)

// Space and shape.
const (
	Margin       float32 = 40
	RadiusKey    float32 = 12
	RadiusButton float32 = 16
	RadiusTile   float32 = 20
	RadiusDialog float32 = 24
)
