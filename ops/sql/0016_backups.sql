-- The dumps that hold what is personal, wrapped keys among it: who is erased is in them until they are destroyed.
CREATE TABLE desk.backup (
    id           bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name         text    NOT NULL,                    -- of the file
    made_on      date    NOT NULL,
    size         bigint  NOT NULL,                    -- of the log
    kept_until   date    NOT NULL,
    destroyed_on date
);
GRANT SELECT ON desk.backup TO muniment_writer;
