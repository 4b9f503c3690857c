-- name: Withdraw :execrows
-- Once, and again only after the agency went on with the dossier.
INSERT INTO withdrawals (packet, child, successor, at_ms, state)
SELECT d.packet, sqlc.arg(child), sqlc.arg(successor), sqlc.arg(at_ms), 0 FROM dossiers d WHERE d.packet = sqlc.arg(packet) AND d.handed_ms IS NULL
ON CONFLICT (packet) DO UPDATE SET child = excluded.child, successor = excluded.successor, at_ms = excluded.at_ms, state = 0 WHERE withdrawals.state = 3;

-- name: Withdrawal :one
-- What became of the packet that says so is its own: refused, or set aside.
SELECT w.child, w.at_ms, w.state, p.held_ms, CAST(coalesce((SELECT d.slip FROM dossiers d WHERE d.packet = w.successor), '') AS TEXT) AS successor_slip,
  CAST(coalesce(o.refused, '') AS TEXT) AS refused, CAST(coalesce(o.attempts, 0) AS INTEGER) AS attempts, CAST(coalesce(q.why, '') AS TEXT) AS why
FROM withdrawals w JOIN packets p ON p.id = w.child LEFT JOIN outbox o ON o.seq = p.seq
LEFT JOIN quarantines q ON q.packet = w.child AND q.released = 0 WHERE w.packet = ?;

-- name: SetWithdrawal :exec
UPDATE withdrawals SET state = ? WHERE packet = ?;
