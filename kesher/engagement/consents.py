"""What customers agreed to: of all that was recorded the latest counts, channel by channel.

Asked by the gate, by the page of a customer and by files; permission is asked by whoever calls.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kesher.engagement.models import Consent

EVERYWHERE = ""  # the channel of a consent that holds for all of them
ByChannel = Mapping[str, Consent]


def latest_of(
    customers: Iterable[int], purpose: str = Consent.Purpose.MARKETING
) -> dict[int, dict[str, Consent]]:
    """The latest word of each customer for each channel, asked for together."""
    rows = Consent.objects.filter(
        customer__among=set(customers), purpose=purpose, voided_at__isnull=True
    )
    found: dict[int, dict[str, Consent]] = {}
    for row in rows.order_by("happened_at", "pk"):
        found.setdefault(row.customer_id, {})[row.channel] = row
    return found


def counting(held: ByChannel, channel: str) -> Consent | None:
    """What counts on a channel: what was said of it or of all of them, whichever came later."""
    said = [row for row in (held.get(channel), held.get(EVERYWHERE)) if row is not None]
    return max(said, key=lambda row: (row.happened_at, row.pk), default=None)


def is_agreed(customer: int, purpose: str, channel: str) -> bool | None:
    """Whether a customer agreed to this; None where he never said anything of it."""
    found = counting(latest_of([customer], purpose).get(customer, {}), channel)
    return None if found is None else found.is_given
