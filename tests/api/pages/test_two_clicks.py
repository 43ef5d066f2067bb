"""An inspector reaches the event behind any figure in two clicks: from wherever it stands, by its row or its thing."""

from __future__ import annotations

import re

import pytest

from api.pages.frame.entries import page_of
from tests.api.pages.conftest import browser
from tests.api.pages.whole import THINGS, fill
from tests.service.test_reviews import walk

PAGES = (
    "/", "/reviews", "/reviews/SB-2016-09", "/reviews/SB-C", "/partnership", "/agencies/RIV", "/sub-groups/QEG", "/meetings",
    "/meetings/QEG-2016-09", "/challenges", "/challenges/CH-1", "/courses", "/resources", "/inspections", "/actions",
    "/actions/A1", "/replay",
)  # fmt: skip
EVENT = re.compile(r'href="/events/\d+')
LINK = re.compile(r'href="(/[^"#]*)')
# What says something: a row of a table, a fact, a figure, and whatever is owed.
SAYS = re.compile(
    r'<tr class="govuk-table__row" role="row">(?:(?!<th scope="col").)*?</tr>|<div class="govuk-summary-list__row">.*?</div>'
    r'|<li class="muniment-figures__item">.*?</li>|<li class="muniment-owed__item">.*?</li>',
    re.DOTALL,
)
NOTHING = re.compile(
    r"No invitation|None is on record|Not answered|Not signed off|Not yet re-tested|Not set|Nobody|None on file|What it does"
)


@pytest.fixture
def told(seeded, app):
    """Give the chair's browser on a board with one of everything and a review that went the whole way."""
    fill(seeded)
    walk(seeded, "close_review", "SB-C")
    seeded.catch_up()
    return browser(app, seeded, "chair")


def main(who, path):
    """Open a page and return its middle."""
    assert who.get(path).status_code == 200, (path, who.words)
    return who.page.partition("<main")[2].partition("</main")[0]


def test_any_figure_opens_its_event_in_two_clicks(told):
    """Each figure, fact and row of the Board's pages has its event, or leads to a page on which each row has one or a timeline stands."""
    reached: dict[str, bool] = {}

    def leads(path):
        if path not in reached:
            page = main(told, path) if not path.startswith("/api/") else ""
            rows = [row for row in SAYS.findall(page) if "muniment-figures" not in row]
            reached[path] = "muniment-timeline" in page or bool(rows and all(EVENT.search(row) for row in rows)) or "muniment-empty" in page
        return reached[path]

    for path in PAGES:
        page = main(told, path)
        lost = [said for said in SAYS.findall(page) if not EVENT.search(said) and not NOTHING.search(said)]
        lost = [said for said in lost if not any(map(leads, LINK.findall(said))) and ("muniment-timeline" not in page or LINK.search(said))]
        assert [re.sub(r"(<[^>]+>|\s)+", " ", said) for said in lost] == [], path


def test_every_statement_of_a_review_names_its_event(told):
    """On the page of a review nothing is more than a click away: each fact, clock, finding and row names the event that it comes from."""
    page = main(told, "/reviews/SB-C").partition("What was recorded</h2>")[0]
    silent = [said for said in SAYS.findall(page) if not EVENT.search(said) and not NOTHING.search(said)]

    assert silent == []
    assert len(re.findall(r'<section class="muniment-part".*?/events/\d+.*?/events/\d+.*?</section>', page, re.DOTALL)) == 1


def test_every_thing_has_its_timeline(told):
    """The page of each kind of thing ends with what was recorded of it, entry by entry."""
    assert [kind for kind in THINGS if "muniment-timeline" not in main(told, page_of(kind, THINGS[kind]) or "/")] == []
