"""The page of signing keys: enrolled, replaced and revoked by the board manager, as their holders' command line has proved them."""

from __future__ import annotations

import json
from datetime import date
from uuid import uuid4

from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from service.cli import main
from service.ledger import keys
from tests.api.acts import COMPROMISED, signed_act
from tests.api.pages.conftest import browser, day
from tests.boards import ORIGIN, PASSWORD

DONE = day("act.occurred_on", 2016, 9, 5)


def made(file, *more: str) -> dict[str, str]:
    """Make a key as its holder does, and return what the command prints for the board manager."""
    said = CliRunner().invoke(main, ["signing-key", str(file), "--origin", ORIGIN, "--office", "riv-lead", "--passphrase", PASSWORD, *more])
    assert said.exit_code == 0, said.output
    return dict(json.loads(said.output))


def test_a_key_is_enrolled_replaced_and_revoked_on_its_page(sign_in, tmp_path):
    """What `muniment signing-key` prints enrols a key, or puts it in the place of one; the page tells until which event each signs."""
    who = sign_in("board-manager")
    first, second = made(tmp_path / "a.key"), made(tmp_path / "b.key", "--replaces", str(tmp_path / "a.key"))
    for name, said in (("enrol_signing_key", first), ("rotate_signing_key", second)):
        response = who.send(f"/keys/{name}", {**DONE, **said})
        assert response.status_code == 303, who.words
        who.seeded.catch_up()
    ended = who.send("/keys/revoke_signing_key", {**DONE, "thumbprint": second["thumbprint"], "reason": "The laptop was stolen"})
    assert ended.status_code == 303, who.words
    who.seeded.catch_up()
    who.get("/keys")

    assert who.words.count("Ended") == 2
    assert all(key["thumbprint"] in who.words for key in (first, second))


def test_a_key_that_is_not_proved_is_refused_on_the_page(sign_in):
    """Somebody else's proof enrols nothing, and the page says why; nothing is recorded."""
    who = sign_in("board-manager")
    said = keys.enrolment(Ed25519PrivateKey.generate(), ORIGIN, "riv-lead")
    other = keys.enrolment(Ed25519PrivateKey.generate(), ORIGIN, "riv-lead")
    before = who.recorded
    response = who.send("/keys/enrol_signing_key", {**DONE, **said, "proof": other["proof"]})

    assert (response.status_code, who.recorded) == (422, before)
    assert "There is no proof that Riv lead holds the key" in who.words


def test_what_can_be_revoked_is_what_may_sign(sign_in):
    """The form of a revocation offers the keys that may sign now, each with whose it is, and not the service's own."""
    who = sign_in("board-manager")
    who.get("/keys/revoke_signing_key")

    assert who.words.count("of Board manager") == 1


def test_the_manager_is_offered_all_that_can_be_done_with_keys(sign_in):
    """Keys are enrolled, replaced and revoked by the board manager, and no form of these opens with a refusal of what nobody typed."""
    who = sign_in("board-manager")
    who.get("/keys")
    acts = ("/keys/enrol_signing_key", "/keys/rotate_signing_key", "/keys/revoke_signing_key")

    assert set(acts) <= set(who.links)
    assert ["cannot be recorded" in who.text(act) for act in acts] == [False] * 3


def test_who_has_no_key_is_not_offered_to_rotate_one(sign_in):
    """There is nothing to replace: neither page nor command does it, by name; once they have a key, it is offered."""
    who = sign_in("riv-lead")
    who.get("/keys")
    assert ("/keys/rotate_signing_key" in who.links, "/keys/enrol_signing_key" in who.links) == (False, True)
    key = keys.enrolment(Ed25519PrivateKey.generate(), ORIGIN, "riv-lead")
    before = who.recorded
    sent = who.send("/keys/rotate_signing_key", {**DONE, **key, "replaces": key["thumbprint"], "replaced_proof": key["proof"]})
    assert (sent.status_code, who.recorded) == (422, before)
    assert "has no key that signs now, so there is none to replace" in who.words
    who.seeded.act("riv-lead", "enrol_signing_key", "keys", **key)
    who.seeded.catch_up()

    assert "/keys/rotate_signing_key" in (who.get("/keys") and who.links)


def test_a_key_of_who_holds_its_office_no_more_is_nobodys(sign_in):
    """A key stays with the person, and an office does not: once another holds it, the page says that nobody signs with the key."""
    who = sign_in("board-manager")
    key = keys.enrolment(Ed25519PrivateKey.generate(), ORIGIN, "riv-lead")
    who.seeded.act("riv-lead", "enrol_signing_key", "keys", **key, occurred_on=date(2016, 9, 2))
    who.seeded.catch_up()
    before = who.get("/keys") and who.words
    person = str(uuid4())
    another = {"holder": person, "title": "Lead", "role": "designated lead", "body": "RIV", "employer": "RIV"}
    who.seeded.act("board-manager", "stand_down_office_holder", "riv-lead", until_on="2016-09-04", reason="retired")
    who.seeded.act("board-manager", "register_subject", person, name="Another lead", contact="another@severnbrook.example")
    who.seeded.act("board-manager", "appoint_office_holder", "riv-lead", **another, from_on="2016-09-05", until_on=None)
    who.seeded.catch_up()
    who.get("/keys")

    assert ("Nobody's now" in before, "Nobody's now" in who.words) == (False, True)


def test_that_a_key_is_revoked_first_is_said_before_it_is_declared_compromised(sign_in):
    """Whoever's key is in wrong hands finds the act with a key that may sign, and with one that has ended; and what follows from it."""
    who = sign_in("riv-lead")
    key = keys.enrolment(Ed25519PrivateKey.generate(), ORIGIN, "riv-lead")
    for name, said in (("enrol_signing_key", key), ("revoke_signing_key", {"thumbprint": key["thumbprint"], "reason": "Lost"})):
        who.seeded.act("riv-lead", name, "keys", **said)
        who.seeded.catch_up()
        assert "/keys/declare_key_compromised" in (who.get("/keys") and who.links), name
        told = who.text("/keys/declare_key_compromised")
        assert ("There is no key that has ended to choose yet" in told) == (name == "enrol_signing_key"), name
        assert ("a key that may still sign is revoked first" in told) == (name == "revoke_signing_key"), name
        assert "none of it is void: its holder affirms or repudiates each statement" in told


def test_the_last_crumb_is_what_the_page_is_called(reader):
    """Whoever follows the crumbs of the keys' page reads its heading there, not a word of the machine."""
    who = reader("chair")
    who.get("/keys")

    assert ">keys<" not in who.page.replace("\n", "").replace(" ", "")


def test_a_statement_under_a_compromised_key_is_disputed_until_its_holder_says_whose_it_is(sign_in):
    """From the page of keys each is affirmed or repudiated; it says so wherever it is shown, and the API too; nothing is void by it."""
    who = sign_in("board-manager")
    signed_act(who.seeded)
    revoked = {"thumbprint": COMPROMISED["thumbprint"], "reason": "The laptop was stolen"}
    position = who.seeded.act("board-manager", "revoke_signing_key", "keys", **revoked).positions[-1] - 1
    who.seeded.catch_up()
    before = who.text(f"/events/{position}")
    said = {**DONE, **COMPROMISED, "from_position": str(position)}
    assert who.send("/keys/declare_key_compromised", said).status_code == 303, who.words
    who.seeded.catch_up()
    disputed, listed = who.text(f"/events/{position}"), who.text("/keys")
    affirm = f"/keys/affirm_statement?position={position}"
    assert affirm in who.links
    head = "somebody else may have signed this, and nobody has said yet whose it is"
    assert head in who.text("/actions/A1")
    other = browser(who.client.application, who.seeded, "cqh-lead")
    assert "Affirm it" not in other.text("/keys")
    answered = who.send(affirm, {**DONE, "position": str(position), "reason": "She accepted it at her desk"})
    assert answered.status_code == 303, who.words
    who.seeded.catch_up()

    assert "Disputed" not in before
    assert "Nobody has said yet whose it is" in disputed
    assert "Nothing was said of it yet" in listed
    assert "It was affirmed (event" in who.text(f"/events/{position}")
    assert "It was affirmed (event" in who.text("/actions/A1")
    assert head not in who.words
    assert "Affirmed" in who.text("/keys")


def test_nobody_enrols_a_key_that_attests_what_others_do(sign_in):
    """Such a key is the service's own: whoever had another could sign certificates of absence in its name. Nothing is recorded."""
    who = sign_in("board-manager")
    said = keys.enrolment(Ed25519PrivateKey.generate(), ORIGIN, "riv-lead", purpose="service-statements")
    before = who.recorded

    assert who.send("/keys/enrol_signing_key", {**DONE, **said}).status_code == 422
    assert "attests what others do: that is the service" in who.words
    assert who.recorded == before


def test_a_repudiated_registration_stands_and_what_ends_it_is_said(sign_in):
    """A key or a person is registered for good (INV-34): forms say so before, and the page of keys says what is done instead."""
    who = sign_in("board-manager")
    signed_act(who.seeded)
    revoked = {"thumbprint": COMPROMISED["thumbprint"], "reason": "The laptop was stolen"}
    position = who.seeded.act("board-manager", "revoke_signing_key", "keys", **revoked).positions[-1] - 1
    who.seeded.catch_up()
    assert who.send("/keys/declare_key_compromised", {**DONE, **COMPROMISED, "from_position": str(position)}).status_code == 303, who.words
    who.seeded.catch_up()

    assert "A registration is not retracted: a key is revoked, and what is kept of a person is erased" in who.text("/keys")
    for path, stands in (("/keys/enrol_signing_key", True), ("/subjects/new", True), ("/actions/new", False)):
        assert ("What is recorded stays: never corrected, retracted, changed or removed" in who.text(path)) == stands, path
