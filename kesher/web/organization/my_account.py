"""What everybody changes for himself: his name and language, and where he is signed in."""

from __future__ import annotations

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from kesher.organization.commands.signing_in import end_other_sessions, end_session
from kesher.organization.commands.staff import change_member
from kesher.organization.models import Language, Member
from kesher.organization.sessions import session_called, sessions_of
from kesher.surface.found import found
from kesher.surface.page import go
from kesher.web.organization.devices import device_name
from kesher.web.organization.saving import Form, keep_language, save


class AccountForm(Form):
    """What a member changes about himself."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip
    phone = forms.CharField(
        label=gettext_lazy("Telephone"), max_length=40, required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "dir": "ltr"}),
    )  # fmt: skip
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=Language.choices)
    has_letter_keys = forms.BooleanField(
        label=gettext_lazy("Single-letter keys"), required=False,
        help_text=gettext_lazy("Keys such as n for a note. Switch off when you dictate by voice."),
    )  # fmt: skip


def _myself(request: HttpRequest) -> Member:
    """The member whose page it is; whoever looks as somebody else sees that one's."""
    return found(request.actor, Member, request.actor.member_id)


def account(request: HttpRequest) -> HttpResponse:
    """My name, my telephone, my language."""
    me = _myself(request)
    shown = ("name", "phone", "language", "has_letter_keys")
    initial = {name: getattr(me, name) for name in shown} | {"seen": me.version}
    form = AccountForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        seen = values.pop("seen")
        if save(form, lambda: change_member(by=request.actor, member=me, values=values, seen=seen)):
            return keep_language(go(request, "my-account"), values["language"])
    context = {"form": form, "place": "account", "email": me.email}
    return render(request, "organization/my_account.html", context, status=form.status)


@require_safe
def sessions(request: HttpRequest) -> HttpResponse:
    """Where I am signed in."""
    held = sessions_of(request.actor, _myself(request), request.session.session_key)
    rows = [(one, device_name(one.device)) for one in held]
    context = {"rows": rows, "others": sum(not one.is_here for one in held), "place": "sessions"}
    return render(request, "organization/my_sessions.html", context)


@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere but here."""
    end_other_sessions(
        by=request.actor, member=_myself(request), besides=request.session.session_key
    )
    return go(request, "my-sessions")


@require_POST
def end_one(request: HttpRequest, reference: str) -> HttpResponse:
    """Sign out in one place."""
    session = session_called(request.actor, _myself(request), reference)
    if session is None:
        raise Http404(_("This session has ended."))
    end_session(by=request.actor, session=session)
    return go(request, "my-sessions")
