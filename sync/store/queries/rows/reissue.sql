-- name: SpareCards :many
-- The counter's records of a dossier in their order, each with what only the
-- citizen's holds.
SELECT c.mark, CAST(c.sealed AS BLOB) AS sealed, s.sealed AS spare FROM all_cards c LEFT JOIN spares s ON s.packet = c.packet AND s.mark = c.mark
WHERE c.packet = ? AND c.class = 'counter' ORDER BY c.n LIMIT ?;

-- name: CounterMarks :many
SELECT mark FROM all_cards WHERE packet = ? AND class = 'counter';

-- name: CitizenKey :one
SELECT citizen_key FROM dossiers WHERE packet = ?;

-- name: ChangeKey :execrows
UPDATE dossiers SET citizen_key = sqlc.arg(new_key) WHERE packet = sqlc.arg(packet) AND citizen_key = sqlc.arg(old_key) AND handed_ms IS NULL;

-- name: Reissues :one
SELECT CAST(coalesce(max(slips), 0) AS INTEGER) FROM reissues WHERE packet = ?;

-- name: CountReissue :exec
INSERT INTO reissues (packet, slips, at_ms) VALUES (?, 1, ?) ON CONFLICT (packet) DO UPDATE SET slips = slips + 1, at_ms = excluded.at_ms;

-- name: ResealCard :exec
-- In its place and with its time: the order of the news stays what it was.
INSERT INTO cards (packet, class, mark, sealed, at_ms) VALUES (?, 'citizen', ?, ?, ?)
ON CONFLICT (packet, class, mark) DO UPDATE SET sealed = excluded.sealed;

-- name: ResealFirst :execrows
-- The one that was written with its dossier, where it lies in that row.
UPDATE first_cards SET citizen = ? WHERE first_cards.seq = (SELECT p.seq FROM packets p WHERE p.id = ?) AND counter IS NOT NULL;

-- name: DropUnreadable :execrows
-- Citizen's records that no counter's stands beside: only the old slip opened them.
DELETE FROM cards WHERE cards.packet = sqlc.arg(packet) AND cards.class = 'citizen'
  AND NOT EXISTS (SELECT 1 FROM cards k WHERE k.packet = cards.packet AND k.class = 'counter' AND k.mark = cards.mark);

-- name: DropUnreadableFirst :execrows
UPDATE first_cards SET citizen = NULL WHERE first_cards.seq = (SELECT p.seq FROM packets p WHERE p.id = ?) AND citizen IS NOT NULL AND counter IS NULL;

-- name: VoidPapers :exec
-- The old slip's papers: what was not sent to the printer never will be.
UPDATE print_jobs SET key = NULL, sealed = NULL, changed_ms = sqlc.arg(now_ms),
  reason = CASE WHEN state IN ('rendered', 'unknown', 'failed') THEN 'not-wanted' ELSE reason END,
  state = CASE WHEN state IN ('rendered', 'unknown') THEN 'failed' ELSE state END
WHERE packet = sqlc.arg(packet) AND kind = sqlc.arg(kind) AND key IS NOT NULL;

-- name: AddPrintAs :exec
-- Under the number that the submission has given as its paper's.
INSERT INTO print_jobs (id, packet, kind, sealed, key, state, created_ms, changed_ms)
VALUES (sqlc.arg(id), sqlc.arg(packet), sqlc.arg(kind), sqlc.arg(sealed), sqlc.arg(key), 'rendered', sqlc.arg(at_ms), sqlc.arg(at_ms));

-- name: AddSpare :exec
INSERT INTO spares (packet, mark, sealed) VALUES (?, ?, ?) ON CONFLICT (packet, mark) DO NOTHING;

-- name: DropSpares :exec
DELETE FROM spares WHERE packet = ?;

-- name: AddCode :exec
INSERT INTO dossier_codes (code, packet) VALUES (?, ?) ON CONFLICT (code, packet) DO NOTHING;

-- name: CountByCode :one
SELECT count(*) FROM dossier_codes WHERE code = ?;
