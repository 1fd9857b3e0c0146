"""One touch: its page, its menu, and what can be done with it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from kesher.core.access import Actor, allows, guard
from kesher.core.changes import EditConflict
from kesher.core.refusal import Refusal
from kesher.customers.emergency import cleared_near
from kesher.engagement.commands.complaining import (
    mark_complaint,
    pin_agreement,
    reopen_complaint,
    settle_complaint,
    unpin_agreement,
)
from kesher.engagement.commands.touching import bin_touch, change_touch, restore_touch
from kesher.engagement.models import Touch
from kesher.surface.found import found
from kesher.surface.page import is_fragment
from kesher.web.customers import composing
from kesher.web.customers.lines import outcome_words
from kesher.web.engagement.acting import acted


class EditForm(forms.Form):
    """What may be put right about a touch."""

    text = forms.CharField(
        label=gettext_lazy("Text"), required=False, widget=forms.Textarea(attrs={"rows": 5})
    )
    happened_at = forms.DateTimeField(
        label=gettext_lazy("When"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
    )
    outcome = forms.ChoiceField(label=gettext_lazy("Outcome"), required=False)
    classification = forms.ChoiceField(label=gettext_lazy("Who may read it"))

    def __init__(self, *args: Any, touch: Touch, classes: list[tuple[str, str]], **named: Any):
        super().__init__(*args, **named)
        known = list(outcome_words().items())
        if touch.outcome and touch.outcome not in dict(known):
            known.append((touch.outcome, touch.outcome))
        self.fields["outcome"].choices = [("", ""), *known]
        self.fields["classification"].choices = classes


def _touch(request: HttpRequest, pk: int) -> Touch:
    return found(request.actor, Touch, pk, "customer", "member")


def _readable_touch(request: HttpRequest, pk: int) -> Touch:
    """The same to be read only: also where it is open to the reader in an emergency."""
    return found(
        cleared_near(request.actor, Touch, pk, timezone.now()), Touch, pk, "customer", "member"
    )


def _back(touch: Touch) -> str:
    return f"{reverse('customer', args=[touch.customer_id])}#touch-{touch.pk}"


def _rights(actor: Actor, touch: Touch) -> dict[str, bool]:
    return {
        "may_mark": allows(actor, "add", touch),
        "may_change": allows(actor, "change", touch) and touch.binned_at is None,
        "may_bin": allows(actor, "bin", touch),
    }


def _shown(request: HttpRequest, touch: Touch) -> dict[str, Any]:
    context = {
        "touch": guard(request.actor, touch),
        "customer": guard(request.actor, touch.customer),
        "outcome": outcome_words().get(touch.outcome, touch.outcome),
    }
    return context | _rights(request.actor, touch)


@require_safe
def touch(request: HttpRequest, pk: int) -> HttpResponse:
    """One touch on a page of its own, with all that can be done."""
    return render(request, "engagement/touch.html", _shown(request, _readable_touch(request, pk)))


@require_safe
def menu(request: HttpRequest, pk: int) -> HttpResponse:
    """The lines of a touch's menu."""
    shown = _shown(request, _readable_touch(request, pk))
    return render(request, "engagement/_touch_menu.html", shown)


def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Put right what was written."""
    held = _touch(request, pk)
    if not _rights(request.actor, held)["may_change"]:
        raise Http404
    classes = composing.classes_of(request.actor)
    if request.method != "POST":
        local = timezone.localtime(held.happened_at)
        typed = {
            "text": held.text, "happened_at": local.replace(tzinfo=None), "outcome": held.outcome,
            "classification": held.classification,
        }  # fmt: skip
        form = EditForm(initial=typed, touch=held, classes=classes)
        return _edited(request, held, form)
    form = EditForm(request.POST, touch=held, classes=classes)
    if not form.is_valid():
        return _edited(request, held, form, status=422)
    return _kept(request, held, form)


def _kept(request: HttpRequest, held: Touch, form: EditForm) -> HttpResponse:
    values = dict(form.cleaned_data)
    if _is_same_minute(values["happened_at"], held.happened_at):
        del values["happened_at"]  # seconds that the field does not show stay
    given = request.POST.get("seen", "")
    seen = int(given) if given.isascii() and given.isdecimal() and len(given) < 9 else None
    if request.POST.get("keep") == "mine":
        seen = held.version
    try:
        change_touch(by=request.actor, touch=held, values=values, seen=seen, now=timezone.now())
    except EditConflict as conflict:
        return _edited(request, held, form, status=409, clashes=conflict.clashes)
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return _edited(request, held, form, status=422)
    return acted(request, _("Saved."), back=_back(held))


def _is_same_minute(one: datetime, other: datetime) -> bool:
    return one.replace(second=0, microsecond=0) == other.replace(second=0, microsecond=0)


def _edited(
    request: HttpRequest, held: Touch, form: EditForm, *, status: int = 200, clashes: Any = ()
) -> HttpResponse:
    template = (
        "engagement/_touch_edit.html" if is_fragment(request) else "engagement/touch_edit.html"
    )
    context = {
        "touch": guard(request.actor, held),
        "customer": guard(request.actor, held.customer),
        "form": form,
        "clashes": clashes,
        "seen": held.version,
    }
    return render(request, template, context, status=status)


@require_POST
def pin(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what was agreed in the header, or take it down."""
    held = _touch(request, pk)
    address = reverse("touch-pin", args=[pk])
    if request.POST.get("down") or request.GET.get("down"):
        unpin_agreement(by=request.actor, touch=held)
        return acted(request, _("Taken down."), undo=address, back=_back(held))
    pin_agreement(by=request.actor, touch=held, now=timezone.now())
    said = _("Pinned as agreed.")
    return acted(request, said, undo=f"{address}?down=1", back=_back(held))


@require_POST
def complaint(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a complaint and how grave it is, settle it, open it again, or say that it is none."""
    held = _touch(request, pk)
    address = reverse("touch-complaint", args=[pk])
    act = request.POST.get("act") or request.GET.get("act", "")
    if act == "settle":
        settle_complaint(by=request.actor, touch=held, now=timezone.now())
        undo = f"{address}?act=reopen"
        return acted(request, _("The complaint is settled."), undo=undo, back=_back(held))
    if act == "reopen":
        reopen_complaint(by=request.actor, touch=held)
        return acted(request, _("The complaint is open again."), back=_back(held))
    severity = int(act) if act in ("1", "2", "3") else None
    was = held.severity
    mark_complaint(by=request.actor, touch=held, severity=severity)
    said = _("Marked as a complaint.") if severity else _("No longer a complaint.")
    return acted(request, said, undo=f"{address}?act={was or 'none'}", back=_back(held))


@require_POST
def bin_it(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a touch away."""
    held = _touch(request, pk)
    bin_touch(by=request.actor, touch=held, now=timezone.now())
    undo = reverse("touch-restore", args=[pk])
    return acted(request, _("Taken away."), undo=undo, back=_back(held))


@require_POST
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a touch back."""
    held = _touch(request, pk)
    restore_touch(by=request.actor, touch=held)
    return acted(request, _("Put back."), back=_back(held))
