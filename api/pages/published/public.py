"""What anybody may read without an account (PUB): in public fields alone (INV-40).

The reports that were published, each edition at its permanent address; the reviews that were, with what came of them and who is silent;
and the events behind all of it.
"""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, make_response, request, send_file

from aggregates.clocks.dates import LONDON
from aggregates.entry.fields import CORRECTED, ENVELOPE, fields_by_name
from aggregates.entry.topics import event_type
from aggregates.entry.values import Evidence
from aggregates.returns.report.public import SAYS_OF_PEOPLE
from aggregates.returns.report.record import is_read
from api.access import public
from api.pages.frame import log_of_page, render
from api.pages.frame.telling import name_in, with_code
from api.pages.frame.words import Words, title_of
from api.pages.published import editions, shown
from api.pages.published.packs import public_pack
from api.pages.published.pdf import pdf
from api.worker import worker
from projections import returns
from projections.inspection import history as inspection_history
from projections.two_clocks import tracking
from service.desk.refusals import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

    from psycopg import Connection

    from aggregates.entry.fields import Field
    from aggregates.returns.report.published import PublishedReview
    from projections.inspection.history import HistoryEntry

pages = Blueprint("public", __name__)
IN_PUBLIC: Final = CORRECTED["public"]
FOR_EVER: Final = "public, max-age=31536000, immutable"  # an edition never changes


@pages.get("/public")
@public
def index() -> Response:
    """List what is published."""
    with worker().reader() as conn:
        signed, reviewed = editions.every(conn), _reviews(conn)
    return render("published/index.html", editions=signed, reviews=reviewed, called=shown.called, address_of=shown.address_of)


@pages.get("/public/reports/<period>")
@public
def newest(period: str) -> Response:
    """Show the newest edition of a report."""
    return _report(period, None)


@pages.get("/public/reports/<period>/<int:edition>")
@public
def edition(period: str, edition: int) -> Response:
    """Show one edition of a report, also where another has superseded it."""
    return _report(period, edition)


@pages.get("/public/reports/<period>/<int:edition>/data.json")
@public
def data(period: str, edition: int) -> Response:
    """Give the data of an edition: the very bytes whose SHA-256 was signed."""
    with worker().reader() as conn:
        wanted, _ = editions.one(conn, period, edition)
    return _file(editions.data(wanted), "application/json", f"report-{period}-{edition}.json", FOR_EVER)


@pages.get("/public/reports/<period>/<int:edition>/report.pdf")
@public
def as_pdf(period: str, edition: int) -> Response:
    """Give an edition as PDF/UA."""
    with worker().reader() as conn:
        wanted, last = editions.one(conn, period, edition)
    address = f"{request.host_url.rstrip('/')}{shown.address_of(wanted.period, wanted.edition)}"
    made = pdf(
        shown.shown(editions.document(wanted)),
        published_on=wanted.on,
        signed=shown.signed(wanted),
        superseded=shown.superseded(wanted, last),
        address=address,
        check=shown.check(wanted),
    )
    return _file(made, "application/pdf", f"report-{period}-{edition}.pdf", "no-cache")


@pages.get("/public/reports/<period>/<int:edition>/pack.zip")
@public
def pack(period: str, edition: int) -> Response:
    """Give the sealed pack of what an edition was built from: with it anybody computes its figures again."""
    with worker().reader() as conn:
        wanted, _ = editions.one(conn, period, edition)
        file = public_pack(conn, wanted)
    return send_file(file, mimetype="application/zip", as_attachment=True, download_name=f"report-{period}-{edition}-pack.zip")


@pages.get("/public/reviews/<ref>")
@public
def review(ref: str) -> Response:
    """Show a review that was published: where, what came of it, and who is silent."""
    with worker().reader() as conn:
        found = next((one for one in _reviews(conn) if one.ref == ref), None)
        if found is None:
            raise NotFound(kind="published review", ref=ref)
        return render("published/review.html", review=found, as_at=worker().today)


@pages.get("/public/events/<int:position>")
@public
def event(position: int) -> Response:
    """Show an event that stands behind something published, in its public fields alone."""
    with worker().reader() as conn:
        found = _cited(conn, position)
        words = Words(conn, as_at=worker().today, known_at=tracking.head(conn), people=False)
        said = {
            "position": position,
            "title": title_of(found.topic),
            "topic": found.topic,
            "about": f"{found.kind} {found.ref}",
            "occurred_on": found.occurred_on,
            "recorded_at": found.recorded_at.astimezone(LONDON),
            "event_id": found.jti,
            "leaf_hash": b64encode(found.leaf).decode(),
            "fields": _fields(found, words, _corrected(conn, found)),
            "retracted_by": found.retracted_by,
            "corrected_by": found.corrected_by,
        }
        log = log_of_page(conn)
    return render("published/event.html", event=said, log=log)


@pages.get("/public/events/<int:position>/receipt")
@public
def receipt(position: int) -> Response:
    """Give the receipt of such an event: hashes, and nothing of what it says."""
    with worker().reader() as conn:
        _cited(conn, position)
    proof = str(worker().board.recorder.receipt(position))
    return _file(proof.encode(), "text/plain; charset=utf-8", f"event-{position}.tlog-proof", "no-cache")


def _report(period: str, number: int | None) -> Response:
    with worker().reader() as conn:
        wanted, last = editions.one(conn, period, number)
        every = editions.every(conn, period)
        same = editions.rebuilt(conn, wanted)
    told = shown.shown(editions.document(wanted))
    base = shown.address_of(wanted.period, wanted.edition)
    return render(
        "published/report.html",
        report=told,
        hrefs={one["n"]: f"#note-{one['n']}" for one in told["notes"]},
        edition=wanted,
        signed=shown.signed(wanted),
        superseded=shown.superseded(wanted, last),
        newest_href=f"/public/reports/{period}",
        others=[one for one in every if one.edition != wanted.edition],
        address_of=shown.address_of,
        same=same,
        check=shown.check(wanted),
        data_href=f"{base}/data.json",
        pdf_href=f"{base}/report.pdf",
        pack_href=f"{base}/pack.zip",
        permanent_address=f"{request.host_url.rstrip('/')}{base}",
    )


def _reviews(conn: Connection[Any]) -> list[PublishedReview]:
    return returns.published_reviews(conn, as_at=worker().today, known_at=tracking.head(conn))


def _cited(conn: Connection[Any], position: int) -> HistoryEntry:
    """Return an event that stands behind something published; any other answers as one that is not there."""
    head = tracking.head(conn)
    behind = set(editions.cited(editions.every(conn)))
    for one in _reviews(conn):
        behind |= {one.event, *(at for *_, at in one.impacts), *(at for action in one.actions for at in action.events)}
        behind |= {silence.event for silence in one.silent}
    found = inspection_history.entry(conn, position, known_at=head) if position in behind else None
    if found is None:
        raise NotFound(kind="published event", ref=position)
    return found


def _fields(found: HistoryEntry, words: Words, corrected: Mapping[str, Any] | None) -> list[dict[str, str]]:
    """Return the public fields of an event in words: but for counts of people, which a report alone says, because it suppresses some."""
    kinds = fields_by_name(event_type(found.topic))
    told = [field for name, field in kinds.items() if field.sensitivity == "public" and name not in {*ENVELOPE, *SAYS_OF_PEOPLE}]
    shown = {field.name: found.body.get(field.name) for field in told}  # words are put together from these alone
    shown |= {IN_PUBLIC: corrected} if IN_PUBLIC in shown else {}
    return [
        {"label": name_in(found.topic, field.name), "value": said}
        for field in told
        if (said := _said(words, field, shown[field.name], shown))
    ]


def _corrected(conn: Connection[Any], found: HistoryEntry) -> dict[str, Any] | None:
    """Return what an amendment corrects, as far as what it amends would be told: of what a report is made of, and no count of people."""
    about, body = found, found.body.get(IN_PUBLIC) or {}
    while about.amends and (amended := inspection_history.entry(conn, about.amends, known_at=found.position)):
        about = amended
    while nested := body.get(IN_PUBLIC):  # of a correction: what that should have said
        body = nested
    return {name: value for name, value in body.items() if is_read(about.topic) and name not in SAYS_OF_PEOPLE} or None


def _said(words: Words, field: Field, value: Any, shown: Mapping[str, Any]) -> str:
    if value in (None, [], ""):
        return ""
    if field.kind is Evidence:
        return ", ".join(f"{one['title']}, SHA-256 {one['sha256']}" for one in value)
    return with_code(words, field, value, shown)


def _file(content: bytes, media_type: str, name: str, kept: str) -> Response:
    response = make_response(content)
    response.headers["Content-Type"] = media_type
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["Cache-Control"] = kept
    return response
