"""Every visible string stands in three languages, whole, with the same places in it."""

import re
import subprocess
import sys
import unicodedata
from importlib.machinery import SourceFileLoader

import polib
import pytest

from tests.architecture.house import ROOT

LANGUAGES = {"he": "HEBREW", "el": "GREEK"}
PLURALS = {
    "he": "nplurals=3; plural=(n==1)?0:(n==2)?1:2;",
    "el": "nplurals=2; plural=(n != 1);",
}
PLACE = re.compile(r"%\((\w+)\)[sd]|%[sd]|\{(\w*)\}")
TAG = re.compile(r"<[^>]+>")
EMBEDDING = re.compile("[\u202a-\u202e]")
# Names, units and signs that are written alike in every language.
SAME_EVERYWHERE = re.compile(
    r"^[\W\d_]*$|^(Kesher|SMS|WhatsApp|CSV|XLSX|Excel|PDF|ID|URL|OK|Ctrl|Esc|Enter|English|TOTP|JSON|AFM"
    r"|E-mail|Fax|Chat|Email)$"
)


def catalogue(language: str) -> polib.POFile:
    return polib.pofile(str(ROOT / "locale" / language / "LC_MESSAGES/django.po"))


def entries(language: str) -> list[polib.POEntry]:
    return [entry for entry in catalogue(language) if not entry.obsolete]


def texts(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def places(text: str) -> list[str]:
    return sorted(match.group(0) for match in PLACE.finditer(text.replace("%%", "")))


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_untranslated_or_fuzzy(language):
    missing = [e.msgid for e in entries(language) if e.fuzzy or not all(texts(e))]
    assert missing == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_places_stand_in_each_language(language):
    wrong = []
    for entry in entries(language):
        wanted = {
            tuple(places(entry.msgid)),
            tuple(places(entry.msgid_plural or entry.msgid)),
        }
        for text in texts(entry):
            # "one" and "two" may be said without the number
            spared = entry.msgid_plural and set(places(text)) < set(max(wanted, key=len))
            if tuple(places(text)) not in wanted and not spared:
                wrong.append((entry.msgid, text))
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_is_written_in_its_letters(language):
    script = LANGUAGES[language]
    foreign = [
        (entry.msgid, text)
        for entry in entries(language)
        for text in texts(entry)
        if not (entry.msgctxt or "").startswith("form of a day")  # letters for the clock
        and not SAME_EVERYWHERE.match(TAG.sub("", PLACE.sub("", text)))
        and not any(unicodedata.name(c, "").startswith(script) for c in text)
    ]
    assert foreign == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_direction_override_and_the_right_plurals(language):
    assert [e.msgid for e in entries(language) if any(map(EMBEDDING.search, texts(e)))] == []
    assert catalogue(language).metadata["Plural-Forms"] == PLURALS[language]


def test_the_catalogues_hold_every_string_of_the_sources():
    done = subprocess.run(
        [sys.executable, str(ROOT / "locale/collect.py"), "--check"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_sentence_that_learnt_to_count_is_a_new_one():
    collect = SourceFileLoader("collect", str(ROOT / "locale/collect.py")).load_module()
    one, many = polib.POFile(), polib.POFile()
    one.append(polib.POEntry(msgid="One row", msgstr="שורה"))
    many.append(polib.POEntry(msgid="One row", msgid_plural="%(n)s rows"))

    assert collect.keys(many) - collect.keys(one) == {(None, "One row", "%(n)s rows")}
    assert collect.keys(one) - collect.keys(many) == {(None, "One row", "")}
