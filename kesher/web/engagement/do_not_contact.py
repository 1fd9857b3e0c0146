"""Putting a telephone or an e-mail on the do-not-contact list, and taking it off again."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from kesher.core.access import MASK, allows, guard, require_kind
from kesher.core.changes import new_batch
from kesher.core.phones import show_phone
from kesher.engagement.commands.forbidding import NewEntry, forbid_contact, lift_entry
from kesher.engagement.forbidden import address_read
from kesher.engagement.models import DoNotContact
from kesher.organization.today import today_here
from kesher.surface.found import found
from kesher.surface.once import once_only
from kesher.surface.page import go, is_fragment, tell
from kesher.web.engagement.do_not_contact_list import DO_NOT_CONTACT
from kesher.web.lists.crumb import crumb_of
from kesher.web.organization.saving import Form, day_input, saved


class EntryForm(Form):
    """A telephone or an e-mail, and why nobody calls or writes to it."""

    address = forms.CharField(
        label=gettext_lazy("Telephone or e-mail"), max_length=300,
        widget=forms.TextInput(
            attrs={"dir": "ltr", "autocapitalize": "off", "autocomplete": "off"}
        ),
    )  # fmt: skip
    forbids = forms.ChoiceField(label=gettext_lazy("Forbids"), choices=DoNotContact.Forbids)
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=300,
        help_text=gettext_lazy("What was said, and how: by telephone, in a letter"),
    )  # fmt: skip
    until_on = forms.DateField(label=gettext_lazy("Until"), widget=day_input(), required=False)


class LiftForm(Form):
    """Why it may be called and written to again."""

    reason = forms.CharField(label=gettext_lazy("Why it is lifted"), max_length=300)


@once_only
def new(request: HttpRequest) -> HttpResponse:
    """Put a telephone or an e-mail on the list."""
    require_kind(request.actor, "add", DoNotContact)
    form = EntryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        batch = new_batch()
        made = saved(form, lambda: _forbid(request, form, batch))
        if made is not None:
            return _done(request, _("It is on the list."), batch)
    folder = "do_not_contact/"
    template = folder + ("_new.html" if is_fragment(request) else "new.html")
    return render(request, template, {"form": form}, status=form.status)


def _forbid(request: HttpRequest, form: EntryForm, batch: str) -> DoNotContact:
    typed = dict(form.cleaned_data)
    address = typed.pop("address")
    kind = DoNotContact.Kind.EMAIL if "@" in address else DoNotContact.Kind.PHONE
    point = address_read(kind, address, request.business.country)
    entry = NewEntry(point=point, since_on=today_here(), origin=_("Added by hand"), **typed)
    return forbid_contact(by=request.actor, entry=entry, batch=batch)


def _done(request: HttpRequest, said: str, batch: str) -> HttpResponse:
    tell(request, said, undo=reverse("undo", args=[batch]))
    return go(request, "do-not-contact")


@require_safe
def entry(request: HttpRequest, pk: int) -> HttpResponse:
    """One entry: what it forbids, since when and why."""
    return _page(request, found(request.actor, DoNotContact, pk, "added_by"), LiftForm())


def _page(request: HttpRequest, held: DoNotContact, form: LiftForm) -> HttpResponse:
    seen = guard(request.actor, held)
    is_number = held.kind == DoNotContact.Kind.PHONE and seen.normal != MASK
    context = {
        "entry": seen,
        "address": show_phone(seen.normal, request.business.country) if is_number else seen.raw,
        "crumb": crumb_of(request, DO_NOT_CONTACT, held.pk),
        "may_lift": held.lifted_at is None and allows(request.actor, "change", held),
        "form": form,
    }
    return render(request, "do_not_contact/entry.html", context, status=form.status)


@require_POST
def lifting(request: HttpRequest, pk: int) -> HttpResponse:
    """Take it off the list."""
    held = found(request.actor, DoNotContact, pk, "added_by")
    form, batch = LiftForm(request.POST), new_batch()
    if form.is_valid():
        reason, now = form.cleaned_data["reason"], timezone.now()
        lifted = saved(
            form,
            lambda: lift_entry(by=request.actor, entry=held, reason=reason, now=now, batch=batch),
        )
        if lifted is not None:
            return _done(request, _("It is off the list."), batch)
    return _page(request, held, form)
