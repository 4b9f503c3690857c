package sim

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tramhoso/sync/dossier"
	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/prove"
	"tramhoso/sync/seal"
	"tramhoso/sync/token"
	"tramhoso/sync/wire"
)

// row is a packet as the station's own database has it.
type row struct {
	Seq             uint64
	ID, Kind        string
	Digest, Receipt string
	Slip            string // "" unless it is a dossier
	Body            bool   // it is here
}

// rows reads a station's database past the program: what lies there, not what
// the program says.
func (s *stationSim) rows(ctx context.Context) (list []row, err error) {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(s.dir, "store", "station.db")+"?_pragma=query_only(ON)")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	q, err := db.QueryContext(ctx, `SELECT p.seq, p.id, p.kind, p.digest, coalesce(p.receipt, ''), coalesce(d.slip, ''), p.body IS NOT NULL
		FROM packets p LEFT JOIN dossiers d ON d.packet = p.id ORDER BY p.seq`)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, q.Close()) }()
	for q.Next() {
		var r row
		if err := q.Scan(&r.Seq, &r.ID, &r.Kind, &r.Digest, &r.Receipt, &r.Slip, &r.Body); err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return list, q.Err()
}

// held is the portal's side of a station.
type held struct {
	enrolment ledger.Enrolment
	packets   map[uint64][]ledger.Packet // by sequence
	events    []dossier.Event            // decrypted, in order
}

// side reads what the portal holds of a station.
func (w *World) side(s *stationSim, n int) (h held, err error) {
	h.packets = map[uint64][]ledger.Packet{}
	err = w.portal.running.led.Store.View(w.ctx, func(r ledger.Reader) error {
		st, err := r.Station(s.code)
		if err != nil {
			return err
		}
		if h.enrolment, err = r.Enrolment(st.Current); err != nil {
			return err
		}
		for seq := uint64(1); seq <= uint64(n)+3; seq++ {
			ids, err := r.PacketsBySeq(st.Current, seq)
			if err != nil {
				return err
			}
			for _, id := range ids {
				pk, err := r.Packet(id)
				if err != nil {
					return err
				}
				h.packets[seq] = append(h.packets[seq], pk)
			}
		}
		for after := uint64(0); s.lost == nil; {
			list, err := r.Events(st.Current, after, 100, 1<<30)
			if err != nil || len(list) == 0 {
				return err
			}
			for _, e := range list {
				after = e.N
				plain, err := seal.OpenWith(e.Sealed, s.run.Keys.EventIdentity())
				if err != nil {
					return err
				}
				var ev dossier.Event
				if err := json.Unmarshal(plain, &ev); err != nil {
					return err
				}
				h.events = append(h.events, ev)
			}
		}
		return nil
	})
	return h, err
}

// restless says why the province is not at rest, or "".
func (w *World) restless() string {
	var why []string
	for _, s := range w.living() {
		if n := s.waiting(); n.Packets > 0 {
			why = append(why, fmt.Sprintf("%s has %d waiting, %d of them refused, because %q", s.code, n.Packets, n.Refused, s.run.Queue.State().Why))
		}
		if n, more := s.files(); more || n.Files > 0 || n.Lost > 0 {
			why = append(why, fmt.Sprintf("%s has %d files to carry, %d of them refused, %d lost, because %q", s.code, n.Files, n.Refused, n.Lost, s.run.Files.State().Why))
		}
		cur, err := s.run.Store.Cursor(w.ctx)
		w.must(err)
		h, err := w.side(s, 0)
		w.must(err)
		if cur.N != h.enrolment.LastEvent {
			why = append(why, fmt.Sprintf("%s heard %d of %d events", s.code, cur.N, h.enrolment.LastEvent))
		}
	}
	return strings.Join(why, "; ")
}

func (w *World) atRest() bool { return w.restless() == "" }

// check holds both ends against each other and against what people know.
func (w *World) check() {
	dossiers := 0
	for _, s := range w.stations {
		if s.lost != nil {
			dossiers += w.checkLost(s)
			continue
		}
		list, err := s.rows(w.ctx)
		w.must(err)
		h, err := w.side(s, len(list))
		w.must(err)
		w.checkNumbers(s, list)
		g, err := w.gaps(s)
		w.must(err)
		if len(g.Gaps) > 0 || g.Last != uint64(len(list)) {
			w.story.wrong("the portal names gaps %v up to %d in the %d packets of %s, which lost none", g.Gaps, g.Last, len(list), s.code)
		}
		w.checkPackets(s, list, h)
		w.checkSheets(s, list)
		w.checkKeys(s)
		w.checkAttention(s, h)
		for _, r := range list {
			if r.Kind == string(dossier.KindDossier) {
				dossiers++
				w.checkDossier(s, r, h)
			}
		}
		for _, v := range w.shown(s) {
			w.checkPapers(v)
			w.checkSlips(v)
			i := slices.IndexFunc(list, func(r row) bool { return r.ID == v.got.Packet })
			if i < 0 || list[i].Slip != v.got.Slip {
				w.story.wrong("%s has forgotten slip %s of %s", s.code, v.got.Slip, v)
			}
		}
	}
	w.must(w.portal.running.led.Store.View(w.ctx, func(r ledger.Reader) error {
		n, err := r.CountDossiers(ledger.Filter{})
		if err == nil && n != dossiers {
			w.story.wrong("the portal holds %d dossiers, the stations made %d", n, dossiers)
		}
		alarms, aerr := r.Alarms(10)
		if len(alarms) > 0 {
			w.story.wrong("the portal takes %s for cloned", alarms[0].Station)
		}
		return errors.Join(err, aerr)
	}))
	w.checkClear()
}

// checkNumbers looks for gaps and repeats.
func (w *World) checkNumbers(s *stationSim, list []row) {
	serial := uint64(0)
	for i, r := range list {
		if r.Seq != uint64(i)+1 {
			w.story.wrong("%s's packet %d has sequence %d", s.code, i+1, r.Seq)
		}
		if r.Kind != string(dossier.KindDossier) {
			continue
		}
		if serial++; r.Slip != token.SlipNumber(s.code, serial) {
			w.story.wrong("%s's slip %d has number %q", s.code, serial, r.Slip)
		}
	}
}

// checkPackets wants each packet exactly once at the portal, with the very
// receipt that the station has.
func (w *World) checkPackets(s *stationSim, list []row, h held) {
	for _, r := range list {
		name := fmt.Sprintf("%s/%d (%s)", s.code, r.Seq, r.Kind)
		w.name(r.ID, name)
		there := h.packets[r.Seq]
		switch {
		case len(there) == 0:
			w.story.wrong("the portal does not hold %s", name)
		case len(there) > 1:
			w.story.wrong("the portal holds %s %d times", name, len(there))
		case there[0].ID != r.ID || there[0].Digest != r.Digest:
			w.story.wrong("the portal holds something else for %s", name)
		case there[0].Receipt != r.Receipt:
			w.story.wrong("the receipt of %s at the station is not the portal's", name)
		case there[0].State != wire.StateWhole:
			w.story.wrong("%s is not whole at the portal", name)
		case there[0].Shelved:
			w.story.wrong("%s still waits for its parent, which is there", name)
		}
	}
	for seq := range h.packets {
		if seq <= uint64(len(list)) {
			continue
		}
		w.story.wrong("the portal holds packet %d of %s, which made only %d", seq, s.code, len(list))
	}
}

// checkPapers compares what an officer reads with what was scanned.
func (w *World) checkPapers(v *visit) {
	for n, f := range v.files {
		r, err := w.portal.running.OpenFile(w.ctx, v.got.Packet, f.SHA256)
		if err != nil {
			w.story.wrong("paper %d of %s is not at the portal: %v", n+1, v, err)
			continue
		}
		h := sha256.New()
		_, err = io.Copy(h, r)
		if err = errors.Join(err, r.Close()); err != nil || !bytes.Equal(h.Sum(nil), f.sum[:]) {
			w.story.wrong("paper %d of %s is not what was scanned: %v", n+1, v, err)
		}
	}
}

// checkDossier compares what a slip shows with what the portal did.
func (w *World) checkDossier(s *stationSim, r row, h held) {
	name := w.nameOf(r.ID)
	var d ledger.Dossier
	var steps []ledger.Step
	if err := w.portal.running.led.Store.View(w.ctx, func(rd ledger.Reader) (err error) {
		if d, err = rd.Dossier(r.ID); err != nil {
			return err
		}
		steps, err = rd.Steps(r.ID)
		return err
	}); err != nil {
		w.story.wrong("the portal has no dossier for %s: %v", name, err)
		return
	}
	causes := map[string]int{}
	for _, st := range steps {
		if st.Cause != "" {
			if causes[st.Cause]++; causes[st.Cause] == 2 {
				w.story.wrong("%s had its effect on %s twice", w.nameOf(st.Cause), name)
			}
		}
	}
	for _, pks := range h.packets {
		for _, pk := range pks {
			if pk.Parent == r.ID && pk.Quarantine == "" && causes[pk.ID] != 1 {
				w.story.wrong("%s had no effect on %s", w.nameOf(pk.ID), name)
			}
		}
	}
	slip, ok := w.slipOf(s, r)
	if !ok {
		return
	}
	card, err := s.run.Inbox.BySlip(w.ctx, slip)
	if err != nil {
		w.story.wrong("the slip of %s opens nothing: %v", name, err)
		return
	}
	var said []dossier.Event
	asides := 0
	for _, e := range h.events {
		switch {
		case e.Packet != r.ID:
		case e.Kind == dossier.EventAside:
			asides++
		default:
			said = append(said, e)
		}
	}
	last := dossier.Status(0)
	if len(said) > 0 {
		last = said[len(said)-1].Status
	}
	if last == 0 && d.Status != dossier.StatusRegistered || last != 0 && last != d.Status {
		w.story.wrong("the portal told %s's station %q and thinks %q", name, last, d.Status)
	}
	if card.Status() != last {
		w.story.wrong("%s shows %q at the station, the portal said %q", name, card.Status(), last)
	}
	w.checkNews(name, card.News, said)
	if n := s.heard[r.ID]; w.portal.history == 0 && n > len(said)+asides {
		w.story.wrong("%s's screens were told %d times about %s, to which %d things happened", s.code, n, name, len(said)+asides)
	}
	if card.Sent.IsZero() {
		w.story.wrong("%s is at the portal and its slip says that it waits", name)
	}
}

// checkNews wants every event once, in the portal's order. What a portal that was
// set back has forgotten may stand between them.
func (w *World) checkNews(name string, news []dossier.News, said []dossier.Event) {
	heard := map[string]bool{}
	for _, n := range news {
		key := fmt.Sprint(n.Kind, n.Status, n.At.UnixMicro())
		if heard[key] {
			w.story.wrong("%s heard %q twice", name, n.Status)
		}
		heard[key] = true
	}
	if w.portal.history == 0 && len(news) != len(said) {
		w.story.wrong("%s heard %d times, the portal spoke %d times", name, len(news), len(said))
		return
	}
	for i, e := range said {
		at := slices.IndexFunc(news, func(n dossier.News) bool {
			return n.Kind == e.Kind && n.Status == e.Status && n.At.Equal(e.At) && n.Text == e.Text && n.Code == e.Code
		})
		if at < 0 {
			w.story.wrong("%s never heard event %d, %q, or not in order", name, i+1, e.Status)
			return
		}
		news = news[at+1:]
	}
}

// slipOf is the slip in a citizen's hand; one that nobody was handed because the
// station died lies in its print job.
func (w *World) slipOf(s *stationSim, r row) (token.Slip, bool) {
	for _, v := range w.shown(s) {
		if v.got.Packet == r.ID {
			return v.slip, true
		}
	}
	jobs, err := s.run.Store.PrintJobs(w.ctx, r.ID)
	if err != nil || len(jobs) == 0 {
		w.story.wrong("%s has no print job: %v", w.nameOf(r.ID), err)
		return token.Slip{}, false
	}
	p, err := s.run.Outbox.Paper(w.ctx, jobs[0].ID)
	if dossier.CodeOf(err) == dossier.CodeNotFound {
		return token.Slip{}, false // nobody printed it in its time
	}
	if err != nil {
		w.story.wrong("the paper of %s does not open: %v", w.nameOf(r.ID), err)
		return token.Slip{}, false
	}
	slip, err := token.ReadSlip(p.QR)
	if err != nil || slip.PacketID != r.ID || slip.Number() != r.Slip {
		w.story.wrong("the paper of %s shows another slip: %v", w.nameOf(r.ID), err)
		return token.Slip{}, false
	}
	return slip, true
}

// checkClear searches every disk and log for what must not lie there.
func (w *World) checkClear() {
	var canaries []canary
	for _, c := range prove.Canaries {
		canaries = append(canaries, canary{"personal data", []byte(c)})
	}
	for _, v := range w.visits {
		if v.shown {
			canaries = append(canaries, canary{"the QR of " + v.String(), []byte(v.got.QR[strings.IndexByte(v.got.QR, '#')+1:])})
			for _, slip := range append(slices.Clone(v.lost), v.slip) {
				canaries = append(canaries, canary{"the secret of " + v.String(), slip.Secret[:]})
			}
		}
	}
	name := filepath.Join(w.dir, "everything-that-was-logged")
	w.must(os.WriteFile(name, w.logged.b, 0o600))
	found, err := searchClear(w.dir, canaries)
	w.must(err)
	for _, f := range found {
		w.story.wrong("%s", f)
	}
}
