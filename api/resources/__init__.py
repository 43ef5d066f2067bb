"""The nouns of the API, one file each: schemas directly above their endpoints, and every declared command with an endpoint of its own.

`openapi` describes them, `answers` gives every read its clocks, `commands` makes the endpoints that write.
"""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

from flask import Blueprint, Response, jsonify

from api.access import public
from api.resources.actions import actions
from api.resources.answering.commands import forget_request
from api.resources.answering.links import linked
from api.resources.answering.openapi import ProblemApi, build
from api.resources.disseminations import disseminations
from api.resources.learning import attendance, escalations, library, notices
from api.resources.obligations import clauses, compliance, obligations
from api.resources.partnership import agencies, keys, offices, partnership, sub_groups
from api.resources.people import subjects
from api.resources.programme import challenges, courses, meetings, priorities, resources
from api.resources.record.absence import absence
from api.resources.record.difference import difference
from api.resources.record.evidence import evidence
from api.resources.record.history import events
from api.resources.record.inspections import inspections
from api.resources.record.packs import packs
from api.resources.record.reports import reports
from api.resources.returns import returns, section_11, workforce
from api.resources.reviews import reviews
from api.resources.training import programme, sessions
from service.commands.asking import API

if TYPE_CHECKING:
    from flask import Flask

RESOURCES = (
    actions,
    reviews,
    obligations,
    compliance,
    clauses,
    absence,
    returns,
    section_11,
    workforce,
    reports,
    packs,
    challenges,
    sessions,
    programme,
    disseminations,
    partnership,
    agencies,
    sub_groups,
    offices,
    meetings,
    priorities,
    courses,
    resources,
    subjects,
    library,
    attendance,
    escalations,
    notices,
    keys,
    inspections,
    difference,
    events,
    evidence,
)


def install(app: Flask) -> None:
    """Mount every resource under /api/v1, with the document that describes them."""
    api = build(app)
    for resource in RESOURCES:
        api.register_blueprint(resource, url_prefix=f"{API}/{resource.name}")
    app.register_blueprint(_document(api))
    app.after_request(forget_request)


def _document(api: ProblemApi) -> Blueprint:
    """Serve the OpenAPI document: no account is needed to know how to ask."""
    document, lock, written = Blueprint("openapi", __name__), Lock(), list[bytes]()

    @document.get(f"{API}/openapi.json")
    @public
    def openapi() -> Response:
        """Give the OpenAPI 3.1 document, which whoever asks first has written, for as long as the process runs."""
        with lock:
            if not written:
                written.append(jsonify(linked(api.spec.to_dict(), API)).get_data())
        return Response(written[0], mimetype="application/json")

    return document
