package main

import (
	"context"
	"fmt"
	"time"

	"tramhoso/sync/catalogue"
	"tramhoso/sync/dossier"
)

const (
	// catalogueRows is how many procedures the national catalogue may bring.
	catalogueRows = 16_280
	// hitsShown is what a screen asks for.
	hitsShown = 8
	// typedRounds is how often each query is typed.
	typedRounds = 20
)

// measureSearch measures the search for a procedure, after every letter, without
// accents.
func measureSearch(ctx context.Context, s *sheet) error {
	c := catalogue.New(manyProcedures())
	var ours times
	for range typedRounds {
		for _, query := range []string{"dang ky ket hon", "cap ban sao", "ho kinh doanh", "xay dung", "2.000635"} {
			for end := range len(query) {
				if ctx.Err() != nil {
					return ctx.Err()
				}
				typed := query[:end+1]
				start := time.Now()
				c.Search(typed, hitsShown)
				ours = append(ours, time.Since(start))
			}
		}
	}
	s.figure("search-keystroke", ours.median(), "ms")
	s.figure("search-keystroke-p99", ours.quantile(0.99), "ms")
	return nil
}

// manyProcedures is a catalogue of made-up names in the style of real ones.
func manyProcedures() catalogue.Snapshot {
	verbs := []string{"Đăng ký", "Cấp", "Cấp lại", "Gia hạn", "Thay đổi", "Xác nhận", "Thu hồi", "Công bố", "Thẩm định", "Cấp bản sao"}
	things := []string{
		"kết hôn", "khai sinh", "trích lục hộ tịch", "giấy phép xây dựng", "hộ kinh doanh", "chứng chỉ hành nghề",
		"quyền sử dụng đất", "tạm trú", "thường trú", "giấy phép lái xe", "trợ cấp xã hội", "an toàn thực phẩm",
	}
	places := []string{"tại cấp xã", "tại cấp tỉnh", "có yếu tố nước ngoài", "cho người cao tuổi", "cho tổ chức", "lần đầu"}
	all := catalogue.Snapshot{Version: 1}
	for i := range catalogueRows {
		name := fmt.Sprintf("%s %s %s (%d)", verbs[i%len(verbs)], things[i/len(verbs)%len(things)],
			places[i/len(verbs)/len(things)%len(places)], i)
		all.Procedures = append(all.Procedures, dossier.Procedure{
			Code: fmt.Sprintf("%d.%06d", 1+i%3, i), Version: 1, Name: dossier.Text{"vi": name, "en": name},
		})
	}
	return all
}
