"""What leads where, in the document: from a list to one thing, from what was written to the thing and its entry, from a thing to its acts.

Links as OpenAPI 3.1 has them: whoever reads the document can walk through the service without another word, and a test does. A thing's
ETag goes along as `If-Match`.
"""

from __future__ import annotations

import re
from typing import Any, Final

PARAMETER: Final = re.compile(r"\{(\w+)\}")
ONE: Final = re.compile(r"(.*)/\{(ref|position|period|sha256)\}")
EVENT: Final = "/api/v1/events/{position}"
SEEN: Final = {"header.If-Match": "$response.header.ETag"}


def linked(document: dict[str, Any], prefix: str) -> dict[str, Any]:
    """Name every operation of a document, and give it what leads from it to others; `prefix` is what all addresses begin with."""
    paths: dict[str, dict[str, Any]] = document["paths"]
    for path, operations in paths.items():
        if "get" in operations:
            operations["get"]["operationId"] = _name(path.removeprefix(prefix))
    for path, operations in paths.items():
        for method in ("get", "post"):
            if method in operations:
                _link(operations[method], dict(_leads(paths, path, method)))
    return document


def _name(path: str) -> str:
    """Return what reading an address is called: `get_actions_by_ref_history`."""
    return "get" + PARAMETER.sub(r"by_\1", path).replace("/", "_").replace("-", "_")


def _link(operation: dict[str, Any], links: dict[str, dict[str, Any]]) -> None:
    for status in ("200", "201"):
        if links and status in operation["responses"]:
            operation["responses"][status]["links"] = links


def _leads(paths: dict[str, dict[str, Any]], path: str, method: str) -> Any:
    """Give the links of an operation, each by the name of the operation to which it leads."""
    one = ONE.fullmatch(path)
    for other, operations in paths.items():
        if method == "get" and other != path and other.startswith(f"{path}/"):
            yield from _from_reading(path, other, operations, one.group(2) if one else None)
        elif method == "post" and "get" in operations:
            yield from _from_writing(path, other, operations["get"]["operationId"])


def _from_reading(path: str, other: str, operations: dict[str, Any], key: str | None) -> Any:
    """From one thing to all that can be read or done of it, from a list to its first thing; from the one of its kind to its acts."""
    named = PARAMETER.findall(other)
    if named == ([key] if key else []):
        said = {f"path.{key}": f"$request.path.{key}"} if key else {}
        for method in ("get", "post"):
            if method in operations and not ONE.fullmatch(other):
                yield operations[method]["operationId"], _to(operations[method], said)
    elif not key and (found := ONE.fullmatch(other)) and found.group(1) == path and "get" in operations:
        yield operations["get"]["operationId"], _to(operations["get"], {f"path.{named[0]}": f"$response.body#/items/0/{named[0]}"})


def _from_writing(path: str, other: str, name: str) -> Any:
    """From what was written to the thing, and to its newest entry."""
    whole, found = path.rpartition("/")[0], ONE.fullmatch(other)
    if found and found.group(1) == path:  # what was made, or brought
        yield name, {"operationId": name, "parameters": {f"path.{found.group(2)}": f"$response.body#/{found.group(2)}"}}
    elif other == whole:
        yield name, {"operationId": name, "parameters": {"path.ref": "$request.path.ref"} if found else {}}
    elif other == EVENT and not path.endswith("/evidence"):
        yield name, {"operationId": name, "parameters": {"path.position": "$response.body#/positions/0"}}


def _to(operation: dict[str, Any], parameters: dict[str, str]) -> dict[str, Any]:
    takes = {parameter["name"] for parameter in operation.get("parameters", ()) if isinstance(parameter, dict)}
    return {"operationId": operation["operationId"], "parameters": parameters | (SEEN if "If-Match" in takes else {})}
