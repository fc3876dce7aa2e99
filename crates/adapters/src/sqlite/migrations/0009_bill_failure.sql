-- Why the bill of a day did not come, the last time it was asked for.
CREATE TABLE bill_failure (
    profile INTEGER NOT NULL REFERENCES profile (id),
    day     INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    code    TEXT    NOT NULL,
    zh      TEXT    NOT NULL,
    en      TEXT    NOT NULL,
    PRIMARY KEY (profile, day)
) STRICT, WITHOUT ROWID;
