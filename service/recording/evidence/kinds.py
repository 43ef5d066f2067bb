"""What a file is, by what is in it: its name is believed in nothing but whether a text is a table.

The list is of what is taken, never of what is not. Programs that guess types take a Word file with macros for one without, so Office
and OpenDocument files are looked into here (`office`).
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from pathlib import PurePath
from typing import IO, Final

from service.recording.evidence import office
from service.recording.evidence.refusals import NamedAsAnother, TypeNotTaken

BLOCK: Final = 1 << 18


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file that is taken: its media type, how people call it, and how its names end, the usual ending first."""

    media_type: str
    called: str
    endings: tuple[str, ...]


PDF: Final = Kind("application/pdf", "a PDF", (".pdf",))
PNG: Final = Kind("image/png", "a PNG picture", (".png",))
JPEG: Final = Kind("image/jpeg", "a JPEG picture", (".jpg", ".jpeg"))
TEXT: Final = Kind("text/plain", "plain text", (".txt", ".text", ".md"))
CSV: Final = Kind("text/csv", "plain text", (".csv",))
OFFICE: Final = tuple(Kind(one.media_type, one.called, (one.ending,)) for one in office.FAMILIES)
KINDS: Final = {kind.media_type: kind for kind in (PDF, PNG, JPEG, TEXT, CSV, *OFFICE)}

BEGINNINGS: Final = ((b"%PDF-", PDF), (b"\x89PNG\r\n\x1a\n", PNG), (b"\xff\xd8\xff", JPEG))
# What is known, and not taken: so that a refusal says what was found.
OTHERS: Final = (
    *office.PROGRAMS,
    (office.OLE, "an older Office file, or one that is locked with a password"),
    (b"GIF8", "a GIF picture"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"{\\rtf", "a Rich Text file"),
    (b"L\x00\x00\x00\x01\x14\x02\x00", "a shortcut to something else"),
)
CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")  # what no text holds; a tab, a line and a page end are fine
MARKS: Final = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# An ending is letters: "Audit of ward 3.2" has none.
ENDING: Final = re.compile(r"\.[a-z][a-z0-9]{0,9}\Z", re.IGNORECASE)


def kind_of(file: IO[bytes], filename: str) -> Kind:
    """Return what a file is; refuse what is not taken, and what its name says is something else. `filename` is what refusals call it."""
    file.seek(0)
    head = file.read(64)
    found = next((kind for magic, kind in BEGINNINGS if head.startswith(magic)), None)
    if found is None and head.startswith(office.ZIP):
        found = KINDS[office.look_into(file, filename).media_type]
    if found is None:
        if known := next((called for magic, called in OTHERS if head.startswith(magic)), None):
            raise TypeNotTaken(filename=filename, found=known)
        if not _is_text(file):
            raise TypeNotTaken(filename=filename, found="of a kind that is not known here")
        found = CSV if PurePath(filename).suffix.lower() in CSV.endings else TEXT
    named(filename, found)
    return found


def named(filename: str, kind: Kind) -> str:
    """Return the name under which a file is kept and given out: no path, and an ending of its kind. Refuses the ending of another kind."""
    name = PurePath(filename.replace("\\", "/")).name or "file"
    ending = ENDING.search(name)
    if ending is None:
        return f"{name}{kind.endings[0]}"
    if ending[0].lower() not in kind.endings:
        raise NamedAsAnother(filename=name, found=kind.called, endings=" or ".join(kind.endings))
    return name


def _is_text(file: IO[bytes]) -> bool:
    """Say whether all of a file is text: UTF-8, UTF-16 with its mark, or what Windows wrote before those."""
    file.seek(0)
    head = file.read(2)
    marked = next((name for mark, name in MARKS if head.startswith(mark)), None)
    return any(_decodes(file, encoding) for encoding in ([marked] if marked else ["utf-8", "cp1252"]))


def _decodes(file: IO[bytes], encoding: str) -> bool:
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while block := file.read(BLOCK):
            if CONTROL.search(decoder.decode(block)):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
