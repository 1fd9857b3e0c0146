"""The settings of own fields, and the form that makes one where it is missed."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kesher.core.access import require_kind, visible
from kesher.core.fields import kind_of
from kesher.core.jobs import job_of
from kesher.core.own import commands
from kesher.core.own.catalogue import in_use, keepers, own_fields
from kesher.core.own.converting import (
    cancel_own_type,
    change_own_type,
    try_own_type,
    undo_own_type,
)
from kesher.core.own.models import OwnField
from kesher.surface.lists.declaring import listing_of
from kesher.surface.once import once_only
from kesher.surface.page import is_fragment, tell
from kesher.web.organization.frame import done, settings_page
from kesher.web.organization.saving import save, saved
from kesher.web.own.forms import ChangedFieldForm, NewFieldForm, TypeForm


@require_safe
def fields(request: HttpRequest) -> HttpResponse:
    """All fields of the business's own, by kind and in order."""
    require_kind(request.actor, "manage", OwnField)
    kinds = [_kind(keeper.kind) for keeper in keepers()]
    return settings_page(request, "own/fields.html", "own-fields", kinds=kinds)


def _kind(kind: str) -> dict[str, Any]:
    held = own_fields(kind, with_retired=True)
    return {
        "name": kind,
        "label": kind_of(kind).labels,
        "rows": in_use(held),
        "retired": [one for one in held if one.retired_at],
    }


@once_only
def new(request: HttpRequest) -> HttpResponse:
    """The form for a field, and what becomes of it."""
    actor = request.actor
    require_kind(actor, "manage", OwnField)
    kind = request.POST.get("kind") or request.GET.get("kind", "customers")
    if kind not in {keeper.kind for keeper in keepers()}:
        raise Http404
    if request.method != "POST":
        return _new_page(request, kind, NewFieldForm(actor=actor, initial=_offered(request)))
    form = NewFieldForm(request.POST, actor=actor)
    made = saved(form, lambda: _add(request, kind, form)) if form.is_valid() else None
    if made is None:
        return _new_page(request, kind, form)
    said = _("“%(name)s” is in forms and lists now.") % {"name": made.label}
    tell(request, said)
    address = _back(request, kind, made.key)
    if is_fragment(request):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)


def _offered(request: HttpRequest) -> dict[str, str]:
    return {"classification": "open", "currency": request.business.currency}


def _add(request: HttpRequest, kind: str, form: NewFieldForm) -> OwnField:
    given = form.cleaned_data
    wanted = commands.NewOwnField(
        kind=kind, labels=form.labels, type=given["type"], choices=form.offered,
        classification=given["classification"], hint=given["hint"], section=given["section"],
        is_required=given["is_required"], default=given["default"], currency=given["currency"],
    )  # fmt: skip
    return commands.add_own_field(by=request.actor, new=wanted)


def _new_page(request: HttpRequest, kind: str, form: NewFieldForm) -> HttpResponse:
    context = {
        "form": form,
        "kind": kind,
        "labels": kind_of(kind).labels,
        "next": request.POST.get("next") or request.GET.get("next", ""),
        "in": request.POST.get("in") or request.GET.get("in", ""),
    }
    if is_fragment(request):
        return render(request, "own/_new.html", context, status=form.status)
    return settings_page(request, "own/new.html", "own-fields", form.status, **context)


def _back(request: HttpRequest, kind: str, key: str) -> str:
    """Where the field was missed; a list shows it as its last column."""
    if "in" in request.POST and request.POST.get("next") == "list":
        held = parse_qsl(request.POST["in"][:8000], keep_blank_values=True)
        shown = dict(held).get("cols") or ",".join(listing_of(kind).columns)
        rest = [pair for pair in held if pair[0] != "cols"]
        return f"{reverse(kind)}?{urlencode([*rest, ('cols', f'{shown},{key}')])}"
    address = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    return address if is_ours and address.startswith("/") else reverse("own-fields")


@once_only
def field(request: HttpRequest, pk: int) -> HttpResponse:
    """One field: its names, its choices, who reads it."""
    require_kind(request.actor, "manage", OwnField)
    one = _one(request, pk)
    posted = request.POST if request.method == "POST" else None
    form = ChangedFieldForm(posted, one=one, actor=request.actor)
    if posted is not None and form.is_valid():
        seen = form.cleaned_data["seen"]
        values = form.values
        if save(
            form,
            lambda: commands.change_own_field(
                by=request.actor, own_field=one, values=values, seen=seen
            ),
        ):
            return done(request, _("The field is saved."), "own-fields")
    return settings_page(
        request, "own/field.html", "own-fields", form.status, form=form, one=one,
        kind_label=kind_of(one.kind).labels,
        work=job_of(request.actor, one.next["job"]) if one.next else None,
    )  # fmt: skip


def type_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Try what another type would do to a field's values, and do it."""
    require_kind(request.actor, "manage", OwnField)
    one = _one(request, pk)
    form = TypeForm(request.POST or None, one=one, initial={"currency": request.business.currency})
    trial = None
    if form.is_bound and form.is_valid():
        wanted = saved(form, lambda: form.wanted)
        if wanted is not None and "go" not in request.POST:
            trial = try_own_type(request.actor, one, wanted)
        elif wanted is not None and save(
            form, lambda: change_own_type(by=request.actor, own_field=one, wanted=wanted)
        ):
            return done(request, _("Its values are being converted."), "own-field", pk)
    return settings_page(
        request, "own/type.html", "own-fields", form.status, form=form, one=one, trial=trial,
        kind_label=kind_of(one.kind).labels,
    )  # fmt: skip


@require_safe
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a change of type has come."""
    require_kind(request.actor, "manage", OwnField)
    one = _one(request, pk)
    work = job_of(request.actor, one.next["job"]) if one.next else None
    if one.next is None and is_fragment(request):
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return render(request, "own/_progress.html", {"one": one, "work": work})


@require_POST
def type_cancelling(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop a change of type half-way."""
    require_kind(request.actor, "manage", OwnField)
    cancel_own_type(by=request.actor, own_field=_one(request, pk))
    return done(request, _("Cancelled. The field is what it was."), "own-field", pk)


@require_POST
def type_return(request: HttpRequest, pk: int) -> HttpResponse:
    """Go back to the type before."""
    require_kind(request.actor, "manage", OwnField)
    undo_own_type(by=request.actor, own_field=_one(request, pk))
    return done(request, _("The field is what it was, with all that it held."), "own-field", pk)


def _one(request: HttpRequest, pk: int) -> OwnField:
    one = visible(request.actor, OwnField, "manage").filter(pk=pk).first()
    if one is None:
        raise Http404
    return one


@require_POST
def retirement(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a field out of use."""
    require_kind(request.actor, "manage", OwnField)
    one = _one(request, pk)
    commands.retire_own_field(by=request.actor, own_field=one, now=timezone.now())
    return done(request, _("Retired. What it held is kept, and comes back with it."), "own-fields")


@require_POST
def comeback(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a retired field into use again."""
    require_kind(request.actor, "manage", OwnField)
    commands.restore_own_field(by=request.actor, own_field=_one(request, pk))
    return done(request, _("The field is back, with all that it held."), "own-fields")


@require_POST
def place(request: HttpRequest, pk: int) -> HttpResponse:
    """Move a field up or down among its like."""
    require_kind(request.actor, "manage", OwnField)
    one = _one(request, pk)
    keys = [held.key for held in own_fields(one.kind)]
    if one.key in keys:
        at = keys.index(one.key)
        to = at + (-1 if request.POST.get("to") == "up" else 1)
        if 0 <= to < len(keys):
            keys[at], keys[to] = keys[to], keys[at]
            commands.order_own_fields(by=request.actor, kind=one.kind, keys=keys)
    return redirect("own-fields")
