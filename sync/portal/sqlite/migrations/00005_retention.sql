-- +goose Up
-- A person looks at a clone alarm and says so.
ALTER TABLE alarms ADD COLUMN acknowledged_us INTEGER;
ALTER TABLE alarms ADD COLUMN acknowledged_by TEXT NOT NULL DEFAULT '';
CREATE INDEX alarms_open ON alarms (station) WHERE acknowledged_us IS NULL;

-- What is destroyed leaves its row behind, so that it is known when it comes again.
ALTER TABLE packets ADD COLUMN destroyed_us INTEGER;
CREATE INDEX packets_kept ON packets (received_us) WHERE destroyed_us IS NULL;
CREATE INDEX dossiers_ended ON dossiers (updated_us, n) WHERE status IN (3, 8, 10);
