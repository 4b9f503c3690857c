-- +goose Up

-- The two cards that are written with their dossier, in one row: as two rows of
-- "cards", with two entries of its index, they were a sixth of what a commit
-- writes. What came before stays where it is; news goes there as ever.
CREATE TABLE first_cards (
  seq     INTEGER PRIMARY KEY REFERENCES packets (seq),
  citizen BLOB,
  counter BLOB
) STRICT;

-- Every card wherever it lies, the first ones first.
CREATE VIEW all_cards AS
SELECT packet, class, mark, n, sealed FROM cards
UNION ALL SELECT p.id, 'citizen', 'first', 0, f.citizen FROM packets p JOIN first_cards f ON f.seq = p.seq WHERE f.citizen IS NOT NULL
UNION ALL SELECT p.id, 'counter', 'first', 0, f.counter FROM packets p JOIN first_cards f ON f.seq = p.seq WHERE f.counter IS NOT NULL;

-- The numbers are there from the beginning, so that giving one is a single step.
INSERT INTO counters (name, value) VALUES ('seq', 0), ('slip', 0) ON CONFLICT (name) DO NOTHING;

DROP TRIGGER submit;
DROP TRIGGER submit_slip;
DROP TRIGGER submit_citizen;
DROP TRIGGER submit_counter;
DROP TRIGGER submit_print;
DROP VIEW submission;

CREATE VIEW submission AS
SELECT p.seq, p.id, p.kind, p.parent, p.digest, p.created_ms, p.jws, p.body, o.priority,
  d.slip, d.citizen_key, d.id_index, f.citizen, f.counter,
  j.id AS job, j.kind AS paper, j.sealed, j.key, s.token, s.slip_serial
FROM packets p JOIN submits s ON s.packet = p.id
  LEFT JOIN outbox o ON o.seq = p.seq
  LEFT JOIN dossiers d ON d.packet = p.id
  LEFT JOIN first_cards f ON f.seq = p.seq
  LEFT JOIN print_jobs j ON j.id = s.print_job;

-- SQLite runs the newest trigger first: the packet comes before what refers to it.
-- +goose StatementBegin
CREATE TRIGGER submit_print INSTEAD OF INSERT ON submission WHEN NEW.paper IS NOT NULL BEGIN
  INSERT INTO print_jobs (id, packet, kind, state, created_ms, changed_ms, key, sealed)
    VALUES (NEW.job, NEW.id, NEW.paper, 'rendered', NEW.created_ms, NEW.created_ms, NEW.key, NEW.sealed);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER submit_cards INSTEAD OF INSERT ON submission WHEN NEW.citizen IS NOT NULL OR NEW.counter IS NOT NULL BEGIN
  INSERT INTO first_cards (seq, citizen, counter) VALUES (NEW.seq, NEW.citizen, NEW.counter);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER submit_slip INSTEAD OF INSERT ON submission WHEN NEW.slip IS NOT NULL BEGIN
  UPDATE counters SET value = CASE value WHEN NEW.slip_serial - 1 THEN NEW.slip_serial
    ELSE RAISE(ABORT, 'not the next slip serial') END WHERE name = 'slip';
  INSERT INTO dossiers (packet, slip, citizen_key, id_index, created_ms)
    VALUES (NEW.id, NEW.slip, NEW.citizen_key, NEW.id_index, NEW.created_ms);
END;
-- +goose StatementEnd

-- +goose StatementBegin
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
-- +goose StatementEnd

-- +goose Down
-- Migrations are append-only: there is no way back.
SELECT 1;
