"""What is kept closely of a customer: who may read it, who has, and opening it in an emergency."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from kesher.core.access import guard, require_kind
from kesher.core.refusal import Refusal
from kesher.customers.commands.emergency import (
    LONGEST,
    ReasonMissing,
    end_emergency_access,
    take_emergency_access,
)
from kesher.customers.emergency import closed_to, emergencies_of
from kesher.customers.models import Customer, EmergencyAccess
from kesher.customers.readers import PAGE, accesses_to, readers_of
from kesher.organization.models import AccessRecord, Classification
from kesher.surface.found import found
from kesher.surface.once import once_only
from kesher.surface.page import go, tell
from kesher.web.customers.forms import Form
from kesher.web.customers.saving import customer_of, drawn
from kesher.web.reading import before_of, lines_of, names_of_classes

MOST = 20


class EmergencyForm(Form):
    """What to open, and why."""

    classification = forms.TypedChoiceField(
        label=gettext_lazy("What must be read"), coerce=int, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=gettext_lazy("What is the emergency?"), max_length=LONGEST,
        error_messages={"required": ReasonMissing.message},
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def __init__(self, *args: Any, closed: list[Classification], **named: Any):
        super().__init__(*args, **named)
        self.fields["classification"].choices = [(one.pk, str(one)) for one in closed]
        if len(closed) == 1:
            self.initial.setdefault("classification", closed[0].pk)


@once_only
def emergency(request: HttpRequest, pk: int) -> HttpResponse:
    """Open for an hour what one's role does not read, with a reason."""
    customer = customer_of(request, pk)
    require_kind(request.actor, "add", EmergencyAccess)
    closed = list(closed_to(request.actor))
    form = EmergencyForm(request.POST or None, closed=closed)
    if request.method == "POST" and form.is_valid():
        wanted = next(one for one in closed if one.pk == form.cleaned_data["classification"])
        try:
            take_emergency_access(
                by=request.actor, customer=customer, classification=wanted,
                reason=form.cleaned_data["reason"], now=timezone.now(),
            )  # fmt: skip
        except Refusal as refusal:
            if refusal.status == 403:
                raise
            form.add_error("reason", str(refusal))
        else:
            tell(request, _("Open to you for an hour. The owner was told."))
            return go(request, "customer", pk)
    context = {"customer": guard(request.actor, customer), "form": form, "closed": closed}
    return drawn(request, "emergency", context, status=422 if form.errors else 200)


@require_POST
def emergency_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Close again what was opened."""
    access = found(request.actor, EmergencyAccess, pk, "customer")
    end_emergency_access(by=request.actor, access=access, now=timezone.now())
    tell(request, _("Closed again."))
    if request.POST.get("to") == "log":
        return redirect("access-log")
    return redirect(reverse("customer", args=[access.customer_id]))


@require_safe
def readers(request: HttpRequest, pk: int) -> HttpResponse:
    """Who may read what of this customer, and who has read what is watched."""
    customer = found(request.actor, Customer, pk)
    require_kind(request.actor, "view", AccessRecord)
    now = timezone.now()
    kept = accesses_to(request.actor, customer, before=before_of(request))
    classes = names_of_classes(request.actor)
    people = [
        (one, [(classes.get(key, key), key in one.opened) for key in sorted(one.clearances)])
        for one in readers_of(request.actor, customer, now)
    ]
    context = {
        "customer": guard(request.actor, customer),
        "people": people,
        "lines": lines_of(request.actor, kept[:PAGE]),
        "more": kept[PAGE - 1].pk if len(kept) > PAGE else 0,
        "emergencies": guard(request.actor, emergencies_of(request.actor, customer)[:MOST]),
        "now": now,
    }
    return drawn(request, "readers", context)
