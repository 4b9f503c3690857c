-- Schema 9 as a station has it, with rows of every kind. Never changed: see migrate_test.go.
BEGIN TRANSACTION;
CREATE TABLE audit_hashes (
  n    INTEGER PRIMARY KEY,
  hash BLOB NOT NULL
) STRICT;
INSERT INTO audit_hashes (n, hash) VALUES (0,X'000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F');
CREATE TABLE audit_leaves (
  n    INTEGER PRIMARY KEY,
  data BLOB NOT NULL
) STRICT;
INSERT INTO audit_leaves (n, data) VALUES (0,X'73746174696F6E2E7374617274');
CREATE TABLE cards (
  n      INTEGER PRIMARY KEY,
  packet TEXT NOT NULL REFERENCES dossiers (packet),
  class  TEXT NOT NULL CHECK (class IN ('citizen','counter')),
  mark   TEXT NOT NULL,
  at_ms  INTEGER NOT NULL,
  sealed BLOB NOT NULL,
  UNIQUE (packet, class, mark)
) STRICT;
INSERT INTO cards (n, packet, class, mark, at_ms, sealed) VALUES (1,'p-1','citizen','first',1784000000000,X'636974697A656E206F6620702D31');
INSERT INTO cards (n, packet, class, mark, at_ms, sealed) VALUES (2,'p-1','counter','first',1784000000000,X'636F756E746572206F6620702D31');
INSERT INTO cards (n, packet, class, mark, at_ms, sealed) VALUES (5,'p-2','citizen','e1/1',1784000009000,X'6E657773206F6620702D32');
CREATE TABLE counters (
  name  TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO counters (name, value) VALUES ('durable',1);
INSERT INTO counters (name, value) VALUES ('history_ms',1784000000000);
INSERT INTO counters (name, value) VALUES ('seq',4);
INSERT INTO counters (name, value) VALUES ('slip',2);
CREATE TABLE cursor (
  one   INTEGER PRIMARY KEY CHECK (one = 1),
  epoch TEXT NOT NULL,
  n     INTEGER NOT NULL
) STRICT;
INSERT INTO cursor (one, epoch, n) VALUES (1,'e1',7);
CREATE TABLE documents (
  name    TEXT PRIMARY KEY,
  tag     TEXT NOT NULL,
  content BLOB NOT NULL,
  at_ms   INTEGER NOT NULL
) STRICT;
INSERT INTO documents (name, tag, content, at_ms) VALUES ('staff','3',X'7369676E6564206C697374',1784000000000);
CREATE TABLE dossiers (
  packet      TEXT PRIMARY KEY REFERENCES packets (id),
  slip        TEXT NOT NULL UNIQUE,
  citizen_key BLOB NOT NULL,
  id_index    TEXT NOT NULL,
  created_ms  INTEGER NOT NULL,
  handed_ms   INTEGER
) STRICT, WITHOUT ROWID;
INSERT INTO dossiers (packet, slip, citizen_key, id_index, created_ms, handed_ms) VALUES ('p-1','DL27-000001',X'6B65792D31','idx',1784000000000,1784000006000);
INSERT INTO dossiers (packet, slip, citizen_key, id_index, created_ms, handed_ms) VALUES ('p-2','DL27-000002',X'6B65792D32','idx',1784000003000,NULL);
CREATE TABLE drafts (
  id     TEXT PRIMARY KEY,
  sealed BLOB NOT NULL,
  age_ms INTEGER NOT NULL
, tries INTEGER NOT NULL DEFAULT 0) STRICT;
INSERT INTO drafts (id, sealed, age_ms, tries) VALUES ('d-1',X'616E7377657273',60000,0);
CREATE TABLE files (
  sha256   TEXT PRIMARY KEY,
  size     INTEGER NOT NULL CHECK (size > 0),
  role     TEXT NOT NULL,
  draft    TEXT NOT NULL,
  added_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO files (sha256, size, role, draft, added_ms) VALUES ('abababababababababababababababababababababababababababababababab',4,'paper','',1784000000000);
CREATE TABLE goose_db_version (id INTEGER PRIMARY KEY AUTOINCREMENT, version_id INTEGER NOT NULL, is_applied INTEGER NOT NULL, tstamp TIMESTAMP DEFAULT (datetime('now')));
INSERT INTO goose_db_version (id, version_id, is_applied, tstamp) VALUES (1,0,1,'2026-07-14 02:24:00');
INSERT INTO goose_db_version (id, version_id, is_applied, tstamp) VALUES (2,1,1,'2026-07-14 02:24:00');
INSERT INTO goose_db_version (id, version_id, is_applied, tstamp) VALUES (3,2,1,'2026-07-14 02:24:00');
INSERT INTO goose_db_version (id, version_id, is_applied, tstamp) VALUES (4,3,1,'2026-07-14 02:24:00');
INSERT INTO goose_db_version (id, version_id, is_applied, tstamp) VALUES (5,4,1,'2026-07-14 02:24:00');
INSERT INTO goose_db_version (id, version_id, is_applied, tstamp) VALUES (6,5,1,'2026-11-22 13:38:48');
INSERT INTO goose_db_version (id, version_id, is_applied, tstamp) VALUES (7,6,1,'2026-11-22 14:03:29');
INSERT INTO goose_db_version (id, version_id, is_applied, tstamp) VALUES (8,7,1,'2026-11-22 16:40:21');
INSERT INTO goose_db_version (id, version_id, is_applied, tstamp) VALUES (9,8,1,'2026-11-22 17:10:04');
INSERT INTO goose_db_version (id, version_id, is_applied, tstamp) VALUES (10,9,1,'2026-11-22 20:05:11');
CREATE TABLE outbox (
  seq      INTEGER PRIMARY KEY REFERENCES packets (seq),
  priority INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  refused  TEXT NOT NULL DEFAULT ''
) STRICT;
INSERT INTO outbox (seq, priority, attempts, refused) VALUES (3,2,3,'invalid');
INSERT INTO outbox (seq, priority, attempts, refused) VALUES (4,1,0,'');
CREATE TABLE packet_files (
  seq     INTEGER NOT NULL REFERENCES packets (seq),
  n       INTEGER NOT NULL,
  sha256  TEXT NOT NULL REFERENCES files (sha256),
  state   INTEGER NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 3),
  refused TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (seq, n)
) STRICT, WITHOUT ROWID;
INSERT INTO packet_files (seq, n, sha256, state, refused) VALUES (2,0,'abababababababababababababababababababababababababababababababab',1,'');
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
INSERT INTO packets (seq, id, kind, parent, digest, created_ms, counter, held_ms, purged_ms, mirrored_ms, receipt, jws, body) VALUES (1,'p-1','dossier','','digest-1',1784000000000,1,1784000001000,1784000002000,NULL,'receipt-1',X'6533302E65794A705A43493649434A774C5445694C43416961326C755A43493649434A6B62334E7A6157567949697767496E4E3059585270623234694F694169524577794E79497349434A7A5A5845694F69417866512E4141',NULL);
INSERT INTO packets (seq, id, kind, parent, digest, created_ms, counter, held_ms, purged_ms, mirrored_ms, receipt, jws, body) VALUES (2,'p-2','dossier','','digest-2',1784000003000,2,1784000004000,NULL,1784000004500,'receipt-2',X'6533302E65794A705A43493649434A774C5449694C43416961326C755A43493649434A6B62334E7A6157567949697767496E4E3059585270623234694F694169524577794E79497349434A7A5A5845694F6941794C4341695958523059574E6F6257567564484D694F69426265794A7A614745794E5459694F69416959574A68596D466959574A68596D466959574A68596D466959574A68596D466959574A68596D466959574A68596D466959574A68596D466959574A68596D466959574A68596D466959574A68596D466959574A685969497349434A7A6158706C496A6F674E437767496E4A76624755694F694169634746775A584969665631392E4141',X'7365616C656420626F6479206F6620702D32');
INSERT INTO packets (seq, id, kind, parent, digest, created_ms, counter, held_ms, purged_ms, mirrored_ms, receipt, jws, body) VALUES (3,'p-3','message','p-2','digest-3',1784000005000,NULL,NULL,NULL,NULL,NULL,X'6533302E65794A705A43493649434A774C544D694C43416961326C755A43493649434A745A584E7A5957646C49697767496E4E3059585270623234694F694169524577794E79497349434A7A5A5845694F69417A66512E4141',X'7365616C656420626F6479206F6620702D33');
INSERT INTO packets (seq, id, kind, parent, digest, created_ms, counter, held_ms, purged_ms, mirrored_ms, receipt, jws, body) VALUES (4,'p-4','handover','p-1','digest-4',1784000006000,NULL,NULL,NULL,NULL,NULL,X'6533302E65794A705A43493649434A774C5451694C43416961326C755A43493649434A6F5957356B62335A6C6369497349434A7A6447463061573975496A6F67496B524D4D6A63694C43416963325678496A6F674E48302E4141',X'7365616C656420626F6479206F6620702D34');
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
, band INTEGER NOT NULL DEFAULT 0 CHECK (band >= 0), bands INTEGER NOT NULL DEFAULT 0 CHECK (bands >= band)) STRICT;
INSERT INTO print_jobs (id, packet, kind, root, copy, state, reason, created_ms, changed_ms, key, sealed, band, bands) VALUES (1,'p-1','slip',NULL,0,'printed','',1784000000000,1784000000500,X'6B65792D31',X'70617065722D31',0,0);
INSERT INTO print_jobs (id, packet, kind, root, copy, state, reason, created_ms, changed_ms, key, sealed, band, bands) VALUES (2,'p-2','slip',NULL,0,'sending','',1784000003000,1784000003500,X'6B65792D32',X'70617065722D32',2,9);
INSERT INTO print_jobs (id, packet, kind, root, copy, state, reason, created_ms, changed_ms, key, sealed, band, bands) VALUES (3,'p-2','form01',NULL,0,'rendered','',1784000004000,1784000004000,X'6B65792D33',X'70617065722D33',0,0);
INSERT INTO print_jobs (id, packet, kind, root, copy, state, reason, created_ms, changed_ms, key, sealed, band, bands) VALUES (4,'p-1','slip',1,1,'unknown','restarted',1784000004000,1784000004000,X'6B65792D31',X'70617065722D31',0,0);
CREATE TABLE result_files (
  packet TEXT PRIMARY KEY REFERENCES dossiers (packet),
  at_ms  INTEGER NOT NULL,
  size   INTEGER NOT NULL,
  sealed BLOB NOT NULL
) STRICT;
INSERT INTO result_files (packet, at_ms, size, sealed) VALUES ('p-1',1784000000000,6,X'726573756C74');
CREATE TABLE submits (
  token       TEXT PRIMARY KEY,
  packet      TEXT NOT NULL REFERENCES packets (id),
  slip        TEXT NOT NULL,
  slip_serial INTEGER NOT NULL,
  print_job   INTEGER NOT NULL,
  created_ms  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO submits (token, packet, slip, slip_serial, print_job, created_ms) VALUES ('tap-1','p-1','DL27-000001',1,1,1784000000000);
INSERT INTO submits (token, packet, slip, slip_serial, print_job, created_ms) VALUES ('tap-2','p-2','DL27-000002',2,2,1784000000000);
CREATE TABLE reissues (
  packet TEXT PRIMARY KEY REFERENCES dossiers (packet) ON DELETE CASCADE,
  slips  INTEGER NOT NULL CHECK (slips > 0),
  at_ms  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE spares (
  packet TEXT NOT NULL REFERENCES dossiers (packet) ON DELETE CASCADE,
  mark   TEXT NOT NULL,
  sealed BLOB NOT NULL,
  PRIMARY KEY (packet, mark)
) STRICT, WITHOUT ROWID;
CREATE TABLE dossier_codes (
  code   TEXT NOT NULL,
  packet TEXT NOT NULL REFERENCES dossiers (packet) ON DELETE CASCADE,
  PRIMARY KEY (code, packet)
) STRICT, WITHOUT ROWID;
CREATE TABLE withdrawals (
  packet  TEXT PRIMARY KEY REFERENCES dossiers (packet) ON DELETE CASCADE,
  child   TEXT NOT NULL REFERENCES packets (id),
  successor TEXT NOT NULL,
  at_ms   INTEGER NOT NULL,
  state   INTEGER NOT NULL CHECK (state BETWEEN 0 AND 3)
) STRICT, WITHOUT ROWID;
INSERT INTO withdrawals (packet, child, successor, at_ms, state) VALUES ('p-2','p-3','p-1',1784000005000,1);
CREATE TABLE quarantines (
  packet   TEXT PRIMARY KEY REFERENCES packets (id),
  why      TEXT NOT NULL,
  receipt  TEXT NOT NULL,
  released INTEGER NOT NULL CHECK (released IN (0, 1)),
  at_ms    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO quarantines (packet, why, receipt, released, at_ms) VALUES ('p-1','procedure-version','r1',0,1784000001000);
CREATE TABLE first_cards (
  seq     INTEGER PRIMARY KEY REFERENCES packets (seq),
  citizen BLOB,
  counter BLOB
) STRICT;
INSERT INTO first_cards (seq, citizen, counter) VALUES (2,X'636974697A656E206F6620702D32',X'636F756E746572206F6620702D32');
CREATE INDEX packets_counter ON packets (counter) WHERE counter IS NOT NULL;
CREATE INDEX print_jobs_open ON print_jobs (id) WHERE key IS NOT NULL;
CREATE INDEX print_jobs_root ON print_jobs (root) WHERE root IS NOT NULL;
CREATE INDEX dossiers_id_index ON dossiers (id_index);
CREATE INDEX files_draft ON files (draft) WHERE draft <> '';
CREATE INDEX packet_files_sha256 ON packet_files (sha256);
CREATE INDEX packet_files_open ON packet_files (state, seq, n) WHERE state < 2;
CREATE INDEX dossier_codes_packet ON dossier_codes (packet);
CREATE VIEW all_cards AS
SELECT packet, class, mark, n, sealed FROM cards
UNION ALL SELECT p.id, 'citizen', 'first', 0, f.citizen FROM packets p JOIN first_cards f ON f.seq = p.seq WHERE f.citizen IS NOT NULL
UNION ALL SELECT p.id, 'counter', 'first', 0, f.counter FROM packets p JOIN first_cards f ON f.seq = p.seq WHERE f.counter IS NOT NULL;
CREATE VIEW submission AS
SELECT p.seq, p.id, p.kind, p.parent, p.digest, p.created_ms, p.jws, p.body, o.priority,
  d.slip, d.citizen_key, d.id_index, f.citizen, f.counter,
  j.id AS job, j.kind AS paper, j.sealed, j.key, s.token, s.slip_serial
FROM packets p JOIN submits s ON s.packet = p.id
  LEFT JOIN outbox o ON o.seq = p.seq
  LEFT JOIN dossiers d ON d.packet = p.id
  LEFT JOIN first_cards f ON f.seq = p.seq
  LEFT JOIN print_jobs j ON j.id = s.print_job;
CREATE TRIGGER submit_print INSTEAD OF INSERT ON submission WHEN NEW.paper IS NOT NULL BEGIN
  INSERT INTO print_jobs (id, packet, kind, state, created_ms, changed_ms, key, sealed)
    VALUES (NEW.job, NEW.id, NEW.paper, 'rendered', NEW.created_ms, NEW.created_ms, NEW.key, NEW.sealed);
END;
CREATE TRIGGER submit_cards INSTEAD OF INSERT ON submission WHEN NEW.citizen IS NOT NULL OR NEW.counter IS NOT NULL BEGIN
  INSERT INTO first_cards (seq, citizen, counter) VALUES (NEW.seq, NEW.citizen, NEW.counter);
END;
CREATE TRIGGER submit_slip INSTEAD OF INSERT ON submission WHEN NEW.slip IS NOT NULL BEGIN
  UPDATE counters SET value = CASE value WHEN NEW.slip_serial - 1 THEN NEW.slip_serial
    ELSE RAISE(ABORT, 'not the next slip serial') END WHERE name = 'slip';
  INSERT INTO dossiers (packet, slip, citizen_key, id_index, created_ms)
    VALUES (NEW.id, NEW.slip, NEW.citizen_key, NEW.id_index, NEW.created_ms);
END;
CREATE TRIGGER submit INSTEAD OF INSERT ON submission BEGIN
  -- Numbers without a gap, whoever counts them.
  UPDATE counters SET value = CASE value WHEN NEW.seq - 1 THEN NEW.seq
    ELSE RAISE(ABORT, 'not the next sequence number') END WHERE name = 'seq';
  INSERT INTO packets (seq, id, kind, parent, digest, created_ms, jws, body)
    VALUES (NEW.seq, NEW.id, NEW.kind, NEW.parent, NEW.digest, NEW.created_ms, NEW.jws, NEW.body);
  INSERT INTO outbox (seq, priority) VALUES (NEW.seq, NEW.priority);
  INSERT INTO submits (token, packet, slip, slip_serial, print_job, created_ms)
    VALUES (NEW.token, NEW.id, coalesce(NEW.slip, ''), NEW.slip_serial, coalesce(NEW.job, 0), NEW.created_ms);
END;
COMMIT;
