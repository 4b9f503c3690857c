-- name: Withdraw :execrows
-- Once, and again only after the agency went on with the dossier.
INSERT INTO withdrawals (packet, child, successor, at_ms, state)
SELECT d.packet, sqlc.arg(child), sqlc.arg(successor), sqlc.arg(at_ms), 0 FROM dossiers d WHERE d.packet = sqlc.arg(packet) AND d.handed_ms IS NULL
ON CONFLICT (packet) DO UPDATE SET child = excluded.child, successor = excluded.successor, at_ms = excluded.at_ms, state = 0 WHERE withdrawals.state = 3;

-- name: Withdrawal :one
SELECT w.child, w.at_ms, w.state, p.held_ms, CAST(coalesce((SELECT d.slip FROM dossiers d WHERE d.packet = w.successor), '') AS TEXT) AS successor_slip
FROM withdrawals w JOIN packets p ON p.id = w.child WHERE w.packet = ?;

-- name: SetWithdrawal :exec
UPDATE withdrawals SET state = ? WHERE packet = ?;
