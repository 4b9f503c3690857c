-- name: Document :one
SELECT tag, content, at_ms FROM documents WHERE name = ?;

-- name: PutDocument :exec
INSERT INTO documents (name, tag, content, at_ms) VALUES (?, ?, ?, ?)
ON CONFLICT (name) DO UPDATE SET tag = excluded.tag, content = excluded.content, at_ms = excluded.at_ms;

-- name: PutDraft :exec
INSERT INTO drafts (id, sealed, age_ms) VALUES (?, ?, 0)
ON CONFLICT (id) DO UPDATE SET sealed = excluded.sealed, age_ms = 0, tries = 0;

-- name: DropMoreDrafts :execrows
DELETE FROM drafts WHERE id IN (SELECT d.id FROM drafts d WHERE d.id <> sqlc.arg(but) ORDER BY d.age_ms, d.rowid DESC LIMIT -1 OFFSET sqlc.arg(keep));

-- name: HasDraft :one
SELECT count(*) FROM drafts WHERE id = ? AND tries < sqlc.arg(most);

-- name: TryDraft :one
UPDATE drafts SET tries = tries + 1 WHERE id = ? AND tries < sqlc.arg(most) RETURNING sealed, tries;

-- name: DropDraft :exec
DELETE FROM drafts WHERE id = ?;

-- name: AgeDrafts :exec
UPDATE drafts SET age_ms = age_ms + sqlc.arg(by_ms) WHERE id <> sqlc.arg(but);

-- name: DropOldDrafts :execrows
DELETE FROM drafts WHERE age_ms >= ?;

-- name: SubmitUsed :one
SELECT count(*) FROM submits WHERE token = ?;

-- name: Cursor :one
SELECT epoch, n FROM cursor WHERE one = 1;

-- name: SetCursor :exec
INSERT INTO cursor (one, epoch, n) VALUES (1, ?, ?) ON CONFLICT (one) DO UPDATE SET epoch = excluded.epoch, n = excluded.n;

-- name: AuditSize :one
SELECT count(*) FROM audit_leaves;

-- name: AuditLeaf :one
SELECT data FROM audit_leaves WHERE n = ?;

-- name: AuditHash :one
SELECT hash FROM audit_hashes WHERE n = ?;

-- name: AddAuditLeaf :exec
INSERT INTO audit_leaves (n, data) VALUES (?, ?);

-- name: AddAuditHash :exec
INSERT INTO audit_hashes (n, hash) VALUES (?, ?);
