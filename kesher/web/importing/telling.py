"""What looking through a file has shown, in words: no codes, no dates of machines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from kesher.core.access import Actor
from kesher.core.importing import reasons
from kesher.core.importing.kinds import Importable

DAY = re.compile(r"\d{4}-\d\d-\d\d")
# What a receptionist looks at first: where she has to decide, then what is left out.
FIRST = ("doubtful", "refused", "updated", "created", "unchanged")


def told(by: Actor, kind: Importable, lines: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Lines of the file, each of its changes in words."""
    choices = {str(column.label): column.choices for column in kind.columns if column.choices}
    words: dict[str, dict[str, str]] = {}

    def said(label: str, value: str) -> Any:
        if DAY.fullmatch(value):
            return _day(value)
        if value and label in choices and label not in words:
            words[label] = {str(key): str(word) for key, word in choices[label](by)}
        return words.get(label, {}).get(value, value)

    return [
        {**line, "reason": _why(line),
         "changes": [(label, said(label, old), said(label, new))
                             for label, old, new in line.get("changes", ())]}
        for line in lines
    ]  # fmt: skip


def _why(line: Mapping[str, Any]) -> str:
    return reasons.told(line["code"], line["said"]) if line.get("code") else line.get("reason", "")


def _day(value: str) -> date | str:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return value
