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
