"""A witness, for another organisation to run (C2SP tlog-witness, cosignature/v1): it has a folder, and knows nothing of a board's database.

witness.key    what it cosigns with              OpenSSH private key, encrypted (bcrypt)
passphrase     opens it, unless another file is named
public.vkey    its key as it is published: whoever writes a policy needs this line
memory.db      SQLite: which logs it accepts, every checkpoint that it cosigned, and what contradicts one
"""
