"""What a log asks of a witness, and what it answers (C2SP tlog-witness): written by the log, read by the witness, and the reverse."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from service.verify import HASH, NOTE, NUMBER, NotVerified, matched, parse_vkey, require, unb64

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_BYTES: Final = 1 << 16  # of a submission; one of ours has a few hundred
SUBMISSION: Final = re.compile(rf"old {NUMBER}\n((?:[^\n]{{44}}\n){{,63}})\n(.+)", re.DOTALL)
COSIGNATURES: Final = re.compile(r"(?:— [^\n+ ]+ [^\n ]+\n){1,100}")
SIZE: Final = "text/x.tlog.size"  # of an answer that says how far the witness is


@dataclass(frozen=True, slots=True)
class Submission:
    """A checkpoint, a signed note, with the proof that the tree of size `old` is a prefix of its own."""

    old: int
    proof: Sequence[bytes]
    note: str

    def __str__(self) -> str:
        """Write it as the body of `add-checkpoint`."""
        hashes = "".join(f"{b64encode(each).decode()}\n" for each in self.proof)
        return f"old {self.old}\n{hashes}\n{self.note}"

    @classmethod
    def parse(cls, body: bytes) -> Submission:
        """Read a body; raise ValueError where it is not written as `str` writes it. No signature and no proof is verified yet."""
        old, proof, note = matched(SUBMISSION, body.decode(), "not a submission").groups()
        hashes = [unb64(line) for line in proof.split("\n")[:-1]]
        require(all(len(each) == HASH for each in hashes) and NOTE.fullmatch(note), "not a proof and a checkpoint")
        return cls(int(old), hashes, note)

    @property
    def origin(self) -> str:
        """The log whose checkpoint it says to be."""
        return self.note.partition("\n")[0]

    @property
    def size(self) -> int:
        """The size of that checkpoint."""
        return int(self.note.split("\n")[1])

    @property
    def text(self) -> str:
        """What the signatures of the checkpoint are over."""
        return self.note.partition("\n\n")[0] + "\n"


def parse_cosignatures(answer: bytes, vkey: str) -> list[str]:
    """Return the lines of an answer that say to be this witness's; the others are ignored, as tlog-witness has it. Raise ValueError."""
    lines = matched(COSIGNATURES, answer.decode(), "not lines of signatures")[0].splitlines(keepends=True)
    name = parse_vkey(vkey)[0]
    if not (own := [line for line in lines if line.split(" ")[1] == name]):
        raise NotVerified(f"none of its lines is by {name}")
    return own
