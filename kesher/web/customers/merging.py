"""Customers who are the same: side by side, what becomes of each field, and the way back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kesher.core.access import Actor, guard, policy_of, readable, require_kind, visible
from kesher.core.person import Answer, answers
from kesher.core.phones import show_phone
from kesher.core.refusal import Refusal
from kesher.core.search import find
from kesher.customers.choosing import COLUMNS, first_filled, held_in, is_empty
from kesher.customers.commands.merging import merge_customers
from kesher.customers.commands.parting import Parted, unmerge_customers
from kesher.customers.commands.telling_apart import take_back_apart, tell_apart
from kesher.customers.mergers import ChangedMeanwhile, refuse_unlike
from kesher.customers.models import Customer, Merger
from kesher.customers.origins import label_of_field, told_value
from kesher.customers.queries import came_later, names_merged, pairs_apart
from kesher.organization.queries import business
from kesher.surface.found import found
from kesher.surface.once import once_only
from kesher.surface.page import go, is_fragment, tell
from kesher.web.customers.saving import customer_of, drawn
from kesher.web.lists.stayed import stayed_line

MOST = 5  # side by side
LABELS = {
    "name": gettext_lazy("Name"),
    "preferred_from": gettext_lazy("Hours for calls"),
    "phone": gettext_lazy("First telephone"),
    "email": gettext_lazy("First e-mail"),
}


class TooMany(Refusal):
    """More than anybody can compare."""

    message = gettext_lazy("Choose two to five customers to merge.")


@dataclass(frozen=True)
class Side:
    """One of those who are compared."""

    customer: Any
    pk: int
    version: int
    moves: Sequence[str]  # what hangs on him, counted
    is_main: bool
    address: str  # of the page on which he is the one that goes on


@dataclass(frozen=True)
class Cell:
    """What one of them holds of a field."""

    pk: int
    name: str  # of the customer
    value: Any
    is_on: bool


@dataclass(frozen=True)
class Row:
    """A field, side by side."""

    name: str
    label: Any
    cells: Sequence[Cell]
    value: Any  # what stays unless somebody chooses otherwise


@dataclass
class Compared:
    """All that the page shows of them."""

    sides: list[Side]
    differing: list[Row] = field(default_factory=list)
    settled: list[Row] = field(default_factory=list)


@require_http_methods(["GET", "POST"])
@once_only
def merge(request: HttpRequest) -> HttpResponse:
    """Compare customers side by side and make one of them."""
    require_kind(request.actor, "merge", Customer)
    given = request.POST if request.method == "POST" else request.GET
    customers = _customers(request.actor, given)
    if len(customers) == 1:
        tell(request, _("These are one customer already."))
        return redirect("customer", customers[0].pk)
    if request.method != "POST":
        return _compared(request, customers)
    chosen = {
        name: int(given[f"keep.{name}"])
        for name in COLUMNS
        if given.get(f"keep.{name}", "").isdecimal()
    }
    versions = {
        one.pk: int(seen)
        for one in customers
        if (seen := given.get(f"seen.{one.pk}", "")).isdecimal()
    }
    survivor, *others = customers
    try:
        merger = merge_customers(
            by=request.actor, survivor=survivor, others=others, chosen=chosen, versions=versions
        )
    except ChangedMeanwhile as refusal:
        return _compared(request, _customers(request.actor, given), chosen, refusal)
    said = _("%(names)s: now one customer.") % {"names": _names(request.actor, customers)}
    tell(request, said, undo=reverse("merger-parting", args=[merger.pk]))
    return go(request, "customer", survivor.pk)


def _customers(actor: Actor, given: QueryDict) -> list[Customer]:
    """Those of the address, each once; the one that goes on comes first."""
    said = [number for part in given.getlist("ids") for number in part.split(",")]
    numbers = [int(n) for n in said if n.isascii() and n.isdecimal() and len(n) < 19]
    if len(set(numbers)) < 2 or len(set(numbers)) > MOST:
        raise TooMany
    held = {one.pk: one for one in (found(actor, Customer, n) for n in dict.fromkeys(numbers))}
    main = given.get("into", "")
    main = main if main.isdecimal() and int(main) in held else next(iter(held))
    return sorted(held.values(), key=lambda one: one.pk != int(main))


def _names(actor: Actor, customers: Sequence[Customer]) -> str:
    return ", ".join(f"\u2068{one}\u2069" for one in guard(actor, customers))


def _compared(
    request: HttpRequest,
    customers: list[Customer],
    chosen: Mapping[str, int] | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    actor = request.actor
    context: dict[str, Any] = {
        "compared": compared(actor, customers, chosen or {}),
        "survivor": guard(actor, customers[0]),
        "count": f"n{len(customers)}",
        "ids": ",".join(str(one.pk) for one in _in_order(customers)),
        "error": refusal,
        "pairs": pairs_apart(actor, [one.pk for one in customers]),
    }
    try:
        refuse_unlike(customers, {})
    except Refusal as found_refusal:
        context["stops"] = found_refusal
    return render(
        request, "customers/merge.html", context, status=refusal.status if refusal else 200
    )


# ---- side by side


def compared(actor: Actor, customers: Sequence[Customer], chosen: Mapping[str, int]) -> Compared:
    """Each field as far as the actor may read it: what they disagree in first."""
    page, shown = Compared(_sides(actor, customers)), _in_order(customers)
    for name in COLUMNS:
        if name not in readable(actor, Customer):
            continue
        held = [held_in(one, name) for one in customers]
        said = [one for one in held if not is_empty(one)]
        if not said:
            continue
        stays = chosen.get(name, first_filled(customers, name).pk)
        cells = [
            Cell(one.pk, str(seen), _told(actor, one, name), one.pk == stays)
            for one, seen in zip(shown, guard(actor, shown), strict=True)
        ]
        value = next(cell.value for cell in cells if cell.is_on)
        row = Row(name, LABELS.get(name) or label_of_field(name), cells, value)
        is_settled = all(one == said[0] for one in said)
        (page.settled if is_settled else page.differing).append(row)
    return page


def _in_order(customers: Sequence[Customer]) -> list[Customer]:
    """As they stand on the page, whoever of them goes on."""
    return sorted(customers, key=lambda one: one.pk)


def _sides(actor: Actor, customers: Sequence[Customer]) -> list[Side]:
    ids = ",".join(str(one.pk) for one in _in_order(customers))
    return [
        Side(
            guard(actor, one), one.pk, one.version, moves_of(actor, one), one is customers[0],
            f"{reverse('customers-merge')}?ids={ids}&into={one.pk}",
        )
        for one in _in_order(customers)
    ]  # fmt: skip


def _told(actor: Actor, customer: Customer, name: str) -> Any:
    """What a customer holds of a field, in the words of people."""
    if is_empty(held_in(customer, name)):
        return ""
    if name == "phone":
        return show_phone(customer.phone, business().country)
    if name == "preferred_from":
        hours = (customer.preferred_from, customer.preferred_until)
        return "\u2013".join(f"{one:%H:%M}" if one else "" for one in hours)
    if name == "name":
        return customer.name
    column = COLUMNS[name][0]
    return told_value(actor, name, getattr(customer, column))


def moves_of(actor: Actor, customer: Customer) -> list[str]:
    """What hangs on a customer, counted, as far as the actor sees it."""
    counts: Counter[type[Model]] = Counter()
    words: dict[type[Model], Any] = {}
    for said in answers(Customer):
        if not said.counted or not _may_count(actor, said):
            continue
        rows = visible(actor, said.model).filter(**{said.via: customer.pk})
        words[said.model] = said.counted
        counts[said.model] += rows.count()
    return [str(words[model] % {"count": n}) for model, n in counts.items() if n]


def _may_count(actor: Actor, said: Answer) -> bool:
    """Who may not read what a row says does not learn how many there are."""
    needed = {said.via, *policy_of(said.model).label}
    return needed <= readable(actor, said.model)


# ---- and back


def _merger(request: HttpRequest, pk: int) -> Merger:
    require_kind(request.actor, "merge", Customer)
    held = visible(request.actor, Merger).select_related("survivor").filter(pk=pk).first()
    if held is None:
        raise Http404
    return held


@require_safe
def merger(request: HttpRequest, pk: int) -> HttpResponse:
    """Who was merged with whom, and what taking them apart would do."""
    held = _merger(request, pk)
    context = {
        "merger": guard(request.actor, held),
        "customer": guard(request.actor, held.survivor),
        "names": names_merged(request.actor, [held])[held.pk],
        "later": came_later(request.actor, held) if held.parted_at is None else (),
    }
    return drawn(request, "merger", context)


@require_POST
def parting(request: HttpRequest, pk: int) -> HttpResponse:
    """Take customers apart; what could not go back, and what came since, is named."""
    done = unmerge_customers(by=request.actor, merger=_merger(request, pk))
    said = _("Taken apart: %(names)s.") % {
        "names": _names(request.actor, [done.survivor, *done.customers])
    }
    if not done.stayed and not done.later:
        tell(request, said)
        return go(request, "customer", done.survivor.pk)
    return _left(request, done, said)


def _left(request: HttpRequest, done: Parted, said: str) -> HttpResponse:
    context = {
        "customer": guard(request.actor, done.survivor),
        "said": said,
        "risen": guard(request.actor, done.customers),
        "lines": [stayed_line(one, request.actor) for one in done.stayed],
        "later": done.later,
    }
    response = drawn(request, "parted", context)
    if is_fragment(request):
        response["HX-Retarget"], response["HX-Reswap"] = "#dialog", "innerHTML"
    return response


# ---- not the same, or the same as somebody else


@require_POST
def apart(request: HttpRequest) -> HttpResponse:
    """Say that customers are not the same, or take that back."""
    require_kind(request.actor, "merge", Customer)
    customers = _customers(request.actor, request.POST)
    if "back" in request.POST:
        take_back_apart(by=request.actor, customers=customers)
        ids = ",".join(str(one.pk) for one in customers)
        return redirect(f"{reverse('customers-merge')}?ids={ids}")
    tell_apart(by=request.actor, customers=customers)
    said = _("%(names)s: not the same. Nobody will ask again.")
    tell(request, said % {"names": _names(request.actor, customers)})
    return go(request, "customer", customers[0].pk)


@require_safe
def same(request: HttpRequest, pk: int) -> HttpResponse:
    """Find the other one, who is the same."""
    require_kind(request.actor, "merge", Customer)
    customer = customer_of(request, pk)
    typed = request.GET.get("q", customer.name)[:200]
    hits = find(request.actor, typed, kinds=["customer"], limit=9) if typed.strip() else []
    context = {
        "customer": guard(request.actor, customer),
        "typed": typed,
        "hits": [hit for hit in hits if hit.pk != customer.pk],
        "merge": reverse("customers-merge"),
    }
    if request.headers.get("HX-Target") == "same-people":
        return render(request, "customers/_same_people.html", context)
    return drawn(request, "same", context)
