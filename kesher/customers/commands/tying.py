from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from kesher.core.access import AccessDenied, Actor, sight
from kesher.core.among import found_among
from kesher.core.changes import new_batch, number_of_change, record_changes
from kesher.core.events import announce
from kesher.core.search import index
from kesher.customers import typed
from kesher.customers.events import CustomersChanged
from kesher.customers.models import Customer, Tie
from kesher.customers.tie_rules import NewTie, require_possible, tie_key
from kesher.customers.writing import require_all

CHUNK = 500


@transaction.atomic
def add_ties(*, by: Actor, ties: Sequence[NewTie], batch: str = "") -> list[Tie]:
    """Say of many customers what they are to others; ties that are there are passed over."""
    require_all(by, "change", sorted({new.customer.pk for new in ties}))
    _require_seen(by, sorted({new.other.pk for new in ties}))
    for new in ties:
        require_possible(new)
    fresh = _without_known(ties)
    made = Tie.objects.bulk_create(
        (
            Tie(
                customer=new.customer, other=new.other, role=new.role,
                title=typed.line(new.title)[:80],
                starts_on=typed.checked_day("since_on", new.starts_on),
                ends_on=typed.checked_day("since_on", new.ends_on),
            )
            for new in fresh
        ),
        batch_size=CHUNK,
    )  # fmt: skip
    if made:
        _tell(by, made, batch or new_batch())
    return made


def _require_seen(by: Actor, ids: Sequence[int]) -> None:
    if len(found_among(Customer, "pk", ids, "pk", where=sight(by, Customer))) != len(set(ids)):
        raise AccessDenied(f"{by.label} may not see all of these customers")


def _without_known(ties: Sequence[NewTie]) -> list[NewTie]:
    rows = found_among(Tie, "customer", {new.customer.pk for new in ties})
    known = {tie_key(row) for row in rows}
    fresh = []
    for new in ties:
        key = tie_key(new)
        if key not in known:
            known.add(key)
            fresh.append(new)
    return fresh


def _tell(by: Actor, made: Sequence[Tie], batch: str) -> None:
    rows = [
        (
            one,
            None,
            {
                "customer": one.customer_id, "other": one.other_id, "role": one.role,
                "title": one.title, "starts_on": one.starts_on,
            } | ({"ends_on": one.ends_on} if one.ends_on else {}),
        )
        for one in made
    ]  # fmt: skip
    record_changes(by=by, rows=rows, batch=batch)
    workers = sorted({one.customer_id for one in made if one.role == Tie.Role.EMPLOYEE})
    for at in range(0, len(workers), CHUNK):
        index("customer", workers[at : at + CHUNK])  # they are found by where they work
    for at in range(0, len(made), CHUNK):
        first = number_of_change(Tie, made[at].pk, batch)
        announce(CustomersChanged(first_change_id=first), by=by)
