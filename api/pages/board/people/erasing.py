"""What the forms of a decision to erase, and of the deed, say of somebody: what goes, what stays, and which request is answered first."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from api.pages.acting.choices.people import access_asked
from api.pages.board.people import typed
from api.worker import worker
from projections import people

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from api.pages.frame import Look

TEXTS: Final = "Texts that name them, and were corrected or retracted"
TYPED: Final = "Texts that name them, typed and not recorded yet"
STAYS: Final = (
    "What stays: every entry, and every count and sample that rests on one. Where their values were, the pages of every day say "
    "that they were erased, and when."
)


def what_goes(seen: Look, ref: str) -> dict[str, Any]:
    """Return how many values and texts of somebody go, of which kinds, and what stays."""
    gone = {UUID(row.ref) for row in people.people(seen.on.conn, **seen.on.at) if row.erased_on}
    into = people.merged(seen.on.conn, **seen.on.at)
    refs = [UUID(ref), *(one for one, last in into.items() if last == UUID(ref) and one not in gone)]
    kinds: Counter[str] = Counter()
    for place in people.places(seen.on.conn, refs, **seen.on.at):
        kinds[place.kept.title] += place.number
    kinds[TEXTS] = len(worker().board.superseded(refs[0], refs))
    kinds[TYPED] = typed.going(refs)
    goes = [f"{title}: {number:,}" for title, number in kinds.items() if number]
    number = kinds.total()
    return {"says": f"{number:,} {'value goes' if number == 1 else 'values go'}, for ever:", "rows": goes, "then": STAYS}


def who_waits(_: Look, ref: str) -> dict[str, Any] | None:
    """Return which requests for access, under any reference of somebody, are answered before anything is erased; None where none waits."""
    waiting = [words for one in sorted(worker().board.one_person(UUID(ref))) for words in access_asked(str(one)).values()]
    says = "They have asked what is held about them, too, and wait for the answer. Nothing is erased before they have it:"
    return {"says": says, "rows": waiting, "then": None} if waiting else None


BEFORE: Final[Mapping[str, Callable[[Look, str], dict[str, Any] | None]]] = {
    "decide_erasure": who_waits,
    "decide_retention": who_waits,
    "erase_personal_data": what_goes,
}
