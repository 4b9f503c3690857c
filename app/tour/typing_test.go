//go:build tour

package tour

import (
	"testing"

	"fyne.io/fyne/v2/test"

	"tramhoso/app/ui/keyboard"
	"tramhoso/app/ui/kit"
	"tramhoso/assets"
)

// Every letter of the language can be typed on the station's own keyboard.
func TestEnterOnTheRealKeyboard(t *testing.T) {
	for _, lang := range []string{"vi", "en"} {
		for _, text := range []string{
			"Nguyễn Thị Hường", "Đặng Văn Ước", "hoà thuỷ quý khoẻ", "ăn ằ ẳ ẵ ắ ặ â ầ ẩ ẫ ấ ậ",
			"ê ề ể ễ ế ệ ô ồ ổ ỗ ố ộ ơ ờ ở ỡ ớ ợ ư ừ ử ữ ứ ự", "à ả ã á ạ è ẻ ẽ é ẹ ì ỉ ĩ í ị ò ỏ õ ó ọ ù ủ ũ ú ụ ỳ ỷ ỹ ý ỵ",
			"Số 12/3, thôn 4-B", "Buôn Êa Đrăng", "2.000635", "ĐĂK LĂK",
		} {
			test.NewTempApp(t)
			words, err := assets.Load(lang)
			if err != nil {
				t.Fatal(err)
			}
			env := &kit.Env{Words: words, Size: kit.Size1280}
			f := kit.NewField(env, kit.FieldSpec{Label: "Họ và tên"})
			frame := kit.NewFrame(env, kit.FrameSpec{Title: "Họ và tên", Body: f, Keyboard: keyboard.New(env, f, keyboard.Options{})})
			w := test.NewTempWindow(t, frame)
			r := drive(t, &fakeStation{root: w.Content()})
			if _, err := r.ask(request{Ask: askEnter, Field: "Họ và tên", Text: text}); err != nil {
				t.Errorf("%s: %v", lang, err)
			} else if f.Text() != text {
				t.Errorf("%s: typed %q, the field holds %q", lang, text, f.Text())
			}
		}
	}
}
