"""Where a member is signed in. Ending a session takes effect with the next request."""

from __future__ import annotations

from kesher.organization.models import Member, Session


def end_sessions(member: Member, *, besides: str | None = None) -> int:
    """Sign a member out everywhere, or everywhere but in one session; return from how many."""
    ended, _tables = Session.objects.filter(member=member).exclude(session_key=besides).delete()
    return ended
