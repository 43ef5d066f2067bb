"""Counts of so few people that they might be recognised: suppressed in one place, for pages, files and the API."""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode
from html import unescape

import pytest

from aggregates.entry.values import FEWEST
from aggregates.returns.answers import without_few
from service.desk.submission import Submission
from tests.api.conftest import Asking, serving
from tests.api.pages.whole import THINGS, fill
from tests.api.test_programs import COVERED, PUBLIC, Request, api_key, send, sign
from tests.api.test_role_matrix import FORMS, HOLDERS, JOIN, SAID, addresses, told_apart
from tests.boards import copy_of

pytestmark = pytest.mark.xdist_group("few")
REF = "cyp_family_feedback-2016-17-RIV"
FEW, MANY = 3, 17
COUNTS = {"young people": {"asked": 40, "answered": 20, "helped": MANY, "not_helped": FEW}}


@pytest.fixture(scope="module")
def board(small_board, lending, tmp_path_factory):
    """Give a board on which an agency counted what children say, corrected it, and few of a group said that nothing helped."""
    with copy_of(small_board, lending, tmp_path_factory.mktemp("few")) as it:
        fill(it)
        said = {"kind": "cyp_family_feedback", "respondent": "RIV", "period": "2016-17", "due_on": "2017-01-31"}
        it.act("chair", "request_return", REF, **said)
        answers = [{"question": "counts", "answer": COUNTS}, {"question": "impact", "answer": "no change could be seen"}]
        it.act("riv-lead", "submit_return", REF, answers=answers, self_grades=[])
        corrected = {"answers": [{"question": "counts", "answer": COUNTS}, {"question": "impact", "answer": "too few to say"}]}
        fields = {"amends": 2, "corrected": corrected, "reason": "The other was ticked"}
        it.board.act(it.callers["riv-lead"], Submission(name="correct_entry", kind="return", ref=REF, fields=fields))
        for name, (role, body, employer) in JOIN.items():
            it.join(name, role, body, employer)
        said = {"body": "Auditors", "purpose": "audit", "agency": None, "covers_from": "2015-07-01", "ceiling": "2016-09-05"}
        it.act("chair", "open_inspection", "auditor", **said, expires_on="2016-10-01")
        it.catch_up()
        with serving(it) as app:
            yield Asking(app.test_client(), it)


def everything(board, routes):
    """Give every address of the API and of the pages: of each thing, of this return, of each of its events, and as a file."""
    events = [entry["position"] for entry in board.get(f"/api/v1/returns/{REF}/history").json["items"]]
    for path, rule, _ in addresses(routes, "GET"):
        if rule.endpoint.startswith(FORMS) or "evidence" in rule.rule:
            continue
        yield path
        if THINGS["return"] in path:
            yield path.replace(THINGS["return"], REF)
        if f"/events/{SAID['position']}" in path:
            yield from (path.replace(f"/events/{SAID['position']}", f"/events/{position}") for position in events)
    yield from (f"/api/v1/events?after={position - 1}&limit=1" for position in events)


def named(said):
    """Say whether something names the few: an object that counts them, a signed disclosure of one, or the words of a page or a file."""
    if isinstance(said, dict):
        return ("helped" in said and any(0 < count < FEWEST for count in said.values() if isinstance(count, int))) or any(
            named(one) for one in said.values()
        )
    if isinstance(said, list):
        return any(named(one) for one in said)
    if not isinstance(said, str):
        return False
    if re.search(rf"not.helped\W{{1,4}}{FEW}\b", unescape(said).lower()):
        return True
    return any(rf'"not_helped": {FEW}' in text or rf'"not_helped":{FEW}' in text for text in disclosed(said))


def disclosed(said):
    """Give what is written in base64url in a text, as each disclosure of a statement is."""
    for part in re.findall(r"[\w-]{60,}", said):
        try:
            yield urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode()
        except ValueError:
            continue


@pytest.mark.parametrize("who", told_apart())
def test_no_count_of_few_children_is_named_to_anybody_but_who_counted_it(board, routes, who):
    """Role by role, every address of the API, every page and every file of a page: none names a count of fewer than five."""
    wrong, seen, left = [], 0, list(everything(board, routes))
    while left:
        answer = board.get(path := left.pop(), HOLDERS[who])
        seen += answer.status_code == 200
        text = answer.get_data().decode(errors="replace")
        said = json.loads(text) if answer.mimetype == "application/json" else re.sub(r"<[^>]+>", " ", text)
        left += [unescape(href) for href in set(re.findall(r'href="(/[^"]*format=(?:csv|json)[^"]*)"', text))]
        if named(said):
            wrong.append(path)

    assert wrong == []
    assert seen > 20


def test_who_counted_is_told_what_they_counted(board):
    """The agency reads its own counts as it gave them, in the return and in each event of it; so the walk above can see them."""
    paths = (f"/api/v1/returns/{REF}", f"/api/v1/returns/{REF}/history")

    assert all(named(board.get(path, "riv-lead").json) for path in paths)
    assert board.get(f"/api/v1/returns/{REF}", "riv-lead").json["item"]["answers"]["counts"] == COUNTS
    assert f"not helped {FEW}" in board.get(f"/returns/{REF}", "riv-lead").get_data(as_text=True)


def test_what_is_left_gives_no_small_count_away(board):
    """Of a group with a small count only how many were asked is told: what answered less what helped would be the small one."""
    told = board.get(f"/api/v1/returns/{REF}", "chair").json["item"]["answers"]

    assert told == {
        "counts": {"young people": {"asked": 40, "answered": None, "helped": None, "not_helped": None}},
        "impact": "too few to say",
    }
    assert without_few({"families": {"asked": FEW, "answered": 0, "helped": 0, "not_helped": 0}}) == {
        "families": dict.fromkeys(("asked", "answered", "helped", "not_helped"))
    }
    # Two did not answer; two of those who did said neither.
    for few in ({"answered": 38, "helped": 20, "not_helped": 18}, {"answered": 30, "helped": 20, "not_helped": 8}):
        assert without_few({"families": {"asked": 40, **few}})["families"] == {"asked": 40, **dict.fromkeys(few)}
    families = {"asked": 60, "answered": 40, "helped": 30, "not_helped": 10}
    every = COUNTS | {"families": families, "all": {name: COUNTS["young people"][name] + families[name] for name in families}}
    assert [row["helped"] for row in without_few(every).values()] == [None, 30, None]
    more = every | {"elderly": families, "both and the elderly": {name: every["all"][name] + families[name] for name in families}}
    assert [row["helped"] for row in without_few(more).values()] == [None, 30, None, 30, None]  # whatever else is counted beside them
    page = board.get(f"/returns/{REF}", "chair").get_data(as_text=True)
    assert f"asked 40; the rest is not told, because fewer than {FEWEST} people could be recognised" in page
    entry = board.get(f"/api/v1/returns/{REF}/history", "chair").json["items"][1]
    assert ("answers" in entry["fields"], entry["withheld"]) == (False, ["answers"])


def test_no_form_tells_a_count_of_few_to_whoever_types_for_another(board):
    """The board manager, who answers for others and puts entries right, finds no count of few filled in: who counted finds it there."""
    submitted = board.get(f"/api/v1/returns/{REF}/history").json["items"][1]["position"]
    forms = [f"/returns/{REF}/amend_return", *(f"/events/{submitted}/{act}" for act in ("correct", "propose"))]
    filled_in = re.compile(rf'not_helped(" type="text" value="|\W{{1,4}}){FEW}\b')
    pages = {who: [board.get(path, who) for path in forms] for who in ("board-manager", "riv-lead")}
    told = {who: [bool(filled_in.search(unescape(page.get_data(as_text=True)))) for page in found] for who, found in pages.items()}

    assert [page.status_code for page in pages["board-manager"]] == [200] * 3
    assert (told["board-manager"], told["riv-lead"][0]) == ([False] * 3, True)
    assert 'value="40"' in pages["board-manager"][0].get_data(as_text=True)


def test_a_signed_request_that_counts_few_is_given_to_whoever_counted_alone(board):
    """Its digest is over what everybody reads but the counts: whoever had it could try every small one, and see which it was."""
    key = api_key(board, "riv-lead", public_key=PUBLIC)
    answers = [{"question": "counts", "answer": COUNTS}, {"question": "impact", "answer": "too few to say"}]
    body = json.dumps({"answers": answers, "self_grades": [], "reason": "One form came late"}).encode()
    headers = {"Content-Type": "application/json", "Idempotency-Key": "few", "If-Match": "*"}
    url = f"http://localhost/api/v1/returns/{REF}/amend_return"
    done = send(board, key, sign(Request(url, headers=headers, body=body), covered=COVERED))
    assert done.status_code == 200, done.json
    board.seeded.catch_up()
    address = f"/api/v1/events/{done.json['positions'][0]}/request"

    assert [board.get(address, office).status_code for office in ("riv-lead", "chair", "board-manager")] == [200, 404, 404]
