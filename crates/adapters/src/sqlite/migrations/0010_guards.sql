-- A read-only merchant moves neither goods nor money, whatever the program thinks.
CREATE TRIGGER refund_of_read_only BEFORE UPDATE ON refund WHEN NEW.stage = 'sent'
BEGIN
    SELECT RAISE(ABORT, 'the merchant is read-only')
        WHERE (SELECT json_extract(document, '$.read_only') FROM profile WHERE id = NEW.profile);
END;
CREATE TRIGGER refund_made_of_read_only BEFORE INSERT ON refund
BEGIN
    SELECT RAISE(ABORT, 'the merchant is read-only')
        WHERE (SELECT json_extract(document, '$.read_only') FROM profile WHERE id = NEW.profile);
END;
CREATE TRIGGER reissue_of_read_only BEFORE UPDATE ON reissue WHEN NEW.stage = 'sent'
BEGIN
    SELECT RAISE(ABORT, 'the merchant is read-only')
        WHERE (SELECT json_extract(document, '$.read_only') FROM profile WHERE id = NEW.profile);
END;
CREATE TRIGGER reissue_made_of_read_only BEFORE INSERT ON reissue
BEGIN
    SELECT RAISE(ABORT, 'the merchant is read-only')
        WHERE (SELECT json_extract(document, '$.read_only') FROM profile WHERE id = NEW.profile);
END;
-- Where operators are named, a case is closed by decision only with a second one's agreement to the
-- proposal that stands.
CREATE TRIGGER case_needs_second_person BEFORE UPDATE OF status ON case_file
    WHEN NEW.status = 'FORCE_CLOSED' AND OLD.status <> 'FORCE_CLOSED'
BEGIN
    SELECT RAISE(ABORT, 'a second person must agree first')
        WHERE EXISTS (SELECT 1 FROM operator WHERE removed_at IS NULL)
          AND NOT EXISTS (SELECT 1 FROM approval a
                          WHERE a.id = (SELECT max(id) FROM approval
                                        WHERE subject = 'case/' || NEW.profile || '/' || NEW.key)
                            AND a.judgement = 'approved' AND a.checker <> a.maker);
END;
-- A reissue that lies with the shop is taken back only with a second person's agreement.
CREATE TRIGGER reissue_needs_second_person BEFORE UPDATE ON reissue
    WHEN NEW.stage = 'withdrawn' AND OLD.stage IN ('sent', 'waiting')
BEGIN
    SELECT RAISE(ABORT, 'a second person must agree first')
        WHERE NOT EXISTS (SELECT 1 FROM approval a
                          WHERE a.subject = 'reissue/' || NEW.id AND a.need = 'withdrawal'
                            AND a.judgement = 'approved' AND a.checker <> a.maker);
END;
