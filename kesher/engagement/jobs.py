from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from kesher.core.access import SYSTEM
from kesher.core.jobs import every
from kesher.engagement.commands.delivering import (
    deliver_next,
    forget_old_links,
    recover_interrupted,
)

LINKS_LAST = timedelta(days=8)  # an invitation works for seven
MOST = 200  # a minute's worth; the rest waits for the next run


@every("minute")
def send_waiting_messages() -> int:
    """Send what is due, one by one, and see to what a crash interrupted."""
    recover_interrupted(by=SYSTEM, now=timezone.now())
    for sent in range(MOST):
        if deliver_next(by=SYSTEM, now=timezone.now()) is None:
            return sent
    return MOST


@every("day")
def forget_links_that_ended() -> int:
    """A link that signed somebody in need not be kept when it no longer works."""
    return forget_old_links(by=SYSTEM, before=timezone.now() - LINKS_LAST)
