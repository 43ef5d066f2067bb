"""JSON read strictly: what every reader takes for the same, at every door.

By default Python accepts `NaN`, doubled members, half a character and numbers too large to be any.
"""

from __future__ import annotations

import json
from math import isinf
from typing import Any, NoReturn


def strict_json(text: str) -> Any:
    """Return the value of a JSON text; `ValueError` says in words why it is none that can be read in one way only."""
    try:
        value = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number, parse_float=_finite)
        again = json.dumps(value, ensure_ascii=False)
        again.encode()
    except UnicodeEncodeError as error:
        raise ValueError("it holds half of a character") from error
    except json.JSONDecodeError as error:
        raise ValueError(f"it is not JSON at character {error.pos + 1} ({error.msg})") from error
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    if "\\u0000" in again.replace(r"\\", ""):  # written out, a backslash of the text itself is doubled; PostgreSQL keeps no NUL
        raise ValueError("it holds a NUL character")
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"it says {', '.join(sorted({name for name in names if names.count(name) > 1}))} twice")
    return found


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number of JSON")


def _finite(text: str) -> float:
    if isinf(value := float(text)):
        raise ValueError(f"{text} is too large a number")
    return value
