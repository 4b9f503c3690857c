-- name: SweepBodies :execrows
-- What the portal keeps: past its backup's mark, or long enough.
UPDATE packets SET body = NULL, purged_ms = sqlc.arg(now_ms) WHERE body IS NOT NULL AND held_ms IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.seq = packets.seq)
  AND NOT EXISTS (SELECT 1 FROM packet_files f WHERE f.seq = packets.seq AND f.state < 2)
  AND (held_ms <= sqlc.arg(held_ms) OR counter <= (SELECT value FROM counters WHERE name = 'durable'));

-- name: SweepPrintKeys :execrows
UPDATE print_jobs SET key = NULL, sealed = NULL WHERE print_jobs.key IS NOT NULL AND (print_jobs.created_ms <= sqlc.arg(made_ms)
  OR coalesce(print_jobs.root, print_jobs.id) IN (SELECT coalesce(p.root, p.id) FROM print_jobs p WHERE p.state = 'printed' AND p.changed_ms <= sqlc.arg(printed_ms)));

-- name: SweepResults :execrows
-- Of what was handed over, or of which nothing was heard any more and nothing waits.
DELETE FROM result_files WHERE result_files.packet IN (SELECT d.packet FROM dossiers d WHERE
  (d.handed_ms <= sqlc.arg(handed_ms) OR d.created_ms <= sqlc.arg(silent_ms)
    AND NOT EXISTS (SELECT 1 FROM cards n WHERE n.packet = d.packet AND n.at_ms > sqlc.arg(silent_ms))
    AND NOT EXISTS (SELECT 1 FROM packets p JOIN outbox o ON o.seq = p.seq WHERE p.id = d.packet)));

-- name: SweepCards :execrows
DELETE FROM cards WHERE cards.packet IN (SELECT d.packet FROM dossiers d WHERE
  (d.handed_ms <= sqlc.arg(handed_ms) OR d.created_ms <= sqlc.arg(silent_ms)
    AND NOT EXISTS (SELECT 1 FROM cards n WHERE n.packet = d.packet AND n.at_ms > sqlc.arg(silent_ms))
    AND NOT EXISTS (SELECT 1 FROM packets p JOIN outbox o ON o.seq = p.seq WHERE p.id = d.packet)));

-- name: SweepFirstCards :execrows
DELETE FROM first_cards WHERE first_cards.seq IN (SELECT f.seq FROM dossiers d JOIN packets f ON f.id = d.packet WHERE
  (d.handed_ms <= sqlc.arg(handed_ms) OR d.created_ms <= sqlc.arg(silent_ms)
    AND NOT EXISTS (SELECT 1 FROM cards n WHERE n.packet = d.packet AND n.at_ms > sqlc.arg(silent_ms))
    AND NOT EXISTS (SELECT 1 FROM packets p JOIN outbox o ON o.seq = p.seq WHERE p.id = d.packet)));

-- name: SweepDossiers :execrows
DELETE FROM dossiers WHERE dossiers.packet IN (SELECT d.packet FROM dossiers d WHERE
  (d.handed_ms <= sqlc.arg(handed_ms) OR d.created_ms <= sqlc.arg(silent_ms)
    AND NOT EXISTS (SELECT 1 FROM cards n WHERE n.packet = d.packet AND n.at_ms > sqlc.arg(silent_ms))
    AND NOT EXISTS (SELECT 1 FROM packets p JOIN outbox o ON o.seq = p.seq WHERE p.id = d.packet)));

-- name: SweepSubmits :execrows
DELETE FROM submits WHERE created_ms <= ?;

-- name: HoldReceiptsAt :exec
-- What was written down later than it can be, was written by a clock that ran ahead.
UPDATE packets SET held_ms = sqlc.arg(now_ms) WHERE held_ms > sqlc.arg(latest_ms);

-- name: HoldPrintsAt :exec
UPDATE print_jobs SET created_ms = min(created_ms, sqlc.arg(now_ms)), changed_ms = min(changed_ms, sqlc.arg(now_ms))
WHERE max(created_ms, changed_ms) > sqlc.arg(latest_ms);

-- name: HoldDossiersAt :exec
UPDATE dossiers SET created_ms = min(created_ms, sqlc.arg(now_ms)), handed_ms = min(handed_ms, sqlc.arg(now_ms))
WHERE max(created_ms, coalesce(handed_ms, 0)) > sqlc.arg(latest_ms);

-- name: HoldCardsAt :exec
UPDATE cards SET at_ms = sqlc.arg(now_ms) WHERE at_ms > sqlc.arg(latest_ms);

-- name: HoldSubmitsAt :exec
UPDATE submits SET created_ms = sqlc.arg(now_ms) WHERE created_ms > sqlc.arg(latest_ms);
