"""Do a thing once, however often its form is sent: by a key that the form carries."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from kesher.core.access import Actor
from kesher.core.once_models import DoneOnce
from kesher.core.refusal import Refusal

KEPT = timedelta(days=7)
LONGEST_KEY = 64


class KeyReused(Refusal):
    """The same form with other words: the browser went back to a page that was sent before."""

    message = _("This form was sent before with other words. Open it anew and send it again.")
    status = 409


def digest_of(*parts: str) -> str:
    """What tells one content of a form from another."""
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()


def once(*, by: Actor, key: str, content: str, now: datetime, do: Callable[[], int]) -> int:
    """The number that `do` returns, or returned when the same key came before."""
    if not key:
        return do()
    key = key[:LONGEST_KEY]
    earlier = _earlier(by, key, content)
    if earlier is not None:
        return earlier
    try:
        with transaction.atomic():
            DoneOnce.objects.filter(done_at__lt=now - KEPT).delete()
            row = DoneOnce.objects.create(
                actor_id=by.member_id or 0, key=key, content=content, done_at=now
            )
            row.answer = do()
            row.save(update_fields=["answer"])
            return row.answer
    except IntegrityError:
        # The same form came twice at one moment and the other was first.
        earlier = _earlier(by, key, content)
        if earlier is None:
            raise
        return earlier


def _earlier(by: Actor, key: str, content: str) -> int | None:
    row = DoneOnce.objects.filter(actor_id=by.member_id or 0, key=key).first()
    if row is None:
        return None
    if row.content != content:
        raise KeyReused
    return row.answer
