-- +goose Up

-- Numbers that only ever grow: the packet sequence, the slip serial.
CREATE TABLE counters (
  name  TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT;

-- Frozen packets. body goes away at purge; jws and receipt stay as evidence.
CREATE TABLE packets (
  id          TEXT PRIMARY KEY,
  seq         INTEGER NOT NULL UNIQUE,
  kind        TEXT NOT NULL,
  parent      TEXT NOT NULL,
  jws         BLOB NOT NULL,
  body        BLOB,
  digest      TEXT NOT NULL,
  created_ms  INTEGER NOT NULL,
  receipt     TEXT,
  counter     INTEGER,
  held_ms     INTEGER,
  purged_ms   INTEGER,
  mirrored_ms INTEGER
) STRICT;
CREATE INDEX packets_counter ON packets (counter) WHERE counter IS NOT NULL;
CREATE INDEX packets_unmirrored ON packets (seq) WHERE mirrored_ms IS NULL AND body IS NOT NULL;

-- What has no receipt yet.
CREATE TABLE outbox (
  packet   TEXT PRIMARY KEY REFERENCES packets (id),
  priority INTEGER NOT NULL,
  seq      INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  refused  TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX outbox_order ON outbox (priority, seq);

-- Papers on their way to the printer. key opens sealed and is destroyed first.
CREATE TABLE print_jobs (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  packet     TEXT NOT NULL REFERENCES packets (id),
  kind       TEXT NOT NULL,
  root       INTEGER,
  copy       INTEGER NOT NULL DEFAULT 0,
  sealed     BLOB,
  key        BLOB,
  state      TEXT NOT NULL CHECK (state IN ('rendered','sending','printed','probably','unknown','failed')),
  reason     TEXT NOT NULL DEFAULT '',
  created_ms INTEGER NOT NULL,
  changed_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX print_jobs_state ON print_jobs (state, id);
CREATE INDEX print_jobs_root ON print_jobs (root);
CREATE INDEX print_jobs_packet ON print_jobs (packet);

-- The first result of every submit tap.
CREATE TABLE submits (
  token       TEXT PRIMARY KEY,
  packet      TEXT NOT NULL REFERENCES packets (id),
  slip        TEXT NOT NULL,
  slip_serial INTEGER NOT NULL,
  print_job   INTEGER NOT NULL,
  created_ms  INTEGER NOT NULL
) STRICT;

-- A dossier that somebody holds a slip for.
CREATE TABLE dossiers (
  packet      TEXT PRIMARY KEY REFERENCES packets (id),
  slip        TEXT NOT NULL UNIQUE,
  citizen_key BLOB NOT NULL,
  id_index    TEXT NOT NULL,
  created_ms  INTEGER NOT NULL,
  handed_ms   INTEGER
) STRICT;
CREATE INDEX dossiers_id_index ON dossiers (id_index);

-- Sealed cards, appended and never rewritten: the station can add news to a
-- card that it cannot read. mark makes the same news twice one row.
CREATE TABLE cards (
  n         INTEGER PRIMARY KEY AUTOINCREMENT,
  packet    TEXT NOT NULL REFERENCES dossiers (packet),
  class     TEXT NOT NULL CHECK (class IN ('citizen','counter')),
  mark      TEXT NOT NULL,
  sealed    BLOB NOT NULL,
  at_ms     INTEGER NOT NULL,
  UNIQUE (packet, class, mark)
) STRICT;

-- How far the portal's events were applied; one row.
CREATE TABLE cursor (
  one   INTEGER PRIMARY KEY CHECK (one = 1),
  epoch TEXT NOT NULL,
  n     INTEGER NOT NULL
) STRICT;

-- Signed documents of the portal and the station's enrolment, whole.
CREATE TABLE documents (
  name    TEXT PRIMARY KEY,
  tag     TEXT NOT NULL,
  content BLOB NOT NULL,
  at_ms   INTEGER NOT NULL
) STRICT;

-- Answers so far of an interrupted visit; age counts powered-on time only.
CREATE TABLE drafts (
  id     TEXT PRIMARY KEY,
  sealed BLOB NOT NULL,
  age_ms INTEGER NOT NULL
) STRICT;

-- The audit log's leaves and the hashes of its tree.
CREATE TABLE audit_leaves (
  n    INTEGER PRIMARY KEY,
  data BLOB NOT NULL
) STRICT;
CREATE TABLE audit_hashes (
  n    INTEGER PRIMARY KEY,
  hash BLOB NOT NULL
) STRICT;

-- +goose Down
-- Migrations are append-only: there is no way back.
SELECT 1;
