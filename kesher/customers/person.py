"""What becomes of our tables when customers are merged, erased, or ask for their data."""

from kesher.core.person import Erase, Merge, answer
from kesher.customers.models import (
    Customer,
    CustomerBranch,
    CustomerContact,
    CustomerTag,
    EmergencyAccess,
    Tie,
    Wish,
)

answer(
    Customer,
    model=Customer,
    via="",
    merge=Merge.KEEP_ONE,
    erase=Erase.BLANK,
    blanked=(
        "first_name", "last_name", "name", "sort_name", "reference", "gender", "birth_on", "phone",
        "email", "city", "about", "preferred_channel", "preferred_days", "preferred_from",
        "preferred_until",
    ),
    exported=(
        "kind", "first_name", "last_name", "name", "reference", "gender", "birth_on", "language",
        "phone", "email", "city", "preferred_channel", "preferred_days", "preferred_from",
        "preferred_until", "stage", "since_on", "about", "created_at",
    ),
    timeline="change",
)  # fmt: skip
answer(
    Customer, model=CustomerBranch, via="customer", merge=Merge.COMBINE, erase=Erase.KEEP,
    why="Which branches served somebody says nothing of who it was.",
)  # fmt: skip
answer(
    Customer, model=CustomerTag, via="customer", merge=Merge.COMBINE, erase=Erase.DELETE,
    exported=("tag",),
)  # fmt: skip
answer(
    Customer, model=CustomerContact, via="customer", merge=Merge.COMBINE, erase=Erase.DELETE,
    exported=("raw", "label", "valid_until"), timeline="change",
)  # fmt: skip
for _via in ("customer", "other"):
    answer(
        Customer, model=Tie, via=_via, merge=Merge.COMBINE, erase=Erase.DELETE,
        exported=("role", "title", "starts_on", "ends_on"),
    )  # fmt: skip
answer(
    Customer, model=Wish, via="customer", merge=Merge.MOVE, erase=Erase.DELETE,
    exported=("kind", "text", "noted_on", "wanted_on", "met_on"),
)  # fmt: skip
answer(
    Customer, model=EmergencyAccess, via="customer", merge=Merge.MOVE, erase=Erase.KEEP,
    why="Who opened what in an emergency must be answered for after the record is gone.",
    exported=("reason", "taken_at", "ends_at"),
)  # fmt: skip
