"""Which telephones and e-mails are not to be called or written to, as of a day.

Asked by the gate and by pages that show a number: whoever may see the number is told.
"""

from __future__ import annotations

import datetime
import unicodedata
from collections.abc import Iterable

from django.db.models import Q

from kesher.core.among import found_among
from kesher.customers.points import Reading, read_email, read_number
from kesher.engagement.models import DoNotContact

Kind, Forbids = DoNotContact.Kind, DoNotContact.Forbids
Address = tuple[str, str]  # kind and what is compared
STANDING = Q(kind__in=Kind.values, lifted_at__isnull=True)
CARRIED_TO = {"email": Kind.EMAIL, "sms": Kind.PHONE, "whatsapp": Kind.PHONE, "call": Kind.PHONE}


def address_read(kind: str, typed: str, region: str) -> Reading:
    """A telephone or an e-mail as it is compared; whatever extension, the number is meant."""
    if kind == Kind.EMAIL:
        return read_email(compared(kind, typed))
    return read_number(kind, typed, region)


def compared(kind: str, normal: str) -> str:
    """An address without what sets two spellings of it apart: extension, case, unseen marks."""
    if kind == Kind.PHONE:
        return normal.split(";")[0]
    plain = unicodedata.normalize("NFKC", normal)
    return "".join(c for c in plain if unicodedata.category(c) != "Cf").strip().lower()


def entries_of(addresses: Iterable[Address], today: datetime.date) -> dict[Address, DoNotContact]:
    """The entries that count today for these addresses, asked for together."""
    found = standing(addresses)
    return {
        address: row
        for address, row in found.items()
        if row.until_on is None or row.until_on >= today
    }


def standing(addresses: Iterable[Address]) -> dict[Address, DoNotContact]:
    """The entries that nobody lifted, also those that have run out, for these addresses."""
    wanted = {(kind, compared(kind, normal)) for kind, normal in addresses if kind in Kind.values}
    normals = {normal for _kind, normal in wanted}
    rows = found_among(DoNotContact, "normal", normals, where=STANDING)
    return {(row.kind, row.normal): row for row in rows if (row.kind, row.normal) in wanted}


def is_forbidden(channel: str, normal: str, today: datetime.date) -> bool:
    """Whether nobody may be reached on this channel under this address."""
    kind = CARRIED_TO.get(channel)
    if kind is None:
        return False
    entry = entries_of([(kind, normal)], today).get((kind, compared(kind, normal)))
    spared = Forbids.MESSAGES if channel == "call" else Forbids.CALLS
    return entry is not None and entry.forbids != spared
