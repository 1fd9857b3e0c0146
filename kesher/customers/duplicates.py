"""Is he here already? Those who share a telephone, an e-mail or the sound of a name, with reasons.

Plain sums, so that a clerk can check them: what is the same adds, what contradicts takes away. Of
customers whom the actor may not see only a clash of numbers is told, and never whose it is.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from kesher.core.access import Actor, visible
from kesher.core.names import name_words, word_keys
from kesher.core.refusal import Refusal
from kesher.core.search import named_alike
from kesher.core.text import fold
from kesher.customers import points, typed
from kesher.customers.models import ContactPoint, Customer, CustomerContact
from kesher.customers.points import Reading
from kesher.customers.policy import CONTACT, PERSONAL
from kesher.organization.queries import business

Kind = ContactPoint.Kind
MOST_SHARERS = 30  # of one number; what more people share says little
FROM = 0.4
SAME_POINT, SAME_NAME, SAME_SOUND = 0.6, 0.5, 0.4
SAME_FAMILY, SAME_BIRTHDAY, SAME_CITY, OTHER_BIRTHDAY = 0.15, 0.3, 0.05, -0.4
CERTAIN = 0.95


@dataclass(frozen=True, kw_only=True)
class Typed:
    """What is known so far of somebody who is about to be added."""

    kind: str = Customer.Kind.PERSON
    first_name: str = ""
    last_name: str = ""
    name: str = ""
    phones: Sequence[str] = ()
    emails: Sequence[str] = ()
    birth_on: datetime.date | None = None
    city: str = ""


@dataclass(frozen=True)
class LookAlike:
    """One customer who may be the same, how likely, and why, in words."""

    customer: Customer
    score: float
    reasons: tuple[Any, ...]
    is_family: bool  # the same number or family name, another first name

    @property
    def is_certain(self) -> bool:
        return self.score >= CERTAIN


@dataclass
class LookAlikes:
    """Those who may be the same, best first; and what may be said of those out of sight."""

    seen: list[LookAlike] = field(default_factory=list)
    hidden: list[Any] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.seen or self.hidden)


def look_alikes(
    actor: Actor, about: Typed, *, but: int | None = None, limit: int = 5
) -> LookAlikes:
    """Customers who may be the one that was typed; `but` is he himself."""
    first, last = _names(about)
    readings = _readings(actor, about)
    sharers = _sharers(readings)
    sharers.pop(but, None)
    alike = set(named_alike("customer", [*first[:1], *last])) if len(first + last) > 1 else set()
    rows = visible(actor, Customer).filter(pk__in=(alike | sharers.keys()) - {but})
    found = LookAlikes()
    held = {row.pk: row for row in rows.only(*COLUMNS)}
    judged = (_judge(actor, about, (first, last), row, sharers) for row in held.values())
    found.seen = sorted(
        (one for one in judged if one.score >= FROM),
        key=lambda one: (-one.score, one.customer.sort_name, one.customer.pk),
    )[:limit]
    hidden = {kind for pk, kinds in sharers.items() if pk not in held for kind in kinds}
    found.hidden = [OUT_OF_SIGHT[kind] for kind in sorted(hidden)]
    return found


COLUMNS = ("kind", "first_name", "last_name", "name", "sort_name", "birth_on", "city", "phone",
           "email", "reference", "archived_at", "binned_at")  # fmt: skip
OUT_OF_SIGHT = {
    Kind.PHONE: _("This telephone belongs to a customer of another branch. Ask there first."),
    Kind.EMAIL: _("This e-mail belongs to a customer of another branch. Ask there first."),
}
SAME = {Kind.PHONE: _("same telephone"), Kind.EMAIL: _("same e-mail")}


def _names(about: Typed) -> tuple[list[str], list[str]]:
    first, last = typed.line(about.first_name), typed.line(about.last_name)
    if not (first or last):
        whole = typed.line(about.name)
        if about.kind != Customer.Kind.PERSON:
            return [], name_words(whole)
        first, last = typed.split_name(whole)
    return name_words(first), name_words(last)


def _readings(actor: Actor, about: Typed) -> list[Reading]:
    """Numbers and e-mails that can be read already; who may not read them does not search them."""
    if not actor.cleared_for(CONTACT):
        return []
    region = business().country
    found = []
    typed_points = [(Kind.PHONE, one) for one in about.phones]
    typed_points += [(Kind.EMAIL, one) for one in about.emails]
    for kind, one in typed_points:
        try:
            found.append(points.read_point(kind, one, region))
        except Refusal:
            continue  # half a number, while it is being typed
    return found


def _sharers(readings: Iterable[Reading]) -> dict[int, set[str]]:
    """Customers who use one of these points, and what kind of point it is."""
    sharers: dict[int, set[str]] = defaultdict(set)
    for reading in readings:
        uses = CustomerContact.objects.filter(
            point__kind=reading.kind, point__normal=reading.normal
        )
        for pk in uses.values_list("customer_id", flat=True)[:MOST_SHARERS]:
            sharers[pk].add(reading.kind)
    return sharers


def _judge(
    actor: Actor,
    about: Typed,
    names: tuple[list[str], list[str]],
    row: Customer,
    sharers: dict[int, set[str]],
) -> LookAlike:
    reasons: list[Any] = [SAME[kind] for kind in sorted(sharers.get(row.pk, ()))]
    score = SAME_POINT * bool(reasons) + 0.1 * (len(reasons) > 1)
    by_name, reason, is_family = _compare(names, row)
    score += by_name
    reasons += [reason] if reason else []
    if about.birth_on and row.birth_on and actor.cleared_for(PERSONAL):
        same = about.birth_on == row.birth_on
        score += SAME_BIRTHDAY if same else OTHER_BIRTHDAY
        reasons += [_("same birthday")] if same else [_("another birthday")]
    if about.city and fold(about.city) == fold(row.city):
        score += SAME_CITY
        reasons.append(_("same city"))
    return LookAlike(row, round(min(score, 1.0), 2), tuple(reasons), is_family)


def _compare(names: tuple[list[str], list[str]], row: Customer) -> tuple[float, Any, bool]:
    """What the names say: a score, the reason in words, and whether it may be a relative."""
    first, last = names
    theirs_first, theirs_last = name_words(row.first_name), name_words(row.last_name)
    if not (row.first_name or row.last_name):
        theirs_last = name_words(row.name)
    if not first + last:
        return 0.0, None, False
    if sorted(first + last) == sorted(theirs_first + theirs_last):
        return SAME_NAME, _("same name"), False
    straight = _sounds(first, theirs_first) and _sounds(last, theirs_last)
    crossed = _sounds(first, theirs_last) and _sounds(last, theirs_first)
    if first + last and (straight or crossed):
        return SAME_SOUND, _("name sounds alike"), False
    if last and theirs_last and _sounds(last, theirs_last):
        return SAME_FAMILY, _("same family name"), True
    return 0.0, None, True


def _sounds(mine: list[str], theirs: list[str]) -> bool:
    """Whether some word of mine sounds like one of theirs, or neither has any."""
    if not mine or not theirs:
        return not mine and not theirs
    keys = {key for word in theirs for key in word_keys(word)} | set(theirs)
    return any(word in keys or not keys.isdisjoint(word_keys(word)) for word in mine)
