//go:build tour

package tour

import (
	"context"
	"fmt"
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"golang.org/x/text/unicode/norm"

	"tramhoso/app/ui/kit"
	"tramhoso/assets"
)

// stroke is one key of the touch keyboard that a letter needs.
type stroke struct {
	key   string // a letter, a digit, a sign, or one of the tone names
	shift bool
}

// tones are the five tone marks, by the name on their key.
var tones = map[rune]string{
	'\u0301': "sắc",
	'\u0300': "huyền",
	'\u0309': "hỏi",
	'\u0303': "ngã",
	'\u0323': "nặng",
}

// strokes turns a text into the keys that a person presses for it: the letter
// with its hat, horn or bar first, then its tone.
func strokes(text string) []stroke {
	var keys []stroke
	for _, r := range norm.NFC.String(text) {
		tone := ""
		var base []rune
		for _, part := range norm.NFD.String(string(r)) {
			if name, ok := tones[part]; ok {
				tone = name
				continue
			}
			base = append(base, part)
		}
		for _, letter := range norm.NFC.String(string(base)) {
			keys = append(keys, stroke{key: string(unicode.ToLower(letter)), shift: unicode.IsUpper(letter)})
		}
		if tone != "" {
			keys = append(keys, stroke{key: tone})
		}
	}
	return keys
}

// The keys that write nothing by themselves, by their names in both languages.
var (
	shiftKeys = keyNames("keyboard.shift")
	layerKeys = append(keyNames("keyboard.digits"), keyNames("keyboard.letters")...)
	spaceKeys = keyNames("keyboard.space")
)

// keyNames are what a key is called in each language.
func keyNames(key string) []string {
	var names []string
	for _, lang := range []string{"vi", "en"} {
		words, err := assets.Load(lang)
		if err != nil {
			panic(err) // they are part of the program
		}
		names = append(names, words.T(key))
	}
	return names
}

// typeText types on the keyboard that the screen shows, key by key: into the
// field named q.Field, or without one onto whatever pad is there.
func typeText(ctx context.Context, target Target, q request) error {
	var before string
	if q.Ask == askEnter {
		err := await(ctx, target, q.within(), func(s screen) error {
			into, err := s.field(q.Field)
			if err != nil {
				return err
			}
			focus(into)
			before = into.Text()
			return nil
		})
		if err != nil {
			return err
		}
	}
	for _, key := range strokes(q.Text) {
		if err := await(ctx, target, q.within(), func(s screen) error { return pressKey(s, target, key) }); err != nil {
			return fmt.Errorf("while typing %q: %w", q.Text, err)
		}
	}
	if q.Ask != askEnter {
		return nil
	}
	// Looked for anew: a screen may be built again while it is typed into.
	return await(ctx, target, q.within(), func(s screen) error {
		into, err := s.field(q.Field)
		if err != nil {
			return err
		}
		if got := into.Text(); plain(got) != plain(before+q.Text) {
			return fmt.Errorf("typed %q, but the field holds %q", q.Text, got)
		}
		return nil
	})
}

// focus puts the cursor into a field as a tap on it does.
func focus(f field) {
	if pressed, ok := f.(fyne.Tappable); ok {
		pressed.Tapped(&fyne.PointEvent{Position: fyne.NewPos(f.Size().Width/2, f.Size().Height/2)})
		return
	}
	if canvas := fyne.CurrentApp().Driver().CanvasForObject(f); canvas != nil {
		if focusable, ok := f.(fyne.Focusable); ok {
			canvas.Focus(focusable)
		}
	}
}

// pressKey presses one key. Where the key is not on the present layer it changes
// the layer first; where it shows the letter in the other case, it presses shift.
func pressKey(s screen, target Target, key stroke) error {
	lower, upper := []string{key.key}, []string{strings.ToUpper(key.key)}
	if key.key == " " {
		lower, upper = spaceKeys, spaceKeys
	}
	if s.key(lower) == nil && s.key(upper) == nil && s.pressFirst(layerKeys) == nil {
		s = lookAt(target)
	}
	want := lower
	if key.shift {
		want = upper
	}
	if s.key(want) == nil {
		if err := s.pressFirst(shiftKeys); err != nil {
			return fmt.Errorf("the keyboard has no key %q", want[0])
		}
		s = lookAt(target)
	}
	return s.pressFirst(want)
}

// pressFirst presses the first of the names that is a key now.
func (s screen) pressFirst(names []string) error {
	k := s.key(names)
	if k == nil {
		return fmt.Errorf("the keyboard has no key %q", names[0])
	}
	press(k)
	return nil
}

// key is the first of the names that can be pressed now, or nil. The keyboard
// comes last in reading order.
func (s screen) key(names []string) kit.Control {
	for _, name := range names {
		if keys := named(s.controls, func(n string) bool { return n == name }); len(keys) > 0 {
			return keys[len(keys)-1]
		}
	}
	return nil
}
