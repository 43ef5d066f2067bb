"""The verifier's parsers are fed with what is nearly right, and with anything: none crashes, and none accepts a second form."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.verify import b64url, digest, open_disclosures, verify
from tests.fuzzing import PARSERS, feed
from tests.packs import write
from tests.strangers import flips

HOW = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
PIECES = [
    "\n",
    "\r",
    " ",
    "\0",
    "=",
    "+",
    "-",
    "_",
    "/",
    '"',
    "\\u0041",
    "\\",
    ",",
    ":",
    "[",
    "]",
    "{",
    "}",
    "0",
    "00",
    "1e1",
    "٣",
    "é",
    "A",
]
FILES = flips.varied()[1]


@st.composite
def near(draw, genuine: list[str]) -> str:
    """Change a genuine text in one to three places."""
    text = draw(st.sampled_from(genuine))
    for _ in range(draw(st.integers(1, 3))):
        at, cut = draw(st.integers(0, len(text))), draw(st.integers(0, 4))
        text = (
            text[:at] + draw(st.one_of(st.sampled_from(PIECES), st.just(text[at : at + cut] * 2), st.text(max_size=3))) + text[at + cut :]
        )
    return text


@pytest.mark.parametrize("name", PARSERS)
def test_what_is_genuine_is_accepted(name):
    """Each parser accepts what the writer writes, so that what it refuses is not everything."""
    assert all(feed(name, text) for text in PARSERS[name].genuine)


@pytest.mark.parametrize("name", PARSERS)
def test_no_parser_crashes_or_accepts_a_second_form(name):
    """Fed with a text that is nearly genuine, or with any, a parser refuses it as a ValueError, or writes it back as it stood."""

    @HOW
    @given(text=st.one_of(near(PARSERS[name].genuine), near(PARSERS[name].genuine), st.text(max_size=80)))
    def fed(text: str) -> None:
        feed(name, text)

    fed()


@st.composite
def altered(draw) -> tuple[str, bytes]:
    """Change one file of the small pack: cut it, double a part of it, or put any bytes somewhere."""
    name = draw(st.sampled_from(sorted(FILES)))
    content = FILES[name]
    at, cut = draw(st.integers(0, len(content))), draw(st.sampled_from([0, 0, 1, 2, 50, 10**6]))
    part = draw(st.one_of(st.binary(max_size=8), st.just(content[at : at + cut] * 2), st.just(b"\n")))
    return name, content[:at] + part + content[at + cut :]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Give the small pack as a folder."""
    return write(FILES, tmp_path_factory.mktemp("pack"))


def test_a_pack_of_anything_gets_a_verdict(folder):
    """A pack with one file altered anyhow is given a verdict; it is good only where the verdict says what it passed over."""
    baseline = verify(folder)

    @HOW
    @given(change=altered())
    def verified(change: tuple[str, bytes]) -> None:
        name, content = change
        (folder / name).write_bytes(content)
        try:
            verdict = verify(folder)
        finally:
            (folder / name).write_bytes(FILES[name])
        same = {*content.split(b"\n")} == {*FILES[name].split(b"\n")}  # a signature that stands twice says no more
        passed_over = same or name in flips.UNREAD["ours"] or verdict.lines != baseline.lines
        assert verdict.code in {1, 2} or (verdict.code == 0 and passed_over), (change, verdict)

    verified()


VALUES = b'"x"', b'"yz"', b"12", b"null"
SALTED = [b'["AAAAAAAAAAAAAAAAAAAAAA","%b",%b]' % (name, value) for name in (b"a", b"bc", b"def") for value in VALUES]
DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@st.composite
def disclosure(draw) -> str:
    """Write what may be a disclosure: one or two contents, zero bytes around and between them, and bits that nobody reads."""
    parts = draw(st.lists(st.sampled_from([*SALTED, b"\0", b"\0", b"]"]), min_size=1, max_size=3))
    text = b64url(b"".join(parts))
    spare = {2: 16, 3: 4}.get(len(text) % 4, 1)  # in how many ways the last digit can be written
    return text[:-1] + DIGITS[DIGITS.index(text[-1]) + draw(st.integers(0, spare - 1))]


@given(st.lists(disclosure(), min_size=2, max_size=4))
@settings(max_examples=2000, deadline=None)
def test_disclosures_are_opened_together_as_each_alone(each):
    """What is opened at once is what each says alone: none lends another its name or value, and what is refused alone is refused."""
    try:
        alone = {key: shown for one in each for key, shown in open_disclosures([digest(one)], [one]).items()}
    except ValueError:
        with pytest.raises(ValueError):  # noqa: PT011 - the verdict is made of any
            open_disclosures([*map(digest, each)], each)
        return
    if len({name for name, _ in alone.values()}) == len(each):
        assert open_disclosures([*map(digest, each)], each) == alone
