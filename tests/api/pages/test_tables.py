"""Tables that can grow: narrowed, sorted and paged on the server, and given whole as CSV or JSON."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from types import SimpleNamespace

import pytest

from api.pages.board import listing
from api.pages.frame import exports, tables
from api.pages.frame.thing import as_given, link, quiet, section

LISTS = (
    "/actions", "/challenges", "/courses", "/data-protection", "/disseminations", "/inspections", "/library",
    "/meetings", "/meetings/attendance", "/obligations", "/partnership", "/programme", "/resources", "/returns", "/reviews", "/sessions",
)  # fmt: skip
NOBODY = SimpleNamespace(link=lambda path, **query: path + "".join(f" {name}={said}" for name, said in query.items() if said))


def numbered(many: int) -> dict:
    """Return a table of so many rows."""
    days = [date(2016, 9, number % 28 + 1) for number in range(many)]
    return section("By agency", ("Ref", "Day"), [(link(f"A{number}", "/"), day) for number, day in enumerate(days)], "")


def ordered(app, table, query):
    """Return what the first cells of a page of a table say."""
    with app.test_request_context(f"/x?table=by-agency&{query}"):
        return [exports.plain(row[0]) for row in tables.shown(NOBODY, "/x", table)["rows"]]


@pytest.mark.parametrize("path", LISTS)
def test_every_list_is_given_as_a_file_with_its_clocks(whole, path):
    """What a list shows is given as CSV and as JSON, in its columns, each row with the day and the event as known at which it holds."""
    who = whole("chair")
    separator = "&" if "?" in path else "?"
    asked = [f"{path}.{form}" if path == "/actions" else f"{path}{separator}format={form}" for form in exports.FORMS]
    as_csv, as_json = (who.client.get(one) for one in asked)
    heads, *rows = csv.reader(io.StringIO(as_csv.get_data(as_text=True).removeprefix("\ufeff")))

    assert (as_csv.mimetype, as_json.mimetype, heads[-2:]) == ("text/csv", "application/json", ["as at", "as known at event"])
    assert rows
    assert [list(one.values()) for one in as_json.json["rows"]] == [row[:-2] for row in rows]
    assert {tuple(row[-2:]) for row in rows} == {(as_json.json["as at"], str(as_json.json["as known at event"]))}


@pytest.mark.parametrize(
    ("path", "called"),
    [
        ("/actions.csv?as_at=2016-09-05", "actions as at 2016-09-05 as known at event "),
        ("/library?format=json&table=good-practice", "learning library, good practice as at "),
        ("/compliance?part=LIF-PRI&format=csv", "obligations clause by clause, principles as at "),
    ],
)
def test_a_file_is_called_by_its_table_and_its_dates(reader, path, called):
    """Whoever finds the file again in a folder reads from its name which table it is, of which day, and as known when."""
    told = reader("chair").get(path).headers["Content-Disposition"]

    assert called in told


@pytest.mark.parametrize("path", ["/reviews", "/courses", "/returns", "/section-11", "/actions"])
def test_a_list_keeps_its_order_when_it_is_narrowed(whole, path):
    """The form that narrows a list, or shows it on another day, carries the order that it stands in; and so does the way to clear it."""
    who = whole("chair")
    who.get(f"{path}?sort=due&order=descending&late=yes&only=ended&standing=nonsense&agency=RIV")

    assert who.hidden.items() >= {"sort": "due", "order": "descending"}.items()
    cleared = [href for href in who.links if href.startswith(path) and not re.search("nonsense|ended|late=|agency", href)]
    assert any("sort=due" in href and "order=descending" in href for href in cleared)


def test_a_file_of_a_table_that_is_not_there_is_refused(whole):
    """A page of several tables says that it has none of another name."""
    assert whole("chair").get("/library?format=csv&table=nothing").status_code == 404


def test_a_long_table_sorts_by_what_its_cells_say(app):
    """Numbers in words sort as numbers and days as days, also where they are written out; what says nothing comes last both ways."""
    said = ("A10", "A9", None, "A1")
    days = ("2 October 2016, on time", date(2016, 9, 30), ["1 January 2017"], None)
    table = section("By agency", ("Ref", "Day"), [*zip(said, days, strict=True), *[("A2", "Nothing yet")] * 3], "")

    assert ordered(app, table, "sort=ref") == ["A1", "A2", "A2", "A2", "A9", "A10", ""]
    assert ordered(app, table, "sort=ref&order=descending") == ["A10", "A9", "A2", "A2", "A2", "A1", ""]
    assert ordered(app, table, "sort=day") == ["A9", "A10", "", "A2", "A2", "A2", "A1"]
    assert ordered(app, table, "sort=nonsense")[0] == "A10"
    odd = section("By agency", ("Ref",), [[said] for said in ("9" * 5000, "10", "5²", "05", "9", "²", "٣")], "")
    assert ordered(app, odd, "sort=ref") == ["05", "5²", "9", "٣", "10", "9" * 5000, "²"]  # what people type, and no page may stop at


def test_a_long_table_is_cut_and_leads_on(app):
    """A table among several has 50 rows on a page; its links to others, to another order and to files carry what the address carries."""
    with app.test_request_context("/x?table=by-agency&sort=ref&page=2"):
        shown = tables.shown(NOBODY, "/x", numbered(120), kept={"year": "2016"})

    pager = shown["pager"]
    assert (pager["first"], pager["last"], pager["total"]) == (51, 100, 120)
    assert pager["next_href"] == "/x year=2016 table=by-agency sort=ref page=3#by-agency"
    assert shown["columns"][0] == {
        "text": "Ref", "href": "/x year=2016 table=by-agency sort=ref order=descending#by-agency", "sorted": "ascending"
    }  # fmt: skip
    assert shown["exports"]["csv"] == "/x year=2016 table=by-agency sort=ref format=csv#by-agency"
    with app.test_request_context("/x?table=another&page=2"):
        assert tables.shown(NOBODY, "/x", numbered(60))["pager"]["first"] == 1


def test_nobody_is_ranked_by_a_table_that_keeps_its_order(app):
    """What is given in its own order stays in it, whatever its address asks, and offers no other."""
    with app.test_request_context("/x?table=by-agency&sort=ref&order=descending"):
        shown = tables.shown(NOBODY, "/x", as_given(numbered(10)))

    assert ([row[0]["text"] for row in shown["rows"][:2]], shown["columns"][0]["href"]) == (["A0", "A1"], None)


def test_a_short_table_has_no_links(app):
    """What is read at a glance is neither sorted nor exported by links."""
    with app.test_request_context("/x"):
        shown = tables.shown(NOBODY, "/x", numbered(tables.GROWN - 1))

    assert (shown["exports"], [column["href"] for column in shown["columns"]]) == (None, [None, None])


def test_a_list_is_narrowed_by_its_columns(whole):
    """The meetings of one body and one year are left; where none is, each filter says how many there are without it."""
    who = whole("chair")

    assert "QEG-2016-09" in who.text("/meetings?of=Quality+and+Effectiveness+Group&held=2016")
    words = who.text("/meetings?of=Quality+and+Effectiveness+Group&held=2013")
    assert "QEG-2016-09" not in words
    assert "Without “Held”: 1 meeting" in words


def test_a_cell_is_exported_as_it_is_said():
    """Parts of a cell stand after one another, days as numbers, and nothing that a spreadsheet would run."""
    said = [link("Return r1", "/returns/r1"), None, quiet("late"), date(2016, 11, 14), 3]

    assert exports.plain(said) == "Return r1; late; 2016-11-14; 3"
    assert [exports.cell(text) for text in ("=1+1", "-2", "2")] == ["'=1+1", "'-2", "2"]
    assert listing.linked(NOBODY, "words") == "words"
