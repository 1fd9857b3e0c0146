"""One action on many rows: those that were picked, or all that match.

Each record is asked for and written by the command of its part, all in one batch, so that the whole
can be taken back. What a command refuses is counted with its reason; the rest is done.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kesher.core.access import AccessDenied, Actor, visible
from kesher.core.filters import BadFilter
from kesher.core.paging import Order, page
from kesher.core.refusal import Refusal
from kesher.surface.lists.asking import Ask, ask_state
from kesher.surface.lists.declaring import Action, Listing, Outcome
from kesher.surface.lists.rows import rows_of

AT_ONCE = 50  # rows that are done while somebody waits; more become a job
STEP = 25  # rows of one transaction, so that it stays short
MOST_PICKED = 1000


class NothingPicked(Refusal):
    """An action needs rows."""

    message = _("Select at least one row first.")


class ValueMissing(Refusal):
    """The action needs a value that was not given or does not exist."""

    message = _("Choose what to set.")


def picked(listing: Listing, actor: Actor, numbers: Sequence[str]) -> list[int]:
    """The numbers of the rows that somebody ticked, as far as he may see them."""
    asked = {int(n) for n in numbers[:MOST_PICKED] if n.isascii() and n.isdecimal() and len(n) < 19}
    rows = visible(actor, listing.kind.model).filter(pk__in=asked)
    return sorted(rows.values_list("pk", flat=True))


def strict_ask(listing: Listing, actor: Actor, state: str, *, today: date) -> Ask:
    """The list that a form carries along. A filter that can't be read must not widen what is done."""
    ask = ask_state(listing, actor, state, today=today)
    if ask.unread:
        raise BadFilter(ask.unread[0])
    return ask


def every(ask: Ask, actor: Actor, *, today: date, right: str) -> Iterator[list[int]]:
    """The numbers of all rows that match and that the actor may do this to, some at a time."""
    rows = rows_of(ask, actor, today=today, right=right)
    at = ""
    while True:
        found = page(rows, Order(), (), at=at, size=500)
        if found.rows:
            yield [row[0] for row in found.rows]
        if not found.forth:
            return
        at = found.forth


def checked_value(action: Action, actor: Actor, value: str) -> str:
    """The value an action was given, if it is one of those it takes."""
    if action.choices is not None and value not in dict(action.choices(actor)):
        raise ValueMissing
    if action.asks and not value:
        raise ValueMissing
    return value


def run(
    action: Action, listing: Listing, numbers: Sequence[int], *, by: Actor, value: str, batch: str
) -> Iterator[Outcome]:
    """Do an action to rows, step by step; each step is one transaction."""
    for at in range(0, len(numbers), STEP):
        with transaction.atomic():
            yield _step(action, listing, numbers[at : at + STEP], by, value, batch)


def _step(
    action: Action, listing: Listing, numbers: Sequence[int], by: Actor, value: str, batch: str
) -> Outcome:
    outcome = Outcome()
    records = visible(by, listing.kind.model, action.right).in_bulk(list(numbers))
    for number in numbers:
        record = records.get(number)
        if record is None:
            outcome.refuse(str(AccessDenied.message))
            continue
        try:
            with transaction.atomic():
                action.run(by=by, record=record, value=value, batch=batch)
        except Refusal as refusal:
            outcome.refuse(str(refusal))
        else:
            outcome.done += 1
    return outcome
