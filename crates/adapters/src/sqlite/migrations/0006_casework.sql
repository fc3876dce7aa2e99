-- People who may decide. A removed one keeps his name in what he did; the name is free for nobody else.
CREATE TABLE operator (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    name       TEXT    NOT NULL UNIQUE CHECK (name <> ''),
    pin        TEXT    NOT NULL,               -- Argon2id, in the usual form
    roles      TEXT    NOT NULL,               -- ',work,approve,'
    created_at INTEGER NOT NULL,
    removed_at INTEGER,
    misses     INTEGER NOT NULL DEFAULT 0,     -- wrong PINs in a row
    missed_at  INTEGER
) STRICT;

-- From when on a second person must agree; one row.
CREATE TABLE casework_limit (
    one         INTEGER PRIMARY KEY CHECK (one = 1),
    refund_over INTEGER NOT NULL CHECK (refund_over >= 0),
    bulk_over   INTEGER NOT NULL CHECK (bulk_over >= 0)
) STRICT;
INSERT INTO casework_limit VALUES (1, 100000, 20);

-- What waits for a second person, and what he said. The database itself refuses the maker.
CREATE TABLE approval (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    need      TEXT    NOT NULL,
    subject   TEXT    NOT NULL,                -- 'refund/RD…', 'case/…', 'day/…', 'reissue/…'
    reason    TEXT    NOT NULL,
    maker     TEXT    NOT NULL,
    asked_at  INTEGER NOT NULL,
    checker   TEXT,
    judgement TEXT CHECK (judgement IN ('approved', 'declined')),
    judged_at INTEGER,
    CHECK ((checker IS NULL) = (judgement IS NULL))
) STRICT;
CREATE INDEX approval_subject ON approval (subject);
CREATE TRIGGER approval_second_person BEFORE UPDATE ON approval
BEGIN
    SELECT RAISE(ABORT, 'an approval is given once') WHERE OLD.judgement IS NOT NULL;
    SELECT RAISE(ABORT, 'what is asked for does not change')
        WHERE NEW.subject <> OLD.subject OR NEW.maker <> OLD.maker OR NEW.need <> OLD.need;
    SELECT RAISE(ABORT, 'the maker is no second person') WHERE NEW.checker = OLD.maker;
    SELECT RAISE(ABORT, 'only an operator with the role approve decides')
        WHERE NOT EXISTS (SELECT 1 FROM operator WHERE name = NEW.checker AND removed_at IS NULL
                          AND instr(roles, ',approve,') > 0);
END;
CREATE TRIGGER approval_starts_open BEFORE INSERT ON approval
BEGIN SELECT RAISE(ABORT, 'an approval begins undecided') WHERE NEW.judgement IS NOT NULL; END;
CREATE TRIGGER approval_keep_delete BEFORE DELETE ON approval
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;

-- One case has one outcome, one order as well: 'case/KEY', 'order/OUT_TRADE_NO'.
CREATE TABLE outcome (
    profile INTEGER NOT NULL REFERENCES profile (id),
    subject TEXT    NOT NULL,
    kind    TEXT    NOT NULL CHECK (kind IN ('reissue', 'refund', 'written_off')),
    PRIMARY KEY (profile, subject)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER outcome_is_one BEFORE UPDATE ON outcome
BEGIN SELECT RAISE(ABORT, 'one case has one outcome'); END;

-- Refunds. Number, order and case are fixed when the row is made.
CREATE TABLE refund (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    profile        INTEGER NOT NULL REFERENCES profile (id),
    case_key       TEXT    NOT NULL,
    out_trade_no   TEXT    NOT NULL,
    sub_mch_id     TEXT    NOT NULL,
    nth            INTEGER NOT NULL CHECK (nth > 0),
    out_refund_no  TEXT    NOT NULL,
    total          INTEGER NOT NULL CHECK (total > 0),
    amount         INTEGER NOT NULL CHECK (amount > 0),
    reason         TEXT    NOT NULL,
    maker          TEXT    NOT NULL,
    together       INTEGER NOT NULL,           -- how many were prepared at once
    approval       INTEGER REFERENCES approval (id),
    stage          TEXT    NOT NULL,
    machine        TEXT    NOT NULL,           -- the state of casework::Refund, as JSON
    refund_id      TEXT    NOT NULL DEFAULT '',
    last_words     TEXT    NOT NULL DEFAULT '',
    created_at     INTEGER NOT NULL,
    changed_at     INTEGER NOT NULL,
    UNIQUE (profile, out_refund_no),
    UNIQUE (profile, case_key, nth)
) STRICT;
CREATE INDEX refund_order ON refund (profile, out_trade_no);
CREATE INDEX refund_stage ON refund (stage);
CREATE TRIGGER refund_number_stays BEFORE UPDATE ON refund
BEGIN
    SELECT RAISE(ABORT, 'the number of a refund never changes')
        WHERE NEW.out_refund_no <> OLD.out_refund_no OR NEW.out_trade_no <> OLD.out_trade_no
           OR NEW.case_key <> OLD.case_key OR NEW.nth <> OLD.nth OR NEW.profile <> OLD.profile;
END;
CREATE TRIGGER refund_needs_outcome BEFORE INSERT ON refund
BEGIN
    SELECT RAISE(ABORT, 'one case has one outcome')
        WHERE (SELECT count(*) FROM outcome WHERE profile = NEW.profile AND kind = 'refund'
               AND subject IN ('case/' || NEW.case_key, 'order/' || NEW.out_trade_no)) <> 2;
END;
-- Nothing is sent without the second person, whatever the program thinks.
CREATE TRIGGER refund_needs_approval BEFORE UPDATE ON refund WHEN NEW.stage = 'sent'
BEGIN
    SELECT RAISE(ABORT, 'a second person must agree first')
        WHERE (NEW.approval IS NOT NULL
               OR NEW.amount > (SELECT refund_over FROM casework_limit)
               OR NEW.together > (SELECT bulk_over FROM casework_limit))
          AND NOT EXISTS (SELECT 1 FROM approval a WHERE a.id = NEW.approval
                          AND a.judgement = 'approved' AND a.checker <> NEW.maker
                          AND a.subject = 'refund/' || NEW.out_refund_no);
    SELECT RAISE(ABORT, 'one case has one outcome')
        WHERE (SELECT count(*) FROM outcome WHERE profile = NEW.profile AND kind = 'refund'
               AND subject IN ('case/' || NEW.case_key, 'order/' || NEW.out_trade_no)) <> 2;
END;
CREATE TRIGGER refund_keep_delete BEFORE DELETE ON refund
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;

-- What happened to a refund, oldest first: folding these gives the row above.
CREATE TABLE refund_event (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    refund   INTEGER NOT NULL REFERENCES refund (id),
    at       INTEGER NOT NULL,
    actor    TEXT    NOT NULL,
    event    TEXT    NOT NULL,
    stage    TEXT    NOT NULL,
    note     TEXT    NOT NULL
) STRICT;
CREATE INDEX refund_event_refund ON refund_event (refund);
CREATE TRIGGER refund_event_keep_update BEFORE UPDATE ON refund_event
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE TRIGGER refund_event_keep_delete BEFORE DELETE ON refund_event
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;

-- Reissues, and what came of each.
CREATE TABLE reissue (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    profile      INTEGER NOT NULL REFERENCES profile (id),
    case_key     TEXT    NOT NULL,
    out_trade_no TEXT    NOT NULL,
    way          TEXT    NOT NULL,
    stage        TEXT    NOT NULL,
    key          TEXT    NOT NULL,             -- idempotency key of the call
    maker        TEXT    NOT NULL,
    approval     INTEGER REFERENCES approval (id),
    created_at   INTEGER NOT NULL,
    changed_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX reissue_order ON reissue (profile, out_trade_no);
CREATE TRIGGER reissue_needs_outcome BEFORE INSERT ON reissue
BEGIN
    SELECT RAISE(ABORT, 'one case has one outcome')
        WHERE (SELECT count(*) FROM outcome WHERE profile = NEW.profile AND kind = 'reissue'
               AND subject IN ('case/' || NEW.case_key, 'order/' || NEW.out_trade_no)) <> 2;
END;
CREATE TRIGGER reissue_keep_delete BEFORE DELETE ON reissue
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE TABLE reissue_event (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    reissue  INTEGER NOT NULL REFERENCES reissue (id),
    at       INTEGER NOT NULL,
    actor    TEXT    NOT NULL,
    event    TEXT    NOT NULL,
    stage    TEXT    NOT NULL,
    evidence TEXT    NOT NULL
) STRICT;
CREATE INDEX reissue_event_reissue ON reissue_event (reissue);
CREATE TRIGGER reissue_event_keep_update BEFORE UPDATE ON reissue_event
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE TRIGGER reissue_event_keep_delete BEFORE DELETE ON reissue_event
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;

-- Files that people hang on a case, byte for byte.
CREATE TABLE attachment (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id INTEGER NOT NULL REFERENCES case_file (id),
    at      INTEGER NOT NULL,
    actor   TEXT    NOT NULL,
    name    TEXT    NOT NULL,
    sha256  BLOB    NOT NULL CHECK (length(sha256) = 32),
    bytes   BLOB    NOT NULL,
    UNIQUE (case_id, sha256)
) STRICT;
CREATE TRIGGER attachment_keep_update BEFORE UPDATE ON attachment
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
CREATE TRIGGER attachment_keep_delete BEFORE DELETE ON attachment
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;

-- Days that are signed off. Unlocking ends a row, signing again makes a new one.
CREATE TABLE sign_off (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    profile     INTEGER NOT NULL REFERENCES profile (id),
    day         INTEGER NOT NULL,
    run         INTEGER NOT NULL REFERENCES run (id),
    signed_by   TEXT    NOT NULL,
    signed_at   INTEGER NOT NULL,
    certificate TEXT    NOT NULL,
    unlocked_by INTEGER REFERENCES approval (id),
    unlocked_at INTEGER
) STRICT;
CREATE UNIQUE INDEX sign_off_day ON sign_off (profile, day) WHERE unlocked_at IS NULL;
CREATE TRIGGER sign_off_unlock BEFORE UPDATE ON sign_off
BEGIN
    SELECT RAISE(ABORT, 'a signed day does not change')
        WHERE OLD.unlocked_at IS NOT NULL OR NEW.certificate <> OLD.certificate OR NEW.day <> OLD.day
           OR NEW.signed_by <> OLD.signed_by OR NEW.run <> OLD.run;
    SELECT RAISE(ABORT, 'unlocking needs a second person')
        WHERE NOT EXISTS (SELECT 1 FROM approval a WHERE a.id = NEW.unlocked_by AND a.need = 'unlock'
                          AND a.judgement = 'approved' AND a.checker <> a.maker
                          AND a.subject = 'sign_off/' || NEW.id);
END;
CREATE TRIGGER sign_off_keep_delete BEFORE DELETE ON sign_off
BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
-- A locked day keeps its result.
CREATE TRIGGER run_of_locked_day BEFORE INSERT ON current_run
BEGIN
    SELECT RAISE(ABORT, 'the day is signed off')
        WHERE EXISTS (SELECT 1 FROM sign_off s WHERE s.profile = NEW.profile AND s.day = NEW.day
                      AND s.unlocked_at IS NULL AND s.run <> NEW.run);
END;
CREATE TRIGGER run_of_locked_day_again BEFORE UPDATE ON current_run
BEGIN
    SELECT RAISE(ABORT, 'the day is signed off')
        WHERE EXISTS (SELECT 1 FROM sign_off s WHERE s.profile = NEW.profile AND s.day = NEW.day
                      AND s.unlocked_at IS NULL AND s.run <> NEW.run);
END;

-- Everything that people and the program did with goods, money and decisions, each entry sealed with the
-- one before it.
CREATE TABLE audit (
    id       INTEGER PRIMARY KEY,
    at       INTEGER NOT NULL,
    actor    TEXT    NOT NULL,
    kind     TEXT    NOT NULL,
    subject  TEXT    NOT NULL,
    document TEXT    NOT NULL,
    before   BLOB    NOT NULL CHECK (length(before) = 32),
    hash     BLOB    NOT NULL CHECK (length(hash) = 32)
) STRICT;
CREATE INDEX audit_subject ON audit (subject);
CREATE TRIGGER audit_keep_update BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the trail is append-only'); END;
CREATE TRIGGER audit_keep_delete BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the trail is append-only'); END;
