"""The partnership itself on any day as known on any day: its regime, its framework, and what it has set for itself."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from psycopg.rows import dict_row
from psycopg.sql import SQL

from aggregates.partnership import Partnership, PartnershipState
from aggregates.partnership.settings import SETTINGS
from projections.two_clocks.read_model import AT_CLOCKS
from projections.two_clocks.timeline import OneRow, as_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from psycopg import Connection

    from aggregates.entry import Entry

KINDS: Mapping[type, str] = {int: "integer", tuple: "jsonb"}


class Settings(OneRow):
    """The partnership itself, and what the framework leaves to the Board to set."""

    table = "settings"
    kinds = frozenset({"partnership"})
    columns: ClassVar[Mapping[str, str]] = {
        "name": "text",
        "regimes": "jsonb",
        "framework": "jsonb",
        **{name: KINDS.get(type(setting.holds), "text") for name, setting in SETTINGS.items()},
    }

    def fold(self, entries: Sequence[Entry], before: PartnershipState | None = None) -> PartnershipState | None:
        """Take the aggregate's own."""
        return Partnership.fold(entries, before)

    def row(self, now: PartnershipState) -> tuple[Any, ...]:
        """Show all of it."""
        regimes = as_json(now.regimes)
        framework = as_json(now.framework and asdict(now.framework))
        return (now.name, regimes, framework, *(_column(name, getattr(now, name)) for name in SETTINGS))


def _column(name: str, value: Any) -> Any:
    kind = Settings.columns[name]
    return as_json(value) if kind == "jsonb" else value if kind == "integer" else str(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameworkRow:
    """The framework in force: `sha256` is of its set of obligations. Overdue is a review that was due before the day."""

    version: str
    sha256: str
    supersedes: str | None
    provenance: str
    minute: str | None
    adopted_on: date
    review_due: date
    reviewed_on: date | None
    outcome: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsRow:
    """The partnership on a day, under the regime that had taken effect by then.

    `backdating_limit` are days that an entry may be late without a flag, `sustainment_checks` months after sign-off at which to
    look again, `phone_sample` a percentage and a least number, `quorum` a share of the members.
    """

    name: str
    regime: str
    effective_on: date | None
    framework: FrameworkRow | None
    backdating_limit: int
    sustainment_checks: list[int]
    ack_window: int
    embedding_window: int
    followup_return: int
    phone_sample: list[int]
    affiliation_look_back: int
    quorum: str
    reminder_days: list[int]
    escalation_days: list[int]
    review_interval: int
    planning_cycle: int
    assurance_returns: int
    section_11_cycle: int
    performance_report: int
    subgroup_reports: int
    national_reviews: int
    observations: int
    phone_samples: int
    evaluation_window: int
    materials_window: int
    policy_compliance: int
    cascade_window: int
    calls_window: int
    publication_notice: int
    moderation_threshold: int
    training_interval: list[list[Any]]
    observer_employer: str


def settings(conn: Connection[Any], *, as_at: date, known_at: int) -> SettingsRow:
    """Return the partnership's settings as at a day, as known at a position; before it was established, those that it begins with."""
    query = SQL("SELECT * FROM views.settings WHERE {}").format(AT_CLOCKS)
    with conn.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(query, {"as_at": as_at, "known_at": known_at}).fetchone()
    if found is None:
        unset = {name: json.loads(as_json(written.holds)) for name, written in SETTINGS.items()}
        return SettingsRow(name="", regime="", effective_on=None, framework=None, **unset)
    regimes = [(name, date.fromisoformat(since)) for name, since in found["regimes"]]
    in_effect = [number for number, (_, since) in enumerate(regimes) if since <= as_at]
    regime, effective_on = regimes[max(in_effect, key=lambda number: (regimes[number][1], number), default=0)]
    said = {name: found[name] for name in ("name", *SETTINGS)}
    framework = found["framework"] and _framework(found["framework"])
    return SettingsRow(**said, regime=regime, effective_on=effective_on, framework=framework)


def _framework(said: dict[str, Any]) -> FrameworkRow:
    days = {name: said[name] and date.fromisoformat(said[name]) for name in ("adopted_on", "review_due", "reviewed_on")}
    return FrameworkRow(**said | days)
