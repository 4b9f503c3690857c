package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"tramhoso/sync/dossier"
	"tramhoso/sync/store/internal/hot"
	"tramhoso/sync/store/internal/rows"
)

// withdraw notes who asks a dossier back, refusing one that is asked back
// already or was handed over, and files the paper that says so under it. Of a
// dossier that replaces it, its own packet follows.
func (s *Store) withdraw(ctx context.Context, tx *sql.Tx, r Rows, row hot.SubmitParams) error {
	w := rows.WithdrawParams{Packet: r.Withdraw, Child: r.Packet.Head.ID, AtMs: row.CreatedMs}
	if r.Second != nil {
		if err := s.hot.WithTx(tx).Submit(ctx, r.secondRow(row)); err != nil {
			return err
		}
		w.Child, w.Successor = r.Second.Packet.Head.ID, r.Packet.Head.ID
	}
	if r.Withdraw == "" {
		return nil
	}
	q := s.w.WithTx(tx)
	n, err := q.Withdraw(ctx, w)
	if err != nil {
		return err
	}
	if n == 0 {
		return dossier.Errorf(dossier.CodeWithdrawn, "not here, asked back or handed over already")
	}
	if r.Print == nil || r.Dossier != nil {
		return nil
	}
	return q.AddPrintAs(ctx, rows.AddPrintAsParams{ID: row.Job.Int64, Packet: r.Withdraw, Kind: r.Print.Kind, Sealed: r.Print.Sealed, Key: r.Print.Key, AtMs: row.CreatedMs})
}

// Withdrawal is what the station knows of a dossier that was asked back; the
// zero value: it was not.
func (s *Store) Withdrawal(ctx context.Context, packet string) (dossier.Withdrawn, error) {
	w, err := s.r.Withdrawal(ctx, packet)
	if errors.Is(err, sql.ErrNoRows) {
		return dossier.Withdrawn{}, nil
	}
	if err != nil {
		return dossier.Withdrawn{}, coded(fmt.Errorf("failed to read a withdrawal: %w", err))
	}
	return dossier.Withdrawn{At: time.UnixMilli(w.AtMs), Sent: fromMs(w.HeldMs), State: dossier.WithdrawalState(w.State), Successor: w.SuccessorSlip,
		Refused: w.Refused != "", GivenUp: givenUp(w.Refused, w.Attempts), Aside: dossier.AsideWhy(w.Why)}, nil
}

// Told is what an event says beside its cards: the status of a dossier, for
// whoever asked it back, or what became of a packet that the portal set aside.
type Told struct {
	Packet string
	Status dossier.Status // 0: nothing
	Aside  *dossier.Aside
}

// tell keeps what an event says, in its transaction.
func (s *Store) tell(ctx context.Context, q *rows.Queries, t Told) error {
	if t.Aside != nil {
		return setAside(ctx, q, t.Packet, *t.Aside, s.ms())
	}
	w, err := q.Withdrawal(ctx, t.Packet)
	if errors.Is(err, sql.ErrNoRows) || t.Status == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	was := dossier.WithdrawalState(w.State)
	if now := was.After(t.Status); now != was {
		return q.SetWithdrawal(ctx, rows.SetWithdrawalParams{Packet: t.Packet, State: int64(now)})
	}
	return nil
}
