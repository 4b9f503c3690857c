-- name: AddCard :execrows
INSERT INTO cards (packet, class, mark, sealed, at_ms) VALUES (?, ?, ?, ?, ?) ON CONFLICT (packet, class, mark) DO NOTHING;

-- name: CardHere :one
SELECT count(*) FROM all_cards WHERE packet = ? AND class = ? AND mark = ?;

-- name: Cards :many
SELECT CAST(sealed AS BLOB) AS sealed FROM all_cards WHERE packet = ? AND class = ? ORDER BY n LIMIT ?;

-- name: NewestCards :many
SELECT CAST(sealed AS BLOB) AS sealed FROM all_cards WHERE packet = ? AND class = ? ORDER BY n DESC LIMIT ?;

-- name: Kept :one
SELECT packet, slip, citizen_key, created_ms, handed_ms FROM dossiers WHERE packet = ?;

-- name: KeptBySlip :one
SELECT packet, slip, citizen_key, created_ms, handed_ms FROM dossiers WHERE slip = ?;

-- name: KeptByID :many
SELECT packet, slip, citizen_key, created_ms, handed_ms FROM dossiers WHERE id_index = ? ORDER BY created_ms DESC LIMIT ?;

-- name: AllKept :many
SELECT packet, slip, citizen_key, created_ms, handed_ms FROM dossiers ORDER BY created_ms DESC, packet DESC LIMIT ?;

-- name: DossierHere :one
SELECT count(*) FROM dossiers WHERE packet = ?;

-- name: HandOver :execrows
-- What was asked back is not handed over while that stands.
UPDATE dossiers SET handed_ms = ? WHERE dossiers.packet = ? AND dossiers.handed_ms IS NULL
  AND NOT EXISTS (SELECT 1 FROM withdrawals w WHERE w.packet = dossiers.packet AND w.state < 3);
