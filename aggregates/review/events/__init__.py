"""The events of a review, by the part of its life that they belong to; `aggregate` has them all."""

from __future__ import annotations

from typing import Literal, TypeAlias

from eventsourcing.domain import Aggregate

from aggregates.entry import Recorded

ExternalKind: TypeAlias = Literal[
    "serious case review",
    "local child safeguarding practice review",
    "national review",
    "domestic homicide review",
]
Kind: TypeAlias = Literal[
    "serious case review",
    "learning review",
    "practice audit",
    "child death theme review",
    "rapid review",
    "local child safeguarding practice review",
    "national review",
    "domestic homicide review",
]
Regime: TypeAlias = Literal["LSCB-WT2015", "MASA-WT2018", "MASA-WT2023"]
Outcome: TypeAlias = Literal["conduct", "not conduct", "alternative"]


class Event(Recorded.Event):
    """An event of a review."""


class Created(Event, Aggregate.Created):
    """What begins the stream of a review; the library wants it by this name, with a topic of its own."""

    TOPIC = "review.created.v1"
