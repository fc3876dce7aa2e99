-- What a person uploads in the platform's batch file moves money as a sending does, under the same guards.
CREATE TRIGGER refund_listed_needs_approval BEFORE UPDATE ON refund
    WHEN NEW.stage = 'listed' AND OLD.stage <> 'listed'
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
    SELECT RAISE(ABORT, 'the merchant is read-only')
        WHERE (SELECT json_extract(document, '$.read_only') FROM profile WHERE id = NEW.profile);
END;
-- What stands in a file is not sent from here, nor what was sent put into a file.
CREATE TRIGGER refund_listed_is_not_sent BEFORE UPDATE ON refund
    WHEN NEW.stage = 'sent' AND OLD.stage = 'listed'
BEGIN SELECT RAISE(ABORT, 'the refund stands in a batch file'); END;
CREATE TRIGGER refund_sent_is_not_listed BEFORE UPDATE ON refund
    WHEN NEW.stage = 'listed' AND OLD.stage NOT IN ('drafted', 'confirmed', 'listed')
BEGIN SELECT RAISE(ABORT, 'the refund was sent'); END;
