"""Which encoding a file is written in: guessed from its bytes, shown, and never silently wrong.

A byte that is no text of the encoding becomes a lone surrogate, so that only its line is refused.
"""

from __future__ import annotations

import codecs
import re

from kesher.core.importing.refusals import EncodingUnknown, FileIsNotText

SAMPLE = 1 << 20
PICTURES = (
    b"PK\x03\x04", b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b",
    b"SQLite format 3", b"\x7fELF", b"MZ\x90", b"BZh", b"7z\xbc\xaf", b"Rar!", b"RIFF",
)  # fmt: skip
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CONTROLS = bytes({*range(9), 11, *range(14, 32), 127})
HIGH = re.compile(rb"[\x80-\xff]+")
SURROGATES = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")
ALONE = re.compile(rb"[A-Za-z][\x80-\xff](?![\x80-\xff])|(?<![\x80-\xff])[\x80-\xff][A-Za-z]")
HEBREW, GREEK, WESTERN = "windows-1255", "windows-1253", "windows-1252"
LEGACY = {"IL": HEBREW, "GR": GREEK, "CY": GREEK}


def _wide(error: UnicodeError) -> tuple[str | bytes, int]:
    """A surrogate alone in UTF-16 stays as it is; half a character at the end is damage."""
    try:
        return codecs.lookup_error("surrogatepass")(error)
    except UnicodeError:
        return "\ufffd", getattr(error, "end", 0)


codecs.register_error("wide", _wide)


def encoding_named(name: str) -> str:
    """The encoding somebody asked for, if there is one of that name."""
    try:
        found = codecs.lookup(name).name
        "a".encode(found)  # base64 and others have names too, and are none of text
    except (LookupError, ValueError):
        raise EncodingUnknown(name=name[:40]) from None
    return "utf-8-sig" if found == "utf-8" else found


def guess_encoding(sample: bytes, country: str) -> str:
    """The encoding of a file that begins like this; refuses what is no text at all."""
    if sample.startswith(PICTURES):
        raise FileIsNotText
    for mark, name in BOMS:
        if sample.startswith(mark):
            return name
    if wide := _without_mark(sample):
        return wide
    text = _cut(sample)
    letters, damaged = _counted(text)
    controls = len(sample) - len(sample.translate(None, CONTROLS))
    if controls * 10 > len(sample) * (1 if damaged else 3):
        raise FileIsNotText
    # Surrogates written as UTF-8 are damage of UTF-8, not letters of another encoding.
    if damaged * 4 <= letters or _counted(SURROGATES.sub(b"", text))[1] == 0:
        return "utf-8-sig"
    return _legacy(sample, country)


def _counted(text: bytes) -> tuple[int, int]:
    """How many letters beyond ASCII, and how many bytes that are no UTF-8."""
    decoded = text.decode("utf-8", "surrogateescape")
    damaged = sum("\ud800" <= c <= "\udfff" for c in decoded)
    return sum(c > "\x7f" for c in decoded) - damaged, damaged


def _cut(sample: bytes) -> bytes:
    """The sample without the character that its end may have cut."""
    if len(sample) < SAMPLE:
        return sample
    return sample[: max(0, len(sample) - 4)].rstrip(bytes(range(128, 192)))


def _without_mark(sample: bytes) -> str:
    """UTF-16 without a mark at its head: every other byte of Latin text is nought."""
    half = min(len(sample), 4096) // 2
    if half < 4:
        return ""
    even, odd = sample[: 2 * half : 2].count(0), sample[1 : 2 * half : 2].count(0)
    if odd > half * 0.3 and even < half * 0.05:
        return "utf-16-le"
    if even > half * 0.3 and odd < half * 0.05:
        return "utf-16-be"
    return ""


def _legacy(sample: bytes, country: str) -> str:
    """One of the old encodings of a byte a letter, told apart by which bytes words are made of."""
    runs = HIGH.findall(sample)
    if len(ALONE.findall(sample)) * 2 > len(runs):
        return WESTERN
    high = b"".join(runs)
    hebrew = sum(0xE0 <= byte <= 0xFA for byte in high)
    # Greek capitals and accented vowels stand where Hebrew has points or nothing at all.
    greek = sum(0xC1 <= byte <= 0xDF or 0xFB <= byte <= 0xFE for byte in high)
    if greek * 20 > hebrew + greek:
        return GREEK
    return LEGACY.get(country, HEBREW) if hebrew else LEGACY.get(country, WESTERN)
