"""How a customer is reached: his contact points as links, the one he prefers first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kesher.core.access import MASK, Actor, Guarded, guard
from kesher.core.phones import digits, show_phone
from kesher.customers import queries
from kesher.customers.models import Channel, ContactPoint, Customer, CustomerContact
from kesher.engagement.forbidden import entries_of
from kesher.engagement.models import DoNotContact
from kesher.organization.models import Business
from kesher.organization.today import today_here

Kind, Forbids = ContactPoint.Kind, DoNotContact.Forbids
ICONS = {
    Kind.PHONE: "phone", Kind.EMAIL: "mail", Kind.ADDRESS: "map-pin", Kind.FAX: "printer",
    Kind.MESSENGER: "message",
}  # fmt: skip
CHANNEL_ICONS = {
    Channel.PHONE: "phone", Channel.SMS: "device-mobile", Channel.WHATSAPP: "brand-whatsapp",
    Channel.EMAIL: "mail", Channel.CHAT: "message", Channel.LETTER: "mail-opened",
    Channel.FAX: "printer", Channel.VISIT: "user",
}  # fmt: skip
POINT_OF = {
    Channel.PHONE: Kind.PHONE, Channel.SMS: Kind.PHONE, Channel.WHATSAPP: Kind.PHONE,
    Channel.EMAIL: Kind.EMAIL,
}  # fmt: skip


@dataclass(frozen=True)
class Point:
    """One contact point as it is shown and used."""

    pk: int
    kind: str
    icon: str
    shown: str
    label: str
    href: str
    is_ltr: bool
    is_shared: bool = False
    is_preferred: bool = False
    is_over: bool = False
    normal: str = ""
    ban: Ban | None = None


@dataclass(frozen=True)
class Ban:
    """That a telephone or e-mail stands on the do-not-contact list."""

    words: str
    since: date
    stops_calls: bool
    stops_messages: bool


@dataclass(frozen=True)
class Way:
    """A button that reaches the customer, or opens the form where it is logged."""

    icon: str
    label: str
    href: str
    shown: str = ""
    is_outside: bool = False


def points_of(actor: Actor, customer: Customer, here: Business) -> list[Point]:
    """The contact points that the actor may read, as the customer ranks them."""
    rows = queries.points_of(actor, customer)
    bans = _bans(rows, today_here(here))
    preferred = POINT_OF.get(customer.preferred_channel)
    points = []
    for row in rows:
        is_first = preferred == row.point.kind and not any(p.is_preferred for p in points)
        seen = guard(actor, row.point)
        icon = CHANNEL_ICONS[customer.preferred_channel] if is_first else ""
        point = _point(row, seen, here.country, icon=icon, is_preferred=is_first)
        points.append(replace(point, ban=bans.get((point.kind, point.normal))))
    return points


def _bans(rows: Iterable[CustomerContact], today: date) -> dict[tuple[str, str], Ban]:
    """Which of these nobody calls or writes to: told to everybody who sees the number."""
    words = {
        Forbids.ALL: _("Do not contact"), Forbids.CALLS: _("Do not call"),
        Forbids.MESSAGES: _("Do not write"),
    }  # fmt: skip
    entries = entries_of(((row.point.kind, row.point.normal) for row in rows), today)
    return {
        address: Ban(
            words=words[Forbids(entry.forbids)],
            since=entry.since_on,
            stops_calls=entry.forbids != Forbids.MESSAGES,
            stops_messages=entry.forbids != Forbids.CALLS,
        )
        for address, entry in entries.items()
    }


def _point(
    row: CustomerContact, point: Guarded, country: str, *, icon: str, is_preferred: bool
) -> Point:
    today = timezone.localdate()
    number = str(point.normal).split(";")[0]
    is_number = point.kind in (Kind.PHONE, Kind.FAX)
    extension = f" ×{point.extension}" if point.extension else ""
    shown = f"{show_phone(number, country)}{extension}" if is_number else str(row.raw or point.raw)
    return Point(
        pk=row.pk,
        kind=point.kind,
        icon=icon or ICONS.get(point.kind, "link"),
        shown=shown,
        label=row.label or "",
        href=_href(point.kind, number),
        is_ltr=point.kind in (Kind.PHONE, Kind.FAX, Kind.EMAIL),
        is_shared=row.is_shared,
        is_preferred=is_preferred,
        is_over=bool(row.valid_until and row.valid_until < today),
        normal=number,
    )


def _href(kind: str, normal: str) -> str:
    if kind == Kind.PHONE:
        return f"tel:{normal}"
    return f"mailto:{normal}" if kind == Kind.EMAIL else ""


def ways_to(customer: Guarded, points: Iterable[Point]) -> list[Way]:
    """The buttons of the header: what the customer prefers, then what else there is."""
    current = sorted((p for p in points if not p.is_over), key=lambda p: p.ban is not None)
    phone = next((p for p in current if p.kind == Kind.PHONE), None)
    email = next((p for p in current if p.kind == Kind.EMAIL), None)
    number, address = (phone and phone.shown) or "", (email and email.shown) or ""
    found = {
        Channel.WHATSAPP: phone and _whatsapp(phone),
        Channel.PHONE: phone and Way("phone", pgettext("telephone", "Call"), phone.href, number),
        Channel.SMS: phone
        and Way("device-mobile", _("Write an SMS"), f"sms:{phone.normal}", number),
        Channel.EMAIL: email and Way("mail", _("Write an e-mail"), email.href, address),
    }
    wanted = customer.preferred_channel
    first = found.pop(wanted, None) or _logged(wanted)
    order = (Channel.PHONE, Channel.WHATSAPP, Channel.EMAIL, Channel.SMS)  # the first has a button
    others = [found[channel] for channel in order if found.get(channel)]
    if first is None:
        first = others.pop(0) if others else Way("phone", _("Log a call"), "#c-call")
    return [first, *others]


def _whatsapp(phone: Point) -> Way:
    href = f"https://wa.me/{digits(phone.normal)}"
    return Way("brand-whatsapp", _("Write on WhatsApp"), href, phone.shown, is_outside=True)


def _logged(channel: Any) -> Way | None:
    """What no link can start is written down once it is done."""
    if channel == Channel.VISIT:
        return Way("user", _("Log a visit"), "#c-visit")
    if channel in (Channel.LETTER, Channel.FAX, Channel.CHAT):
        return Way(CHANNEL_ICONS[channel], _("Log a message"), "#c-message")
    return None


def preference(customer: Guarded) -> tuple[str, str]:
    """Icon and words for the channel that the customer prefers."""
    channel = customer.preferred_channel
    if not channel or channel == MASK:
        return "", ""
    words = {
        Channel.PHONE: _("Prefers the telephone"), Channel.SMS: _("Prefers SMS"),
        Channel.WHATSAPP: _("Prefers WhatsApp"), Channel.EMAIL: _("Prefers e-mail"),
        Channel.CHAT: _("Prefers chat"), Channel.LETTER: _("Prefers letters"),
        Channel.FAX: _("Prefers fax"), Channel.VISIT: _("Prefers to come in person"),
    }  # fmt: skip
    return CHANNEL_ICONS[channel], words[channel]
