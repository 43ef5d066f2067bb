"""An OpenID provider that lies, dawdles or points elsewhere: what it cannot prove is believed of nobody, and it sends us nowhere."""

from __future__ import annotations

import json
import socket
import threading
from base64 import urlsafe_b64encode
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import product
from time import time
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from service.config import OpenID
from service.desk.coming_in.places import LARGEST, NotAsked, Places
from service.desk.coming_in.provider import LASTS, Provider
from service.desk.coming_in.refusals import NotBegunHere, ProviderDoubtful

BACK = "https://muniment.severnbrook.example/sign-in/returned"
SECRET = "a secret of the client"


@cache
def key(which):
    """Return a key: the provider's own, or what else a token might be signed with."""
    match which:
        case "the client's secret":
            return OctKey.import_key(SECRET)
        case "the public key":
            return OctKey.import_key(json.dumps(key("its own").as_dict(private=False)))
    return ECKey.generate_key("P-256", parameters={"kid": "one"})


class Liar:
    """A provider that answers as a test says: what its documents hold, and how it signs."""

    def __init__(self, port):
        """Begin as an honest one."""
        self.issuer = f"http://127.0.0.1:{port}"
        self.discovery = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/auth",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "userinfo_endpoint": f"{self.issuer}/me",
        }
        self.claims, self.header, self.key = {}, {"alg": "ES256", "kid": "one"}, "its own"
        self.person = {"sub": "s-1", "email": "chair@severnbrook.example", "email_verified": True}
        self.moved, self.padding, self.asked, self.nonce = None, "", [], ""

    def token(self):
        """Return the ID token."""
        now = int(time())
        said = {"iss": self.issuer, "sub": "s-1", "aud": "muniment", "iat": now, "exp": now + 300, "nonce": self.nonce} | self.person
        said = {name: value for name, value in (said | self.claims).items() if value is not None}
        if self.header["alg"] == "none":
            none = urlsafe_b64encode(json.dumps(self.header).encode()).decode().rstrip("=")
            return f"{none}.{jwt.encode({'alg': 'ES256'}, said, key('its own')).split('.')[1]}."
        return jwt.encode(self.header, said, key(self.key), algorithms=[self.header["alg"]])

    def answer(self, path):
        """Return what stands at a path."""
        match path:
            case "/.well-known/openid-configuration":
                return self.discovery | {"padding": self.padding}
            case "/token":
                return {"access_token": "an access token", "token_type": "Bearer", "id_token": self.token()}
            case "/keys":
                return {"keys": [key("its own").as_dict(private=False)]}
        return self.person


@contextmanager
def lying():
    """Let one run."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            it.asked.append(self.path)
            self.send_response(302 if it.moved else 200)
            if it.moved:
                self.send_header("Location", it.moved)
            self.end_headers()
            self.wfile.write(json.dumps(it.answer(self.path)).encode())

        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.do_GET()

        def log_message(self, *_):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    it = Liar(server.server_port)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield it
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def running():
    """Give a server for all tests of this file."""
    with lying() as it:
        yield it


@pytest.fixture
def liar(running):
    """Give it as an honest one."""
    running.__init__(urlsplit(running.issuer).port)
    return running


def come_back(it, verified="email_verified", **answer):
    """Set out and come back, with the code and the state that were given."""
    provider = Provider(OpenID(it.issuer, "muniment", SECRET, verified), BACK)
    address, begun = provider.begin()
    it.nonce = it.nonce or parse_qs(urlsplit(address).query)["nonce"][0]
    return provider.finish(begun, {"code": "a code", "state": begun.state} | answer)


def test_an_honest_answer_says_who_it_is(liar):
    """What is signed for us, now, in answer to our nonce, is believed; also where the address is told apart from the token."""
    assert come_back(liar).email == "chair@severnbrook.example"
    liar.claims = {"email": None, "email_verified": None}
    liar.nonce = ""
    known = come_back(liar)

    assert (known.issuer, known.subject, known.email) == (liar.issuer, "s-1", "chair@severnbrook.example")


@pytest.mark.parametrize(
    "lies",
    [
        {"claims": {"iss": "https://elsewhere.example"}},
        {"claims": {"aud": "another client"}},
        {"claims": {"aud": ["muniment", "another"], "azp": "another"}},
        {"claims": {"exp": 1}},
        {"claims": {"exp": None}},
        {"claims": {"iat": 9_999_999_999}},
        {"claims": {"nonce": "another"}},
        {"claims": {"nonce": None}},
        {"claims": {"sub": None}},
        {"claims": {"sub": ""}},
        {"claims": {"sub": "s" * 256}},
        {"claims": {"sub": "s-2", "email": None}},  # the person told of is another
        {"key": "another"},
        {"header": {"alg": "none"}},
        {"header": {"alg": "HS256"}, "key": "the client's secret"},
        {"header": {"alg": "HS256"}, "key": "the public key"},
    ],
    ids=str,
)
def test_what_is_not_proved_is_not_believed(liar, lies):
    """Another issuer, audience, nonce or key, a token that is over or unsigned, or signed with what others have: nobody is let in."""
    vars(liar).update(lies)

    with pytest.raises(ProviderDoubtful):
        come_back(liar)


@pytest.mark.parametrize("verified", [False, None, "true", 1])
def test_an_address_that_is_not_verified_is_none(liar, verified):
    """Only `true` says that the provider has verified the address."""
    liar.claims = {"email_verified": verified}

    assert come_back(liar).email is None


@pytest.mark.parametrize(
    ("said", "known"), [(True, True), ("1", True), ("true", True), (False, False), ("0", False), (1, False), (None, False)]
)
def test_entra_says_in_its_own_claim_that_the_domain_is_the_tenants(liar, said, known):
    """Where the settings name `xms_edov`, that claim counts in the place of `email_verified`, and by default it counts for nothing."""
    liar.claims = {"email_verified": None, "xms_edov": said}
    assert (come_back(liar, "xms_edov").email is not None) == known
    liar.nonce, liar.claims = "", {"email_verified": not known, "xms_edov": said}

    assert (come_back(liar, "xms_edov").email is not None) == known
    liar.nonce = ""
    assert (come_back(liar).email is not None) != known


def test_an_answer_belongs_to_what_was_begun_a_while_ago_at_most(liar):
    """Another state, another sender, no code, or too long ago: it is not the answer to our question."""
    for wrong, refusal in (({"state": "another"}, NotBegunHere), ({"iss": "https://elsewhere.example"}, ProviderDoubtful)):
        with pytest.raises(refusal):
            come_back(liar, **wrong)
    liar.discovery["authorization_response_iss_parameter_supported"] = True
    with pytest.raises(ProviderDoubtful):
        come_back(liar)
    provider = Provider(OpenID(liar.issuer, "muniment", SECRET), BACK)
    _, begun = provider.begin()
    with pytest.raises(NotBegunHere):
        provider.finish(type(begun)(begun.state, begun.nonce, begun.verifier, begun.at - LASTS - 1), {"state": begun.state, "code": "c"})


NOT_OURS = [
    "http://169.254.169.254/latest/meta-data",
    "https://127.0.0.1:{port}/keys",
    "https://localhost:{port}/keys",
    "http://localhost:{port}/keys",
    "https://[::1]/",
    "https://10.0.0.1/",
    "https://[::ffff:10.0.0.1]/",
    "https://[64:ff9b::10.0.0.1]/",
    "https://[::127.0.0.1]:{port}/keys",
    "https://0x7f.1/",
    "http://127.0.0.1:{port}@elsewhere.example/",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "/keys",
    "",
    7,
]
ASKED = ("token_endpoint", "jwks_uri", "userinfo_endpoint")
LED_TO = [place for place in NOT_OURS if not str(place).startswith("https:")]  # where a browser goes over https is the browser's own affair


@pytest.mark.parametrize(("name", "place"), [*product(ASKED, NOT_OURS), *(("authorization_endpoint", place) for place in LED_TO)], ids=str)
def test_a_provider_sends_us_nowhere_that_is_ours(liar, name, place):
    """SSRF: whatever a discovery document names, we ask the issuer itself and public places over https, never what stands beside us."""
    port = urlsplit(liar.issuer).port
    liar.discovery[name] = place.format(port=port) if isinstance(place, str) else place
    liar.claims = {"email": None}  # so that the person is asked for
    with pytest.raises(ProviderDoubtful) as refused:
        come_back(liar)
    assert "does not answer" not in str(refused.value.__cause__)  # it was not even asked


@pytest.mark.parametrize("issuer", ["https://elsewhere.example", "http://127.0.0.1:1", None])
def test_an_issuer_calls_itself_as_the_settings_do(liar, issuer):
    """A discovery document that names another issuer is not the one that we asked for."""
    liar.discovery["issuer"] = issuer
    with pytest.raises(ProviderDoubtful):
        come_back(liar)


def test_no_redirect_is_followed_and_no_answer_is_endless(liar):
    """A redirect is an answer that says nothing, and leads nowhere; more than the largest document is not read."""
    liar.moved = f"{liar.issuer}/elsewhere"
    with pytest.raises(ProviderDoubtful):
        come_back(liar)
    assert liar.asked == ["/.well-known/openid-configuration"]
    liar.moved, liar.padding = None, "x" * LARGEST
    with pytest.raises(ProviderDoubtful):
        come_back(liar)


def test_no_answer_is_waited_for_for_ever():
    """Who says nothing, and who says a little ever again, is given up after the same time."""
    for dripping in (False, True):
        with socket.create_server(("127.0.0.1", 0)) as listening:
            over = threading.Event()
            slow = threading.Thread(target=_drip, args=(listening, over, dripping))
            slow.start()
            with pytest.raises(NotAsked, match="does not answer"):
                Places(f"http://127.0.0.1:{listening.getsockname()[1]}", patience=0.3).get(
                    f"http://127.0.0.1:{listening.getsockname()[1]}/"
                )
            over.set()
            slow.join(10)


def _drip(listening, over, dripping):
    caller, _ = listening.accept()
    with caller:
        try:
            while not over.wait(0.05):
                if dripping:
                    caller.sendall(b"HTTP/1.1 200 OK\r\n"[:1])
        except OSError:
            return
