package portal

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/portal/ledger"
	"tramhoso/sync/wire"
)

// CloneAlarm says that one sequence number of a station came with two packet ids:
// two machines speak with its keys. Nothing is refused for it: people hold slips
// for both packets, and the second waits in quarantine. It stays open until a
// person has looked at it.
type CloneAlarm struct {
	N              int64     `json:"n"`
	Station        string    `json:"station"`
	Seq            uint64    `json:"seq"`
	First          string    `json:"first"`
	Second         string    `json:"second"`
	At             time.Time `json:"at"`
	Acknowledged   time.Time `json:"acknowledged,omitzero"`
	AcknowledgedBy string    `json:"acknowledged_by,omitempty"`
}

// Alarms lists clone alarms, newest first, and counts the open ones of all.
func (p *Portal) Alarms(ctx context.Context) (list []CloneAlarm, open int, err error) {
	list = []CloneAlarm{}
	err = p.store.View(ctx, func(v ledger.Reader) error {
		all, err := v.Alarms(ledger.MaxList)
		if err != nil {
			return err
		}
		for _, a := range all {
			list = append(list, CloneAlarm{N: a.N, Station: a.Station, Seq: a.Seq, First: a.First, Second: a.Second, At: a.At,
				Acknowledged: a.AcknowledgedAt, AcknowledgedBy: a.AcknowledgedBy})
		}
		open, err = v.OpenAlarms("")
		return err
	})
	return list, open, err
}

// maxOfficerBytes bounds how an officer is called: a role or a staff id.
const maxOfficerBytes = 64

// Acknowledge says that an officer has looked at an alarm; the first stays.
func (p *Portal) Acknowledge(ctx context.Context, n int64, officer string) error {
	if officer == "" || len(officer) > maxOfficerBytes {
		return dossier.Errorf(dossier.CodeInvalid, "an alarm is acknowledged by an officer, in at most %d bytes", maxOfficerBytes)
	}
	err := p.store.Update(ctx, func(tx ledger.Tx) error { return notFound(tx.AcknowledgeAlarm(n, officer, p.now())) })
	if err != nil {
		return fmt.Errorf("failed to acknowledge an alarm: %w", err)
	}
	p.log.Info("clone alarm acknowledged", "n", n)
	return nil
}

func (p *Portal) deskAlarms(w http.ResponseWriter, r *http.Request) error {
	list, open, err := p.Alarms(r.Context())
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, map[string]any{"alarms": list, "open": open})
}

func (p *Portal) deskAcknowledge(w http.ResponseWriter, r *http.Request) error {
	n, err := strconv.ParseInt(r.PathValue("n"), 10, 64)
	if err != nil {
		return dossier.Errorf(dossier.CodeInvalid, "an alarm's number: %w", err)
	}
	var q struct {
		Officer string `json:"officer"` // a role or a staff id
	}
	if err := wire.DecodeJSON(r.Body, &q); err != nil {
		return err
	}
	if err := p.Acknowledge(r.Context(), n, q.Officer); err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, struct{}{})
}
