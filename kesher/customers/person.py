"""What becomes of our tables when customers are merged, erased, or ask for their data."""

from collections.abc import Collection, Hashable

from django.utils.translation import ngettext_lazy

from kesher.core.person import Erase, Merge, answer, inherits
from kesher.customers.models import (
    Alike,
    Apart,
    Customer,
    CustomerBranch,
    CustomerContact,
    CustomerOwnValue,
    CustomerTag,
    EmergencyAccess,
    MergedRow,
    Merger,
    Tie,
    Tombstone,
    Wish,
)


@inherits(Customer)
def heirs(numbers: Collection[int]) -> dict[int, int]:
    """Who goes on for customers that were found to be another one."""
    rows = Tombstone.objects.filter(number__in=numbers)
    return dict(rows.values_list("number", "merger__survivor_id"))


def _one_tie(tie: Tie) -> Hashable:
    """Of those that last one is enough, of those that ended each; nobody is tied to himself."""
    if tie.customer_id == tie.other_id:
        return None
    ends = (tie.customer_id, tie.other_id, tie.role)
    return ends if tie.ends_on is None else (*ends, tie.starts_on, tie.ends_on)


def _one_pair(pair: Apart) -> Hashable:
    return None if pair.customer_id == pair.other_id else (pair.customer_id, pair.other_id)


answer(
    Customer,
    model=Customer,
    via="",
    merge=Merge.KEEP_ONE,
    erase=Erase.BLANK,
    blanked=(
        "first_name", "last_name", "name", "sort_name", "reference", "gender", "birth_on", "phone",
        "email", "city", "about", "preferred_channel", "preferred_days", "preferred_from",
        "preferred_until", "own",
    ),
    exported=(
        "kind", "first_name", "last_name", "name", "reference", "gender", "birth_on", "language",
        "phone", "email", "city", "preferred_channel", "preferred_days", "preferred_from",
        "preferred_until", "stage", "since_on", "about", "own", "created_at",
    ),
    timeline="change",
)  # fmt: skip
answer(
    Customer, model=CustomerBranch, via="customer", merge=Merge.COMBINE, erase=Erase.KEEP,
    why="Which branches served somebody says nothing of who it was.",
    alike=lambda row: row.branch_id,
)  # fmt: skip
answer(
    Customer,
    model=CustomerOwnValue,
    via="customer",
    merge=Merge.DROP,
    erase=Erase.DELETE,
)  # they are made anew from the row of the customer
answer(
    Customer, model=CustomerTag, via="customer", merge=Merge.COMBINE, erase=Erase.DELETE,
    exported=("tag",), alike=lambda row: row.tag_id,
)  # fmt: skip
answer(
    Customer, model=CustomerContact, via="customer", merge=Merge.COMBINE, erase=Erase.DELETE,
    exported=("raw", "label", "valid_until"), timeline="change", alike=lambda row: row.point_id,
    counted=ngettext_lazy("%(count)s contact detail", "%(count)s contact details", "count"),
)  # fmt: skip
for _via in ("customer", "other"):
    answer(
        Customer, model=Tie, via=_via, merge=Merge.COMBINE, erase=Erase.DELETE,
        exported=("role", "title", "starts_on", "ends_on"), alike=_one_tie,
        counted=ngettext_lazy("%(count)s tie", "%(count)s ties", "count"),
    )  # fmt: skip
answer(
    Customer, model=Wish, via="customer", merge=Merge.MOVE, erase=Erase.DELETE,
    exported=("kind", "text", "noted_on", "wanted_on", "met_on"),
    counted=ngettext_lazy("%(count)s wish", "%(count)s wishes", "count"),
)  # fmt: skip
answer(
    Customer, model=EmergencyAccess, via="customer", merge=Merge.MOVE, erase=Erase.KEEP,
    why="Who opened what in an emergency must be answered for after the record is gone.",
    exported=("reason", "taken_at", "ends_at"),
)  # fmt: skip
answer(
    Customer, model=Merger, via="survivor", merge=Merge.MOVE, erase=Erase.DELETE, timeline="merger"
)
for _model in (Tombstone, MergedRow):
    answer(
        Customer, model=_model, via="merger__survivor", merge=Merge.MOVE, erase=Erase.DELETE
    )  # fmt: skip
for _via in ("customer", "other"):
    answer(
        Customer, model=Apart, via=_via, merge=Merge.COMBINE, erase=Erase.DELETE, alike=_one_pair
    )
for _via in ("customer", "other"):
    answer(Customer, model=Alike, via=_via, merge=Merge.DROP, erase=Erase.DELETE)
