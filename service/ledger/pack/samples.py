r"""Draw every telephone sample of a sealed pack again, offline. It needs `verify.py` and `reading.py` beside it, and no more of ours.

    python -I samples.py PACK [--session REF] [--key VKEY] [--policy FILE] [--known CHECKPOINT-OR-RECEIPT]...

Exit 0: verified. 1: NOT verified, or a sample is not what was drawn. 2: could not check. 3: verified, but the quorum is unmet.

A training session's sample is drawn from those who were there, once the attendance is closed. What is drawn follows from three things
that nobody chooses: who was there, the root of the first checkpoint that seals the closing, and the number of the draw.

    population   the numbers of those who were there, the shorter first, then by their digits
    population hash = SHA-256 of "muniment-population-1", the session's reference and each number, every one followed by a line feed
    a number's lot  = SHA-256 of "muniment-draw-1", the checkpoint's root in hexadecimal, the population hash, the number of the draw and
                      the number itself, every one followed by a line feed
    the order       = the numbers by their lots, the lowest first; the first of them are selected: so many in a hundred of the
                      population, rounded up, at least so many, and never more than there are

Each closing has another root, so who could take one back and close again would choose whom chance finds. That takes two, and every
earlier closing is named with the draw, with what took it back.

In order, of every draw: the pack itself, by verify.py; a closing before it that stood; those who were recorded by then and stood, as the
population; a checkpoint that seals the closing and not the draw, with this root; the order; those selected. A draw that was retracted is
drawn again too: it was made.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING or __package__:
    from service import verify
    from service.ledger.pack import reading
else:
    from importlib.util import module_from_spec, spec_from_file_location

    sys.dont_write_bytecode = True  # a pack stays as it was sealed
    _spec = spec_from_file_location("reading", Path(__file__).with_name("reading.py"))
    reading = sys.modules["reading"] = module_from_spec(_spec)
    _spec.loader.exec_module(reading)
    verify = reading.verify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

STREAM = "training_session."
SCHEDULED, ATTENDED, CLOSED, DRAWN = (
    f"{STREAM}{act}.v1" for act in ("scheduled", "attendance_recorded", "attendance_closed", "telephone_sample_drawn")
)
ALGORITHM = "muniment-draw-1"


class Redrawn(NamedTuple):
    """A draw, drawn again: what it is of, and every way in which it is not what it must be; none where it matches."""

    session: str
    draw: str
    position: int
    population: int
    checkpoint: int
    selected: tuple[str, ...]
    wrong: tuple[str, ...]
    earlier: tuple[str, ...]  # closings before the one that was drawn from

    @property
    def words(self) -> str:
        """Say what came of it."""
        what = f"sample: draw {self.draw} of {self.session} (#{self.position})"
        before = f"; closed before: {', '.join(self.earlier)}" if self.earlier else ""
        if self.wrong:
            return f"{what} is NOT what was drawn: {'; '.join(self.wrong)}{before}"
        selects = f"selects {', '.join(self.selected)} of {self.population}, by the checkpoint of {self.checkpoint} events"
        return f"{what}, drawn again, {selects}{before}"


def redraw(entries: Iterable[reading.Told], root: Callable[[int], str]) -> Iterator[Redrawn]:
    """Draw every sample again, stream by stream; `root` gives the root, in hexadecimal, of the first so many entries of the log."""
    streams = defaultdict[str, list[reading.Told]](list)
    for told in entries:
        streams[told.stream].append(told)
    for stream in streams.values():
        in_order = sorted(stream, key=lambda told: told.sver)
        for told in in_order:
            if told.evt == DRAWN:
                yield _again(told, [before for before in in_order if before.sver < told.sver], root)


def _again(drawn: reading.Told, before: Sequence[reading.Told], root: Callable[[int], str]) -> Redrawn:
    said, session = drawn.fields, str(before[0].fields.get("ref")) if before else "?"
    closing = next((one for one in _standing(before) if one.evt == CLOSED), None)
    numbers, wrong = by_number(map(str, said["population"])), list[str]()
    if closing is None:
        wrong.append("no closing of the attendance stood before it")
    else:
        there = _standing([one for one in before if one.sver < closing.sver])
        if numbers != by_number(str(one.fields["number"]) for one in there if one.evt == ATTENDED):
            wrong.append("its population is not who was there when the attendance was closed")
        if closing.fields["population_sha256"] != said["population_sha256"]:
            wrong.append("its population is not the one that was closed")
        if not closing.position <= said["checkpoint_size"] < drawn.position:
            wrong.append("its checkpoint was not sealed after the closing and before the draw")
    if hashed("muniment-population-1", session, *numbers) != said["population_sha256"]:
        wrong.append("its population has another hash")
    if not 0 < said["checkpoint_size"] < drawn.position or root(said["checkpoint_size"]) != said["checkpoint_root"]:
        wrong.append("its checkpoint has another root")
    lots = {one: hashed(ALGORITHM, said["checkpoint_root"], said["population_sha256"], str(said["draw"]), one) for one in numbers}
    order = sorted(numbers, key=lots.__getitem__)
    size = sample_size(len(numbers), said["setting"])
    if said["algorithm"] != ALGORITHM or list(said["order"]) != order:
        wrong.append("another order comes of it")
    if (said["sample_size"], list(said["selected"])) != (size, order[:size]):
        wrong.append(f"it selects {', '.join(order[:size])}")
    earlier = tuple(_closings(before, closing))
    return Redrawn(
        session, str(said["draw"]), drawn.position, len(numbers), said["checkpoint_size"], tuple(order[:size]), tuple(wrong), earlier
    )


def _closings(before: Sequence[reading.Told], but: reading.Told | None) -> Iterator[str]:
    """Name every closing of the attendance but one, in order, with the entry that took it back."""
    for one in reversed(list(reading.amended(before))):
        if one.told.evt == CLOSED and one.told != but:
            yield f"#{one.told.position}" + (f", retracted by #{one.retracted_by}" if one.retracted_by else "")


def _standing(entries: Sequence[reading.Told]) -> list[reading.Told]:
    """Return the entries of a stream that none of these retracts, the last one first."""
    return [one.told for one in reading.amended(entries) if one.retracted_by is None]


def by_number(numbers: Iterable[str]) -> list[str]:
    """Return numbers in their order: 2 comes before 10."""
    return sorted(numbers, key=lambda number: (len(number), number))


def hashed(*parts: str) -> str:
    """Return the SHA-256 of parts, every one followed by a line feed."""
    return sha256("".join(f"{part}\n" for part in parts).encode()).hexdigest()


def sample_size(population: int, setting: str) -> int:
    """Return how many are selected by a setting such as `10% min 3`."""
    percent, _, least = setting.partition("% min ")
    return min(population, max(int(least), -(-population * int(percent) // 100)))


# -- of a pack ----------------------------------------------------------------------------------------------------------


def sessions_of(pack: verify.Pack) -> Iterator[reading.Told]:
    """Give the entries of training sessions."""
    return reading.read(pack, lambda _, evt: evt.startswith(STREAM))


def of(session: str | None) -> Callable[[verify.Pack], verify.Verdict]:
    """Return what draws the samples of a pack again: of one session, or of all."""

    def then(pack: verify.Pack) -> verify.Verdict:
        verify.require(pack.complete or session is None, "some entries only are here: a session cannot be told from another")
        found = [one for one in redraw(sessions_of(pack), lambda size: pack.root(size).hex()) if session in (None, one.session)]
        code = 1 if any(one.wrong for one in found) else 0
        counted = "" if session is None else f" of {session}"
        return verify.Verdict(code, [*(one.words for one in found), f"checked: {len(found)} telephone samples{counted} drawn again"])

    return then


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw again; print the verdict and return the exit status."""
    parser = argparse.ArgumentParser(description="Draw the telephone samples of a sealed pack again, offline.", add_help=False)
    parser.add_argument("--session", metavar="REF")
    given, rest = parser.parse_known_args(arguments)
    return verify.main(rest, of(given.session))


if __name__ == "__main__":
    sys.exit(main())
