-- Who sent in which evidence file: the lead of one agency cites no file that they have not brought themselves, however they came to
-- know its hash, or citing it would open another agency's file to them.
CREATE TABLE desk.received_file (
    sha256  bytea NOT NULL CHECK (octet_length(sha256) = 32),
    account uuid  NOT NULL,
    PRIMARY KEY (sha256, account)
);

GRANT SELECT, INSERT ON desk.received_file TO muniment_writer;
