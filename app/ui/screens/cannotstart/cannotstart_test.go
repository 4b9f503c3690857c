package cannotstart

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"tramhoso/app/ui/kit"
	"tramhoso/app/ui/kit/golden"
)

func model() Model {
	at := golden.Moment
	return Model{
		Station: "Hoà Phú", Why: Stale, Days: 32, Told: time.Date(2026, 7, 14, 7, 15, 0, 0, at.Location()),
		Elsewhere: "Bộ phận một cửa xã Hoà Phú, cách 2 km, mở cửa đến 16:30", Map: "geo:12.6,108.1",
		Catalogue: time.Date(2026, 6, 12, 0, 0, 0, 0, at.Location()), CanPrint: true,
	}
}

func screen(env *kit.Env, m Model, did *[]string) fyne.CanvasObject {
	if env.Status.Net = kit.NetClosed; m.Nothing {
		env.Status.Net = kit.NetUnknown
	}
	note := func(s string) func() { return func() { *did = append(*did, s) } }
	return New(env, m, Actions{Back: note("back"), Print: note("print"), Lookup: note("lookup"), Collect: note("collect"), Browse: note("browse")})
}

func TestLook(t *testing.T) {
	golden.Run(t, "cannotstart", golden.Cases, func(env *kit.Env) fyne.CanvasObject {
		var did []string
		return screen(env, model(), &did)
	}, "Hôm nay trạm tạm chưa nhận hồ sơ mới", "Đã 32 ngày máy chưa được cập nhật", "In giấy hướng dẫn", "Tra cứu hồ sơ đã nộp", "Bộ phận một cửa xã Hoà Phú")
}

// The longest sentence of the moment.
func TestLookWithoutAKey(t *testing.T) {
	golden.Run(t, "cannotstart-key", golden.Cases, func(env *kit.Env) fyne.CanvasObject {
		m := model()
		m.Why, m.Sentence = Storage, env.T("visit.reason-no-key")
		var did []string
		return screen(env, m, &did)
	}, "Máy không có khoá niêm phong còn hạn của tỉnh", "Tra cứu hồ sơ đã nộp", "Nhận kết quả đã về")
}

// A storage that cannot be opened: nothing can be done, and a technician reads why.
func TestNothing(t *testing.T) {
	closed := func(reason, part string) func(*kit.Env) fyne.CanvasObject {
		return func(env *kit.Env) fyne.CanvasObject {
			m := Model{Station: "Hoà Phú", Why: Storage, Sentence: env.T("visit.reason-" + reason), Nothing: true,
				Technician: env.T("part."+part) + ". " + env.T("part."+part+"-note")}
			var did []string
			env.Status.NoQueue = true
			o := screen(env, m, &did)
			for _, k := range []string{"cannotstart.lookup", "cannotstart.collect", "cannotstart.browse"} {
				if kit.Find(o, env.T(k)) != nil {
					t.Errorf("offers %q", env.T(k))
				}
			}
			return o
		}
	}
	golden.Screen(t, "cannotstart-nothing", closed("storage-in-use", "storage-in-use"), "Trạm tạm chưa làm việc được", "Phiếu đã phát vẫn có giá trị", "Dành cho kỹ thuật viên", "Đang do chương trình khác dùng")
	golden.State(t, "cannotstart-damaged", closed("storage-damaged", "storage-damaged"))
	golden.State(t, "cannotstart-keys-lost", closed("storage-read-only", "keys-lost"))
}

func TestReasons(t *testing.T) {
	for why, want := range map[Why]string{
		NoCatalogue: "chưa nhận được danh mục", Storage: "không lưu được hồ sơ mới", NotEnrolled: "cấp giấy phép",
	} {
		m := model()
		m.Why, m.Catalogue, m.CanPrint, m.Elsewhere, m.Told = why, time.Time{}, false, "", time.Time{}
		env := golden.Cases[0].Env(t)
		var did []string
		obj := screen(env, m, &did)
		golden.Texts(t, obj, want, "Khi máy có danh mục")
		if kit.Find(obj, "In giấy hướng dẫn") != nil {
			t.Error("offers to print without a printer")
		}
		for _, k := range []string{"Tra cứu hồ sơ đã nộp", "Nhận kết quả đã về", "Xem thủ tục", "Quay lại"} {
			kit.Find(obj, k).Tapped(nil)
		}
		if got := strings.Join(did, " "); got != "lookup collect browse back" {
			t.Errorf("pressed %q", got)
		}
	}
}
