"""Facts travel upwards: a part announces, whoever sits above may react."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Model

from kesher.core.access import OPEN, Actor, Policy, Scope, policy_of
from kesher.core.columns import column_named
from kesher.core.models import Delivery, EventRecord
from kesher.core.once import claim_form

log = logging.getLogger(__name__)
ATTEMPTS = 8
BATCH = 100


@dataclass(frozen=True, kw_only=True)
class Event:
    """A fact in the past tense. Carries ids, never records or personal data."""

    @classmethod
    def key(cls) -> str:
        return f"{cls.__module__.split('.')[1]}.{cls.__name__}"


Reaction = Callable[..., None]
_reactions: dict[str, dict[str, Reaction]] = defaultdict(dict)
_types: dict[str, type[Event]] = {}


def on(event_type: type[Event]):
    """Register a reaction to an event. It runs in the worker, after commit, once."""

    def register(reaction: Reaction) -> Reaction:
        _types[event_type.key()] = event_type
        _reactions[event_type.key()][f"{reaction.__module__}.{reaction.__name__}"] = reaction
        return reaction

    return register


def announce(
    event: Event,
    *,
    by: Actor,
    about: Model | None = None,
    version: int | None = None,
    classification: str = "",
) -> EventRecord:
    """Write down a fact, in the same transaction as what made it true.

    A classification keeps a fact about an open record from those not cleared for what happened.
    """
    claim_form()
    record = EventRecord(
        name=event.key(), payload=asdict(event), actor=by.label, actor_id=by.member_id
    )
    if about is not None:
        record.kind = about._meta.label_lower
        record.record_id = about.pk
        record.version = version if version is not None else getattr(about, "version", None)
        _mark_scope(record, policy_of(type(about)), about)
    record.classification = classification or record.classification
    record.save(force_insert=True)
    Delivery.objects.bulk_create(
        Delivery(record=record, reaction=name) for name in _reactions[event.key()]
    )
    return record


def _mark_scope(record: EventRecord, policy: Policy, about: Model) -> None:
    """Copy who may see the record into the fact, so that a listener is judged in memory.

    What hangs on another record is heard by those who may see that one.
    """
    parent = getattr(about, policy.within) if policy.within else None
    if parent is not None:
        _mark_scope(record, policy_of(type(parent)), parent)
    else:
        record.scope_kind = about._meta.label_lower
        if policy.owner:  # of a member, the member himself
            record.owner_id = getattr(about, column_named(about, policy.owner).attname)
        record.team_id = getattr(about, f"{policy.team}_id") if policy.team else None
        record.branch_ids = branches_of(policy, about)
    if policy.row_classification:
        record.classification = getattr(about, policy.row_classification)


def branches_of(policy: Policy, record: Model) -> list[int]:
    """The branches a record belongs to, by its own policy or by that of its parent."""
    if policy.branches:
        link = policy.branches
        held = link.model._default_manager.filter(**{link.record: record.pk})
        return sorted(held.values_list(f"{link.branch}_id", flat=True))
    if policy.branch:
        branch = getattr(record, f"{policy.branch}_id")
        return [branch] if branch else []
    parent = getattr(record, policy.within) if policy.within else None
    return branches_of(policy_of(type(parent)), parent) if parent is not None else []


def may_hear(actor: Actor, record: EventRecord) -> bool:
    """Whether a fact may be told to the actor: the scope columns, judged without the database."""
    if actor.scope(record.kind, "view") == Scope.NONE:
        return False
    scope = actor.scope(record.scope_kind or record.kind, "view")
    if scope == Scope.NONE or not actor.cleared_for(record.classification or OPEN):
        return False
    if scope == Scope.ALL:
        return True
    if actor.member_id is not None and record.owner_id == actor.member_id:
        return True
    if scope >= Scope.TEAM and record.team_id in actor.teams:
        return True
    return scope == Scope.BRANCH and not actor.branches.isdisjoint(record.branch_ids)


def deliver_due(*, now: datetime, limit: int = BATCH) -> int:
    """Run reactions that are due, each alone in its own transaction; return how many ran."""
    waiting = Delivery.objects.filter(state=Delivery.State.WAITING, not_before__lte=now)
    ran = 0
    for delivery_id in list(
        waiting.order_by("not_before", "id").values_list("id", flat=True)[:limit]
    ):
        ran += _deliver(delivery_id, now)
    return ran


def _deliver(delivery_id: int, now: datetime) -> bool:
    try:
        with transaction.atomic():
            delivery = _claim(delivery_id)
            if delivery is None:
                return False
            record = delivery.record
            _reactions[record.name][delivery.reaction](_types[record.name](**record.payload))
            delivery.state = Delivery.State.DONE
            delivery.save(update_fields=["state"])
    except Exception as error:  # one failing reaction must not stop the next
        log.exception("reaction failed: delivery %s", delivery_id)
        _postpone(delivery_id, error, now)
    return True


def _claim(delivery_id: int) -> Delivery | None:
    held = Delivery.objects.select_related("record").filter(
        pk=delivery_id, state=Delivery.State.WAITING
    )
    if connection.features.has_select_for_update_skip_locked:
        held = held.select_for_update(skip_locked=True, of=("self",))
    return held.first()


def _postpone(delivery_id: int, error: Exception, now: datetime) -> None:
    with transaction.atomic():
        delivery = _claim(delivery_id)
        if delivery is None:
            return
        delivery.attempts += 1
        delivery.error = repr(error)[:2000]
        delivery.not_before = now + timedelta(seconds=5 * 2**delivery.attempts)
        if delivery.attempts >= ATTEMPTS:
            delivery.state = Delivery.State.FAILED
        delivery.save(update_fields=["attempts", "error", "not_before", "state"])
