"""What follows a sign-in, and how sessions and second steps end."""

from __future__ import annotations

from typing import Any, cast

from django.db import transaction

from kesher.core.access import Actor, require
from kesher.core.events import announce
from kesher.organization.events import MemberSignedIn, SessionsEnded
from kesher.organization.limits import must_be_within
from kesher.organization.models import Member, Session
from kesher.organization.sessions import end_sessions


@transaction.atomic
def record_sign_in(*, by: Actor, member: Member) -> None:
    """Write down that a member signed in."""
    require(by, "change", member)
    announce(MemberSignedIn(member_id=member.pk), by=by, about=member)


@transaction.atomic
def end_session(*, by: Actor, session: Session) -> None:
    """Sign a member out in one place."""
    require(by, "manage", session)
    member = session.member
    session.delete()
    if member is not None:
        announce(SessionsEnded(member_id=member.pk), by=by, about=member)


@transaction.atomic
def end_other_sessions(*, by: Actor, member: Member, besides: str | None = None) -> int:
    """Sign a member out everywhere, or everywhere but here; return in how many places."""
    require(by, "change" if by.member_id == member.pk else "manage", member)
    ended = end_sessions(member, besides=besides)
    if ended:
        announce(SessionsEnded(member_id=member.pk), by=by, about=member)
    return ended


@transaction.atomic
def forget_second_steps(*, by: Actor, member: Member) -> None:
    """Let somebody who lost his phone sign in with the password alone, everywhere anew."""
    require(by, "manage", member)
    must_be_within(by, member.role)
    cast(Any, member).authenticator_set.all().delete()  # a relation of allauth's
    end_sessions(member)
    announce(SessionsEnded(member_id=member.pk), by=by, about=member)
