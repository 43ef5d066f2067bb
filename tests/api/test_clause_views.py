"""Where the table of clauses says that a clause is seen, there is a page."""

from __future__ import annotations

import runpy
from pathlib import Path

CATALOGUE = runpy.run_path(str(Path(__file__).parents[2] / "ops" / "catalogue.py"))


def test_every_view_of_a_clause_is_mounted(routes):
    """Each address that the table names is one of the application's pages."""
    pages = {rule.rule for rule in routes.url_map.iter_rules() if "GET" in (rule.methods or ())}

    assert {place for _, place in CATALOGUE["VIEWS"].values() if place} <= pages
