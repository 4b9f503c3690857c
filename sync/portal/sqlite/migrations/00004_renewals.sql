-- +goose Up
-- A renewed certificate that its station has not shown yet; the one before holds
-- until then, so that a lost answer locks nobody out.
CREATE TABLE renewals (
    enrolment   INTEGER PRIMARY KEY REFERENCES enrolments (id),
    cert_sha256 TEXT NOT NULL UNIQUE,
    key_sha256  TEXT NOT NULL,
    certificate TEXT NOT NULL
) STRICT;

CREATE TABLE revocations (
    enrolment INTEGER PRIMARY KEY REFERENCES enrolments (id),
    at_us     INTEGER NOT NULL
) STRICT;
