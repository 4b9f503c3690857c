package idle

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
	"tramhoso/app/ui/kit/golden"
)

func TestLook(t *testing.T) {
	golden.Run(t, "idle", append(append([]golden.Case(nil), golden.Cases...), golden.Reach), func(env *kit.Env) fyne.CanvasObject {
		return New(env, Model{Seconds: 20, Total: 50}, Actions{Stay: func() {}, End: func() {}})
	}, "Ông/bà còn ở đây không?", "20", "Kết thúc, xoá ngay", "Tôi vẫn ở đây", "Những gì chưa nộp sẽ không được giữ lại.")
}

// Who has begun a form is told how to go on with it.
func TestCode(t *testing.T) {
	golden.Run(t, "idle-code", append(append([]golden.Case(nil), golden.Cases...), golden.Reach), func(env *kit.Env) fyne.CanvasObject {
		return New(env, Model{Seconds: 20, Total: 50, Code: "7KF2"}, Actions{Stay: func() {}, End: func() {}})
	}, "7KF2", "Quét lại đúng thẻ này trong 10 phút.")
	env := golden.Cases[0].Env(t)
	if said := kit.Speech(New(env, Model{Seconds: 20, Code: "7KF2"}, Actions{})); !strings.Contains(said, "Mã để làm tiếp: 7KF2") {
		t.Errorf("spoken: %q", said)
	}
}

func TestCountsDown(t *testing.T) {
	env := golden.Cases[0].Env(t)
	stayed, ended := 0, 0
	obj := New(env, Model{Seconds: 20}, Actions{Stay: func() { stayed++ }, End: func() { ended++ }})
	golden.Render(t, obj, env.Size)
	s := obj.(*Screen)
	s.SetSeconds(7)
	if texts := kit.Texts(obj); !strings.Contains(strings.Join(texts, "|"), "|7|") {
		t.Errorf("seven is not shown: %q", texts)
	}
	if !strings.Contains(kit.Speech(obj), "7 giây nữa, màn hình sẽ tự xoá.") {
		t.Errorf("spoken: %q", kit.Speech(obj))
	}
	kit.Find(obj, "Tôi vẫn ở đây").Tapped(nil)
	kit.Find(obj, "Kết thúc, xoá ngay").Tapped(nil)
	if stayed != 1 || ended != 1 {
		t.Errorf("stayed %d, ended %d", stayed, ended)
	}
}
