"""Text as people type it: folded for search and sorting, cleaned of what breaks a page."""

import re
import unicodedata

FINALS = str.maketrans("ςךםןףץ", "σכמנפצ")
DROPPED = {ord(c): None for c in "\"'`´’‘“”„״׳"}
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufeff]")


def clean(text: str) -> str:
    """Drop what no person types: control characters, lone surrogates, direction overrides."""
    return CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def fold(text: str) -> str:
    """Reduce text to what people type: no case, accents, points, quotes or final forms."""
    decomposed = unicodedata.normalize("NFKD", text)
    bare = "".join(c for c in decomposed if unicodedata.category(c) not in ("Mn", "Cf", "Cc", "Cs"))
    return " ".join(bare.casefold().translate(FINALS).translate(DROPPED).split())


def words(text: str) -> list[str]:
    """The folded words of a text, in order: letters and digits only."""
    folded = fold(text.replace("־", " "))
    return "".join(c if c.isalnum() else " " for c in folded).split()


def in_language(labels: dict[str, str], language: str) -> str:
    """One of the labels a business gave to a thing: in this language, else the first there is."""
    base = language.split("-")[0]
    return labels.get(base) or labels.get("en") or next(iter(labels.values()), "")
