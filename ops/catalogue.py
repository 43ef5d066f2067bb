"""`python ops/catalogue.py`: writes ops/events.md and ops/commands.md from the declarations in the code."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from aggregates import EVENTS
from aggregates.entry.fields import ENVELOPE, Field, shape
from service import commands

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

The same on a page, over the API (`/api/v1/...`) and in an import: a line of `muniment import FILE` is one JSON object,

    {"do": "<command>", "ref": "<reference>", "by": "<office>", "occurred_on": "2016-09-12", "fields": {...}, "key": "<yours>"}

`by` is the office that acts, and `key` makes running the file again harmless. A person is registered under a random UUID as `ref`
(`register_subject`), and named by it afterwards. An amendment also says `of`: the kind of thing. Fields in brackets may be left out.

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
    return "\n".join(lines) + "\n"


def _field(field: Field) -> str:
    name = f"[`{field.name}`]" if field.optional else f"`{field.name}`"
    return name + (f": {' | '.join(field.choices)}" if field.choices else "")


if __name__ == "__main__":
    folder = Path(__file__).parent
    (folder / "events.md").write_text(catalogue(), encoding="utf-8")
    (folder / "commands.md").write_text(command_list(), encoding="utf-8")
