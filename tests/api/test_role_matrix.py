"""The role matrix (domain B.6), walked: every route, as every role, against the one table of `service.desk.roles` and the commands' own."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import product
from typing import get_args

import psycopg
import pytest

from aggregates.errors import Refused
from aggregates.partnership import office
from api.access import SESSION_COOKIE
from api.fields import ONE_OF_ITS_KIND
from service.commands import COMMANDS
from service.commands.command import MANAGER
from service.desk import accounts
from service.desk.coming_in.refusals import NotForThisKey
from service.desk.refusals import NotAllowed, NotInOffice, NotSignedIn
from service.desk.roles import INSPECTORS, RIGHTS, ROLES, Role, may
from service.desk.submission import Submission
from tests.api.acts import ACTS, said
from tests.api.conftest import Asking, serving
from tests.api.pages.whole import THINGS, fill
from tests.api.test_routes import PLURAL, contents, declared
from tests.boards import OFFICES, copy_of
from tests.service.test_reviews import COURSE as OF_A_REVIEW

pytestmark = pytest.mark.xdist_group("matrix")
# Who holds each role on the board that is walked: those of the small board, and those who join it.
JOIN = {
    "deputy": ("deputy chair", None, None),
    "policy-manager": ("policy and practice manager", None, None),
    "dpo": ("data protection officer", None, None),
    "cqh-chief": ("chief officer", "CQH", "CQH"),
    "lead-reviewer": ("lead reviewer", None, None),
    "auditor": ("auditor", None, None),
}
HOLDERS = {"inspector": "inspector", "board manager": "board-manager"} | {
    role: name for name, (role, body, _) in (OFFICES | JOIN).items() if body != "RIV" or role != "designated lead"
}
STRANGERS = ("operator", "nobody", "former")  # signed in, in no office, or in one whose term is over
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"}
ONE_PART = ("designated lead", "chief officer", "trainer", "lead reviewer")  # here of another agency than Riverside, and of no review
BY_REFERENCE = "subject"  # a random UUID, which nobody finds by trying: whoever has it was told it by whom it is about
ASSIGNED, BEYOND = 21, 987654  # the event with which A1 was assigned; one that there is not
KINDS = {PLURAL.get(kind, f"{kind}s"): kind for kind in THINGS}
FORMS = ("act.", "amend.", "rounds.", "evidence_.submit")  # the pages of commands, which ask the same door
# What else stands in an address, where it is not the reference of a thing.
SAID = {
    "position": 3, "sha256": "0" * 64, "code": "not-found", "level": "0", "place": "000.p/1", "act": "correct", "token": "t", "number": 1,
    "filename": "muniment.css", "clause": "LIF-APPA-AG-05", "rule": "x", "owner": "RIV",
    "subject": "x", "purpose": "day", "period": "2015-16", "edition": 1, "n": 1,
}  # fmt: skip


@pytest.fixture(scope="module")
def board(small_board, lending, tmp_path_factory):
    """Give a board with one of everything, on which somebody holds each role."""
    with copy_of(small_board, lending, tmp_path_factory.mktemp("matrix")) as it:
        fill(it)
        for name, (role, body, employer) in JOIN.items():
            it.join(name, role, body, employer)
        it.join("former", "deputy chair", until_on="2016-09-04")
        said = {"body": "Auditors", "purpose": "audit", "agency": None, "covers_from": "2015-07-01", "ceiling": "2016-09-05"}
        it.act("chair", "open_inspection", "auditor", **said, expires_on="2016-10-01")
        it.catch_up()
        with serving(it) as app:
            yield Asking(app.test_client(), it)


def rights(role):
    """Return the rights of a role."""
    return frozenset(right for right in RIGHTS if may(role, right))


def told_apart():
    """Return a role for each way in which the table tells roles apart: two of the same row read the same, by construction."""
    return sorted({(row, rights(role)): role for role, row in ROLES.items()}.values())


def addresses(routes, method):
    """Give each address that there is for a method, of what is on record, with its rule and its view."""
    bound = routes.url_map.bind("localhost")
    for rule in routes.url_map.iter_rules():
        if method not in rule.methods:
            continue
        kind = KINDS.get(re.sub(r"^/(api/v1/)?", "", rule.rule).partition("/")[0], "action")
        one_of = {name: choices.partition(",")[0].strip("'") for choices, name in re.findall(r"<any\(([^)]*)\):(\w+)>", rule.rule)}
        one_of |= dict.fromkeys(re.findall(r"<uuid:(\w+)>", rule.rule), THINGS["subject"])
        values = {one: one_of.get(one) or SAID.get(one, THINGS[kind]) for one in rule.arguments}
        if "name" in rule.arguments:
            names = [command.name for command in COMMANDS.values() if command.kind == kind and command.creates == ("/new/" in rule.rule)]
            values["name"] = names[0] if names else "none"
        yield bound.build(rule.endpoint, values, method=method), rule, routes.view_functions[rule.endpoint]


def test_every_role_that_there_is_stands_in_the_table():
    """Whoever can be appointed has a row, and no command names a role that has none."""
    assert set(ROLES) == set(get_args(office.Role))
    assert frozenset().union(*(command.by for command in declared())) <= set(ROLES)
    assert frozenset().union(*(right.by for right in RIGHTS.values())) <= set(ROLES)


def test_who_inspects_records_nothing_by_construction():
    """No command and no right to write is open to an inspector or an auditor: it is not there to be given."""
    assert {command.name for command in declared() if any(command.open_to(role) for role in INSPECTORS)} == set()
    assert {name for name, right in RIGHTS.items() if right.writes and right.by & INSPECTORS} == set()


@pytest.mark.parametrize("who", [*told_apart(), *STRANGERS, None])
def test_every_role_reads_what_its_row_says(board, routes, who):
    """Every GET: nothing without account or office, 403 by a right alone, 404 for what is another agency's; and looking changes nothing."""
    before, wrong = contents(board), []
    for path, rule, view in addresses(routes, "GET"):
        if rule.endpoint.startswith(FORMS):
            continue
        answer = board.client.get(path) if who is None else board.get(path, HOLDERS.get(who, who))
        status = answer.status_code
        wrong += [(rule.rule, found) for found in runs_otherwise(answer)]
        if view.access == "public":
            expected = status not in {401, 403}
        elif who is None:
            expected = status == 401
        elif who in STRANGERS:
            expected = (status == 200) == (view.access == "account")
        else:
            expected = status != 401 and (status != 403) == (view.access not in RIGHTS or may(who, view.access))
        if not expected or status >= 500:
            wrong.append((rule.rule, status))

    assert wrong == []
    assert who in INSPECTORS or who is None or contents(board) == before  # what an inspector opens is on record, and a stranger is counted


@pytest.mark.parametrize("who", ONE_PART)
def test_what_is_not_theirs_is_answered_as_what_is_nobodys(board, routes, who):
    """Enumeration: by no address can who sees a part of the record tell what is there for others from what is not there."""
    told = set()
    for path, rule, _ in addresses(routes, "GET"):
        if "<ref>" in rule.rule:
            ref = next(ref for ref in THINGS.values() if f"/{ref}" in path)
            theirs, nobodys = board.get(path, HOLDERS[who]), board.get(path.replace(ref, "X9"), HOLDERS[who])
            if theirs.status_code == 404:
                told.add(ref)
                assert said_of(theirs, ref) == said_of(nobodys, "X9"), path
    for path in (
        "/api/v1/events/{}",
        "/api/v1/events/{}/request",
        "/events/{}",
        "/events/{}/correct",
        "/events/{}/retract",
        "/public/events/{}",
    ):
        theirs, nobodys = (board.get(path.format(at), HOLDERS[who]) for at in (ASSIGNED, BEYOND))
        assert (said_of(theirs, ASSIGNED), theirs.status_code) == (said_of(nobodys, BEYOND), 404), path

    assert "A1" in told  # Riverside's, of which nobody here is


@pytest.mark.parametrize("who", ONE_PART)
def test_an_act_upon_what_is_not_theirs_is_one_upon_nothing(board, who):
    """Whatever act somebody tries, and whatever they say in it, no refusal tells them what is there for others."""
    hidden = {
        kind: ref for kind, ref in THINGS.items()
        if kind not in ONE_OF_ITS_KIND and board.get(f"/api/v1/{PLURAL.get(kind, f'{kind}s')}/{ref}", HOLDERS[who]).status_code == 404
    }  # fmt: skip
    examples = {name: said(board, name) for name in ACTS} | {name: fields for _, name, fields in OF_A_REVIEW}
    tried = 0
    for command in declared():
        if command.kind in hidden and not command.creates and command.kind != BY_REFERENCE:
            path = f"/api/v1/{PLURAL.get(command.kind, f'{command.kind}s')}/{{}}/{command.name}"
            fields = examples.get(command.name, {"amends": 1, "corrected": {}, "reason": "Wrong"})
            theirs, nobodys = (board.post(path.format(ref), HOLDERS[who], fields) for ref in (hidden[command.kind], "X9"))
            assert theirs.status_code in {403, 404, 422}
            assert said_of(theirs, hidden[command.kind]) == said_of(nobodys, "X9"), (path, theirs.json)
            tried += 1

    assert tried > 20


def said_of(answer, ref):
    """Return what an answer tells, but for what was asked about and the number of the request."""
    headers = sorted((name, value) for name, value in answer.headers if name not in {"X-Request-ID", "Content-Length"})
    return answer.status_code, answer.get_data(as_text=True).replace(str(ref), "it"), headers


def test_a_form_is_shown_to_those_whose_command_it_is(board, routes):
    """The page of a command is refused to each role that may never give it, before anything is told of what it is about."""
    wrong = []
    for path, rule, _ in addresses(routes, "GET"):
        if rule.endpoint.startswith("act.act") and (command := COMMANDS.get(path.rpartition("/")[2])):
            closed = [who for who in told_apart() if not command.open_to(who)]
            wrong += [(path, who) for who in closed if board.get(path, HOLDERS[who]).status_code != 403]

    assert wrong == []


def test_every_role_gives_the_commands_that_name_it_and_no_other(board):
    """Every command, as every role, at the door by which pages, API and import come in: refused by name, and nothing is recorded."""
    before, wrong = recorded(board), []
    for command, who in product(declared(), (*ROLES, *STRANGERS)):
        it = Submission(name=command.name, kind=command.kind, ref="X9", fields={})
        with pytest.raises(Refused) as refused:
            board.seeded.board.act(board.seeded.callers[HOLDERS.get(who, who)], it)
        why = NotAllowed if who in ROLES else NotInOffice if who == "former" else NotSignedIn
        if isinstance(refused.value, why) != (who not in command.by):
            wrong.append((command.kind, command.name, who, refused.value))

    assert wrong == []
    assert recorded(board) == before


def test_every_route_that_writes_is_a_commands_or_needs_a_right(board, routes):
    """Every POST, DELETE and the like: nothing without an account, no page by a key, and what is no command declares who may."""
    undeclared = set()
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        for path, rule, view in addresses(routes, method):
            if view.access != "public":
                assert board.client.open(path, method=method).status_code == 401, path
            if not rule.rule.startswith("/api/"):  # a key, which may less than its maker, could otherwise make another that may more
                by_key = board.client.open(path, method=method, headers=board.headers("board-manager"))
                assert by_key.json["type"] in {"/problems/pages-are-for-people", "/problems/not-allowed"}, path
            if view.access == "member" and not (hasattr(view, "command") or rule.endpoint.startswith(FORMS)):
                undeclared.add(rule.endpoint)

    assert undeclared == set()


def test_no_page_does_anything_that_another_site_asks_for(board, routes):
    """CSRF: every page that does anything refuses a browser that is signed in and does not send the token of a form of ours."""
    before, answers = contents(board), {}
    client = board.client.application.test_client()
    with psycopg.connect(board.seeded.config.conninfo("writer"), autocommit=True) as conn:
        client.set_cookie(SESSION_COOKIE, accounts.open_session(conn, board.seeded.callers["board-manager"].account, "board-manager"))
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        for path, rule, _ in addresses(routes, method):
            if method in rule.methods:
                answer = client.open(path, method=method, data={"csrf_token": "another"})
                answers[method, path] = answer.json["type"].removeprefix("/problems/")

    assert set(answers.values()) == {"form-token-missing", "not-allowed"}  # the latter of those that are not the manager's anyway
    assert len([why for why in answers.values() if why == "form-token-missing"]) > 200
    assert contents(board) | {"desk.session": 0} == before | {"desk.session": 0}


def test_an_address_takes_the_methods_that_it_declares_and_no_other(board, routes):
    """Every other method is refused before anybody is asked who they are; OPTIONS and HEAD tell a stranger no more than GET does."""
    before, wrong = contents(board), []
    taken = {path: view.access for method in METHODS for path, _, view in addresses(routes, method)}
    bound = routes.url_map.bind("localhost")
    for number, (path, access) in enumerate(taken.items()):
        nobody = {"REMOTE_ADDR": f"203.0.113.{number % 250}"}  # so many strangers that none of them asks too often
        undeclared = METHODS.difference(bound.allowed_methods(path))
        others = [(method, board.client.open(path, method=method, environ_overrides=nobody)) for method in undeclared]
        closed = ("OPTIONS", "HEAD") if access != "public" else ()
        shut = [(method, board.client.open(path, method=method, environ_overrides=nobody)) for method in closed]
        wrong += [(method, path) for method, answer in others if answer.status_code != 405]
        wrong += [(method, path) for method, answer in shut if answer.status_code not in {401, 405}]

    assert wrong == []
    assert contents(board) | {"desk.tally": 0} == before | {"desk.tally": 0}


def test_a_key_gives_the_commands_that_it_was_made_for_and_no_other(board):
    """By a key that reads alone no command is given, whoever's it is; by one that was made for a command, that one alone."""
    wrong = []
    for command in declared():
        who = board.seeded.callers["board-manager" if MANAGER in command.by else HOLDERS[next(iter(sorted(command.by)))]]
        for acts in (frozenset(), frozenset({command.name}), frozenset({"another"})):
            limited = replace(who, program=replace(who.program, acts=acts))
            with pytest.raises(Refused) as refused:
                board.seeded.board.act(limited, Submission(name=command.name, kind=command.kind, ref="X9", fields={}))
            if isinstance(refused.value, NotForThisKey) != (command.name not in acts):
                wrong.append((command.name, acts, refused.value))

    assert wrong == []


def runs_otherwise(answer):
    """Return what would run on a page otherwise than by the nonce of its answer: no script, no attribute, no style."""
    if answer.mimetype != "text/html":
        return []
    page, policy = answer.get_data(as_text=True), answer.headers["Content-Security-Policy"]
    nonce = re.search(r"script-src 'nonce-([\w-]{22})';", policy)
    scripts = [tag for tag in re.findall(r"<script\b[^>]*>", page) if nonce is None or f' nonce="{nonce[1]}"' not in tag]
    return [*scripts, *re.findall(r"<\w[^>]*\s(?:on\w+|style|srcdoc)=|<style|=\"javascript:", page), *re.findall("unsafe[^;]*", policy)]


def recorded(board):
    """Return how many events the log has."""
    with psycopg.connect(board.seeded.config.conninfo("reader")) as conn:
        return conn.execute("SELECT count(*) FROM ledger.event").fetchone()[0]


def test_the_manager_records_for_any_office_and_signs_for_none():
    """Who records on behalf of another is the board manager: every command is open to them for the office whose it is."""
    assert all(command.open_to(MANAGER) for command in COMMANDS.values())
    assert ROLES[MANAGER] == Role("the whole record")
