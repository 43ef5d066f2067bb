"""Who is calling: keys, sessions, the token of a page, and the headers that protect them."""

from __future__ import annotations

import io
import json
import re
from itertools import product

import psycopg
import pytest
from flask_wtf.csrf import generate_csrf

from api import access, outside
from api.access import NoSecret, member, operator, public
from api.app import create_app
from service.config import Config
from service.desk import accounts
from tests.api.conftest import serving
from tests.boards import PASSWORD

ACCEPT = "/api/v1/actions/A1/accept_action"
HEADERS = {"Idempotency-Key": "k", "If-Match": "*"}


@pytest.fixture
def app(seeded):
    """Give an application to which a test may add views of its own."""
    with serving(seeded, create_app) as app:
        yield app


@pytest.fixture
def signed_in(app, seeded):
    """Give a browser in which the lead of Riverside is signed in, and the token of a page that it was shown."""

    @app.get("/a-page")
    @public
    def page():
        return generate_csrf()

    caller = seeded.callers["riv-lead"]
    with psycopg.connect(seeded.config.conninfo("writer"), autocommit=True) as conn:
        token = accounts.open_session(conn, caller.account, "riv-lead")
    client = app.test_client()
    client.set_cookie(access.SESSION_COOKIE, token)
    return client, client.get("/a-page").get_data(as_text=True)


@pytest.mark.parametrize(
    "authorization",
    ["Bearer muniment_unknown", "Bearer other", "Basic cml2OnB3", "muniment_unknown", "Bearer ", "bearer"],
)
def test_a_key_that_is_not_valid_is_nobodys(shared, authorization):
    """An unknown key is refused everywhere, with the header that says how to come back."""
    response = shared.client.get("/api/v1/actions", headers={"Authorization": authorization})

    assert (response.status_code, response.headers["WWW-Authenticate"]) == (401, 'Bearer realm="muniment"')


def test_without_a_key_or_a_session_nothing_is_read(shared):
    """Every read of the record asks who is calling."""
    assert shared.client.get("/api/v1/actions").json["type"] == "/problems/not-signed-in"


def test_a_revoked_key_opens_nothing(ask):
    """A key that was revoked is refused from then on."""
    with psycopg.connect(ask.seeded.config.conninfo("writer"), autocommit=True) as conn:
        conn.execute("UPDATE desk.api_key SET revoked_at = now() WHERE office = 'chair'")

    assert ask.get("/api/v1/actions", "chair").status_code == 401


def test_a_session_reads(signed_in):
    """A browser with a session reads what its office may read."""
    client, _ = signed_in

    assert [item["ref"] for item in client.get("/api/v1/actions").json["items"]] == ["A1"]


def test_an_act_in_a_sessions_name_carries_the_token_of_its_page(signed_in):
    """Another site cannot act through a browser that is signed in: without the token nothing is recorded, with it it is."""
    client, token = signed_in
    without = client.post(ACCEPT, headers=HEADERS, json={})
    wrong = client.post(ACCEPT, headers=HEADERS | {"X-CSRFToken": token[::-1]}, json={})
    right = client.post(ACCEPT, headers=HEADERS | {"X-CSRFToken": token}, json={})

    assert (without.status_code, without.json["type"]) == (400, "/problems/form-token-missing")
    assert wrong.status_code == 400
    assert right.status_code == 200


def test_a_form_sent_without_a_session_carries_its_token_too(app):
    """Signing in is protected as well: nobody is signed in to somebody else's account without knowing."""

    @app.post("/a-form")
    @public
    def form():
        return "x"

    assert app.test_client().post("/a-form").status_code == 400


def test_a_session_that_has_ended_is_nobodys(signed_in, seeded):
    """After its twelve hours, or after signing out, a session opens nothing."""
    client, _ = signed_in
    with psycopg.connect(seeded.config.conninfo("writer"), autocommit=True) as conn:
        conn.execute("UPDATE desk.session SET created_at = now() - interval '2 days', expires_at = now() - interval '1 second'")

    assert client.get("/api/v1/actions").status_code == 401


def test_what_operators_do_is_for_operators(app, seeded):
    """A view for those who run the service refuses everybody else, whatever their office."""

    @app.get("/operate")
    @operator
    def operate():
        return "done"

    @app.get("/belong")
    @member
    def belong():
        return "done"

    client = app.test_client()

    def asked(path: str, office: str) -> int:
        return client.get(path, headers={"Authorization": f"Bearer {seeded.keys[office]}"}).status_code

    assert [asked("/operate", office) for office in ("operator", "board-manager", "chair", "nobody")] == [200, 200, 403, 403]
    assert [asked("/belong", office) for office in ("operator", "chair", "nobody")] == [200, 200, 200]
    assert [client.get(path).status_code for path in ("/operate", "/belong")] == [401, 401]


@pytest.mark.parametrize(("scheme", "secure"), [("http", False), ("https", True)])
def test_cookies_are_the_browsers_own(app, scheme, secure):
    """A session's cookie is out of reach of scripts and of other sites' forms, and travels over https alone where there is https."""

    @app.get("/enter")
    @public
    def enter():
        response = app.make_response(generate_csrf())
        access.remember(response, "token")
        return response

    cookies = app.test_client().get("/enter", base_url=f"{scheme}://board.example").headers.getlist("Set-Cookie")

    assert len(cookies) == 2
    for cookie in cookies:
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert ("Secure" in cookie) == secure


def test_every_answer_carries_the_headers_that_protect_its_reader(shared):
    """Nothing is framed, guessed, kept or run that is not ours; where there is https, it stays https."""
    for path in ("/api/v1/actions", "/nothing", "/log/checkpoint", "/static/muniment.css"):
        headers = shared.get(path, base_url="https://board.example").headers

        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert "max-age=" in headers["Strict-Transport-Security"]
        policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
        assert (policy["default-src"], policy["frame-ancestors"]) == ("'self'", "'none'")
        assert "unsafe" not in headers["Content-Security-Policy"]
    assert "Strict-Transport-Security" not in shared.get("/api/v1/actions").headers
    assert shared.get("/api/v1/actions").headers["Cache-Control"] == "no-store"


def test_a_script_runs_where_its_tag_carries_this_answers_nonce(shared):
    """Each answer has a nonce of its own, in its policy and on every script, also where it says what went wrong; nothing else may run."""
    asked = [("get", path) for path in ("/", "/sign-in", "/integrity", "/public", "/actions", "/nothing", "/new-password/t")]
    nonces = set()
    for method, path in (*asked, *asked, ("post", "/sign-in"), ("delete", "/sign-in")):
        answer = getattr(shared.client, method)(path, headers={"Accept": "text/html"})
        page, policy = answer.get_data(as_text=True), answer.headers["Content-Security-Policy"]
        (nonce,) = re.findall(r"script-src 'nonce-([\w-]{22})';", policy)
        scripts = re.findall(r"<script\b[^>]*>", page)
        assert len(scripts) >= 2, path
        assert [script for script in scripts if f' nonce="{nonce}"' not in script] == []
        assert re.findall(r"<[^>]*\s(?:on\w+|style|srcdoc)=|javascript:", page) == []
        nonces.add(nonce)

    assert len(nonces) == 2 * len(asked) + 2
    assert "script-src 'none';" in shared.get("/api/v1/actions").headers["Content-Security-Policy"]


def test_a_log_line_says_what_happened_and_nothing_of_what_was_said(monkeypatch, seeded, caplog):
    """One JSON line a request: its id, route, status and account; never a body, a query, a key, a cookie, a password or a link's token."""
    lines = io.StringIO()
    monkeypatch.setattr(outside.sys, "stderr", lines)
    app = create_app(seeded.config, board_factory=lambda _: seeded.board)
    monkeypatch.setitem(app.view_functions, "forgotten.new_password", public(unforeseen))
    headers = {"Authorization": f"Bearer {seeded.keys['riv-lead']}", "X-Request-ID": "request-42"} | HEADERS
    app.test_client().post(f"{ACCEPT}?note=a-query", headers=headers, json={"late_reason": "a-body"})
    line = json.loads(lines.getvalue())

    assert (line["request_id"], line["method"], line["path"], line["account"]) == (
        "request-42", "POST", ACCEPT, str(seeded.callers["riv-lead"].account),
    )  # fmt: skip
    let_in(app.test_client(), seeded)
    app.extensions["muniment"].close()
    written = lines.getvalue() + caplog.text
    assert "GET /new-password/<token>: nobody foresaw this" in written
    assert {rule.rule.split("/")[1] for rule in app.url_map.iter_rules() if "token" in rule.arguments} == set(LINKS)
    assert not [word for word in ("a-body", "a-query", seeded.keys["riv-lead"], *SECRETS) if word in written]


LINKS = ("take-part", "enter", "new-password", "invited")
SECRETS = ("a-token-of-a-link", "a-cookie-of-a-session", "muniment_a-key", "a wrong password of somebody", PASSWORD)


def unforeseen(**_):
    """Fail as nobody foresaw."""
    raise ZeroDivisionError


def let_in(client, seeded):
    """Show the service each secret with which somebody could come in, in every place where one stands."""
    link, cookie, key, wrong, right = SECRETS
    for path, ending in product(LINKS, ("", "/", "/provider", "?from=a-mail")):  # some of which lead nowhere
        client.get(f"/{path}/{link}{ending}")
    client.get("/actions", headers={"Authorization": f"Bearer {key}"})
    for password in (wrong, right):
        token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").get_data(as_text=True))
        said = {"csrf_token": token[1], "email": seeded.email("chair"), "password": password, "next": "/"}
        assert client.post("/sign-in", data=said).status_code in {401, 303}
    client.set_cookie(access.SESSION_COOKIE, cookie)
    client.get("/actions")


@pytest.mark.parametrize("up", ["..", "%2e%2e", "..%2f", "%2e%2e%5c", "....//", "..;"])
def test_no_path_leads_out(shared, up):
    """However it is written, a path names something of ours or nothing: no file of the service, beside its static ones, is given out."""
    for begun in ("/static", "/log/tile/0", "/log/tile/entries", "/api/v1/evidence", "/take-part", "/public/reports", "/problems"):
        for path in (f"{begun}/{up}/{up}/app.py", f"{begun}/{up}/{up}/{up}/keys/web.key", f"{begun}/{up}/etc/passwd%00.css"):
            answer = shared.get(path)

            assert answer.status_code in {400, 404}, path


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        ("[" * 500_000, 400, "unreadable"),
        ('{"a":' * 100_000, 400, "unreadable"),
        ('{"late_reason": "' + "x" * 1_100_000 + '"}', 413, "too-large"),
        ('{"late_reason": "' + "x" * 100_000 + '"}', 422, "wrong-kind"),
        ('{"occurred_on": 1' + "0" * 5000 + "}", 400, "unreadable"),
    ],
    ids=["a nest of lists", "a nest of objects", "too much", "too long a text", "a number of thousands of digits"],
)
def test_what_is_too_much_is_refused_by_name(shared, body, status, told):
    """Whatever is too deep, too long or too large is refused in words, and nothing breaks over it."""
    answer = shared.client.post(ACCEPT, headers=shared.headers("riv-lead") | HEADERS, data=body, content_type="application/json")

    assert (answer.status_code, answer.json["type"]) == (status, f"/problems/{told}")


def test_a_form_of_too_many_parts_or_fields_is_refused(shared):
    """A form has as many parts as people fill in, and fields as long as they write."""
    client = shared.client.application.test_client()
    many = client.post("/sign-in", data={f"field-{number}": "x" for number in range(2000)}, content_type="multipart/form-data")
    long = client.post("/sign-in", data={"email": "x" * 2_000_000})

    assert (many.status_code, long.status_code) == (413, 413)


def test_no_header_is_anybodys_to_write(ask):
    """What somebody sends comes back in no header as they please: not as a request's id, a place to go on, or the name of a file."""
    line = "a\r\nSet-Cookie: planted=1"
    client = ask.client
    sent = client.get("/sign-in", environ_overrides={"HTTP_X_REQUEST_ID": line})
    form = re.search(r'name="csrf_token" value="([^"]+)"', sent.get_data(as_text=True))
    said = {"csrf_token": form[1], "email": ask.seeded.email("chair"), "password": PASSWORD, "next": f"/{line}"}
    led = client.post("/sign-in", data=said)
    brought = {"file": (io.BytesIO(b"%PDF-1.7 an audit"), "audit.pdf")}
    file = ask.post("/api/v1/evidence", "riv-lead", data=brought, content_type="multipart/form-data", version=None).json["sha256"]
    cited = {"sha256": file, "title": "Audit", "evidence_date": "2016-09-02", "filename": f"{line}.pdf"}
    ask.seeded.act("riv-lead", "accept_action", "A1")
    named = ask.post("/api/v1/actions/A1/submit_evidence", "riv-lead", {"evidence": [cited], "effect": "They are seen"})

    assert (led.status_code, led.location) == (303, "/")
    assert (named.status_code, "a text on one line" in named.json["detail"]) == (422, True)
    for answer in (sent, led, named):
        assert not [value for name, value in answer.headers if "planted" in f"{name}{value}"]


def test_the_key_of_forms_is_a_secret_or_there_is_no_service(tmp_path):
    """Without a key of its own, with a short one or with one that others can read, the application does not start."""
    config = Config(data=tmp_path, database_url="dbname=none")
    (tmp_path / "keys").mkdir()
    with pytest.raises(NoSecret, match="missing"):
        create_app(config)
    access.create_secret(config)
    path = access.secret_path(config)

    assert path.stat().st_mode & 0o777 == 0o600
    assert len({path.read_bytes(), access.load_secret(config)}) == 1
    path.chmod(0o644)
    with pytest.raises(NoSecret, match="read by others"):
        create_app(config)
    path.write_bytes(b"short")
    path.chmod(0o600)
    with pytest.raises(NoSecret, match="shorter"):
        create_app(config)
