"""The letters and the tone that stand for a person or an organisation in a small round mark."""

import unicodedata
from functools import lru_cache
from zlib import crc32

TONES = ("", "b", "p", "g", "y")
TITLES = frozenset(
    (
        "dr", "mr", "mrs", "ms", "prof", "sir", "דר", "ד״ר", 'ד"ר', "פרופ׳", "פרופ'", "גב׳", "גב'",
        "מר", "עו״ד", 'עו"ד', "κ", "κα", "δρ",
    )
)  # fmt: skip
FORMS = frozenset(
    (
        "ltd", "inc", "llc", "plc", "gmbh", "co", "corp", "sa", "בע״מ", 'בע"מ', "αε", "α.ε",
        "επε", "οε", "ικε",
    )
)  # fmt: skip


@lru_cache(maxsize=4096)
def initials(name: str) -> str:
    """First letters of the first and the last word, past titles and forms of companies."""
    words = [word for word in name.replace("־", " ").replace("-", " ").split() if _letter(word)]
    kept = [word for word in words if word.casefold().strip(".,") not in TITLES | FORMS] or words
    letters = [_letter(word) for word in (kept[:1] + kept[-1:] if len(kept) > 1 else kept[:1])]
    return "".join(letters)


def tone(key: object) -> str:
    """One of five tones, the same each time for the same name or number."""
    return TONES[crc32(str(key).encode("utf-8", "replace")) % len(TONES)]


def _letter(word: str) -> str:
    """The first letter or digit of a word, large and without accents."""
    for sign in unicodedata.normalize("NFD", word):
        if sign.isalnum():
            return sign.upper()[0]
    return ""
