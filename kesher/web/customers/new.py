"""A new customer: a number and a name, and a warning while one types if he seems to be here."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kesher.core.access import guard, require_kind, visible
from kesher.core.refusal import Refusal
from kesher.customers.commands.adding import NewCustomer, add_customer
from kesher.customers.commands.ties import add_beside
from kesher.customers.duplicates import LookAlikes, Typed, look_alikes
from kesher.customers.models import Customer
from kesher.surface.once import once_only
from kesher.surface.page import go, is_fragment
from kesher.web.customers.forms import NewForm
from kesher.web.own.inputs import said_of


@once_only
def new(request: HttpRequest) -> HttpResponse:
    """The form for somebody new, and what becomes of it."""
    require_kind(request.actor, "add", Customer)
    if request.method != "POST":
        form = NewForm(request.actor, initial=_offered(request))
        return _page(request, form, LookAlikes())
    form = NewForm(request.actor, request.POST)
    if not form.is_valid():
        return _page(request, form, LookAlikes())
    return _added(request, form)


@require_POST
def alike(request: HttpRequest) -> HttpResponse:
    """Those who seem to be the one who is being typed, as a part of the form."""
    require_kind(request.actor, "add", Customer)
    form = NewForm(request.actor, request.POST)
    form.is_valid()  # half a form is read as far as it goes
    found = look_alikes(request.actor, _typed(form.cleaned_data))
    return render(request, "customers/_alike.html", _alike(request, found))


def _offered(request: HttpRequest) -> dict[str, str]:
    """What a search that found nobody hands on: digits are a number, words are a name."""
    typed = request.GET.get("q", "")[:200]
    if not typed:
        return {}
    if "@" in typed:
        return {"email": typed}
    is_number = sum(c.isdigit() for c in typed) > len(typed) / 2
    return {"phone": typed} if is_number else {"name": typed}


def _page(
    request: HttpRequest, form: NewForm, found: LookAlikes, *, status: int = 0
) -> HttpResponse:
    context = {"form": form, **_alike(request, found)}
    template = "customers/_new.html" if is_fragment(request) else "customers/new.html"
    return render(request, template, context, status=status or form.status)


def _alike(request: HttpRequest, found: LookAlikes) -> dict[str, Any]:
    rows = [
        {
            "customer": guard(request.actor, one.customer),
            "reasons": one.reasons,
            "is_certain": one.is_certain,
            "is_family": one.is_family,
            "is_binned": one.customer.binned_at is not None,
        }
        for one in found.seen
    ]
    return {"alike": rows, "hidden": found.hidden}


def _typed(values: dict[str, Any]) -> Typed:
    return Typed(
        kind=values.get("kind") or Customer.Kind.PERSON,
        name=values.get("name", ""),
        phones=[values["phone"]] if values.get("phone") else [],
        emails=[values["email"]] if values.get("email") else [],
        birth_on=values.get("birth_on"),
        city=values.get("city", ""),
    )


def _added(request: HttpRequest, form: NewForm) -> HttpResponse:
    values = form.cleaned_data
    beside = _beside(request)
    found = look_alikes(request.actor, _typed(values))
    if found and not (request.POST.get("anyway") or beside):
        return _page(request, form, found, status=409)
    try:
        number = _do(request, values, said_of(form, values), beside)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        form.add_error(None, str(refusal))
        return _page(request, form, found, status=refusal.status)
    messages.success(request, _("%(name)s is here now.") % {"name": values["name"]})
    return go(request, "customer", number)


def _beside(request: HttpRequest) -> Customer | None:
    """Somebody whose household the new one joins."""
    typed = request.POST.get("beside", "")
    if not (typed.isascii() and typed.isdecimal() and len(typed) < 19):
        return None
    return visible(request.actor, Customer, "change").filter(pk=int(typed)).first()


def _do(
    request: HttpRequest, values: dict[str, Any], own: dict[str, Any], beside: Customer | None
) -> int:
    new = NewCustomer(
        kind=values["kind"],
        name=values["name"],
        phones=[values["phone"]] if values.get("phone") else [],
        emails=[values["email"]] if values.get("email") else [],
        city=values["city"],
        birth_on=values.get("birth_on"),
        language=values["language"],
        stage=values["stage"],
        source=values["source"],
        tags=values["tags"],
        owner=values["owner"],
        branches=list(values.get("branches", ())),
        about=values.get("about", ""),
        own=own,
    )
    if beside is None:
        return add_customer(by=request.actor, customer=new).pk
    day = timezone.localdate()
    return add_beside(by=request.actor, customer=new, beside=beside, on=day).pk
