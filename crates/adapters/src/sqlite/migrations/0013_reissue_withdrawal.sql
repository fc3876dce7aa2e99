-- A reissue that lies with the shop is taken back only with a second person's agreement, where operators are named.
DROP TRIGGER reissue_needs_second_person;
CREATE TRIGGER reissue_needs_second_person BEFORE UPDATE ON reissue
    WHEN NEW.stage = 'withdrawn' AND OLD.stage IN ('sent', 'waiting')
BEGIN
    SELECT RAISE(ABORT, 'a second person must agree first')
        WHERE EXISTS (SELECT 1 FROM operator WHERE removed_at IS NULL)
          AND NOT EXISTS (SELECT 1 FROM approval a
                          WHERE a.subject = 'reissue/' || NEW.id AND a.need = 'withdrawal'
                            AND a.judgement = 'approved' AND a.checker <> a.maker);
END;
