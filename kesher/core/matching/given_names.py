"""Given names that are one name: across scripts, spellings and pet forms."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from pathlib import Path

from kesher.core.text import fold

TABLE = Path(__file__).with_name("given_names.txt")


@cache
def _table() -> tuple[dict[str, tuple[int, ...]], list[str]]:
    """The groups of each name, and the gender (f, m or u) of each group."""
    groups: dict[str, list[int]] = defaultdict(list)
    genders = []
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(line for line in lines if line and line[0] != "#"):
        gender, *names = line.split()
        genders.append(gender)
        for name in dict.fromkeys(map(fold, names)):
            groups[name].append(number)
    return {name: tuple(numbers) for name, numbers in groups.items()}, genders


def groups_of(word: str) -> tuple[int, ...]:
    """The numbers of the groups a folded given name is in; none if it is not known."""
    return _table()[0].get(word, ())


def gender_of(word: str) -> str:
    """`f` or `m` if all groups of a folded given name say so, else nothing."""
    genders = {_table()[1][group] for group in groups_of(word)}
    return genders.pop() if len(genders) == 1 and "u" not in genders else ""
