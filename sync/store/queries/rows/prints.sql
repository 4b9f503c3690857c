-- name: AddPrint :execlastid
INSERT INTO print_jobs (packet, kind, sealed, key, state, created_ms, changed_ms)
VALUES (sqlc.arg(packet), sqlc.arg(kind), sqlc.arg(sealed), sqlc.arg(key), 'rendered', sqlc.arg(at_ms), sqlc.arg(at_ms));

-- name: AddCopy :execlastid
INSERT INTO print_jobs (packet, kind, root, copy, sealed, key, state, created_ms, changed_ms)
VALUES (sqlc.arg(packet), sqlc.arg(kind), sqlc.arg(root), sqlc.arg(copy), sqlc.arg(sealed), sqlc.arg(key), 'rendered', sqlc.arg(at_ms), sqlc.arg(at_ms));

-- name: PrintJob :one
SELECT * FROM print_jobs WHERE id = ?;

-- name: PrintJobs :many
SELECT * FROM print_jobs WHERE packet = ? ORDER BY id LIMIT ?;

-- name: OpenPrintJobs :many
-- Rendered, sending, and the newest copy that is unknown, or failed and wanted.
SELECT * FROM print_jobs AS j WHERE j.key IS NOT NULL AND (j.state IN ('rendered', 'sending')
  OR j.state IN ('unknown', 'failed') AND j.reason <> 'not-wanted' AND NOT EXISTS
    (SELECT 1 FROM print_jobs k WHERE k.root = coalesce(j.root, j.id) AND k.id > j.id))
ORDER BY j.id LIMIT ?;

-- name: MovePrint :exec
UPDATE print_jobs SET state = ?, reason = ?, band = ?, bands = ?, changed_ms = ? WHERE id = ?;

-- name: PrintBand :execrows
UPDATE print_jobs SET band = ?, bands = ? WHERE id = ? AND state = 'sending';

-- name: WaitingCopy :one
SELECT id FROM print_jobs WHERE (root = sqlc.arg(root) OR id = sqlc.arg(root)) AND state IN ('rendered', 'sending') ORDER BY id DESC LIMIT 1;

-- name: LastCopy :one
SELECT CAST(coalesce(max(copy), 0) AS INTEGER) FROM print_jobs WHERE root = sqlc.arg(root) OR id = sqlc.arg(root);

-- name: UnsentPrints :exec
-- A restart interrupted these before anything went to the printer.
UPDATE print_jobs SET state = 'rendered', changed_ms = ? WHERE state = 'sending' AND band = 0;

-- name: UnsurePrints :exec
-- The moment stays the one at which it was sent: that is what staff remember.
UPDATE print_jobs SET state = 'unknown', reason = 'restarted' WHERE state = 'sending';
