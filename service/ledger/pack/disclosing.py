"""What of an entry a pack discloses, by the class of each field and by who receives it; everything else is withheld by its digest.

Personal values are never disclosed. Counts of so few that people might be recognised are told to who counted them, and to nobody else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from aggregates.entry.fields import fields_by_name
from aggregates.returns import Return
from aggregates.returns.answers import tells_few
from aggregates.returns.report.public import SAYS_OF_PEOPLE

if TYPE_CHECKING:
    from collections.abc import Mapping

PUBLIC: Final = frozenset({"public"})
PARTNERS: Final = PUBLIC | {"partners"}
ALL_BUT_PERSONAL: Final = PARTNERS | {"restricted"}


@dataclass(frozen=True, slots=True)
class Disclosing:
    """Which classes of fields are disclosed. `counted_by` is the agency that is told its own counts however few they are of.

    In public (`of_people` is false) what counts the people of one session or agency is withheld: a report alone says that, because it
    suppresses some. Whoever has all entries counts them all the same (ADR 0023).
    """

    classes: frozenset[str] = ALL_BUT_PERSONAL
    counted_by: str | None = None
    of_people: bool = True

    def shown(self, event: Any, said: Mapping[str, Any]) -> set[str]:
        """Return the names of the fields of an entry that are disclosed."""
        kinds = fields_by_name(event)
        names = {name for name in said if kinds[name].sensitivity in self.classes}
        if not self.of_people:
            names -= {name for name in names if _counts_people(name, said[name])}
        theirs = self.counted_by is not None and said.get("by_agency") == self.counted_by
        if event.TOPIC.startswith(f"{Return.TOPIC}.") and not theirs:
            names -= {name for name in names if tells_few(said[name])}
        return names


def _counts_people(name: str, value: Any) -> bool:
    """Say whether a field counts people, or corrects one that does."""
    return name in SAYS_OF_PEOPLE or (isinstance(value, dict) and any(_counts_people(*one) for one in value.items()))


PUBLICLY: Final = Disclosing(PUBLIC, of_people=False)
EVERYTHING: Final = Disclosing()
