"""The retention schedule: every personal field in it once, each with its basis, its source and a period."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import get_args

from aggregates import EVENTS
from aggregates.entry.fields import shape
from aggregates.registry.retention import schedule
from aggregates.registry.subject_state import Exemption


def test_every_personal_field_is_in_the_schedule_once():
    """No field that is sealed is without its purpose, its basis and its period, and none has two."""
    named = Counter(field for kept in schedule().kept for field in kept.fields)
    personal = {(topic, f.name) for topic, event in EVENTS.items() for f in shape(event) if f.sensitivity == "personal"}
    found = {f"{topic.rpartition('.')[0]}:{name}" for topic, name in personal if name != "by_person"} | {"*:by_person"}

    assert set(named) == found
    assert set(named.values()) == {1}
    assert {schedule().of("action.assigned.v1", "by_person").id, schedule().of("office.holder_appointed.v2", "holder").id} == {
        "acts",
        "offices",
    }


def test_each_kind_says_on_what_it_rests():
    """A period says whose it is, and where it stands; what may stand against an erasure is an exemption of the law."""
    for kept in schedule().kept:
        assert kept.basis in {"law", "framework", "set locally"}
        assert kept.against in get_args(Exemption)
        assert kept.source
        assert kept.purpose
    assert (schedule().by_field["*:by_person"].period, schedule().by_field["*:by_person"].due_on(date(2016, 2, 29))) == (
        "35 years",
        date(2051, 2, 28),
    )
