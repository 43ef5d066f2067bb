"""Office and OpenDocument files as tests make them: the smallest that are what they say, with whatever else a test puts in."""

from __future__ import annotations

import io
import zipfile

from service.recording.evidence.office import ODF, OOXML

WORD = f"{OOXML}wordprocessingml.document.main+xml"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def zipped(parts: dict[str, bytes | str], *, packed: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip of these parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", packed) as out:
        for name, content in parts.items():
            out.writestr(name, content)
    return file.getvalue()


def docx(more: dict[str, bytes | str] | None = None, *, main: str = WORD, types: str = "") -> bytes:
    """Return a Word document, or what a test makes of it; `types` are further content types."""
    declared = "".join(f'<Override PartName="/{n}" ContentType="{kind}"/>' for n, kind in enumerate([main, *types.split()]))
    return zipped({"[Content_Types].xml": f"<Types>{declared}</Types>", "word/document.xml": "<w:document/>"} | (more or {}))


def relations(kind: str, target: str) -> dict[str, bytes | str]:
    """Return the part that relates a document to something outside of it."""
    leads = f'<Relationship Id="r1" Type="{RELATION}/{kind}" Target="{target}" TargetMode="External"/>'
    return {"word/_rels/document.xml.rels": f"<Relationships>{leads}</Relationships>"}


def odt(more: dict[str, bytes | str] | None = None, content: str = "") -> bytes:
    """Return an OpenDocument text."""
    whole = f'<o:document-content xmlns:o="o" xmlns:x="x">{content}</o:document-content>'
    return zipped({"mimetype": f"{ODF}text", "content.xml": whole} | (more or {}))
