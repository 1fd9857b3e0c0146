"""How a customer is reached: every number, e-mail and address, with those who share it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kesher.core.access import guard, require, visible
from kesher.core.changes import new_batch
from kesher.customers.commands.contacts import (
    add_contact,
    change_contact,
    prefer_contact,
    remove_contact,
)
from kesher.customers.models import Customer, CustomerContact
from kesher.customers.queries import contacts_of, sharers_of
from kesher.surface.once import once_only
from kesher.web.customers.forms import ChangedContactForm, ContactForm
from kesher.web.customers.saving import customer_of, did, done, drawn

ICONS = {"phone": "phone", "email": "mail", "address": "map-pin", "messenger": "message",
         "fax": "printer"}  # fmt: skip
LTR = ("phone", "email", "fax")


@once_only
def contacts(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how a customer is reached, and add a way."""
    customer = customer_of(request, pk)
    require(request.actor, "change", customer)
    if request.method != "POST":
        return _drawn(request, customer)
    form, batch = ContactForm(request.POST), new_batch()
    if form.is_valid() and did(
        form,
        lambda: add_contact(by=request.actor, customer=customer, batch=batch, **form.cleaned_data),
    ):
        return _done(request, customer, _("Added."), batch)
    return _drawn(request, customer, form)


def _drawn(
    request: HttpRequest,
    customer: Customer,
    form: ContactForm | None = None,
    changed: tuple[int, ChangedContactForm] | None = None,
) -> HttpResponse:
    rows = contacts_of(request.actor, customer)
    sharers = sharers_of(request.actor, rows)
    context: dict[str, Any] = {
        "customer": guard(request.actor, customer),
        "form": form or ContactForm(),
        "rows": [
            {
                "pk": row.pk,
                "kind": row.point.get_kind_display(),
                "icon": ICONS[row.point.kind],
                "is_ltr": row.point.kind in LTR,
                "is_first": row.rank == 0,
                "is_alone": sum(one.point.kind == row.point.kind for one in rows) == 1,
                "raw": row.raw,
                "label": row.label,
                "valid_until": row.valid_until,
                "sharers": sharers.get(row.point_id),
                "errors": changed[1].errors if changed and changed[0] == row.pk else None,
                "form": changed[1] if changed and changed[0] == row.pk else None,
            }
            for row in rows
        ],
    }
    broken = (form and form.errors) or (changed and changed[1].errors)
    return drawn(request, "contacts", context, status=422 if broken else 200)


def _done(request: HttpRequest, customer: Customer, said: str, batch: str) -> HttpResponse:
    return done(
        request, said, lambda: _drawn(request, customer), "contacts", customer.pk, batch=batch
    )


def _contact(request: HttpRequest, pk: int) -> CustomerContact:
    rows = visible(request.actor, CustomerContact).select_related("customer", "point")
    contact = rows.filter(pk=pk).first()
    if contact is None:
        raise Http404
    return contact


@require_POST
def contact(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct one way to reach a customer."""
    held = _contact(request, pk)
    form, batch = ChangedContactForm(request.POST), new_batch()
    if form.is_valid() and did(
        form,
        lambda: change_contact(by=request.actor, contact=held, batch=batch, **form.cleaned_data),
    ):
        return _done(request, held.customer, _("Saved."), batch)
    return _drawn(request, held.customer, changed=(pk, form))


@require_POST
def first(request: HttpRequest, pk: int) -> HttpResponse:
    """Prefer one of its kind."""
    held, batch = _contact(request, pk), new_batch()
    prefer_contact(by=request.actor, contact=held, batch=batch)
    return _done(request, held.customer, _("Preferred from now on."), batch)


@require_POST
def removal(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one away."""
    held, batch = _contact(request, pk), new_batch()
    remove_contact(by=request.actor, contact=held, batch=batch)
    return _done(request, held.customer, _("Removed."), batch)
