"""What two records say about being one person: a handful of words such as `phone:same`."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

from kesher.core.matching.given_names import gender_of, groups_of
from kesher.core.matching.records import Record, keys_of, place_parts
from kesher.core.names import sounds

SAME, GROUP, SOUND, NEAR, INITIAL, SOME, OTHER, NONE = (
    "same", "group", "sound", "near", "initial", "some", "other", "none",
)  # fmt: skip
ORDER = {SAME: 7, GROUP: 6, SOUND: 5, NEAR: 4, INITIAL: 3, SOME: 2, NONE: 1, OTHER: 0}
ALIKE = frozenset((SAME, GROUP, SOUND))
STRONG = frozenset(
    ("phone:same", "email:same", "email:local", "birth:same", "birth:swapped", "street:same")
)
CROWD = 3  # records with one number, above which it says little


@dataclass(frozen=True)
class Census:
    """How many records a base has, and how many of them share a number, an e-mail or a name."""

    size: int
    phones: Mapping[str, int]
    emails: Mapping[str, int]
    given: Mapping[str, int]
    family: Mapping[str, int]

    @classmethod
    def of(cls, records: Sequence[Record]) -> Census:
        """Counted in records that are all at hand."""
        return cls(
            len(records),
            Counter(one.phone for one in records),
            Counter(one.email for one in records),
            Counter(key for one in records for key in name_marks(one.first)),
            Counter(key for one in records for key in name_marks(one.last)),
        )


class Features:
    """Compares records of one base; knows how common each name is in it."""

    def __init__(self, census: Census):
        self.census = census

    def of(self, a: Record, b: Record) -> list[str]:
        """The features of a pair."""
        given, family, is_turned = compare_names(a.names, b.names)
        found = [f"given:{given}", f"family:{family}", f"names:{given}+{family}"]
        contact = [
            *self._shared("phone", a.phone, b.phone, self.census.phones),
            *self._shared("email", a.email, b.email, self.census.emails),
        ]
        if a.local and a.email != b.email and a.local == b.local and len(a.local) > 4:
            contact.append("email:local")
        contact += _birth(a, b)
        for name in ("street", "city", "company"):
            contact += [f"{name}:{how}" for how in _place(getattr(a, name), getattr(b, name))]
        contact += _employer(a, b)
        found += contact
        if a.email != b.email:
            fuller = max(_mailed(a, b), _mailed(b, a))  # whole, part, nothing: by the alphabet
            found += [f"mailed:{how}+{given}" for how in fuller]
        if is_turned:
            found.append("names:turned")
        if a.script != b.script:
            found.append(f"scripts:{min(a.script, b.script)}-{max(a.script, b.script)}")
        return found + self._together(a, given, family, contact) + _gender(a, b, given)

    def _shared(self, name: str, mine: str, theirs: str, counts: Mapping[str, int]) -> list[str]:
        if not (mine and theirs):
            return [f"{name}:none"]
        if mine == theirs:
            return [f"{name}:{'crowd' if counts.get(mine, 0) > CROWD else 'same'}"]
        near = 1 if name == "phone" else 2
        is_near = OSA.distance(mine, theirs, score_cutoff=near) <= near
        return [f"{name}:{'near' if is_near else 'other'}"]

    def _together(self, a: Record, given: str, family: str, contact: list[str]) -> list[str]:
        """What counts only in company: rare names, households, namesakes without a contact."""
        strong = sum(f in STRONG for f in contact)
        found = [f"strong:{min(strong, 2)}"]
        alike = (given in ALIKE) + (family in ALIKE)
        found.append(f"alike:{alike}+{min(strong, 2)}")
        if alike == 2:
            found.append(f"rare:{self._rarity(a)}+{min(strong, 1)}")
        if family in ALIKE and given == OTHER and strong:
            found.append("household")
        return found

    def _rarity(self, one: Record) -> int:
        """Minus the decimal logarithm of the share of people who bear such a name, 2 to 6."""
        share = 1.0
        for counts, part in ((self.census.given, one.first), (self.census.family, one.last)):
            share *= min((counts.get(key, 0) for key in name_marks(part)), default=1) or 1
            share /= self.census.size
        return max(2, min(6, round(-math.log10(share))))


def name_marks(part: tuple[str, ...]) -> set[str]:
    """By what the names of a part are counted: the first key of each word."""
    return {keys[0] for word in part if (keys := keys_of(word))}


def _birth(a: Record, b: Record) -> list[str]:
    if not (a.birth and b.birth):
        return ["birth:none"]
    if a.birth == b.birth:
        return ["birth:same"]
    if a.birth == b.swapped:
        return ["birth:swapped"]
    return ["birth:near" if OSA.distance(a.birth, b.birth) == 1 else "birth:other"]


@lru_cache(maxsize=400_000)
def _place(mine: str, theirs: str) -> tuple[str, ...]:
    """How near two streets, cities or companies are, in whatever scripts."""
    if not (mine and theirs):
        return ()
    if mine == theirs:
        return ("same",)
    (my_words, my_numbers), (their_words, their_numbers) = place_parts(mine), place_parts(theirs)
    few, many = sorted((my_words, their_words), key=len)
    hits = sum(any(_word(short, long) in ALIKE for long in many) for short in few)
    if few and hits == len(few):
        return ("same" if set(my_numbers) == set(their_numbers) else "near",)
    return ("part" if hits else "other" if mine.isascii() == theirs.isascii() else "unlike",)


def _employer(a: Record, b: Record) -> list[str]:
    """Whether the domain of one names the company or the domain of the other."""
    pairs = (
        (a.employer, b.employer), (a.employer, b.company.replace(" ", "")),
        (a.company.replace(" ", ""), b.employer),
    )  # fmt: skip
    said = [(x, y) for x, y in pairs if x and y and x.isascii() and y.isascii()]
    if not said:
        return []
    is_one = any(min(len(x), len(y)) > 3 and (x.startswith(y) or y.startswith(x)) for x, y in said)
    return ["employer:same" if is_one else "employer:other"]


def _mailed(a: Record, b: Record) -> tuple[str, ...]:
    """How much of the name of one stands in the e-mail of the other."""
    if not a.mailed:
        return ()
    heard = [key for word in a.mailed for key in keys_of(word) if key[0] != "_"]
    hits = sum(
        any(_is_in(word, a.mailed, heard) for word in (*part, "".join(part))) for part in b.names
    )
    return ("whole" if hits == 2 else "part" if hits else "nothing",)


def _is_in(word: str, mailed: tuple[str, ...], heard: list[str]) -> bool:
    if len(word) < 3:
        return False
    if any(word in one for one in mailed):
        return True
    keys = [key for key in keys_of(word) if key[0] != "_"]
    return any(key == one or (len(key) > 2 and key[0] != "=" and key in one)
               for key in keys for one in heard)  # fmt: skip


def _gender(a: Record, b: Record, given: str) -> list[str]:
    mine = {gender_of(word) for word in a.first} - {""}
    theirs = {gender_of(word) for word in b.first} - {""}
    clash = given != GROUP and mine and theirs and mine.isdisjoint(theirs)
    return ["gender:clash"] if clash else []


Names = tuple[tuple[str, ...], tuple[str, ...]]


@lru_cache(maxsize=400_000)
def compare_names(a: Names, b: Names) -> tuple[str, str, bool]:
    """How near given and family names are, and whether they stand the other way round."""
    straight = _part(a[0], b[0]), _part(a[1], b[1])
    turned = _part(a[0], b[1]), _part(a[1], b[0])
    if sum(ORDER[level] for level in turned) > sum(ORDER[level] for level in straight) + 2:
        return *turned, True
    return *straight, False


def _part(mine: tuple[str, ...], theirs: tuple[str, ...]) -> str:
    if not (mine and theirs):
        return NONE
    return max((_word(a, b) for a in mine for b in theirs), key=ORDER.__getitem__)


@lru_cache(maxsize=400_000)
def _word(a: str, b: str) -> str:
    """How near two words are."""
    if a == b:
        return SAME if len(a) > 1 else INITIAL
    if len(a) == 1 or len(b) == 1:
        short, long = sorted((a, b), key=len)
        return INITIAL if long[0] == short or _opens(short, long) else OTHER
    if not set(groups_of(a)).isdisjoint(groups_of(b)):
        return GROUP
    near = OSA.normalized_similarity(a, b)
    if near >= 0.8:
        return NEAR if near < 0.86 else SOUND
    heard = max(OSA.normalized_similarity(x, y) for x in sounds(a)[:4] for y in sounds(b)[:4])
    if not set(keys_of(a)).isdisjoint(keys_of(b)):
        return SOUND if heard >= 0.5 else NEAR
    return NEAR if max(near, heard) >= 0.75 else SOME if max(near, heard) >= 0.6 else OTHER


def _opens(short: str, long: str) -> bool:
    mine, theirs = sounds(short), sounds(long)
    return any(x and y and x[0] == y[0] for x in mine for y in theirs)
