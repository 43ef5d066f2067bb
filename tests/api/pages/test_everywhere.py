"""What holds of every page: who may open it, what it says of itself, and that nothing is written by looking."""

from __future__ import annotations

import re
from pathlib import Path

import psycopg
import pytest

import api
from api.resources.answering.commands import declared
from service.commands import AMENDMENTS

OFFICES = ("board-manager", "chair", "quality-chair", "riv-lead", "cqh-lead")
READ = ("/", "/actions", "/actions/A1", "/events/5", "/replay", "/integrity", "/accessibility", "/office", "/sign-in")
MEMBERS = ("/actions", "/actions.csv", "/actions/A1", "/actions/A1/accept_action", "/actions/new", "/events/5", "/replay", "/office")
COMMANDS = [command.name for command in declared("action") if command.name not in AMENDMENTS and not command.creates]


@pytest.mark.parametrize("office", OFFICES)
def test_every_page_opens_for_whoever_may_read(reader, office):
    """Each page opens for each office of the Board, but another agency's action, which does not exist for a designated lead."""
    who = reader(office)
    shown = {path: who.get(path).status_code for path in READ}

    assert shown == {path: 404 if (path, office) == ("/actions/A1", "cqh-lead") else 200 for path in READ}


def test_a_trainer_sees_their_agencys_pages(reader):
    """A trainer opens the pages of the agency that employs them."""
    who = reader("trainer")

    assert [who.get(path).status_code for path in ("/", "/actions", "/actions/A2", "/actions/A1", "/events/5")] == [200, 200, 200, 404, 200]


@pytest.mark.parametrize("path", MEMBERS)
def test_nobody_sees_only_how_to_sign_in(reader, path):
    """Whoever is not signed in gets the form to sign in at the same address, and is brought back there."""
    who = reader()
    response = who.get(path)

    assert (response.status_code, who.hidden["next"]) == (401, path)


@pytest.mark.parametrize("path", ["/", "/integrity", "/accessibility", "/sign-in"])
def test_the_public_pages_need_no_account(reader, path):
    """What this is, how to check it and how to come in are open to everybody."""
    assert reader().get(path).status_code == 200


@pytest.mark.parametrize("office", ["operator", "nobody"])
def test_whoever_holds_no_office_reads_nothing_of_the_board(reader, office):
    """Running the service, or having an account, is no office: home says so, and the record is refused."""
    who = reader(office)

    assert "You act in no office" in who.text("/")
    assert [who.get(path).status_code for path in ("/actions", "/actions/A1", "/events/5", "/replay", "/actions.csv")] == [403] * 5


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_of_an_action_has_its_page(reader, name):
    """The form of each declared command opens for the board manager, with its title and a key of its own."""
    who = reader("board-manager")
    words = who.text(f"/actions/A1/{name}")

    assert next(command.title for command in declared("action") if command.name == name) in words
    assert {"csrf_token", "act.key"} <= who.hidden.keys()


@pytest.mark.parametrize("name", ["correct_entry", "assign_action", "join_agency", "nonsense"])
def test_other_names_are_no_pages_of_an_action(reader, name):
    """A page of an action is a command about one, and nothing else."""
    assert reader("board-manager").get(f"/actions/A1/{name}").status_code == 404


def test_pages_say_what_they_are_when_they_were_current_and_where_they_stay(reader):
    """Every page of the record has its own title, the event up to which it knows, and an address with both clocks."""
    who = reader("chair")
    titles = set()
    for path in ("/actions", "/actions/A1", "/events/5", "/replay"):
        who.get(path)
        titles.add(who.page.partition("<title")[2].partition("</title")[0])
        assert "as known at event" in who.page
        assert any("known_at=" in link and link.startswith("http://localhost/") for link in who.links)

    assert len(titles) == 4


def test_the_sign_in_page_says_what_the_public_sees(reader):
    """Whoever has no account reads what they can see all the same, and why it is no more."""
    words = reader().text("/sign-in")

    assert "Everybody else sees how many events the log holds, its keys, its newest checkpoint" in words
    assert "They see no more because the record is about what happened to children" in words


def test_the_integrity_page_says_how_to_come_by_a_pack_and_check_it(reader):
    """An inspector reads whom to ask for a pack, and with which commands it is made and verified: they are ones that there are."""
    who = reader()
    words = who.text("/integrity")
    key = who.seeded.board.keys.log.vkey

    assert "inspectors take theirs once they have signed in, auditors ask the board manager of Severnbrook Safeguarding" in words
    assert "muniment pack trail.zip" in words
    assert f"muniment verify trail.zip --key '{key}' --known checkpoint" in words


def test_looking_records_nothing(reader):
    """No page that is only opened changes the log or the desk."""
    who = reader("board-manager")
    counted = "SELECT (SELECT count(*) FROM ledger.event), (SELECT count(*) FROM desk.session), (SELECT count(*) FROM desk.idempotency)"
    with psycopg.connect(who.seeded.config.conninfo("writer"), autocommit=True) as conn:
        before = conn.execute(counted).fetchone()
        for path in (*READ, *(f"/actions/A1/{name}" for name in COMMANDS), "/events/5/correct", "/events/5/retract", "/events/5/propose"):
            assert who.get(path).status_code in {200, 403, 404}, path

        assert conn.execute(counted).fetchone() == before


def test_a_page_that_is_not_there_says_so_in_words(reader):
    """A wrong address gives a page, not a program's answer."""
    who = reader("chair")
    response = who.get("/nowhere")

    assert (response.status_code, response.mimetype) == (404, "text/html")
    assert "Page not found" in who.words


@pytest.mark.parametrize("path", ["/actions/A1/accept_action", "/actions/new", "/events/5/retract", "/sign-out", "/office", "/sign-in"])
def test_a_form_from_elsewhere_is_refused(sign_in, path):
    """A POST without the token of our own page records nothing, ends nothing and signs nobody in."""
    who = sign_in("riv-lead")
    before = who.recorded
    response = who.client.post(path, data={"act.key": "k"}, headers={"Accept": "text/html"})

    assert (response.status_code, response.mimetype) == (400, "text/html")
    assert who.get("/actions").status_code == 200
    assert who.recorded == before


def test_the_database_being_away_is_said_in_words(routes):
    """Without its database the service says that it is not available, and that nothing is lost."""
    client = routes.test_client()
    client.set_cookie("muniment_session", "a token")
    response = client.get("/actions", headers={"Accept": "text/html"})

    assert (response.status_code, response.mimetype) == (503, "text/html")
    assert "Nothing that was recorded is lost" in response.get_data(as_text=True)


def test_no_template_takes_a_macro_that_it_does_not_use():
    """What a template imports it calls: whoever reads it is not led to what is not there."""
    unused = []
    for template in sorted((Path(api.__file__).parent / "templates").rglob("*.html")):
        text = re.sub(r"{#.*?#}", "", template.read_text(), flags=re.DOTALL)
        taken = re.findall(r"{% from \"[^\"]+\" import (.*?)(?: with context)? %}", text)
        code = " ".join(re.findall(r"{[{%].*?[%}]}", re.sub(r"{% from .*? %}", "", text), flags=re.DOTALL))
        names = [name.split(" as ")[-1].strip() for line in taken for name in line.split(",")]
        unused += [f"{template.name}: {name}" for name in names if not re.search(rf"\b{name}\(", code)]

    assert unused == []
