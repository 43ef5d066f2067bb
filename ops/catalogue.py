"""`python ops/catalogue.py`: writes what is made from the declarations in the code.

ops/events.md, ops/commands.md, ops/obligations.md, and ops/openapi.json, as the service serves it at /api/v1/openapi.json.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

sys.path.insert(0, str(Path(__file__).parents[1]))

from aggregates import EVENTS
from aggregates.entry.fields import ENVELOPE, Field, shape
from aggregates.framework.library import SETS
from aggregates.framework.wording import in_words
from api import access
from api.app import create_app
from service import commands
from service.config import Config
from service.desk.roles import RIGHTS, ROLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

    from aggregates.framework.clauses import Clause, OnCalendar, OnEvent, Standing

HEAD = """# Every event and its fields

Made from the declarations in `aggregates/` by `python ops/catalogue.py`; a test holds it to them. Every event also carries
{envelope}.
A field is for partners unless its class stands behind it: *public*, *restricted*, or *personal* (sealed under the key of the person
it is about). What *identifies* a thing cannot be corrected.
"""


def catalogue() -> str:
    """Return the page."""
    lines = [HEAD.format(envelope=", ".join(f"`{name}`" for name in ENVELOPE))]
    kind = ""
    for topic, event in sorted(EVENTS.items()):
        if topic.partition(".")[0] != kind:
            kind = topic.partition(".")[0]
            lines.append(f"\n## {kind}\n")
        said = " ".join((event.__doc__ or "").split())
        lines.append(f"- `{topic}`: {said}")
        lines.extend(f"  - `{f.name}`{_marks(f.sensitivity, identifies=f.identifies)}" for f in shape(event) if f.name not in ENVELOPE)
    return "\n".join(lines) + "\n"


def _marks(sensitivity: str, *, identifies: bool) -> str:
    marks = ([] if sensitivity == "partners" else [sensitivity]) + (["identifies"] if identifies else [])
    return f" *{', '.join(marks)}*" if marks else ""


COMMANDS_HEAD = """# Every command and its fields

The same on a page, over the API (`/api/v1/...`) and as data: a line of `muniment import FILE` or `muniment submit FILE` is one JSON object,

    {"do": "<command>", "ref": "<reference>", "by": "<office>", "occurred_on": "2016-09-12", "fields": {...}, "key": "<yours>"}

`by` is the office that acts (the API key's own, unless said), and `key` makes running the file again harmless. A person is registered under
a random UUID as `ref` (`register_subject`), and named by it afterwards. An amendment also says `of`: the kind of thing. A piece of evidence
names a `file` beside the lines, its `title` and its `evidence_date`. Fields in brackets may be left out.

A new board, in this order: `constitute_sub_group`, `join_agency`, `register_subject`, `appoint_office_holder` for each office,
`refer_review`, `record_finding`, `assign_action`. Then `muniment account EMAIL --office OFFICE` lets each office holder sign in.
"""


def command_list() -> str:
    """Return the page of commands."""
    lines = [COMMANDS_HEAD]
    for command in commands.COMMANDS.values():
        lines.append(f"- `{command.name}`: {command.title}. For: {', '.join(sorted(command.by))}.")
        lines.extend(f"  - {_field(f)}" for f in command.fields)
    for name, (title, _) in commands.AMENDMENTS.items():
        command = commands.find(name, "action")
        lines.append(f"- `{name}`: {title}. For: whoever may amend what was recorded (INV-35).")
        lines.extend(f"  - {_field(f)}" for f in (command.fields if command else ()))
    return "\n".join([*lines, *role_table()]) + "\n"


def role_table() -> Iterator[str]:
    """Give who reads what, and does what no command declares."""
    yield from ("\n## Who reads what\n", "| role | reads | what is restricted too | may besides | commands |", "|---|---|---|---|---|")
    for role, it in ROLES.items():
        besides = "; ".join(right.act for right in RIGHTS.values() if role in right.by) or "nothing"
        given = sum(role in command.by for command in commands.COMMANDS.values())
        yield f"| {role} | {it.sees} | {'yes' if it.restricted else 'no'} | {besides} | {given} |"


def _field(field: Field) -> str:
    name = f"[`{field.name}`]" if field.optional else f"`{field.name}`"
    return name + (f": {' | '.join(field.choices)}" if field.choices else "")


CLAUSES_HEAD: Final = """# Every clause of the framework, and what decides it

Made from `aggregates/framework/sets/` by `python ops/catalogue.py`; a test holds it to them. Nobody can mark a clause as kept: each rule
looks for events, and the last one that it needed is what a page shows. M is decided from events; P too, with a grade that somebody
gave beside it; H is for people to judge; C is context, of which nothing is owed.

A day is the framework's own, the law's, or set locally by the Board: then what holds until the Board sets another number stands here.
Where no day is stated anywhere, nothing is ever late.

Views: {views}.

Whatever is owed is listed at `/obligations`, and each clause has its own page there, `/obligations/LIF-INT-01`; the views named here show
it among their own. Every clause has a test of its own: `{test}::test_the_clause_is_decided`, with the clause in brackets.
"""
VIEWS: Final = {  # by its code, what it is called and where it is; "" where it is not built yet
    "OBL": ("obligations", "/obligations"),
    "ACT": ("action register", "/actions"),
    "AGY": ("agency compliance", "/compliance"),
    "REV": ("review tracker", "/reviews"),
    "DIS": ("dissemination board", "/disseminations"),
    "TEV": ("training evaluation", "/sessions"),
    "CUR": ("workforce currency", "/workforce"),
    "PRG": ("training programme", "/programme"),
    "S11": ("section 11", "/section-11"),
    "CHL": ("challenges", "/challenges"),
    "MTG": ("meetings", "/meetings"),
    "LIB": ("learning library", "/resources"),
    "HIS": ("replay of what was known", "/replay"),
    "INT": ("integrity", "/integrity"),
    "REP": ("annual report", ""),
    "PUB": ("public page", ""),
}
TEST: Final = "tests/aggregates/framework/test_clauses.py"


def clause_table() -> str:
    """Return the page."""
    views = "; ".join(f"{code} {name} ({f'`{place}`' if place else 'not built yet'})" for code, (name, place) in VIEWS.items())
    lines = [CLAUSES_HEAD.format(views=views, test=TEST)]
    for one in SETS.values():
        lines += [
            f"## {one.publisher}: {one.title}, {one.published}",
            "",
            "| clause | ? | rule | events | undone by | views | test |",
            "|---|---|---|---|---|---|---|",
        ]
        lines += [row for clause in one.clauses.values() for row in rows(clause)]
    return "\n".join(lines) + "\n"


def rows(clause: Clause) -> Iterator[str]:
    """Give a row for each rule; one that says why there is none, where there is none."""
    where = f"{clause.id} (page {clause.page}, L{clause.lines})"
    if not clause.rules:
        says = f"The diagram is lost. {clause.says}" if clause.lost else clause.says
        yield f"| {where} | {clause.check} | {says} | none | - | {clause.views} | [{clause.id}] |"
    for rule in clause.rules:
        part = f" **{rule.part}**" if rule.part else ""
        says = [clause.says] if clause.says and rule is clause.rules[0] else []
        said = " ".join([f"{rule.duty}.", *in_words(rule), *says])
        yield f"| {where}{part} | {clause.check} | {said} | {events(rule)} | {undone_by(rule)} | {clause.views} | [{clause.id}] |"


def events(rule: OnEvent | OnCalendar | Standing) -> str:
    """Name the events that decide it, the asking first; of a standing rule, those that can make it hold."""
    kinds = ("trigger", "discharged_by", "ended_by", "graded_by")
    named = dict.fromkeys(f"`{pattern.event}`" for kind in kinds for pattern in getattr(rule, kind, ()))
    return ", ".join(named) or f"all of `{getattr(rule, 'thing', '')}`"


def undone_by(rule: OnEvent | OnCalendar | Standing) -> str:
    """Name the events by which what met it takes that back."""
    return ", ".join(dict.fromkeys(f"`{undoing.event}`" for undoing in rule.undone_by)) or "-"


def api_document(app: Flask) -> str:
    """Return the OpenAPI document of what is mounted."""
    with app.test_request_context():
        document = app.make_response(app.view_functions["openapi.openapi"]()).json
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def without_a_database(data: Path) -> Flask:
    """Build the application for whoever only looks at what is mounted; `data` is an empty folder."""
    (data / "keys").mkdir()
    config = Config(data=data, database_url="host=nowhere.invalid dbname=none connect_timeout=1")
    access.create_secret(config)
    return create_app(config)


if __name__ == "__main__":
    folder = Path(__file__).parent
    (folder / "events.md").write_text(catalogue(), encoding="utf-8")
    (folder / "commands.md").write_text(command_list(), encoding="utf-8")
    (folder / "obligations.md").write_text(clause_table(), encoding="utf-8")
    with TemporaryDirectory() as data:
        (folder / "openapi.json").write_text(api_document(without_a_database(Path(data))), encoding="utf-8")
