package upkeep_test

import (
	"testing"

	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
	"tramhoso/app/ui/kit/golden"
	"tramhoso/app/ui/screens/upkeep"
)

func sample(env *kit.Env) upkeep.Model {
	ready, fix := env.T("upkeep.ready"), env.T("upkeep.fix")
	checked := env.T("upkeep.checked", "clock", "09:12")
	test := env.T("upkeep.test")
	return upkeep.Model{Staff: kit.Staff{Technician: true, Who: "Lê Văn Dũng", Lock: func() {}}, Version: env.T("upkeep.version", "station", "DL27", "version", "0.1.0"), Broken: 1,
		Devices: []upkeep.Device{
			{ID: "printer", Icon: "printer", Name: env.T("upkeep.printer"), State: fix, Note: env.T("paperout.out"), Tested: test},
			{ID: "scanner", Icon: "scan", Name: env.T("upkeep.scanner"), State: ready, Note: checked, Good: true, Tested: test},
			{ID: "network", Icon: "net", Name: env.T("upkeep.network"), State: ready, Note: checked, Good: true, Tested: test},
			{ID: "storage", Icon: "disk", Name: env.T("upkeep.storage"), State: ready, Note: env.T("upkeep.visits-left", "n", 412), Good: true},
			{ID: "clock", Icon: "clock", Name: env.T("upkeep.clock"), State: ready, Note: checked, Good: true},
			{ID: "enrolment", Icon: "shield", Name: env.T("upkeep.enrolment"), State: ready, Note: checked, Good: true},
		}}
}

func screen(model func(*kit.Env) upkeep.Model) func(*kit.Env) fyne.CanvasObject {
	return func(env *kit.Env) fyne.CanvasObject {
		return upkeep.New(env, model(env), upkeep.Actions{Test: func(string) {}, All: func() {}})
	}
}

func TestLook(t *testing.T) {
	golden.Screen(t, "devices", screen(sample), "Thiết bị: 1 mục cần sửa", "Trạm DL27 – bản 0.1.0", "Lê Văn Dũng", "Máy in phiếu", "Cần sửa", "Cho thêm 412 lượt nộp", "Tự kiểm tra tất cả")
}

func TestOtherStates(t *testing.T) {
	golden.State(t, "upkeep-long", screen(func(env *kit.Env) upkeep.Model {
		m := sample(env)
		for i := range m.Devices {
			m.Devices[i].Note, m.Devices[i].Good, m.Devices[i].Tested = golden.Longest(env), false, env.T("upkeep.test")
		}
		m.Broken = 6
		return m
	}))
}

func TestPressing(t *testing.T) {
	var did string
	env := golden.Cases[0].Env(t)
	obj := upkeep.New(env, sample(env), upkeep.Actions{Test: func(id string) { did = id }, All: func() { did = "all" }})
	for name, want := range map[string]string{"Thử: Máy in phiếu": "printer", "Thử: Máy quét mã": "scanner", "Tự kiểm tra tất cả": "all"} {
		golden.Press(t, obj, name)
		if did != want {
			t.Errorf("%q did %q, not %q", name, did, want)
		}
	}
}
