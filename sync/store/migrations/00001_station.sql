-- +goose Up

-- Numbers that only ever grow: the packet sequence, the slip serial.
CREATE TABLE counters (
  name  TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Frozen packets. body goes away at purge; jws and receipt stay as evidence.
-- The long columns come last, so that a look at the others reads one page. A
-- commit writes every index it touches: there are as few as will do.
CREATE TABLE packets (
  seq         INTEGER PRIMARY KEY,
  id          TEXT NOT NULL UNIQUE,
  kind        TEXT NOT NULL,
  parent      TEXT NOT NULL,
  digest      TEXT NOT NULL,
  created_ms  INTEGER NOT NULL,
  counter     INTEGER,
  held_ms     INTEGER,
  purged_ms   INTEGER,
  mirrored_ms INTEGER,
  receipt     TEXT,
  jws         BLOB NOT NULL,
  body        BLOB
) STRICT;
CREATE INDEX packets_counter ON packets (counter) WHERE counter IS NOT NULL;

-- What has no receipt yet.
CREATE TABLE outbox (
  seq      INTEGER PRIMARY KEY REFERENCES packets (seq),
  priority INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  refused  TEXT NOT NULL DEFAULT ''
) STRICT;

-- Papers on their way to the printer. key opens sealed and is destroyed first.
CREATE TABLE print_jobs (
  id         INTEGER PRIMARY KEY,
  packet     TEXT NOT NULL REFERENCES packets (id),
  kind       TEXT NOT NULL,
  root       INTEGER,
  copy       INTEGER NOT NULL DEFAULT 0,
  state      TEXT NOT NULL CHECK (state IN ('rendered','sending','printed','probably','unknown','failed')),
  reason     TEXT NOT NULL DEFAULT '',
  created_ms INTEGER NOT NULL,
  changed_ms INTEGER NOT NULL,
  key        BLOB,
  sealed     BLOB
) STRICT;
CREATE INDEX print_jobs_open ON print_jobs (id) WHERE key IS NOT NULL;
CREATE INDEX print_jobs_root ON print_jobs (root) WHERE root IS NOT NULL;

-- The first result of every submit tap.
CREATE TABLE submits (
  token       TEXT PRIMARY KEY,
  packet      TEXT NOT NULL REFERENCES packets (id),
  slip        TEXT NOT NULL,
  slip_serial INTEGER NOT NULL,
  print_job   INTEGER NOT NULL,
  created_ms  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A dossier that somebody holds a slip for.
CREATE TABLE dossiers (
  packet      TEXT PRIMARY KEY REFERENCES packets (id),
  slip        TEXT NOT NULL UNIQUE,
  citizen_key BLOB NOT NULL,
  id_index    TEXT NOT NULL,
  created_ms  INTEGER NOT NULL,
  handed_ms   INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX dossiers_id_index ON dossiers (id_index);

-- Sealed cards, appended and never rewritten: the station can add news to a
-- card that it cannot read. mark makes the same news twice one row.
CREATE TABLE cards (
  n      INTEGER PRIMARY KEY,
  packet TEXT NOT NULL REFERENCES dossiers (packet),
  class  TEXT NOT NULL CHECK (class IN ('citizen','counter')),
  mark   TEXT NOT NULL,
  at_ms  INTEGER NOT NULL,
  sealed BLOB NOT NULL,
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
