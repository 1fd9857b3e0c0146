"""Opens the invented clinic and fills it, all through the commands that people use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from random import Random
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kesher.billing.commands.recording import NewPurchase, record_purchases
from kesher.catalog.commands.adding import add_products
from kesher.catalog.commands.changing import set_price
from kesher.core.access import SYSTEM, Actor
from kesher.core.refusal import Refusal
from kesher.customers.commands.adding import add_customers
from kesher.customers.commands.tying import NewTie, add_ties
from kesher.customers.commands.wishing import note_wish
from kesher.customers.models import Customer, Source, Tag
from kesher.demo import staff
from kesher.demo.history import History, Place
from kesher.demo.opening import open_clinic
from kesher.demo.own_fields import fill_own_fields
from kesher.demo.people import Customer as Invented
from kesher.demo.people import Maker, Population
from kesher.demo.treatments import SERVICES
from kesher.engagement.commands.complaining import settle_complaint
from kesher.engagement.commands.drafting import save_draft
from kesher.engagement.commands.noticing import notify_member
from kesher.engagement.commands.tasks import finish_task, plan_tasks
from kesher.engagement.commands.touching import record_touches
from kesher.engagement.models import Task
from kesher.organization.commands.views import save_view
from kesher.organization.models import Business, Member, SavedView
from kesher.organization.queries import actor_of

SEED = 20_260
STEP = 1000
WISHES, FINISHED, DRAFTS, NOTICES = 110, 24, 3, 4
T = TypeVar("T")


class RealBusinessHere(Refusal):
    """The demo brings people who sign in with a word that everybody knows."""

    message = _(
        "A real business works here already. The demo would open it to everybody who knows the "
        "demo's password; load it into a Kesher of its own."
    )
    status = 409


class DemoHere(Refusal):
    """One demo is enough."""

    message = _("The demo is loaded already. Clear it first to load it anew.")
    status = 409


@transaction.atomic  # nobody works here yet, so nobody waits
def load(*, now: datetime) -> dict[str, int]:
    """Open the clinic and fill it as of this moment; returns how much there is of each."""
    _refuse()
    place = open_clinic(now)
    zone = ZoneInfo(Business.objects.get().time_zone)
    rng = Random(SEED)  # noqa: S311 - the same clinic every time
    today = now.astimezone(zone).date()
    made = Maker(rng, today).population()
    own = Random(SEED)  # noqa: S311 - apart, so that nothing else of the clinic differs by it
    for who in made.customers:
        fill_own_fields(who.new, own, today)
    customers = _add_customers(made, place, rng)
    _tie(made, customers)
    history = History(rng, place, now, zone)
    counts = {
        "customers": len(customers),
        "purchases": _record_purchases(made, customers, rng),
        "touches": _record_touches(made, customers, history, now),
        "tasks": _plan_tasks(made, customers, history, now),
        "wishes": _note_wishes(made, customers, history),
    }
    _price_services(today)
    _begin_the_day(made, customers, place, history, now)
    return counts


def _refuse() -> None:
    business = Business.objects.first()
    if business and business.is_demo:
        raise DemoHere
    if business or Member.objects.exists():
        raise RealBusinessHere


def _steps(things: Iterable[T]) -> Iterator[list[T]]:
    waiting = iter(things)
    while step := list(islice(waiting, STEP)):
        yield step


# ---- who


def _add_customers(made: Population, place: Place, rng: Random) -> list[Customer]:
    Tag.objects.bulk_create(
        (Tag(name=name, is_demo=True) for name in staff.TAGS.values()), ignore_conflicts=True
    )
    Source.objects.bulk_create(
        (Source(name=name, is_demo=True) for name in staff.SOURCES), ignore_conflicts=True
    )
    for who in made.customers:
        _place(who, place, rng)
    customers: list[Customer] = []
    for step in _steps(who.new for who in made.customers):
        customers += add_customers(by=SYSTEM, customers=step, is_demo=True)
    return customers


def _place(who: Invented, place: Place, rng: Random) -> None:
    """Where somebody is served, and who looks after him."""
    who.new.branches = [place.branches[who.branch]]
    if rng.random() < 0.02:
        who.new.branches = list(place.branches.values())
    draw = rng.random()
    if who.branch == staff.HAIFA:
        owner = "sam" if draw < 0.07 else "dana" if draw < 0.25 else "yoav" if draw < 0.4 else ""
    else:
        owner = "maria" if draw < 0.3 else "eleni" if draw < 0.4 else ""
    who.new.owner = place.members.get(owner)
    if rng.random() < 0.16:
        who.new.preferred_member = place.members[rng.choice(("yoav", "eleni"))]


def _tie(made: Population, customers: Sequence[Customer]) -> None:
    ties = (
        NewTie(customer=customers[bond.customer], other=customers[bond.other], role=bond.role)
        for bond in made.bonds
    )
    for step in _steps(ties):
        add_ties(by=SYSTEM, ties=step)


# ---- what happened


def _paid(price: int, rng: Random) -> Decimal:
    """The price of the list, now and then a tenth less."""
    return Decimal(price * 9 // 10 if rng.random() < 0.09 else price)


def _record_purchases(made: Population, customers: Sequence[Customer], rng: Random) -> int:
    lines = (
        NewPurchase(
            customer_id=customer.pk,
            bought_on=visit.day,
            amount=_paid(SERVICES[service].price, rng),
            product=SERVICES[service].name,
        )
        for who, customer in zip(made.customers, customers, strict=True)
        for visit in who.visits
        for service in visit.services
    )
    return sum(
        len(record_purchases(by=SYSTEM, purchases=step, is_demo=True)) for step in _steps(lines)
    )


def _price_services(today: date) -> None:
    """The price list of the clinic, as it stands since the beginning of the year."""
    names = [service.name for service in SERVICES.values()]
    products = add_products(by=SYSTEM, names=names, is_demo=True)
    for service in SERVICES.values():
        set_price(
            by=SYSTEM, product=products[service.name], amount=Decimal(service.price),
            valid_from=today.replace(month=1, day=1),
        )  # fmt: skip


def _record_touches(
    made: Population, customers: Sequence[Customer], history: History, now: datetime
) -> int:
    touches = (
        touch
        for who, customer in zip(made.customers, customers, strict=True)
        for touch in history.touches(who, customer)
    )
    count = 0
    for step in _steps(touches):
        rows = record_touches(by=SYSTEM, touches=step, now=now, is_demo=True)
        count += len(rows)
        for row in rows:
            settled_at = history.settled.get((row.customer_id, row.happened_at))
            if row.severity and settled_at:
                settle_complaint(by=SYSTEM, touch=row, now=settled_at)
    return count


def _people(made: Population, customers: Sequence[Customer]) -> list[tuple[Invented, Customer]]:
    pairs = zip(made.customers, customers, strict=True)
    return [pair for pair in pairs if pair[0].new.kind == Customer.Kind.PERSON]


def _plan_tasks(
    made: Population, customers: Sequence[Customer], history: History, now: datetime
) -> int:
    new = list(history.tasks(_people(made, customers)))
    tasks = plan_tasks(by=SYSTEM, tasks=new, is_demo=True)
    overdue = [task for task in tasks if task.due_on and task.due_on < history.today]
    for task in overdue[:FINISHED]:
        finish_task(by=_as(task.owner), task=task, now=now - timedelta(days=1))
    return len(tasks)


def _note_wishes(made: Population, customers: Sequence[Customer], history: History) -> int:
    adults = [pair for pair in _people(made, customers) if pair[0].age >= 18]
    chosen = history.rng.sample(adults, min(WISHES, len(adults)))
    for who, customer in chosen:
        day = history.today - timedelta(days=history.rng.randint(3, 200))
        text = history.texts.say("wish", who.language, who.gender)
        kind = history.rng.choice(("wish", "wish", "need"))
        note_wish(by=SYSTEM, customer=customer, text=text, on=day, kind=kind)
    return len(chosen)


# ---- what lies on the desks this morning


def _begin_the_day(
    made: Population, customers: Sequence[Customer], place: Place, history: History, now: datetime
) -> None:
    _save_views(place)
    people = _people(made, customers)
    for key, branch in (("maya", staff.HAIFA), ("maria", staff.EILAT)):
        member = place.members[key]
        known = [pair for pair in people if pair[0].branch == branch and pair[0].age >= 18]
        for who, customer in history.rng.sample(known, DRAFTS):
            text = history.texts.say("draft", who.language, who.gender)
            save_draft(by=_as(member), customer=customer, form="note", text=text, now=now)
    _notify(place, now)


def _save_views(place: Place) -> None:
    children = Tag.objects.get(name=staff.TAGS["Children"]).pk
    for key, name, kind, query, is_shared, is_pinned in staff.VIEWS:
        save_view(
            by=_as(place.members[key]),
            name=name,
            kind=kind,
            query=query.replace("{children}", str(children)),
            is_shared=is_shared,
            is_pinned=is_pinned,
        )
    SavedView.objects.filter(owner__is_demo=True).update(is_demo=True)


def _notify(place: Place, now: datetime) -> None:
    """Tasks that colleagues handed over of late."""
    for key, giver in (("maya", "dana"), ("maria", "eleni"), ("yoav", "orly"), ("sam", "dana"),
                       ("dana", "orly")):  # fmt: skip
        member, by = place.members[key], place.members[giver]
        tasks = Task.objects.filter(owner=member, state=Task.State.OPEN).order_by("-pk")
        for turn, task in enumerate(tasks[:NOTICES]):
            at = now - timedelta(hours=3 * turn + 1)
            notify_member(by=_as(by), member=member, about=task, caused_by_id=by.pk, now=at)


def _as(member: Any) -> Actor:
    return actor_of(Member.objects.select_related("role").get(pk=member.pk))
