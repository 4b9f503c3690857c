package portal

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"strings"

	"tramhoso/sync/dossier"
	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/token"
)

// maxSlipToken bounds the token in the address: the longest is 154 characters.
const maxSlipToken = 256

// noSecret stands in for the secret, which a browser keeps to itself: the page
// goes by the packet's id, which nobody can guess.
var noSecret = "#" + strings.Repeat("A", 32)

// statusWords are what the public page says about each status.
var statusWords = map[dossier.Status]string{
	dossier.StatusRegistered:          "Cổng đã nhận được hồ sơ. Cơ quan chưa tiếp nhận.",
	dossier.StatusAccepted:            "Cơ quan đã tiếp nhận hồ sơ.",
	dossier.StatusRefused:             "Cơ quan không tiếp nhận hồ sơ. Lý do có tại điểm đã nộp.",
	dossier.StatusInProgress:          "Cơ quan đang xử lý hồ sơ.",
	dossier.StatusSupplementRequested: "Cơ quan yêu cầu bổ sung. Nội dung có tại điểm đã nộp.",
	dossier.StatusPaymentRequired:     "Cần nộp phí, lệ phí.",
	dossier.StatusWithdrawalRequested: "Người nộp đã yêu cầu rút hồ sơ.",
	dossier.StatusStopped:             "Hồ sơ đã dừng xử lý.",
	dossier.StatusProcessed:           "Hồ sơ đã có kết quả. Mời mang phiếu này đến nhận.",
	dossier.StatusReturned:            "Kết quả đã được trao.",
}

var slipPage = template.Must(template.New("slip").Parse(`<!doctype html>
<html lang="vi">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Phiếu gửi hồ sơ</title>
<style>body{font:20px/1.5 sans-serif;max-width:36em;margin:2em auto;padding:0 1em}dt{color:#555}dd{margin:0 0 1em;font-size:24px}</style></head>
<body><h1>Phiếu gửi hồ sơ</h1>
{{if .Known}}<dl><dt>Số phiếu</dt><dd>{{.Number}}</dd><dt>Tình trạng</dt><dd>{{.Status}}</dd></dl>
{{else}}<p>Ở đây chưa có thông tin về phiếu này. Điểm đã nhận hồ sơ có thể chưa gửi được đến cổng; hãy xem lại sau, hoặc hỏi tại điểm đó.</p>
{{end}}<p>Trang này không hiển thị thông tin cá nhân. Mang phiếu đến bất kỳ điểm nào để xem chi tiết.</p>
</body></html>
`))

// getSlip is the public page of a slip.
func (p *Portal) getSlip(w http.ResponseWriter, r *http.Request) error {
	var page struct {
		Known          bool
		Number, Status string
	}
	if t := r.PathValue("token"); len(t) <= maxSlipToken {
		if slip, err := token.ReadSlip("HTTPS://X/S/" + t + noSecret); err == nil {
			err := p.store.View(r.Context(), func(v ledger.Reader) error {
				d, err := v.Dossier(slip.PacketID)
				if errors.Is(err, ledger.ErrNotFound) || err == nil && d.Station != slip.Station {
					return nil
				}
				page.Known, page.Number, page.Status = err == nil, slip.Number(), statusWords[d.Status]
				return err
			})
			if err != nil {
				return err
			}
		}
	}
	var buf bytes.Buffer
	if err := slipPage.Execute(&buf, page); err != nil {
		return fmt.Errorf("failed to write the slip page: %w", err)
	}
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	status := http.StatusOK
	if !page.Known {
		status = http.StatusNotFound
	}
	return write(w, status, "text/html; charset=utf-8", buf.Bytes())
}
