"""Beside the history: how he is reached, whom he belongs to, what he prefers, buys and sent us."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from kesher.billing.models import Purchase
from kesher.core.access import Guarded, guard, may
from kesher.core.own.models import OwnField
from kesher.customers.models import Customer, EmergencyAccess, Tie
from kesher.customers.queries import open_wishes, ties_in_sight
from kesher.engagement.commands.filing import attach_file
from kesher.engagement.models import Attachment, Consent
from kesher.organization.models import AccessRecord
from kesher.surface.found import found
from kesher.surface.once import once_only
from kesher.surface.page import go, is_fragment, saved
from kesher.web.customers.bought import Bought
from kesher.web.customers.consents import Standing, standing_of
from kesher.web.customers.fields import Field, fields_of, own_sections
from kesher.web.customers.reach import Point
from kesher.web.customers.whole import Whole

Role = Tie.Role
MOST_TIES = 12
MOST_FILES = 6
# What the other one is, when the tie is read from its second end.
INVERSE = {
    Role.EMPLOYEE: gettext_lazy("Employer"), Role.PARENT: gettext_lazy("Child"),
    Role.SPOUSE: gettext_lazy("Spouse"), Role.SIBLING: gettext_lazy("Sibling"),
    Role.MEMBER: gettext_lazy("Household"), Role.PAYER: gettext_lazy("Pays for"),
    Role.REFERRER: gettext_lazy("Referred"), Role.CONTACT: gettext_lazy("Contact person of"),
    Role.OTHER: gettext_lazy("Other"),
}  # fmt: skip


@dataclass(frozen=True)
class Relative:
    """Somebody tied to the customer, as seen from him."""

    name: str
    key: int
    role: str
    url: str
    until: date | None


@dataclass(frozen=True)
class Side:
    """All cards of the side."""

    points: Sequence[Point]
    relatives: Sequence[Relative]
    pays_for: int
    fields: Sequence[Field]
    own: Sequence[tuple[str, Sequence[Field]]]
    may_add_fields: bool
    wishes: Sequence[Guarded]
    consents: Sequence[Standing]
    may_consent: bool
    bought: Bought | None
    may_record: bool  # a purchase by hand
    files: Sequence[Guarded]
    more_files: int
    may_change: bool
    may_merge: bool
    may_attach: bool
    may_see_readers: bool
    may_open: bool  # in an emergency, what is closed to him
    links: dict[str, str]


def side_of(whole: Whole) -> Side:
    """The cards, as far as the reader may read what they hold."""
    relatives, pays_for = _relatives(whole)
    files = sorted((file for held in whole.files.values() for file in held), key=lambda f: -f.pk)
    return Side(
        points=whole.points,
        relatives=relatives,
        pays_for=pays_for,
        fields=fields_of(whole),
        own=own_sections(whole),
        may_add_fields=may(whole.actor, "manage", OwnField),
        wishes=guard(whole.actor, open_wishes(whole.actor, whole.record)),
        consents=[one for one in standing_of(whole.actor, whole.record) if one.counts],
        may_consent=may(whole.actor, "add", Consent),
        bought=whole.bought,
        may_record=may(whole.actor, "add", Purchase),
        files=files[:MOST_FILES],
        more_files=max(0, len(files) - MOST_FILES),
        may_change=whole.may_change,
        may_merge=may(whole.actor, "merge", Customer),
        may_attach=may(whole.actor, "add", Attachment),
        may_see_readers=may(whole.actor, "view", AccessRecord),
        may_open=may(whole.actor, "add", EmergencyAccess)
        and not whole.actor.watched <= whole.actor.clearances,
        links=_links(whole.record.pk),
    )


def _links(pk: int) -> dict[str, str]:
    """Addresses of the forms that change what stands here, where this Kesher has them."""
    found_links = {}
    for name in ("customer-edit", "contacts", "ties", "wishes", "consents", "purchase-new"):
        try:
            found_links[name.replace("-", "_")] = reverse(name, args=[pk])
        except NoReverseMatch:
            continue
    return found_links


def _relatives(whole: Whole) -> tuple[list[Relative], int]:
    found_ties = ties_in_sight(whole.actor, whole.record, MOST_TIES)
    rows = [row for row, _is_seen in found_ties]
    relatives: dict[tuple[int, date | None], Relative] = {}
    pays_for = 0
    for (row, is_seen), tie in zip(found_ties, guard(whole.actor, rows), strict=True):
        is_first = row.customer_id == whole.record.pk
        pk = row.other_id if is_first else row.customer_id
        is_over = bool(row.ends_on and row.ends_on < whole.today)
        pays_for += is_first and row.role == Role.PAYER and not is_over
        role = INVERSE[Role(row.role)] if is_first else tie.get_role_display
        until = row.ends_on if is_over else None
        held = relatives.get((pk, until))
        words = (held.role if held else "", str(role), str(tie.title))
        relatives[pk, until] = Relative(
            name=str(tie.other if is_first else tie.customer),
            key=pk,
            role=" · ".join(filter(None, words)),
            url=reverse("customer", args=[pk]) if is_seen else "",
            until=until,
        )
    return list(relatives.values()), pays_for


@require_safe
def side(request: HttpRequest, pk: int) -> HttpResponse:
    """The side alone, after something changed."""
    whole = Whole(request, pk)
    return render(
        request, "customers/_side.html", {"customer": whole.customer, "side": side_of(whole)}
    )


@require_POST
@once_only
def files(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep the files that were handed in."""
    customer = found(request.actor, Customer, pk)
    attached = []
    for file in request.FILES.getlist("file"):
        attached.append(
            attach_file(
                by=request.actor, customer=customer, chunks=file.chunks(), name=file.name,
                now=timezone.now(), classification=request.POST.get("classification", ""),
            )
        )  # fmt: skip
    if not is_fragment(request):
        return go(request, "customer", pk)
    whole = Whole(request, pk)
    context = {"customer": whole.customer, "side": side_of(whole)}
    undo = reverse("attachment-bin", args=[attached[0].pk]) if len(attached) == 1 else ""
    return saved(
        request, render(request, "customers/_side.html", context), _("The file is kept."), undo=undo
    )
