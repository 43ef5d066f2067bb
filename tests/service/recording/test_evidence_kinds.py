"""What is taken as evidence, by what is in it: nothing that runs, nothing that is fetched, nothing that nobody can look into."""

from __future__ import annotations

import io
import struct
import zipfile
from time import process_time

import pytest

from aggregates.errors import Refused
from service.recording.evidence import refusals
from service.recording.evidence.kinds import kind_of, named
from service.recording.evidence.office import MOST_PARTS, ODF, OLE, OOXML
from tests.service.recording.office import docx, odt, relations, zipped

PNG, JPEG = b"\x89PNG\r\n\x1a\n....", b"\xff\xd8\xff\xe0...."
MACRO_MAIN = "application/vnd.ms-word.document.macroEnabled.main+xml"
CHART = {"word/embeddings/Sheet1.xlsx": docx(main=f"{OOXML}spreadsheetml.sheet.main+xml")}
LISTENER = '<x:event-listener x:event-name="on-load" x:href="vnd.sun.star.script:a"/>'
DOCTYPE = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><Relationships>&a;</Relationships>'


@pytest.mark.parametrize(
    ("content", "name", "media_type"),
    [
        (b"%PDF-1.7 an audit", "audit.pdf", "application/pdf"),
        (PNG, "chart.PNG", "image/png"),
        (JPEG, "board.jpeg", "image/jpeg"),
        ("Ten records, as Müller read them\r\n".encode(), "audit.txt", "text/plain"),
        ("Ten records, as Müller read them".encode("cp1252"), "audit.txt", "text/plain"),
        ("Ten records".encode("utf-16"), "audit.txt", "text/plain"),
        (b"record,answered\r\n1,yes\r\n", "audit.csv", "text/csv"),
        (docx(), "audit.docx", f"{OOXML}wordprocessingml.document"),
        (docx(CHART), "audit.docx", f"{OOXML}wordprocessingml.document"),
        (docx(relations("hyperlink", "https://severnbrook.example/")), "audit.docx", f"{OOXML}wordprocessingml.document"),
        (docx(main=f"{OOXML}spreadsheetml.sheet.main+xml"), "audit.xlsx", f"{OOXML}spreadsheetml.sheet"),
        (docx(main=f"{OOXML}presentationml.presentation.main+xml"), "audit.pptx", f"{OOXML}presentationml.presentation"),
        (odt(content='<x:a x:href="https://severnbrook.example/"/><x:image x:href="Pictures/1.png"/>'), "audit.odt", f"{ODF}text"),
    ],
    ids=lambda value: value if isinstance(value, str) else "content",  # a zip has the second of its making in it: no name of a test
)
def test_what_everybody_can_open_is_taken(content, name, media_type):
    """A file is what is in it: pictures, PDF, text, tables, and Office files that carry no code, with their links and their charts."""
    assert kind_of(io.BytesIO(content), name).media_type == media_type


REFUSED = {
    "a program": (b"MZ\x90\x00", "audit.pdf", refusals.TypeNotTaken, "a Windows program"),
    "a script": (b"#!/bin/sh\nrm -rf /\n", "audit.txt", refusals.TypeNotTaken, "a script"),
    "an older Office file": (OLE + b"....", "audit.doc", refusals.TypeNotTaken, "an older Office file"),
    "bytes": (b"\x00\x01\x02", "audit.txt", refusals.TypeNotTaken, "not known here"),
    "any zip": (zipped({"a.txt": "a"}), "audit.zip", refusals.TypeNotTaken, "a zip archive"),
    "a text that is named as a program": (b"@echo off", "audit.bat", refusals.NamedAsAnother, "ends in .txt"),
    "a text that is named as a PDF": (b"Ten records", "audit.pdf", refusals.NamedAsAnother, "plain text"),
    "a PDF that is named as a page": (b"%PDF-1.7", "audit.html", refusals.NamedAsAnother, "a PDF"),
    "macros under a plain name": (docx(main=MACRO_MAIN), "audit.docx", refusals.CarriesCode, "macros"),
    "a macro part that is declared": (docx(types="application/vnd.ms-office.vbaProject"), "audit.docx", refusals.CarriesCode, "VBA"),
    "a macro part that is not": (docx({"word/VBAProject.bin": b"x"}), "audit.docx", refusals.CarriesCode, "VBAProject.bin"),
    "a macro sheet": (docx({"xl/macrosheets/sheet1.xml": "<a/>"}), "audit.docx", refusals.CarriesCode, "Excel 4"),
    "an ActiveX control": (docx({"word/activeX/activeX1.bin": b"x"}), "audit.docx", refusals.CarriesCode, "ActiveX"),
    "an object, whatever it is called": (docx({"word/media/image1.png": OLE}), "audit.docx", refusals.CarriesCode, "OLE"),
    "a program within": (docx({"word/media/image1.png": b"MZ.."}), "audit.docx", refusals.CarriesCode, "Windows program"),
    "a program by its name": (docx({"word/embeddings/a.JS": b"x"}), "audit.docx", refusals.CarriesCode, "a program"),
    "a macro in the workbook behind a chart": (
        docx({"word/embeddings/Sheet1.xlsx": docx({"xl/vbaProject.bin": b"x"})}),
        "audit.docx",
        refusals.CarriesCode,
        "Sheet1.xlsx",
    ),
    "a template from elsewhere": (
        docx(relations("attachedTemplate", "https://evil.example/t.dotm")),
        "audit.docx",
        refusals.ReachesOutside,
        "attachedTemplate from 'https://evil.example/t.dotm'",
    ),
    "a picture from elsewhere": (docx(relations("image", "//evil/a.png")), "audit.docx", refusals.ReachesOutside, "image"),
    "data from another workbook": (docx(types=f"{OOXML}spreadsheetml.externalLink+xml"), "a.docx", refusals.ReachesOutside, "workbook"),
    "an OpenDocument library of macros": (odt({"Basic/Standard/Module1.xml": "<a/>"}), "audit.odt", refusals.CarriesCode, "macros"),
    "an OpenDocument script": (odt({"Scripts/python/a.py": "a"}), "audit.odt", refusals.CarriesCode, "macros"),
    "a macro that waits for the file to be opened": (odt(content=LISTENER), "audit.odt", refusals.CarriesCode, "macros"),
    "an OpenDocument section from elsewhere": (
        odt(content='<x:section-source x:href="https://evil.example/a.odt"/>'),
        "audit.odt",
        refusals.ReachesOutside,
        "section-source",
    ),
    "a file with a password": (
        odt({"META-INF/manifest.xml": "<m><encryption-data/></m>"}),
        "audit.odt",
        refusals.CannotLookInside,
        "locked with a password",
    ),
    "both families at once": (odt({"[Content_Types].xml": "<Types/>"}), "audit.odt", refusals.TypeNotTaken, "a zip archive"),
    "a part outside": (docx({"../../etc/cron.d/a": "a"}), "audit.docx", refusals.CannotLookInside, "outside"),
    "entities": (docx({"word/_rels/a.rels": DOCTYPE}), "audit.docx", refusals.CannotLookInside, "declares"),
    "a zip that is cut off": (docx()[:-30], "audit.docx", refusals.CannotLookInside, "damaged"),
    "a zip with something after it": (docx() + b"MZ.....", "audit.docx", refusals.CannotLookInside, "damaged"),
    "a changed part": (
        docx({"word/a.txt": "hello hello"}).replace(b"word/a.txt", b"word/b.txt", 1),
        "a.docx",
        refusals.CannotLookInside,
        "a.docx",
    ),
    "files in files in files": (
        docx({"a.docx": docx({"b.docx": docx({"c.docx": docx()})})}),
        "audit.docx",
        refusals.CannotLookInside,
        "within files",
    ),
}


@pytest.mark.parametrize(("content", "name", "refusal", "words"), REFUSED.values(), ids=REFUSED)
def test_what_runs_or_reaches_outside_is_refused_by_name(content, name, refusal, words):
    """Whatever it is called, and however deep it lies: the refusal says which rule, and what was found."""
    with pytest.raises(Refused, match=words.replace("(", r"\(")) as refused:
        kind_of(io.BytesIO(content), name)

    assert type(refused.value) is refusal
    assert name in refused.value.message


def many_in_one() -> bytes:
    """Return a document of many that are each allowed, and together are not."""
    inner = docx({"word/a.bin": bytes(15 << 20)})
    return docx({f"word/{n}.docx": inner for n in range(80)})


def endless_list() -> bytes:
    """Return a document whose list of parts is said to be as long as two thousand others."""
    whole, end = docx(), docx()[-22:]
    return whole[:-22] + end[:12] + struct.pack("<I", 1 << 31) + end[16:]


BOMBS = {
    "a part of nothing but zeros": lambda: docx({"word/a.bin": bytes(20 << 20)}),
    "many files in the file, each of them small": many_in_one,
    "more parts than anybody needs": lambda: zipped({f"{n}": "" for n in range(MOST_PARTS + 1)}, packed=zipfile.ZIP_STORED),
    "an endless list of parts": endless_list,
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_a_zip_that_unpacks_into_too_much_is_refused_before_it_does(bomb):
    """A zip is measured before it is read, counted as it is read, and given up within seconds."""
    content = bomb()
    begun = process_time()
    with pytest.raises(refusals.CannotLookInside):
        kind_of(io.BytesIO(content), "audit.docx")

    assert process_time() - begun < 5


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\me\\audit.pdf", "audit.pdf"),
        ("Audit of ward 3.2", "Audit of ward 3.2.pdf"),
        ("..", "...pdf"),
    ],
)
def test_a_name_is_a_name_and_ends_as_its_kind(said, name):
    """A path in a name leads nowhere, and a name without an ending gets that of what is in the file."""
    assert named(said, kind_of(io.BytesIO(b"%PDF-1.7"), "a.pdf")) == name
