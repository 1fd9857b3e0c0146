from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kesher.core.access import Actor
from kesher.core.changes import change, new_batch, record_added
from kesher.core.events import announce
from kesher.core.refusal import Refusal
from kesher.core.search import index
from kesher.core.text import fold
from kesher.customers import typed
from kesher.customers.events import CustomerChanged
from kesher.customers.models import Customer, Wish
from kesher.customers.policy import PERSONAL
from kesher.customers.uses import remembered_wish
from kesher.customers.writing import require_change, require_fields, write
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
    require_change(by, customer)
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
    require_change(by, wish.customer)
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
    require_change(by, wish.customer)
    if wish.met_on is not None:
        raise WishMet
    current, _changed = change(
        by=by, record=wish, values={"met_on": on}, batch=batch or new_batch()
    )
    _tell(by, current.customer)


@transaction.atomic
def reopen_wish(*, by: Actor, wish: Wish, batch: str = "") -> None:
    """Say that a wish is not met after all."""
    require_change(by, wish.customer)
    current, _changed = change(
        by=by, record=wish, values={"met_on": None}, batch=batch or new_batch()
    )
    _tell(by, current.customer)


@transaction.atomic
def drop_wish(*, by: Actor, wish: Wish, batch: str = "") -> None:
    """Take away a wish that was noted by mistake."""
    require_change(by, wish.customer)
    require_fields(by, ["about"])
    name, held, customer = f"wish {wish.pk}", remembered_wish(wish), wish.customer
    wish.delete()
    write(
        by=by,
        customer=customer,
        columns={},
        before={name: held},
        after={name: None},
        batch=batch or new_batch(),
    )


@transaction.atomic
def bring_back_wish(
    *, by: Actor, customer: Customer, number: int, held: Mapping[str, Any], batch: str = ""
) -> None:
    """Note a wish again as it was before it was taken away."""
    require_change(by, customer)
    require_fields(by, ["about"])
    days = {name: _day(held[name]) for name in ("noted_on", "wanted_on", "met_on")}
    Wish(
        pk=number,
        customer=customer,
        text=held["text"],
        folded=fold(held["text"])[:300],
        kind=held["kind"],
        noted_by=Member.objects.filter(pk=held["noted_by"]).first(),
        version=held["version"],
        **days,
    ).save(force_insert=True)
    name = f"wish {number}"
    write(
        by=by,
        customer=customer,
        columns={},
        before={name: None},
        after={name: dict(held)},
        batch=batch or new_batch(),
    )


def _day(text: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None


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
