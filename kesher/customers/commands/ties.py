from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kesher.core.access import Actor, require
from kesher.core.changes import locked, new_batch, record_added, record_changes
from kesher.core.events import announce
from kesher.core.refusal import Refusal
from kesher.core.search import index
from kesher.customers import typed
from kesher.customers.commands.adding import NewCustomer, add_customer
from kesher.customers.events import CustomerChanged
from kesher.customers.models import Customer, Tie
from kesher.customers.uses import remembered_tie
from kesher.customers.writing import require_change, write
from kesher.organization.models import Branch

Role = Tie.Role
Kind = Customer.Kind


class TiedToHimself(Refusal):
    """Nobody is his own parent, employer or payer."""

    message = _("A customer cannot be tied to himself. Choose somebody else.")


class TiedAlready(Refusal):
    """The same tie twice."""

    message = _("These two are tied like this already.")


class TieImpossible(Refusal):
    """An employee needs an organisation, a member of a household needs a household."""

    message = _("“%(name)s” cannot take this place: choose %(kind)s.")


class DaysReversed(Refusal):
    """It would end before it began."""

    message = _("A tie cannot end before it began.")


class OtherGone(Refusal):
    """One of the two was deleted meanwhile."""

    message = _("The other one is not here any more.")


class TieEnded(Refusal):
    """What has ended cannot end again."""

    message = _("This tie has ended already.")


@transaction.atomic
def tie(
    *,
    by: Actor,
    customer: Customer,
    other: Customer,
    role: str,
    title: str = "",
    starts_on: datetime.date | None = None,
    batch: str = "",
) -> Tie:
    """Say what a customer is to another: the employee, parent, payer … of the other one."""
    require_change(by, customer)
    require(by, "view", other)
    if customer.pk == other.pk:
        raise TiedToHimself
    _refuse_misfit(other, role)
    for one in sorted((customer, other), key=lambda held: held.pk):
        locked(one)
    if Tie.objects.filter(customer=customer, other=other, role=role, ends_on=None).exists():
        raise TiedAlready
    made = Tie.objects.create(
        customer=customer,
        other=other,
        role=role,
        title=typed.fitted(Tie, "title", title),
        starts_on=typed.checked_day("since_on", starts_on),
    )
    _remember_added(by, made, batch or new_batch())
    _tell(by, made)
    return made


@transaction.atomic
def untie(*, by: Actor, tie: Tie, on: datetime.date, batch: str = "") -> None:
    """Say that a tie has ended; that it was there stays known."""
    require_change(by, tie.customer)
    current = Tie.objects.select_related("customer", "other").get(pk=locked(tie).pk)
    if current.ends_on is not None:
        raise TieEnded
    if current.starts_on and on < current.starts_on:
        raise DaysReversed
    current.ends_on = on
    current.save(update_fields=["ends_on"])
    record_changes(
        by=by, rows=[(current, {"ends_on": None}, {"ends_on": on})], batch=batch or new_batch()
    )
    _tell(by, current)


@transaction.atomic
def change_tie(
    *,
    by: Actor,
    tie: Tie,
    title: str,
    starts_on: datetime.date | None,
    ends_on: datetime.date | None = None,
    batch: str = "",
) -> None:
    """Correct the title and the days of a tie."""
    require_change(by, tie.customer)
    if starts_on and ends_on and ends_on < starts_on:
        raise DaysReversed
    current = Tie.objects.select_related("customer", "other").get(pk=locked(tie).pk)
    if ends_on is None and current.ends_on is not None:
        _refuse_double(
            Tie(pk=current.pk, customer=current.customer, other=current.other, role=current.role)
        )
    values = {
        "title": typed.fitted(Tie, "title", title),
        "starts_on": starts_on,
        "ends_on": ends_on,
    }
    after = {name: value for name, value in values.items() if getattr(current, name) != value}
    if not after:
        return
    before = {name: getattr(current, name) for name in after}
    for name, value in after.items():
        setattr(current, name, value)
    current.save(update_fields=list(after))
    record_changes(by=by, rows=[(current, before, after)], batch=batch or new_batch())
    _tell(by, current)


@transaction.atomic
def drop_tie(*, by: Actor, tie: Tie, batch: str = "") -> None:
    """Take away a tie that was entered by mistake."""
    require_change(by, tie.customer)
    name, held = f"tie {tie.pk}", remembered_tie(tie)
    gone = Tie(pk=tie.pk, customer=tie.customer, other=tie.other)
    tie.delete()
    write(
        by=by,
        customer=gone.customer,
        columns={},
        before={name: held},
        after={name: None},
        batch=batch or new_batch(),
    )
    announce(CustomerChanged(customer_id=gone.other_id), by=by, about=gone.other)


@transaction.atomic
def bring_back_tie(
    *, by: Actor, customer: Customer, number: int, held: Mapping[str, Any], batch: str = ""
) -> None:
    """Tie two again as they were before the tie was taken away."""
    require_change(by, customer)
    other = Customer.objects.filter(pk=held["other"]).first()
    if other is None:
        raise OtherGone
    days = {name: _day(held[name]) for name in ("starts_on", "ends_on")}
    made = Tie(
        pk=number, customer=customer, other=other, role=held["role"], title=held["title"], **days
    )
    _refuse_double(made)
    made.save(force_insert=True)
    name = f"tie {number}"
    write(
        by=by,
        customer=customer,
        columns={},
        before={name: None},
        after={name: dict(held)},
        batch=batch or new_batch(),
    )
    announce(CustomerChanged(customer_id=other.pk), by=by, about=other)


def _day(text: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None


@transaction.atomic
def move_employee(
    *,
    by: Actor,
    customer: Customer,
    to: Customer,
    title: str = "",
    on: datetime.date,
    batch: str = "",
) -> Tie:
    """Say that somebody works elsewhere from a day on; where he worked before stays known."""
    require_change(by, customer)
    batch = batch or new_batch()
    jobs = Tie.objects.filter(customer=customer, role=Role.EMPLOYEE, ends_on=None)
    for job in jobs.select_related("customer", "other"):
        if job.other_id == to.pk:
            raise TiedAlready
        untie(by=by, tie=job, on=max(on, job.starts_on or on), batch=batch)
    return tie(
        by=by, customer=customer, other=to, role=Role.EMPLOYEE, title=title, starts_on=on,
        batch=batch,
    )  # fmt: skip


@transaction.atomic
def join_household(
    *, by: Actor, customer: Customer, beside: Customer, on: datetime.date, batch: str = ""
) -> Customer:
    """Put somebody into the household of another customer, which is made if there is none yet."""
    require_change(by, customer)
    require_change(by, beside)
    batch = batch or new_batch()
    household = _household_of(beside)
    if household is None:
        household = _found_household(by, beside, batch)
        tie(by=by, customer=beside, other=household, role=Role.MEMBER, starts_on=on, batch=batch)
    if customer.pk != household.pk:
        tie(by=by, customer=customer, other=household, role=Role.MEMBER, starts_on=on, batch=batch)
    return household


@transaction.atomic
def add_beside(
    *, by: Actor, customer: NewCustomer, beside: Customer, on: datetime.date, batch: str = ""
) -> Customer:
    """Take in somebody new and put him into the household of a customer."""
    batch = batch or new_batch()
    added = add_customer(by=by, customer=customer, batch=batch)
    join_household(by=by, customer=added, beside=beside, on=on, batch=batch)
    return added


def _household_of(customer: Customer) -> Customer | None:
    if customer.kind == Kind.HOUSEHOLD:
        return customer
    held = Tie.objects.filter(customer=customer, role=Role.MEMBER, ends_on=None)
    membership = held.select_related("other").order_by("pk").first()
    return membership.other if membership else None


def _found_household(by: Actor, member: Customer, batch: str) -> Customer:
    name = _("%(name)s family") % {"name": member.last_name or member.name}
    branches = Branch.objects.filter(customers=member)
    return add_customer(
        by=by,
        customer=NewCustomer(
            kind=Kind.HOUSEHOLD, name=name[:200], owner=member.owner, team=member.team,
            branches=list(branches), city=member.city, language=member.language,
            stage=member.stage,
        ),
        batch=batch,
    )  # fmt: skip


def _refuse_misfit(other: Customer, role: str) -> None:
    needed = {Role.EMPLOYEE: Kind.ORGANISATION, Role.MEMBER: Kind.HOUSEHOLD}
    if role not in Role.values:
        raise typed.ChoiceUnknown(value=str(role)[:40], field=str(_("Tie")))
    kind = needed.get(Role(role))
    if kind and other.kind != kind:
        words = {Kind.ORGANISATION: _("an organisation"), Kind.HOUSEHOLD: _("a household")}
        raise TieImpossible(name=other.name, kind=words[kind])


def _refuse_double(current: Tie) -> None:
    if current.ends_on is not None:
        return
    others = Tie.objects.filter(
        customer=current.customer_id, other=current.other_id, role=current.role, ends_on=None
    )
    if others.exclude(pk=current.pk).exists():
        raise TiedAlready


def _remember_added(by: Actor, made: Tie, batch: str) -> None:
    values = {"customer": made.customer_id, "other": made.other_id, "role": made.role}
    values |= {"title": made.title, "starts_on": made.starts_on}
    record_added(by=by, record=made, values=values, batch=batch)


def _tell(by: Actor, tied: Tie) -> None:
    if tied.role == Role.EMPLOYEE:
        index("customer", [tied.customer_id])
    for customer in (tied.customer, tied.other):
        announce(CustomerChanged(customer_id=customer.pk), by=by, about=customer)
