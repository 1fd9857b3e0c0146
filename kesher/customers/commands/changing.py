from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from kesher.core.access import Actor
from kesher.core.changes import change, new_batch
from kesher.core.columns import OWN_PREFIX, held_in
from kesher.core.events import announce
from kesher.core.own.catalogue import own_field
from kesher.core.own.index import find_anew, own_of
from kesher.core.own.values import checked
from kesher.core.refusal import Refusal
from kesher.core.search import index
from kesher.customers import typed
from kesher.customers.commands.adding import NumberTaken
from kesher.customers.commands.assigning import assign
from kesher.customers.events import CustomerChanged
from kesher.customers.models import Customer, Source, Tie
from kesher.customers.writing import CHUNK, require_change, require_fields
from kesher.organization.models import Branch

NAMES = ("kind", "first_name", "last_name", "name")
FOUND_BY = frozenset((*NAMES, "birth_on", "reference", "city", "owner", "team"))
CHANGEABLE = frozenset(
    (
        *NAMES, "reference", "gender", "birth_on", "language", "city", "preferred_channel",
        "preferred_member", "preferred_days", "preferred_from", "preferred_until", "owner", "team",
        "source", "stage", "since_on", "about",
    )
)  # fmt: skip


class NotChangeable(Refusal):
    """A field that is kept by other commands, or that does not exist."""

    message = _("“%(field)s” cannot be changed here.")


class HoursReversed(Refusal):
    """He wants calls before he wants them."""

    message = _("“Not before” must be earlier than “not after”.")


@transaction.atomic
def change_customer(
    *,
    by: Actor,
    customer: Customer,
    values: Mapping[str, Any],
    seen: int | None = None,
    batch: str = "",
) -> Customer:
    """Change what is known of a customer; what a colleague changed meanwhile is merged or shown."""
    require_change(by, customer)
    asked = {name.removesuffix("_id"): value for name, value in values.items()}
    require_fields(by, list(asked))
    kept = _kept(customer, asked)
    _refuse_taken(customer, kept)
    current, changed = change(
        by=by, record=customer, values=kept, seen=seen, batch=batch or new_batch()
    )
    if not changed:
        return current
    _refuse_reversed(current)
    if not changed.keys().isdisjoint(NAMES):
        _rename(current, was_other_kind="kind" in changed)
    if own := own_of(changed):
        find_anew(current, own)
    if own or not changed.keys().isdisjoint(FOUND_BY):
        index("customer", [current.pk])
    if current.kind == Customer.Kind.ORGANISATION and "name" in changed:
        _index_employees(current)
    announce(CustomerChanged(customer_id=current.pk), by=by, about=current)
    return current


def _kept(customer: Customer, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The values as they are kept, each checked; a whole name becomes its parts."""
    for name in asked:
        if name not in CHANGEABLE and own_field("customers", name) is None:
            raise NotChangeable(field=name)
    kept = {name: _checked(name, value, customer) for name, value in asked.items()}
    kind = kept.get("kind", customer.kind)
    if kind == Customer.Kind.PERSON and kept.get("name") and not kept.get("last_name"):
        whole = kept.pop("name")
        if not (kept.get("first_name") or whole == customer.name):
            kept["first_name"], kept["last_name"] = typed.split_name(whole)
    return kept


def _checked(name: str, value: Any, customer: Customer) -> Any:
    if name.startswith(OWN_PREFIX) and (own := own_field("customers", name)):
        return checked(own, value, held_in(customer, name))
    if name in typed.CHOICES:
        return typed.checked_choice(name, value or "")
    if name in typed.TEXTS:
        text = typed.checked_text(name, value)
        return text or None if name == "reference" else text
    if name in typed.DAYS:
        return typed.checked_day(name, value)
    if name == "preferred_days":
        return typed.checked_days(value or [])
    if name == "source" and isinstance(value, str):
        return _source(value)
    field: Any = Customer._meta.get_field(name)
    if field.is_relation and value is not None and not isinstance(value, Model):
        return field.related_model._default_manager.get(pk=value)
    return value


def _source(name: str) -> Source | None:
    kept = typed.fitted(Source, "name", name)
    return Source.objects.get_or_create(name=kept)[0] if kept else None


def _index_employees(employer: Customer) -> None:
    """Those who work there are found by its name."""
    jobs = Tie.objects.filter(other=employer, role=Tie.Role.EMPLOYEE, ends_on=None)
    ids = list(jobs.values_list("customer_id", flat=True))
    for at in range(0, len(ids), CHUNK):
        index("customer", ids[at : at + CHUNK])


def _refuse_taken(customer: Customer, kept: Mapping[str, Any]) -> None:
    number = kept.get("reference")
    if number and Customer.objects.filter(reference=number).exclude(pk=customer.pk).exists():
        raise NumberTaken(number=number)


def _refuse_reversed(current: Customer) -> None:
    first, last = current.preferred_from, current.preferred_until
    if first and last and first >= last:
        raise HoursReversed


def _rename(current: Customer, *, was_other_kind: bool) -> None:
    """The name that is shown and sorted by follows from its parts, also from merged ones."""
    has_parts = current.kind == Customer.Kind.PERSON and not was_other_kind
    whole = "" if has_parts else current.name
    first, last, name = typed.named(current.kind, current.first_name, current.last_name, whole)
    current.first_name, current.last_name, current.name = first, last, name
    current.sort_name = typed.sort_name(first, last, name)
    current.save(update_fields=["first_name", "last_name", "name", "sort_name"])


@transaction.atomic
def revise_customer(
    *,
    by: Actor,
    customer: Customer,
    values: Mapping[str, Any],
    add_branches: Sequence[Branch] = (),
    remove_branches: Sequence[Branch] = (),
    add_tags: Sequence[str] = (),
    remove_tags: Sequence[str] = (),
    seen: int | None = None,
    batch: str = "",
) -> Customer:
    """Change all that a form said of a customer, or nothing of it."""
    batch = batch or new_batch()
    changed = change_customer(by=by, customer=customer, values=values, seen=seen, batch=batch)
    if add_branches or remove_branches or add_tags or remove_tags:
        assign(
            by=by,
            customers=[changed],
            add_branches=add_branches,
            remove_branches=remove_branches,
            add_tags=add_tags,
            remove_tags=remove_tags,
            batch=batch,
        )
    return changed
