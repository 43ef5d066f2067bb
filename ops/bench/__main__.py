"""`python ops/bench`: measures what the product promises of its speed, and prints one table.

Every row is a ratio against a baseline of the same run, interleaved with it, or a rate; medians, because machines are noisy. It uses
a PostgreSQL of its own in a temporary folder. `python ops/bench NAME…` measures only these; `--big` adds the rows at a million events,
and at a hundred times the demonstration's obligations.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import appending
import erasing
import evidence
import falling_due
import load
import obligations
import packing
import pages
import proving
import reporting
import seeing
import tracking_reviews
import two_clocks
import witnessing
from bench import Row, fresh_board

MEASURES = {
    "append": appending.append_against_baselines,
    "bulk": appending.bulk,
    "erase": erasing.measure,
    "evidence": evidence.measure,
    "load": load.measure,
    "visible": seeing.visible,
    "clocks": two_clocks.measure,
    "reviews": tracking_reviews.measure,
    "due": falling_due.measure,
    "obligations": obligations.measure,
    "pages": pages.measure,
    "report": reporting.measure,
    "packs": packing.measure,
    "verify": proving.verify,
    "growth": proving.growth,
    "witness": witnessing.measure,
}


def main(arguments: list[str]) -> None:
    """Measure, and print the table."""
    big = "--big" in arguments
    names = [name for name in arguments if not name.startswith("--")] or list(MEASURES)
    rows: list[Row] = []
    for name in names:
        with tempfile.TemporaryDirectory(prefix="muniment-bench-") as folder, fresh_board(Path(folder)) as config:
            found = MEASURES[name](config, big=big)
        rows += found
        for row in found:
            print(row, flush=True)
    print(f"\n| work | measured | target | |\n|---|---|---|---|\n{chr(10).join(row.as_table() for row in rows)}")


if __name__ == "__main__":
    main(sys.argv[1:])
