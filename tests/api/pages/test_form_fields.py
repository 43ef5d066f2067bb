"""What a form sends is what was typed: no field that it carries along stands in the place of one that a command has."""

from __future__ import annotations

from collections import Counter
from html.parser import HTMLParser
from itertools import product

from api.fields import schema_of
from api.pages.acting import ACT
from api.pages.acting.addresses import address_of
from api.pages.acting.amend import CORRECTED
from api.pages.frame.clocks import whole
from service.commands import COMMANDS
from service.commands.asking import ONE_OF_ITS_KIND
from tests.acceptance import boards as imports
from tests.api.pages.conftest import day
from tests.api.pages.whole import THINGS, fill
from tests.boards import AROUND

ONE_OF_SEVERAL = {"radio", "checkbox", "submit"}  # of these several may have one name
OF_A_FILE = {"title", "date", "sha256", "filename", "kind"}
OFFICES = ("board-manager", "chair", "riv-lead", "quality-chair", "trainer")


class Names(HTMLParser):
    """Counts the names of what the forms of a page send, apart from the token that each of them carries."""

    def __init__(self, page: str) -> None:
        """Read a page."""
        super().__init__()
        self.found: Counter[str] = Counter()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Count a name; a group of radios, of checkboxes or of buttons has one."""
        said = dict(attrs)
        name = said.get("name")
        if tag not in {"input", "select", "textarea", "button"} or not name or name == "csrf_token":
            return
        self.found[name] = 1 if said.get("type") in ONE_OF_SEVERAL else self.found[name] + 1


def test_no_form_asks_for_two_things_under_one_name(whole):
    """On the form of every command each name is there once, and belongs to a field of the command or to what every act carries along."""
    people = [whole(office) for office in OFFICES]
    for name, command in COMMANDS.items():
        path = address_of(command, THINGS.get(command.kind))
        who = next((who for who in people if 'name="act.key"' in (who.get(path) and who.page)), None)
        assert who is not None, name
        of_the_command = {field.name for field in command.fields} | {f"evidence_{part}" for part in OF_A_FILE}
        found = Names(who.page.partition("<main")[2]).found
        answers = {"q", "g", "reviewed"} if name in {"submit_return", "amend_return"} else set()

        assert {field: times for field, times in found.items() if times > 1} == {}, name
        assert {n.partition("-")[0] for n in found if not n.startswith(ACT)} <= of_the_command | answers, name


def test_a_form_that_brings_files_is_sent_where_files_are_taken(whole):
    """Wherever a form has a place for a file, in it or beside a field for a hash, the view that it is sent to takes files."""
    people = [whole(office) for office in OFFICES]
    app, found = people[0].client.application, set()
    addresses = {address_of(command, THINGS.get(command.kind)) for command in COMMANDS.values()}
    corrections = {f"/events/{position}/correct" for position in range(1, people[0].recorded + 1)}
    for path, who in product(sorted(addresses | corrections | {"/evidence/new"}), people):
        if who.get(path) and "multipart/form-data" in who.page:
            endpoint, _ = app.url_map.bind("localhost").match(path, "POST")
            found.add(endpoint)
            assert getattr(app.view_functions[endpoint], "takes_files", False), path

    assert {"amend.amend", "evidence_.submit", "act.act action"} <= found


def test_nothing_that_a_command_says_is_called_like_what_stands_around_it():
    """Neither in a form, nor in the JSON of an act, nor where an import or a test gives one, can a field be taken for the act's own."""
    said = {field.name for command in COMMANDS.values() for field in command.fields}
    around_in_json = {"ref", "occurred_on", "on_behalf_of", "late_reason", "office", "signed"}

    assert [name for name in said if not name.isidentifier() or name.startswith((ACT, CORRECTED))] == []
    assert said & (around_in_json | AROUND.keys() | set(imports.AROUND)) == set()
    for command in COMMANDS.values():
        carried = around_in_json if command.creates and command.kind not in ONE_OF_ITS_KIND else around_in_json - {"ref"}
        assert schema_of(command)._declared_fields.keys() == {f.name for f in command.fields} | carried, command.name


def test_what_is_typed_of_a_discussion_is_what_is_recorded(sign_in, seeded):
    """Nine meetings of five are refused; three of five are recorded as they were typed, and not as the version that was seen."""
    fill(seeded)
    who = sign_in("riv-lead")
    path, said = "/disseminations/D1/record_discussion", {"forum": "team_meeting", "expected": "5", **day("act.occurred_on", 2016, 9, 5)}
    before = who.recorded

    assert (who.send(path, said | {"held": "9"}).status_code, who.recorded) == (422, before), who.words
    assert who.send(path, said | {"held": "3"}).status_code == 303, who.words
    typed = {"3000": 3000, "3,000": 3000, "1,234,567": 1234567, "30,00": None, "3.0": None, ",": None, "-1": None}
    assert {text: whole(text) for text in typed} == typed
    seeded.catch_up()
    assert "3 of 5" in who.text("/disseminations/D1")
