-- The states of a packet's file: 0 still to be carried, 1 carried, 2 receipted
-- with the whole packet, 3 not on this disk any more.

-- name: AddFile :exec
INSERT INTO files (sha256, size, role, draft, added_ms) VALUES (?, ?, ?, ?, ?);

-- name: DraftFiles :many
SELECT sha256, size, role FROM files WHERE draft = ? AND draft <> '' ORDER BY added_ms, sha256;

-- name: CountDraftFiles :one
SELECT count(*) AS files, CAST(coalesce(sum(size), 0) AS INTEGER) AS bytes FROM files WHERE draft = ?;

-- name: TakeFromDraft :execrows
UPDATE files SET draft = '' WHERE sha256 = ? AND size = ? AND role = ?;

-- name: NameFile :exec
INSERT INTO packet_files (seq, n, sha256) VALUES (?, ?, ?);

-- name: Files :many
SELECT sha256, size FROM files;

-- name: FoundFile :exec
UPDATE packet_files SET state = 0 WHERE sha256 = ? AND state = 3;

-- name: MissFile :execrows
UPDATE packet_files SET state = 3 WHERE sha256 = ? AND state IN (0, 1);

-- name: LoseFile :exec
UPDATE packet_files SET state = 3 WHERE sha256 = ? AND state < 2;

-- name: LostFiles :one
SELECT count(*) FROM packet_files WHERE state = 3;

-- name: UnnamedFiles :many
-- Files that no packet with a body names, and whether their draft is kept.
SELECT files.sha256, files.draft, CAST(EXISTS (SELECT 1 FROM drafts d WHERE d.id = files.draft) AS INTEGER) AS kept FROM files
WHERE NOT EXISTS (SELECT 1 FROM packet_files f JOIN packets p ON p.seq = f.seq WHERE f.sha256 = files.sha256 AND p.body IS NOT NULL);

-- name: ForgetNames :exec
DELETE FROM packet_files WHERE sha256 = ?;

-- name: ForgetFile :exec
DELETE FROM files WHERE sha256 = ?;

-- name: NextFile :one
-- A packet's open files before its receipt; a refused or lost file holds the
-- receipt back and nothing else. n is -1 when only the receipt is missing.
SELECT p.jws, p.body,
  CAST(coalesce((SELECT min(g.n) FROM packet_files g WHERE g.seq = p.seq AND g.state = 0 AND g.refused = ''), -1) AS INTEGER) AS n
FROM packets p WHERE p.seq > sqlc.arg(after) AND p.held_ms IS NOT NULL AND p.body IS NOT NULL
  AND p.seq IN (SELECT w.seq FROM packet_files w WHERE w.state < 2)
  AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.seq = p.seq)
  AND (EXISTS (SELECT 1 FROM packet_files g WHERE g.seq = p.seq AND g.state = 0 AND g.refused = '')
    OR NOT EXISTS (SELECT 1 FROM packet_files g WHERE g.seq = p.seq AND g.state <> 1))
ORDER BY p.seq LIMIT 1;

-- name: WaitingFiles :one
SELECT CAST(coalesce(sum(f.state = 0), 0) AS INTEGER) AS files, CAST(coalesce(sum(g.size * (f.state = 0)), 0) AS INTEGER) AS bytes,
  CAST(coalesce(sum(f.state = 0 AND f.refused <> ''), 0) AS INTEGER) AS refused, CAST(coalesce(sum(f.state = 3), 0) AS INTEGER) AS lost
FROM packet_files f JOIN files g ON g.sha256 = f.sha256 WHERE f.state <> 2;

-- name: CarriedFile :exec
UPDATE packet_files SET state = 1, refused = '' WHERE state < 2 AND sha256 = ?
  AND packet_files.seq = (SELECT p.seq FROM packets p WHERE p.id = ?);

-- name: RefusedFile :exec
UPDATE packet_files SET refused = ? WHERE state < 2 AND sha256 = ?
  AND packet_files.seq = (SELECT p.seq FROM packets p WHERE p.id = ?);

-- name: RetryFiles :execrows
UPDATE packet_files SET refused = '' WHERE refused <> '' AND state = 0;

-- name: MissingFile :exec
UPDATE packet_files SET state = 0 WHERE sha256 = ? AND state IN (1, 2)
  AND packet_files.seq = (SELECT p.seq FROM packets p WHERE p.id = ?);

-- name: WholeFiles :exec
UPDATE packet_files SET state = 2, refused = '' WHERE packet_files.seq = (SELECT p.seq FROM packets p WHERE p.id = ?);

-- name: OfferAgain :exec
INSERT INTO outbox (seq, priority) SELECT seq, CASE kind WHEN 'handover' THEN 1 ELSE 2 END
FROM packets WHERE id = ? AND body IS NOT NULL ON CONFLICT (seq) DO NOTHING;

-- name: DropResultFile :exec
DELETE FROM result_files WHERE packet = ?;

-- name: ResultBytes :one
SELECT CAST(coalesce(sum(size), 0) AS INTEGER) FROM result_files;

-- name: AddResultFile :exec
INSERT INTO result_files (packet, at_ms, size, sealed) VALUES (?, ?, ?, ?);

-- name: HasResultFile :one
SELECT count(*) FROM result_files WHERE packet = ?;

-- name: ResultFile :one
SELECT sealed FROM result_files WHERE packet = ?;

-- name: FilesToCarry :many
-- Whether or not the packet is held: a stick takes both.
SELECT p.id, f.sha256, g.size FROM packet_files f JOIN packets p ON p.seq = f.seq JOIN files g ON g.sha256 = f.sha256
WHERE f.state = 0 AND f.refused = '' AND p.body IS NOT NULL ORDER BY p.seq, f.n LIMIT ?;

-- name: OpenFilesOf :one
SELECT count(*) FROM packet_files f JOIN packets p ON p.seq = f.seq WHERE p.id = ? AND f.state <> 2;
