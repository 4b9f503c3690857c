package notice_test

import (
	"testing"

	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
	"tramhoso/app/ui/kit/golden"
	"tramhoso/app/ui/screens/notice"
)

func TestLook(t *testing.T) {
	golden.Screen(t, "notice", func(env *kit.Env) fyne.CanvasObject {
		return notice.New(env, notice.Actions{Back: func() {}, Next: func() {}})
	}, "Thông tin của ông/bà được dùng thế nào?", "Chỉ cơ quan giải quyết mở được", "Màn hình tự xoá", "Đã rõ, tiếp tục")
}

func TestPressing(t *testing.T) {
	var did string
	obj := notice.New(golden.Cases[0].Env(t), notice.Actions{Back: func() { did = "back" }, Next: func() { did = "next" }})
	for name, want := range map[string]string{"Quay lại": "back", "Đã rõ, tiếp tục": "next"} {
		golden.Press(t, obj, name)
		if did != want {
			t.Errorf("%q did %q, not %q", name, did, want)
		}
	}
}
