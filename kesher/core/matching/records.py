"""One line of a list, and what can be compared of it: words of the name, digits, keys."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

from kesher.core.matching.given_names import groups_of
from kesher.core.names import name_words, word_keys
from kesher.core.phones import digits
from kesher.core.text import words

FIELDS = (
    "first_name", "last_name", "phone", "email", "company", "city", "street", "birth_date",
)  # fmt: skip
PROVIDERS = frozenset(
    "gmail googlemail hotmail outlook yahoo walla live icloud msn aol netvision bezeqint zahav "
    "otenet forthnet hol cosmote mail ymail proton protonmail me mac gmx orange bezeq".split()
)
NOTES = re.compile(r"\([^)]*\)|\[[^\]]*\]|\{[^}]*\}")
DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
CODES = ("00972", "972", "0030", "30")
LEAST_DIGITS = 7
FORMS = frozenset("ltd inc llc co בעמ ושות חברת αε επε οε εε ικε sa group company limited".split())
HEBREW_KEYS = dict(zip("ertyuiopasdfghjkl;zxcvbnm,.", "קראטוןםפשדגכעיחלךפזסבהנמצתץ", strict=True))
GREEK_KEYS = dict(zip("wertyuiopasdfghjklzxcvbnm", "σερτυθιοπασδφγηξκλζχψωβνμ", strict=True))
LATIN_KEYS = {hebrew: latin for latin, hebrew in HEBREW_KEYS.items() if hebrew != "פ"} | {
    "פ": "p", "ף": ";", "/": "q", "'": "w",
}  # fmt: skip
FINALS_INSIDE = re.compile("[ךםןףץ][א-ת]")
CYRILLIC = str.maketrans("аеорсухіјкмтвн", "aeopcyxijkmtbh")
VOWELS = frozenset("aeiouy")


@dataclass(frozen=True, slots=True)
class Record:
    """What is compared of one line; an empty text is not known."""

    number: str
    first: tuple[str, ...]
    last: tuple[str, ...]
    phone: str  # digits without country code and trunk zero
    email: str  # without dots and +notes where the provider ignores them
    local: str  # letters of the e-mail before the @
    mailed: tuple[str, ...]  # the words before it, of three letters and more
    employer: str  # letters of the e-mail's domain, where it is no provider's
    birth: str
    swapped: str  # the same date, day and month the other way round
    street: str
    city: str
    company: str
    script: str  # of the first letter of the name: he, el or la

    @property
    def names(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Given and family words, by which records of one name are known."""
        return self.first, self.last


def record(row: Mapping[str, str]) -> Record:
    """Read one line, of which any field but `rec_id` may be missing."""
    said = {name: (row.get(name) or "").strip() for name in FIELDS}
    first, last = _names(said["first_name"], said["last_name"])
    birth = DATE.search(said["birth_date"])
    email, local, mailed = _email(said["email"])
    company = [word for word in words(said["company"]) if word not in FORMS]
    return Record(
        number=row["rec_id"].strip(), first=first, last=last, phone=_phone(said["phone"]),
        email=email, local=local, mailed=mailed, employer=_employer(email),
        birth=birth[0] if birth else "",
        swapped=f"{birth[1]}-{birth[3]}-{birth[2]}" if birth else "",
        street=" ".join(words(said["street"])), city=" ".join(words(said["city"])),
        company=" ".join(company), script=_script("".join((*first, *last))),
    )  # fmt: skip


def _names(first: str, last: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    # Read as one: a short family name alone does not show that the keyboard slipped.
    given, family = map(_words, _retyped(f"{_bare(first)}\n{_bare(last)}").split("\n"))
    whole = given or family
    if given and family:
        return given, family
    if len(whole) > 1:  # the whole name stands in one field
        return whole[:-1], whole[-1:]
    return given, family


def _words(name: str) -> tuple[str, ...]:
    return tuple(name_words(name))


def _bare(name: str) -> str:
    """A name without notes, in one line, its look-alikes read as the letters they stand for."""
    bare = " ".join(NOTES.sub(" ", name).casefold().split())
    if not bare.isascii() and any(c.isascii() and c.isalpha() for c in bare):
        bare = " ".join(_latin(word) for word in bare.split())
    return bare


def _latin(word: str) -> str:
    """Letters that only look Latin, in a word that is Latin otherwise."""
    return word.translate(CYRILLIC) if any(c.isascii() for c in word) else word


def _retyped(name: str) -> str:
    """What was meant by a name typed with the keyboard of another language."""
    if FINALS_INSIDE.search(name):
        slipped = "".join(LATIN_KEYS.get(c, c) for c in name)
        is_latin = sum(c in VOWELS for c in slipped) * 5 > len(slipped)
        return slipped if is_latin or _is_known(slipped) else name
    if not name.isascii() or len(name) < 4 or _is_known(name):
        return name
    hebrew = "".join(HEBREW_KEYS.get(c, c) for c in name)
    greek = "".join(GREEK_KEYS.get(c, c) for c in name.replace(";", ""))
    for read in (hebrew, greek):
        if _is_known(read):
            return read
    return hebrew if _is_unspeakable(name) else name


def _is_known(name: str) -> bool:
    return any(groups_of(word) for word in words(name))


def _is_unspeakable(name: str) -> bool:
    """Whether Latin letters are no name: stops inside a word, or no vowel in long words."""
    has_vowel = any(c in VOWELS for c in name)
    return bool(re.search(r"[;,]\w", name)) or (not has_vowel and "." not in name)


def _phone(text: str) -> str:
    bare = digits(text)
    if len(bare) < LEAST_DIGITS:
        return ""
    for code in CODES:
        if bare.startswith(code) and len(bare) > 10:
            bare = bare.removeprefix(code)
            break
    return bare.lstrip("0")


def _email(text: str) -> tuple[str, str, tuple[str, ...]]:
    local, at, domain = text.casefold().partition("@")
    if not at:
        return "", "", ()
    local = local.split("+")[0]
    mailed = tuple(re.findall("[a-z]{3,}", local))
    if domain in ("gmail.com", "googlemail.com"):
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}", "".join(c for c in local if c.isalnum()), mailed


def _employer(email: str) -> str:
    """The name in a domain of one's own: `info@orensystems31.co.il` says `orensystems`."""
    name = "".join(c for c in email.partition("@")[2].partition(".")[0] if c.isalpha())
    is_provider = any(OSA.distance(name, one, score_cutoff=1) <= 1 for one in PROVIDERS)
    return "" if is_provider or len(name) < 4 else name


def _script(name: str) -> str:
    for letter in name:
        if "א" <= letter <= "ת":
            return "he"
        if "α" <= letter <= "ω":
            return "el"
    return "la"


@lru_cache(maxsize=100_000)
def place_key(text: str) -> str:
    """What a street, city or company is found by in any script: its first word and its numbers."""
    named, numbers = place_parts(text)
    first = named[0] if named else ""
    heard = (word_keys(first) or (first,))[0]
    return " ".join((heard, *numbers))


def place_parts(text: str) -> tuple[list[str], list[str]]:
    """The words and the numbers of a street, city or company."""
    parts = text.split()
    return [w for w in parts if not w.isdigit()], [w for w in parts if w.isdigit()]


def keys_of(word: str) -> tuple[str, ...]:
    """By what a word of a name is found: the groups of given names it is in, and its skeletons."""
    return (*(f"={group}" for group in groups_of(word)), *word_keys(word)[:3])


@lru_cache(maxsize=100_000)
def main_keys(word: str) -> tuple[str, ...]:
    """The first group of a word and its likeliest skeleton."""
    groups, bones = groups_of(word)[:1], word_keys(word)[:1]
    return (*(f"={group}" for group in groups), *bones)
