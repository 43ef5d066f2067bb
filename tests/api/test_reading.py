"""What is sent means one thing, or is refused."""

from __future__ import annotations

import json

import pytest
from marshmallow import ValidationError

from api.errors import Unreadable
from api.fields import Flag, IsoDate, KnownAt, Number, Whole, YesOrNo, read_json, schema_of
from service.commands import COMMANDS
from service.desk.refusals import FieldMissing, UnknownCommandField, WrongKind


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"NaN",
        b'{"a": Infinity}',
        b"[1e999]",
        b'{"a": 1, "a": 2}',
        b'{"a": {"b": 1, "b": 1}}',
        b'"\\ud800"',
        b'{"a": "\\u0000"}',
        b'{"\\u0000": 1}',
        b"\xff\xfe",
        b'\xef\xbb\xbf{"a": 1}',
        b"[" * 100_000,
        b"9" * 5_000,
    ],
)
def test_json_that_readers_could_take_for_different_things_is_refused(text):
    """Doubled members, constants that are not JSON, broken text and endless nesting are refused in words."""
    with pytest.raises(Unreadable, match="The JSON cannot be read"):
        read_json(text)


def test_json_is_read():
    """What every reader of JSON takes for the same is read, an escaped backslash before u0000 included."""
    value = {"a": [1, -2.5, True, None, "é\n", "\\u0000"], "b": {}}

    assert read_json(json.dumps(value).encode()) == value


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (Whole(), 3.5),
        (Whole(), "3"),
        (Whole(), True),
        (YesOrNo(), 1),
        (YesOrNo(), "true"),
        (IsoDate(), "2016-9-1"),
        (IsoDate(), "20160901"),
        (IsoDate(), "2016-09-31"),
        (IsoDate(), "2016-W36-1"),
        (IsoDate(), 20160901),
        (Number(), "1_0"),
        (Number(), "+1"),
        (Number(), "01"),
        (Number(), "\u0661"),
        (Number(), ""),
        (Flag(), "yes"),
        (Flag(), "1"),
        (KnownAt(metadata={}), "now"),
        (KnownAt(metadata={}), "2016-09-05T10:00:00"),
        (KnownAt(metadata={}), "1.0"),
    ],
)
def test_a_value_has_one_spelling(field, value):
    """What Python or marshmallow would kindly convert is refused."""
    with pytest.raises(ValidationError):
        field.deserialize(value)


def test_a_whole_number_is_one_however_json_spells_it():
    """What the document calls an integer is taken as one: to JSON Schema 3.0 is 3."""
    read = Whole().deserialize(json.loads("3.0"))

    assert (read, type(read)) == (3, int)


@pytest.mark.parametrize(
    ("refusal", "body", "words"),
    [
        (FieldMissing, {}, "Dispute the action needs reason"),
        (FieldMissing, {"reason": None}, "Dispute the action needs reason"),
        (UnknownCommandField, {"reasons": "x"}, "Dispute the action does not take reasons"),
        (WrongKind, {"reason": 3}, "reason of Dispute the action"),
        (WrongKind, {"reason": "x" * 10_001}, "reason of Dispute the action"),
        (WrongKind, {"reason": "x", "occurred_on": "5 September 2016"}, "occurred_on of Dispute the action: a date is written 2016-11-14"),
    ],
)
def test_a_commands_body_is_refused_in_the_words_of_every_door(refusal, body, words):
    """The API refuses what the command line refuses, by the same name and in the same words."""
    with pytest.raises(refusal, match=words):
        schema_of(COMMANDS["dispute_action"])().load(body)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/api/v1/actions?as_at=2016-9-1", "as_at"),
        ("/api/v1/actions?known_at=-1", "known_at"),
        ("/api/v1/actions?as_att=2016-09-05", "as_att"),
        ("/api/v1/actions?limit=0", "limit"),
        ("/api/v1/actions?limit=101", "limit"),
        ("/api/v1/actions?status=done", "status"),
        ("/api/v1/actions?sort=size", "sort"),
        ("/api/v1/actions?overdue=maybe", "overdue"),
        ("/api/v1/events?after=1e3", "after"),
        ("/api/v1/actions?owner=%00", "The address"),
        ("/api/v1/actions/A1%00", "The address"),
    ],
)
def test_a_query_that_is_not_understood_is_refused_by_the_name_of_its_parameter(shared, path, name):
    """A misspelt parameter is refused rather than passed over: the answer would be to another question."""
    response = shared.get(path)

    assert (response.status_code, response.json["type"]) == (400, "/problems/unreadable")
    assert response.json["facts"]["where"] == name


def test_the_difference_between_two_days_is_answered_in_a_sentence_and_action_by_action(ask):
    """Anybody who reads may ask what changed between two days; a lead is told of their own actions alone."""
    ask.seeded.clock.advance(days=150)
    ask.seeded.catch_up()

    said = ask.get("/api/v1/difference?from_as_at=2016-09-05").json
    own = ask.get("/api/v1/difference?from_as_at=2016-09-05", "riv-lead").json
    backwards = ask.get("/api/v1/difference?from_as_at=2019-09-05")

    assert said["sentence"].startswith("Between 5 September 2016 and 2 February 2017, 2 actions became overdue")
    assert [(i["ref"], i["what"], i["before"]["overdue"], i["after"]["overdue"]) for i in own["items"]] == [
        ("A1", ["overdue"], False, True)
    ]
    assert backwards.status_code == 422
