-- name: Quarantine :exec
-- A receipt's word. Once an event spoke of the packet in this history, receipts say
-- nothing: they were signed before it or repeat it.
INSERT INTO quarantines (packet, why, receipt, released, at_ms) SELECT p.id, sqlc.arg(why), '', 0, sqlc.arg(at_ms)
FROM packets p WHERE p.id = sqlc.arg(packet)
ON CONFLICT (packet) DO UPDATE SET why = excluded.why, released = 0, at_ms = excluded.at_ms WHERE quarantines.receipt = '';

-- name: Unquarantine :exec
-- The word of a receipt that nothing is wrong with the packet; likewise.
UPDATE quarantines SET released = 1 WHERE packet = ? AND receipt = '';

-- name: SetAside :exec
-- An event's word: the newest, whatever was known. It names the packet's receipt.
INSERT INTO quarantines (packet, why, receipt, released, at_ms) SELECT p.id, sqlc.arg(why), sqlc.arg(receipt), 0, sqlc.arg(at_ms)
FROM packets p WHERE p.id = sqlc.arg(packet)
ON CONFLICT (packet) DO UPDATE SET why = excluded.why, receipt = excluded.receipt, released = 0, at_ms = excluded.at_ms;

-- name: Release :exec
-- Likewise. Also of a packet whose receipt is still on its way.
INSERT INTO quarantines (packet, why, receipt, released, at_ms) SELECT p.id, '', sqlc.arg(receipt), 1, sqlc.arg(at_ms)
FROM packets p WHERE p.id = sqlc.arg(packet)
ON CONFLICT (packet) DO UPDATE SET receipt = excluded.receipt, released = 1, at_ms = excluded.at_ms;

-- name: ForgetAsides :exec
-- In another history the events come again from the beginning, and receipts count
-- until they do.
UPDATE quarantines SET receipt = '';

-- name: PurgedAsides :many
-- Whose receipts never come again.
SELECT p.id, CAST(coalesce(p.receipt, '') AS TEXT) AS receipt FROM quarantines q JOIN packets p ON p.id = q.packet WHERE p.body IS NULL;

-- name: KeptReceipts :many
SELECT id, receipt, held_ms FROM packets WHERE receipt IS NOT NULL;

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
