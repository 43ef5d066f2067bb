"""What every pack says of itself, `VERIFY.md`: how to check it with our verifier, and with tools that we did not write."""

from __future__ import annotations

from pathlib import Path
from typing import Final

RECIPES: Final = Path(__file__).with_name("VERIFY.md")


def recipes(vkey: str, size: int, about: str) -> str:
    """Write the recipes for a pack of the log with this key, over so many entries; `about` says what of it the pack holds."""
    return RECIPES.read_text("utf-8").replace("{vkey}", vkey).replace("{size}", str(size)).replace("{about}", about)
