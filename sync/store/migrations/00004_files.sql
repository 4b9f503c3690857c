-- +goose Up

-- Sealed attachments: the ciphertext lies in the folder "files" under its
-- digest. draft names the interrupted or running visit it was added to, or ''.
CREATE TABLE files (
  sha256   TEXT PRIMARY KEY,
  size     INTEGER NOT NULL CHECK (size > 0),
  role     TEXT NOT NULL,
  draft    TEXT NOT NULL,
  added_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX files_draft ON files (draft) WHERE draft <> '';

-- Which packet names which file, and how far each is: 0 still to be carried,
-- 1 carried, 2 receipted with the whole packet, 3 lost here.
CREATE TABLE packet_files (
  seq     INTEGER NOT NULL REFERENCES packets (seq),
  n       INTEGER NOT NULL,
  sha256  TEXT NOT NULL REFERENCES files (sha256),
  state   INTEGER NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 3),
  refused TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (seq, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX packet_files_sha256 ON packet_files (sha256);
CREATE INDEX packet_files_open ON packet_files (state, seq, n) WHERE state < 2;

-- +goose Down
-- Migrations are append-only: there is no way back.
SELECT 1;
