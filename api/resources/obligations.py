"""What is owed: by whom, by which clause, by when and why; the event that shows that it was done, or none; and all of it as a grid.

Whether something was done is found in the record by the rules of the framework in force: there is no act that says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from marshmallow import Schema, fields, validate

from aggregates.clocks.dates import day_of
from aggregates.framework.wording import in_words
from api.access import member
from api.errors import Unreadable
from api.fields import AtClocks, Flag, Number, Whole, YesOrNo
from api.resources.answering.answers import MOST, Reading, answer_of, next_page, read, schema_of_rows
from api.resources.answering.openapi import Resource
from api.resources.partnership import agencies
from projections import obligations as views
from projections import partnership
from projections.obligations import INDEX, STATES, Cell, Instance, Wanted
from service.desk.refusals import NotFound

if TYPE_CHECKING:
    from datetime import date

    from aggregates.framework.clauses import Clause

obligations = Resource("obligations", __name__, description="What is owed by whom, by when and why, and what shows that it was done.")
compliance = Resource("compliance", __name__, description="Every owner beside every clause: how many obligations stand how. No ranking.")
clauses = Resource(
    "clauses", __name__, description="What the framework asks for, in its own words, and the rules that find it in the record."
)

PLACE: Final = r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])\|"  # a due date, and which of those due on it
InstanceSchema = schema_of_rows(Instance, "Obligation")


class OwedArgs(AtClocks):
    """Which obligations."""

    clause = fields.String(validate=validate.Length(1, 64))
    state = fields.String(validate=validate.OneOf(STATES))
    open = Flag(load_default=False, metadata={"description": "Only what is neither discharged nor ended"})
    after = fields.String(
        validate=[validate.Length(1, 400), validate.Regexp(PLACE)], metadata={"description": "The place of the last row of the page before"}
    )
    limit = Number(load_default=MOST, validate=validate.Range(1, MOST))


class ObligationArgs(OwedArgs):
    """Which obligations, of all."""

    agency = fields.String(validate=validate.Length(1, 64), metadata={"description": "The code of an agency or sub-group, or BOARD"})


class CellSchema(Schema):
    """What one owner owes by one clause. Where an owner has no cell, the clause has asked nothing of it yet.

    `undone` of those that are not met were met once, until what met them was taken back.
    """

    clause = fields.String(required=True)
    owner = fields.String(required=True)
    counts = fields.Dict(keys=fields.String(), values=Whole(), required=True)
    says = fields.String(required=True)
    undone = Whole(required=True)


class ClauseSchema(Schema):
    """A clause, word for word. `rules` say in sentences how it is found in the record; `says` why nothing is, where it cannot be."""

    ref = fields.String(required=True)
    lines = fields.String(required=True)
    page = Whole(required=True)
    text = fields.String(required=True)
    owed_by = fields.String(required=True)
    owed_to = fields.String(required=True)
    cadence = fields.String(required=True)
    evidence = fields.String(required=True)
    check = fields.String(required=True)
    lost = YesOrNo(required=True)
    says = fields.String(required=True)
    rules = fields.List(fields.List(fields.String()), required=True)


@obligations.get("", endpoint="all")
@obligations.arguments(ObligationArgs, location="query")
@obligations.response(200, answer_of(InstanceSchema, many=True))
@member
def every(args: dict[str, Any]) -> dict[str, Any]:
    """List what is owed as at a day, as known at a position, in the order of due date."""
    with read(args) as on:
        return _page(on, args, owing(on, args.get("agency")))


@agencies.get("/<ref>/obligations")
@agencies.arguments(OwedArgs, location="query")
@agencies.response(200, answer_of(InstanceSchema, many=True))
@member
def of_agency(args: dict[str, Any], ref: str) -> dict[str, Any]:
    """List what an agency owes and did, in the order of due date."""
    with read(args) as on:
        if ref not in {row.ref for row in partnership.agencies(on.conn, **on.at)} or on.scope.agency not in {None, ref}:
            raise NotFound(kind="agency", ref=ref)
        return _page(on, args, frozenset({ref}))


@obligations.get("/<rule>/<owner>/<path:subject>", endpoint="read")
@obligations.arguments(AtClocks, location="query")
@obligations.response(200, answer_of(InstanceSchema))
@member
def one(args: dict[str, Any], rule: str, owner: str, subject: str) -> dict[str, Any]:
    """Give one obligation."""
    with read(args) as on:
        return {"clocks": on.clocks, "item": instance(on, rule, owner, subject)}


@compliance.get("", endpoint="all")
@compliance.arguments(AtClocks, location="query")
@compliance.response(200, answer_of(CellSchema, many=True))
@member
def cells(args: dict[str, Any]) -> dict[str, Any]:
    """Count, for each owner and clause, how many obligations stand how."""
    with read(args) as on:
        return {"clocks": on.clocks, "items": [cell for _, cell in sorted(grid(on).items())], "next": None}


@clauses.get("", endpoint="all")
@clauses.arguments(AtClocks, location="query")
@clauses.response(200, answer_of(ClauseSchema, many=True))
@member
def every_clause(args: dict[str, Any]) -> dict[str, Any]:
    """List the clauses of the framework."""
    with read(args) as on:
        return {"clocks": on.clocks, "items": [_clause(clause) for clause in INDEX.clauses.values()], "next": None}


@clauses.get("/<ref>", endpoint="read")
@clauses.arguments(AtClocks, location="query")
@clauses.response(200, answer_of(ClauseSchema))
@member
def one_clause(args: dict[str, Any], ref: str) -> dict[str, Any]:
    """Give one clause."""
    if ref not in INDEX.clauses:
        raise NotFound(kind="clause", ref=ref)
    with read(args) as on:
        return {"clocks": on.clocks, "item": _clause(INDEX.clauses[ref])}


def owing(on: Reading, code: str | None) -> frozenset[str] | None:
    """Return whose obligations are asked for; None where it is everybody's. Who is nobody is refused: they would seem to owe nothing."""
    if not code:
        return None
    if code not in partnership.owners(on.conn, **on.at):
        raise NotFound(kind="agency", ref=code)
    return frozenset({code})


def own(on: Reading, asked: frozenset[str] | None = None) -> frozenset[str] | None:
    """Return whose obligations a reader may see of those asked for; None for everybody's. An agency's are its own, and its offices'."""
    if on.scope.leads is not None:
        return frozenset()
    if on.scope.agency is None:
        return asked
    offices = partnership.offices(on.conn, **on.at)
    theirs = {row.ref for row in offices if (term := row.holder_on(on.clocks.as_at)) and term.employer == on.scope.agency}
    mine = frozenset({on.scope.agency, *theirs})
    return mine if asked is None else mine & asked


def grid(on: Reading, owners: frozenset[str] | None = None) -> dict[tuple[str, str], Cell]:
    """Return the cells that a reader may see, or those of some owners."""
    return views.grid(on.conn, **on.at, owners=own(on, owners))


def owed(on: Reading, wanted: Wanted, *, after: tuple[date, str] | None = None, limit: int | None = None) -> list[Instance]:
    """Return the obligations that a reader may see."""
    return views.owed(on.conn, **on.at, wanted=wanted, after=after, limit=limit)


def instance(on: Reading, rule: str, owner: str, subject: str) -> Instance:
    """Return one obligation that the reader may see, or refuse: whether it is another agency's or nobody's is told to nobody."""
    mine = own(on)
    found = views.instance(on.conn, rule, owner, subject, **on.at) if mine is None or owner in mine else None
    if found is None:
        raise NotFound(kind="obligation", ref=f"{rule} of {owner} about {subject}")
    return found


def _page(on: Reading, args: dict[str, Any], owners: frozenset[str] | None) -> dict[str, Any]:
    if args.get("clause") not in {None, *INDEX.clauses}:
        raise NotFound(kind="clause", ref=args["clause"])
    wanted = Wanted(
        owners=own(on, owners), clause=args.get("clause"), states=[args["state"]] if args.get("state") else [], open_only=args["open"]
    )
    after = _place(args["after"]) if args.get("after") else None
    rows = owed(on, wanted, after=after, limit=args["limit"] + 1)
    items, more = rows[: args["limit"]], len(rows) > args["limit"]
    asked = {name: value for name, value in args.items() if name != "after"}
    last = views.place(items[-1]) if more else None
    return {"clocks": on.clocks, "items": items, "next": next_page(asked, on.clocks, f"{last[0]}|{last[1]}") if last else None}


def _place(text: str) -> tuple[date, str]:
    """Return where an obligation stands in the order of due date: `2017-03-15|LIF-RBM-03|RIV|2016-09-16..2017-03-15`."""
    day, _, key = text.partition("|")
    try:
        return day_of(day), key
    except ValueError as error:  # as of 30 February
        raise Unreadable(where="after", why="it begins with a due date, as the address of the next page has it") from error


def _clause(clause: Clause) -> dict[str, Any]:
    words = ("lines", "page", "text", "owed_by", "owed_to", "cadence", "evidence", "check", "lost", "says")
    said = {name: getattr(clause, name) for name in words}
    return {"ref": clause.id, **said, "rules": [in_words(rule) for rule in clause.rules]}
