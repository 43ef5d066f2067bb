"""The page of what changed between two days."""

from __future__ import annotations

import pytest


@pytest.fixture
def later(sign_in):
    """Give somebody signed in, five months on."""

    def who(office):
        it = sign_in(office)
        it.seeded.clock.advance(days=150)
        it.seeded.catch_up()
        return it

    return who


@pytest.mark.parametrize("typed", ["20160905", "2016-W36-1", "2016-9-5", "\uff15 September 2016"])
def test_a_day_is_read_as_a_browser_sends_it_or_as_people_write_it(later, typed):
    """A day in an address is written out in full or in the words of people; nothing else is guessed at."""
    who = later("chair")

    assert who.get(f"/difference?from={typed}").status_code == 400
    assert f"“{typed}” is not a date: write it as 14 November 2016" in who.words
    assert who.get("/difference?from=5 September 2016").status_code == 200


def test_the_sentence_leads_to_the_actions(later):
    """What changed is said in a sentence, and each action is there with its position before and after, each a link that keeps its day."""
    who = later("chair")

    words = who.text("/difference?from=2016-09-05")

    assert "Between 5 September 2016 and 2 February 2017, 2 actions became overdue; 0 did not change." in words
    assert "A1 Follow up every missed appointment (A1)" in words
    assert "assigned, overdue; Riverside Community Health, due 16 December 2016" in words
    assert any(link.startswith("/actions/A1?as_at=2016-09-05") for link in who.links)


def test_what_became_of_one_action_is_the_caption_of_its_table(later):
    """The heading counts, and so speaks of one action or of several; the caption of the table speaks of all that are in it."""
    words = later("riv-lead").text("/difference?from=2016-09-04")

    assert "1 was put on the register Actions that were put on the register Action Before" in words


def test_a_lead_compares_their_own(later):
    """Another agency's actions are in no difference that a designated lead sees."""
    assert "1 action became overdue; 0 did not change, of the actions that you may see" in later("riv-lead").text(
        "/difference?from=2016-09-05"
    )


@pytest.mark.parametrize(("typed", "status", "told"), [("soon", 400, "is not a date"), ("2019-01-01", 422, "is still to come")])
def test_a_day_that_cannot_be_compared_is_told_beside_its_field(later, typed, status, told):
    """What was typed stays in the field, with the reason, and nothing is compared."""
    who = later("chair")

    assert who.get(f"/difference?from={typed}").status_code == status
    assert told in who.words
    assert f'value="{typed}"' in who.page
    assert "In one sentence" not in who.words


def test_without_a_day_the_last_quarter_is_compared(later):
    """Who comes without a date is shown the last three months."""
    assert "Between 3 November 2016 and 2 February 2017, 2 actions became overdue" in later("chair").text("/difference")


def test_the_days_are_compared_in_their_order(later):
    """Who gives the later day first is told so, and nothing is compared."""
    who = later("chair")

    assert who.get("/difference?from=2016-12-01&as_at=2016-10-01").status_code == 422
    assert "give the earlier day first" in who.words
