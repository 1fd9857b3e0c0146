"""Contact points: what was typed, what is compared, and one row however many share it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kesher.core.among import found_among
from kesher.core.bulk import insert_rows
from kesher.core.phones import digits, parse_phone
from kesher.core.refusal import Refusal
from kesher.core.text import fold
from kesher.customers.models import ContactPoint
from kesher.customers.typed import TooLong, line

Kind = ContactPoint.Kind
EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
COLUMNS = ("kind", "normal", "raw", "extension", "street", "city", "postcode", "country")
LONGEST = {name: int(ContactPoint._meta.get_field(name).max_length or 0) for name in COLUMNS[1:]}


class PhoneUnreadable(Refusal):
    """There is no number in it."""

    message = _("“%(value)s” holds no telephone number.")


class EmailUnreadable(Refusal):
    """No mail can reach it."""

    message = _("“%(value)s” is not an e-mail address. It looks like name@example.com.")


class AddressMissing(Refusal):
    """An address without street, city or text."""

    message = _("An address needs a street, a city or at least some text.")


@dataclass(frozen=True)
class Address:
    """Where somebody lives or works, in parts or as typed."""

    street: str = ""
    city: str = ""
    postcode: str = ""
    country: str = ""
    raw: str = ""


@dataclass(frozen=True)
class Reading:
    """A contact point as it will be kept, before it is a row."""

    kind: str
    normal: str
    raw: str
    extension: str = ""
    street: str = ""
    city: str = ""
    postcode: str = ""
    country: str = ""

    @property
    def key(self) -> tuple[str, str]:
        return self.kind, self.normal


def read_number(kind: str, typed: str, region: str) -> Reading:
    """A telephone or fax number; refuses only what holds no number at all."""
    raw = line(typed)
    phone = parse_phone(raw, region)
    if not digits(phone.normal):
        raise PhoneUnreadable(value=raw[:40])
    normal = f"{phone.normal};ext={phone.extension}" if phone.extension else phone.normal
    return _fitting(Reading(kind=kind, normal=normal, raw=raw, extension=phone.extension))


def read_email(typed: str) -> Reading:
    """An e-mail address: compared without case."""
    raw = line(typed).removeprefix("mailto:").strip("<>; ")
    if not EMAIL.fullmatch(raw):
        raise EmailUnreadable(value=raw[:60])
    return _fitting(Reading(kind=Kind.EMAIL, normal=raw.lower(), raw=raw))


def read_messenger(typed: str) -> Reading:
    """A name or number in a messenger, as the customer gives it."""
    raw = line(typed)
    return _fitting(Reading(kind=Kind.MESSENGER, normal=fold(raw), raw=raw))


def one_line(address: Address) -> str:
    """An address as it is shown: as it was typed, else of its parts."""
    locality = " ".join(filter(None, (line(address.postcode), line(address.city))))
    parts = (line(address.street), locality, line(address.country).upper())
    return line(address.raw) or ", ".join(filter(None, parts))


def read_address(address: Address) -> Reading:
    """An address in parts or in one line; compared by all of its words."""
    street, city, postcode = line(address.street), line(address.city), line(address.postcode)
    raw = one_line(address)
    normal = fold(raw.replace(",", " "))
    if not normal:
        raise AddressMissing
    return _fitting(
        Reading(
            kind=Kind.ADDRESS, normal=normal[:254], raw=raw, street=street, city=city,
            postcode=postcode, country=line(address.country).upper(),
        )
    )  # fmt: skip


def read_point(kind: str, typed: str | Address, region: str) -> Reading:
    """Any contact point, by its kind."""
    if isinstance(typed, Address):
        return read_address(typed)
    if kind in (Kind.PHONE, Kind.FAX):
        return read_number(kind, typed, region)
    if kind == Kind.EMAIL:
        return read_email(typed)
    return read_address(Address(raw=typed)) if kind == Kind.ADDRESS else read_messenger(typed)


def _fitting(reading: Reading) -> Reading:
    for name, most in LONGEST.items():
        if len(getattr(reading, name)) > most:
            raise TooLong(field=str(ContactPoint._meta.get_field(name).verbose_name), most=most)
    return reading


def rows_for(readings: Iterable[Reading]) -> dict[tuple[str, str], int]:
    """The numbers of these contact points, made where nobody used them before."""
    wanted = {reading.key: reading for reading in readings}
    held = _held(wanted)
    missing = [reading for key, reading in wanted.items() if key not in held]
    if missing:
        # A colleague may add the same number at this moment: his row serves both.
        insert_rows(
            ContactPoint,
            COLUMNS,
            ([getattr(reading, name) for name in COLUMNS] for reading in missing),
            unless_there=True,
        )
        held |= _held({reading.key: reading for reading in missing})
    return held


def _held(wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    by_kind: dict[str, list[str]] = {}
    for kind, normal in wanted:
        by_kind.setdefault(kind, []).append(normal)
    held = {}
    for kind, normals in by_kind.items():
        rows = found_among(ContactPoint, "normal", normals, "pk", "normal", where=Q(kind=kind))
        held.update({(kind, normal): pk for pk, normal in rows})
    return held
