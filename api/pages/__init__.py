"""What a browser shows: GOV.UK-style pages over the same record, with the same words and refusals as the API and the command line.

`frame` is around every page, `clocks`, `words` and `entries` say what all of them say; then the pages by noun. `acting` has the forms.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from flask import request
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader

from aggregates.framework.wording import abbreviated
from api import errors
from api.pages import frame
from api.pages.acting import act, amend
from api.pages.actions import action, register
from api.pages.board import attendance, challenges, inspections, keys, library, members, partnership, programme
from api.pages.board.people import finding, held, mentions, person, retention
from api.pages.board.people import register as people
from api.pages.board.training import handing_out, sessions, taking_part
from api.pages.board.training import programme as training_programme
from api.pages.desk import account, forgotten, home, invited, programs, provider, rehearsal, sign_in
from api.pages.dissemination import item, matrix
from api.pages.frame import clocks, tables, thing
from api.pages.frame.words import to_people, whole_days
from api.pages.obligations import clause, compliance, instance, listing, notices
from api.pages.published import public as published
from api.pages.published import report
from api.pages.record import amendments, difference, entry, evidence, integrity, packs, replay
from api.pages.returns import asking, side_by_side
from api.pages.returns import listing as of_returns
from api.pages.reviews import review, tracker
from service.desk.refusals import LinkEnded

if TYPE_CHECKING:
    from flask import Flask, Response

    from api.errors import Problem

BOARD: Final = (
    partnership,
    members,
    attendance,
    programme,
    library,
    challenges,
    inspections,
    people,
    finding,
    retention,
    person,
    mentions,
    held,
    keys,
)
OWED: Final = (listing, compliance, notices, clause, instance)
TRAINING: Final = (sessions, training_programme, handing_out, taking_part)
RETURNS: Final = (of_returns, side_by_side, asking, report, published)
NOUNS: Final = (
    home,
    sign_in,
    account,
    programs,
    forgotten,
    invited,
    rehearsal,
    provider,
    register,
    action,
    tracker,
    review,
    matrix,
    item,
    *BOARD,
    *OWED,
    *TRAINING,
    *RETURNS,
    evidence,
    act,
    entry,
    amend,
    replay,
    difference,
    amendments,
    integrity,
    packs,
)
TOLD_IN_OWN_WORDS: Final = frozenset({"database-away", "recording-stopped", "form-token-missing"})  # the page has plainer ones


def install(app: Flask) -> None:
    """Mount every page, with the templates and the page of what went wrong."""
    components = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
    app.jinja_loader = ChoiceLoader([PackageLoader("api"), components])
    app.jinja_env.globals["kept_order"] = tables.kept_order
    app.jinja_env.filters |= {"abbreviated": abbreviated, "whole_days": whole_days}
    for refusal in (clocks.NothingShownYet, thing.NotShownYet):
        errors.STATUS[refusal] = HTTPStatus.SERVICE_UNAVAILABLE
    errors.STATUS[LinkEnded] = HTTPStatus.NOT_FOUND
    errors.STATUS.update(provider.STATUS)
    for noun in NOUNS:
        app.register_blueprint(noun.pages)
    errors.show_pages_with(app, problem_page)


def problem_page(problem: Problem) -> Response:
    """Say what went wrong in plain words; whoever has to sign in first does so at the address that they asked for."""
    if problem.status == HTTPStatus.UNAUTHORIZED and request.method == "GET":
        return sign_in.sign_in_page(following=request.full_path.rstrip("?"), status=HTTPStatus.UNAUTHORIZED)
    known = {refusal.code() for refusal in errors.every_refusal()} - TOLD_IN_OWN_WORDS
    said: dict[str, Any] = {
        "code": int(problem.status),
        "refusal": to_people(problem.code, problem.detail) if problem.code in known else None,
        "reference": problem.reference,
        "back_href": sign_in.local(request.path) if request.method == "POST" else None,
    }
    if problem.code == "database-away" or problem.status == HTTPStatus.INTERNAL_SERVER_ERROR:
        return frame.bare("desk/error.html", status=problem.status, **said)
    return frame.render("desk/error.html", status=problem.status, **said)
