-- Facts about the workspace itself.
CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO meta VALUES ('workspace_id', lower(hex(randomblob(8))));

-- Merchants: everything that is not secret, as one document. A removed one keeps its history.
CREATE TABLE profile (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    name       TEXT NOT NULL,
    document   TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    removed_at INTEGER
) STRICT;
CREATE UNIQUE INDEX profile_name ON profile (name) WHERE removed_at IS NULL;

-- Preferences of the person, one JSON value a key.
CREATE TABLE preference (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Column mappings of a profile, as TOML.
CREATE TABLE mapping (
    profile INTEGER NOT NULL REFERENCES profile (id),
    name    TEXT NOT NULL,
    toml    TEXT NOT NULL,
    PRIMARY KEY (profile, name)
) STRICT, WITHOUT ROWID;

-- Results of runs. A run is known by the digest of its inputs, rules and pool; equal digest, equal result.
CREATE TABLE run (
    id         INTEGER PRIMARY KEY,
    profile    INTEGER NOT NULL REFERENCES profile (id),
    day        INTEGER NOT NULL,
    digest     BLOB    NOT NULL CHECK (length(digest) = 32),
    summary    TEXT    NOT NULL,
    pool       TEXT    NOT NULL,
    made_at    INTEGER NOT NULL,
    UNIQUE (profile, day, digest)
) STRICT;

-- Which run speaks for a day.
CREATE TABLE current_run (
    profile INTEGER NOT NULL,
    day     INTEGER NOT NULL,
    run     INTEGER NOT NULL REFERENCES run (id),
    PRIMARY KEY (profile, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE finding (
    run            INTEGER NOT NULL REFERENCES run (id),
    seq            INTEGER NOT NULL,
    category       TEXT    NOT NULL,
    tags           TEXT    NOT NULL,
    out_trade_no   TEXT    NOT NULL,
    order_no       TEXT    NOT NULL,
    transaction_id TEXT    NOT NULL,
    out_refund_no  TEXT    NOT NULL,
    refund_id      TEXT    NOT NULL,
    bill_fen       INTEGER,
    merchant_fen   INTEGER,
    paid_at        INTEGER,
    bill_import    INTEGER,
    bill_line      INTEGER,
    bill_offset    INTEGER,
    order_import   INTEGER,
    order_line     INTEGER,
    order_offset   INTEGER,
    detail         TEXT    NOT NULL,
    case_id        INTEGER NOT NULL REFERENCES case_file (id),
    PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;

-- A case lives as long as the difference it is about; (run, seq) is its latest finding.
CREATE TABLE case_file (
    id        INTEGER PRIMARY KEY,
    profile   INTEGER NOT NULL REFERENCES profile (id),
    key       TEXT    NOT NULL,
    status    TEXT    NOT NULL,
    owner     TEXT    NOT NULL DEFAULT '',
    opened_on INTEGER NOT NULL,
    -- Day of the latest finding, and the latest day whose run had anything to say of the case.
    day       INTEGER NOT NULL,
    spoken_on INTEGER NOT NULL,
    run       INTEGER NOT NULL,
    seq       INTEGER NOT NULL,
    UNIQUE (profile, key)
) STRICT;
CREATE INDEX case_day ON case_file (profile, day);

-- What happened to a case. Never changed, never deleted.
CREATE TABLE case_event (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id INTEGER NOT NULL REFERENCES case_file (id),
    at      INTEGER NOT NULL,
    actor   TEXT    NOT NULL,
    kind    TEXT    NOT NULL,
    text    TEXT    NOT NULL,
    run     INTEGER REFERENCES run (id)
) STRICT;
CREATE INDEX case_event_case ON case_event (case_id);
CREATE TRIGGER case_event_keep_update BEFORE UPDATE ON case_event
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE TRIGGER case_event_keep_delete BEFORE DELETE ON case_event
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;

-- Questions to the gateway and their answers, free of secrets. Never changed, never deleted.
CREATE TABLE exchange (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    profile   INTEGER NOT NULL REFERENCES profile (id),
    at        INTEGER NOT NULL,
    operation TEXT    NOT NULL,
    number    TEXT    NOT NULL,
    outcome   TEXT    NOT NULL,
    took_ms   INTEGER NOT NULL,
    document  TEXT    NOT NULL
) STRICT;
CREATE INDEX exchange_number ON exchange (number);
CREATE TRIGGER exchange_keep_update BEFORE UPDATE ON exchange
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE TRIGGER exchange_keep_delete BEFORE DELETE ON exchange
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;

-- Days of which WeChat Pay said that there is no bill because nothing happened.
CREATE TABLE no_bill (
    profile INTEGER NOT NULL REFERENCES profile (id),
    day     INTEGER NOT NULL,
    told_at INTEGER NOT NULL,
    PRIMARY KEY (profile, day)
) STRICT, WITHOUT ROWID;
