"""Takes the demo away: only what is marked as demo, and never what something real hangs on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from kesher.billing.models import Purchase
from kesher.catalog.models import Product
from kesher.core.access import SYSTEM
from kesher.core.jobs import start_job
from kesher.core.models import Change, EventRecord, Job, SearchEntry
from kesher.core.own.catalogue import refresh
from kesher.core.own.models import OwnField
from kesher.customers.match_keys import forget_keys
from kesher.customers.models import (
    ContactPoint,
    Customer,
    CustomerBranch,
    CustomerTag,
    NameCount,
    Source,
    Tag,
    Tie,
    Wish,
)
from kesher.engagement.models import Attachment, Message, Task, Touch
from kesher.organization.held import forget_rights
from kesher.organization.models import (
    Branch,
    Business,
    Classification,
    Holiday,
    Member,
    MemberBranch,
    Resource,
    Role,
    SavedView,
    Shift,
    Team,
)

AT_ONCE = 400
CLEARED = "demo cleared"
SEARCHED = {
    "customers.customer": "customer",
    "engagement.task": "task",
    "catalog.product": "product",
}


@dataclass
class Cleared:
    """What was removed, by its name, and in sentences what was kept and why."""

    removed: dict[str, int] = field(default_factory=dict)
    kept: list[Any] = field(default_factory=list)

    def count(self, name: str, number: int) -> None:
        if number:
            self.removed[name] = self.removed.get(name, 0) + number


def is_loaded() -> bool:
    """Whether the demo's people work here."""
    return Member.objects.filter(is_demo=True, is_active=True).exists()


def is_wanted() -> bool:
    """Whether a Kesher in which nobody works is still to get its demo: it was not cleared away."""
    is_somebody_here = Business.objects.exists() or Member.objects.exists()
    return not is_somebody_here and not Job.objects.filter(key=CLEARED).exists()


def clear() -> Cleared:
    """Remove the demo in steps, each whole; what real records hang on becomes real and stays."""
    cleared = Cleared()
    _keep_customers_with_real_records(cleared)
    for name, model in (("purchases", Purchase), ("tasks", Task), ("touches", Touch)):
        for ids in _ids(model.objects.filter(is_demo=True)):
            cleared.count(name, _remove(model, ids))
    for ids in _ids(Customer.objects.filter(is_demo=True)):
        cleared.count("customers", _remove_customers(ids))
    with transaction.atomic():
        _remove_words(cleared)
        _remove_organization(cleared)
    return cleared


def _ids(rows: models.QuerySet) -> Iterator[list[int]]:
    """Numbers of what is still there, some at a time, until nothing is."""
    while ids := list(rows.order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        yield ids


# ---- customers


def _keep_customers_with_real_records(cleared: Cleared) -> None:
    """A demo customer of whom somebody noted something is a customer now."""
    of_him = Q(customer=OuterRef("pk"))
    real = [
        Exists(model._default_manager.filter(of_him, is_demo=False))
        for model in (Purchase, Task, Touch, Attachment)
    ]
    real.append(Exists(Message.objects.filter(of_him)))
    real.append(Exists(Wish.objects.filter(of_him, noted_by__isnull=False)))
    for one, other in (("customer", "other"), ("other", "customer")):
        tied = Tie.objects.filter(**{one: OuterRef("pk"), f"{other}__is_demo": False})
        real.append(Exists(tied))
    wanted = Q()
    for condition in real:
        wanted |= Q(condition)
    # All at once, or whoever is tied to the first one kept would seem tied to a real one.
    found = list(Customer.objects.filter(wanted, is_demo=True).values_list("pk", flat=True))
    for at in range(0, len(found), AT_ONCE):
        ids = found[at : at + AT_ONCE]
        Customer.objects.filter(pk__in=ids).update(is_demo=False)
        for model in (Purchase, Task, Touch):
            model._default_manager.filter(customer__in=ids).update(is_demo=False)
    if kept := len(found):
        cleared.kept.append(
            ngettext(
                "Kept %(count)s customer of the demo: real records hang on him.",
                "Kept %(count)s customers of the demo: real records hang on them.",
                kept,
            )
            % {"count": kept}
        )


@transaction.atomic
def _remove(model: type[models.Model], ids: list[int]) -> int:
    label = model._meta.label_lower
    _forget(label, ids)
    _all, by_model = model._default_manager.filter(pk__in=ids).delete()
    return by_model.get(model._meta.label, 0)


@transaction.atomic
def _remove_customers(ids: list[int]) -> int:
    points = list(
        ContactPoint.objects.filter(uses__customer__in=ids).values_list("pk", flat=True).distinct()
    )
    ties = Tie.objects.filter(Q(customer__in=ids) | Q(other__in=ids))
    _forget(Tie._meta.label_lower, list(ties.values_list("pk", flat=True)))
    removed = _remove(Customer, ids)
    forget_keys(ids)
    for at in range(0, len(points), AT_ONCE):
        some = ContactPoint.objects.filter(pk__in=points[at : at + AT_ONCE], uses__isnull=True)
        some.delete()
    return removed


def _forget(label: str, ids: Iterable[int]) -> None:
    """Neither the ledgers nor the search speak of what never was."""
    wanted = list(ids)
    for at in range(0, len(wanted), AT_ONCE):
        part = wanted[at : at + AT_ONCE]
        if label in SEARCHED:
            SearchEntry.objects.filter(kind=SEARCHED[label], record_id__in=part).delete()
        Change.objects.filter(kind=label, record_id__in=part).delete()
        EventRecord.objects.filter(kind=label, record_id__in=part).delete()


# ---- words and the clinic itself


def _remove_words(cleared: Cleared) -> None:
    """Tags, sources and products that nothing real uses; the night counts names anew."""
    NameCount.objects.all().delete()
    unused = {
        Tag: ~Exists(CustomerTag.objects.filter(tag=OuterRef("pk"))),
        Source: ~Exists(Customer.objects.filter(source=OuterRef("pk"))),
        Product: ~Exists(Purchase.objects.filter(product=OuterRef("pk"))),
    }
    for model, condition in unused.items():
        rows = model.objects.filter(condition, is_demo=True)
        _forget(model._meta.label_lower, rows.values_list("pk", flat=True))
        number = rows.count()  # prices go along with products
        rows.delete()
        cleared.count(str(model._meta.verbose_name_plural), number)
        model.objects.filter(is_demo=True).update(is_demo=False)


def _remove_organization(cleared: Cleared) -> None:
    """Staff, places and the business, as far as nobody real needs them."""
    SavedView.objects.filter(is_demo=True).delete()
    Holiday.objects.filter(is_demo=True).delete()
    Resource.objects.filter(is_demo=True).delete()
    real_owner = Member.objects.filter(is_demo=False, is_active=True, role__is_owner=True).exists()
    leaving = Member.objects.filter(is_demo=True)
    if _anything_real() and not real_owner:
        leaving = leaving.exclude(role__is_owner=True)
        cleared.kept.append(
            _("Kept the demo's owner and the business: real records are here, and nobody else "
              "could sign in to them. Invite a real owner, then clear again.")
        )  # fmt: skip
    _forget(Member._meta.label_lower, leaving.values_list("pk", flat=True))
    number = leaving.count()
    leaving.delete()
    cleared.count("members", number)
    _remove_places(cleared)
    if not Member.objects.exists() and not _anything_real():
        _remove_business(cleared)
    elif real_owner:
        Business.objects.filter(is_demo=True).update(is_demo=False)


def _anything_real() -> bool:
    """Whether anybody began to work here in earnest."""
    return (
        Customer.objects.exists()
        or Task.objects.exists()
        or Member.objects.filter(is_demo=False).exists()
    )


def _remove_places(cleared: Cleared) -> None:
    Team.objects.filter(is_demo=True).exclude(
        Exists(Member.teams.through.objects.filter(team=OuterRef("pk")))
    ).exclude(Exists(Customer.objects.filter(team=OuterRef("pk")))).exclude(
        Exists(Task.objects.filter(team=OuterRef("pk")))
    ).delete()
    used = [
        Exists(model._default_manager.filter(branch=OuterRef("pk")))
        for model in (CustomerBranch, MemberBranch, Shift, Resource, Team, Task, Touch)
    ]
    free = Branch.objects.filter(is_demo=True)
    for condition in used:
        free = free.exclude(condition)
    cleared.count("branches", free.delete()[0])
    for model in (Team, Branch):
        model._default_manager.filter(is_demo=True).update(is_demo=False)


def _remove_business(cleared: Cleared) -> None:
    """Nothing is left: the next visit is the first, and the next start brings no demo."""
    start_job(by=SYSTEM, name="demo-clear", key=CLEARED)
    cleared.count("business", Business.objects.filter(is_demo=True).delete()[0])
    if not Business.objects.exists():
        Role.objects.all().delete()
        Classification.objects.all().delete()
        OwnField.objects.all().delete()
        refresh()
        Change.objects.all().delete()
        EventRecord.objects.all().delete()
        forget_rights()
