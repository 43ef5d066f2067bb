"""What is no text never gets on record, whichever door it comes through."""

from __future__ import annotations

import pytest

from service.desk.refusals import WrongKind
from service.desk.submission import Submission


@pytest.mark.parametrize("text", ["a\0b", "\x1b[31m", "\ud800", "\x7f"])
@pytest.mark.parametrize("place", ["reason", "late_reason", "key", "themes", "evidence", "responses"])
def test_a_text_holds_no_control_characters(text, place):
    """A NUL, an escape or half a character is refused wherever it stands: on record, it would stop every view."""
    nested = {"themes": ["good", text], "evidence": [{"title": text}], "responses": [{text: "x"}]}
    said = {place: text} if place in {"late_reason", "key"} else {"fields": {place: nested.get(place, text)}}

    with pytest.raises(WrongKind, match="no control characters"):
        Submission(**{"name": "dispute_action", "ref": "A1", "fields": {}} | said)


def test_lines_and_tabs_are_text():
    """What people type in a large box is text."""
    Submission(name="dispute_action", ref="A1", fields={"reason": "First\r\n\tsecond \u201cquoted\u201d é 漢 🙂"})
