-- Rows of merchants' files that are not in the books: refused ones, and those of other means of payment. Their
-- numbers are known, so that a payment of such a number is not told as nobody's.
CREATE TABLE set_aside_reason (
    id INTEGER PRIMARY KEY,
    refused INTEGER NOT NULL,
    zh TEXT NOT NULL,
    en TEXT NOT NULL,
    UNIQUE (refused, zh)
);
CREATE TABLE set_aside (
    profile INTEGER NOT NULL REFERENCES profile (id),
    -- 3: orders, by out_trade_no; 4: refunds, by out_refund_no.
    book INTEGER NOT NULL,
    number TEXT NOT NULL,
    import INTEGER NOT NULL REFERENCES import (id),
    line INTEGER NOT NULL,
    reason INTEGER NOT NULL REFERENCES set_aside_reason (id),
    PRIMARY KEY (profile, book, number, import, line)
) WITHOUT ROWID;
