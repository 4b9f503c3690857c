package main

import (
	"time"

	"tramhoso/app/paper"
	"tramhoso/app/visit"
	"tramhoso/app/visit/papers"
	"tramhoso/device/printer"
	"tramhoso/device/printer/models"
	"tramhoso/device/printer/probe"
	"tramhoso/sync/dossier"
)

// realPaper is something that the station prints, as it prints it.
type realPaper struct {
	name  string // as the figures name it
	model string // of the printer
	width int    // of its head where the model does not say; 0: it does
	draw  func(models.Model) (printer.Document, error)
}

// realPapers are five papers on printers of which only the width is known, and
// the slip once more on one whose model is.
var realPapers = []realPaper{
	{"slip", models.Common, 0, func(models.Model) (printer.Document, error) { return slip().Document(false) }},
	{"slip-58mm", models.Common, printer.Width58mm, func(models.Model) (printer.Document, error) { return slip().Document(false) }},
	{"slip-long", models.Common, 0, func(models.Model) (printer.Document, error) { return longSlip().Document(true) }},
	{"form01", models.Common, 0, func(models.Model) (printer.Document, error) { return form01().Document(false) }},
	{"device-test", models.Common, 0, func(m models.Model) (printer.Document, error) { return probe.Page(m, "DL27  09:41 14/07/2026") }},
	{"slip-tm-t82", "epson-tm-t82", 0, func(models.Model) (printer.Document, error) { return slip().Document(false) }},
}

var printedAt = time.Date(2026, 7, 14, 2, 41, 0, 0, time.UTC)

// slip is an ordinary one.
func slip() paper.Slip {
	return paper.Slip{
		Number: "DL27-000318-K",
		QR: "HTTPS://TRAMHOSO.EXAMPLE/S/AEBAGBAFAYDQQCIKBMGA2DQPCAIREEYUCULBOGAZDINRYHI6D4QCCIRDEQSSMJZIFEVCWLBNFYXTAMJSGM2DKNRXHA4TUOZ4" +
			"#GEZDGNBVGY3TQOJQGEZDGNBVGY",
		At:       dossier.Stamp{Wall: printedAt, Source: dossier.TimeSystem},
		Station:  paper.Station{Code: "DL27", Name: "Điểm BĐ – VHX Hoà Phú", Address: "Đắk Lắk"},
		Sender:   paper.Party{Name: "H’ Bia Niê", Last4: "0123", Address: "Buôn Ea Bông, Cư Êbur, Buôn Ma Thuột, Đắk Lắk"},
		Receiver: paper.Party{Name: "UBND phường Buôn Ma Thuột", Address: "Buôn Ma Thuột, Đắk Lắk"},
		Title:    "Cấp bản sao trích lục hộ tịch", Procedure: "2.000635", Copies: 2,
		Papers: []papers.Marked{
			{Name: "Tờ khai", Mark: papers.MarkElectronic}, {Name: "Thẻ căn cước", Mark: papers.MarkShown},
		},
		Fee: visit.Fee{Known: true, Unit: 8000, Count: 2, Total: 16000}, Pay: dossier.PayCollect,
	}
}

// longSlip has long names and twelve papers, as building permits have.
func longSlip() paper.Slip {
	s := slip()
	s.Station.Name, s.Station.Phone = "Điểm Bưu điện – Văn hoá xã Krông Pắc – Ea Kuăng – Buôn Hằng 1B", "0262 000 3333"
	s.Sender.Name = "Công Tằng Tôn Nữ Hoàng Phủ Ngọc Thuỳ Dương Nguyễn Thị Thanh Tuyền"
	s.Sender.Address = "Số nhà 215/27/3 đường Nguyễn Tất Thành nối dài, tổ dân phố 14B, phường Buôn Ma Thuột, tỉnh Đắk Lắk"
	s.Title = "Cấp giấy phép xây dựng mới đối với công trình cấp III, cấp IV và nhà ở riêng lẻ"
	for _, name := range []string{
		"Đơn đề nghị cấp giấy phép xây dựng", "Giấy chứng nhận quyền sử dụng đất", "Bản vẽ tổng mặt bằng công trình trên lô đất",
		"Bản vẽ mặt bằng các tầng", "Bản vẽ mặt đứng và mặt cắt chính", "Bản vẽ mặt bằng móng và mặt cắt móng",
		"Sơ đồ đấu nối với hệ thống hạ tầng kỹ thuật", "Bản cam kết bảo đảm an toàn đối với công trình liền kề",
		"Văn bản thẩm duyệt về phòng cháy và chữa cháy", "Báo cáo kết quả thẩm tra thiết kế",
	} {
		s.Papers = append(s.Papers, papers.Marked{Name: name, Mark: papers.MarkOriginal})
	}
	return s
}

func form01() paper.Form01 {
	fee := int64(16000)
	return paper.Form01{
		Station: paper.Station{Code: "DL27", Name: "Điểm BĐ – VHX Hoà Phú"},
		At:      dossier.Stamp{Wall: printedAt.Add(8 * time.Hour)},
		Form: dossier.Form01{
			Number: "0042/TNHS", Code: "H15.27-260714-0042", Centre: "Bộ phận một cửa UBND phường Buôn Ma Thuột",
			Applicant: "H’ Bia Niê", Last4: "0123", Address: "Buôn Ea Bông, phường Buôn Ma Thuột, Đắk Lắk",
			Request: "Cấp bản sao trích lục hộ tịch",
			Papers: []dossier.Form01Item{
				{Name: "Tờ khai", Copy: dossier.CopyElectronic, Quantity: 1}, {Name: "Giấy khai sinh cũ", Copy: dossier.CopyCopy, Quantity: 2},
			},
			Days: "trong ngày làm việc", Received: printedAt, Return: printedAt.Add(26 * time.Hour), Collect: "Điểm BĐ – VHX Hoà Phú", Fee: &fee,
			Book: "01/2026", Serial: "42", Officer: "Trần Thị Hoa",
		},
	}
}
