package kit_test

import (
	"testing"

	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
	"tramhoso/app/ui/kit/golden"
)

// papers is the look of the papers screen: rows, a question, tags.
func papers(env *kit.Env) fyne.CanvasObject {
	p := env.Pal()
	row := func(tone kit.Tone, icon, text, tag string, t kit.Tone) fyne.CanvasObject {
		return kit.NewListRow(env, kit.RowSpec{Icon: icon, Text: text, Regular: true, Tone: tone, Trail: kit.NewTag(env, t, "", tag), Height: 75})
	}
	do := func() {}
	way := func(icon, text string) fyne.CanvasObject {
		return kit.NewButton(env, kit.ButtonSpec{Action: kit.Action{Text: text, Icon: icon, Do: do}, Stack: true, Height: 131, Size: kit.TextBody, IconSize: 40, IconTint: p.Leaf, Gap: 8, Pad: 10})
	}
	ask := kit.NewPanelPad(env, kit.Gold, 12, 24, 18, 24, kit.Col(12,
		kit.Row(16, kit.NewIcon("doc", 36, p.Ink), kit.Grow(kit.Read(env, "**3. Giấy khai sinh cũ** – ông/bà đưa giấy này bằng cách nào?")), kit.NewTag(env, kit.Gold, "", "Chưa có")),
		kit.Grid(4, 16, 16, way("person", "Đưa bản giấy cho giao dịch viên"), way("scan", "Đặt giấy vào máy quét"), way("usb", "Lấy từ USB của tôi"), way("x", "Tôi không có giấy này")),
	))
	if env.IsPortrait() {
		ask = kit.NewPanel(env, kit.Gold, kit.P(env, "Giấy khai sinh cũ"))
	}
	return kit.NewFrame(env, kit.FrameSpec{
		Steps: &kit.StepsSpec{Now: 4}, Title: "Giấy tờ kèm theo: còn một loại",
		Body: kit.Col(12,
			row(kit.Surface, "pencil", "**1. Tờ khai** – đã điền trên máy này", "Đã có", kit.Leaf),
			row(kit.Surface, "card", "**2. Thẻ căn cước** – chỉ xuất trình, không sao chụp", "Đã xem", kit.Leaf),
			ask,
			row(kit.Bare, "docs", "**4. Văn bản uỷ quyền** – ông/bà nộp cho con chưa thành niên", "Không cần", kit.Bare),
		),
		Back: kit.BackAction(env, do),
		Main: &kit.Action{Text: "Còn thiếu một loại", Off: true},
	})
}

func TestPapersLook(t *testing.T) {
	golden.Run(t, "papers", append(golden.Cases[:1:1], golden.Wide, golden.Cases[2]), papers, "Còn thiếu một loại", "Đã có", "4. Văn bản uỷ quyền")
}

// handover has a staff band, a table, choices and fee lines.
func handover(env *kit.Env) fyne.CanvasObject {
	p, do := env.Pal(), func() {}
	cell := func(s string) fyne.CanvasObject { return kit.Grow(kit.P(env, s)) }
	line := func(a, b, c, icon string) fyne.CanvasObject {
		return kit.Fixed(60, kit.Row(12, kit.Fixed(174, kit.NewParagraph(env, a, kit.Style{Bold: true})), cell(b), cell(c), kit.NewIcon(icon, 34, p.Leaf)))
	}
	left := kit.Col(16,
		kit.NewPanelPad(env, kit.Surface, 12, 22, 8, 22, kit.Col(0,
			kit.Fixed(40, kit.Row(12, kit.Fixed(174, kit.P(env, "")), kit.Grow(kit.Quiet(env, "Trên hồ sơ")), kit.Grow(kit.Quiet(env, "Người đến nhận")), kit.Fixed(34, kit.P(env, "")))),
			kit.Rule(p.Line, 1.5), line("Phiếu gửi", "DL27-000318", "DL27-000318", "check"),
			kit.Rule(p.Line, 1.5), line("Người nhận", "H’ Bia Niê", "Y Thuận Êban", "people"),
			kit.Rule(p.Line, 1.5), line("Thẻ căn cước", "Cuối 0123", "Cuối 4471, mức Khớp", "check"),
		)),
		kit.NewPanelPad(env, kit.Gold, 16, 22, 16, 22, kit.Col(10,
			kit.NewParagraph(env, "Người nhận không phải người nộp. Căn cứ nào?", kit.Style{Size: kit.TextRead, Bold: true}),
			kit.Grid(2, 12, 12,
				kit.NewChoice(env, kit.ChoiceSpec{Text: "Giấy uỷ quyền", On: true, Do: do}),
				kit.NewChoice(env, kit.ChoiceSpec{Text: "Vợ chồng, cha mẹ, con", Do: do})))),
	)
	money := func(a string, n int64) fyne.CanvasObject {
		return kit.Row(8, kit.Grow(kit.Read(env, a)), kit.Line(env, env.Words.Money(n), kit.Style{Size: kit.TextRead, Bold: true}))
	}
	right := kit.Col(16,
		kit.NewPanel(env, kit.Surface, kit.Row(18, kit.NewPict(env, "result", 76), kit.Grow(kit.Col(0, kit.NewParagraph(env, "Bản sao trích lục khai sinh", kit.Style{Size: kit.TextRead, Bold: true}), kit.P(env, "2 bản – của Y Khôi Niê"))))),
		kit.NewPanel(env, kit.Surface, kit.Col(6, money("Lệ phí còn thu", 16000), money("Khách đưa", 20000), money("Trả lại", 4000))),
		kit.NewNotice(env, kit.Gold, "info", "Hai bên cùng ký nhận.", ""),
	)
	return kit.NewFrame(env, kit.FrameSpec{
		Staff: &kit.Staff{Who: "ca sáng", Help: do, Lock: do}, Title: "Trả kết quả: người nhận thay",
		TitleTag: kit.NewTagLarge(env, kit.Leaf, "cup", "Tủ kết quả, ngăn B-07"),
		Body:     kit.RowFill(20, kit.GrowBy(760, left), kit.GrowBy(420, right)),
		Back:     kit.BackAction(env, do), Second: &kit.Action{Text: "Không trao, ghi lý do", Icon: "x", Kind: kit.Ending, Do: do},
		Main: kit.MainAction("Trao và lấy chữ ký", do),
	})
}

func TestHandoverLook(t *testing.T) {
	golden.Run(t, "handover", golden.Cases[:1], handover, "16.000 đồng", "Vợ chồng, cha mẹ, con", "Tủ kết quả, ngăn B-07")
}

// timeline has a brand, a note beside the title and moments.
func timeline(env *kit.Env) fyne.CanvasObject {
	do := func() {}
	left := kit.NewPanelPad(env, kit.Surface, 16, 24, 16, 24, kit.Col(0,
		kit.NewParagraph(env, "Xác nhận tình trạng hôn nhân", kit.Style{Size: kit.TextRead, Bold: true, Line: 1.25}),
		kit.Quiet(env, "Mã hồ sơ H15.27-260706-0042"), kit.Space(14),
		kit.NewTimeline(env, []kit.Moment{
			{State: kit.Past, Text: "Đã nhận tại điểm Hoà Phú", Second: "06/07, 08:35"},
			{State: kit.Past, Text: "UBND xã Hoà Phú tiếp nhận", Second: "06/07, 14:10 – hẹn trả 09/07"},
			{State: kit.Present, Icon: "docs", Text: "Cần bổ sung – đang chờ ông/bà", Second: "08/07, 09:20 – hạn trả sẽ tính lại"},
			{State: kit.ToCome, Text: "Cơ quan giải quyết"},
			{State: kit.ToCome, Text: "Trả kết quả"},
		})))
	body := kit.RowFill(24, kit.Fixed(560, left), kit.Grow(kit.NewPanel(env, kit.Gold, kit.Col(12, kit.Head(env, "Xin ông/bà bổ sung:"), kit.Read(env, "Xin mang **bản chính** để đối chiếu.")))))
	if env.IsPortrait() {
		body = kit.Col(24, left)
	}
	return kit.NewFrame(env, kit.FrameSpec{
		Brand: "Tra cứu hồ sơ", Title: "Cơ quan đề nghị bổ sung giấy tờ", TitleNote: "Tin mới nhất máy có: 07:10 hôm nay",
		Body: body,
		Back: kit.BackAction(env, do), Main: kit.MainAction("Bổ sung ngay", do),
	})
}

func TestTimelineLook(t *testing.T) {
	golden.Run(t, "timeline", []golden.Case{golden.Cases[0], golden.Cases[2], golden.Cases[3]}, timeline, "Cần bổ sung – đang chờ ông/bà", "Mã hồ sơ H15.27-260706-0042")
}
