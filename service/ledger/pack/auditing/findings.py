"""What a check found: how much was checked, what failed, by name, and what could not be checked, and why."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from aggregates.errors import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aggregates.errors import Refused

SOME: Final = 12  # positions that are listed, before the others are counted
WITHHELD: Final = "what is needed of them is withheld or erased"
OUTSIDE: Final = "what came before them is outside this pack"


def by_rule(rule: str | None) -> str:
    """Return a rule as it is read: in words, and after them its number, by which programs know it."""
    words = RULES.get(rule or "")
    return f" ({words}, {rule})" if words else f" ({rule})" if rule else ""


class Failure(NamedTuple):
    """Something that should not have been: which event, which of its fields where it is one, by which rule, and in words."""

    position: int
    event: str
    field: str | None
    rule: str | None
    says: str

    @property
    def words(self) -> str:
        """Say it in a line."""
        of = f"{self.event}, {self.field}" if self.field else self.event
        return f"#{self.position}: {of}: {self.says}{by_rule(self.rule)}"


@dataclass
class Check:
    """One check. `notes` are what is to be said of what was found good; `apart` are positions that could not be checked, by the reason."""

    name: str
    what: str
    checked: int = 0
    failures: list[Failure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    apart: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    unchecked: list[str] = field(default_factory=list)

    def fails(self, position: int, event: str, says: str, *, rule: str | None = None, field: str | None = None) -> None:
        """Put down that something should not have been."""
        self.failures.append(Failure(position, event, field, rule, says))

    def refused(self, position: int, event: str, why: Refused) -> None:
        """Put down what one of the Board's own rules refuses."""
        source = f" ({why.source})" if why.source else ""
        self.fails(position, event, f"{why.sentence}{source}", rule=why.rule)

    @property
    def not_checked(self) -> list[str]:
        """Say what could not be checked, and why."""
        return [*(f"{_listed(positions)}: {why}" for why, positions in self.apart.items()), *self.unchecked]

    @property
    def lines(self) -> Iterator[str]:
        """Say all of it, the failures first."""
        yield from (f"FAILED: {self.name}: {one.words}" for one in self.failures)
        yield f"audited: {self.name}: {self.checked:,} {self.what}, {len(self.failures)} failed"
        yield from (f"{self.name}: {note}" for note in self.notes)
        yield from (f"not audited: {self.name}: {one}" for one in self.not_checked)

    @property
    def plain(self) -> dict[str, Any]:
        """Return it as JSON takes it."""
        failed = [one._asdict() | {"rule_in_words": RULES.get(one.rule or "")} for one in self.failures]
        return {"check": self.name, "checked": self.checked, "failures": failed, "notes": self.notes, "not_checked": self.not_checked}


def _listed(positions: list[int]) -> str:
    some = " ".join(f"#{position}" for position in positions[:SOME])
    return some if len(positions) <= SOME else f"{some} and {len(positions) - SOME:,} more"
