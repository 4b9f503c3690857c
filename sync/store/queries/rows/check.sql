-- name: Sequence :one
-- Every number from the first to the last has its packet.
SELECT count(*) AS packets, CAST(coalesce(min(seq), 1) AS INTEGER) AS lowest, CAST(coalesce(max(seq), 0) AS INTEGER) AS highest,
  CAST(coalesce((SELECT value FROM counters WHERE name = 'seq'), 0) AS INTEGER) AS given,
  CAST(coalesce((SELECT value FROM counters WHERE name = 'slip'), 0) AS INTEGER) AS slips,
  CAST(coalesce((SELECT max(slip_serial) FROM submits), 0) AS INTEGER) AS last_slip
FROM packets;

-- name: Unoffered :execrows
-- A packet with neither a receipt nor a place in the outbox would never be sent.
INSERT INTO outbox (seq, priority) SELECT p.seq, CASE p.kind WHEN 'handover' THEN 1 ELSE 2 END FROM packets p
WHERE p.held_ms IS NULL AND p.body IS NOT NULL ON CONFLICT (seq) DO NOTHING;

-- name: Unsendable :execrows
-- What was purged after its receipt is not sent again.
DELETE FROM outbox WHERE outbox.seq IN (SELECT p.seq FROM packets p WHERE p.body IS NULL AND p.held_ms IS NOT NULL);

-- name: Bodyless :one
-- No body and no receipt.
SELECT count(*) FROM packets WHERE body IS NULL AND held_ms IS NULL AND purged_ms IS NULL;

-- name: PacketAt :one
SELECT jws, body, held_ms FROM packets WHERE seq = ?;

-- name: RecentPapers :one
-- What the papers of the last packets take that still have their bodies.
SELECT count(*) AS dossiers, CAST(coalesce(sum((SELECT sum(f.size) FROM packet_files pf JOIN files f ON f.sha256 = pf.sha256 WHERE pf.seq = p.seq)), 0) AS INTEGER) AS bytes
FROM packets p WHERE p.seq > (SELECT coalesce(max(q.seq), 0) FROM packets q) - CAST(sqlc.arg(packets) AS INTEGER)
  AND p.kind = 'dossier' AND p.purged_ms IS NULL;
