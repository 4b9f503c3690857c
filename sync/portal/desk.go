package portal

import (
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/wire"
)

// DeskDossier is a dossier as the desk lists it; Content only where one dossier
// was asked for.
type DeskDossier struct {
	Packet     string               `json:"packet"`
	Station    string               `json:"station"`
	Procedure  dossier.ProcedureRef `json:"procedure"`
	Agency     string               `json:"agency,omitempty"`
	Status     dossier.Status       `json:"status"`
	Code       string               `json:"code,omitempty"`
	Received   time.Time            `json:"received"`
	Due        time.Time            `json:"due,omitzero"`
	FeeDue     *int64               `json:"fee_due,omitempty"` // nil: not known
	Quarantine string               `json:"quarantine,omitempty"`
	Alarms     int                  `json:"alarms,omitempty"` // open clone alarms of its station
	Steps      []DeskStep           `json:"steps,omitempty"`
	Files      []DeskFile           `json:"files,omitempty"`
	Content    *dossier.Dossier     `json:"content,omitempty"`
	Unreadable string               `json:"unreadable,omitempty"` // why Content is not there
}

// DeskStep is one step with what was said.
type DeskStep struct {
	From        dossier.Status  `json:"from,omitempty"`
	To          dossier.Status  `json:"to"`
	At          time.Time       `json:"at"`
	Action      string          `json:"action"`
	Cause       string          `json:"cause,omitempty"`
	Office      string          `json:"office,omitempty"`
	Officer     string          `json:"officer,omitempty"`
	Text        string          `json:"text,omitempty"`
	Form01      *dossier.Form01 `json:"form01,omitempty"`
	Calculation *Calculation    `json:"calculation,omitempty"`
	// Result notes the file that was attached; "…/result" hands it out.
	Result *dossier.ResultNote `json:"result,omitempty"`
}

func deskDossier(d ledger.Dossier) DeskDossier {
	return DeskDossier{Packet: d.Packet, Station: d.Station, Procedure: d.Procedure, Agency: d.Agency, Status: d.Status, Code: d.Code,
		Received: d.ReceivedAt, Due: d.Due, FeeDue: d.FeeDue, Quarantine: d.Quarantine}
}

// last names the dossier that came last.
const last = "last"

// Desk serves the officers' calls, as plain HTTP for a loopback listener: who
// may reach it is decided by who may use this machine. Pages of other sites in
// a browser on this machine are refused. "/desk/" is a page for people.
func (p *Portal) Desk() http.Handler {
	mux := http.NewServeMux()
	for pattern, fn := range map[string]func(http.ResponseWriter, *http.Request) error{
		"GET /desk/{$}":                         p.deskPage,
		"POST /desk/page/alarms/{n}":            p.pageAcknowledge,
		"POST /desk/page/packets/{id}":          p.pageRelease,
		"GET /desk/count":                       p.deskCount,
		"GET /desk/dossiers":                    p.deskList,
		"GET /desk/dossiers/{id}":               p.deskGet,
		"GET /desk/dossiers/{id}/result":        p.deskResult,
		"POST /desk/dossiers/{id}/{action}":     p.deskAct,
		"POST /desk/procedures/{code}/withdraw": p.deskWithdraw,
		"GET /desk/quarantine":                  p.deskQuarantine,
		"POST /desk/packets/{id}/release":       p.deskRelease,
		"GET /desk/packets/{id}/files/{sha256}": p.deskFile,
		"GET /desk/alarms":                      p.deskAlarms,
		"POST /desk/alarms/{n}/acknowledge":     p.deskAcknowledge,
		"GET /desk/keys":                        p.deskKeys,
		"POST /desk/backup":                     p.deskBackup,
		"/": func(http.ResponseWriter, *http.Request) error {
			return dossier.Errorf(dossier.CodeNotFound, "no such call")
		},
	} {
		inner := p.wrap(route{pattern: pattern, limit: wire.MaxJSONBytes, slots: p.desks, desk: true, open: fn})
		mux.Handle(pattern, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !fromHere(pattern, r) || !loopbackHost(r.Host) {
				http.Error(w, "the desk answers this machine's programs only", http.StatusForbidden)
				return
			}
			inner.ServeHTTP(w, r)
		}))
	}
	return mux
}

// loopbackHost refuses names, which a hostile name server could point here.
func loopbackHost(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}

func filterOf(r *http.Request) (ledger.Filter, error) {
	f := ledger.Filter{Station: r.URL.Query().Get("station")}
	if s := r.URL.Query().Get("status"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || !dossier.Status(n).Valid() {
			return f, dossier.Errorf(dossier.CodeInvalid, "no such status")
		}
		f.Status = dossier.Status(n)
	}
	return f, nil
}

func (p *Portal) deskCount(w http.ResponseWriter, r *http.Request) error {
	f, err := filterOf(r)
	if err != nil {
		return err
	}
	var n int
	if err := p.store.View(r.Context(), func(v ledger.Reader) (err error) {
		n, err = v.CountDossiers(f)
		return err
	}); err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, map[string]int{"count": n})
}

func (p *Portal) deskList(w http.ResponseWriter, r *http.Request) error {
	f, err := filterOf(r)
	if err != nil {
		return err
	}
	out := []DeskDossier{}
	var open int // clone alarms that nobody has looked at
	if err := p.store.View(r.Context(), func(v ledger.Reader) error {
		list, err := v.Dossiers(f)
		if err != nil {
			return err
		}
		alarms := map[string]int{}
		for _, d := range list {
			if _, known := alarms[d.Station]; !known {
				if alarms[d.Station], err = v.OpenAlarms(d.Station); err != nil {
					return err
				}
			}
			row := deskDossier(d)
			row.Alarms = alarms[d.Station]
			out = append(out, row)
		}
		open, err = v.OpenAlarms("")
		return err
	}); err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, map[string]any{"dossiers": out, "alarms": open})
}

// resolve turns "last" into a packet's id.
func (p *Portal) resolve(r *http.Request) (string, error) {
	id := r.PathValue("id")
	if id != last {
		return id, nil
	}
	err := p.store.View(r.Context(), func(v ledger.Reader) error {
		list, err := v.Dossiers(ledger.Filter{Limit: 1})
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return dossier.Errorf(dossier.CodeNotFound, "no dossier yet")
		}
		id = list[0].Packet
		return nil
	})
	return id, err
}

func (p *Portal) deskGet(w http.ResponseWriter, r *http.Request) error {
	id, err := p.resolve(r)
	if err != nil {
		return err
	}
	var out DeskDossier
	if err := p.store.View(r.Context(), func(v ledger.Reader) error {
		d, err := v.Dossier(id)
		if err != nil {
			return notFound(err)
		}
		out = deskDossier(d)
		if out.Alarms, err = v.OpenAlarms(d.Station); err != nil {
			return err
		}
		pk, err := v.Packet(id)
		if err != nil {
			return err
		}
		var content dossier.Dossier
		if err := p.openBody(pk, &content); dossier.CodeOf(err) != "" {
			out.Unreadable = err.Error()
		} else if err != nil {
			return err
		} else {
			out.Content = &content
		}
		if out.Files, err = deskFiles(v, pk); err != nil {
			return err
		}
		steps, err := v.Steps(id)
		if err != nil {
			return err
		}
		for _, s := range steps {
			var detail stepDetail
			if len(s.Sealed) > 0 {
				if err := p.keys().open(s.Sealed, &detail); err != nil {
					return err
				}
			}
			step := DeskStep{From: s.From, To: s.To, At: s.At, Action: s.Action, Cause: s.Cause, Office: s.Office,
				Officer: s.Officer, Text: detail.Text, Form01: detail.Form01, Calculation: detail.Calculation}
			if detail.Result != nil {
				step.Result = dossier.NoteOf(detail.Result.PDF)
			}
			out.Steps = append(out.Steps, step)
		}
		return nil
	}); err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, out)
}

func (p *Portal) deskAct(w http.ResponseWriter, r *http.Request) error {
	id, err := p.resolve(r)
	if err != nil {
		return err
	}
	q, err := deskRequest(r)
	if err != nil {
		return err
	}
	d, err := p.Act(r.Context(), id, Action(r.PathValue("action")), q)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, deskDossier(d))
}

func (p *Portal) deskWithdraw(w http.ResponseWriter, r *http.Request) error {
	v, err := p.Withdraw(r.Context(), r.PathValue("code"))
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, map[string]int{"catalogue": v})
}

func (p *Portal) deskQuarantine(w http.ResponseWriter, r *http.Request) error {
	type item struct {
		Packet  string             `json:"packet"`
		Station string             `json:"station"`
		Kind    dossier.PacketKind `json:"kind"`
		Why     string             `json:"why"`
	}
	out := []item{}
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
			out = append(out, item{pk.ID, pk.Station, pk.Kind, pk.Quarantine})
		}
		return nil
	}); err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, map[string]any{"packets": out})
}

func (p *Portal) deskRelease(w http.ResponseWriter, r *http.Request) error {
	if err := p.ReleasePacket(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, struct{}{})
}

func (p *Portal) deskBackup(w http.ResponseWriter, r *http.Request) error {
	path, err := p.Backup(r.Context())
	if err != nil {
		return err
	}
	b, err := p.BackupStanding(r.Context())
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, map[string]any{"backup": path, "counts": b.Counted})
}
