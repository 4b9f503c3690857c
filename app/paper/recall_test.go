package paper

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"tramhoso/sync/dossier"
)

// recall is what somebody gets who came with a card and no slip.
func recall() Recall {
	first := slip()
	c := dossier.CounterCard{Name: first.Sender.Name, Last4: first.Sender.Last4, Phone: first.Sender.Phone,
		Track: dossier.Track{Slip: first.Number, Title: first.Title, Procedure: dossier.ProcedureRef{Code: first.Procedure}, Office: first.Receiver.Name, Submitted: first.At}}
	return RecallOf(c, dossier.Stamp{Wall: first.At.Wall.Add(50 * time.Hour), Source: dossier.TimeSystem}, dossier.CardScanned, "Trần Thị Hoa", first.Station)
}

// longRecall is one that the agency decides about.
func longRecall() Recall {
	l, r := longSlip(), recall()
	r.Station, r.Sender.Name, r.Title, r.At.Source = l.Station, l.Sender.Name, l.Title, dossier.TimeStaff
	r.Card, r.Accepted = dossier.CardTyped, true
	return r
}

func TestRecallSays(t *testing.T) {
	want := `GIẤY GHI NHẬN RÚT HỒ SƠ
Điểm BĐ – VHX Hoà Phú, Đắk Lắk
Phiếu gửi: DL27-000318-K
[ĐÃ GHI LỜI RÚT TẠI ĐIỂM NÀY]
[Chưa phải xác nhận của cơ quan]
Lúc 11:41 ngày 16/07/2026
Người nộp: H’ Bia Niê
Căn cước: số cuối 0123
Cấp bản sao trích lục hộ tịch (2.000635)
Nơi giải quyết: UBND phường Buôn Ma Thuột
----
Căn cứ: người nộp đưa thẻ căn cước, máy đã quét.
Người ghi: Trần Thị Hoa
----
Lời rút được gửi về tỉnh khi có mạng; cơ quan sẽ xác nhận. Muốn biết cơ quan trả lời, xin quét phiếu gửi, hoặc mang thẻ căn cước đến quầy này.
Đã gửi giấy tờ gốc thì xin hỏi tại quầy để lấy lại.
`
	if got := texts(document(t, recall(), false)); got != want {
		t.Errorf("it says\n%s", got)
	}
	long := texts(document(t, longRecall(), true))
	for _, want := range []string{"[BẢN IN LẠI]\n", "[ĐÃ GHI LỜI XIN RÚT TẠI ĐIỂM NÀY]", "giờ do nhân viên báo", "giao dịch viên đã nhìn thẻ và nhập số", "rút được hay không là do cơ quan"} {
		if !strings.Contains(long, want) {
			t.Errorf("it does not say %q:\n%s", want, long)
		}
	}
	if strings.Contains(long, "QR ") {
		t.Error("it opens something")
	}
	data, err := json.Marshal(recall())
	if err != nil {
		t.Fatal(err)
	}
	job := Job{Kind: KindRecall, Data: data}
	if _, err := Draw(job); err != nil {
		t.Error(err)
	}
	if n, err := NumberOf(job); err != nil || n != "DL27-000318-K" {
		t.Errorf("known by %q, %v", n, err)
	}
}

func TestRecallRefusesWhatIsNotWhole(t *testing.T) {
	for name, change := range map[string]func(*Recall){
		"no number": func(r *Recall) { r.Number = "" }, "no time": func(r *Recall) { r.At.Wall = time.Time{} }, "nobody": func(r *Recall) { r.Sender.Name = "" },
		"no procedure": func(r *Recall) { r.Title = "" }, "no agency": func(r *Recall) { r.Office = "" }, "no clerk": func(r *Recall) { r.Clerk = "" },
		"the whole card": func(r *Recall) { r.Sender.Last4 = "066190000123" },
	} {
		r := recall()
		change(&r)
		if _, err := r.Document(false); dossier.CodeOf(err) != dossier.CodeInvalid {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
