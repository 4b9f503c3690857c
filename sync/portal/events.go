package portal

import (
	"net/http"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/seal"
	"tramhoso/sync/wire"
)

// getEvents answers with the station's events after its cursor, at once where
// there are some or where it missed a new catalogue or staff list, else when
// something happens or the wait is over.
func (p *Portal) getEvents(w http.ResponseWriter, r *http.Request, e ledger.Enrolment) error {
	q, err := wire.ParseEventsQuery(r.URL.Query())
	if err != nil {
		return err
	}
	over := time.NewTimer(q.Wait)
	defer over.Stop()
	newer, leave := p.meters.polls.Join(e.ID)
	defer leave()
	for {
		own, all := p.hub.wait(e.ID)
		if err := p.refresh(r.Context()); err != nil {
			return err
		}
		answer, err := p.events(r, e.ID, q)
		if err != nil {
			return err
		}
		news := len(answer.Events) > 0 || answer.Epoch != q.After.Epoch ||
			q.Known.Catalogue != 0 && q.Known.Catalogue != answer.Hints.Catalogue ||
			q.Known.Staff != "" && q.Known.Staff != answer.Hints.Staff
		if news || q.Wait == 0 {
			return answerJSON(w, r, answer)
		}
		select {
		case <-own:
		case <-all:
		case <-newer: // this one's line is dead, most likely
			return answerJSON(w, r, answer)
		case <-over.C:
			return answerJSON(w, r, answer)
		case <-p.stop:
			return answerJSON(w, r, answer)
		case <-r.Context().Done():
			return nil // the station went away
		}
	}
}

// events is the answer as of now. A cursor of another epoch starts over.
func (p *Portal) events(r *http.Request, enrolment int64, q wire.EventsQuery) (wire.EventsAnswer, error) {
	a := wire.EventsAnswer{Events: []wire.SealedEvent{}, Hints: wire.Hints{
		Catalogue: p.catalogue.Load().Version(), Staff: p.staffList.Load().tag,
	}}
	err := p.store.View(r.Context(), func(v ledger.Reader) error {
		var err error
		if a.Epoch, err = v.Epoch(); err != nil {
			return err
		}
		e, err := v.Enrolment(enrolment)
		if err != nil {
			return err
		}
		if !e.RevokedAt.IsZero() {
			return dossier.Errorf(wire.CodeRevoked, "station %s was revoked", e.Station)
		}
		after := q.After.N
		if q.After.Epoch != a.Epoch {
			after = 0
		}
		list, err := v.Events(enrolment, after, wire.MaxEvents, wire.MaxPollBytes)
		if err != nil {
			return err
		}
		for _, ev := range list {
			a.Events = append(a.Events, wire.SealedEvent{N: ev.N, Sealed: ev.Sealed})
		}
		at := p.now()
		a.Watermark, err = p.keys().sign(seal.UseReceipt, at, wire.Watermark{Station: e.Station, Epoch: a.Epoch, Counter: e.Receipts, Durable: e.Durable, At: at},
			wire.TypWatermark)
		return err
	})
	return a, err
}
