"""Who stands behind a request, and as whom an owner looks for a while."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kesher.core.access import Actor
from kesher.core.own.catalogue import refresh
from kesher.organization.held import acting_as, rights_of
from kesher.organization.models import Member
from kesher.organization.queries import actor_of, business
from kesher.organization.session_store import SEEN_AT, SIGNED_IN_AT
from kesher.organization.viewing import viewed_member, viewed_role

VIEWING = "viewing_as"  # ("member" or "role", its number)
TOUCH = timedelta(minutes=10)  # how exactly we know when somebody was last here
IDLE = timedelta(hours=12)  # without "stay signed in"
LONGEST = timedelta(days=60)
SAFE = ("GET", "HEAD", "OPTIONS")
READ_ONLY = _("You are looking as somebody else. Stop looking before you change anything.")


@dataclass(frozen=True)
class Viewing:
    """As whom somebody looks, for the banner."""

    kind: str
    label: str


def acting(session, member: Member) -> tuple[Actor, Viewing | None]:
    """The member as one who acts; while he looks as somebody else, that one's rights instead."""
    actor = acting_as(member)
    chosen = session.get(VIEWING)
    if not chosen:
        return actor, None
    kind, pk = chosen
    if kind == "member" and (other := viewed_member(actor, pk)):
        return actor_of(other), Viewing("member", other.name)
    if kind == "role" and (role := viewed_role(actor, pk)):
        grants, clearances = rights_of(role)
        return replace(actor, grants=grants, clearances=clearances), Viewing("role", str(role))
    return actor, None


class ActorMiddleware:
    """Put the actor and the business on the request, and turn the clock to its zone."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.business = business()
        refresh(getattr(request.business, "own_fields_stamp", None) or 0)
        request.viewing_as = None
        if request.user.is_authenticated and _is_still_awake(request):
            request.actor, request.viewing_as = acting(request.session, request.user)
        with timezone.override(request.business.time_zone):
            return self.look(request) if request.viewing_as else self.get_response(request)

    def look(self, request: HttpRequest) -> HttpResponse:
        """Looking as somebody else leaves no trace: whatever a page writes is taken back."""
        if request.path in (reverse("view-as-stop"), reverse("account_logout")):
            return self.get_response(request)
        if request.method not in SAFE:
            context = {"refusal": READ_ONLY, "status": 403}
            return render(request, "refusal.html", context, status=403)
        with transaction.atomic():
            response = self.get_response(request)
            transaction.set_rollback(True)
        return response


def _is_still_awake(request: HttpRequest) -> bool:
    """End a session that was left alone too long, and remember that this one was not."""
    session, now = request.session, int(timezone.now().timestamp())
    idle = now - session.get(SEEN_AT, now)
    is_forgotten = session.get_expire_at_browser_close() and idle > IDLE.total_seconds()
    if is_forgotten or now - session.get(SIGNED_IN_AT, now) > LONGEST.total_seconds():
        logout(request)
        return False
    if SEEN_AT not in session or idle > TOUCH.total_seconds():
        session[SEEN_AT] = now
    return True
