-- Imported files. Their raw bytes lie in archive/, their rows in books/, both under this number.
CREATE TABLE import (
    id          INTEGER PRIMARY KEY,
    profile     INTEGER NOT NULL REFERENCES profile (id),
    kind        TEXT    NOT NULL,             -- bill.all, bill.success, bill.refund, orders, refunds
    recipe      TEXT    NOT NULL,             -- how it was read: digest of the column mapping; '' for bills
    name        TEXT    NOT NULL,
    sha256      BLOB    NOT NULL,
    bytes       INTEGER NOT NULL,
    rows        INTEGER NOT NULL,
    day         INTEGER,                      -- of a bill, days since 1970-01-01
    standing    INTEGER NOT NULL,             -- 1 verified, 2 quarantined, 3 replaced
    imported_at INTEGER NOT NULL,
    facts       TEXT    NOT NULL
) STRICT;
CREATE INDEX import_day ON import (profile, day) WHERE day IS NOT NULL;
CREATE INDEX import_content ON import (profile, sha256);

-- States of files on the user's disk that are known to hold an import, so that they need not be read again.
CREATE TABLE import_stamp (
    device      INTEGER NOT NULL,
    file        INTEGER NOT NULL,
    profile     INTEGER NOT NULL,
    recipe      TEXT    NOT NULL,
    size        INTEGER NOT NULL,
    modified_ns INTEGER NOT NULL,
    changed_ns  INTEGER NOT NULL,
    import      INTEGER NOT NULL REFERENCES import (id),
    PRIMARY KEY (device, file, profile, recipe)
) STRICT, WITHOUT ROWID;

-- Sections of the segment files: the rows of one book and one day.
CREATE TABLE section (
    id         INTEGER PRIMARY KEY,
    import     INTEGER NOT NULL REFERENCES import (id),
    profile    INTEGER NOT NULL,
    book       INTEGER NOT NULL,
    day        INTEGER NOT NULL,
    rows       INTEGER NOT NULL,
    hot        INTEGER NOT NULL,              -- 1: may concern other days than its own
    open       INTEGER NOT NULL,              -- 1: has orders that wait for a payment
    paid_from  INTEGER, paid_to  INTEGER,     -- days of payment
    refund_from INTEGER, refund_to INTEGER,   -- days of the last refund
    footer     INTEGER NOT NULL,
    footer_len INTEGER NOT NULL
) STRICT;
CREATE INDEX section_place ON section (profile, book, day);

-- Rows of an older section that a newer import changed: the list lies in the newer segment file.
CREATE TABLE superseded (
    import  INTEGER NOT NULL REFERENCES import (id),
    section INTEGER NOT NULL REFERENCES section (id),
    place   INTEGER NOT NULL,
    len     INTEGER NOT NULL,
    rows    INTEGER NOT NULL,
    PRIMARY KEY (section, import)
) STRICT, WITHOUT ROWID;
