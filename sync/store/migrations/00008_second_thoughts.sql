-- +goose Up

-- Dossiers that their owner asked back here, the last time each. child is the
-- packet that says so, successor the dossier that was given in its place, or ''.
-- state: 0 asked, 1 the agency knows, 2 the agency stopped, 3 the agency went on.
CREATE TABLE withdrawals (
  packet  TEXT PRIMARY KEY REFERENCES dossiers (packet) ON DELETE CASCADE,
  child   TEXT NOT NULL REFERENCES packets (id),
  successor TEXT NOT NULL,
  at_ms   INTEGER NOT NULL,
  state   INTEGER NOT NULL CHECK (state BETWEEN 0 AND 3)
) STRICT, WITHOUT ROWID;

-- Packets that the portal keeps for a person there, and why. receipt is the
-- mark of their receipt, so that the same receipt again undoes no release.
CREATE TABLE quarantines (
  packet   TEXT PRIMARY KEY REFERENCES packets (id),
  why      TEXT NOT NULL,
  receipt  TEXT NOT NULL,
  released INTEGER NOT NULL CHECK (released IN (0, 1)),
  at_ms    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- +goose Down
-- Migrations are append-only: there is no way back.
SELECT 1;
