"""Is he here already? Those who may be the one that is being typed, with reasons.

The same comparison as of those who are here; of customers whom the actor may not see only a clash
of numbers is told, and never whose it is.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import CharField, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from kesher.core.access import Actor, sight
from kesher.core.among import Many
from kesher.core.matching.scoring import SAFE
from kesher.core.phones import digits
from kesher.core.prepared import Mark, prepared
from kesher.core.refusal import Refusal
from kesher.customers import points, typed
from kesher.customers.match_pairs import Compared, compared
from kesher.customers.match_records import Said, known
from kesher.customers.match_words import OTHER_FIRST, reasons_for
from kesher.customers.models import ContactPoint, Customer, CustomerContact
from kesher.customers.points import Reading
from kesher.customers.policy import CONTACT
from kesher.organization.queries import business

Kind = ContactPoint.Kind
MOST_SHARERS = 30  # of one number; what more people share says little
FROM = 0.1  # of a score that is worth a warning to somebody who is just typing
WHOLE = 10  # digits of a number that is no longer being typed; half a one is no other one
BY_NUMBER = 0.09  # the score of who shares a number and nothing else


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
    is_certain: bool


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
    readings = _readings(actor, about)
    sharers = _sharers(readings)
    sharers.pop(but, None)
    himself = known(but or 0, _said(about, readings))
    pairs = {pair.other: pair for pair in compared([himself], actor)[himself.number]}
    near = {pk for pk, pair in pairs.items() if pair.score >= FROM}
    found = LookAlikes()
    asked = near | sharers.keys()
    rows = _rows(sight(actor, Customer), numbers=asked) if asked else ()
    held = {row.pk: row for row in rows}
    judged = [_judge(row, pairs.get(row.pk), sharers.get(row.pk, ())) for row in held.values()]
    best_first = sorted(
        judged, key=lambda one: (-one.score, one.customer.sort_name, one.customer.pk)
    )
    found.seen = best_first[:limit]
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


@prepared(numbers=Many())
def _rows(seen: Q, numbers: Mark) -> QuerySet[Customer]:
    return Customer.objects.filter(seen, pk__among=numbers).only(*COLUMNS)


def _said(about: Typed, readings: Iterable[Reading]) -> Said:
    """What was typed, as far as it can be read already."""
    first, last = typed.line(about.first_name), typed.line(about.last_name)
    whole = typed.line(about.name)
    if about.kind == Customer.Kind.PERSON and not (first or last):
        first, last = typed.split_name(whole)
    said = Said(about.kind, first, last, whole, city=typed.line(about.city))
    said.birth_date = about.birth_on.isoformat() if about.birth_on else ""
    for reading in readings:
        if reading.kind == Kind.EMAIL:
            said.emails.append(reading.normal)
        elif len(digits(reading.normal)) >= WHOLE:
            said.phones.append(reading.normal)
    return said


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
        for pk in _users(kind=reading.kind, normal=reading.normal):
            sharers[pk].add(reading.kind)
    return sharers


@prepared(kind=CharField(), normal=CharField())
def _users(kind: Mark, normal: Mark) -> QuerySet:
    uses = CustomerContact.objects.filter(point__kind=kind, point__normal=normal)
    return uses.values_list("customer_id", flat=True)[:MOST_SHARERS]


def _judge(row: Customer, pair: Compared | None, kinds: Iterable[str]) -> LookAlike:
    """A customer with what speaks for him; who only shares a number may be a relative."""
    said = tuple(SAME[kind] for kind in sorted(kinds))
    if pair is None:
        return LookAlike(row, BY_NUMBER, said, is_family=True, is_certain=False)
    reasons = tuple(dict.fromkeys((*said, *reasons_for(pair.features, row.kind))))
    is_family = not OTHER_FIRST.isdisjoint(pair.features)
    return LookAlike(row, round(pair.score, 2), reasons, is_family, pair.level == SAFE)
