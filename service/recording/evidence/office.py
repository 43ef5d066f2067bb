"""Office and OpenDocument files are zips: what is in one is read here, and only what is known to be harmless is taken.

Refused: macros, whichever part holds them and whatever the file is called; programs, OLE objects and ActiveX controls; templates, objects
and data that are fetched from elsewhere; what is locked; what is damaged; and zips that are made to unpack into more than anybody has.
Nothing is unpacked to disk, no part is held in memory whole, and the list of parts is measured before it is read.
"""

from __future__ import annotations

import re
import struct
import tempfile
import zipfile
import zlib
from typing import IO, TYPE_CHECKING, Final, NamedTuple
from xml.parsers import expat  # entities are refused with the declaration that they would stand in

from service.recording.evidence.refusals import CannotLookInside, CarriesCode, ReachesOutside, TypeNotTaken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

ZIP: Final = b"PK\x03\x04"
OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PROGRAMS: Final = (
    (b"MZ", "a Windows program"),
    (b"\x7fELF", "a Linux program"),
    (b"\xcf\xfa\xed\xfe", "a Mac program"),
    (b"\xca\xfe\xba\xbe", "a Java or Mac program"),
    (b"#!", "a script"),
)
MOST_PARTS: Final = 10_000
LONGEST_LIST: Final = 4 << 20  # bytes of the list of parts, which is read whole
MOST_UNPACKED: Final = 1 << 29  # bytes of all parts together
MOST_TIMES: Final = 200  # what is unpacked, against what is packed; a sheet of zeros has about a hundred
ALWAYS_FINE: Final = 16 << 20  # bytes that may be packed as densely as they like
FAR_TOO_MUCH: Final = "it unpacks into far more than it is"
LONGEST_XML: Final = 64 << 20  # bytes of a part that is parsed
DEEPEST: Final = 2  # a sheet behind a chart in a document is a file of its own
BLOCK: Final = 1 << 16
END, END_LENGTH, LOCATOR, LOCATOR_LENGTH = b"PK\x05\x06", 22, b"PK\x06\x07", 20
LOCKED: Final = 0x1  # the flag of a part that needs a password


class Family(NamedTuple):
    """One kind of file: `main` is what marks it, the content type of its main part or, in OpenDocument, its `mimetype`."""

    media_type: str
    called: str
    ending: str
    main: str


OOXML: Final = "application/vnd.openxmlformats-officedocument."
ODF: Final = "application/vnd.oasis.opendocument."
FAMILIES: Final = (
    *(
        Family(f"{OOXML}{name}", called, ending, f"{OOXML}{name}.main+xml")
        for name, called, ending in (
            ("wordprocessingml.document", "a Word document", ".docx"),
            ("spreadsheetml.sheet", "an Excel workbook", ".xlsx"),
            ("presentationml.presentation", "a PowerPoint presentation", ".pptx"),
            ("presentationml.slideshow", "a PowerPoint show", ".ppsx"),
        )
    ),
    *(
        Family(f"{ODF}{name}", called, ending, f"{ODF}{name}")
        for name, called, ending in (
            ("text", "an OpenDocument text", ".odt"),
            ("spreadsheet", "an OpenDocument spreadsheet", ".ods"),
            ("presentation", "an OpenDocument presentation", ".odp"),
            ("graphics", "an OpenDocument drawing", ".odg"),
        )
    ),
)
BY_MAIN: Final = {family.main: family for family in FAMILIES}
MIMETYPE: Final = "mimetype"
CONTENT_TYPES: Final = "[content_types].xml"
# Parts that are code by their content type or by their name, in either family; all in lower case.
CODE_TYPES: Final = (
    ("macroenabled", "macros"),
    ("vbaproject", "macros (VBA)"),
    ("ms-excel.macrosheet", "macros (an Excel 4 macro sheet)"),
    ("ms-excel.intlmacrosheet", "macros (an Excel 4 macro sheet)"),
    ("oleobject", "an embedded object (OLE)"),
    ("activex", "an ActiveX control"),
    ("ms-package.", "an embedded object (OLE)"),
)
CODE_NAMES: Final = (
    (re.compile(r"(^|/)vba(project|data)[^/]*\.(bin|xml)$"), "macros (VBA)"),
    (re.compile(r"(^|/)(intl)?macrosheets/"), "macros (an Excel 4 macro sheet)"),
    (re.compile(r"(^|/)activex/"), "an ActiveX control"),
    (re.compile(r"^(basic|scripts)/."), "macros"),
    (re.compile(r"\.(exe|dll|scr|com|bat|cmd|js|jse|vbs|vbe|wsf|hta|ps1|lnk|jar|msi|sh|py)$"), "a program"),
)
LINK: Final = "/hyperlink"  # the one relation that may lead outside: nothing is fetched before somebody follows it
ODF_XML: Final = frozenset({"content.xml", "styles.xml", "meta.xml", "settings.xml"})
MANIFEST: Final = "meta-inf/manifest.xml"
FETCHED: Final = frozenset(
    {
        "template", "section-source", "object", "object-ole", "plugin", "applet", "image", "table-source", "cell-range-source",
        "dde-source", "database-source",
    }
)  # fmt: skip
ELSEWHERE: Final = re.compile(r"[a-z][a-z0-9+.-]*:|//|\\\\", re.IGNORECASE)


class Budget:
    """What may be unpacked of one file, and of the files within it, in bytes."""

    def __init__(self) -> None:
        """Begin with all of it."""
        self.left = 2 * MOST_UNPACKED  # a part is read once to its end, and once more where it is parsed

    def spend(self, size: int, filename: str) -> None:
        """Refuse a file that takes more than there is."""
        self.left -= size
        if self.left < 0:
            raise CannotLookInside(filename=filename, why=FAR_TOO_MUCH)


def look_into(file: IO[bytes], filename: str, depth: int = 0, budget: Budget | None = None) -> Family:
    """Return which kind of Office or OpenDocument file a zip is; refuse any other, and what it must not carry."""
    _measure(file, filename)
    try:
        with zipfile.ZipFile(file) as zipped:
            return _Looking(zipped, filename, depth, budget or Budget()).family()
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, UnicodeDecodeError, NotImplementedError, expat.ExpatError) as error:
        raise CannotLookInside(filename=filename, why="it is damaged") from error


def _measure(file: IO[bytes], filename: str) -> None:
    """Refuse a zip whose list of parts is too long to be read, and one after which something else follows."""
    size = file.seek(0, 2)
    file.seek(max(0, size - END_LENGTH - LOCATOR_LENGTH))
    tail = file.read()
    end = tail[-END_LENGTH:]
    if len(tail) < END_LENGTH or not end.startswith(END) or tail[:-END_LENGTH].startswith(LOCATOR):
        raise CannotLookInside(filename=filename, why="it is damaged, or something else has been added to it")
    parts, length = struct.unpack("<HI", end[10:16])
    if parts > MOST_PARTS or length > LONGEST_LIST:
        raise CannotLookInside(filename=filename, why=f"it has more than {MOST_PARTS} parts, or names that are too long")


class _Looking:
    """One zip, as it is looked into."""

    def __init__(self, zipped: zipfile.ZipFile, filename: str, depth: int, budget: Budget) -> None:
        self.zipped, self.filename, self.depth, self.budget = zipped, filename, depth, budget
        self.parts: Mapping[str, zipfile.ZipInfo] = {part.filename.lower(): part for part in zipped.infolist()}

    def family(self) -> Family:
        """Look at all of it, and say what it is."""
        self._bounds()
        marks = {MIMETYPE, CONTENT_TYPES} & self.parts.keys()  # one that is both would be read by each program in its own way
        found = None if len(marks) != 1 else self._odf() if MIMETYPE in marks else self._ooxml()
        if found is None:
            raise TypeNotTaken(filename=self.filename, found="a zip archive")
        for name, part in self.parts.items():
            self._part(name, part)
        return found

    def _bounds(self) -> None:
        every = self.zipped.infolist()
        unpacked, packed = sum(part.file_size for part in every), sum(part.compress_size for part in every)
        if unpacked > MOST_UNPACKED or unpacked > max(ALWAYS_FINE, MOST_TIMES * packed):
            raise CannotLookInside(filename=self.filename, why=FAR_TOO_MUCH)
        if len(self.parts) != len(every):
            raise CannotLookInside(filename=self.filename, why="two of its parts have the same name")
        if any(part.flag_bits & LOCKED for part in every):
            raise CannotLookInside(filename=self.filename, why="it is locked with a password")
        if strange := next((name for name in self.parts if name.startswith("/") or "\\" in name or ".." in name.split("/")), None):
            raise CannotLookInside(filename=self.filename, why=f"one of its parts, {strange!r}, would lie outside of it")

    def _part(self, name: str, part: zipfile.ZipInfo) -> None:
        """Read a part to its end, which also shows that it is whole, and refuse what runs or is an object of another program."""
        if code := next((called for pattern, called in CODE_NAMES if pattern.search(name)), None):
            raise CarriesCode(filename=self.filename, found=f"{code}, in {part.filename}")
        blocks = self._blocks(part)
        head = next(blocks, b"")
        if found := next((called for magic, called in (*PROGRAMS, (OLE, "an embedded object (OLE)")) if head.startswith(magic)), None):
            raise CarriesCode(filename=self.filename, found=f"{found}, in {part.filename}")
        if head.startswith(ZIP):
            self._inner(part, head, blocks)
        for _ in blocks:
            pass

    def _blocks(self, part: zipfile.ZipInfo) -> Iterator[bytes]:
        """Unpack a part, block by block, as long as the budget lasts."""
        with self.zipped.open(part) as content:
            while block := content.read(BLOCK):
                self.budget.spend(len(block), self.filename)
                yield block

    def _inner(self, part: zipfile.ZipInfo, head: bytes, blocks: Iterator[bytes]) -> None:
        """Look into a file within the file: the workbook behind a chart."""
        if self.depth >= DEEPEST:
            raise CannotLookInside(filename=self.filename, why="it holds files within files within files")
        with tempfile.TemporaryFile() as inner:
            inner.write(head)
            inner.writelines(blocks)
            look_into(inner, f"{self.filename}, {part.filename}", self.depth + 1, self.budget)

    # -- Office -------------------------------------------------------------------------------------------------------

    def _ooxml(self) -> Family | None:
        types: list[str] = []
        self._parse(CONTENT_TYPES, lambda _, said: types.append(said.get("ContentType", "")))
        for declared in types:
            for mark, called in CODE_TYPES:
                if mark in declared.lower():
                    raise CarriesCode(filename=self.filename, found=called)
            if "externallink" in declared.lower():
                raise ReachesOutside(filename=self.filename, found="data from another workbook")
        for name in [name for name in self.parts if name.endswith(".rels")]:
            self._parse(name, self._relation)
        return next((BY_MAIN[declared] for declared in types if declared in BY_MAIN), None)

    def _relation(self, _: str, said: Mapping[str, str]) -> None:
        if said.get("TargetMode", "").lower() == "external" and not said.get("Type", "").endswith(LINK):
            called = said.get("Type", "").rpartition("/")[2] or "something"
            raise ReachesOutside(filename=self.filename, found=f"{called} from {said.get('Target', '')[:200]!r}")

    # -- OpenDocument -------------------------------------------------------------------------------------------------

    def _odf(self) -> Family | None:
        found = BY_MAIN.get(next(self._blocks(self.parts[MIMETYPE]), b"").decode("ascii").strip())
        if found is None:
            return None
        if MANIFEST in self.parts:
            self._parse(MANIFEST, self._of_manifest)
        for name in [name for name in self.parts if name.rpartition("/")[2] in ODF_XML]:
            self._parse(name, self._of_content)
        return found

    def _of_manifest(self, element: str, _: Mapping[str, str]) -> None:
        if element == "encryption-data":
            raise CannotLookInside(filename=self.filename, why="it is locked with a password")

    def _of_content(self, element: str, said: Mapping[str, str]) -> None:
        if element in {"event-listener", "script"}:
            raise CarriesCode(filename=self.filename, found="macros")
        leads = said.get("href", "")
        if element in FETCHED and ELSEWHERE.match(leads):
            raise ReachesOutside(filename=self.filename, found=f"{element} from {leads[:200]!r}")

    # -- both ---------------------------------------------------------------------------------------------------------

    def _parse(self, name: str, see: Callable[[str, Mapping[str, str]], None]) -> None:
        """Show every element of a part, with its attributes, both without their prefixes."""
        part = self.parts[name]
        if part.file_size > LONGEST_XML:
            raise CannotLookInside(filename=self.filename, why=f"its part {part.filename} is too long")
        parser = expat.ParserCreate()

        def element(tag: str, said: Mapping[str, str]) -> None:
            see(tag.rpartition(":")[2], {key.rpartition(":")[2]: value for key, value in said.items()})

        def declaration(*_: object) -> None:
            raise CannotLookInside(filename=self.filename, why=f"its part {part.filename} declares a kind of document of its own")

        parser.StartElementHandler, parser.StartDoctypeDeclHandler = element, declaration
        for block in self._blocks(part):
            parser.Parse(block)
        parser.Parse(b"", True)
