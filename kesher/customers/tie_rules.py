"""What a tie is to be before it is a row: what it says, whether it can be, which one it equals."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from kesher.customers import typed
from kesher.customers.commands.ties import DaysReversed, TiedToHimself, TieImpossible
from kesher.customers.models import Customer, Tie

NEEDED = {
    Tie.Role.EMPLOYEE: Customer.Kind.ORGANISATION,
    Tie.Role.MEMBER: Customer.Kind.HOUSEHOLD,
}


@dataclass(frozen=True, kw_only=True)
class NewTie:
    """What a customer is to another one, since when."""

    customer: Customer
    other: Customer
    role: str
    title: str = ""
    starts_on: datetime.date | None = None
    ends_on: datetime.date | None = None  # set: it is over


def require_possible(new: NewTie) -> None:
    """Refuse a tie that cannot be."""
    if new.customer.pk == new.other.pk:
        raise TiedToHimself
    if new.role not in Tie.Role.values:
        raise typed.ChoiceUnknown(value=str(new.role)[:40], field=typed.label_of("kind"))
    needed = NEEDED.get(Tie.Role(new.role))
    if needed and new.other.kind != needed:
        raise TieImpossible(name=new.other.name, kind=Customer.Kind(needed).label)
    if new.starts_on and new.ends_on and new.ends_on < new.starts_on:
        raise DaysReversed


def tie_key(tie: Tie | NewTie) -> tuple:
    """What makes it the same tie: of those that last one is enough, of those that ended each."""
    pair = (tie.customer.pk, tie.other.pk, str(tie.role)) if isinstance(tie, NewTie) else (
        tie.customer_id, tie.other_id, tie.role
    )  # fmt: skip
    return pair if tie.ends_on is None else (*pair, tie.starts_on, tie.ends_on)
