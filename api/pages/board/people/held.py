"""Everything that is held about somebody who asked: to be looked through by the officer, and given as one file, which goes on record."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request

from aggregates.registry.data_subject import DataSubject
from api.access import needs, signed_in
from api.pages.board.people import said
from api.pages.board.people.in_words import in_words
from api.pages.frame import Look, look, receipt_for, render
from api.pages.frame.entries import short
from api.pages.frame.words import label_of, title_of, written
from api.resources.people import protection
from api.resources.record.held import held_about, of_one_person
from api.worker import worker
from service.desk.refusals import NotFound
from service.desk.submission import Submission

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.wrappers import Response as Redirect

pages = Blueprint("held", __name__)

EARLIEST: Final = (1980, 1, 1, 0, 0, 0)


@pages.get("/subjects/<ref>/held")
@needs("what is held of somebody")
def held(ref: str) -> Response:
    """Show everything that is held about somebody who asked, and each request that waits for it."""
    with look() as seen:
        everything = _told(held_about(seen.on, ref))
        refs = [str(one) for one in of_one_person(seen.on, UUID(ref))]
        row, theirs = _row(seen, ref), [one for one in protection(seen.on) if one.ref in refs]
        waiting = [(each.ref, one["reference"]) for each in theirs for one in each.access_requests if one["answered_on"] is None]
        given = [(each.ref, one["reference"]) for each in theirs for one in each.accesses if one["outcome"] == "given"]
        return render(
            "desk/people/held.html", look=seen, ref=ref, called=short(ref), held=in_words(everything, seen.words), waiting=waiting,
            given=given, gone=said.gone(row), receipt=_receipt(seen, refs),
        )  # fmt: skip


@pages.post("/subjects/<ref>/held")
@needs("what is held of somebody")
def give(ref: str) -> Response | Redirect:
    """Put the answer to a request on record, once, and show the page again; of a request that was answered give the file, each time."""
    with look() as seen:
        reference = request.form.get("reference", "")
        asked = next((one for one in _row(seen, ref).access_requests if one["reference"] == reference), None)
        if asked is None:
            raise NotFound(kind="request for access", ref=reference)
        if asked["answered_on"] is None:
            held_about(seen.on, ref)  # refused where it cannot be gathered: nothing is on record as given that is not
            fields = {"reference": reference, "received_on": asked["on"], "outcome": "given", "exemption": None}
            answer = Submission(name="answer_access_request", ref=ref, fields=fields, key=f"{ref} {reference}")
            position = worker().board.act(signed_in(), answer).positions[0]
            return redirect(f"/subjects/{ref}/held?receipt={position}", code=303)
        everything = _told(held_about(seen.on, ref))
        page = render_template(
            "desk/people/held_file.html", held=in_words(everything, seen.words), reference=reference, day=written(worker().today)
        )
        return _file(everything, page, f"held-{ref[:8]}")


def _receipt(seen: Look, refs: list[str]) -> dict[str, Any] | None:
    """Return the receipt of an answer that was recorded just now, under whichever reference of theirs."""
    told = (receipt_for(seen, worker().board.load(DataSubject, ref).id) for ref in refs)
    return next((one for one in told if one), None)


def _row(seen: Look, ref: str) -> Any:
    row = next((row for row in protection(seen.on) if row.ref == ref), None)
    if row is None:
        raise NotFound(kind="subject", ref=ref)
    return row


def _told(everything: dict[str, Any]) -> dict[str, Any]:
    """Return it with its fields and entries in words."""
    for one in everything["on record"]:
        one["what"], one["field"] = title_of(one["what"]), label_of(one["field"])
    for one in everything["at the desk"]["typed"]:
        one["field"] = label_of(one["field"])
    return everything


def _file(everything: Mapping[str, Any], page: str, name: str) -> Response:
    """Return a zip with a page to be read and the same as JSON."""
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as file:
        for called, text in (("held.html", page), ("held.json", json.dumps(everything, indent=1, ensure_ascii=False))):
            file.writestr(zipfile.ZipInfo(f"{name}/{called}", EARLIEST), text)
    headers = {"Content-Disposition": f'attachment; filename="{name}.zip"', "Cache-Control": "no-store"}
    return Response(into.getvalue(), mimetype="application/zip", headers=headers)
