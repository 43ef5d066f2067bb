"""`muniment submit` from outside: an agency's system gives its acts over the API, with nothing but an address and a key."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import psycopg

from service.desk import accounts
from service.verify import check_signature, parse_receipt, unb64url
from tests.acceptance.asking import Asking
from tests.acceptance.product import ROOT, Product, Ran, wait
from tests.acceptance.served import Served, only_served, served

if TYPE_CHECKING:
    from pathlib import Path

PASSPHRASE = "correct horse battery staple"
LINES = 12


def said(do: str, ref: str, **fields: Any) -> dict[str, Any]:
    """Write a line; the office is the key's own."""
    return {"do": do, "ref": ref, "fields": fields}


def progress(narrative: str, ref: str = "A1") -> dict[str, Any]:
    """Write the line that reports progress."""
    return said("report_progress", ref, narrative=narrative, rag="amber")


class System:
    """The system of Riverside: a machine that has a folder of its own, no database, and an API key."""

    def __init__(self, folder: Path, it: Served, office: str = "riv-lead") -> None:
        """Take its folder, what it asks, and for which office of Riverside."""
        self.folder, self.it = folder, it
        self.product = Product(folder, settings={"MUNIMENT_KEY": Asking(it).key(office)})

    def write(self, name: str, *lines: dict[str, Any] | str) -> Path:
        """Write a file of lines."""
        file = self.folder / name
        file.write_text("".join(f"{one if isinstance(one, str) else json.dumps(one)}\n" for one in lines), encoding="utf-8")
        return file

    def submits(self, file: object, *options: object, **how: Any) -> Ran:
        """Submit a file to its end."""
        return self.product.run("submit", file, "--server", self.it.address, *options, **how)


def test_a_system_of_an_agency_submits_its_acts(board, folder):
    """Acts go on record over the API once each, however often the run is killed or repeated, with a receipt for each, files by themselves.

    What is refused ends the run by its line, in words and with its exit code; another agency's action does not exist. A key that asks
    for signed requests is served, and an act may be signed with a key of one's own.
    """
    there = folder / "riverside"
    there.mkdir()
    with served(board, {}) as it:
        system = System(there, it)
        is_killed_and_goes_on(system)
        is_refused_by_line(system)
        signs_its_requests(system)
        signs_an_act(system)


def test_the_example_in_the_readme_works_in_the_demonstration(severnbrook, folder):
    """The lines that README.md shows go on record in the demonstration, for the lead of Riverside."""
    there = folder / "riverside"
    there.mkdir()
    (there / "audit.pdf").write_bytes(b"%PDF-1.4 audit of the records\n")
    lines = re.findall(r'^ +({"do": .*)$', (ROOT / "README.md").read_text(), re.MULTILINE)
    with only_served(severnbrook) as it:
        system = System(there, it, "lead-RIV")
        ran = system.submits(system.write("progress.jsonl", *lines))

    assert (ran.code, ran.out.startswith(f"{len(lines)} recorded"), len(lines)) == (0, True, 2), ran


def is_killed_and_goes_on(system: System) -> None:
    """Kill it in the middle; what is on record by then is not repeated, and each act has its receipt."""
    board = system.it.product
    (system.folder / "audit.pdf").write_bytes(b"%PDF-1.4 audit of the records\n")
    evidence = {"file": "audit.pdf", "title": "The audit", "evidence_date": "2016-09-02"}
    lines = [progress(f"{n} of the records are read") | {"key": f"letter {n}"} for n in range(LINES)]
    lines[5]["key"] = "Brief 5 — Bürgerbüro"  # no header holds it
    lines.insert(2, said("submit_evidence", "A1", effect="Children are seen", evidence=[evidence]))
    file, before = system.write("acts.jsonl", *lines), board.size
    running = system.product.start("submit", file, "--server", system.it.address)
    wait(lambda: board.size > before + 2 or running.poll() is not None, "the first acts")
    running.kill()
    running.communicate()
    done = board.size - before
    assert 0 < done < len(lines), "it was not interrupted"

    ran = system.submits(file)
    assert (ran.code, re.findall(r"\d+ not sent|0 refused", ran.out)) == (0, ["0 refused"]), ran
    assert board.size == before + len(lines)
    receipts = system.folder / "acts.jsonl.receipts"
    noted = [json.loads(text) for text in (receipts / "submitted.jsonl").read_text().splitlines()]
    assert [one["key"] for one in noted][:2] == ["letter 0", "letter 1"]
    for one in noted:
        assert parse_receipt((receipts / one["kept"]).read_text())[0] == one["positions"][-1] - 1
    assert len(noted) == len({one["kept"] for one in noted}) == len(lines)

    elsewhere = json.loads(system.submits(file, "--receipts", system.folder / "others", "--format", "json").out)
    assert {item["became"] for item in elsewhere["items"]} == {"on record"}
    imported = board.does("import", file, MUNIMENT_KEY=system.product.settings["MUNIMENT_KEY"])
    assert imported == f"0 recorded, {len(lines)} were on record already, 0 refused.\n"
    assert board.size == before + len(lines)


def is_refused_by_line(system: System) -> None:
    """Refuse what cannot be read before anything is sent, and what may not be at its line, with what was recorded before it."""
    board, before = system.it.product, system.it.product.size
    unreadable = [progress("Read"), '{"do"', progress("Read") | {"at": "2016-09-02T09:00:00Z"}, said("report_progress", "A1", hue="red")]
    missing = said("submit_evidence", "A1", effect="Seen", evidence=[{"file": "none.pdf", "title": "x", "evidence_date": "2016-09-02"}])
    ran = system.submits(system.write("odd.jsonl", *unreadable, missing, said("correct_entry", "A1")))
    told = ran.err.splitlines()
    assert (ran.code, ran.out, [text.partition(":")[0] for text in told]) == (
        1,
        "",
        [*(f"line {n}" for n in range(2, 7)), "Each line is one JSON object. Nothing was sent."],
    )
    assert board.size == before

    file = system.write("others.jsonl", progress("Seen"), "", progress("Not ours", "A2"), progress("Seen again"))
    ran = system.submits(file)
    assert (ran.code, ran.out.partition(" The")[0]) == (
        1, f"1 recorded (the last as event {before + 1}), 0 were on record already, 1 refused, 1 not sent.",
    ), ran  # fmt: skip
    assert ran.err.startswith("line 3: There is no action A2.\nNothing of line 3 or after it was recorded.")
    ran = system.submits(system.write("own.jsonl", said("withdraw_action", "A1", reason="Done by others")), "--format", "json")
    (item,) = json.loads(ran.out)["items"]
    assert (ran.code, item["became"], item["problem"]["type"]) == (1, "refused", "/problems/not-allowed"), item
    away = system.product.run("submit", file, "--server", "http://127.0.0.1:9")
    assert (away.code, "does not answer" in away.err, "nothing is recorded twice" in away.err) == (2, True, True), away
    assert board.size == before + 1


def signs_its_requests(system: System) -> None:
    """Sign each request where the API key asks for that (RFC 9421), of a file too; the Board has what was signed."""
    board, key, opens = system.it.product, system.folder / "requests.key", system.folder / "passphrase"
    opens.write_text(PASSPHRASE)
    made = system.product.does("signing-key", key, "--origin", "any", "--office", "riv-lead", "--passphrase", PASSPHRASE)
    public = unb64url(json.loads(made)["public_key"])
    with psycopg.connect(board.config.conninfo("owner"), autocommit=True) as conn:
        (account,) = conn.execute("SELECT id FROM desk.account WHERE email = %s", (system.it.email("riv-lead"),)).fetchone() or (None,)
        mine = {"MUNIMENT_KEY": accounts.create_api_key(conn, account, "riv-lead", "signs", public_key=public)}
    evidence = {"file": "audit.pdf", "title": "The audit again", "evidence_date": "2016-09-02"}
    line = json.dumps(said("submit_evidence", "A1", effect="Children are seen", evidence=[evidence]))
    unsigned = system.submits("-", said=line, cwd=system.folder, **mine)
    assert (unsigned.code, "MUNIMENT_REQUEST_KEY" in unsigned.err) == (1, True), unsigned
    keys = mine | {"MUNIMENT_REQUEST_KEY": str(key), "MUNIMENT_REQUEST_PASSPHRASE_FILE": str(opens)}
    ran = system.submits("-", "--format", "json", said=line, cwd=system.folder, **keys)
    assert ran.code == 0, ran
    (position,) = json.loads(ran.out)["items"][0]["positions"]
    kept = Asking(system.it).get(f"events/{position}/request", "riv-lead").json
    check_signature(public, unb64url(kept["signature"]), kept["base"].encode())


def signs_an_act(system: System) -> None:
    """Enrol a key of the office by the same way, and sign an act with it: the log has it as actor-signed."""
    key = system.folder / "own.key"
    origin = system.it.product.does("checkpoint").split("\n")[0]
    made = json.loads(system.product.does("signing-key", key, "--origin", origin, "--office", "riv-lead", "--passphrase", PASSPHRASE))
    own = ("--signing-key", key, "--passphrase", PASSPHRASE, "--format", "json")
    enrolled = system.submits(system.write("enrol.jsonl", said("enrol_signing_key", "keys", **made)))
    assert enrolled.code == 0, enrolled
    file = system.write("signed.jsonl", progress("Said under our own signature"))
    left = system.submits(file, *own, said="n\n")
    assert (left.code, json.loads(left.out)["items"], "Said under our own signature" in left.err) == (2, [], True), left
    ran = system.submits(file, *own, "--yes")
    assert ran.code == 0, ran
    (position,) = json.loads(ran.out)["items"][0]["positions"]
    assert Asking(system.it).item(f"events/{position}")["assurance"] == "actor-signed"
