"""Merging all safe pairs, done by the worker: one group after the other, each undone alone or all.

The key of the work is the batch of its mergers, so that the whole can be taken back.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction

from kesher.core.access import Actor, visible
from kesher.core.jobs import job
from kesher.core.models import Job
from kesher.core.refusal import Refusal
from kesher.customers.alike import Group, first_of, safe_groups
from kesher.customers.commands.merging import merge_customers
from kesher.customers.models import Customer
from kesher.web.lists.work import Asked, acting

MOST_LEFT = 500  # customers whom a refusal leaves as they are; with more something is wrong


@job(is_long=True)
def merge_safe(key: str, asked: Asked) -> None:
    """Merge every safe group that the member sees; what is refused is counted and left."""
    with acting(key, asked) as acts:
        if acts is None:
            return
        actor, held = acts
        while len(_left(held)) < MOST_LEFT and (groups := safe_groups(actor, but=_left(held))):
            for group in groups:
                _merge(actor, held, group)


def _left(held: Job) -> list[int]:
    return list(held.result.get("left", ()))


def _merge(actor: Actor, held: Job, group: Group) -> None:
    """One group in one transaction, with how far the work has come."""
    result: dict[str, Any] = {"done": 0, "refused": {}} | held.result
    rows = visible(actor, Customer, "merge")
    try:
        with transaction.atomic():
            survivor, *others = first_of(rows.filter(pk__in=group.numbers))
            merge_customers(by=actor, survivor=survivor, others=others, batch=held.key)
            held.result = result | {"done": result["done"] + len(group.numbers)}
            held.save(update_fields=["result"])
            held.advance(len(group.pairs))
    except Refusal as refusal:
        said = str(refusal)
        held.result = result | {
            "left": [*_left(held), *group.numbers],
            "refused": result["refused"] | {said: result["refused"].get(said, 0) + 1},
        }
        held.save(update_fields=["result"])
        held.advance(len(group.pairs))
