-- A text in the clear that named somebody, and does not stand any more because it was corrected or retracted: it goes when they are
-- erased (journey F.8). Its digest stays, as that of a value that was sealed for them, so that the statement is still whole.

-- Takes the disclosures of such texts away: only in the transaction that appends the entry that says so, and only what is there and has
-- the digest that the entry lists. MU009 and MU010 as in `sealed.erase`.
CREATE FUNCTION sealed.erase_texts(_texts json) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    one record;
BEGIN
    FOR one IN SELECT * FROM json_to_recordset(_texts) AS t (subject uuid, "position" bigint, field text, digest text, disclosure text) LOOP
        IF NOT EXISTS (SELECT FROM ledger.event WHERE stream = one.subject AND topic = 'data_subject.personal_data_erased.v1'
                       AND xmin = pg_current_xact_id()::xid) THEN
            RAISE SQLSTATE 'MU009' USING MESSAGE = 'nothing is erased but with the entry that says so';
        END IF;
        UPDATE ledger.disclosure d SET disclosures = replace(d.disclosures, '~' || one.disclosure || '~', '~')
            WHERE d.position = one.position AND strpos(d.disclosures, '~' || one.disclosure || '~') > 0
                  AND rtrim(translate(encode(sha256(convert_to(one.disclosure, 'UTF8')), 'base64'), '+/', '-_'), '=') = one.digest;
        IF NOT FOUND THEN
            RAISE SQLSTATE 'MU010' USING MESSAGE = format('%s of entry %s is not what is listed', one.field, one.position);
        END IF;
        INSERT INTO ledger.sealed_field (position, field, subject, digest) VALUES (one.position, one.field, one.subject, one.digest);
    END LOOP;
END $$;

REVOKE ALL ON FUNCTION sealed.erase_texts FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sealed.erase_texts TO muniment_writer;
