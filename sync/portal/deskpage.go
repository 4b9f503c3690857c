package portal

import (
	"bytes"
	"crypto/subtle"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/portal/ledger"
)

// vietnam is the page's time: the country has one, without daylight saving.
var vietnam = time.FixedZone("+07", 7*60*60)

// maxPageForm bounds what the page's buttons send: a token and an officer's role.
const maxPageForm = 4 << 10

// asideWords say why a packet waits for a person.
var asideWords = map[dossier.AsideWhy]string{
	dossier.AsideClone:     "hai máy dùng cùng một số thứ tự",
	dossier.AsideRevoked:   "ký bằng khoá đã thu hồi",
	dossier.AsideRecipient: "niêm phong bằng khoá mà cổng không biết",
	dossier.AsideWithdrawn: "thủ tục đã bãi bỏ",
	dossier.AsideUnknown:   "thủ tục chưa có trong danh mục",
	dossier.AsideVersion:   "thủ tục ở phiên bản khác",
	dossier.AsideNoParent:  "không gắn với hồ sơ nào",
	dossier.AsideStatus:    "không hợp với tình trạng của hồ sơ",
	dossier.AsideElsewhere: "đến từ điểm khác với điểm giữ hồ sơ",
}

// stateWords say how a key stands.
var stateWords = map[KeyState]string{KeyHolds: "còn hiệu lực", KeyDue: "sắp hết hạn", KeyEnded: "đã hết hạn"}

// keyWords name the kinds of keys.
var keyWords = map[string]string{
	"root": "gốc", "authority": "cấp chứng thư", "recipient": "niêm phong hồ sơ", "receipt": "biên nhận",
	"catalogue": "danh mục", "staff": "nhân viên", "time": "giờ",
}

type pageStation struct {
	Code, Name string
	Heard      string
	Receipts   uint64
	Alarms     int
	Revoked    bool
}

type pageAside struct{ Packet, Station, Kind, Why string }

type deskPageData struct {
	Token    string
	Now      time.Time
	Open     int
	Alarms   []CloneAlarm
	Aside    []pageAside
	Stations []pageStation
	Keys     []KeyAge
	Backup   BackupStanding
}

var deskTemplate = template.Must(template.New("desk").Funcs(template.FuncMap{
	"when":  clockOf,
	"day":   func(t time.Time) string { return t.In(vietnam).Format("02/01/2006") },
	"state": func(s KeyState) string { return stateWords[s] },
	"key":   func(k string) string { return keyWords[k] },
}).Parse(`<!doctype html>
<html lang="vi">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Bàn trực cổng</title>
<style>body{font:18px/1.5 sans-serif;max-width:76em;margin:1em auto;padding:0 1em}table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:.4em .6em;border-bottom:1px solid #ccc;vertical-align:baseline}th{color:#444;white-space:nowrap}
.n{text-align:right}.id{font:15px monospace}.at,.open,button{white-space:nowrap}.name{overflow-wrap:anywhere}
button,input{font:inherit;padding:.3em .6em}input{max-width:12em;box-sizing:border-box}.due,.ended,.open{color:#a00;font-weight:bold}form{margin:0}
@media screen and (max-width:52em){tr:first-child{display:none}tr,td{display:block}tr{border-bottom:2px solid #999;padding:.4em 0}
td{border:0;padding:.15em 0;overflow-wrap:anywhere}td:empty{display:none}.n{text-align:left}td[data-l]::before{content:attr(data-l) ": ";color:#444}}
@media print{body{font-size:11pt;max-width:none;margin:0}form,.act{display:none}tr{break-inside:avoid}h2{break-after:avoid}.due,.ended,.open{color:#000}}</style></head>
<body><h1>Bàn trực cổng</h1><p>Lúc {{when .Now}}.</p>
<h2>Cảnh báo hai máy dùng chung một mã điểm ({{.Open}} chưa xem)</h2>
{{if .Alarms}}<table><tr><th>Điểm</th><th class="n">Số thứ tự</th><th>Hai gói tin</th><th>Lúc</th><th>Người xem</th></tr>
{{range .Alarms}}<tr><td data-l="Điểm">{{.Station}}</td><td data-l="Số thứ tự" class="n">{{.Seq}}</td><td data-l="Hai gói tin"><span class="id">{{.First}}</span><br><span class="id">{{.Second}}</span></td><td data-l="Lúc" class="at">{{when .At}}</td><td data-l="Người xem">{{if .Acknowledged.IsZero}}<span class="open">chưa xem</span><form method="post" action="/desk/page/alarms/{{.N}}"><input type="hidden" name="token" value="{{$.Token}}"><input name="officer" required maxlength="64" aria-label="Người xem" placeholder="Người xem"> <button>Đã xem</button></form>{{else}}{{.AcknowledgedBy}}, {{when .Acknowledged}}{{end}}</td></tr>
{{end}}</table>{{else}}<p>Không có.</p>{{end}}
<h2>Gói tin chờ người xem xét</h2>
{{if .Aside}}<table><tr><th>Gói tin</th><th>Điểm</th><th>Loại</th><th>Vì sao</th><th class="act"></th></tr>
{{range .Aside}}<tr><td data-l="Gói tin"><span class="id">{{.Packet}}</span></td><td data-l="Điểm">{{.Station}}</td><td data-l="Loại">{{.Kind}}</td><td data-l="Vì sao">{{.Why}}</td><td class="act"><form method="post" action="/desk/page/packets/{{.Packet}}"><input type="hidden" name="token" value="{{$.Token}}"><button>Cho vào xử lý</button></form></td></tr>
{{end}}</table>{{else}}<p>Không có.</p>{{end}}
<h2>Các điểm ({{len .Stations}})</h2>
{{if .Stations}}<table><tr><th>Mã</th><th>Tên</th><th>Liên lạc gần nhất</th><th class="n">Biên nhận</th><th>Ghi chú</th></tr>
{{range .Stations}}<tr><td data-l="Mã">{{.Code}}</td><td data-l="Tên" class="name">{{.Name}}</td><td data-l="Liên lạc gần nhất" class="at">{{.Heard}}</td><td data-l="Biên nhận" class="n">{{.Receipts}}</td><td>{{if .Revoked}}đã thu hồi{{end}}{{if .Alarms}} <span class="open">{{.Alarms}} cảnh báo</span>{{end}}</td></tr>
{{end}}</table>{{else}}<p>Chưa có điểm nào. Ghi danh điểm đầu tiên: <code>tramhoso-portal token</code>.</p>{{end}}
<h2>Sao lưu</h2>
<p>{{if .Backup.At.IsZero}}Chưa có bản sao lưu nào.{{else}}Bản gần nhất: {{when .Backup.At}}, trong <code>{{.Backup.Dir}}</code>.{{end}}
{{if not .Backup.Counts}}<span class="due">Thư mục sao lưu <code>{{.Backup.Dir}}</code> hiện không nằm trên ổ đĩa khác với cổng, nên bản sao lưu làm lúc này không cho các điểm bỏ bản của mình.</span>
{{else if not .Backup.Apart}}<span class="due">Bản sao lưu nằm cùng ổ đĩa với cổng mà các điểm vẫn được bỏ bản của mình: ổ đĩa ấy hỏng là mất cả hai.</span>
{{else if and (not .Backup.At.IsZero) (not .Backup.Counted)}}<span class="due">Bản ấy làm khi thư mục không nằm trên ổ đĩa khác, nên các điểm vẫn giữ bản của mình: hãy sao lưu lại.</span>{{end}}</p>
<h2>Khoá của tỉnh</h2>
<table><tr><th>Khoá</th><th>Từ</th><th>Đến</th><th>Tình trạng</th></tr>
{{range .Keys}}<tr><td data-l="Khoá">{{key .Kind}}</td><td data-l="Từ" class="at">{{day .From}}</td><td data-l="Đến" class="at">{{day .Until}}</td><td data-l="Tình trạng" class="{{.State}}">{{state .State}}</td></tr>
{{end}}</table>
<p>Thay khoá sắp hết hạn: chạy <code>tramhoso-portal rotate due</code> trên máy giữ khoá gốc.</p>
</body></html>
`))

// deskPage is what the portal's staff look at: no script, and nothing of a dossier
// but numbers.
func (p *Portal) deskPage(w http.ResponseWriter, r *http.Request) error {
	page := deskPageData{Token: p.pageToken, Now: p.now(), Keys: p.KeyAges()}
	var err error
	if page.Alarms, page.Open, err = p.Alarms(r.Context()); err != nil {
		return err
	}
	if page.Backup, err = p.BackupStanding(r.Context()); err != nil {
		return err
	}
	if err := p.store.View(r.Context(), func(v ledger.Reader) error {
		ids, err := v.Quarantined(ledger.MaxList)
		if err != nil {
			return err
		}
		for _, id := range ids {
			pk, err := v.Packet(id)
			if err != nil {
				return err
			}
			why, known := asideWords[dossier.AsideWhy(pk.Quarantine)]
			if !known {
				why = pk.Quarantine
			}
			page.Aside = append(page.Aside, pageAside{pk.ID, pk.Station, wordsOfKind(pk.Kind), why})
		}
		stations, err := v.Stations()
		if err != nil {
			return err
		}
		for _, s := range stations {
			row := pageStation{Code: s.Code, Name: s.Name, Heard: "chưa ghi danh"}
			if s.Current != 0 {
				e, err := v.Enrolment(s.Current)
				if err != nil {
					return err
				}
				at, since := p.contacts.last(e.ID)
				if e.At.After(since) {
					since = e.At
				}
				row.Heard, row.Receipts, row.Revoked = heardWords(at, since, page.Now), e.Receipts, !e.RevokedAt.IsZero()
			}
			if row.Alarms, err = v.OpenAlarms(s.Code); err != nil {
				return err
			}
			page.Stations = append(page.Stations, row)
		}
		return nil
	}); err != nil {
		return err
	}
	var buf bytes.Buffer
	if err := deskTemplate.Execute(&buf, page); err != nil {
		return fmt.Errorf("failed to write the desk's page: %w", err)
	}
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	return write(w, http.StatusOK, "text/html; charset=utf-8", buf.Bytes())
}

// pressed reads a button of the page. Another site can neither read the token nor
// send its own name as ours.
func (p *Portal) pressed(w http.ResponseWriter, r *http.Request, act func() error) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxPageForm)
	if err := r.ParseForm(); err != nil {
		return dossier.Errorf(dossier.CodeInvalid, "a form: %w", err)
	}
	if subtle.ConstantTimeCompare([]byte(r.PostForm.Get("token")), []byte(p.pageToken)) != 1 {
		return dossier.Errorf(dossier.CodeInvalid, "this page is from before the portal was started, or from elsewhere: load it again")
	}
	if err := act(); err != nil {
		return err
	}
	w.Header().Set("Location", "/desk/")
	w.WriteHeader(http.StatusSeeOther)
	return nil
}

func (p *Portal) pageAcknowledge(w http.ResponseWriter, r *http.Request) error {
	return p.pressed(w, r, func() error {
		n, err := strconv.ParseInt(r.PathValue("n"), 10, 64)
		if err != nil {
			return dossier.Errorf(dossier.CodeInvalid, "an alarm's number: %w", err)
		}
		return p.Acknowledge(r.Context(), n, strings.TrimSpace(r.PostForm.Get("officer")))
	})
}

func (p *Portal) pageRelease(w http.ResponseWriter, r *http.Request) error {
	return p.pressed(w, r, func() error {
		id := r.PathValue("id")
		var pk ledger.Packet
		if err := p.store.View(r.Context(), func(v ledger.Reader) (err error) { pk, err = v.Packet(id); return notFound(err) }); err != nil {
			return err
		}
		if pk.Kind != dossier.KindDossier {
			return p.ReleasePacket(r.Context(), id)
		}
		_, err := p.Act(r.Context(), id, ActRelease, DeskRequest{})
		return err
	})
}

// fromHere says whether a call comes from no page at all, or, for the page's own
// buttons, from the page.
func fromHere(pattern string, r *http.Request) bool {
	origin := r.Header.Get("Origin")
	return origin == "" || strings.HasPrefix(pattern, "POST /desk/page/") && origin == "http://"+r.Host
}
