-- +goose Up

-- How many new slips a dossier was given in place of a lost one.
CREATE TABLE reissues (
  packet TEXT PRIMARY KEY REFERENCES dossiers (packet) ON DELETE CASCADE,
  slips  INTEGER NOT NULL CHECK (slips > 0),
  at_ms  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What the citizen's card holds of a piece of news and the counter's does not,
-- sealed as the counter's are: a new slip is given to somebody who has nothing
-- that opens the card. mark is that of the news.
CREATE TABLE spares (
  packet TEXT NOT NULL REFERENCES dossiers (packet) ON DELETE CASCADE,
  mark   TEXT NOT NULL,
  sealed BLOB NOT NULL,
  PRIMARY KEY (packet, mark)
) STRICT, WITHOUT ROWID;

-- The agency's codes, under a key of the station: a thief of the disk must not
-- find from a code, which stands on many papers, that its owner came here.
CREATE TABLE dossier_codes (
  code   TEXT NOT NULL,
  packet TEXT NOT NULL REFERENCES dossiers (packet) ON DELETE CASCADE,
  PRIMARY KEY (code, packet)
) STRICT, WITHOUT ROWID;
CREATE INDEX dossier_codes_packet ON dossier_codes (packet);

-- +goose Down
-- Migrations are append-only: there is no way back.
SELECT 1;
