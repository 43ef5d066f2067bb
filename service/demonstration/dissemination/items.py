"""The items of learning: produced, issued to every member, and the national register that two of them come from."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from service.demonstration.board.people import CHAIR, MANAGER, members_on
from service.demonstration.dissemination.answers import answers
from service.demonstration.dissemination.notices import notices
from service.demonstration.script import Line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from service.demonstration.script.files import Files

    Said = Mapping[str, Any]

NOT_SENT: Final = "LAY"  # who sit on the Board as themselves, and have no staff
AUDIENCES: Final = ("staff who work with families", "all other staff")


def disseminations(said: Said, partnership: Said, files: Files) -> Iterator[Line]:
    """Yield what became of each item of dissemination.toml."""
    for item in said["item"]:
        to = recipients(partnership, item["on"])
        yield from _issued(item, files, to)
        answered = list(answers(item, said, partnership, digest(item)))
        yield from answered
        yield from notices(item, to, answered, partnership)


def recipients(partnership: Said, day: date) -> list[str]:
    """Return to whom an item of a day goes."""
    return [code for code in members_on(partnership, day) if code != NOT_SENT]


def text(item: Said) -> str:
    """Return the words of an item, as its file has them."""
    return f"{item['title']}\n\n{item['on']:%d %B %Y}\n\n{item['words']}\n"


def digest(item: Said) -> str:
    """Return the hash that whoever acknowledges the item names."""
    return sha256(text(item).encode()).hexdigest()


def _issued(item: Said, files: Files, to: list[str]) -> Iterator[Line]:
    ref, on = item["ref"], item["on"]
    file = files.add(f"{ref.lower()}.txt", text(item), title=item["title"], dated=on, classification="public")
    fields = {"title": item["title"], "kind": item["kind"], "source": item["source"] or None, "findings": item["findings"]}
    yield Line(do="produce_material", ref=ref, by=item["by"], on=on, fields=fields | {"evidence": [file], "pages": item["pages"]})
    bases = ("nice_to_know", "nice_to_know") if item["use"] == "know" else ("need_to_know", "nice_to_know")
    audiences = [{"group": group, "basis": basis} for group, basis in zip(AUDIENCES, bases, strict=True)]
    yield Line(do="issue_dissemination", ref=ref, by=CHAIR, on=on, fields={"to": to, "audiences": audiences})


def register(said: Said) -> Iterator[Line]:
    """Yield the national register of dissemination.toml, and what is relevant here."""
    for entry in said["national"]:
        fields = {name: entry[name] for name in ("title", "board", "year", "repository_id") if name in entry}
        fields["kind"] = "serious case review"
        yield Line(do="note_external_review", ref=entry["ref"], by=MANAGER, on=entry["noted"], fields=fields)
        relevance = {"relevance": "relevant" if entry["relevant"] else "not relevant", "why": entry["why"]}
        yield Line(do="decide_relevance", ref=entry["ref"], by="scr-chair", on=entry["noted"], fields=relevance)
