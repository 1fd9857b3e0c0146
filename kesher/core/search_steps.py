"""Ways to read what was typed into the search box, from exact to generous."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz import fuzz

from kesher.core import search_index
from kesher.core.layouts import other_readings
from kesher.core.names import skeletons, sounds, word_keys
from kesher.core.phones import digits, readings_of_digits
from kesher.core.search_entry import LONGEST_WORD, parts
from kesher.core.text import fold, words

MOST_WORDS = 8  # words of a query that are read


@dataclass(frozen=True)
class Query:
    """One way to read what was typed: groups that must all match, and a part of the text."""

    groups: list[list[str]]
    part: str = ""


class Asked:
    """What was typed, read in all the ways that the steps need."""

    def __init__(self, typed: str):
        self.typed = typed
        self.words = [word[:LONGEST_WORD] for word in words(typed)[:MOST_WORDS]]
        self.folded = fold(typed)

    @cached_property
    def numbers(self) -> list[str]:
        """The digits, where a number was typed and hardly anything else."""
        number = digits(self.folded)
        others = sum(c.isalpha() for c in self.folded)
        return readings_of_digits(self.typed) if len(number) >= 3 and others <= 2 else []

    @cached_property
    def name_and_number(self) -> tuple[list[str], str] | None:
        """A name and some digits of his number: they stand in two entries."""
        number = digits("".join(word for word in self.words if word.isdecimal()))
        names = [word for word in self.words if word.isalpha()]
        is_both = len(number) >= 3 and names and not self.numbers
        return (names, readings_of_digits(number)[0]) if is_both else None

    @cached_property
    def readings(self) -> list[list[str]]:
        """The words, had the keyboard been in another language."""
        found = (words(reading)[:MOST_WORDS] for reading in other_readings(self.typed))
        return [reading for reading in found if reading and len("".join(reading)) > 1]

    @cached_property
    def sound(self) -> str:
        return _sound(self.words)


def likeness(asked: Asked, text: str) -> float:
    """From nought to fifteen: how much of the name, or of the number, was typed."""
    lines = text.split("\n")
    if asked.numbers:
        number = asked.numbers[-1]
        ends = max((line.endswith(number) + line.startswith(number) for line in lines), default=0)
        return 5.0 * ends + 5 * (asked.folded in lines)
    name = lines[0]
    if asked.folded in lines:
        return 15.0 if asked.folded == name else 12.0
    by_letters = fuzz.token_sort_ratio(asked.folded, name)
    if by_letters > 80:
        return by_letters / 10
    return max(by_letters, 0.9 * fuzz.token_sort_ratio(asked.sound, _sound(words(name)))) / 10


def _sound(found: Iterable[str]) -> str:
    return " ".join(sounds(word)[0] for word in found if sounds(word)).lower()


def _beginning(word: str) -> str:
    return f"_{len(word)}{word}" if len(word) <= 3 else f"{word}*"


def name_tokens(word: str) -> set[str]:
    """What an entry holds that a word of a name may mean."""
    begun = [f"_{len(word)}{word}"] if len(word) <= 3 else []
    return {word, *begun, *(f"_x{key.lower()}" for key in word_keys(word))}


def _exactly(asked: Asked) -> list[Query]:
    return [Query([[word] for word in asked.words])]


def _by_number(asked: Asked) -> list[Query]:
    if not asked.numbers:
        return []
    ways = [f"_p{n}*" for n in asked.numbers] + [f"_r{n[::-1]}*" for n in asked.numbers]
    return [Query([ways])]


def _by_beginnings(asked: Asked) -> list[Query]:
    return [Query([[_beginning(word)] for word in asked.words])]


def _by_digits(asked: Asked) -> list[Query]:
    return [Query([[part] for part in parts(n)], part=n) for n in asked.numbers if len(n) >= 3]


def _by_layout(asked: Asked) -> list[Query]:
    return [Query([[_beginning(word)] for word in reading]) for reading in asked.readings]


def _by_sound(asked: Asked) -> list[Query]:
    """Names in any script; the last word may be only begun."""
    if asked.numbers:
        return []
    groups = []
    for at, word in enumerate(asked.words):
        keys = [f"_x{key.lower()}" for key in word_keys(word)]
        if at == len(asked.words) - 1 and (at or len(word) > 3):
            keys += [f"_x{skeleton.lower()}*" for skeleton in skeletons(word)[:3]]
        groups.append([_beginning(word), *keys])
    return [Query(groups)]


def _by_part(asked: Asked) -> list[Query]:
    found = [part for word in asked.words for part in parts(word)]
    return [Query([[part] for part in found[:24]], part=asked.folded)] if found else []


def _by_correction(asked: Asked) -> list[Query]:
    return [_corrected(asked.words)] if asked.words and not asked.numbers else []


def _by_layout_and_correction(asked: Asked) -> list[Query]:
    return [_corrected(reading) for reading in asked.readings]


def _corrected(found: Sequence[str]) -> Query:
    return Query([[_beginning(word), *search_index.similar_words(word)] for word in found])


def _by_fewer_words(asked: Asked) -> list[Query]:
    """A second name or a street that we do not know of must not hide the person."""
    if len(asked.words) < 3:
        return []
    rests = ([w for i, w in enumerate(asked.words) if i != at] for at in range(len(asked.words)))
    return [Query([[_beginning(word)] for word in rest]) for rest in rests]


STEPS = (  # how, the score it starts at, whether it is tried only while nothing was found
    (_exactly, 95, False),
    (_by_number, 90, False),
    (_by_beginnings, 80, False),
    (_by_layout, 70, True),
    (_by_sound, 60, False),
    (_by_digits, 55, False),
    (_by_part, 50, False),
    (_by_correction, 40, True),
    (_by_layout_and_correction, 35, True),
    (_by_fewer_words, 30, True),
)
