"""A file of rows: what is read from any form but plain text, a line for each row, in JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

THREE_BEHIND = re.compile(r"-?\d+\.\d{3}")


def row_line(number: int, cells: list[str]) -> str:
    """The line that keeps a row and its number in the file it came from."""
    return json.dumps([number, cells]) + "\n"


def read_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The rows with their numbers."""
    with path.open(encoding="ascii") as file:
        for line in file:
            number, cells = json.loads(line)
            yield number, cells


def unmistakable(figures: str) -> str:
    """A number never with three figures behind the point: 1.234 would be a thousand in Greece."""
    return f"{figures}0" if THREE_BEHIND.fullmatch(figures) else figures
