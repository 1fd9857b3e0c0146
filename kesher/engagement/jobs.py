from __future__ import annotations

from django.utils import timezone

from kesher.core.access import SYSTEM
from kesher.core.jobs import every
from kesher.engagement.commands.delivering import deliver_next, recover_interrupted

MOST = 200  # a minute's worth; the rest waits for the next run


@every("minute")
def send_waiting_messages() -> int:
    """Send what is due, one by one, and see to what a crash interrupted."""
    recover_interrupted(by=SYSTEM, now=timezone.now())
    for sent in range(MOST):
        if deliver_next(by=SYSTEM, now=timezone.now()) is None:
            return sent
    return MOST
