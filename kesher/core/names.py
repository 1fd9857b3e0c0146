"""Names met across scripts: a skeleton of consonants that Hebrew, Greek and Latin share.

Eight letters stand for all: P T K S L M N R. The guttural h is dropped and so are vowels, so that
יוסף, Yosef and Joseph all become SP. A letter with two readings gives alternatives. A name of one
consonant keeps i and o beside it, or Noa, Anna and Ioanna would be one; a is often not written.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations, product

from kesher.core.text import words

Reading = tuple[str, ...]
MOST = 8  # alternatives kept of one word
LONGEST = 40  # letters of a word that are read
VOWELS = frozenset("aio")
SPOKEN_S = frozenset("aeiouyαεηιουω")

TITLES = frozenset(
    (
        *("dr", "mr", "mrs", "ms", "prof", "miss", "sir", "adv"),
        *("דר", "גב", "גברת", "מר", "פרופ", "עוד"),
        *("δρ", "κ", "κα", "κοσ", "κυριοσ", "κυρια", "καθ"),
    )
)


def _letters(table: str) -> dict[str, Reading]:
    """`b=P x=KS|` says that b reads P, and x reads KS or nothing."""
    pairs = (entry.split("=") for entry in table.split())
    return {letters: tuple(sounds.split("|")) for letters, sounds in pairs}


HEBREW = _letters(
    "א=a| ב=P ג=K ד=T ה= ו=o|P ז=S ח= ט=T י=i| כ=K| ל=L מ=M נ=N ס=S ע=a| פ=P צ=S ק=K ר=R ש=S ת=T"
)
GREEK = _letters(
    "α=a β=P γ=K δ=T ε=a ζ=S η=i θ=T ι=i κ=K λ=L μ=M ν=N ξ=KS ο=o π=P ρ=R σ=S τ=T υ=i φ=P χ= ψ=PS "
    "ω=o μπ=P|MP ντ=T|NT γκ=K|NK γγ=NK|K τζ=S τσ=S αυ=aP|a ευ=aP|a ου=o ει=i οι=i αι=a|ai "
    "γι=Ki|i γε=Ka|a γη=Ki|i γυ=Ki|i γχ=N"
)
LATIN = _letters(
    "a=a b=P c=K d=T e=a f=P g=K h= i=i j=|K|S k=K l=L m=M n=N o=o p=P q=K r=R s=S t=T u=o v=P w=P "
    "x=KS| y=i z=S 8=T 9=T 3=KS 4=PS ch=|S kh= ph=P th=T sh=S sch=S tch=S ts=S tz=S ck=K gh=K| "
    "ce=Sa|Ka ci=Si|Ki ge=Ka|a|Sa gi=Ki|i|Si gy=Ki|i mp=MP|P mb=MP|P nt=NT|T nd=NT|T gk=K gg=K|NK "
    "ks=KS ps=PS ee=i oo=o ou=o ei=i ey=i ie=i ai=ai|a uy=oi|i dj=|K|S dz=S"
)
CYRILLIC = _letters(
    "а=a б=P в=P г=K д=T е=a ж=S з=S и=i к=K л=L м=M н=N о=o п=P р=R с=S т=T у=o ф=P х= ц=S ч=S "
    "ш=S щ=S ы=i э=a ю=o я=a і=i ї=i є=a ґ=K"
)
ARABIC = _letters(
    "ا=a| ب=P ت=T ث=T ج=|K|S ح= خ= د=T ذ=T ر=R ز=S س=S ش=S ص=S ض=T ط=T ظ=S ع=a| غ=|K ف=P ق=K ك=K "
    "ل=L م=M ن=N ه= و=o|P ي=i| ى=a ة=a"
)
LETTERS = HEBREW | GREEK | LATIN | CYRILLIC | ARABIC
LOOKALIKES = str.maketrans("abehikmnoptuvwxyz", "αβεηικμνορτυνωχυζ")
GREEK_LETTERS = frozenset("αβγδεζηθικλμνξοπρστυφχψω")


def unmixed(word: str) -> str:
    """A word with Greek and Latin letters mixed by their looks, in Greek letters only."""
    if word.isascii() or GREEK_LETTERS.isdisjoint(word):
        return word
    return word.translate(LOOKALIKES)


def name_words(name: str) -> list[str]:
    """The words that make a name, without titles as long as anything is left."""
    plain = [unmixed(word) for word in words(name)]
    return [word for word in plain if word not in TITLES] or plain


@lru_cache(maxsize=32768)
def skeletons(word: str) -> tuple[str, ...]:
    """The skeletons that one folded word may have, most likely first, at most eight."""
    found = dict.fromkeys(_squeeze(_consonants(sound)) for sound in _sounds(word))
    return tuple(skeleton for skeleton in found if skeleton)[:MOST]


@lru_cache(maxsize=32768)
def sounds(word: str) -> tuple[str, ...]:
    """How a folded word may sound, with vowels as a, i, o; the most likely first."""
    return tuple(dict.fromkeys(_squeeze(sound) for sound in _sounds(word)))[:MOST]


@lru_cache(maxsize=32768)
def word_keys(word: str) -> tuple[str, ...]:
    """What a word of a name is found by in any script: its skeletons, or its sound if it has none.

    Skeletons are in capitals and have two consonants or more; a sound begins with a stroke.
    """
    bones = tuple(skeleton for skeleton in skeletons(word) if len(skeleton) > 1)
    thin = (sound for sound in sounds(word) if len(_squeeze(_consonants(sound))) == 1)
    return bones + tuple(dict.fromkeys(f"_{_squeeze(t.replace('a', '')).lower()}" for t in thin))


def name_keys(name: str) -> set[str]:
    """All keys of all words of a name."""
    return {key for word in name_words(name) for key in word_keys(word)}


def _consonants(sound: str) -> str:
    return "".join(c for c in sound if c not in VOWELS)


def _sounds(word: str) -> Iterator[str]:
    """The readings of a word, those nearest to the likeliest first."""
    choices = _choices(unmixed(word)[:LONGEST])
    first = [readings[0] for readings in choices]
    yield "".join(first)
    open_at = [at for at, readings in enumerate(choices) if len(readings) > 1]
    for changes in (1, 2, 3):
        for places in combinations(open_at[:MOST], changes):
            for other in product(*(choices[at][1:] for at in places)):
                varied = list(first)
                for at, reading in zip(places, other, strict=True):
                    varied[at] = reading
                yield "".join(varied)


def _choices(word: str) -> list[Reading]:
    """What each letter or group of letters of a word may sound like."""
    choices = []
    at = 0
    while at < len(word):
        groups = (word[at : at + n] for n in (3, 2) if at + n <= len(word))
        part = next((group for group in groups if group in LETTERS), word[at])
        readings = LETTERS.get(part, ("",))
        at += len(part)
        choices.append(_at_end(word, part, readings) if at == len(word) > 2 else readings)
    return choices


def _at_end(word: str, part: str, readings: Reading) -> Reading:
    """The end of a word: a spoken -s of Greek names comes and goes, a Hebrew ה is a vowel."""
    if part in ("s", "σ") and word[-2] in SPOKEN_S:
        return ("",)
    return {"ס": ("S", ""), "ה": ("a",)}.get(part, readings)


def _squeeze(skeleton: str) -> str:
    """Doubled sounds count once."""
    return "".join(c for at, c in enumerate(skeleton) if not at or skeleton[at - 1] != c)
