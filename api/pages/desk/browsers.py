"""Of which family a browser is, as it says itself: enough to tell one's own sessions apart, and all that is kept."""

from __future__ import annotations

import re
from typing import Final

# What names a family, and what it is called. Each of them says that it is several of those after it too.
FAMILIES: Final = (
    (re.compile(r"\bEdg(e|A|iOS)?/"), "Edge"),
    (re.compile(r"\b(OPR|Opera)/"), "Opera"),
    (re.compile(r"\bSamsungBrowser/"), "Samsung Internet"),
    (re.compile(r"\b(Firefox|FxiOS)/"), "Firefox"),
    (re.compile(r"\b(Chrome|Chromium|HeadlessChrome|CriOS)/"), "Chrome"),
    (re.compile(r"\bSafari/"), "Safari"),
)
UNKNOWN: Final = "Another browser"


def family_of(agent: str) -> str:
    """Return the family of a browser by its `User-Agent`."""
    return next((name for said, name in FAMILIES if said.search(agent)), UNKNOWN)
