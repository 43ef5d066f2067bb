"""Evidence over HTTP: with the act or before it, kept once, and given only to those who may."""

from __future__ import annotations

import io
import json
import os
from base64 import b64encode
from errno import ECONNRESET
from hashlib import sha256
from pathlib import PurePath
from time import time
from typing import get_args
from urllib.parse import quote
from uuid import UUID, uuid4

import psycopg
import pytest
from werkzeug.http import parse_options_header

from aggregates.entry.values import Evidence
from aggregates.partnership.office import Role
from service.commands import COMMANDS, MANAGER
from service.desk import accounts
from service.recording.evidence.store import A_DAY

PDF = b"%PDF-1.7 the audit of the pathway"
DIGEST = sha256(PDF).hexdigest()
SUBMIT = "/api/v1/actions/A1/submit_evidence"
SAID = {"effect": "Every child is followed up", "evidence": [{"title": "Audit", "evidence_date": "2016-09-02"}]}


@pytest.fixture
def accepted(ask):
    """Give a board whose action A1 its owner has accepted."""
    ask.seeded.act("riv-lead", "accept_action", "A1")
    return ask


def form(command: object = SAID, *files: tuple[bytes, str]) -> dict[str, object]:
    """Return a form with a command and files."""
    parts = [(io.BytesIO(content), name) for content, name in files or [(PDF, "pathway-audit.pdf")]]
    return {"command": json.dumps(command), "file": parts}


def test_evidence_comes_with_the_act_and_is_given_back(accepted):
    """One form brings file and words; the entry cites the file by its hash, and those who may read it get the file as an attachment."""
    response = accepted.post(SUBMIT, "riv-lead", data=form())
    accepted.seeded.catch_up()
    item = accepted.get("/api/v1/actions/A1").json["item"]["evidence"][0]["items"][0]
    file = accepted.get(f"/api/v1/evidence/{DIGEST}", "chair")

    assert response.status_code == 200
    assert (item["sha256"], item["filename"], item["size"], item["supplied_by_agency"]) == (DIGEST, "pathway-audit.pdf", len(PDF), "RIV")
    assert (file.data, file.mimetype) == (PDF, "application/octet-stream")
    assert file.headers["Content-Disposition"] == "attachment; filename=pathway-audit.pdf"


def test_the_same_form_sent_again_is_recorded_once(accepted):
    """A repetition of the form under its key brings the same receipt and no second event (journey F.3)."""
    first, second = (accepted.post(SUBMIT, "riv-lead", data=form(), key="once") for _ in range(2))

    assert (first.json["receipt"], first.json["positions"]) == (second.json["receipt"], second.json["positions"])


def test_a_file_may_come_first_and_be_cited_later(accepted):
    """A file that was uploaded is cited by its hash; uploading it again is the same file."""
    uploads = [accepted.post("/api/v1/evidence", "riv-lead", version=None, data={"file": (io.BytesIO(PDF), "a.pdf")}) for _ in range(2)]
    received = {"sha256": DIGEST, "size": len(PDF), "media_type": "application/pdf", "checked": False}
    body = SAID | {"evidence": [SAID["evidence"][0] | {"sha256": DIGEST}]}
    response = accepted.post(SUBMIT, "riv-lead", body)

    assert [(upload.status_code, upload.json) for upload in uploads] == [(201, received)] * 2
    assert uploads[0].headers["Location"] == f"/api/v1/evidence/{DIGEST}"
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [("a.pdf", PDF, "application/pdf"), ("Prüfung.csv", b"name,age", "text/csv"), (None, b"a line", "text/plain"), ("a.exe", b"MZ", None)],
)
def test_a_file_may_come_alone(ask, name, content, media_type):
    """A file may be the whole body, under its own type or none in particular: it is taken in, or refused, as one that a form brings."""
    named = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"} if name else {}
    digest = {"Content-Digest": f"sha-256=:{b64encode(sha256(content).digest()).decode()}:"}
    how = {"data": content, "content_type": media_type or "application/octet-stream", "headers": named | digest}
    alone = ask.post("/api/v1/evidence", "riv-lead", version=None, **how)
    formed = ask.post("/api/v1/evidence", "riv-lead", version=None, data={"file": (io.BytesIO(content), name or "file")})

    assert (alone.status_code, alone.json, alone.headers.get("Location")) == (
        formed.status_code, formed.json, formed.headers.get("Location"),
    )  # fmt: skip
    assert alone.json.get("media_type") == media_type
    assert not list((ask.seeded.config.data / "evidence/incoming").iterdir())


def test_a_file_alone_that_is_not_what_was_sent_is_refused(ask):
    """What has another digest than came with it, is longer than any file, or is no file by its type, is refused; nothing of it stays."""
    store, most = ask.seeded.config.data / "evidence", ask.client.application.config["MAX_CONTENT_LENGTH"]
    of_another = {"Content-Digest": f"sha-256=:{b64encode(sha256(b'another').digest()).decode()}:"}
    for how, status, problem in (
        ({"headers": of_another}, 422, "not-what-was-sent"),
        ({"headers": {"Content-Digest": "sha-256=:"}}, 422, "not-what-was-sent"),
        ({"environ_overrides": {"CONTENT_LENGTH": str(most + 1)}}, 413, "too-large"),
        ({"data": b""}, 422, "empty-file"),
        ({"content_type": "text/html"}, 415, "unsupported-kind"),
        ({"content_type": "application/x-www-form-urlencoded"}, 415, "unsupported-kind"),
        ({"content_type": None}, 415, "unsupported-kind"),
    ):
        answer = ask.post("/api/v1/evidence", "riv-lead", version=None, **{"data": PDF, "content_type": "application/pdf"} | how)

        assert (answer.status_code, answer.json["type"]) == (status, f"/problems/{problem}"), how
        assert not [path for path in store.rglob("*") if path.is_file()]


def test_two_who_submit_at_once_are_both_kept(accepted):
    """Two submissions that say that any version will do are both on record, in their order."""
    answers = [accepted.post(SUBMIT, "riv-lead", data=form(SAID, (PDF + bytes([n]), f"{n}.pdf"))).json["positions"][0] for n in (1, 2)]
    accepted.seeded.catch_up()

    assert answers[0] < answers[1]
    assert len(accepted.get("/api/v1/actions/A1").json["item"]["evidence"]) == 2


def test_a_file_is_for_those_who_may_read_what_cites_it(ask):
    """Another agency's lead, and who may not read what is restricted in their own, are told that there is no such file."""
    ask.seeded.act("cqh-lead", "accept_action", "A2")
    ask.post(SUBMIT.replace("A1", "A2"), "cqh-lead", data=form())
    ask.seeded.catch_up()
    given = {office: ask.get(f"/api/v1/evidence/{DIGEST}", office).status_code for office in ("chair", "cqh-lead", "trainer", "riv-lead")}

    assert given == {"chair": 200, "cqh-lead": 200, "trainer": 404, "riv-lead": 404}
    assert ask.get(f"/api/v1/evidence/{'0' * 64}", "chair").status_code == 404


def test_a_file_that_nobody_cites_is_given_to_nobody(ask):
    """An upload alone is not on record: it cannot be read back."""
    ask.post("/api/v1/evidence", "riv-lead", version=None, data={"file": (io.BytesIO(PDF), "a.pdf")})

    assert ask.get(f"/api/v1/evidence/{DIGEST}", "chair").status_code == 404


CARRYING = [command for command in COMMANDS.values() if any(field.kind is Evidence for field in command.fields)]
BRINGING = {MANAGER}.union(*(command.by for command in CARRYING))


@pytest.mark.parametrize("role", get_args(Role))
def test_a_file_is_taken_in_from_a_role_that_may_cite_one(ask, role):
    """Whom no command that carries evidence is open to can leave no file, by itself or with an act, and is told whose that is."""
    person = str(uuid4())
    ask.seeded.act("board-manager", "register_subject", person, name="Somebody", contact="somebody@severnbrook.example")
    said = {"title": "For the test", "role": role, "body": "RIV", "holder": person, "employer": "RIV", "from_on": "2016-09-01"}
    ask.seeded.act("board-manager", "appoint_office_holder", "tried", **said, until_on=None)
    with psycopg.connect(ask.seeded.config.conninfo("writer"), autocommit=True) as conn:
        account = accounts.create_account(conn, "somebody@severnbrook.example", "correct horse battery staple", person=UUID(person))
        ask.seeded.keys["tried"] = accounts.create_api_key(conn, account, "tried", "for the test")
    alone = ask.post("/api/v1/evidence", "tried", version=None, data={"file": (io.BytesIO(PDF), "a.pdf")})
    store = ask.seeded.config.data / "evidence"

    assert CARRYING
    if role in BRINGING:
        assert alone.status_code == 201
    else:
        with_an_act = ask.post(SUBMIT, "tried", data=form())
        assert [(said.status_code, said.json["type"]) for said in (alone, with_an_act)] == [(403, "/problems/not-allowed")] * 2
        assert "bring evidence: that is for" in alone.json["detail"]
        assert not [path for path in store.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("data", "status", "problem"),
    [
        (form(SAID, (b"", "empty.pdf")), 422, "empty-file"),
        (form(SAID, (PDF, "a.pdf"), (PDF, "b.pdf")), 422, "wrong-kind"),
        (form({**SAID, "evidence": []}), 422, "wrong-kind"),
        (form({**SAID, "evidence": ["Audit"]}), 422, "wrong-kind"),
        (form([]), 400, "unreadable"),
        (form({**SAID, "evidence": [{"evidence_date": "2016-09-02"}]}), 422, "wrong-kind"),
        (form({**SAID, "evidence": [{"title": "Audit", "evidence_date": "2016-11-02"}]}), 422, "future-date"),
        (form({**SAID, "evidence": [{"title": "Audit", "evidence_date": "20160902"}]}), 422, "wrong-kind"),
        ({"file": (io.BytesIO(PDF), "a.pdf")}, 400, "unreadable"),
    ],
)
def test_a_form_that_says_too_little_is_refused(shared, data, status, problem):
    """Each file is said to be something, of a day that has been, and is not empty."""
    response = shared.post(SUBMIT, "riv-lead", data=data)

    assert (response.status_code, response.json["type"]) == (status, f"/problems/{problem}")


def test_a_file_over_the_limit_is_refused(ask):
    """A file over the limit is a problem with words, and nothing of it stays."""
    ask.seeded.board.evidence.limit = 10
    response = ask.post("/api/v1/evidence", "riv-lead", version=None, data={"file": (io.BytesIO(PDF), "a.pdf")})

    assert (response.status_code, response.json["type"]) == (413, "/problems/too-large")
    assert not list((ask.seeded.config.data / "evidence").glob("incoming/*"))


def test_a_body_over_the_limit_is_heard_out_and_refused(ask):
    """A body that is larger than any file may be is read to its end, so that its sender hears the refusal."""
    ask.client.application.config["MAX_CONTENT_LENGTH"] = 1024 * 1024
    body = io.BytesIO(b"0" * (2 * 1024 * 1024))
    response = ask.post("/api/v1/evidence", "riv-lead", version=None, data={"file": (body, "a.pdf")})

    assert (response.status_code, response.json["detail"]) == (413, "What was sent is larger than 1 MB.")
    assert response.request.environ["wsgi.input"].read() == b""


class Stops(io.BytesIO):
    """A client that stops sending, and is given up."""

    def read(self, size: int | None = -1) -> bytes:
        """Give what there is, and then no end."""
        if block := super().read(size):
            return block
        raise ConnectionResetError(ECONNRESET, "the client is too slow")


def test_who_announces_too_much_is_told_so_though_they_stop(ask):
    """A body that is said to be larger than any file may be is refused as that, though its sender stops before its end."""
    said = {"CONTENT_LENGTH": str(2 * ask.client.application.config["MAX_CONTENT_LENGTH"])}
    how = {"input_stream": Stops(PDF), "content_type": "application/pdf", "environ_overrides": said, "data": None}
    response = ask.post("/api/v1/evidence", "riv-lead", version=None, **how)

    assert (response.status_code, response.json["type"]) == (413, "/problems/too-large")


def test_a_large_file_goes_through_a_form(ask):
    """A file larger than what a form's fields may hold in memory is taken in all the same."""
    large = b"%PDF-" + b"0" * (3 * 1024 * 1024)
    response = ask.post("/api/v1/evidence", "riv-lead", version=None, data={"file": (io.BytesIO(large), "large.pdf")})

    assert (response.status_code, response.json["size"]) == (201, len(large))


EVIL = ('x"; filename="evil.html', "<script>alert(1)</script>.pdf", "Prüfung “Ward 3”; a=b.pdf", "a%0d%0aSet-Cookie: b=1.pdf")


@pytest.mark.parametrize("name", EVIL)
def test_a_name_says_nothing_to_a_browser_but_a_name(accepted, name):
    """Whatever a file is called, it is given out as one attachment that nobody runs: in one header, with no other beside it."""
    accepted.post("/api/v1/evidence", "riv-lead", version=None, data={"file": (io.BytesIO(PDF), "a.pdf")})
    said = SAID["evidence"][0] | {"sha256": DIGEST, "filename": name}
    answer = accepted.post(SUBMIT, "riv-lead", SAID | {"evidence": [said]})
    accepted.seeded.catch_up()
    file = accepted.get(f"/api/v1/evidence/{DIGEST}", "chair")

    if name.endswith(".html"):
        assert (answer.status_code, answer.json["type"], file.status_code) == (422, "/problems/named-as-another", 404)
        return
    (disposition,) = file.headers.get_all("Content-Disposition")
    kind, parts = parse_options_header(disposition)
    assert (kind, set(parts)) == ("attachment", {"filename"})
    assert parts["filename"] == PurePath(name).name
    assert "Set-Cookie" not in file.headers
    assert file.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert file.headers["X-Content-Type-Options"] == "nosniff"


def test_a_line_in_a_name_is_refused(accepted):
    """A name with a line end in it, or with what turns its end around, is no name: nothing of it ever reaches a header."""
    accepted.post("/api/v1/evidence", "riv-lead", version=None, data={"file": (io.BytesIO(PDF), "a.pdf")})
    for name in ("a\r\nSet-Cookie: stolen=1.pdf", "a\0.pdf", "a\u2028b.pdf", "a\u202efdp.exe"):
        said = SAID["evidence"][0] | {"sha256": DIGEST, "filename": name}
        assert accepted.post(SUBMIT, "riv-lead", SAID | {"evidence": [said]}).status_code in {400, 422}


def test_what_a_killed_process_left_is_swept_away(ask):
    """A file that never came whole is removed after a day, and not before; what was kept stays."""
    ask.post("/api/v1/evidence", "riv-lead", version=None, data={"file": (io.BytesIO(PDF), "a.pdf")})
    store = ask.seeded.board.evidence
    for name, age in (("old", 2 * A_DAY), ("new", 10)):
        (store.incoming / name).write_bytes(b"%PDF")
        os.utime(store.incoming / name, (time() - age,) * 2)

    assert store.sweep() == 1
    assert [path.name for path in store.incoming.iterdir()] == ["new"]
    assert store.size(DIGEST) == len(PDF)


def test_a_name_with_a_path_is_a_name(accepted):
    """A file's name never leads anywhere."""
    accepted.post(SUBMIT, "riv-lead", data=form(SAID, (PDF, "../../etc/passwd")))
    accepted.seeded.catch_up()
    file = accepted.get(f"/api/v1/evidence/{DIGEST}", "chair")

    assert file.headers["Content-Disposition"] == "attachment; filename=passwd.pdf"
