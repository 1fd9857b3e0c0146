"""Text as people type it: folded for search and sorting, cleaned of what breaks a page."""

import re
import unicodedata
from functools import lru_cache

FINALS = str.maketrans("ςךםןףץ", "σכמנפצ")
QUOTES = "\"'`´’‘“”„״׳‟‛«»′″"
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufeff]")
SHORT = 100  # letters of a text that is remembered
NO_MARKS = ("Mn", "Me", "Cf", "Cc", "Cs", "Sk")


class _Folding(dict):
    """What becomes of each character once a text is decomposed; worked out at its first sight."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        category = unicodedata.category(char)
        if char.isspace() or category == "Pd" or char == "־":
            folded = " "
        elif char in QUOTES or category in NO_MARKS:
            folded = ""
        elif char.isdecimal():
            folded = str(int(char))
        else:
            folded = char.casefold().translate(FINALS)
        self[code] = folded
        return folded


_folding = _Folding()


def clean(text: str) -> str:
    """Drop what no person types: control characters, lone surrogates, direction overrides."""
    if text.isprintable():  # nothing of all that, as nearly always
        return text.strip()
    return CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def fold(text: str) -> str:
    """Reduce text to what people type: no case, accents, points, quotes, dashes or final forms."""
    return _folded_before(text) if len(text) < SHORT else _folded(text)


def _folded(text: str) -> str:
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
    return " ".join(text.translate(_folding).split())


# Names, streets and cities come again and again, and each several times in a row.
_folded_before = lru_cache(maxsize=20_000)(_folded)


def words(text: str) -> list[str]:
    """The folded words of a text, in order: letters and digits only."""
    return list(_words_before(text)) if len(text) < SHORT else _words(text)


def _words(text: str) -> list[str]:
    folded = fold(text)
    bare = folded.replace(" ", "")
    if bare.isalnum() or not bare:
        return folded.split()
    return "".join(c if c.isalnum() else " " for c in folded).split()


_words_before = lru_cache(maxsize=5_000)(_words)


def in_language(labels: dict[str, str], language: str) -> str:
    """One of the labels a business gave to a thing: in this language, else the first there is."""
    base = language.split("-")[0]
    return labels.get(base) or labels.get("en") or next(iter(labels.values()), "")
