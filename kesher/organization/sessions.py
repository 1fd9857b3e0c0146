"""Where a member is signed in. Ending a session takes effect with the next request."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from kesher.core.access import Actor, visible
from kesher.organization.models import Member, Session


@dataclass(frozen=True)
class SignedIn:
    """One place where somebody is signed in; its key is a secret, so it has a name instead."""

    reference: str
    device: str
    address: str
    since: datetime
    seen_at: datetime
    is_here: bool


def sessions_of(actor: Actor, member: Member, here: str | None = None) -> list[SignedIn]:
    """Every place where a member is signed in, the latest first."""
    rows = (
        visible(actor, Session, "manage").filter(member=member).order_by("-seen_at", "-created_at")
    )
    return [
        SignedIn(
            reference=reference_of(row.session_key), device=row.device, address=row.address,
            since=row.created_at, seen_at=row.seen_at, is_here=row.session_key == here,
        )
        for row in rows
    ]  # fmt: skip


def session_called(actor: Actor, member: Member, reference: str) -> Session | None:
    """The session of that name."""
    rows = visible(actor, Session, "manage").filter(member=member)
    return next((row for row in rows if reference_of(row.session_key) == reference), None)


def reference_of(key: str) -> str:
    """A name for a session from which its key cannot be told."""
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def end_sessions(member: Member, *, besides: str | None = None) -> int:
    """Sign a member out everywhere, or everywhere but in one session; return from how many."""
    ended, _tables = Session.objects.filter(member=member).exclude(session_key=besides).delete()
    return ended
