"""`python ops/catalogue.py > ops/events.md`: every event and its fields, from their declarations."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from aggregates import EVENTS
from aggregates.fields import ENVELOPE, shape

HEAD = """# Every event and its fields

Made from the declarations in `aggregates/` by `python ops/catalogue.py`; a test holds it to them. Every event also carries, in this
order: {envelope}. A field is for partners unless its class stands behind it: *public*, *restricted*, or *personal* (sealed under the
key of the person it is about). What *identifies* a thing cannot be corrected.
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


if __name__ == "__main__":
    sys.stdout.write(catalogue())
