"""Who belongs to whom: family, employer, household, whoever pays."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kesher.core.access import guard, label_of, require, visible
from kesher.core.changes import new_batch
from kesher.core.search import find
from kesher.customers.commands.ties import drop_tie, join_household, move_employee, tie, untie
from kesher.customers.models import Customer, Tie
from kesher.customers.queries import ties_of
from kesher.surface.once import once_only
from kesher.web.customers.forms import TieForm
from kesher.web.customers.saving import customer_of, did, done, drawn


@once_only
def ties(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a customer is to others, and tie him to one more."""
    customer = customer_of(request, pk)
    require(request.actor, "change", customer)
    if request.method != "POST":
        return _drawn(request, customer)
    form, batch = TieForm(request.POST), new_batch()
    is_valid = form.is_valid()
    other = _chosen(request, form)
    if other is None:
        form.add_error(None, _("Search for somebody and choose one of those found."))
    if other is None or not is_valid:
        return _drawn(request, customer, form)
    if did(form, lambda: _tie(request, customer, other, form, batch)):
        return _done(request, customer, _("Tied."), batch)
    return _drawn(request, customer, form)


def _chosen(request: HttpRequest, form: TieForm) -> Customer | None:
    number = form.cleaned_data.get("other")
    return visible(request.actor, Customer).filter(pk=number).first() if number else None


def _tie(
    request: HttpRequest, customer: Customer, other: Customer, form: TieForm, batch: str
) -> None:
    values, today = form.cleaned_data, timezone.localdate()
    if values["role"] == Tie.Role.EMPLOYEE and values["moves"]:
        move_employee(
            by=request.actor, customer=customer, to=other, title=values["title"],
            on=values["starts_on"] or today, batch=batch,
        )  # fmt: skip
    elif values["role"] == Tie.Role.MEMBER and other.kind != Customer.Kind.HOUSEHOLD:
        join_household(
            by=request.actor, customer=customer, beside=other,
            on=values["starts_on"] or today, batch=batch,
        )  # fmt: skip
    else:
        tie(
            by=request.actor, customer=customer, other=other, role=values["role"],
            title=values["title"], starts_on=values["starts_on"], batch=batch,
        )  # fmt: skip


def _drawn(request: HttpRequest, customer: Customer, form: TieForm | None = None) -> HttpResponse:
    typed = request.POST.get("q", "") or request.GET.get("q", "")
    context: dict[str, Any] = {
        "customer": guard(request.actor, customer),
        "form": form or TieForm(),
        "typed": typed[:200],
        "found": _people(request, customer, typed),
        "chosen": request.POST.get("other", ""),
        "rows": _rows(request, customer),
    }
    broken = form is not None and form.errors
    return drawn(request, "ties", context, status=422 if broken else 200)


def _rows(request: HttpRequest, customer: Customer) -> list[dict[str, Any]]:
    found = list(ties_of(request.actor, customer))
    ends = {one for row in found for one in (row.customer_id, row.other_id)}
    seen = set(visible(request.actor, Customer).filter(pk__in=ends).values_list("pk", flat=True))
    rows = []
    for row in found:
        is_mine = row.customer_id == customer.pk
        other = row.other if is_mine else row.customer
        rows.append(
            {
                "pk": row.pk,
                "is_mine": is_mine,
                "name": label_of(request.actor, other),
                "other": other.pk if other.pk in seen else None,
                "key": other.pk,
                "role": row.get_role_display(),
                "title": row.title,
                "starts_on": row.starts_on,
                "ends_on": row.ends_on,
            }
        )
    return rows


def _people(request: HttpRequest, customer: Customer, typed: str) -> list[Any]:
    hits = find(request.actor, typed, kinds=["customer"], limit=8) if typed.strip() else []
    return [hit for hit in hits if hit.pk != customer.pk]


@require_POST
def people(request: HttpRequest, pk: int) -> HttpResponse:
    """Those whom the words in the form find, to choose one of them."""
    customer = customer_of(request, pk)
    found = _people(request, customer, request.POST.get("q", ""))
    context = {"found": found, "typed": request.POST.get("q", "")[:200]}
    return render(request, "customers/_people.html", context)


def _done(request: HttpRequest, customer: Customer, said: str, batch: str) -> HttpResponse:
    return done(request, said, lambda: _drawn(request, customer), "ties", customer.pk, batch=batch)


def _tied(request: HttpRequest, pk: int) -> tuple[Tie, Customer]:
    held = visible(request.actor, Tie).select_related("customer", "other").filter(pk=pk).first()
    if held is None:
        raise Http404
    return held, held.customer


def _seen_from(request: HttpRequest, held: Tie) -> Customer:
    """The customer whose dialog it was: a tie has two ends."""
    return held.other if request.POST.get("from") == str(held.other_id) else held.customer


@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that a tie has ended today."""
    held, _customer = _tied(request, pk)
    batch = new_batch()
    untie(by=request.actor, tie=held, on=timezone.localdate(), batch=batch)
    return _done(request, _seen_from(request, held), _("Ended today."), batch)


@require_POST
def removal(request: HttpRequest, pk: int) -> HttpResponse:
    """Take away a tie that was a mistake."""
    held, _customer = _tied(request, pk)
    place, batch = _seen_from(request, held), new_batch()
    drop_tie(by=request.actor, tie=held, batch=batch)
    return _done(request, place, _("Removed."), batch)
