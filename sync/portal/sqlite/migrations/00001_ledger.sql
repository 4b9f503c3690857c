-- +goose Up
CREATE TABLE documents (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE stations (
    code    TEXT PRIMARY KEY,
    name    TEXT NOT NULL,
    address TEXT NOT NULL,
    phone   TEXT NOT NULL,
    current INTEGER REFERENCES enrolments (id)
) STRICT, WITHOUT ROWID;

CREATE TABLE enrolments (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    station     TEXT NOT NULL REFERENCES stations (code),
    cert_sha256 TEXT NOT NULL UNIQUE,
    key_sha256  TEXT NOT NULL,
    certificate TEXT NOT NULL,
    packet_key  BLOB NOT NULL,
    slip_key    BLOB NOT NULL,
    audit_key   BLOB NOT NULL,
    event_key   TEXT NOT NULL,
    at_us       INTEGER NOT NULL,
    receipts    INTEGER NOT NULL DEFAULT 0,
    durable     INTEGER NOT NULL DEFAULT 0 CHECK (durable <= receipts),
    last_event  INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX enrolments_station ON enrolments (station, id);

CREATE TABLE tokens (
    hash       TEXT PRIMARY KEY,
    code       TEXT NOT NULL,
    name       TEXT NOT NULL,
    address    TEXT NOT NULL,
    phone      TEXT NOT NULL,
    made_us    INTEGER NOT NULL,
    expires_us INTEGER NOT NULL,
    used_us    INTEGER,
    used_by    INTEGER REFERENCES enrolments (id)
) STRICT, WITHOUT ROWID;

CREATE TABLE packets (
    id           TEXT PRIMARY KEY,
    station      TEXT NOT NULL,
    enrolment    INTEGER NOT NULL REFERENCES enrolments (id),
    seq          INTEGER NOT NULL CHECK (seq > 0),
    kind         TEXT NOT NULL,
    parent       TEXT NOT NULL,
    procedure    TEXT NOT NULL,
    version      INTEGER NOT NULL,
    recipient    TEXT NOT NULL,
    digest       TEXT NOT NULL,
    jws          BLOB NOT NULL,
    body         BLOB NOT NULL,
    received_us  INTEGER NOT NULL,
    counter      INTEGER NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('held', 'whole')),
    receipt      TEXT NOT NULL,
    quarantine   TEXT NOT NULL,
    shelved      INTEGER NOT NULL CHECK (shelved IN (0, 1)),
    UNIQUE (enrolment, counter)
) STRICT;
CREATE INDEX packets_seq ON packets (enrolment, seq);
CREATE INDEX packets_quarantine ON packets (quarantine) WHERE quarantine <> '';
CREATE INDEX packets_shelved ON packets (parent, seq) WHERE shelved = 1;

CREATE TABLE files (
    packet TEXT NOT NULL REFERENCES packets (id),
    n      INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    size   INTEGER NOT NULL,
    role   TEXT NOT NULL,
    held   INTEGER NOT NULL CHECK (held IN (0, 1)),
    PRIMARY KEY (packet, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE dossiers (
    n           INTEGER PRIMARY KEY AUTOINCREMENT,
    packet      TEXT NOT NULL UNIQUE REFERENCES packets (id),
    station     TEXT NOT NULL,
    procedure   TEXT NOT NULL,
    version     INTEGER NOT NULL,
    agency      TEXT NOT NULL,
    status      INTEGER NOT NULL CHECK (status BETWEEN 1 AND 10),
    code        TEXT UNIQUE,
    received_us INTEGER NOT NULL,
    accepted_us INTEGER,
    due_us      INTEGER,
    fee_due     INTEGER NOT NULL,
    quarantine  TEXT NOT NULL,
    updated_us  INTEGER NOT NULL
) STRICT;
CREATE INDEX dossiers_station ON dossiers (station, n);
CREATE INDEX dossiers_status ON dossiers (status, n);

CREATE TABLE steps (
    packet      TEXT NOT NULL REFERENCES dossiers (packet),
    n           INTEGER NOT NULL,
    from_status INTEGER NOT NULL,
    to_status   INTEGER NOT NULL,
    at_us       INTEGER NOT NULL,
    action      TEXT NOT NULL,
    cause       TEXT NOT NULL,
    office      TEXT NOT NULL,
    officer     TEXT NOT NULL,
    sealed      BLOB,
    PRIMARY KEY (packet, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE events (
    enrolment INTEGER NOT NULL REFERENCES enrolments (id),
    n         INTEGER NOT NULL,
    sealed    BLOB NOT NULL,
    at_us     INTEGER NOT NULL,
    PRIMARY KEY (enrolment, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE alarms (
    n         INTEGER PRIMARY KEY AUTOINCREMENT,
    station   TEXT NOT NULL,
    enrolment INTEGER NOT NULL,
    seq       INTEGER NOT NULL,
    first     TEXT NOT NULL,
    second    TEXT NOT NULL,
    at_us     INTEGER NOT NULL
) STRICT;

CREATE TABLE serials (
    name TEXT PRIMARY KEY,
    last INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE catalogues (
    version INTEGER PRIMARY KEY,
    jws     BLOB NOT NULL,
    body    BLOB NOT NULL,
    at_us   INTEGER NOT NULL
) STRICT;

