-- name: CountUp :exec
INSERT INTO counters (name, value) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1;

-- name: RaiseCounter :exec
-- Never back.
INSERT INTO counters (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = max(value, excluded.value);

-- name: SetCounter :exec
INSERT INTO counters (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value;

-- name: DropCounter :exec
DELETE FROM counters WHERE name = ?;

-- name: Counter :one
SELECT CAST(coalesce(max(value), 0) AS INTEGER) FROM counters WHERE name = ?;
