package kit_test

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
	"tramhoso/app/ui/kit/golden"
	"tramhoso/device/scanner"
)

// A scanner in keyboard mode leaves nothing in a field, sends nothing off and
// presses nothing; a person types before and after it.
func TestScannerInKeyboardMode(t *testing.T) {
	env := golden.Cases[0].Env(t)
	var typing scanner.Typing
	at := time.Date(2026, 7, 14, 9, 24, 0, 0, time.UTC)
	env.Typed = func(r rune) kit.Keystroke {
		return map[scanner.Key]kit.Keystroke{scanner.KeyFirst: kit.KeyBegins, scanner.KeyMore: kit.KeyGoesOn, scanner.KeyMachine: kit.KeyMachine}[typing.Key(r, at)]
	}
	sent, pressed, heard := 0, 0, ""
	f := kit.NewField(env, kit.FieldSpec{Label: "Họ và tên", Submit: func() { sent++ }, Changed: func(s string) { heard = s }})
	b := kit.NewButton(env, kit.ButtonSpec{Action: kit.Action{Text: "Tiếp tục", Do: func() { pressed++ }}})
	enter := &fyne.KeyEvent{Name: fyne.KeyReturn}
	type typist interface {
		TypedRune(rune)
		TypedKey(*fyne.KeyEvent)
	}
	keys := func(into typist, text string, pace time.Duration) {
		for _, r := range text {
			at = at.Add(pace)
			into.TypedRune(r)
		}
		at = at.Add(pace)
		into.TypedKey(enter)
	}
	keys(f, "An", 90*time.Millisecond)
	if f.Text() != "An" || sent != 1 {
		t.Fatalf("typed by hand: %q, sent %d times", f.Text(), sent)
	}
	f.TypedKey(&fyne.KeyEvent{Name: fyne.KeyLeft})
	at = at.Add(time.Second)
	keys(f, "066190000123||H Bia Nie|12081990", 2*time.Millisecond)
	if f.Text() != "An" || heard != "An" || f.Before() != "A" || sent != 1 {
		t.Errorf("after a scan: %q, heard %q, caret after %q, sent %d times", f.Text(), heard, f.Before(), sent)
	}
	at = at.Add(time.Second)
	keys(f, "n", 90*time.Millisecond)
	if f.Text() != "Ann" || sent != 2 {
		t.Errorf("by hand again: %q, sent %d times", f.Text(), sent)
	}
	at = at.Add(time.Second)
	keys(b, "HTTPS://HOSO EXAMPLE/S/ABCDEF 23", 2*time.Millisecond)
	if pressed > 1 { // a blank among the first keys is a person's, for all that is known
		t.Errorf("a scan pressed a button %d times", pressed)
	}
	at, pressed = at.Add(time.Second), 0
	keys(b, "", 90*time.Millisecond)
	if pressed != 1 {
		t.Errorf("Enter by hand pressed %d times", pressed)
	}
}
