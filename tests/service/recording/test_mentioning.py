"""What is sought without being opened is found wherever it stands."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from service.recording.across.mentioning import spellings
from service.verify import b64url, canonical

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)


def like(pattern: str, text: str) -> bool:
    """Say whether a text is like a pattern, as PostgreSQL has it."""
    return re.fullmatch(re.escape(pattern).replace("%", ".*").replace("_", "."), text) is not None


@given(word=WORDS, rest=TEXTS, salt=st.binary(min_size=16, max_size=16), name=TEXTS, beside=st.lists(TEXTS, max_size=3))
def test_a_word_is_found_wherever_it_stands(word, rest, salt, name, beside):
    """A text that is the word, or begins with it, is found after any other text, in a list and in what an entry is corrected to say."""
    for value in (word + rest, [*beside, word + rest], {"corrected": {name: word + rest}}):
        disclosure = b64url(canonical([b64url(salt), name, value]))
        assert any(like(pattern, f"~{disclosure}~") for pattern in spellings(word))


@given(before=st.text("abc", min_size=0, max_size=5))
def test_what_does_not_say_it_is_left_unread(before):
    """An entry that says another word is not read for this one."""
    disclosure = b64url(canonical(["", "agency", before + "WMP"]))
    assert not any(like(pattern, disclosure) for pattern in spellings("RIV"))
