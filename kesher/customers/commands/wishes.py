from __future__ import annotations

import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kesher.core.access import Actor, require
from kesher.core.changes import change, new_batch, record_added, record_changes
from kesher.core.events import announce
from kesher.core.refusal import Refusal
from kesher.core.search import index
from kesher.core.text import fold
from kesher.customers import typed
from kesher.customers.events import CustomerChanged
from kesher.customers.models import Customer, Wish
from kesher.customers.policy import PERSONAL
from kesher.customers.writing import require_fields
from kesher.organization.models import Member


class WishMissing(Refusal):
    """A wish without words."""

    message = _("Write what he needs or wishes.")


class WishMet(Refusal):
    """It was met before."""

    message = _("This is met already.")


@transaction.atomic
def note_wish(
    *,
    by: Actor,
    customer: Customer,
    text: str,
    on: datetime.date,
    kind: str = Wish.Kind.WISH,
    wanted_on: datetime.date | None = None,
    batch: str = "",
) -> Wish:
    """Note what a customer needs or wishes, so that it can be found when it can be met."""
    require(by, "change", customer)
    require_fields(by, ["about"])
    kept = _text(text)
    wish = Wish.objects.create(
        customer=customer,
        kind=_kind(kind),
        text=kept,
        folded=fold(kept)[:300],
        noted_on=on,
        noted_by=Member.objects.filter(pk=by.member_id).first(),
        wanted_on=wanted_on,
    )
    values = {"customer": customer.pk, "kind": kind, "text": kept, "wanted_on": wanted_on}
    record_added(by=by, record=wish, values=values, batch=batch or new_batch())
    _tell(by, customer)
    return wish


@transaction.atomic
def change_wish(
    *,
    by: Actor,
    wish: Wish,
    text: str,
    kind: str,
    wanted_on: datetime.date | None = None,
    seen: int | None = None,
    batch: str = "",
) -> Wish:
    """Put a wish into other words, or on another day."""
    require(by, "change", wish.customer)
    require_fields(by, ["about"])
    kept = _text(text)
    values = {"text": kept, "kind": _kind(kind), "wanted_on": wanted_on}
    current, changed = change(
        by=by, record=wish, values=values, seen=seen, batch=batch or new_batch()
    )
    if "text" in changed:
        current.folded = fold(current.text)[:300]
        current.save(update_fields=["folded"])
    if changed:
        _tell(by, current.customer)
    return current


@transaction.atomic
def meet_wish(*, by: Actor, wish: Wish, on: datetime.date, batch: str = "") -> None:
    """Say that a wish was met."""
    require(by, "change", wish.customer)
    if wish.met_on is not None:
        raise WishMet
    current, _changed = change(
        by=by, record=wish, values={"met_on": on}, batch=batch or new_batch()
    )
    _tell(by, current.customer)


@transaction.atomic
def reopen_wish(*, by: Actor, wish: Wish, batch: str = "") -> None:
    """Say that a wish is not met after all."""
    require(by, "change", wish.customer)
    current, _changed = change(
        by=by, record=wish, values={"met_on": None}, batch=batch or new_batch()
    )
    _tell(by, current.customer)


@transaction.atomic
def drop_wish(*, by: Actor, wish: Wish, batch: str = "") -> None:
    """Take away a wish that was noted by mistake."""
    require(by, "change", wish.customer)
    require_fields(by, ["about"])
    names = ("kind", "text", "noted_on", "wanted_on", "met_on")
    before = {name: getattr(wish, name) for name in names}
    before |= {"customer": wish.customer_id, "noted_by": wish.noted_by_id}
    record_changes(by=by, rows=[(wish, before, None)], batch=batch or new_batch())
    customer = wish.customer
    wish.delete()
    _tell(by, customer)


def _text(text: str) -> str:
    kept = typed.fitted(Wish, "text", text)
    if not kept:
        raise WishMissing
    return kept


def _kind(kind: str) -> str:
    if kind not in Wish.Kind.values:
        raise typed.ChoiceUnknown(value=str(kind)[:40], field=str(_("Kind")))
    return kind


def _tell(by: Actor, customer: Customer) -> None:
    index("customer", [customer.pk])
    announce(
        CustomerChanged(customer_id=customer.pk), by=by, about=customer, classification=PERSONAL
    )
