"""JSON, one object a line or all in one list, as rows of text; what is nested is laid out flat."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, TextIO

from kesher.core.importing.rows import unmistakable

LONGEST = 4_000_000  # characters of one object
LARGEST_LIST = 64_000_000  # characters of a file that is one list
MOST_KEYS = 1000
DEEPEST = 6


class NoObjects(Exception):
    """What stands in a line is no object; says in which."""

    def __init__(self, line: int):
        super().__init__(line)
        self.line = line


def objects(stream: TextIO) -> Iterator[tuple[int, dict[str, str]]]:
    """Each object with the number of its line, or its place in the list."""
    first = stream.read(4096).lstrip()
    stream.seek(0)
    if not first.startswith("["):
        yield from _by_line(stream)
        return
    text = stream.read(LARGEST_LIST + 1)
    if len(text) > LARGEST_LIST:
        raise NoObjects(1)
    found = _loaded(text, 1)
    for number, one in enumerate(found if isinstance(found, list) else (), 1):
        yield number, _object(one, number)


def _by_line(stream: TextIO) -> Iterator[tuple[int, dict[str, str]]]:
    number = 0
    while line := stream.readline(LONGEST):
        number += 1
        if line.strip():
            yield number, _object(_loaded(line, number), number)


def _loaded(text: str, line: int) -> Any:
    try:
        return json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError):
        raise NoObjects(line) from None


def _object(found: Any, line: int) -> dict[str, str]:
    if not isinstance(found, dict):
        raise NoObjects(line)
    return dict(_flat(found, "", 0))


def _flat(found: dict[str, Any], before: str, depth: int) -> Iterator[tuple[str, str]]:
    """Keys and texts: {"address": {"city": …}} is “address city”, a list is a line for each."""
    for key, value in found.items():
        name = f"{before} {key}".strip()
        if isinstance(value, dict) and depth < DEEPEST:
            yield from _flat(value, name, depth + 1)
        else:
            yield name, _text(value)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, Decimal):
        return unmistakable(f"{value:f}")
    if isinstance(value, list):
        return "\n".join(filter(None, (_text(one) for one in value)))
    if isinstance(value, dict):
        return _text(list(value.values()))
    return str(value)


def keys_of(found: Iterable[dict[str, str]]) -> list[str]:
    """All keys of some objects, in the order in which they first came."""
    keys: dict[str, None] = {}
    for one in found:
        for key in one:
            if len(keys) < MOST_KEYS:
                keys.setdefault(key)
    return list(keys)
