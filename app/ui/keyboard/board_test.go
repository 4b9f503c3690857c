package keyboard_test

import (
	"testing"

	"fyne.io/fyne/v2"

	"tramhoso/app/ui/keyboard"
	"tramhoso/app/ui/kit"
	"tramhoso/app/ui/kit/golden"
)

func formText(env *kit.Env) fyne.CanvasObject {
	do := func() {}
	f := kit.NewField(env, kit.FieldSpec{Label: "Người được cấp trích lục tên là gì?", Text: "Y Khôi Ni"})
	board := keyboard.New(env, f, keyboard.Options{})
	kit.Find(board.Tray(), "ê").Tapped(nil)
	hide := kit.NewButton(env, kit.ButtonSpec{Action: kit.Action{Text: env.T("app.hide-text"), Icon: "eyeoff", Do: do}, Size: kit.TextBody, Height: 80, Pad: 24})
	sug := kit.Row(12, kit.Chip(env, "", "Niê", do), kit.Chip(env, "", "Niê Kdăm", do), kit.Spring(), kit.Chip(env, "card", "Là tôi: H’ Bia Niê", do))
	entry := fyne.CanvasObject(kit.Row(16, kit.Grow(f), hide))
	if env.Reach {
		entry = f
	}
	return kit.NewFrame(env, kit.FrameSpec{
		Steps: &kit.StepsSpec{Now: 3, Sub: env.T("app.question", "n", 2, "of", 9)}, Title: "Người được cấp trích lục tên là gì?",
		Body:    kit.Col(14, kit.NewParagraph(env, "Ghi họ, chữ đệm, tên như trong giấy khai sinh. Muốn có dấu, bấm phím sắc, huyền…", kit.Style{Size: kit.TextRead, Color: env.Pal().Ink2, Max: 2, Second: true}), entry),
		Suggest: sug, Back: &kit.Action{Text: env.T("app.previous"), Icon: "left", Do: do}, Main: kit.MainAction(env.T("app.next"), do),
		Keyboard: board,
	})
}

func TestBoardLook(t *testing.T) {
	cases := append(append([]golden.Case(nil), golden.Cases...), golden.Wide, golden.Reach)
	golden.Run(t, "form-text", cases, formText, "Y Khôi Niê", "sắc", "huyền", "dấu cách", "Câu sau", "Là tôi: H’ Bia Niê")
}

func formDate(env *kit.Env) fyne.CanvasObject {
	do := func() {}
	mk := func(label, text string, n int) *kit.Field {
		return kit.NewField(env, kit.FieldSpec{Label: label, Text: text, Height: 96, Size: 52, Centred: true, Max: n, Accept: kit.Digits})
	}
	d, m, y := mk("Ngày", "05", 2), mk("Tháng", "03", 2), mk("Năm", "2012", 4)
	g := kit.NewFields(d, m, y)
	g.Activate(2)
	col := func(label string, f *kit.Field) fyne.CanvasObject {
		return kit.Col(8, kit.NewParagraph(env, label, kit.Style{Size: kit.TextRead, Bold: true}), f)
	}
	choice := func(text string, on bool) fyne.CanvasObject {
		return kit.NewChoice(env, kit.ChoiceSpec{Text: text, On: on, Do: do})
	}
	left := kit.Col(18,
		kit.Row(20, kit.Fixed(190, col("Ngày", d)), kit.Fixed(190, col("Tháng", m)), kit.Grow(col("Năm", y))),
		kit.NewNotice(env, kit.Leaf, "check", "**Thứ Hai, ngày 5 tháng 3 năm 2012**\nNhằm ngày 13 tháng 2 năm Nhâm Thìn", ""),
		kit.NewParagraph(env, "Ông/bà nhớ ngày theo cách nào?", kit.Style{Size: kit.TextRead, Bold: true}),
		kit.Grid(2, 16, 14, choice("Ngày dương lịch", true), choice("Ngày âm lịch", false), choice("Chỉ nhớ tháng và năm", false), choice("Chỉ nhớ năm", false)),
	)
	return kit.NewFrame(env, kit.FrameSpec{
		Steps: &kit.StepsSpec{Now: 3, Sub: env.T("app.question", "n", 3, "of", 9)}, Title: "Y Khôi Niê sinh ngày nào?",
		Body: kit.RowFill(32, kit.Fixed(772, left), kit.Grow(keyboard.NewPad(env, g, "Đủ hai số, máy tự chuyển ô"))),
		Back: &kit.Action{Text: env.T("app.previous"), Icon: "left", Do: do}, Main: kit.MainAction(env.T("app.next"), do),
	})
}

func TestPadLook(t *testing.T) {
	golden.Run(t, "form-date", golden.Cases[:1], formDate, "2012", "Xoá hết", "Chỉ nhớ năm", "Nhằm ngày 13 tháng 2 năm Nhâm Thìn")
}

// press finds a key by its name and taps it.
func press(t *testing.T, obj fyne.CanvasObject, names ...string) {
	t.Helper()
	for _, n := range names {
		c := kit.Find(obj, n)
		if c == nil || c.AccessibleName() != n {
			t.Fatalf("no key %q", n)
		}
		c.Tapped(nil)
	}
}

func TestTyping(t *testing.T) {
	env := golden.Cases[0].Env(t)
	touched := 0
	env.Touch = func() { touched++ }
	f := kit.NewField(env, kit.FieldSpec{Label: "Tên"})
	b := keyboard.New(env, f, keyboard.Options{Capitals: keyboard.WordCapitals})
	all := func() fyne.CanvasObject { return kit.Col(0, b.Tray(), b.Bottom()) }
	press(t, all(), "H", "’", "dấu cách", "B", "i", "a", "dấu cách", "N", "i", "ê", "sắc", "sắc")
	if got := f.Text(); got != "H’ Bia Niê" {
		t.Errorf("typed %q", got)
	}
	press(t, all(), "dấu cách", "chữ hoa", "h", "o", "sắc", "a", "-", "Đ", "Xoá", "123", "2", "7", "@gmail.com", "abc", "dấu cách", "X")
	if got, want := f.Text(), "H’ Bia Niê hoá-27@gmail.com X"; got != want {
		t.Errorf("typed %q, want %q", got, want)
	}
	if touched == 0 {
		t.Error("no key told that someone is here")
	}
}

func TestPadMovesOn(t *testing.T) {
	env := golden.Cases[0].Env(t)
	var g *kit.Fields
	next := func() { g.Next() }
	d := kit.NewField(env, kit.FieldSpec{Label: "Ngày", Max: 2, Accept: kit.Digits, Full: next})
	m := kit.NewField(env, kit.FieldSpec{Label: "Tháng", Max: 2, Accept: kit.Digits, Full: next})
	g = kit.NewFields(d, m)
	pad := keyboard.NewPad(env, g, "")
	press(t, pad, "0", "5", "1", "2")
	if d.Text() != "05" || m.Text() != "12" || !m.Active() || d.Active() {
		t.Errorf("typed %q/%q", d.Text(), m.Text())
	}
	press(t, pad, "Xoá", "Xoá", "Xoá")
	if d.Text() != "0" || m.Text() != "" || !d.Active() {
		t.Errorf("after erasing %q/%q", d.Text(), m.Text())
	}
	press(t, pad, "Xoá hết")
	if d.Text() != "" || !d.Active() {
		t.Error("not cleared")
	}
}
