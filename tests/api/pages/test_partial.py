"""What whoever sees a part of the register is told: nothing of the Board as a whole."""

from __future__ import annotations

import pytest

PARTIAL = ("riv-lead", "inspector")


@pytest.fixture(params=PARTIAL)
def part(request, seeded, sign_in):
    """Give somebody who sees one agency's actions: its lead, and an inspector of it alone."""
    seeded.open_inspection(agency="RIV", purpose="rehearsal")
    seeded.catch_up()
    return sign_in(request.param)


def test_no_sentence_about_a_part_is_about_the_board(part):
    """Replay, the register and the difference of two days say that they speak of what this reader may see; home has no figures."""
    told = [part.text(path) for path in ("/replay", "/actions", "/difference")]

    assert ["that you may see" in words for words in told] == [True] * 3
    assert [words for words in told if "the Board believed" in words or "in the register" in words] == []
    assert "The Board today" not in part.text("/")


def test_whoever_sees_all_of_it_is_told_of_the_board(reader):
    """The chair is told what the Board believed, and of the whole register."""
    who = reader("chair")

    assert "the Board believed" in who.text("/replay")
    assert "that you may see" not in who.text("/actions") + who.text("/difference") + who.text("/replay")
