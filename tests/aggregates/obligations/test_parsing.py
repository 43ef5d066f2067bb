"""A set of clauses is read whole, or refused with the place at which it is wrong."""

from __future__ import annotations

import hashlib

import pytest

from aggregates.framework.clauses import Due, OnCalendar, OnEvent, Span, Standing
from aggregates.framework.library import SETS, read_sets
from aggregates.framework.matching import Selector
from aggregates.framework.matching import Test as Asks
from aggregates.framework.parsing import Malformed, parse

HEAD = """
id = "T"
title = "Promises"
publisher = "Nobody"
published = "2016"
review_due = "2017"
[bodies]
BOARD = "BOARD"
training = "TRN"
"""
CLAUSE = """
[[clause]]
id = "{id}"
lines = "1"
page = 1
text = "It is done"
owed_by = "owner"
owed_to = "anybody"
cadence = "-"
evidence = "-"
events = "-"
views = "OBL"
check = "{check}"
"""
EVENT = """
[[clause.rule]]
form = "event"
trigger = {event = "promise.made", where = {kind = ["a", "b"]}, owner = {field = "owner"}}
due = {months = 3}
discharged_by = {event = "promise.kept", owner = {is = "training"}, subject = {field = "source", prefix = "review:", before = "/"}}
"""
CALENDAR = """
[[clause.rule]]
part = "again"
form = "calendar"
every = {setting = "planning_cycle", unit = "months"}
owner = {each = "member", where = {section_11 = "yes"}}
basis = "local_setting"
setting = "planning_cycle"
discharged_by = {event = "promise.kept", where = {statement = {said = true}}, owner = {field = "owner"}}
"""
STANDING = """
[[clause.rule]]
part = "held"
form = "standing"
thing = "action"
fact = "it lasts"
owner = {fact = true}
"""


def one(rules: str = EVENT, check: str = "M", **more: str) -> str:
    """Write a set of one clause."""
    return HEAD + CLAUSE.format(id="P-1", check=check) + "".join(f'{name} = "{value}"\n' for name, value in more.items()) + rules


def test_a_board_with_other_codes_changes_them_in_one_place():
    """LIF-TRN-03: wherever a rule means a body, whoever it asks and whomever it looks for, it means it by the code in `bodies`."""
    where = 'where = {owner = ["training", "RIV"], kind = "training"}'
    undone = 'undone_by = {event = "promise.passed", where = {owner = {not = "training"}}}'
    said = EVENT.replace('discharged_by = {event = "promise.kept",', f'{undone}\ndischarged_by = {{event = "promise.kept", {where},')
    (rule,) = parse(one(said).encode()).clauses["P-1"].rules

    assert rule.discharged_by[0].where == (Asks("owner", frozenset({"TRN", "RIV"})), Asks("kind", frozenset({"training"})))
    assert rule.undone_by[0].where == (Asks("owner", frozenset({"TRN"}), never=True),)


def test_a_set_is_what_its_file_says():
    """Every word of a rule is taken as it is written; the hash of a set is that of its file."""
    said = one(EVENT + CALENDAR + STANDING)
    found = parse(said.encode())
    event, calendar, standing = found.clauses["P-1"].rules

    assert found.sha256 == hashlib.sha256(said.encode()).hexdigest()
    assert isinstance(event, OnEvent)
    assert event.trigger[0].where == (Asks("kind", frozenset({"a", "b"})),)
    assert event.due == Due(span=Span("months", 3))
    assert event.discharged_by[0].owner == Selector(always="TRN")
    assert event.discharged_by[0].subject == Selector(field="source", prefix="review:", before="/")
    assert isinstance(calendar, OnCalendar)
    assert calendar.every == Span("months", setting="planning_cycle")
    assert (calendar.key, calendar.members, calendar.where) == ("P-1.again", "member", (Asks("section_11", frozenset({"yes"})),))
    assert isinstance(standing, Standing)
    assert (standing.key, standing.thing, standing.fact, standing.owner) == ("P-1.held", "action", "it lasts", "")


WRONG = {
    "no file of this kind": ("this is no table", "the file"),
    "an unknown word": (one(EVENT + 'hint = "x"\n'), "it says hint, which nothing reads"),
    "a missing word": (one().replace('lines = "1"\n', ""), "P-1: it does not say lines"),
    "an unknown form": (one().replace('form = "event"', 'form = "whim"'), "its form is one of event, calendar, standing"),
    "a part with capitals": (one(EVENT + 'part = "A b"\n'), "a part is written in small letters"),
    "two rules of one part": (one(EVENT + EVENT), "two of its rules have one part"),
    "a setting of the framework's": (one(EVENT + 'setting = "ack_window"\n'), "setting"),
    "a rule of what people judge": (one(check="H", says="People judge"), "what is machine-checked, wholly or partly, has rules"),
    "a rule that is missing": (one("", check="M"), "what is machine-checked, wholly or partly, has rules"),
    "context without a word": (one("", check="C"), "without a rule it has to say why"),
    "a page that is no number": (one().replace("page = 1", "page = true"), "it is a whole number"),
    "a span of two units": (one().replace("{months = 3}", "{months = 3, days = 1}"), "a span is so many days, months or years"),
    "an owner of no kind": (one().replace('owner = {is = "training"}', "owner = {}"), "it is always the same, or a field"),
    "two tests of one field": (one().replace('["a", "b"]', "{said = true, not = 1}"), "a test is one value, several, or one of"),
    "a value of no kind": (one().replace('["a", "b"]', "[]"), "a value is a text"),
    "two clauses of one id": (one() + CLAUSE.format(id="P-1", check="M") + EVENT, "two clauses have one id"),
    "both owners": (
        one(CALENDAR.replace('{each = "member", where', '{is = "x", each = "member", where')),
        "either it is somebody, or each",
    ),
    "a beginning of no kind": (one(CALENDAR + 'begins = "soon"\n'), "it begins on a day, when adopted or when joined"),
    "an undoing of another kind of thing": (one(EVENT + 'undone_by = {event = "review.withdrawn"}\n'), "by an event of its own stream"),
    "an undoing that says whose it is": (
        one(EVENT + 'undone_by = {event = "promise.dropped", owner = {is = "x"}}\n'),
        "which nothing reads",
    ),
    "an unknown basis": (one(EVENT + 'basis = "habit"\n'), "it is one of framework, statutory, local_setting"),
    "an unknown check": (one(check="X"), "it is one of M, P, H, C"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_named_with_its_place(what):
    """A file that is not written as a set is refused as a whole: nothing in it is guessed."""
    said, why = WRONG[what]

    with pytest.raises(Malformed) as refused:
        parse(said.encode())

    assert why in str(refused.value)


@pytest.mark.parametrize("name", ["trigger", "undone_by"])
def test_a_rule_speaks_of_events_that_there_are(name):
    """A set that names an event which nothing records is refused: what it waits for would never come, or never be taken back."""
    known = {"promise.made", "promise.kept", "promise.dropped"}
    said = one(EVENT + 'undone_by = {event = "promise.dropped"}\n')
    wrong = said.replace("promise.made", "promise.maid") if name == "trigger" else said.replace("promise.dropped", "promise.droped")

    parse(said.encode(), known)
    with pytest.raises(Malformed, match=r"there is no event 'promise\.(maid|droped)'"):
        parse(wrong.encode(), known)


def test_a_clause_is_one_clause_in_all_sets():
    """Two sets cannot have a clause of one id: what was owed by one of them would look as if it were owed by the other."""
    other = one().replace('id = "T"', 'id = "U"')

    with pytest.raises(Malformed, match="clause of one id"):
        read_sets([one().encode(), other.encode()])


def test_the_sets_of_the_product_are_known_by_their_hash():
    """An adoption names a set by the hash of its file, and finds it so."""
    assert all(found.sha256 == sha256 for sha256, found in SETS.items())
    assert {found.id for found in SETS.values()} >= {"SGSCB-LIF-2016"}
