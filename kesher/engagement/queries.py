from __future__ import annotations

from kesher.core.access import Actor, visible
from kesher.engagement.models import Notification


def unread_count(actor: Actor) -> int:
    """How many notifications the actor has not read."""
    return visible(actor, Notification).filter(read_at__isnull=True).count()
