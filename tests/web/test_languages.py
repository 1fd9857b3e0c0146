"""Every page in every language: nothing stays English, and nothing of a customer is turned round."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from django.test import Client

from tests.filled import addresses_of, fill, is_page

UNSEEN = frozenset({"pre", "script", "style", "title", "textarea", "option"})
VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
SPOKEN = ("aria-label", "title", "placeholder", "alt", "data-key-label", "data-say")
# What a person typed stands in these, and what has no language: keys, codes, names of languages.
KEPT = UNSEEN | {"bdi", "kbd", "code"}
LATIN = re.compile(r"[A-Za-z]{2,}")
UNSHOWN = UNSEEN | {f"@{name}" for name in SPOKEN} - {"@placeholder"}
# What is written so everywhere, the Greek for e-mail, and the cast of people.py.
NAMES = frozenset(
    "Kesher WhatsApp Excel SMS CSV XLSX PDF PNG JPEG WebP UTF ODS vCard JSON Google Outlook Ctrl Enter English email Email"
    " Orly Owner Somebody Cohen Carmel Dental Haifa Eilat".split()
)
# What `made.py` typed, where a button names it; on the page it stands in <bdi>.
TYPED = re.compile(
    r"\w+ Cohen|Call back|Crown|Day off|Whiter teeth|Orchard Toys Ltd|Eleni Marcou|Ronit Avrahami|Shoe size|Twin of \w+|contacts.xlsx"
)
EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.\w+")
PHONE = re.compile(r"\+?\d[\d ()-]{7,}\d")
AMOUNT = re.compile(r"[₪€$£]")


class Said(HTMLParser):
    """The texts of a page, each with the elements it stands in."""

    def __init__(self, page: str):
        super().__init__()
        self.above: list[tuple[str, dict[str, str]]] = []
        self.texts: list[tuple[str, list[tuple[str, dict[str, str]]]]] = []
        self.fields: list[dict[str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        given = {name: value or "" for name, value in attrs}
        stack = [*self.above, (tag, given)]
        self.texts += [
            (given[name], [*stack, (f"@{name}", {})]) for name in SPOKEN if name in given
        ]
        if tag == "input":
            self.fields.append(given)
        if tag not in VOID:
            self.above = stack

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag):
        for at in range(len(self.above) - 1, -1, -1):
            if self.above[at][0] == tag:
                self.above = self.above[:at]
                return

    def handle_data(self, text):
        if text.strip():
            self.texts.append((" ".join(text.split()), self.above))


def english(said: Said) -> Iterator[str]:
    """Words in Latin letters where nobody typed."""
    for text, above in said.texts:
        if any(tag in KEPT or ("lang" in given and tag != "html") for tag, given in above):
            continue
        if any(given.get("dir") in ("auto", "ltr") for tag, given in above if tag != "html"):
            continue
        if any(given.get("aria-hidden") == "true" for _tag, given in above):
            continue  # the letters of a face
        words = LATIN.findall(TYPED.sub("", EMAIL.sub("", text)))
        if set(words) - NAMES:
            yield text


def turned(said: Said) -> Iterator[str]:
    """Telephones, addresses and amounts that the text around them would turn."""
    for text, above in said.texts:
        inside = [
            tag for tag, given in above if tag == "bdi" or given.get("dir") in ("ltr", "auto")
        ]
        is_shown = above and not {tag for tag, _given in above} & UNSHOWN
        if is_shown and not inside and any(p.search(text) for p in (EMAIL, PHONE, AMOUNT)):
            yield text
    for given in said.fields:
        if given.get("type") in ("tel", "email", "password") and given.get("dir") != "ltr":
            yield str(given)


@pytest.fixture
def pages(clinic) -> dict[str, tuple[Client, str]]:
    """Every page of the owner, and every one before signing in: its window and its address."""
    paths = addresses_of(fill(clinic))
    owner, nobody = Client(), Client()
    owner.force_login(clinic.owner)
    found: dict[str, tuple[Client, str]] = {}
    for window in (owner, nobody):
        for name, path in paths.items():
            answer = window.get(path)
            if not answer.streaming and is_page(answer.status_code, answer.content):
                found.setdefault(name, (window, path))
    return {**found, "missing": (owner, "/nowhere/")}


@pytest.mark.parametrize("language", ["en", "he", "el"])
def test_every_page_speaks_its_language(pages, language):
    """No word of English is left, the page turns the right way, and no number turns with it."""
    direction = "rtl" if language == "he" else "ltr"
    wrong = {}
    for name, (window, path) in pages.items():
        window.cookies["language"] = language
        page = window.get(path).content.decode()
        said = Said(page)
        found = [] if language == "en" else sorted(set(english(said)))
        if language == "he" and name != "style":  # a guide of samples
            found += sorted(set(turned(said)))
        if f'<html lang="{language}" dir="{direction}"' not in page:
            found.append("another language or direction")
        if found:
            wrong[f"{name} {path}"] = found

    assert len(pages) > 60
    assert wrong == {}


def test_what_would_be_wrong_is_noticed():
    assert list(english(Said("<p>Save <bdi>Dana</bdi></p><a title='Open it'>ok</a>"))) == [
        "Save", "Open it", "ok",
    ]  # fmt: skip
    assert list(english(Said("<p><bdi>Dana</bdi> SMS</p>"))) == []
    assert list(turned(Said("<p>052-647-3190</p>"))) == ["052-647-3190"]
    assert list(turned(Said("<p><bdi dir=ltr>052-647-3190</bdi> ₪</p>"))) == ["₪"]
    assert list(turned(Said("<input type=tel>"))) != []
