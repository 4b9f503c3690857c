//go:build tour

package tour

import (
	"context"
	"errors"
	"image"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
)

// fakeButton has the shape of the station's controls.
type fakeButton struct {
	widget.BaseWidget
	name, text string
	off        bool
	tapped     func()
}

func (b *fakeButton) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(canvas.NewText(b.text, nil))
}
func (b *fakeButton) Tapped(*fyne.PointEvent) {
	if b.tapped != nil {
		b.tapped()
	}
}
func (b *fakeButton) AccessibleName() string { return b.name }
func (b *fakeButton) SpokenText() string     { return b.text }
func (b *fakeButton) Enabled() bool          { return !b.off }

// fakeField has the shape of the station's fields.
type fakeField struct {
	widget.BaseWidget
	label, text string
	focused     bool
}

func (f *fakeField) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(canvas.NewText(f.text, nil))
}
func (f *fakeField) AccessibleName() string       { return f.label }
func (f *fakeField) Text() string                 { return f.text }
func (f *fakeField) Tapped(*fyne.PointEvent)      { f.focused = true }
func (f *fakeField) Objects() []fyne.CanvasObject { return nil }

// fakeStation is a program with one screen.
type fakeStation struct {
	mu    sync.Mutex // stands for the goroutine that draws
	root  fyne.CanvasObject
	ready bool
	moved time.Duration
	full  bool
}

func (f *fakeStation) Do(do func())               { f.mu.Lock(); defer f.mu.Unlock(); do() }
func (f *fakeStation) Roots() []fyne.CanvasObject { return []fyne.CanvasObject{f.root} }
func (f *fakeStation) Capture() (image.Image, error) {
	return image.NewGray(image.Rect(0, 0, 8, 5)), nil
}
func (f *fakeStation) Ready() bool                  { return f.ready }
func (f *fakeStation) AdvanceClock(d time.Duration) { f.moved += d }
func (f *fakeStation) SetDiskFull(full bool)        { f.full = full }

// drive starts Serve on a fake station and connects to it.
func drive(t *testing.T, f *fakeStation) *remote {
	t.Helper()
	test.NewTempApp(t)
	path := filepath.Join(t.TempDir(), "s")
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- Serve(ctx, path, f) }()
	r, err := dial(ctx, path, nil)
	if err != nil {
		cancel()
		t.Fatal(err)
	}
	t.Cleanup(func() {
		r.close()
		cancel()
		if err := <-served; err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
	return r
}

func TestServe(t *testing.T) {
	taps := map[string]int{}
	button := func(name, text string) *fakeButton {
		b := &fakeButton{name: name, text: text}
		b.tapped = func() { taps[name]++ }
		return b
	}
	off := button("Tiếp tục", "Còn thiếu một loại giấy tờ")
	off.off = true
	hidden := button("Bí mật", "Bí mật")
	hidden.Hide()
	f := &fakeStation{root: container.NewVBox(
		canvas.NewText("Hôm nay ông/bà\n cần làm gì?", nil),
		button("Nộp hồ sơ", "Nộp hồ sơ"), button("Nộp hồ sơ khác", "Nộp hồ sơ khác"),
		button("Trợ giúp", ""), button("Câu 1", "Có"), button("Câu 2", "Có"),
		button("Khoá máy", "Khoá máy"), button("Khoá máy", "Khoá máy"), off, hidden,
	)}
	r := drive(t, f)
	tests := []struct {
		q    request
		want string // part of the refusal; "" if it is done
	}{
		{request{Ask: askTap, Text: "Nộp hồ sơ"}, ""}, // exact, though another begins so
		{request{Ask: askTap, Text: "Trợ giúp"}, ""},  // an icon, by its accessible name
		{request{Ask: askTap, Text: "Nộp hồ sơ k"}, ""},
		{request{Ask: askTap, Text: "Nộp hồ"}, "2 controls are called"},
		{request{Ask: askTap, Text: "Có"}, "2 controls are called"},
		{request{Ask: askTap, Text: "Khoá máy"}, ""}, // two that promise the same
		{request{Ask: askTap, Text: "nộp hồ sơ"}, "no control is called"},
		{request{Ask: askTap, Text: "Tiếp tục"}, "cannot be pressed now"},
		{request{Ask: askTap, Text: "Bí mật"}, "no control is called"},
		{request{Ask: askSee, Text: "ông/bà cần làm gì"}, ""},
		{request{Ask: askSee, Text: "Còn thiếu"}, ""}, // what cannot be pressed can be read
		{request{Ask: askSee, Text: "Bí mật"}, "is not to be read"},
		{request{Ask: askRead, Text: "ông/bà cần"}, ""},
		{request{Ask: askRead, Text: "Bí mật"}, "no word is to be read after"},
		{request{Ask: askGone, Text: "Bí mật"}, ""},
		{request{Ask: askGone, Text: "hôm nay"}, ""},
		{request{Ask: askGone, Text: "Hôm nay"}, "is to be read"},
		{request{Ask: askReady}, "not ready"},
		{request{Ask: askClock, Millis: 90_000}, ""},
		{request{Ask: askDisk, Full: true}, ""},
		{request{Ask: "dance"}, "unknown request"},
	}
	for _, tt := range tests {
		_, err := r.ask(tt.q)
		var no *refused
		switch {
		case tt.want == "" && err != nil:
			t.Errorf("%+v: %v", tt.q, err)
		case tt.want != "" && (!errors.As(err, &no) || !strings.Contains(no.why, tt.want)):
			t.Errorf("%+v: %v; want a refusal with %q", tt.q, err, tt.want)
		}
	}
	if taps["Nộp hồ sơ"] != 1 || taps["Trợ giúp"] != 1 || taps["Nộp hồ sơ khác"] != 1 || taps["Khoá máy"] != 1 || len(taps) != 4 {
		t.Errorf("pressed %v", taps)
	}
	if f.moved != 90*time.Second || !f.full {
		t.Errorf("the clock moved %v, the disk is full: %v", f.moved, f.full)
	}
	a, err := r.ask(request{Ask: askShot})
	if err != nil || !strings.HasPrefix(string(a.PNG), "\x89PNG") {
		t.Errorf("the picture: %v, %d bytes", err, len(a.PNG))
	}
}

// A text that comes while a tour waits for it is found.
func TestServeWaits(t *testing.T) {
	text := canvas.NewText("Xin chờ", nil)
	f := &fakeStation{root: container.NewVBox(text)}
	r := drive(t, f)
	if _, err := r.ask(request{Ask: askSee, Text: "Xong"}); err == nil {
		t.Fatal("read what was not there")
	}
	go f.Do(func() { text.Text = "Xong rồi" })
	if _, err := r.ask(request{Ask: askSee, Text: "Xong", Within: 10_000}); err != nil {
		t.Error(err)
	}
}

// fakeKeyboard is a field with a touch keyboard of letters, tones, signs and
// layers; it begins with capitals, as for a name.
func fakeKeyboard(f *fakeField) fyne.CanvasObject {
	letters, signs := container.NewVBox(), container.NewVBox()
	signs.Hide()
	shift := true
	key := func(layer *fyne.Container, name string, press func()) *fakeButton {
		b := &fakeButton{name: name, text: name, tapped: press}
		layer.Add(b)
		return b
	}
	var caps []*fakeButton
	turn := func(on bool) {
		shift = on
		for _, b := range caps {
			b.name = strings.ToLower(b.name)
			if on {
				b.name = strings.ToUpper(b.name)
			}
			b.text = b.name
		}
	}
	for _, name := range []string{"a", "ê", "đ", "n", "t", "h", "o", "ơ", "ư", "u", "y"} {
		b := key(letters, name, nil)
		b.tapped = func() { f.text += b.name; turn(false) }
		caps = append(caps, b)
	}
	turn(true)
	for _, mark := range "\u0301\u0300\u0309\u0303\u0323" {
		key(letters, tones[mark], func() { f.text = plain(f.text + string(mark)) })
	}
	for _, name := range []string{"1", "2", "/"} {
		key(signs, name, func() { f.text += name })
	}
	key(letters, shiftKeys[0], func() { turn(!shift) })
	flip := func() {
		if letters.Visible() {
			letters.Hide()
			signs.Show()
		} else {
			signs.Hide()
			letters.Show()
		}
	}
	key(letters, layerKeys[0], flip)
	key(signs, layerKeys[len(layerKeys)-1], flip)
	space := &fakeButton{name: spaceKeys[0], tapped: func() { f.text += " " }}
	return container.NewVBox(f, letters, signs, space)
}

func TestEnterTypesKeyByKey(t *testing.T) {
	for _, text := range []string{"đau", "Đươn 1/2 Nhà", "tuýt", "Hến", "", "hoạ", "hỏ ngã"} {
		f := &fakeField{label: "Họ tên"}
		r := drive(t, &fakeStation{root: fakeKeyboard(f)})
		_, err := r.ask(request{Ask: askEnter, Field: "Họ tên", Text: text})
		switch {
		case text == "hỏ ngã":
			// "g" is on no layer: typing must fail rather than go round the keyboard.
			var no *refused
			if !errors.As(err, &no) || !strings.Contains(no.why, `no key "g"`) {
				t.Errorf("%q: %v", text, err)
			}
		case err != nil:
			t.Errorf("%q: %v", text, err)
		case f.text != text || !f.focused:
			t.Errorf("typed %q, the field holds %q (focused: %v)", text, f.text, f.focused)
		}
	}
	f := &fakeField{label: "Họ tên"}
	r := drive(t, &fakeStation{root: fakeKeyboard(f)})
	if _, err := r.ask(request{Ask: askEnter, Field: "Địa chỉ", Text: "a"}); err == nil {
		t.Error("typed into a field that is not there")
	}
	if _, err := r.ask(request{Ask: askKeys, Text: "2121"}); err != nil || f.text != "2121" {
		t.Errorf("keys: %v, %q", err, f.text)
	}
}

func TestStrokes(t *testing.T) {
	var got []string
	for _, s := range strokes("Nguyễn Đ1") {
		name := s.key
		if s.shift {
			name = "⇧" + name
		}
		got = append(got, name)
	}
	want := "⇧n g u y ê ngã n   ⇧đ 1"
	if strings.Join(got, " ") != want {
		t.Errorf("got %q, want %q", strings.Join(got, " "), want)
	}
}
