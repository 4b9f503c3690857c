-- name: FirstResult :one
SELECT s.packet, p.seq, s.slip, s.slip_serial, s.print_job
FROM submits s JOIN packets p ON p.id = s.packet WHERE s.token = ?;

-- name: PacketState :one
SELECT id, seq, kind, created_ms, held_ms, receipt, purged_ms, mirrored_ms FROM packets WHERE id = ?;

-- name: PacketBytes :one
SELECT jws, body FROM packets WHERE id = ? AND body IS NOT NULL;

-- name: PacketHead :one
SELECT jws FROM packets WHERE id = ?;

-- name: PacketDigest :one
SELECT digest FROM packets WHERE id = ?;

-- name: KeepReceipt :exec
UPDATE packets SET receipt = ?, counter = ?, held_ms = ? WHERE id = ?;

-- name: Unmirrored :many
SELECT jws, body FROM packets WHERE mirrored_ms IS NULL AND body IS NOT NULL ORDER BY seq LIMIT ?;

-- name: CountUnmirrored :one
SELECT count(*) FROM packets WHERE mirrored_ms IS NULL AND body IS NOT NULL;

-- name: Mirrored :exec
UPDATE packets SET mirrored_ms = ? WHERE id = ?;

-- name: MirroredPurged :many
SELECT jws, body FROM packets WHERE mirrored_ms IS NOT NULL AND body IS NULL ORDER BY seq LIMIT ?;

-- name: Unmirror :exec
UPDATE packets SET mirrored_ms = NULL WHERE id = ?;

-- name: MirroredHeads :many
SELECT jws FROM packets WHERE mirrored_ms IS NOT NULL AND body IS NOT NULL ORDER BY seq;

-- name: Bodies :many
-- What has its body here, all of it or what the portal does not hold whole.
SELECT jws, body FROM packets WHERE packets.seq > sqlc.arg(after) AND body IS NOT NULL
  AND (CAST(sqlc.arg(all_bodies) AS INTEGER) = 1 OR held_ms IS NULL OR packets.seq IN (SELECT o.seq FROM outbox o)
    OR packets.seq IN (SELECT f.seq FROM packet_files f WHERE f.state < 2))
ORDER BY packets.seq LIMIT sqlc.arg(most);
