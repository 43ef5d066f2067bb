"""What a framework asks for: its clauses, in its own words, each with the rules that decide from events whether it was done.

There are three forms of rule. Nobody can state that one is kept: it is found in the log, or it is not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from aggregates.framework.matching import Pattern, Test, Undoing

# M: decided from events. P: that it was done in time is, how well is a human's graded decision, and shown as such. H: a matter for
# people alone. C: context, of which nothing is owed.
Check: TypeAlias = Literal["M", "P", "H", "C"]
Basis: TypeAlias = Literal["framework", "statutory", "local_setting"]
Unit: TypeAlias = Literal["days", "months", "years"]
Members: TypeAlias = Literal["member", "trainer", "sub-group"]
Beginning: TypeAlias = Literal["adopted", "joined"]
BASES: Final[Mapping[Basis, str]] = {"framework": "framework", "statutory": "law", "local_setting": "set locally"}
BOARD: Final = "BOARD"  # who owes what no agency and no sub-group does


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time: so many days, months or years, or as many as a setting of the Board says."""

    unit: Unit
    count: int = 0
    setting: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """By when: on the day that a field of the asking event names, or a span after it; after the asking itself where no field is named."""

    field: str = ""
    span: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What every form has. `part` tells apart the rules of a clause that asks for several things, and `duty` says which in a few words.

    Where the Board chose the number, `basis` is `local_setting`, and `setting` says which; it says none where the day was set with the
    asking itself, as that of a return or of an action is. `graded` is the field of an event in which somebody graded how well it was
    done.

    What discharged it discharges it no more from the day of an entry of its own stream that is one of `undone_by`: the item was
    withdrawn, the action given up. Then it is owed as before, unless something else that discharges it stands.
    """

    clause: str
    part: str = ""
    duty: str = ""
    basis: Basis = "framework"
    setting: str = ""
    graded: str = ""
    undone_by: tuple[Undoing, ...] = ()

    @property
    def key(self) -> str:
        """Name the rule: its clause, with its part."""
        return f"{self.clause}.{self.part}" if self.part else self.clause


@dataclass(frozen=True, slots=True, kw_only=True)
class OnEvent(Rule):
    """When something happens, each owner owes something. Without `due` no day is stated anywhere: it stays open, and is never late.

    One of `discharged_by` is enough, unless `all_of` asks for each of them, on the day of the asking or later, or before it where the
    rule takes it `early`. `graded_by` says later how well, and discharges nothing.
    """

    trigger: tuple[Pattern, ...]
    discharged_by: tuple[Pattern, ...]
    ended_by: tuple[Pattern, ...] = ()
    graded_by: tuple[Pattern, ...] = ()
    due: Due | None = None
    all_of: bool = False
    early: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OnCalendar(Rule):
    """In every period, from the day on which the framework was adopted or its owner joined, each owner owes something by its last day.

    Each owner is a `body`, or each of the `members` of a kind, as far as they are `where`. `period` is the field of the discharging
    event that names the period for which it was done; otherwise the day on which it was done decides. `ended_by` ends a period in which
    nothing was done: the Board does not ask for it any more.
    """

    every: Span
    discharged_by: tuple[Pattern, ...]
    ended_by: tuple[Pattern, ...] = ()
    body: str = ""
    members: Members | None = None
    where: tuple[Test, ...] = ()
    begins: Beginning | date = "adopted"
    grace: Span | None = None
    period: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing(Rule):
    """While a thing is in a state, a fact must hold: for every thing of a kind, or (`some`) for one of them at least.

    The fact is a function of the thing's own state (`facts`). Who owes it is always the same, or the fact says (`owner` is empty).
    Without one of `discharged_by` the fact cannot hold: who looks for what is missing looks for these. That it holds no more is found
    from the thing's state as well; where it was one of `undone_by` after which it did not, it was undone, and not only asked for anew.
    """

    thing: str
    fact: str
    owner: str = ""
    some: bool = False
    discharged_by: tuple[Pattern, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A clause, word for word, with where it stands. `says` is what is to be said where nothing can be decided from events."""

    id: str
    lines: str
    page: int
    text: str
    owed_by: str
    owed_to: str
    cadence: str
    evidence: str
    events: str
    views: str
    check: Check
    lost: bool
    says: str
    rules: tuple[OnEvent | OnCalendar | Standing, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ObligationSet:
    """A framework as data. `sha256` is of the file, byte for byte: its adoption names it. `bodies` are those that it names, by code."""

    id: str
    title: str
    publisher: str
    published: str
    review_due: str
    sha256: str
    bodies: Mapping[str, str]
    clauses: Mapping[str, Clause]
