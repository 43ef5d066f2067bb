"""Returns: what was asked of whom and what came of it, section 11 side by side, and whose training is in date; and rounds of asking."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, get_args

from marshmallow import Schema, fields, validate

from aggregates.returns import Return
from aggregates.returns.answers import brought_forward, without_few
from aggregates.returns.events import Kind
from api.access import member, own_office, signed_in
from api.errors import problem_of
from api.fields import AtClocks, Flag, IsoDate, Number
from api.resources.answering.answers import MOST, Reading, answer_of, next_page, read, schema_of_rows, version_of, versioned
from api.resources.answering.commands import (
    PREPARED,
    acting_as,
    check_open,
    gives,
    idempotency_key,
    keep_request,
    mount,
    prepared,
    prepares,
    said_of,
    shown,
)
from api.resources.answering.openapi import IDEMPOTENCY_KEY, PREPARE, VERSIONED, DoneSchema, PreparedSchema, Resource
from api.resources.obligations import owing
from api.resources.record import history
from api.resources.record.visible import counted_by, respondents
from api.worker import worker
from projections import returns as views
from projections.returns import Filters, ReturnRow
from service.commands import COMMANDS
from service.commands.asking import ENVELOPE
from service.config import MEBIBYTE
from service.desk.refusals import NotFound
from service.desk.submission import Submission
from service.verbs.returns.rounds import ask_round

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask.typing import ResponseReturnValue

    from aggregates.returns import ReturnState
    from aggregates.returns.questions import Question
    from service.verbs.returns.rounds import Outcome

returns = Resource("returns", __name__, description="What the Board asked of whom, what it was given, and what it made of that.")
section_11 = Resource("section-11", __name__, description="Section 11: self-grade, moderated grade and knowledge, agency by agency.")
workforce = Resource("workforce", __name__, description="Whose safeguarding training is in date, by agency and staff group.")
KINDS: Final = get_args(Kind)

ReturnSchema = schema_of_rows(ReturnRow, "Return")
ListedSchema = schema_of_rows(ReturnRow, "ListedReturn", "answers")
StandardsSchema = schema_of_rows(views.AgencyStandards, "AgencyStandards")
CurrencySchema = schema_of_rows(views.CurrencyRow, "Currency")


class ListArgs(AtClocks):
    """Which returns."""

    kind = fields.String(validate=validate.OneOf(KINDS))
    respondent = fields.String(validate=validate.Length(1, 64))
    period = fields.String(validate=validate.Length(4, 10))
    status = fields.String(validate=validate.Length(1, 20))
    late = Flag(load_default=False)
    after = fields.String(validate=validate.Length(1, 64), metadata={"description": "The ref of the last row of the page before"})
    limit = Number(load_default=MOST, validate=validate.Range(1, MOST))


class RoundArgs(Schema):
    """What everybody is asked for, and who is everybody."""

    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    period = fields.String(required=True)
    respondents = fields.List(fields.String(validate=validate.Length(1, 64)), required=True, validate=validate.Length(1, 200))
    question_set = fields.String(allow_none=True)
    due_on = IsoDate(required=True)
    legal_basis = fields.String(allow_none=True)
    shared_with = fields.List(fields.String())
    occurred_on = IsoDate(allow_none=True)
    on_behalf_of = fields.String(allow_none=True)
    late_reason = fields.String(allow_none=True)
    office = fields.String(allow_none=True)
    signed = fields.List(
        fields.String(validate=validate.Length(1, MEBIBYTE)),
        load_default=(),
        metadata={"description": "The statements of all whom you ask now, as you signed them: see `prepare`"},
    )


class OutcomeSchema(Schema):
    """What became of one respondent: what was recorded, with its receipt, or is to be signed, or why nothing was."""

    respondent = fields.String(required=True)
    ref = fields.String(required=True)
    done = fields.Nested(DoneSchema, allow_none=True, required=True)
    prepared = fields.Nested(PreparedSchema, allow_none=True, required=True)
    problem = fields.Dict(keys=fields.String(), allow_none=True, required=True)


class RoundSchema(Schema):
    """What became of a round, respondent by respondent."""

    items = fields.List(fields.Nested(OutcomeSchema), required=True)


class QuestionSchema(Schema):
    """A question, as it was pinned when the return was asked for, with what is brought forward to it."""

    id = fields.String(required=True)
    words = fields.String(required=True)
    answer = fields.String(required=True, metadata={"description": "text, number, choice, grade, date or counts"})
    required = fields.Boolean(required=True)
    standard = fields.String(required=True, allow_none=True)
    choices = fields.List(fields.String(), required=True)
    columns = fields.List(fields.String(), required=True)
    clauses = fields.List(fields.String(), required=True)
    brought_forward = fields.Raw(required=True, allow_none=True, metadata={"description": "To be reviewed before it is handed in"})


class QuestionsSchema(Schema):
    """What a return asks."""

    question_set = fields.String(required=True)
    question_set_sha256 = fields.String(required=True)
    title = fields.String(required=True)
    standards = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    questions = fields.List(fields.Nested(QuestionSchema), required=True)


class RoundOfS11Args(AtClocks):
    """Which round; without one, the latest."""

    period = fields.String(validate=validate.Length(4, 10))


@returns.get("")
@returns.arguments(ListArgs, location="query")
@returns.response(200, answer_of(ListedSchema, many=True))
@member
def every(args: dict[str, Any]) -> dict[str, Any]:
    """List the returns as at a day, as known at a position; their answers are read one by one."""
    with read(args) as on:
        owing(on, args.get("respondent"))
        which = {name: args.get(name) for name in ("kind", "respondent", "period", "status")}
        filters = Filters(**which, late=args["late"], whose=respondents(on))
        rows = views.returns(on.conn, **on.at, filters=filters, after=args.get("after"), limit=args["limit"] + 1)
        items, more = rows[: args["limit"]], len(rows) > args["limit"]
        return {"clocks": on.clocks, "items": items, "next": next_page(args, on.clocks, items[-1].ref) if more else None}


@returns.get("/<return:ref>", endpoint="read")
@returns.arguments(AtClocks, location="query")
@returns.response(200, answer_of(versioned(ReturnSchema)), headers=VERSIONED)
@member
def read_return(args: dict[str, Any], ref: str) -> ResponseReturnValue:
    """Give one return as at a day, as known at a position."""
    with read(args) as on:
        row, version = one(on, ref), version_of(on, "return", ref)
        item = {name: getattr(row, name) for name in ReturnSchema().fields} | {"version": version}
        return {"clocks": on.clocks, "item": item}, 200, {"ETag": f'"{version}"'}


@returns.get("/<ref>/history")
@returns.arguments(history.FeedArgs, location="query")
@returns.response(200, answer_of(history.EntrySchema, many=True))
@member
def history_of(args: dict[str, Any], ref: str) -> dict[str, Any]:
    """Give what was recorded of one return, entry by entry."""
    with read(args) as on:
        one(on, ref, opened=False)
        return history.answer_for(on, args, "return", ref)


@returns.get("/<ref>/questions")
@returns.response(200, QuestionsSchema)
@member
def questions_of(ref: str) -> dict[str, Any]:
    """Give the questions that a return asks, as they were pinned, with what was answered before."""
    with read({}) as on:
        one(on, ref, opened=False)
        state = worker().board.load(Return, ref).state
        if state is None:
            raise NotFound(kind="return", ref=ref)
        asked, before = worker().board.questions(state), _before(on, state)
        said = {"question_set": asked.id, "question_set_sha256": asked.sha256, "title": asked.title, "standards": asked.standards}
        return said | {"questions": [_question(question, before.get(question.id)) for question in asked.questions]}


def _before(on: Reading, state: ReturnState) -> Mapping[str, Any]:
    """Return what was answered before to the questions of a return, as its reader may read it there: of their days, and noted (INV-41)."""
    try:
        row = one(on, state.carried_forward_from or "")
    except NotFound:
        return {}
    board = worker().board
    earlier = board.load(Return, row.ref).state
    return brought_forward(board.questions(state), board.questions(earlier), row.answers) if earlier else {}


def _question(question: Question, before: Any) -> dict[str, Any]:
    names = QuestionSchema().fields.keys() - {"brought_forward"}
    return {name: getattr(question, name) for name in names} | {"brought_forward": before}


def one(on: Reading, ref: str, *, opened: bool = True) -> ReturnRow:
    """Return a return that the reader may see, or refuse; its answers, where they may read what is restricted, and no count of few."""
    row, whose = views.one(on.conn, ref, **on.at), respondents(on)
    if row is None or (whose is not None and row.respondent not in whose):
        raise NotFound(kind="return", ref=ref)
    if not opened or not row.answers:
        return row
    answers = row.answers if counted_by(on, row.respondent) else without_few(row.answers)
    return replace(row, answers=answers if reads(on, row) else {})


def reads(on: Reading, row: ReturnRow) -> bool:
    """Say whether the reader may see the answers: of their own office they may; an inspector's opening of them is noted."""
    return on.opens("return", row.ref) or row.respondent == own_office()


@returns.post("/rounds")
@returns.arguments(RoundArgs)
@returns.response(200, RoundSchema)
@returns.alt_response(PREPARED, schema=RoundSchema, description="It is prepared, and not recorded", success=True)
@returns.doc(operationId="ask_round", parameters=[IDEMPOTENCY_KEY, PREPARE])
@gives(COMMANDS["request_return"])
@member
def ask_round_of(args: dict[str, Any]) -> ResponseReturnValue:
    """Ask many respondents at once: one act for each, with its own receipt, in one transaction where nobody has to be left out."""
    check_open(COMMANDS["request_return"], acting_as(args.get("on_behalf_of"), office=args.get("office")))
    around = {name: args.pop(name, None) for name in ENVELOPE}
    respondents, signed = args.pop("respondents"), args.pop("signed")
    said = args | {"due_on": args["due_on"].isoformat()}
    how = {"prepare": prepares(), "signed": signed}
    asked = Submission(name="request_return", kind="return", ref="", fields=said, key=idempotency_key(), **how, **around)
    outcomes = ask_round(worker().board, signed_in(), asked, respondents)
    waits = any(outcome.done and outcome.done.unsigned for outcome in outcomes)
    recorded = [position for outcome in outcomes if outcome.done for position in outcome.done.positions]
    keep_request(recorded)
    if recorded:
        shown(recorded)  # waits once for them all
    return {"items": [_outcome(outcome) for outcome in outcomes]}, PREPARED if waits else 200


def _outcome(outcome: Outcome) -> dict[str, Any]:
    done, waiting = outcome.done, outcome.done and outcome.done.unsigned
    return {
        "respondent": outcome.respondent,
        "ref": outcome.ref,
        "done": said_of(done, shown=shown(done.positions, waiting=False)) if done and not waiting else None,
        "prepared": prepared(done, waiting) if done and waiting else None,
        "problem": problem_of(outcome.refused).body() if outcome.refused else None,
    }


@section_11.get("")
@section_11.arguments(RoundOfS11Args, location="query")
@section_11.response(200, answer_of(StandardsSchema, many=True))
@member
def side_by_side(args: dict[str, Any]) -> dict[str, Any]:
    """Give a round of section 11 as at a day, as known at a position: no ranking, and silence shown as silence."""
    with read(args) as on:
        return {"clocks": on.clocks, "items": standards(on, args.get("period")), "next": None}


def standards(on: Reading, period: str | None, refs: tuple[str, ...] | None = None) -> list[views.AgencyStandards]:
    """Return a round, the latest unless one is named, or some returns of it; what practitioners knew only to whom it is open."""
    asked = period or next(iter(views.periods(on.conn, "s11", **on.at)), "")
    rows = views.section_11(on.conn, worker().board.library, **on.at, period=asked, whose=respondents(on), refs=refs)
    return [row if not row.knowledge or on.opens("return", row.knowledge.ref) else replace(row, knowledge=None) for row in rows]


@workforce.get("")
@workforce.arguments(AtClocks, location="query")
@workforce.response(200, answer_of(CurrencySchema, many=True))
@member
def in_date(args: dict[str, Any]) -> dict[str, Any]:
    """Give whose training is in date as at a day, as known at a position, as each agency last counted it."""
    with read(args) as on:
        return {"clocks": on.clocks, "items": currency(on), "next": None}


def currency(on: Reading) -> list[views.CurrencyRow]:
    """Return the currency of the workforce; the counts only to whoever reads what is restricted."""
    rows = views.workforce(on.conn, **on.at, whose=respondents(on))
    return [row if not row.ref or on.opens("return", row.ref) else replace(row, groups=[]) for row in rows]


mount(returns, "return")
