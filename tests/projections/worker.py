"""A catch-up process for tests: leads, or waits to, over promises that it makes up as it is asked for them.

    python -m tests.projections.worker CONNINFO ENTRIES [BROKEN]

The entry at BROKEN cannot be read. It says `leading` when it has the lead.
"""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING

from projections.two_clocks import catch_up
from tests.logs import Log
from tests.projections.promises import Promise
from tests.projections.views import DAY, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from projections.two_clocks.decoded_log import Decoded


def main(conninfo: str, entries: str, broken: str = "0") -> None:
    """Work until something ends it."""
    log = Log()
    for n in range(int(entries)):
        say(log, str(n), Promise.Made, DAY)

    def source(after: int, limit: int) -> Iterator[Decoded]:
        for entry in log.entries[after : after + limit]:
            if entry.position == int(broken):
                raise ValueError("its signature is not that of its key")
            yield entry

    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
    catch_up.work(conninfo, source, poll=0.05)


if __name__ == "__main__":
    main(*sys.argv[1:])
