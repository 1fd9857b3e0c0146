"""The doors: signing in, the first visit, an invitation."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm
from allauth.account.utils import perform_login
from allauth.account.views import LoginView
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters

from kesher.core.access import SYSTEM
from kesher.organization.commands.founding import found_business
from kesher.organization.commands.inviting import accept_invitation
from kesher.organization.invitations import InvitationGone, open_invitation
from kesher.web.organization.forms import InvitationForm, WelcomeForm
from kesher.web.organization.saving import saved


class SignInForm(LoginForm):
    """The link to a new password stands in the page, not in a hint."""

    def __init__(self, *args: Any, **named: Any):
        super().__init__(*args, **named)
        self.fields["password"].help_text = ""


_sign_in = LoginView.as_view(form_class=SignInForm)


@login_not_required
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in; before anybody works here, go to the first visit instead."""
    if request.business.pk is None:
        return redirect("welcome")
    return _sign_in(request)


@login_not_required
@sensitive_post_parameters("password")
def welcome(request: HttpRequest) -> HttpResponse:
    """The first visit: name the business and become its owner. Afterwards there is no such page."""
    if request.business.pk is not None:
        raise Http404
    form = WelcomeForm(request.POST or None, initial={"language": request.LANGUAGE_CODE})
    if request.method == "POST" and form.is_valid():
        owner = saved(form, lambda: found_business(by=SYSTEM, **form.cleaned_data))
        if owner:
            return perform_login(request, owner, redirect_url="/")
    return render(request, "organization/welcome.html", {"form": form}, status=form.status)


@login_not_required
@sensitive_post_parameters("password")
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Accept an invitation. Looking at it, as scanners of mail do, uses nothing up."""
    try:
        found = open_invitation(SYSTEM, token, timezone.now())
    except InvitationGone as gone:
        context = {"refusal": str(gone)}
        return render(request, "organization/invitation_gone.html", context, status=404)
    offered = {"name": found.name, "language": request.LANGUAGE_CODE}
    form = InvitationForm(request.POST or None, initial=offered)
    if request.method == "POST" and form.is_valid():
        member = saved(
            form,
            lambda: accept_invitation(
                by=SYSTEM, token=token, now=timezone.now(), **form.cleaned_data
            ),
        )
        if member:
            return perform_login(request, member, redirect_url="/")
    context = {"form": form, "invitation": found, "role": str(found.role)}
    return render(request, "organization/invitation.html", context, status=form.status)
