-- +goose Up
CREATE TABLE uploads (
    packet     TEXT NOT NULL REFERENCES packets (id),
    sha256     TEXT NOT NULL,
    enrolment  INTEGER NOT NULL REFERENCES enrolments (id),
    size       INTEGER NOT NULL CHECK (size > 0),
    upto       INTEGER NOT NULL CHECK (upto BETWEEN 0 AND size),
    made_us    INTEGER NOT NULL,
    changed_us INTEGER NOT NULL,
    expired    INTEGER NOT NULL CHECK (expired IN (0, 1)),
    PRIMARY KEY (packet, sha256)
) STRICT, WITHOUT ROWID;
CREATE INDEX uploads_open ON uploads (changed_us) WHERE expired = 0;
CREATE INDEX uploads_enrolment ON uploads (enrolment) WHERE expired = 0;
