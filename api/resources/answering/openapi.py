"""What all resources share in the document that describes them: problems, headers, the two clocks and the receipt."""

from __future__ import annotations

import re
from functools import partial, wraps
from typing import TYPE_CHECKING, Any, Final

from flask import make_response, request
from flask_smorest import Api, Blueprint  # type: ignore[import-untyped]
from marshmallow import Schema, fields
from marshmallow.fields import Date

from api.errors import PROBLEM_JSON
from api.fields import Flag, IsoDate, KnownAt, Number, ReturnRef, StrictParser, Whole, YesOrNo
from service.desk.submission import KEY

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from werkzeug.wrappers import Response as Answer

    Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

DESCRIPTION: Final = """What a safeguarding board has recorded, and what it takes to record more.

Reads take two clocks: `as_at`, the day whose position is asked for, and `known_at`, the event (or the end of the day) up to which the
log is taken into account. Acts are commands, one address each; every one carries an `Idempotency-Key`, and an `If-Match` where
something exists already, and is answered with its receipt. What is refused is refused by name: a problem's `type` explains it.

An act is attested by the service, or signed with a key of your own: ask for it with `?prepare=<thumbprint>`, which records nothing; look at
what it answers; sign; and send the command again with `signed`.

The feed (`/events?after=`) is followed by its `next`, whose pages are given at fixed clocks and never change: each answer has an ETag, and
`If-None-Match` is answered with 304 where it is still the same. At its end, ask for what comes after the last position that you have."""


class ProblemSchema(Schema):
    """A refusal or a failure, as RFC 9457 has it."""

    type = fields.String(
        required=True, metadata={"description": "/problems/<code>: what stands there explains it", "format": "uri-reference"}
    )
    title = fields.String(required=True)
    status = Whole(required=True)
    detail = fields.String(required=True, metadata={"description": "The sentence with its facts"})
    instance = fields.String()
    rule = fields.String(metadata={"description": "The invariant that refused, e.g. INV-11"})
    source = fields.String(metadata={"description": "The page or statute that the rule comes from"})
    facts = fields.Dict(keys=fields.String())
    reference = fields.String(metadata={"description": "Under which the service's log has it"})


class ClocksSchema(Schema):
    """The pair of clocks of one answer: ask with the same pair again, and the answer is the same."""

    as_at = IsoDate(required=True)
    known_at = Whole(required=True)
    known_time = fields.AwareDateTime(required=True, allow_none=True)


class Answered(Schema):
    """What nearly every address answers with. Nobody alters a schema once it is made, so that a copy of one may be itself.

    flask-smorest copies what it knows of an address seven times, with all the fields of what that answers.
    """

    def __deepcopy__(self, _: object) -> Answered:
        """Return itself."""
        return self


class DoneSchema(Answered):
    """What was recorded, with its receipt."""

    ref = fields.String(required=True)
    version = Whole(required=True, metadata={"description": "Of the thing, and its ETag"})
    positions = fields.List(Whole(), required=True, metadata={"description": "Of the new entries in the log"})
    events = fields.List(fields.String(), required=True, metadata={"description": "The ids of the new events"})
    receipt = fields.String(required=True, metadata={"description": "tlog-proof of the last entry: keep it"})
    repeated = YesOrNo(required=True, metadata={"description": "Whether it was on record already, under this very Idempotency-Key"})
    shown = YesOrNo(required=True, metadata={"description": "Whether the views show it already; if not, they will in a moment"})


class StatementSchema(Schema):
    """A statement that waits for a signature, and what it says, field by field."""

    unsigned = fields.String(required=True, metadata={"description": "Header and payload of an SD-JWT: the bytes to sign with Ed25519"})
    disclosures = fields.List(
        fields.String(), required=True, metadata={"description": "base64url of [salt, field, value]; the payload has the digest of each"}
    )


class RestsOnSchema(Schema):
    """What was on record when an act was prepared."""

    size = Whole(required=True, metadata={"description": "Of the log"})
    version = Whole(required=True, metadata={"description": "That the thing will have: anything recorded of it meanwhile is in the way"})
    kinds = fields.List(fields.String(), required=True, metadata={"description": "Whose entries the act rests on besides"})


class PreparedSchema(Answered):
    """An act that was prepared, and not recorded: each statement is to be signed."""

    statements = fields.List(fields.Nested(StatementSchema), required=True)
    rests_on = fields.Nested(RestsOnSchema, required=True)
    until = fields.AwareDateTime(required=True, metadata={"description": "When it has to be prepared again"})


class UnsignedSchema(PreparedSchema):
    """An act that was prepared, and not recorded: sign each statement, and send the command with what you signed."""

    command = fields.Dict(
        keys=fields.String(),
        required=True,
        metadata={
            "description": "What to send to the same address, with `signed`: each `<unsigned>.<base64url signature>~<disclosure>~…~`"
        },
    )


class Resource(Blueprint):  # type: ignore[misc]  # flask-smorest is not typed; what we use of it is, here
    """A blueprint whose requests are read strictly."""

    ARGUMENTS_PARSER = StrictParser()
    name: str

    if TYPE_CHECKING:
        get: Callable[..., Decorator]
        post: Callable[..., Decorator]
        route: Callable[..., Decorator]
        arguments: Callable[..., Decorator]
        doc: Callable[..., Decorator]
        response: Callable[..., Decorator]
        alt_response: Callable[..., Decorator]

    @staticmethod
    def unless_held(view: Callable[..., Any]) -> Callable[..., Any]:
        """Give an answer with its ETag, and 304 in its place to whoever holds that very answer (If-None-Match)."""

        @wraps(view)
        def conditional(**asked: Any) -> Answer:
            response = make_response(view(**asked))
            response.add_etag()
            response.headers["Cache-Control"] = "private, no-cache"  # kept by whoever asked, and asked for again before it is used
            return response.make_conditional(request)

        conditional._apidoc = getattr(view, "_apidoc", {}) | {"etag": True}  # type: ignore[attr-defined]  # noqa: SLF001 - flask-smorest describes it by that
        return conditional


class ProblemApi(Api):  # type: ignore[misc]  # as above
    """flask-smorest, with problems as problem+json and without its own error handler: `api.errors` is the one."""

    ERROR_SCHEMA = ProblemSchema

    def _register_error_handlers(self) -> None:
        """Leave that to `api.errors`."""

    def _register_responses(self) -> None:
        self.DEFAULT_RESPONSE_CONTENT_TYPE = PROBLEM_JSON
        super()._register_responses()
        del self.DEFAULT_RESPONSE_CONTENT_TYPE  # the class's own again


def header(name: str, description: str, pattern: str) -> dict[str, Any]:
    """Describe a header that a request has to carry, and what it looks like."""
    schema = {"type": "string", "pattern": written(pattern)}
    return {"in": "header", "name": name, "required": True, "description": description, "schema": schema}


def written(pattern: str) -> str:
    """Return what all of a text has to match, as JSON Schema writes it."""
    return f"^(?:{pattern.removesuffix(WHOLE)})$"


WHOLE: Final = r"\Z"
ETAG: Final = re.compile(r'(?:W/)?"([1-9][0-9]{0,17})"\Z')  # weak too: a proxy that compresses makes it so, and the version is the same
THUMBPRINT: Final = "[A-Za-z0-9_-]{43}"
IDEMPOTENCY_KEY: Final = header(
    "Idempotency-Key", "A new one for each act, the same one when repeating it: 1 to 255 printable ASCII characters", KEY.pattern
)
PREPARE: Final = {
    "in": "query",
    "name": "prepare",
    "description": "The thumbprint of your own key: nothing is recorded, and the answer is what to sign with it",
    "schema": {"type": "string", "pattern": written(THUMBPRINT)},
}
IF_MATCH: Final = header("If-Match", 'The ETag that you saw, e.g. "7"; or * for whatever version there is', rf"\*|{ETAG.pattern}")
WRITTEN: Final = {
    "ETag": {"description": "The version now", "schema": {"type": "string"}},
    "Location": {"description": "What was written", "schema": {"type": "string"}},
}
VERSIONED: Final = {"ETag": {"description": "The version; send it as If-Match", "schema": {"type": "string"}}}


def build(app: Flask) -> ProblemApi:
    """Make the document, under which the resources are then mounted."""
    app.config |= {"API_TITLE": "Muniment", "API_VERSION": "1", "OPENAPI_VERSION": "3.1.0"}
    key = {"type": "http", "scheme": "bearer", "description": "An API key: muniment_…"}
    session = {"type": "apiKey", "in": "cookie", "name": "muniment_session"}
    options = {
        "info": {"description": DESCRIPTION},
        "components": {"securitySchemes": {"key": key, "session": session}},
        "security": [{"key": []}, {"session": []}],
    }
    app.url_map.converters["return"] = ReturnRef
    api = ProblemApi(app, spec_kwargs=options)
    register: Callable[..., None] = api.register_field
    for kind, args in (
        (IsoDate, (Date,)),
        (KnownAt, ("string", None)),
        (Whole, ("integer", None)),
        (Number, ("integer", None)),
        (YesOrNo, ("boolean", None)),
        (Flag, ("boolean", None)),
    ):
        partial(register, kind)(*args)
    return api
