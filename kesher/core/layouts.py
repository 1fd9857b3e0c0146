"""Text typed with the keyboard in another language: "hux;" is יוסף on the same keys."""

import unicodedata

EN = "qwertyuiopasdfghjkl;zxcvbnm,./'"
HE = "/'קראטוןםפשדגכעיחלךףזסבהנמצתץ.,"
EL = ";ςερτυθιοπασδφγηξκλ΄ζχψωβνμ,./'"
KEYBOARDS = (EN, HE, EL)


def _table(keys: str, shown: str) -> dict[int, str]:
    return {ord(a): b for a, b in zip(keys, shown, strict=True)}


TABLES = [
    (keys, _table(keys, shown)) for keys in KEYBOARDS for shown in KEYBOARDS if shown is not keys
]


def other_readings(text: str) -> list[str]:
    """The same keys read in the other layouts; all letters must stand on one of them."""
    lower = _bare(text.lower())
    letters = {c for c in lower if c.isalpha()}
    fitting = (table for keys, table in TABLES if letters and letters.issubset(keys))
    readings = [lower.translate(table) for table in fitting]
    return [reading for reading in dict.fromkeys(readings) if reading != lower]


def _bare(text: str) -> str:
    """Greek accents are keys of their own and say nothing about the letter."""
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(c for c in decomposed if unicodedata.category(c) != "Mn")
