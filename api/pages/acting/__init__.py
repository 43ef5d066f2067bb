"""Acting on a page: what can be done now, the form for it made from its declaration, and what comes of sending it.

A form holds what the command says, each field under its own name, and what every act carries along: since when, in whose name, the
version that was seen. What it carries along is called `act.…`. No field of a command can have a dot in its name, so that neither can ever
stand in the place of the other.
"""

from __future__ import annotations

from typing import Final

ACT: Final = "act."
CORRECTED: Final = "corrected-"  # before a field of an entry that is put right, beside the amendment's own

KEY: Final = f"{ACT}key"  # idempotency key
VERSION: Final = f"{ACT}version"  # of the thing, as the person has seen it
MORE: Final = f"{ACT}more"  # for which field more rows, or other choices, are asked
PART: Final = f"{ACT}part-"  # before the name of a field: the part of a name that is looked for among its choices
SAVE: Final = f"{ACT}save"  # keep it, and do not record it
PREPARE: Final = f"{ACT}prepare"  # the thumbprint of the key in this browser: show what is to be signed with it, and record nothing
SIGNED: Final = f"{ACT}signed"  # each statement as it was signed, with its disclosures
CHANGE: Final = f"{ACT}change"  # go back from what is to be signed to the form
REF: Final = f"{ACT}ref"
OCCURRED_ON: Final = f"{ACT}occurred_on"
ON_BEHALF_OF: Final = f"{ACT}on_behalf_of"
WHAT: Final = f"{ACT}what"  # whether a proposal is to correct or to retract
CONFIRMED: Final = f"{ACT}confirmed"  # that what is destroyed has been looked at
LATE_REASON: Final = f"{ACT}late_reason"


def plain_name(name: str) -> str:
    """Return what the field of a form is called in the record."""
    return name.removeprefix(CORRECTED).removeprefix(ACT)
