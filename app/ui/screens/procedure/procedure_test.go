package procedure_test

import (
	"testing"

	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
	"tramhoso/app/ui/kit/golden"
	"tramhoso/app/ui/screens/procedure"
)

// extract is the copy of a civil status extract, as the catalogue has it.
func extract(env *kit.Env) procedure.Model {
	m := procedure.Model{
		Title: "Cấp bản sao trích lục hộ tịch", Code: "2.000635",
		Fee:  procedure.Fact{Value: env.T("procedure.fee-each", "money", env.Words.Money(8000), "per", "một bản"), Note: env.T("procedure.exemptions")},
		Time: procedure.Fact{Value: env.T("procedure.same-day"), Note: env.T("procedure.time-note")},
		Way:  procedure.Fact{Value: env.T("procedure.full"), Note: env.T("procedure.full-note")},
		Papers: []procedure.Paper{
			{Icon: "pencil", Name: "Tờ khai", Note: env.T("procedure.paper-form")},
			{Icon: "card", Name: "Thẻ căn cước", Note: env.T("procedure.paper-show")},
			{Icon: "doc", Name: "Văn bản uỷ quyền, khi làm thay người khác", Note: env.T("procedure.paper-original") + ". " + env.T("procedure.paper-optional")},
		},
		Agency: "Uỷ ban nhân dân phường Buôn Ma Thuột", Address: "Phường Buôn Ma Thuột, tỉnh Đắk Lắk", Phone: "0262 000 1022", CanDo: true,
		About: "Bản sao trích lục từ sổ hộ tịch: khai sinh, kết hôn, khai tử và những việc khác đã đăng ký. Cơ quan giải quyết là Uỷ ban nhân dân cấp xã hoặc Sở Tư pháp nơi đang giữ sổ hộ tịch.\n\nTrả lời tờ khai ngay trên máy này. Thời hạn tính từ lúc cơ quan nhận hồ sơ.",
	}
	if env.Words.Lang() == "en" {
		m.Title, m.Fee.Value = "Copy of a civil status extract", env.T("procedure.fee-each", "money", env.Words.Money(8000), "per", "a copy")
		for i, n := range []string{"Form", "ID card", "Authorisation, when acting for somebody else"} {
			m.Papers[i].Name = n
		}
		m.Agency, m.Address = "People's Committee of Buôn Ma Thuột ward", "Buôn Ma Thuột ward, Đắk Lắk province"
		m.About = "A copy from the civil status book: birth, marriage, death and other facts registered. The People's Committee of the commune that keeps the book decides.\n\nThe form is answered on this machine. The time counts from when the agency receives the dossier."
	}
	return m
}

// marital has five papers, some with long names, and a long name of its own.
func marital(env *kit.Env) procedure.Model {
	m := extract(env)
	m.Title = "Cấp giấy xác nhận tình trạng hôn nhân có yếu tố nước ngoài tại khu vực biên giới"
	m.Code = "1.004873"
	m.Fee = procedure.Fact{Value: env.T("procedure.fee-elsewhere")}
	m.Time.Value = env.T("procedure.working", "n", 3)
	m.Way = procedure.Fact{Value: env.T("procedure.info"), Note: env.T("procedure.info-note")}
	m.Papers = append(m.Papers[:2:2],
		procedure.Paper{Icon: "doc", Name: "Giấy xác nhận đã cấp trước đây, nếu có", Note: env.T("procedure.paper-original") + ". " + env.T("procedure.paper-optional")},
		procedure.Paper{Icon: "doc", Name: "Bản án, quyết định ly hôn hoặc giấy khai tử của vợ, chồng, nếu có", Note: env.T("procedure.paper-original") + ". " + env.T("procedure.paper-optional")},
		procedure.Paper{Icon: "doc", Name: "Văn bản uỷ quyền, khi làm thay người khác", Note: env.T("procedure.paper-original")})
	m.CanDo = false
	return m
}

func screen(model func(*kit.Env) procedure.Model) func(*kit.Env) fyne.CanvasObject {
	return func(env *kit.Env) fyne.CanvasObject {
		return procedure.New(env, model(env), procedure.Actions{Back: func() {}, Begin: func() {}})
	}
}

func TestLook(t *testing.T) {
	golden.Screen(t, "extract", screen(extract), "Cấp bản sao trích lục hộ tịch", "2.000635", "8.000 đồng một bản",
		"Trong ngày làm việc", "Uỷ ban nhân dân phường Buôn Ma Thuột", "Chỉ xuất trình, không sao chụp", "Bắt đầu nộp")
}

func TestOtherStates(t *testing.T) {
	golden.State(t, "procedure-long", screen(marital), "Theo mức của tỉnh", "Chưa nộp được tại đây")
	golden.State(t, "procedure-bare", screen(func(env *kit.Env) procedure.Model {
		m := extract(env)
		m.Papers, m.About, m.Free, m.CanDo = nil, "", true, false
		return m
	}), "Không cần thêm giấy tờ")
	golden.State(t, "procedure-problem", screen(func(env *kit.Env) procedure.Model {
		m := marital(env)
		m.Problem = golden.Longest(env)
		return m
	}))
}

func TestPressing(t *testing.T) {
	var did string
	env := golden.Cases[0].Env(t)
	a := procedure.Actions{Back: func() { did = "back" }, Begin: func() { did = "begin" }}
	obj := procedure.New(env, extract(env), a)
	for name, want := range map[string]string{"Quay lại": "back", "Bắt đầu nộp": "begin"} {
		golden.Press(t, obj, name)
		if did != want {
			t.Errorf("%q did %q, not %q", name, did, want)
		}
	}
	golden.Off(t, procedure.New(env, marital(env), a), "Chưa nộp được tại đây")
	m := marital(env)
	m.Free = true // only looking: nothing is refused
	if kit.Find(procedure.New(env, m, a), "Chưa nộp được tại đây") != nil {
		t.Error("somebody only looking is refused")
	}
	place := procedure.New(env, extract(env), a)
	golden.Press(t, place, "Cần biết")
	golden.Texts(t, place, "Bản sao trích lục từ sổ hộ tịch: khai sinh, kết hôn, khai tử và những việc khác đã đăng ký.")
	golden.Press(t, place, "Nơi giải quyết")
	golden.Texts(t, place, "0262 000 1022")
}
