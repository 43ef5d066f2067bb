"""Read a set of clauses from its file, strictly: what is missing, unknown or of another kind is named with its place.

The form of the file is that of `sets/`; what each word means stands with the classes in `clauses` and `matching`.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from datetime import date
from typing import TYPE_CHECKING, Any, Final, get_args

from aggregates.framework.clauses import (
    Basis,
    Check,
    Clause,
    Due,
    Members,
    ObligationSet,
    OnCalendar,
    OnEvent,
    Span,
    Standing,
    Unit,
)
from aggregates.framework.matching import Pattern, Selector, Test, Undoing

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

Table = dict[str, Any]
PART: Final = re.compile(r"[a-z0-9-]+\Z")
WORDS: Final = ("id", "lines", "text", "owed_by", "owed_to", "cadence", "evidence", "events", "views")
WHO: Final = frozenset({"owner", "body"})  # the fields whose values are codes of bodies
RULE: Final = ("part", "duty", "basis", "setting", "graded")
MAY: Final = (*RULE, "undone_by")


class Malformed(ValueError):  # noqa: N818 - the file is, and nothing of it is taken
    """A set of clauses is not written as one: where, and why."""

    def __init__(self, where: str, why: str) -> None:
        """Take the place and what is wrong there."""
        super().__init__(f"{where}: {why}")
        self.where, self.why = where, why


def parse(file: bytes, events: Collection[str] | None = None) -> ObligationSet:
    """Return the set that a file holds; refuse anything but a whole and unambiguous one, and any event that is none of `events`."""
    try:
        said = tomllib.loads(file.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Malformed("the file", str(error)) from error
    heads = ("id", "title", "publisher", "published", "review_due")
    _only(said, "the set", must={*heads, "clause"}, may={"bodies"})
    words = {name: _text(said[name], name) for name in heads}
    bodies = {name: _text(code, f"bodies.{name}") for name, code in said.get("bodies", {}).items()}
    clauses = [_clause(one, bodies) for one in said["clause"]]
    found = {clause.id: clause for clause in clauses}
    if len(found) < len(clauses):
        raise Malformed("the set", "two clauses have one id")
    if events is not None:
        for rule in (rule for clause in clauses for rule in clause.rules):
            _known(rule, events)
    named = {code: name for name, code in bodies.items()}
    return ObligationSet(**words, sha256=hashlib.sha256(file).hexdigest(), bodies=named, clauses=found)


def _clause(said: Table, bodies: Mapping[str, str]) -> Clause:
    at = str(said.get("id", "a clause without an id"))
    _only(said, at, must={*WORDS, "page", "check"}, may={"lost", "says", "rule"})
    check: Check = _one_of(said["check"], Check, f"{at}: check")
    rules = tuple(_rule(rule, at, bodies) for rule in said.get("rule", []))
    keys = [rule.key for rule in rules]
    if len(set(keys)) < len(keys):
        raise Malformed(at, "two of its rules have one part")
    if bool(rules) is not (check in {"M", "P"}):
        raise Malformed(at, "what is machine-checked, wholly or partly, has rules, and nothing else has")
    if not rules and not said.get("says"):
        raise Malformed(at, "without a rule it has to say why nothing is decided from events")
    words = {name: _text(said[name], f"{at}: {name}") for name in WORDS}
    lost, page = _bool(said.get("lost", False), at), _count(said["page"], f"{at}: page")
    return Clause(**words, page=page, check=check, lost=lost, says=str(said.get("says", "")), rules=rules)


def _rule(said: Table, clause: str, bodies: Mapping[str, str]) -> OnEvent | OnCalendar | Standing:
    at = f"{clause}, rule {said.get('part', '')}".rstrip(" ")
    form = str(said.get("form"))
    if form not in FORMS:
        raise Malformed(at, f"its form is one of {', '.join(FORMS)}, not {form!r}")
    part = said.get("part", "")
    if part and not PART.match(part):
        raise Malformed(at, f"a part is written in small letters, digits and hyphens, not {part!r}")
    shared: Table = {name: _text(said[name], f"{at}: {name}") for name in RULE if name in said}
    if "basis" in said:
        shared["basis"] = _one_of(said["basis"], Basis, f"{at}: basis")
    with_the_asking = form == "standing" or (form == "event" and "field" in said.get("due", {}))
    if ("setting" in said) is not (said.get("basis") == "local_setting") and ("setting" in said or not with_the_asking):
        raise Malformed(at, "what is set locally names its setting, unless it is set with the asking itself, and nothing else does")
    rule = FORMS[form](said, at, bodies, {"clause": clause, **shared, "undone_by": _undoings(said.get("undone_by", []), at, bodies)})
    own = {pattern.event.partition(".")[0] for pattern in rule.discharged_by}
    if strange := [one.event for one in rule.undone_by if one.event.partition(".")[0] not in own]:
        raise Malformed(at, f"what discharged it is undone by an event of its own stream, and {strange[0]} is of another kind of thing")
    return rule


def _known(rule: OnEvent | OnCalendar | Standing, events: Collection[str]) -> None:
    """Refuse a rule that speaks of an event that there is not: what it waits for would never come."""
    for name in ("trigger", "discharged_by", "ended_by", "graded_by", "undone_by"):
        for pattern in getattr(rule, name, ()):
            if pattern.event not in events:
                raise Malformed(f"{rule.key}: {name}", f"there is no event {pattern.event!r}")


def _on_event(said: Table, at: str, bodies: Mapping[str, str], shared: Table) -> OnEvent:
    _only(said, at, must={"form", "trigger", "discharged_by"}, may={*MAY, "due", "ended_by", "graded_by", "all_of", "early"})
    return OnEvent(
        **shared,
        trigger=_patterns(said["trigger"], f"{at}: trigger", bodies),
        discharged_by=_patterns(said["discharged_by"], f"{at}: discharged_by", bodies),
        ended_by=_patterns(said.get("ended_by", []), f"{at}: ended_by", bodies),
        graded_by=_patterns(said.get("graded_by", []), f"{at}: graded_by", bodies),
        due=_due(said["due"], f"{at}: due") if "due" in said else None,
        all_of=_bool(said.get("all_of", False), at),
        early=_bool(said.get("early", False), at),
    )


def _on_calendar(said: Table, at: str, bodies: Mapping[str, str], shared: Table) -> OnCalendar:
    _only(said, at, must={"form", "every", "owner", "discharged_by"}, may={*MAY, "begins", "grace", "period", "ended_by"})
    owner = said["owner"]
    _only(owner, f"{at}: owner", may={"is", "each", "where"})
    if ("is" in owner) is ("each" in owner):
        raise Malformed(f"{at}: owner", "either it is somebody, or each of some members")
    body = _text(owner["is"], f"{at}: owner") if "is" in owner else ""
    begins = said.get("begins", "adopted")
    if not isinstance(begins, date) and begins not in {"adopted", "joined"}:
        raise Malformed(at, f"it begins on a day, when adopted or when joined, not {begins!r}")
    return OnCalendar(
        **shared,
        every=_span(said["every"], f"{at}: every"),
        discharged_by=_patterns(said["discharged_by"], f"{at}: discharged_by", bodies),
        ended_by=_patterns(said.get("ended_by", []), f"{at}: ended_by", bodies),
        body=bodies.get(body, body),
        members=_one_of(owner["each"], Members, f"{at}: owner") if "each" in owner else None,
        where=_tests(owner.get("where", {}), f"{at}: owner", bodies),
        begins=begins,
        grace=_span(said["grace"], f"{at}: grace") if "grace" in said else None,
        period=said.get("period", ""),
    )


def _standing(said: Table, at: str, bodies: Mapping[str, str], shared: Table) -> Standing:
    _only(said, at, must={"form", "thing", "fact", "owner"}, may={*MAY, "some", "discharged_by"})
    owner = said["owner"]
    _only(owner, f"{at}: owner", may={"is", "fact"})
    if ("is" in owner) is ("fact" in owner):
        raise Malformed(f"{at}: owner", "either it is somebody, or the fact says")
    body = _text(owner["is"], f"{at}: owner") if "is" in owner else ""
    thing, fact = (_text(said[name], f"{at}: {name}") for name in ("thing", "fact"))
    some, patterns = _bool(said.get("some", False), at), _patterns(said.get("discharged_by", []), f"{at}: discharged_by", bodies)
    return Standing(**shared, thing=thing, fact=fact, owner=bodies.get(body, body), some=some, discharged_by=patterns)


FORMS: Final[Mapping[str, Callable[[Table, str, Mapping[str, str], Table], OnEvent | OnCalendar | Standing]]] = {
    "event": _on_event,
    "calendar": _on_calendar,
    "standing": _standing,
}


def _patterns(said: Any, at: str, bodies: Mapping[str, str]) -> tuple[Pattern, ...]:
    return tuple(_pattern(one, at, bodies) for one in (said if isinstance(said, list) else [said]))


def _undoings(said: Any, at: str, bodies: Mapping[str, str]) -> tuple[Undoing, ...]:
    at = f"{at}: undone_by"
    found = said if isinstance(said, list) else [said]
    for one in found:
        _only(one, at, must={"event"}, may={"where"})
    return tuple(Undoing(_text(one["event"], at), _tests(one.get("where", {}), at, bodies)) for one in found)


def _pattern(said: Any, at: str, bodies: Mapping[str, str]) -> Pattern:
    _only(said, at, must={"event", "owner"}, may={"where", "subject"})
    owner, subject = (
        _selector(said["owner"], f"{at}: owner", bodies),
        _selector(said.get("subject", {"stream": True}), f"{at}: subject", {}),
    )
    return Pattern(_text(said["event"], at), _tests(said.get("where", {}), at, bodies), owner, subject)


def _selector(said: Any, at: str, bodies: Mapping[str, str]) -> Selector:
    _only(said, at, may={"is", "field", "stream", "prefix", "before", "where"})
    if not {"is", "field", "stream"} & said.keys() or ("is" in said and len(said) > 1):
        raise Malformed(at, "it is always the same, or a field, or the stream, or an item of the stream")
    words = {name: _text(said[name], at) for name in ("field", "prefix", "before") if name in said}
    always = _text(said["is"], at) if "is" in said else ""
    stream = _bool(said.get("stream", False), at)
    return Selector(always=bodies.get(always, always), stream=stream, where=_tests(said.get("where", {}), at, bodies), **words)


def _tests(said: Any, at: str, bodies: Mapping[str, str]) -> tuple[Test, ...]:
    _only(said, at, may=set(said) if isinstance(said, dict) else set())
    return tuple(_test(field, asked, f"{at}: {field}", bodies if field in WHO else {}) for field, asked in said.items())


def _test(field: str, asked: Any, at: str, bodies: Mapping[str, str]) -> Test:
    if not isinstance(asked, dict):
        return Test(field, _values(asked, at, bodies))
    _only(asked, at, may={"said", "not", "begins"})
    if len(asked) != 1:
        raise Malformed(at, "a test is one value, several, or one of said, not, begins")
    if "said" in asked:
        return Test(field, never=not _bool(asked["said"], at))
    if "begins" in asked:
        return Test(field, begins=_text(asked["begins"], at))
    return Test(field, _values(asked["not"], at, bodies), never=True)


def _values(said: Any, at: str, bodies: Mapping[str, str]) -> frozenset[Any]:
    values = said if isinstance(said, list) else [said]
    if not values or not all(isinstance(value, (str, int, bool)) for value in values):
        raise Malformed(at, f"a value is a text, a whole number or true or false, not {said!r}")
    return frozenset(bodies.get(value, value) if isinstance(value, str) else value for value in values)


def _due(said: Any, at: str) -> Due:
    _only(said, at, may={"field", *get_args(Unit), "setting", "unit"})
    rest = {name: value for name, value in said.items() if name != "field"}
    return Due(_text(said["field"], at) if "field" in said else "", _span(rest, at) if rest else None)


def _span(said: Any, at: str) -> Span:
    _only(said, at, may={*get_args(Unit), "setting", "unit"})
    if said.keys() == {"setting", "unit"}:
        return Span(_one_of(said["unit"], Unit, at), setting=_text(said["setting"], at))
    if len(said) != 1 or "setting" in said or "unit" in said:
        raise Malformed(at, "a span is so many days, months or years, or as many as a setting says, with its unit")
    ((unit, count),) = said.items()
    return Span(unit, _count(count, at))


def _only(said: Any, at: str, *, must: set[str] | frozenset[str] = frozenset(), may: set[str] | frozenset[str] = frozenset()) -> None:
    if not isinstance(said, dict):
        raise Malformed(at, f"it is a table, not {said!r}")
    if missing := must - said.keys():
        raise Malformed(at, f"it does not say {', '.join(sorted(missing))}")
    if unknown := said.keys() - must - may:
        raise Malformed(at, f"it says {', '.join(sorted(unknown))}, which nothing reads")


def _text(said: Any, at: str) -> str:
    if not isinstance(said, str) or not said.strip():
        raise Malformed(at, f"it is a text, not {said!r}")
    return said


def _count(said: Any, at: str) -> int:
    if not isinstance(said, int) or isinstance(said, bool) or said < 0:
        raise Malformed(at, f"it is a whole number, not {said!r}")
    return said


def _bool(said: Any, at: str) -> bool:
    if not isinstance(said, bool):
        raise Malformed(at, f"it is true or false, not {said!r}")
    return said


def _one_of(said: Any, choices: Any, at: str) -> Any:
    if said not in get_args(choices):
        raise Malformed(at, f"it is one of {', '.join(get_args(choices))}, not {said!r}")
    return said
