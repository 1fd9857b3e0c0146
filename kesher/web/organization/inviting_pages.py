"""Inviting: by mail, and by a link that can be handed over in any other way."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_POST

from kesher.core.access import guard, require_kind, visible
from kesher.engagement.commands.messaging import send_message
from kesher.organization.commands.inviting import (
    invite_member,
    renew_invitation,
    withdraw_invitation,
)
from kesher.organization.models import Branch, Invitation, Member, Role
from kesher.surface.found import found
from kesher.surface.once import once_only
from kesher.web.organization.frame import done, settings_page
from kesher.web.organization.member_forms import InviteForm
from kesher.web.organization.saving import saved


@once_only
def invite(request: HttpRequest) -> HttpResponse:
    """Invite a colleague; below, who has not answered yet."""
    actor = request.actor
    require_kind(actor, "manage", Member)
    initial = {"language": request.business.language, "branches": sorted(actor.branches)}
    form = InviteForm(request.POST or None, actor=actor, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        given["role"] = found(actor, Role, given["role"])
        given["branches"] = [found(actor, Branch, pk) for pk in given["branches"]]
        made = saved(form, lambda: invite_member(by=actor, now=timezone.now(), **given))
        if made:
            return _handed_out(request, *made)
    rows = visible(actor, Invitation, "manage").filter(accepted_at=None).select_related("role")
    return settings_page(
        request, "organization/invite.html", "members", form.status, form=form,
        rows=guard(actor, rows.order_by("-expires_at")), now=timezone.now(),
    )  # fmt: skip


def _handed_out(request: HttpRequest, invitation: Invitation, token: str) -> HttpResponse:
    """Write to the guest, and show the link this one time."""
    link = settings.ADDRESS.url + reverse("invitation", args=[token])
    with override(invitation.language):
        until = date_format(timezone.localtime(invitation.expires_at), "DATE_FORMAT")
    send_message(
        by=request.actor, template="invitation", to=invitation.email, now=timezone.now(),
        language=invitation.language, key=f"invitation:{invitation.pk}:{invitation.digest[:20]}",
        context={
            "name": invitation.name, "business": request.business.name,
            "inviter": request.actor.label, "link": link, "until": until,
        },
    )  # fmt: skip
    context = {"invitation": invitation, "link": link, "leaves": bool(settings.KESHER_MAIL_URL)}
    return settings_page(request, "organization/invited.html", "members", **context)


def _invitation(request: HttpRequest, pk: int) -> Invitation:
    row = visible(request.actor, Invitation, "manage").filter(pk=pk).select_related("role").first()
    if row is None:
        raise Http404
    return row


@require_POST
def renewal(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a new link; the old one stops working."""
    made = renew_invitation(
        by=request.actor, invitation=_invitation(request, pk), now=timezone.now()
    )
    return _handed_out(request, *made)


@require_POST
def withdrawal(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the invitation back."""
    withdraw_invitation(by=request.actor, invitation=_invitation(request, pk))
    return done(request, _("The invitation no longer works."), "invite")
