-- Where a restored log ends before the entry that erased somebody, nothing in it says why a text of theirs is gone: so the line of the
-- record outside is kept, which shows that this very log said so (ADR 0019), and packs hold it.
ALTER TABLE sealed.erased ADD COLUMN line text;                  -- the entry, its receipt and its disclosure of what went, as JSON
