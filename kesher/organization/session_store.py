"""Sessions as rows that know whose they are, so that a leaver's all end in one statement."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db.models import CharField, DateTimeField, QuerySet
from django.utils import timezone

from kesher.core.prepared import Mark, prepared
from kesher.organization.models import Session

SIGNED_IN_AT = "signed_in_at"
SEEN_AT = "seen_at"
DEVICE = "device"
ADDRESS = "address"


class SessionStore(DatabaseStore):
    """Django's store in our own table. Named and found by Django through SESSION_ENGINE."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def _get_session_from_db(self) -> Session | None:
        """The row of this key while it holds, as Django has it, with each request."""
        now = timezone.now()  # noqa: TID251 - called by Django, at the edge
        rows = _living(key=self.session_key or "", now=now)
        if not rows:
            self._session_key = None
        return rows[0] if rows else None

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row = super().create_model_instance(data)
        row.member_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        row.device = data.get(DEVICE, "")[:200]
        row.address = data.get(ADDRESS, "")[:45]
        row.seen_at = timezone.now()  # noqa: TID251 - called by Django, at the edge
        return row


@prepared(key=CharField(), now=DateTimeField())
def _living(key: Mark, now: Mark) -> QuerySet[Session]:
    return Session.objects.filter(session_key=key, expire_date__gt=now)
