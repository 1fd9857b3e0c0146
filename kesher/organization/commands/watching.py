"""What is kept closely is watched: who was shown it, of whom, and when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kesher.core.access import OPEN, Actor, require
from kesher.core.access_log import Shown
from kesher.core.changes import locked
from kesher.core.refusal import Refusal
from kesher.organization.models import AccessRecord, Classification, Member, Role

ONE_READING = timedelta(minutes=10)  # the same again within it is the same reading


class OpenIsForAll(Refusal):
    """Whoever sees a record reads what is open of it; a log of that would say nothing."""

    message = _("What is open is read by everybody. It cannot be watched.")


@transaction.atomic
def watch_classification(*, by: Actor, classification: Classification) -> Classification:
    """Keep from now on who reads what carries a classification."""
    if classification.key == OPEN:
        raise OpenIsForAll
    return _set(by, classification, is_watched=True)


@transaction.atomic
def stop_watching(*, by: Actor, classification: Classification) -> Classification:
    """Keep no longer who reads what carries a classification; what was kept stays."""
    return _set(by, classification, is_watched=False)


def _set(by: Actor, classification: Classification, *, is_watched: bool) -> Classification:
    require(by, "manage", classification)
    held = locked(classification)
    if held.is_watched != is_watched:
        held.is_watched = is_watched
        held.save(update_fields=["is_watched"])
        for role in Role.objects.select_for_update():
            role.version += 1  # by which each process learns of it
            role.save(update_fields=["version"])
    return held


def record_accesses(
    *,
    by: Actor,
    shown: Mapping[Shown, int],
    viewed_as: str = "",
    now: datetime,
) -> int:
    """Keep that somebody was shown what is watched, and return how many lines that made."""
    member = Member.objects.filter(pk=by.member_id).only("name").first()
    if member is None or not shown:
        return 0
    since = AccessRecord.objects.filter(member_id=member.pk, read_at__gt=now - ONE_READING)
    again = set(
        since.filter(viewed_as=viewed_as).values_list(
            "kind", "record_id", "what", "classification", "surface"
        )
    )
    return len(
        AccessRecord.objects.bulk_create(
            AccessRecord(
                kind=one.kind, record_id=one.record_id, what=one.what,
                classification=one.classification, rows=rows, surface=one.surface,
                member_id=member.pk, member_name=member.name, viewed_as=viewed_as, read_at=now,
            )
            for one, rows in shown.items()
            if one.surface == AccessRecord.Surface.FILE
            or (one.kind, one.record_id, one.what, one.classification, one.surface) not in again
        )
    )  # fmt: skip
