"""vCards 2.1, 3 and 4, as telephones and mail programs write them, as rows of text.

What one version folds, quotes or encodes differently comes out the same. Photos and keys stay
behind; what a person wrote is brought along.
"""

from __future__ import annotations

import quopri
import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TextIO

from django.utils.translation import gettext_noop

BEGINS, ENDS = "BEGIN:VCARD", "END:VCARD"
MOST_LINES = 20_000  # of one card; photos are long
HEADINGS = (
    gettext_noop("First name"), gettext_noop("Family name"), gettext_noop("Name"),
    gettext_noop("Company"), gettext_noop("Telephone"), gettext_noop("Fax"), gettext_noop("E-mail"),
    gettext_noop("Messenger"), gettext_noop("Street"), gettext_noop("City"),
    gettext_noop("Postcode"), gettext_noop("Address"), gettext_noop("Birthday"),
    gettext_noop("Gender"), gettext_noop("Kind"), gettext_noop("Tags"),
    gettext_noop("Good to know"),
)  # fmt: skip
KINDS = {"org": "organisation", "company": "organisation", "group": "household"}
PROPERTY = re.compile(r'(?:[\w-]+\.)?(?P<name>[\w-]+)(?P<more>(?:;[^:"]*(?:"[^"]*"[^:"]*)*)?):')
ESCAPED = re.compile(r"\\([\\;,:nN])")
BETWEEN = {";": re.compile(r"(?<!\\);"), ",": re.compile(r"(?<!\\),")}


@dataclass
class Card:
    """What one card says."""

    first: str = ""
    last: str = ""
    name: str = ""
    company: str = ""
    kind: str = ""
    birthday: str = ""
    gender: str = ""
    phones: list[str] = field(default_factory=list)
    faxes: list[str] = field(default_factory=list)
    emails: list[str] = field(default_factory=list)
    messengers: list[str] = field(default_factory=list)
    addresses: list[tuple[str, str, str, str]] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def cells(self) -> list[str]:
        """The cells of the card, in the order of HEADINGS."""
        is_named = self.first or self.last or self.name == self.company
        street, city, postcode, whole = (self.addresses or [("", "", "", "")])[0]
        further = [one[3] for one in self.addresses[1:]]
        if not street:
            further.insert(0, whole)
        return [
            self.first, self.last, "" if is_named else self.name, self.company,
            "\n".join(self.phones), "\n".join(self.faxes), "\n".join(self.emails),
            "\n".join(self.messengers), street, city, postcode, "\n".join(filter(None, further)),
            self.birthday, self.gender, self.kind, "\n".join(self.tags),
            "\n".join(filter(None, self.notes)),
        ]  # fmt: skip


def cards(stream: TextIO) -> Iterator[tuple[int, list[str]]]:
    """Each card as a row, with the number of the line it begins in."""
    begins, held = 0, list[str]()
    for number, line in enumerate(stream, 1):
        bare = line.strip().upper()
        if bare == BEGINS:
            begins, held = number, []
        elif bare == ENDS and begins:
            yield begins, _card(held).cells()
            begins = 0
        elif begins and len(held) < MOST_LINES:
            held.append(line.rstrip("\r\n"))
    if begins:
        yield begins, _card(held).cells()


def _card(lines: list[str]) -> Card:
    card = Card()
    for line in _unfolded(lines):
        match = PROPERTY.match(line)
        if match:
            parameters = _parameters(match["more"])
            text = _decoded(line[match.end() :], parameters)
            _read(card, match["name"].upper(), Property(parameters, text))
    return card


def _unfolded(lines: list[str]) -> Iterator[str]:
    """Whole lines: some go on after a blank, quoted-printable ones after an equals sign."""
    whole = ""
    for line in lines:
        if whole.endswith("=") and "QUOTED-PRINTABLE" in whole.partition(":")[0].upper():
            whole = whole[:-1] + line.lstrip("\t")
        elif line[:1] in (" ", "\t") and whole:
            whole += line[1:]
        else:
            if whole:
                yield whole
            whole = line
    if whole:
        yield whole


def _parameters(text: str) -> dict[str, str]:
    """What stands between the name and the colon, in capitals; a bare word is a type."""
    found: dict[str, str] = {}
    for part in filter(None, text.split(";")):
        key, sign, value = part.partition("=")
        key, value = (key, value) if sign else ("TYPE", key)
        before = found.get(key.upper(), "")
        found[key.upper()] = " ".join(filter(None, (before, value.strip('"').upper())))
    return found


def _decoded(text: str, parameters: dict[str, str]) -> str:
    """The value without the coding that old cards wrap it in."""
    codings = f"{parameters.get('ENCODING', '')} {parameters.get('TYPE', '')}".split()
    written = text.encode("utf-8", "surrogateescape")
    try:
        if "QUOTED-PRINTABLE" in codings:
            raw = quopri.decodestring(written)
        elif {"B", "BASE64"} & set(codings):
            raw = b64decode(written, validate=True)
        else:
            return text
        return raw.decode(parameters.get("CHARSET", "utf-8"), "replace")
    except (LookupError, NotBase64, ValueError):
        return text


def _plain(text: str) -> str:
    return ESCAPED.sub(lambda m: "\n" if m[1] in "nN" else m[1], text).strip()


@dataclass(frozen=True)
class Property:
    """One property of a card: its parameters, its value, and the value without escapes."""

    parameters: dict[str, str]
    text: str

    @property
    def plain(self) -> str:
        return _plain(self.text)

    def parts(self, mark: str) -> list[str]:
        """The parts of a value that is set apart by this mark."""
        return [_plain(part) for part in BETWEEN[mark].split(self.text)]


def _read(card: Card, name: str, one: Property) -> None:
    """Put one property where it belongs; what nobody knows stays behind."""
    reads = READS.get(name)
    if reads and one.text.strip(" ;"):
        reads(card, one)


def _names(card: Card, one: Property) -> None:
    card.last, first, middle, *_titles = [*one.parts(";"), "", ""]
    card.first = " ".join(filter(None, (first, middle)))


def _name(card: Card, one: Property) -> None:
    card.name = one.plain


def _company(card: Card, one: Property) -> None:
    card.company = one.parts(";")[0]


def _telephone(card: Card, one: Property) -> None:
    number = one.plain.removeprefix("tel:").replace(";ext=", " ext. ")
    (card.faxes if "FAX" in one.parameters.get("TYPE", "") else card.phones).append(number)


def _email(card: Card, one: Property) -> None:
    card.emails.append(one.plain.removeprefix("mailto:"))


def _messenger(card: Card, one: Property) -> None:
    card.messengers.append(one.plain.partition(":")[2] or one.plain)


def _birthday(card: Card, one: Property) -> None:
    day = one.plain.partition("T")[0]
    if day.startswith(("--", "1604-")):  # no year is known; Apple writes this one for it
        card.notes.append(f"BDAY {day}")
    else:
        card.birthday = day


def _gender(card: Card, one: Property) -> None:
    card.gender = {"M": "male", "F": "female"}.get(one.plain[:1].upper(), "")


def _kind(card: Card, one: Property) -> None:
    card.kind = KINDS.get(one.plain.lower(), card.kind)


def _tags(card: Card, one: Property) -> None:
    card.tags += filter(None, one.parts(","))


def _note(card: Card, one: Property) -> None:
    card.notes.append(one.plain)


def _address(card: Card, one: Property) -> None:
    """Street, city, postcode, and the whole as one writes it."""
    box, more, street, city, region, postcode, country = (one.parts(";") + [""] * 7)[:7]
    street = ", ".join(filter(None, (" ".join(street.split("\n")), more, box)))
    whole = ", ".join(filter(None, (street, city, region, postcode, country)))
    card.addresses.append((street, city, postcode, whole))


READS: dict[str, Callable[[Card, Property], None]] = {
    "N": _names, "FN": _name, "ORG": _company, "TEL": _telephone, "EMAIL": _email,
    "IMPP": _messenger, "X-SKYPE": _messenger, "X-TELEGRAM": _messenger, "X-JABBER": _messenger,
    "ADR": _address, "BDAY": _birthday, "GENDER": _gender, "KIND": _kind, "X-ABSHOWAS": _kind,
    "CATEGORIES": _tags, "NOTE": _note, "TITLE": _note, "ROLE": _note, "NICKNAME": _note,
    "URL": _note, "RELATED": _note, "ANNIVERSARY": _note,
}  # fmt: skip
