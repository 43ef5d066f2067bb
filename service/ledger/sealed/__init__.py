"""What is personal: sealed under keys of the people that it is about, erased with them, and erased again where it comes back (ledger §6).

`subjects` seals and reveals; `outside` keeps, outside of the database, who was erased; `rewrapping` puts another wrapping key in the
place of the one that there is. Beside it, because they are about the same files: `statement_key` does so with the statement key, and
`custody` says whether a copy of the keys would serve.
"""

from service.ledger.sealed.subjects import Subjects

__all__ = ["Subjects"]
