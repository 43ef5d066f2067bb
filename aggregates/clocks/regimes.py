"""The statutory regimes as data: which kinds of review there are, who decides, whom to tell, and which clocks run.

Each regime is a file in `regimes/`, named for it. A new one closes nothing and re-dates nothing: a review keeps the regime under which
it arose (INV-42). A rule's `source` says where it stands, and "not confirmed" where nobody has looked it up there.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from aggregates.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

Unit: TypeAlias = Literal["calendar days", "working days", "months"]
WORDS: Final = "words"  # what a section of the report needs that no record holds
Basis: TypeAlias = Literal["law", "framework", "set locally"]  # law: statute, or guidance made under it

# The moments of a review that start and stop clocks: whoever knows a review says on which day each of them was.
MOMENTS: Final[Mapping[str, str]] = {
    "aware": "the local authority became aware of the incident",
    "notified": "the incident was notified",
    "decided": "whether to conduct a review was decided",
    "initiated": "it was decided to conduct a review",
    "declined": "it was decided not to conduct a review",
    "decision_notified": "the decision was notified",
    "rapid_review_sent": "the rapid review was sent to the Panel",
    "commissioned": "the review was commissioned",
    "presented": "the report was presented",
    "responded": "the Board responded to every finding",
    "published": "the report was published",
    "closed": "the review was closed",
}


class UnknownRegime(Refused):
    """A review is conducted under a regime that there is."""

    rule, text = "INV-42", "There is no regime {regime}: there are {regimes}"


@dataclass(frozen=True, slots=True)
class Rule:
    """How long something may take: from one moment of a review to another, by what right, and where that stands."""

    name: str
    label: str
    starts_with: str
    stops_with: str
    count: int
    unit: Unit
    basis: Basis
    source: str


@dataclass(frozen=True, slots=True)
class Decider:
    """Who decides whether a review is conducted: the role of their office, and how the regime says it."""

    role: str
    label: str
    source: str


@dataclass(frozen=True, slots=True)
class Need:
    """A figure without which a section of the report is missing, and the clause of the framework that asks for it, where one does."""

    figure: str  # or `WORDS`: what no record holds, so that the Board has to say it
    clause: str | None = None


@dataclass(frozen=True, slots=True)
class ReportSection:
    """One section that the report must have by law: its figures, by their names, and what it is missing without."""

    id: str
    label: str
    source: str
    figures: tuple[str, ...]
    needs: tuple[Need, ...]


@dataclass(frozen=True, slots=True)
class Regime:
    """One statutory regime.

    `review_kinds` and `roles` give the regime's words for kinds and roles; `notify` gives the bodies to tell, by what; `rules` the
    clocks by the kind of review; `report_sections` what its yearly `report` must have, and `report_sent_to` who is sent it.
    """

    id: str
    label: str
    review_kinds: Mapping[str, str]
    decides: Decider
    roles: Mapping[str, str]
    notify: Mapping[str, tuple[str, ...]]
    rules: Mapping[str, tuple[Rule, ...]]
    keep_online_months: int
    keep_online_source: str
    report: str
    report_sent_to: tuple[str, ...]
    report_sections: tuple[ReportSection, ...]
    calendar: str

    def called(self, kind: str) -> str:
        """Return what a kind of review is called; another body's may be of a kind that this regime has none of."""
        return self.review_kinds.get(kind, f"{kind[:1].upper()}{kind[1:]}")

    def rules_for(self, kind: str) -> tuple[Rule, ...]:
        """Return the rules that bind a kind of review, in the order in which they come to matter."""
        return self.rules.get(kind, ())


def regime(id: str) -> Regime:  # noqa: A002 - a regime's id is called so in every event
    """Return a regime by its id; refuses one that is not there."""
    if id not in REGIMES:
        raise UnknownRegime(regime=id, regimes=sorted(REGIMES))
    return REGIMES[id]


def _read(said: dict[str, Any]) -> Regime:
    rules = [({name: value for name, value in rule.items() if name != "kinds"}, rule["kinds"]) for rule in said.pop("rules")]
    by_kind = {kind: tuple(Rule(**rule) for rule, kinds in rules if kind in kinds) for kind in said["review_kinds"]}
    notify = {what: tuple(bodies) for what, bodies in said.pop("notify").items()}
    sections = tuple(map(_section, said.pop("report_sections")))
    sent_to = tuple(said.pop("report_sent_to"))
    told: dict[str, Any] = {"notify": notify, "rules": by_kind, "report_sent_to": sent_to, "report_sections": sections}
    return Regime(**{**said, "decides": Decider(**said["decides"]), **told})


def _section(said: dict[str, Any]) -> ReportSection:
    needs = tuple(Need(**need) for need in said.pop("needs"))
    return ReportSection(**{**said, "figures": tuple(said["figures"])}, needs=needs)


def _read_all() -> dict[str, Regime]:
    files = sorted(resources.files("aggregates.clocks").joinpath("regimes").iterdir(), key=lambda file: file.name)
    read = [_read(tomllib.loads(file.read_text("utf-8"))) for file in files if file.name.endswith(".toml")]
    return {found.id: found for found in read}


REGIMES: Final[Mapping[str, Regime]] = _read_all()
