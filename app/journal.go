package main

import (
	"context"
	"time"

	"tramhoso/sync/audit"
	"tramhoso/sync/dossier"
	"tramhoso/sync/outbox"
)

// What the audit log records. A reference is a packet, a staff id or a device;
// never a person's name or number.
const (
	didStart    = "station.start"
	didEnrol    = "station.enrol"
	didLogin    = "staff.login"
	didSubmit   = "dossier.submit"
	didWithdraw = "dossier.withdraw"
	didReprint  = "paper.reprint"
	didAnswer   = "paper.answer"
	didHandOver = "result.hand-over"
	didRefuse   = "result.refuse"
	didPage     = "paper.page"
	didResult   = "result.print"
	didPower    = "power.change"
	didPowerOff = "power.off"
	didCarry    = "courier.export"
	didBring    = "courier.import"
	didPause    = "sending.pause"
	didResume   = "sending.resume"
	didLook     = "storage.findings"
)

// The pace of what the portal hears of the log's length: a log that was cut back is
// noticed within a day, also that of a station which is switched off every evening.
const (
	checkpointFirst = 10 * time.Minute // after the start: a station that dies at once says nothing each time
	checkpointEvery = 24 * time.Hour
)

// record adds to the audit log. Work goes on if it cannot: the log says so.
func (s *station) record(kind, ref string) {
	if s.kept == nil {
		return
	}
	if _, err := s.journal.Append(kind, ref); err != nil {
		s.log.Error("failed to add to the audit log", "kind", kind, "err", err)
	}
}

// runCheckpoints tells the portal the log's size and hash, signed.
func (s *station) runCheckpoints(ctx context.Context) error { return daily(ctx, s.checkpoint) }

// daily does something soon after the start, and then once a day.
func daily(ctx context.Context, do func(context.Context)) error {
	for pause := checkpointFirst; ; pause = checkpointEvery {
		if err := wait(ctx, pause); err != nil {
			return err
		}
		do(ctx)
	}
}

func (s *station) checkpoint(ctx context.Context) {
	point, err := s.journal.Checkpoint()
	if err != nil {
		s.log.Error("failed to sign a checkpoint of the audit log", "err", err)
		return
	}
	_, err = s.outbox.Submit(ctx, outbox.Letter{Token: randomToken(), Kind: dossier.KindAuditCheckpoint,
		Body: func(string) (any, error) { return map[string]string{"checkpoint": point}, nil }})
	if err != nil {
		s.log.Error("failed to keep a checkpoint of the audit log", "code", dossier.CodeOf(err), "err", err)
	}
}

// newJournal is the station's audit log over its own storage.
func newJournal(k *kept, c *station) *audit.Log {
	return audit.New(k.store.Audit(), audit.NewSigner("tramhoso", k.keys.AuditKey()), c.clock)
}
