"""Who is meant by an @name in a text; no database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from kesher.core.text import fold

MOST = 20


def mentioned(text: str, members: Iterable[tuple[int, str]]) -> list[int]:
    """Numbers of the members whose name follows an @, in order, each once."""
    return list(dict.fromkeys(pk for _at, _length, pk in _found(fold(text), members)))[:MOST]


def spans(text: str, members: Iterable[tuple[int, str]]) -> list[tuple[int, int]]:
    """Where the names stand in the text as it was typed, with their @: from and until."""
    folded, places = _folded_with_places(text)
    return [
        (places[at], places[at + length - 1] + 1)
        for at, length, _pk in _found(folded, members)
    ]  # fmt: skip


def _found(folded: str, members: Iterable[tuple[int, str]]) -> Iterator[tuple[int, int, int]]:
    if "@" not in folded:
        return
    names = _names(members)
    at = folded.find("@")
    while at >= 0:
        for name, pk in names:
            end = at + 1 + len(name)
            if folded.startswith(name, at + 1) and not folded[end : end + 1].isalnum():
                yield at, len(name) + 1, pk
                break
        at = folded.find("@", at + 1)


def _names(members: Iterable[tuple[int, str]]) -> list[tuple[str, int]]:
    """What members answer to, the longest first: their name, or a first name that only one has."""
    whole = [(fold(name), pk) for pk, name in members if fold(name)]
    firsts = [(name.split(" ")[0], pk) for name, pk in whole]
    held = Counter(first for first, _pk in firsts)
    alone = [(first, pk) for first, pk in firsts if held[first] == 1]
    return sorted({*whole, *alone}, key=lambda named: (-len(named[0]), named))


def _folded_with_places(text: str) -> tuple[str, list[int]]:
    """The folded text and, for each of its letters, the place of the letter it came from."""
    letters: list[str] = []
    places: list[int] = []
    for place, sign in enumerate(text):
        folded = " " if sign.isspace() else fold(sign)
        if folded == " " and (not letters or letters[-1] == " "):
            continue
        letters.extend(folded)
        places.extend([place] * len(folded))
    return "".join(letters), places
