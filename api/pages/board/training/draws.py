"""The telephone sample of a session: every draw on show, done again before the reader's eyes, with all that they need to do it too."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from aggregates.training_session import draw
from api.pages.board.training import people
from api.pages.frame.thing import quiet, section, strong
from api.pages.frame.words import written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from api.pages.frame import Look
    from api.pages.frame.thing import Said
    from projections.training import SessionRow

OUTCOMES: Final = {"reached": "Reached", "not-reached": "Not reached", "declined": "Declined"}


def sections(seen: Look, row: SessionRow) -> Iterator[dict[str, Any]]:
    """Give each draw: what it was made from, and who was called by it. The newest stands first."""
    for drawn in row.draws[::-1]:
        yield section(f"Draw {drawn['draw']}: draw it yourself", ("What", "As recorded"), _made_from(row, drawn), "", NOTE)
        yield section(f"Draw {drawn['draw']}: calls", ("Number", "Place in the order", "Calls"), _called(seen, row, drawn), "")


NOTE: Final = (
    "Each number's lot is the SHA-256 of the lines muniment-draw-1, the checkpoint's root, the population's hash, the number of the draw "
    "and the number itself; the lowest lots come first. `muniment sample SESSION` does it on the command line."
)


def _made_from(row: SessionRow, drawn: dict[str, Any]) -> list[tuple[Said, ...]]:
    again = draw.order(drawn["checkpoint_root"], drawn["population_sha256"], drawn["draw"], drawn["population"])
    population = draw.population_hash(row.ref, drawn["population"])
    same = (
        list(again) == drawn["order"]
        and population == drawn["population_sha256"]
        and drawn["order"][: drawn["sample_size"]] == drawn["selected"]
    )
    told: list[tuple[Said, ...]] = [
        ("Drawn again just now", "It gives exactly this" if same else strong("It does not give this")),
        (
            "Drawn",
            [
                written(date.fromisoformat(drawn["on"])),
                quiet(f"Drawn again because: {drawn['reason']}" if drawn["reason"] else None),
                *map(quiet, _gone(row, drawn)),
            ],
        ),
        ("Population", [f"{len(drawn['population'])} participants", quiet(f"SHA-256 {drawn['population_sha256']}")]),
        (
            "Checkpoint",
            [f"The first that seals the closing: {drawn['checkpoint_size']:,} events", quiet(f"Root {drawn['checkpoint_root']}")],
        ),
        ("Setting", [drawn["setting"], quiet(f"{drawn['sample_size']} selected, by {drawn['algorithm']}")]),
        ("Selected", ", ".join(drawn["selected"])),
        ("The whole order", ", ".join(drawn["order"])),
    ]
    return told


def _gone(row: SessionRow, drawn: dict[str, Any]) -> Iterator[str]:
    """Name the draws before one that do not stand: they were made, and whoever asks why it was drawn again wants to see them."""
    there = {one["draw"] for one in row.draws}
    for number in range(1, int(drawn["draw"])):
        if str(number) not in there:
            yield f"Draw {number} does not stand: its entry is below, and `muniment sample` draws it again too"


def _called(seen: Look, row: SessionRow, drawn: dict[str, Any]) -> list[tuple[Said, ...]]:
    """Return who is to be called and who was, in the drawn order; why the next takes somebody's place."""
    replaced = {one["number"]: one["because"] for one in drawn["replaced"]}
    told: list[tuple[Said, ...]] = []
    for place, number in enumerate(drawn["asked"], start=1):
        calls = [
            f"{OUTCOMES[call['outcome']]} {written(date.fromisoformat(call['on']))}" for call in drawn["calls"] if call["number"] == number
        ]
        because = f"The next of the order takes their place: {replaced[number]}" if number in replaced else None
        how = f"{place}" if place <= drawn["sample_size"] else f"{place}, in the place of another"
        told.append(([number, quiet(people.who_is(seen, row, number))], how, [*(calls or ["Not called yet"]), quiet(because)]))
    return told
