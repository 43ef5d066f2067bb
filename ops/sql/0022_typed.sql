-- What is typed and not recorded goes with whom it names (journey F.8), and so does the body of a request by which a text was recorded
-- that went: until now it stayed.
GRANT DELETE ON desk.held_text TO muniment_writer;

UPDATE desk.signed_request AS r SET body = NULL
 WHERE body IS NOT NULL
   AND EXISTS (SELECT FROM ledger.sealed_field f LEFT JOIN sealed.value v USING (position, field)
                WHERE f.position BETWEEN r.first AND r.last AND f.field <> 'by_person' AND v.position IS NULL);
