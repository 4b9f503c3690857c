-- +goose Up

-- One submission as a row. A commit is one INSERT into this view: one statement
-- is one transaction, and costs a third of the time that eight statements
-- between BEGIN and COMMIT took. Columns that are NULL have no row of their own.
CREATE VIEW submission AS
SELECT p.seq, p.id, p.kind, p.parent, p.digest, p.created_ms, p.jws, p.body, o.priority,
  d.slip, d.citizen_key, d.id_index, c.sealed AS citizen, k.sealed AS counter,
  j.id AS job, j.kind AS paper, j.sealed, j.key, s.token, s.slip_serial
FROM packets p JOIN submits s ON s.packet = p.id
  LEFT JOIN outbox o ON o.seq = p.seq
  LEFT JOIN dossiers d ON d.packet = p.id
  LEFT JOIN cards c ON c.packet = p.id AND c.class = 'citizen' AND c.mark = 'first'
  LEFT JOIN cards k ON k.packet = p.id AND k.class = 'counter' AND k.mark = 'first'
  LEFT JOIN print_jobs j ON j.id = s.print_job;

-- A trigger for each thing that a submission may bring. What refers to the
-- packet is checked at the statement's end, whichever of them ran first; but
-- SQLite runs the newest first, and a packet that came after its papers would be
-- looked for in all of them.
-- +goose StatementBegin
CREATE TRIGGER submit_print INSTEAD OF INSERT ON submission WHEN NEW.paper IS NOT NULL BEGIN
  INSERT INTO print_jobs (id, packet, kind, state, created_ms, changed_ms, key, sealed)
    VALUES (NEW.job, NEW.id, NEW.paper, 'rendered', NEW.created_ms, NEW.created_ms, NEW.key, NEW.sealed);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER submit_counter INSTEAD OF INSERT ON submission WHEN NEW.counter IS NOT NULL BEGIN
  INSERT INTO cards (packet, class, mark, at_ms, sealed) VALUES (NEW.id, 'counter', 'first', NEW.created_ms, NEW.counter);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER submit_citizen INSTEAD OF INSERT ON submission WHEN NEW.citizen IS NOT NULL BEGIN
  INSERT INTO cards (packet, class, mark, at_ms, sealed) VALUES (NEW.id, 'citizen', 'first', NEW.created_ms, NEW.citizen);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER submit_slip INSTEAD OF INSERT ON submission WHEN NEW.slip IS NOT NULL BEGIN
  SELECT RAISE(ABORT, 'not the next slip serial')
    WHERE NEW.slip_serial <> 1 + coalesce((SELECT value FROM counters WHERE name = 'slip'), 0);
  INSERT INTO dossiers (packet, slip, citizen_key, id_index, created_ms)
    VALUES (NEW.id, NEW.slip, NEW.citizen_key, NEW.id_index, NEW.created_ms);
  INSERT INTO counters (name, value) VALUES ('slip', NEW.slip_serial) ON CONFLICT (name) DO UPDATE SET value = excluded.value;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER submit INSTEAD OF INSERT ON submission BEGIN
  -- Numbers without a gap, whoever counts them.
  SELECT RAISE(ABORT, 'not the next sequence number')
    WHERE NEW.seq <> 1 + coalesce((SELECT value FROM counters WHERE name = 'seq'), 0);
  INSERT INTO packets (seq, id, kind, parent, digest, created_ms, jws, body)
    VALUES (NEW.seq, NEW.id, NEW.kind, NEW.parent, NEW.digest, NEW.created_ms, NEW.jws, NEW.body);
  INSERT INTO outbox (seq, priority) VALUES (NEW.seq, NEW.priority);
  INSERT INTO submits (token, packet, slip, slip_serial, print_job, created_ms)
    VALUES (NEW.token, NEW.id, coalesce(NEW.slip, ''), NEW.slip_serial, coalesce(NEW.job, 0), NEW.created_ms);
  INSERT INTO counters (name, value) VALUES ('seq', NEW.seq) ON CONFLICT (name) DO UPDATE SET value = excluded.value;
END;
-- +goose StatementEnd

-- +goose Down
-- Migrations are append-only: there is no way back.
SELECT 1;
