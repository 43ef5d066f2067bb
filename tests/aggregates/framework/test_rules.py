"""The rules speak of what there is: events, their fields, settings, facts and views, each by its name."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from aggregates.entry.fields import fields_by_name
from aggregates.framework.clauses import OnCalendar, OnEvent, Standing
from aggregates.framework.facts import FACTS, resources
from aggregates.framework.library import CLAUSES
from aggregates.framework.wording import HAPPENS, in_words
from aggregates.partnership.resource import ResourceState
from aggregates.partnership.settings import SETTINGS
from tests.aggregates.framework.telling import ADOPTED_ON, INDEX, NEWEST

CATALOGUE = runpy.run_path(str(Path(__file__).parents[3] / "ops" / "catalogue.py"))


def patterns(rule, *more):
    """Give every pattern of a rule."""
    kinds = ("trigger", "discharged_by", "ended_by", "graded_by", *more)
    return [pattern for kind in kinds for pattern in getattr(rule, kind, ())]


def spans(rule):
    """Give every length of time in a rule."""
    lengths = (
        (rule.due and rule.due.span,) if isinstance(rule, OnEvent) else (rule.every, rule.grace) if isinstance(rule, OnCalendar) else ()
    )
    return [span for span in lengths if span]


@pytest.mark.parametrize("key", INDEX.rules)
def test_a_rule_speaks_of_events_and_fields_that_there_are(key):
    """What a rule looks for, tests, names or shows as a grade is declared by the events that it speaks of."""
    rule = INDEX.rules[key]

    assert rule.duty
    assert isinstance(rule, Standing) or rule.discharged_by
    for pattern in patterns(rule):
        declared = fields_by_name(NEWEST[pattern.event])
        named = [*(test.field for test in pattern.where), pattern.owner.field, pattern.subject.field]
        assert {name.partition(".")[0] for name in named if name} <= declared.keys()
    for undoing in rule.undone_by:
        assert {test.field for test in undoing.where} <= fields_by_name(NEWEST[undoing.event]).keys()
    if rule.graded:
        grading = getattr(rule, "graded_by", ()) or rule.discharged_by
        assert all(rule.graded in fields_by_name(NEWEST[pattern.event]) for pattern in grading)
    if isinstance(rule, OnEvent) and rule.due and rule.due.field:
        assert all(fields_by_name(NEWEST[pattern.event])[rule.due.field].kind.__name__ == "date" for pattern in rule.trigger)


@pytest.mark.parametrize("key", INDEX.rules)
def test_a_number_that_the_framework_does_not_give_is_a_setting(key):
    """Where a rule counts by a setting, the Board has one of that name and unit, and the rule says that it is set locally."""
    rule = INDEX.rules[key]

    for span in spans(rule):
        if span.setting:
            assert (rule.basis, rule.setting, SETTINGS[span.setting].unit) == ("local_setting", span.setting, span.unit)
        else:
            assert rule.basis == "framework"
    assert not rule.setting or rule.setting in SETTINGS


@pytest.mark.parametrize("key", INDEX.rules)
def test_a_rule_is_said_in_the_words_of_the_field(key):
    """Whoever is bound by a rule reads of events, bodies and numbers, and of no name that only the machine has."""
    rule = INDEX.rules[key]
    said = " ".join([rule.duty, *in_words(rule)])

    assert "_" not in said
    assert all(pattern.event in HAPPENS and pattern.event not in said for pattern in patterns(rule, "undone_by"))
    assert "()" not in said


def test_every_fact_is_asked_for_and_there():
    """Standing rules ask for facts that are written, and no fact is written that no rule asks for."""
    asked = {(rule.thing, rule.fact) for rules in INDEX.standing.values() for rule in rules}

    assert asked == {(thing, name) for thing, facts in FACTS.items() for name in facts}


def test_every_clause_is_seen_somewhere():
    """Each clause that is decided names the views that show it, and each view is one of the product's."""
    nowhere = [name for name, clause in CLAUSES.items() if clause.rules and not set(clause.views.split(", ")) <= CATALOGUE["VIEWS"].keys()]

    assert nowhere == []


@pytest.mark.parametrize(
    ("fact", "is_it", "looks_like_it"),
    [
        (
            resources.caspar,
            {"url": "https://learning.nspcc.org.uk/newsletter/caspar"},
            [
                {"url": "https://caspar.example/nspcc.org.uk"},
                {"url": "https://nspcc.org.uk/?caspar"},
                {"url": "https://notnspcc.org.uk/caspar"},
            ],
        ),
        (resources.own_website, {"kind": "own website"}, [{"kind": "website"}, {"kind": "report"}]),
    ],
)
def test_a_resource_is_not_known_by_its_title(fact, is_it, looks_like_it):
    """LIF-APPD-01, -02: whatever it is called, its address or its kind decides; a title that sounds like another's is no other's."""
    said = {"url": "https://library.example", "kind": "tool", "check_every": 6, "listed_on": ADOPTED_ON}
    for title in ("CASPAR (NSPCC)", "Severnbrook Safeguarding Children Board", "Something"):
        other = [fact(ResourceState("R1", title, **said | one)) for one in looks_like_it]
        assert (fact(ResourceState("R1", title, **said | is_it)), any(other)) == (True, False)
