"""The log of readings in words: who was shown what is watched, of whom, where and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kesher.core.access import Actor, guard, visible
from kesher.customers.models import Customer
from kesher.organization.models import AccessRecord, Classification

WORDS = {
    "customers.customer": _("Fields"),
    "engagement.touch": _("Notes and touches"),
    "engagement.attachment": _("Files"),
    "engagement.message": _("Messages"),
    "billing.purchase": _("Purchases"),
}


@dataclass(frozen=True)
class Line:
    """One reading."""

    who: str
    viewed_as: str
    what: Any
    classification: str
    surface: Any
    rows: int
    at: datetime
    customer: str
    url: str
    is_many: bool  # a list or file of many, not of one


def before_of(request: HttpRequest) -> int | None:
    """Behind which reading the page begins."""
    typed = request.GET.get("before", "")
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 18 else None


def names_of_classes(actor: Actor) -> dict[str, str]:
    """What each classification is called."""
    return {one.key: str(one) for one in visible(actor, Classification)}


def lines_of(actor: Actor, rows: Sequence[AccessRecord]) -> list[Line]:
    """Readings in words; a customer out of the reader's sight has no name here."""
    classes = names_of_classes(actor)
    kind = Customer._meta.label_lower
    ids = {row.record_id for row in rows if row.kind == kind and row.record_id}
    seen = {one.pk: one for one in guard(actor, visible(actor, Customer).filter(pk__in=ids))}
    lines = []
    for row in rows:
        customer = seen.get(row.record_id) if row.kind == kind else None
        lines.append(
            Line(
                row.member_name, row.viewed_as, WORDS.get(row.what, _kind_name(row.what)),
                classes.get(row.classification, row.classification), row.get_surface_display(),
                row.rows, row.read_at, str(customer.name) if customer else "",
                reverse("customer", args=[customer.pk]) if customer else "",
                row.record_id is None,
            )
        )  # fmt: skip
    return lines


def _kind_name(label: str) -> str:
    try:
        return str(apps.get_model(label)._meta.verbose_name_plural)
    except LookupError:
        return label
