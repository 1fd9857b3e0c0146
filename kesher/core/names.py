"""Names met across scripts: a skeleton of consonants that Hebrew, Greek and Latin share.

Eight letters stand for all: P T K S L M N R. Vowels and the guttural h are dropped, so that
יוסף, Yosef and Joseph all become SP. A letter with two readings gives alternatives.
"""

from itertools import product

from kesher.core.text import words

MOST = 6  # alternatives kept of one word
VOWELS = set("aeiouyαεηιουω")

HEBREW = {
    "ב": "P", "ג": "K", "ד": "T", "ו": ("", "P"), "ז": "S", "ט": "T", "כ": ("K", ""), "ל": "L",
    "מ": "M", "נ": "N", "ס": "S", "פ": "P", "צ": "S", "ק": "K", "ר": "R", "ש": "S", "ת": "T",
}  # fmt: skip
GREEK = {
    "β": "P", "γ": "K", "δ": "T", "ζ": "S", "θ": "T", "κ": "K", "λ": "L", "μ": "M", "ν": "N",
    "ξ": "KS", "π": "P", "ρ": "R", "σ": "S", "τ": "T", "φ": "P", "ψ": "PS",
}  # fmt: skip
GREEK_PAIRS = {
    "μπ": ("P", "MP"), "ντ": ("T", "NT"), "γκ": "K", "γγ": "K", "τζ": "S", "τσ": "S",
    "αυ": ("P", ""), "ευ": ("P", ""), "γι": ("K", ""), "γε": ("K", ""), "γη": ("K", ""),
}  # fmt: skip
LATIN = {
    "b": "P", "c": "K", "d": "T", "f": "P", "g": "K", "k": "K", "l": "L", "m": "M", "n": "N",
    "p": "P", "q": "K", "r": "R", "s": "S", "t": "T", "v": "P", "w": "P", "x": ("KS", ""),
    "z": "S", "8": "T", "3": "KS", "4": "PS",
}  # fmt: skip
LATIN_PAIRS = {
    "ch": "", "kh": "", "ph": "P", "th": "T", "sh": "S", "ts": "S", "tz": "S", "ck": "K",
    "ce": ("S", "K"), "ci": ("S", "K"), "ge": ("K", ""), "gi": ("K", ""), "mp": ("P", "MP"),
    "nt": ("T", "NT"), "gk": "K", "gg": "K", "ks": "KS", "ps": "PS", "av": ("P", ""),
    "ev": ("P", ""), "ef": ("P", ""), "af": ("P", ""),
}  # fmt: skip
SINGLE = HEBREW | GREEK | LATIN
PAIRS = GREEK_PAIRS | LATIN_PAIRS


def skeletons(word: str) -> list[str]:
    """The skeletons that one folded word may have, most likely first, at most six."""
    readings = []
    at = 0
    while at < len(word):
        pair = word[at : at + 2]
        if pair in PAIRS:
            readings.append(PAIRS[pair])
            at += 2
            continue
        if not (word[at] in "sσ" and at == len(word) - 1 > 1 and word[at - 1] in VOWELS):
            readings.append(SINGLE.get(word[at], ""))
        at += 1
    choices = [(r,) if isinstance(r, str) else r for r in readings]
    found: dict[str, None] = {}
    for parts in product(*choices):
        found.setdefault(_squeeze("".join(parts)))
        if len(found) == MOST:
            break
    return [skeleton for skeleton in found if skeleton]


def name_keys(name: str) -> set[str]:
    """All skeletons of all words of a name."""
    return {key for word in words(name) for key in skeletons(word)}


def _squeeze(skeleton: str) -> str:
    """Doubled consonants count once."""
    return "".join(c for at, c in enumerate(skeleton) if not at or skeleton[at - 1] != c)
