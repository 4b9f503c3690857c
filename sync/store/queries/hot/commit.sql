-- name: Next :one
-- What was given last, and what this token brought before.
SELECT CAST(coalesce((SELECT value FROM counters WHERE name = 'seq'), 0) AS INTEGER) AS seq,
  CAST(coalesce((SELECT value FROM counters WHERE name = 'slip'), 0) AS INTEGER) AS slip,
  CAST(coalesce((SELECT max(id) FROM print_jobs), 0) AS INTEGER) AS job,
  CAST(coalesce((SELECT packet FROM submits WHERE token = ?), '') AS TEXT) AS known;

-- name: Submit :exec
INSERT INTO submission (seq, id, kind, parent, digest, created_ms, jws, body, priority,
  slip, citizen_key, id_index, citizen, counter, job, paper, sealed, key, token, slip_serial)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: Taken :many
-- The tokens of the taps that had a result.
SELECT token FROM submits LIMIT ?;
