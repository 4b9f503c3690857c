-- name: Quarantine :exec
-- A receipt that was seen before says nothing new.
INSERT INTO quarantines (packet, why, receipt, released, at_ms) SELECT p.id, sqlc.arg(why), sqlc.arg(receipt), 0, sqlc.arg(at_ms)
FROM packets p WHERE p.id = sqlc.arg(packet)
ON CONFLICT (packet) DO UPDATE SET why = excluded.why, receipt = excluded.receipt, released = 0, at_ms = excluded.at_ms
WHERE quarantines.receipt <> excluded.receipt;

-- name: Release :exec
-- Also of a packet whose receipt is still on its way.
INSERT INTO quarantines (packet, why, receipt, released, at_ms) SELECT p.id, '', sqlc.arg(receipt), 1, sqlc.arg(at_ms)
FROM packets p WHERE p.id = sqlc.arg(packet)
ON CONFLICT (packet) DO UPDATE SET receipt = excluded.receipt, released = 1, at_ms = excluded.at_ms;

-- name: Unquarantine :exec
-- A receipt of another history says that nothing is wrong with the packet.
UPDATE quarantines SET released = 1, receipt = sqlc.arg(receipt) WHERE packet = sqlc.arg(packet) AND receipt <> sqlc.arg(receipt);

-- name: Attention :many
-- What only a person can help on, the oldest first, once each: a packet that was set
-- aside may be refused where it is offered again.
SELECT p.id, p.seq, p.kind, CAST(x.refused AS TEXT) AS refused, CAST(x.why AS TEXT) AS why, CAST(x.attempts AS INTEGER) AS attempts, p.created_ms,
  CAST(coalesce((SELECT d.slip FROM dossiers d WHERE d.packet = p.id), (SELECT d.slip FROM dossiers d WHERE d.packet = p.parent), '') AS TEXT) AS slip
FROM (SELECT o.seq, o.refused, '' AS why, o.attempts FROM outbox o WHERE o.refused <> ''
  UNION ALL SELECT p.seq, '', q.why, 0 FROM quarantines q JOIN packets p ON p.id = q.packet WHERE q.released = 0
    AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.seq = p.seq AND o.refused <> '')) x
JOIN packets p ON p.seq = x.seq ORDER BY p.seq LIMIT ?;

-- name: RetryRefused :execrows
-- Their count begins anew.
UPDATE outbox SET attempts = 0 WHERE refused <> '';
