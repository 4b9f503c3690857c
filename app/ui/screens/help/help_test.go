package help

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
	"tramhoso/app/ui/kit/golden"
)

func actions(did *[]string) Actions {
	note := func(s string) func() { return func() { *did = append(*did, s) } }
	return Actions{Back: note("back"), Call: note("call"), Large: note("large"), Contrast: note("contrast"),
		Reach: note("reach"), Listen: note("listen"), Restart: note("restart")}
}

func TestLook(t *testing.T) {
	golden.Run(t, "help", append(append([]golden.Case(nil), golden.Cases...), golden.Reach), func(env *kit.Env) fyne.CanvasObject {
		var did []string
		return New(env, Model{InVisit: true}, actions(&did))
	}, "Ông/bà cần giúp gì?", "Gọi giao dịch viên", "Chữ to hơn", "Nền đen, chữ trắng", "Tầm với thấp", "Những gì ông/bà đã điền vẫn còn nguyên.")
}

func TestCalledLook(t *testing.T) {
	env := golden.Cases[0].Env(t)
	var did []string
	obj := New(env, Model{Called: golden.Moment}, actions(&did))
	golden.Check(t, "help-called", obj, env.Size)
	golden.Texts(t, obj, "Đã ghi lời gọi lúc 09:24")
	if kit.Find(obj, "Gọi giao dịch viên") != nil {
		t.Error("the clerk can be called twice")
	}
}

func TestAsks(t *testing.T) {
	env := golden.Cases[0].Env(t)
	var did []string
	obj := New(env, Model{}, actions(&did))
	for _, n := range []string{"Gọi giao dịch viên", "Chữ to hơn", "Nền đen, chữ trắng", "Tầm với thấp", "Nghe màn hình này", "Về đầu, xoá hết", "Quay lại"} {
		kit.Find(obj, n).Tapped(nil)
	}
	if got := strings.Join(did, " "); got != "call large contrast reach listen restart back" {
		t.Errorf("asked for %q", got)
	}
}
