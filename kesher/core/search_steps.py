"""Ways to read what was typed into the search box, from exact to generous."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
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
FEW = 6  # digits that may stand anywhere in many numbers
THREES = 6  # three letters in a row that are looked for at once
SHORT = 3  # letters or digits that begin too much to look for all of it


@dataclass(frozen=True)
class Query:
    """One way to read what was typed: groups that must all match, and a part of the text."""

    groups: list[list[str]]
    part: str = ""


class Asked:
    """What was typed, read in all the ways that the steps need."""

    def __init__(self, typed: str):
        self.typed = typed
        self.words = _read(typed)
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
        found = (_read(reading) for reading in other_readings(self.typed))
        return [reading for reading in found if reading and len("".join(reading)) > 1]

    @cached_property
    def sound(self) -> str:
        return _sound(self.words)


def _read(typed: str) -> list[str]:
    """The words that are looked for; of single letters, which match half of all, only two."""
    found = [word[:LONGEST_WORD] for word in words(typed)[:MOST_WORDS]]
    letters = [at for at, word in enumerate(found) if len(word) == 1]
    return [word for at, word in enumerate(found) if at not in letters[2:]]


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
    return f"_{len(word)}{word}" if len(word) <= SHORT else f"{word}*"


def name_tokens(word: str) -> set[str]:
    """What an entry holds that a word of a name may mean."""
    begun = [f"_{len(word)}{word}"] if len(word) <= 3 else []
    return {word, *begun, *keys_of(word)}


def _exactly(asked: Asked) -> list[Query]:
    return [Query([[word] for word in asked.words])]


def _by_number(asked: Asked) -> list[Query]:
    """Numbers that begin or end with the digits; of two or three their beginning only."""
    ways = []
    for number in asked.numbers:
        short = len(number) <= SHORT
        ways += [f"_h{number}"] if short else [f"_p{number}*", f"_r{number[::-1]}*"]
    return [Query([ways])] if ways else []


def _by_beginnings(asked: Asked) -> list[Query]:
    return [Query([[_beginning(word)] for word in asked.words])]


def _by_digits(asked: Asked) -> list[Query]:
    """Numbers with a few digits somewhere in them."""
    return [_with_part([n], n) for n in asked.numbers if SHORT <= len(n) <= FEW]


def _by_many_digits(asked: Asked) -> list[Query]:
    return [_with_part([n], n) for n in asked.numbers if len(n) > FEW]


def _with_part(found: Iterable[str], part: str) -> Query:
    """What holds the part: a few of its threes narrow it down, the text itself decides."""
    threes = [list(parts(word)) for word in found]
    spread = [three for those in threes for three in dict.fromkeys((*those[::SHORT], those[-1]))]
    return Query([[three] for three in spread[:THREES]], part=part)


def _by_layout(asked: Asked) -> list[Query]:
    return [Query([[_beginning(word)] for word in reading]) for reading in asked.readings]


def _by_sound(asked: Asked) -> list[Query]:
    """Names in any script."""
    keys = [keys_of(word) for word in asked.words]
    if asked.numbers or not any(keys):
        return []
    return [Query([[_beginning(w), *k] for w, k in zip(asked.words, keys, strict=True)])]


def _by_begun_sound(asked: Asked) -> list[Query]:
    """Names in any script, the last word of which is only begun."""
    *whole, last = asked.words
    begun = [f"_x{skeleton.lower()}*" for skeleton in skeletons(last)[:3]]
    if asked.numbers or not begun or (not whole and len(last) <= SHORT):
        return []
    return [Query([*([_beginning(w), *keys_of(w)] for w in whole), [_beginning(last), *begun]])]


def keys_of(word: str) -> list[str]:
    """What the word of a name is found by in any script."""
    return [f"_x{key.lower()}" for key in word_keys(word)]


def _by_part(asked: Asked) -> list[Query]:
    long = sorted((word for word in asked.words if len(word) >= SHORT), key=len, reverse=True)
    return [_with_part(long, asked.folded)] if long else []


def _by_correction(asked: Asked) -> list[Query]:
    return [_corrected(asked.words)] if asked.words and not asked.numbers else []


def _by_layout_and_correction(asked: Asked) -> list[Query]:
    return [_corrected(reading) for reading in asked.readings]


def _corrected(found: Sequence[str]) -> Query:
    return Query([[_beginning(word), *search_index.similar_words(word)] for word in found])


def _by_fewer_words(asked: Asked) -> list[Query]:
    """A second name or a street that we do not know of must not hide the person."""
    found = [word for word in asked.words if len(word) > 1]
    if not 3 <= len(found) <= 5:
        return []
    rests = ([w for at, w in enumerate(found) if at != left_out] for left_out in range(len(found)))
    return [Query([[_beginning(word)] for word in rest]) for rest in rests]


@dataclass(frozen=True)
class Step:
    """A way to read what was typed, and the score at which what it finds begins.

    One that is tried alone runs only while nothing was found, and ends the search if it finds.
    """

    read: Callable[[Asked], list[Query]]
    base: float
    is_alone: bool = False


STEPS = (
    Step(_exactly, 95),
    Step(_by_number, 90),
    Step(_by_beginnings, 80),
    Step(_by_layout, 70, is_alone=True),
    Step(_by_sound, 60),
    Step(_by_digits, 55),
    Step(_by_part, 50),
    Step(_by_many_digits, 50, is_alone=True),
    Step(_by_begun_sound, 45, is_alone=True),
    Step(_by_correction, 40, is_alone=True),
    Step(_by_layout_and_correction, 35, is_alone=True),
    Step(_by_fewer_words, 30, is_alone=True),
)
