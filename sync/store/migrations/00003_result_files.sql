-- +goose Up

-- The newest file of a dossier's result, sealed to the counter key as the
-- counter cards are, and destroyed with them. It lies apart from the cards: they
-- are opened by the hundred, this one when it is printed.
CREATE TABLE result_files (
  packet TEXT PRIMARY KEY REFERENCES dossiers (packet),
  at_ms  INTEGER NOT NULL,
  size   INTEGER NOT NULL,
  sealed BLOB NOT NULL
) STRICT;

-- +goose Down
-- Migrations are append-only: there is no way back.
SELECT 1;
