"""No person is named in a finding (INV-06): by what is known of the people on record, and by how texts name people.

It errs towards refusing: whoever is refused writes the role instead, which is what a finding about a system says anyway.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection

_NAME: Final = r"[A-Z](?:[a-z]+|['\u2019][A-Z][a-z]+)(?:['\u2019-][A-Z]?[a-z]+)*"
ADDRESSED: Final = re.compile(rf"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Sir|Dame)\.? {_NAME}")
CALLED: Final = re.compile(
    rf"\b(?:mother|father|parent|baby|child|son|daughter|brother|sister|uncle|aunt|grandmother|grandfather|partner|worker|nurse|teacher"
    rf"|officer|doctor|midwife|practitioner|manager),?(?: was| is)?,? (?:called |named )?({_NAME})\b"
    rf"|\b(?:called|named) ({_NAME})\b"
)
SHORTEST: Final = 3  # letters of a surname that is looked for by itself


def found(text: str, known: Collection[str] = ()) -> str | None:
    """Return the first person's name that a text holds, or None. `known` are the full names of people on record."""
    for name in known:
        words = name.split()
        if any(not word[:1].isupper() for word in words):
            continue  # not how anybody is called
        whole, surname = r"\s+".join(map(re.escape, words)), words[-1] if words else ""
        if len(words) > 1 and re.search(rf"(?<!\w){whole}(?!\w)", text, re.IGNORECASE):
            return name
        if len(surname) >= SHORTEST and re.search(rf"(?<!\w){re.escape(surname)}(?!\w)", text):
            return surname
    if addressed := ADDRESSED.search(text):
        return addressed[0]
    if called := CALLED.search(text):
        return str(called[1] or called[2])
    return None
