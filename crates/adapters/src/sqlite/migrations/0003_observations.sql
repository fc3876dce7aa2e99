-- What WeChat Pay said of orders and refunds: notifications, and answers that a person kept.
-- Never changed, never deleted; each statement once.
CREATE TABLE observation (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    profile        INTEGER NOT NULL REFERENCES profile (id),
    at             INTEGER NOT NULL,
    source         TEXT    NOT NULL,
    key            TEXT    NOT NULL,
    aside          TEXT    NOT NULL,
    out_trade_no   TEXT    NOT NULL,
    transaction_id TEXT    NOT NULL,
    out_refund_no  TEXT    NOT NULL,
    refund_id      TEXT    NOT NULL,
    state          TEXT    NOT NULL,
    fen            INTEGER,
    happened_at    INTEGER,
    document       TEXT    NOT NULL,
    UNIQUE (profile, key)
) STRICT;
CREATE INDEX observation_out_trade_no   ON observation (out_trade_no)   WHERE out_trade_no   <> '';
CREATE INDEX observation_transaction_id ON observation (transaction_id) WHERE transaction_id <> '';
CREATE INDEX observation_out_refund_no  ON observation (out_refund_no)  WHERE out_refund_no  <> '';
CREATE INDEX observation_refund_id      ON observation (refund_id)      WHERE refund_id      <> '';
CREATE TRIGGER observation_keep_update BEFORE UPDATE ON observation
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE TRIGGER observation_keep_delete BEFORE DELETE ON observation
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
