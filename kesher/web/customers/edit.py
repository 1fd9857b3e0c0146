"""All of a customer in one form. Only what one touched is written; two at once both see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kesher.core.access import guard, may, require
from kesher.core.changes import Clash, EditConflict, new_batch
from kesher.core.person import kept_by
from kesher.core.refusal import Refusal
from kesher.customers.commands.changing import revise_customer
from kesher.customers.commands.leaving import archive, unarchive
from kesher.customers.models import Customer
from kesher.surface.found import found
from kesher.surface.page import tell
from kesher.web.customers.forms import EditForm
from kesher.web.customers.saving import customer_of, undo_address

BESIDE = ("branches", "tags")


def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The form of a customer, and what becomes of it."""
    customer = found(request.actor, Customer, pk, "owner", "team", "source", "preferred_member")
    require(request.actor, "change", customer)
    week_start = request.business.week_start
    if request.method != "POST":
        return _page(request, customer, EditForm(request.actor, customer, week_start=week_start))
    form = EditForm(request.actor, customer, request.POST, week_start)
    if not form.is_valid():
        return _page(request, customer, form)
    return _saved(request, customer, form)


def _page(
    request: HttpRequest,
    customer: Customer,
    form: EditForm,
    *,
    clashes: Sequence[Clash] = (),
    seen: int = 0,
) -> HttpResponse:
    posted = request.POST.get("seen", "")
    version = seen or (int(posted) if _is_number(posted) else customer.version)
    context = {
        "form": form,
        "customer": guard(request.actor, customer),
        "clashes": clashes,
        "seen": version,
        "kept": kept_by(customer),
        "may_bin": may(request.actor, "bin", Customer),
    }
    return render(request, "customers/edit.html", context, status=409 if clashes else form.status)


def _is_number(typed: str) -> bool:
    return typed.isascii() and typed.isdecimal() and len(typed) < 10


def _saved(request: HttpRequest, customer: Customer, form: EditForm) -> HttpResponse:
    posted = request.POST.get("seen", "")
    keep = {name: request.POST.get(f"keep-{name}", "") for name in form.fields}
    values = {name: value for name, value in form.touched.items() if keep[name] != "theirs"}
    beside = {name: values.pop(name) for name in BESIDE if name in values}
    batch = new_batch()
    try:
        revise_customer(
            by=request.actor,
            customer=customer,
            values=values,
            seen=int(posted) if _is_number(posted) else None,
            batch=batch,
            **_differences(form, beside),
        )
    except EditConflict as conflict:
        customer.refresh_from_db()
        clashes = [_in_words(form, clash) for clash in conflict.clashes]
        return _page(request, customer, form, clashes=clashes, seen=customer.version)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        form.add_error(None, str(refusal))
        return _page(request, customer, form)
    is_new = bool(values or beside)
    tell(request, _("Saved."), undo=undo_address(batch) if is_new else "")
    return redirect("customer", customer.pk)


def _differences(form: EditForm, beside: dict[str, Any]) -> dict[str, Any]:
    """What was ticked and unticked, so that others' branches and tags stay."""
    given: dict[str, Any] = {}
    for name, value in beside.items():
        now, before = list(value), list(form.before(name))
        given[f"add_{name}"] = [one for one in now if one not in before]
        given[f"remove_{name}"] = [one for one in before if one not in now]
    return given


def _in_words(form: EditForm, clash: Clash) -> Clash:
    """Both values as the form would show them."""
    name = clash.field.removesuffix("_id")
    if name not in form.fields:
        return clash
    label = form.fields[name].label
    told = replace(
        clash,
        field=name,
        theirs=_shown(form, name, clash.theirs),
        mine=_shown(form, name, clash.mine),
    )
    object.__setattr__(told, "label", label)
    return told


def _shown(form: EditForm, name: str, value: Any) -> Any:
    field = form.fields[name]
    queryset = getattr(field, "queryset", None)
    if queryset is not None and value is not None:
        record = queryset.filter(pk=getattr(value, "pk", value)).first()
        return str(record) if record else ""
    choices = dict(getattr(field, "choices", ()))
    if isinstance(value, list):
        return ", ".join(str(choices.get(one, one)) for one in value)
    if hasattr(value, "year"):
        return date_format(value, "SHORT_DATE_FORMAT")
    if hasattr(value, "strftime"):
        return value.strftime("%H:%M")
    return choices.get(value, value) or ""


@require_POST
def put_aside(request: HttpRequest, pk: int) -> HttpResponse:
    """Archive a customer, or take him back among those we serve."""
    customer, batch = customer_of(request, pk), new_batch()
    if request.POST.get("back"):
        unarchive(by=request.actor, customers=[customer], batch=batch)
        said = _("He is among those we serve again.")
    else:
        archive(by=request.actor, customers=[customer], now=timezone.now(), batch=batch)
        said = _("Archived. He can still be found.")
    tell(request, said, undo=undo_address(batch))
    return redirect("customer", pk)
