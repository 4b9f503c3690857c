-- name: Outgoing :many
-- Refused ones come last, the least tried first, and not for ever. Behind LIMIT a
-- bare parameter has SQLite read the statement anew each time.
SELECT p.jws, p.body, o.priority, o.attempts, o.refused FROM outbox o JOIN packets p ON p.seq = o.seq
WHERE p.body IS NOT NULL AND (o.refused = '' OR o.attempts < CAST(sqlc.arg(refused_most) AS INTEGER))
ORDER BY o.refused <> '', CASE WHEN o.refused = '' THEN 0 ELSE o.attempts END, o.priority, o.seq LIMIT 0 + CAST(sqlc.arg(most) AS INTEGER);

-- name: Waiting :one
SELECT count(*) AS packets, CAST(coalesce(sum(p.kind = 'dossier'), 0) AS INTEGER) AS dossiers, CAST(coalesce(sum(o.refused <> ''), 0) AS INTEGER) AS refused,
  CAST(coalesce(sum(o.refused <> '' AND o.attempts >= CAST(sqlc.arg(refused_most) AS INTEGER)), 0) AS INTEGER) AS given_up,
  CAST(coalesce(min(p.created_ms), 0) AS INTEGER) AS oldest_ms
FROM outbox o JOIN packets p ON p.seq = o.seq;

-- name: Attempted :exec
-- The first refusal begins the count anew: what was tried before met other trouble.
UPDATE outbox SET attempts = CASE WHEN outbox.refused = '' AND CAST(sqlc.arg(code) AS TEXT) <> '' THEN 1 ELSE attempts + 1 END, refused = CAST(sqlc.arg(code) AS TEXT)
WHERE outbox.seq = (SELECT p.seq FROM packets p WHERE p.id = sqlc.arg(id));

-- name: LeaveOutbox :exec
DELETE FROM outbox WHERE outbox.seq = (SELECT p.seq FROM packets p WHERE p.id = ?);

-- name: LastCounter :one
SELECT CAST(coalesce(max(counter), 0) AS INTEGER) FROM packets;

-- name: CounterTwice :one
SELECT count(*) FROM packets WHERE counter = ? AND id <> ?;

-- name: OfferEverything :execrows
-- Puts every packet back that has a receipt, but for one.
INSERT INTO outbox (seq, priority)
SELECT seq, CASE kind WHEN 'handover' THEN 1 ELSE 2 END FROM packets
WHERE counter IS NOT NULL AND id <> sqlc.arg(except) AND body IS NOT NULL ON CONFLICT (seq) DO NOTHING;

-- name: ForgetReceipts :exec
-- Forgets those receipts: the portal has. What was purged keeps its evidence.
UPDATE packets SET counter = NULL,
  receipt = CASE WHEN body IS NULL THEN receipt END, held_ms = CASE WHEN body IS NULL THEN held_ms END
WHERE counter IS NOT NULL AND id <> sqlc.arg(except);
