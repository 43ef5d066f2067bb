"""The framework in force, the regime that binds the Board, and what it sets for itself."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from aggregates.errors import Blank
from aggregates.partnership import Partnership, framework
from aggregates.partnership.partnership import NotEstablishedYet, RegimeGoesBack, SameRegime
from aggregates.partnership.settings import SETTINGS, SettingUnreadable
from tests.aggregates.people import CHAIR, DAY, ORIGIN, on

ADOPTED = {
    "version": "2016",
    "sha256": "ab" * 32,
    "review_due": on(365),
    "provenance": "after Plymouth's",
    "minute": "12 September 2016, item 4",
}
NEXT = ADOPTED | {"version": "2017", "sha256": "cd" * 32, "supersedes": "2016", "review_due": on(740)}


def partnership():
    """Give a partnership under the regime of 2015."""
    said = {"name": "Severnbrook Safeguarding Children Board", "regime": "LSCB-WT2015", "effective_on": date(2015, 3, 26)}
    return Partnership.establish(ORIGIN, acting=CHAIR, occurred_on=DAY, **said)


def adopted():
    """Give a partnership with a framework."""
    board = partnership()
    board.adopt_framework(acting=CHAIR, occurred_on=DAY, **ADOPTED)
    return board


def test_one_framework_is_in_force_until_the_next_takes_its_place():
    """LIF-INT-01: from its adoption until the next is adopted a framework is in force, and each is shown on its days."""
    board = adopted()
    board.adopt_framework(acting=CHAIR, occurred_on=on(370), **NEXT)

    assert [board.state_on(on(n)).framework.version for n in (0, 369, 370)] == ["2016", "2016", "2017"]
    assert (board.state.framework.supersedes, board.state.versions) == ("2016", ("2016", "2017"))


@pytest.mark.parametrize(
    ("other", "refusal"),
    [
        ({"version": "2016"}, framework.VersionInForce),
        ({"supersedes": None}, framework.SupersedesAnother),
        ({"supersedes": "2015"}, framework.SupersedesAnother),
        ({"sha256": "the annex"}, framework.NotAnObligationSet),
        ({"review_due": on(370)}, framework.ReviewDueBefore),
        ({"provenance": " "}, Blank),
    ],
)
def test_a_framework_is_adopted_in_the_place_of_the_one_in_force(other, refusal):
    """A framework has a version of its own, a hash, an origin and a review to come, and supersedes the one in force."""
    board = adopted()

    with pytest.raises(refusal):
        board.adopt_framework(acting=CHAIR, occurred_on=on(370), **NEXT | other)

    assert len(board.entries) == 2


def test_nothing_is_adopted_before_there_is_a_partnership():
    """What was decided on a day before the partnership was established is refused."""
    with pytest.raises(NotEstablishedYet):
        partnership().adopt_framework(acting=CHAIR, occurred_on=on(-1), **ADOPTED)


def test_a_framework_is_reviewed_by_its_date_and_says_when_next():
    """LIF-INT-03: a review retains the framework or has it revised, and moves the day of the next one."""
    board = adopted()
    board.review_framework(acting=CHAIR, occurred_on=on(360), version="2016", outcome="retained", review_due=on(725))

    now = board.state.framework
    assert (now.outcome, now.reviewed_on, now.review_due, now.version) == ("retained", on(360), on(725), "2016")
    assert board.state_on(on(359)).framework.review_due == on(365)
    for day, version in ((on(-1), "2016"), (on(361), "2015")):
        with pytest.raises((framework.NotInForce, framework.NoneInForce, NotEstablishedYet)):
            board.review_framework(acting=CHAIR, occurred_on=day, version=version, outcome="revised", review_due=on(725))
    with pytest.raises(framework.ReviewDueBefore):
        board.review_framework(acting=CHAIR, occurred_on=on(400), version="2016", outcome="revised", review_due=on(400))


def test_a_review_of_a_framework_that_is_retracted_says_nothing_of_another():
    """The fold is total: a review that stands without the adoption that it looked at leaves what is in force alone."""
    board = adopted()
    board.review_framework(acting=CHAIR, occurred_on=on(360), version="2016", outcome="retained", review_due=on(725))
    board.retract(acting=CHAIR, occurred_on=on(361), amends=2, reason="the minute says otherwise")

    assert board.state.framework is None


def test_inv_42_a_regime_takes_effect_on_its_day_and_those_before_keep_theirs():
    """INV-42: a change that is recorded in June takes effect in September; until then, and for the days before, the old one holds."""
    board = partnership()
    board.change_regime(acting=CHAIR, occurred_on=on(10), regime="MASA-WT2018", effective_on=on(100))

    assert [board.state.regime_on(day) for day in (date(2014, 1, 1), on(10), on(99), on(100))] == ["LSCB-WT2015"] * 3 + ["MASA-WT2018"]
    assert board.state_on(on(9)).regime_on(on(100)) == "LSCB-WT2015"
    with pytest.raises(SameRegime):
        board.change_regime(acting=CHAIR, occurred_on=on(20), regime="MASA-WT2018", effective_on=on(200))
    with pytest.raises(RegimeGoesBack):
        board.change_regime(acting=CHAIR, occurred_on=on(20), regime="MASA-WT2023", effective_on=on(100))


@pytest.mark.parametrize(
    ("setting", "value", "read"),
    [
        ("ack_window", "14", 14),
        ("embedding_window", "6", 6),
        ("followup_return", "21", 21),
        ("phone_sample", "20% min 5", (20, 5)),
        ("affiliation_look_back", "10", 10),
        ("quorum", "2/3", Fraction(2, 3)),
        ("planning_cycle", "24", 24),
        ("publication_notice", "2", 2),
        ("moderation_threshold", "3", 3),
        ("training_interval", "36; education 12; health/nurses 24", (("", 36), ("education", 12), ("health/nurses", 24))),
    ],
)
def test_every_setting_has_a_default_and_holds_from_its_day_on(setting, value, read):
    """What the framework leaves open holds as it begins until the Board sets it, and from then on as it is set."""
    board = partnership()
    board.set_local_setting(acting=CHAIR, occurred_on=on(10), setting=setting, value=value)

    assert (getattr(board.state_on(on(9)), setting), getattr(board.state, setting)) == (SETTINGS[setting].holds, read)


def test_notice_on_the_same_day_can_be_set_again():
    """No days at all is a number too: the Board can go back to telling partners on the very day."""
    board = partnership()
    for value in ("2", "0"):
        board.set_local_setting(acting=CHAIR, occurred_on=on(10), setting="publication_notice", value=value)

    assert board.state.publication_notice == 0


@pytest.mark.parametrize(
    ("setting", "value"),
    [("quorum", v) for v in ("", "0/2", "3/2", "half", "1/0", "50%")]
    + [("phone_sample", v) for v in ("0% min 3", "101% min 3", "10%", "10% min 0")]
    + [(name, "2, 4") for name in ("ack_window", "embedding_window", "affiliation_look_back")],
)
def test_a_setting_that_cannot_be_read_is_refused(setting, value):
    """A share of more than all or of none, a sample without a least number and two numbers for one are refused."""
    with pytest.raises(SettingUnreadable):
        partnership().set_local_setting(acting=CHAIR, occurred_on=DAY, setting=setting, value=value)
