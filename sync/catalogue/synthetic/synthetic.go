// Package synthetic makes catalogues that are as large as a province's and
// hold nothing real, for tests and measurements.
//
// It promises that the same seed gives the same catalogue, that every snapshot
// says Synthetic, that every name ends in "(dữ liệu giả)" and every code begins
// with "9.", which no real code does, and that the shares of the three levels
// are those that Phú Yên published in 2018 (1,461 of departments, 2,835 of
// districts, 11,984 of communes: 16,280).
//
// It must not import anything of ours but sync/catalogue and sync/dossier.
package synthetic

import (
	"fmt"
	"math/rand/v2"
	"time"

	"tramhoso/sync/catalogue"
	"tramhoso/sync/dossier"
)

// Full is the size that Phú Yên published.
const Full = 16_280

// Mark ends every synthetic name.
const Mark = "(dữ liệu giả)"

var (
	verbs = []string{"Cấp", "Cấp lại", "Đổi", "Gia hạn", "Đăng ký", "Đăng ký lại", "Xác nhận", "Thay đổi", "Cải chính",
		"Công nhận", "Thu hồi", "Điều chỉnh", "Thẩm định", "Phê duyệt", "Chứng thực", "Chấm dứt", "Hỗ trợ", "Tiếp nhận"}
	objects = []string{"giấy phép kinh doanh", "giấy chứng nhận quyền sử dụng đất", "khai sinh", "kết hôn", "khai tử", "hộ khẩu",
		"giấy phép xây dựng nhà ở", "giấy phép lái xe", "thẻ bảo hiểm y tế", "chế độ trợ cấp", "giấy phép môi trường",
		"chứng chỉ hành nghề", "giấy phép lao động", "hợp tác xã", "hộ kinh doanh", "phương tiện thuỷ nội địa", "tàu cá",
		"giống cây trồng", "nguồn nước", "khoáng sản", "di tích", "câu lạc bộ thể thao", "trường mầm non", "lớp học thêm",
		"cơ sở giết mổ", "an toàn thực phẩm", "quảng cáo ngoài trời", "họp báo", "tổ chức lễ hội", "đường giao thông"}
	cases = []string{"cho cá nhân", "cho tổ chức", "cho người nước ngoài", "cho hộ gia đình", "lần đầu", "do bị mất", "do bị hỏng",
		"do thay đổi thông tin", "tại vùng biên giới", "tại khu công nghiệp", "có yếu tố nước ngoài", "theo uỷ quyền",
		"đối với người cao tuổi", "đối với người khuyết tật", "đối với đồng bào dân tộc thiểu số", "thời hạn năm năm"}
	levels = []struct {
		name, level string
		share       int // of Full
	}{
		{"Sở mẫu số", "province", 1_461},
		{"Uỷ ban nhân dân huyện cũ mẫu số", "commune", 2_835},
		{"Uỷ ban nhân dân xã mẫu số", "commune", 11_984},
	}
)

// Snapshot makes a catalogue of n procedures.
func Snapshot(n int, seed uint64) catalogue.Snapshot {
	r := rand.New(rand.NewPCG(seed, 0x7261))
	s := catalogue.Snapshot{Version: 1, Made: time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC), Synthetic: true}
	for i := range 12 {
		id := fmt.Sprintf("t%02d", i)
		s.Topics = append(s.Topics, dossier.Topic{ID: id, Name: text("Việc mẫu số", i), Icon: "pict-other"})
	}
	const offices = 20 // of each level
	for l, level := range levels {
		for i := range offices {
			s.Agencies = append(s.Agencies, dossier.Agency{ID: fmt.Sprintf("a%d-%02d", l, i), Level: level.level, Name: text(level.name, i)})
		}
	}
	for i := range n {
		s.Procedures = append(s.Procedures, procedure(r, i, n, offices))
	}
	return s
}

func text(name string, i int) dossier.Text {
	return dossier.Text{"vi": fmt.Sprintf("%s %d %s", name, i+1, Mark), "en": fmt.Sprintf("Sample %d (synthetic)", i+1)}
}

func procedure(r *rand.Rand, i, n, offices int) dossier.Procedure {
	l, at := 0, i*Full/max(n, 1)
	for at >= levels[l].share {
		at -= levels[l].share
		l++
	}
	pick := func(list []string) string { return list[r.IntN(len(list))] }
	name := fmt.Sprintf("%s %s %s, trường hợp %d %s", pick(verbs), pick(objects), pick(cases), 1+r.IntN(99), Mark)
	amount := int64(r.IntN(40)) * 5_000
	return dossier.Procedure{
		Code: fmt.Sprintf("9.%06d", i), Version: 1,
		Name:   dossier.Text{"vi": name, "en": fmt.Sprintf("Sample procedure %d (synthetic)", i)},
		Agency: fmt.Sprintf("a%d-%02d", l, r.IntN(offices)),
		Topics: []string{fmt.Sprintf("t%02d", r.IntN(12))},
		Level:  dossier.LevelInfo,
		Deadline: dossier.Deadline{
			Days: 1 + r.IntN(40), Unit: "working",
		},
		Fee: dossier.Fee{Amount: &amount, CheckedOn: "2026-07-01"},
		Papers: []dossier.Paper{
			{ID: "p1", Name: dossier.Text{"vi": "Đơn đề nghị", "en": "Request"}, Quantity: 1, Required: true},
			{ID: "p2", Name: dossier.Text{"vi": "Giấy tờ " + pick(objects), "en": "Paper"}, Copy: dossier.CopyCopy, Quantity: 1},
		},
		About: dossier.Text{"vi": "Thủ tục này chỉ để thử máy: " + name, "en": "This procedure exists for tests only."},
	}
}

// Edit makes the next version: changed procedures with another fee, removed
// ones gone, withdrawn ones marked; which ones, the seed says.
func Edit(s catalogue.Snapshot, changed, removed, withdrawn int, seed uint64) catalogue.Snapshot {
	r := rand.New(rand.NewPCG(seed, 0x6564))
	next := s
	next.Version++
	next.Made = s.Made.AddDate(0, 0, 1)
	next.Procedures = append([]dossier.Procedure(nil), s.Procedures...)
	order := r.Perm(len(next.Procedures))
	gone := map[int]bool{}
	for n, i := range order[:min(changed+removed+withdrawn, len(order))] {
		p := next.Procedures[i]
		p.Version++
		switch {
		case n < changed:
			amount := int64(r.IntN(40)) * 7_000
			p.Fee.Amount = &amount
		case n < changed+removed:
			gone[i] = true
		default:
			p.Withdrawn = true
		}
		next.Procedures[i] = p
	}
	kept := next.Procedures[:0:0]
	for i, p := range next.Procedures {
		if !gone[i] {
			kept = append(kept, p)
		}
	}
	next.Procedures = kept
	return next
}
