-- What other refunds of its order a person knew of when deciding about a refund, as JSON: it is not sent once there
-- are more. Refunds from before know of none, so that a person is asked once.
ALTER TABLE refund ADD COLUMN seen TEXT NOT NULL DEFAULT '[]';

-- Parts of one order are one sum: what the order gets back together needs the second person.
DROP TRIGGER refund_needs_approval;
CREATE TRIGGER refund_needs_approval BEFORE UPDATE ON refund WHEN NEW.stage = 'sent'
BEGIN
    SELECT RAISE(ABORT, 'a second person must agree first')
        WHERE (NEW.approval IS NOT NULL
               OR NEW.amount + (SELECT coalesce(sum(o.amount), 0) FROM refund o
                                WHERE o.profile = NEW.profile AND o.out_trade_no = NEW.out_trade_no
                                  AND o.id <> NEW.id AND o.stage IN
                                      ('listed', 'sent', 'unknown', 'accepted', 'abnormal', 'done'))
                  > (SELECT refund_over FROM casework_limit)
               OR NEW.together > (SELECT bulk_over FROM casework_limit))
          AND NOT EXISTS (SELECT 1 FROM approval a WHERE a.id = NEW.approval
                          AND a.judgement = 'approved' AND a.checker <> NEW.maker
                          AND a.subject = 'refund/' || NEW.out_refund_no);
    SELECT RAISE(ABORT, 'one case has one outcome')
        WHERE (SELECT count(*) FROM outcome WHERE profile = NEW.profile AND kind = 'refund'
               AND subject IN ('case/' || NEW.case_key, 'order/' || NEW.out_trade_no)) <> 2;
END;
DROP TRIGGER refund_listed_needs_approval;
CREATE TRIGGER refund_listed_needs_approval BEFORE UPDATE ON refund
    WHEN NEW.stage = 'listed' AND OLD.stage <> 'listed'
BEGIN
    SELECT RAISE(ABORT, 'a second person must agree first')
        WHERE (NEW.approval IS NOT NULL
               OR NEW.amount + (SELECT coalesce(sum(o.amount), 0) FROM refund o
                                WHERE o.profile = NEW.profile AND o.out_trade_no = NEW.out_trade_no
                                  AND o.id <> NEW.id AND o.stage IN
                                      ('listed', 'sent', 'unknown', 'accepted', 'abnormal', 'done'))
                  > (SELECT refund_over FROM casework_limit)
               OR NEW.together > (SELECT bulk_over FROM casework_limit))
          AND NOT EXISTS (SELECT 1 FROM approval a WHERE a.id = NEW.approval
                          AND a.judgement = 'approved' AND a.checker <> NEW.maker
                          AND a.subject = 'refund/' || NEW.out_refund_no);
    SELECT RAISE(ABORT, 'one case has one outcome')
        WHERE (SELECT count(*) FROM outcome WHERE profile = NEW.profile AND kind = 'refund'
               AND subject IN ('case/' || NEW.case_key, 'order/' || NEW.out_trade_no)) <> 2;
    SELECT RAISE(ABORT, 'the merchant is read-only')
        WHERE (SELECT json_extract(document, '$.read_only') FROM profile WHERE id = NEW.profile);
END;

-- How many cases were decided at once when this one was last decided.
ALTER TABLE case_file ADD COLUMN together INTEGER NOT NULL DEFAULT 1;
-- Categories whose cases nobody calls solved alone.
CREATE TABLE urgent_category (name TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
INSERT INTO urgent_category VALUES
    ('PAID_NOT_BOOKED'), ('PAID_AFTER_CLOSE'), ('BOOKED_NOT_FULFILLED'), ('W_ONLY_PAY'), ('M_ONLY_PAY'),
    ('DUP_PAY'), ('M_ONLY_REFUND'), ('REFUND_ABNORMAL'), ('REFUND_CLOSED'), ('OVER_REFUND'),
    ('BALANCE_BREAK'), ('DAY_GAP'), ('HASH'), ('SUM_COUNT'), ('SUM_AMOUNT'), ('TRUNCATED'),
    ('BILL_CHANGED'), ('WRONG_BILL');
-- Where operators are named, an urgent case, or one of many decided at once, is called solved by word only with a
-- second one's agreement; money that went back and goods that were proven to be delivered solve it by themselves.
CREATE TRIGGER case_solved_needs_second_person BEFORE UPDATE OF status ON case_file
    WHEN NEW.status = 'RESOLVED' AND OLD.status <> 'RESOLVED'
BEGIN
    SELECT RAISE(ABORT, 'a second person must agree first')
        WHERE EXISTS (SELECT 1 FROM operator WHERE removed_at IS NULL)
          AND (NEW.together > (SELECT bulk_over FROM casework_limit)
               OR EXISTS (SELECT 1 FROM finding f JOIN urgent_category u ON u.name = f.category
                          WHERE f.run = NEW.run AND f.seq = NEW.seq))
          AND NOT EXISTS (SELECT 1 FROM approval a
                          WHERE a.id = (SELECT max(id) FROM approval
                                        WHERE subject = 'case/' || NEW.profile || '/' || NEW.key)
                            AND a.judgement = 'approved' AND a.checker <> a.maker)
          AND NOT EXISTS (SELECT 1 FROM refund r WHERE r.profile = NEW.profile AND r.case_key = NEW.key
                          AND r.stage = 'done')
          AND NOT EXISTS (SELECT 1 FROM reissue i WHERE i.profile = NEW.profile AND i.case_key = NEW.key
                          AND i.stage = 'proven');
END;
-- What was decided about a case stands for as long as its day is signed off.
CREATE TRIGGER case_of_signed_day BEFORE UPDATE OF status ON case_file
    WHEN OLD.status IN ('RESOLVED', 'FORCE_CLOSED') AND NEW.status <> OLD.status
BEGIN
    SELECT RAISE(ABORT, 'the day is signed off')
        WHERE EXISTS (SELECT 1 FROM sign_off s WHERE s.profile = OLD.profile AND s.day = OLD.day
                      AND s.unlocked_at IS NULL);
END;
