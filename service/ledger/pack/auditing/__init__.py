"""An audit: the rules of the Board re-run over a sealed pack alone, once `service.verify` has found it to be what was signed.

It needs no database and no server. `trail` reads the pack into what the aggregates fold; each check is a module, and says how much it
checked, what failed and by which rule, and what it could not check because it is withheld, erased or outside the pack. The rules are
those of the aggregates and of the table of commands: none is written here a second time.
"""

from service.ledger.pack.auditing.auditing import audit, main

__all__ = ["audit", "main"]
