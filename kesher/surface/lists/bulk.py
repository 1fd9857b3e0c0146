"""One action on many rows: those that were picked, or all that match.

Each record is asked for and written by the command of its part, all in one batch, so that the whole
can be taken back. What a command refuses is counted with its reason; the rest is done.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django.db import transaction
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

from kesher.core.access import AccessDenied, Actor, visible
from kesher.core.cursors import Order
from kesher.core.filters import BadFilter
from kesher.core.paging import page
from kesher.core.refusal import Refusal
from kesher.core.text import clean
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
    """The list that a form carries along; a filter that can't be read must not widen it."""
    ask = ask_state(listing, actor, state, today=today)
    if ask.unread:
        raise BadFilter(ask.unread[0])
    return ask


def next_rows(
    ask: Ask, actor: Actor, *, today: date, right: str, at: str, size: int = STEP
) -> tuple[list[int], str]:
    """Some of all rows that match, by number, and where to go on.

    By number, because rows leave the list while they are changed.
    """
    found = page(rows_of(ask, actor, today=today, right=right), Order(), (), at=at, size=size)
    return [row[0] for row in found.rows], found.forth


def checked(action: Action, actor: Actor, given: Mapping[str, str]) -> dict[str, str]:
    """What an action was given, if it is what the action takes; nothing besides."""
    kept = {}
    for one in action.inputs:
        value = clean(given.get(one.name, ""))
        is_known = one.choices is None or value in {str(v) for v, _label in one.choices(actor)}
        if not (value or one.is_optional) or (value and not is_known):
            raise ValueMissing
        if value and one.type == "date":
            _refuse_no_day(value)
        kept[one.name] = value
    return kept


def _refuse_no_day(value: str) -> None:
    try:
        found = parse_date(value)
    except ValueError:
        found = None
    if found is None:
        raise ValueMissing


def do_step(
    action: Action,
    listing: Listing,
    numbers: Sequence[int],
    *,
    by: Actor,
    given: Mapping[str, str],
    batch: str,
) -> Outcome:
    """Do an action to a few rows. The caller holds the transaction, and says when it ends."""
    outcome = Outcome()
    records = visible(by, listing.kind.model, action.right).in_bulk(list(numbers))
    for number in numbers:
        record = records.get(number)
        if record is None:
            outcome.refuse(str(AccessDenied.message))
            continue
        try:
            with transaction.atomic():
                action.run(by=by, record=record, given=given, batch=batch)
        except Refusal as refusal:
            outcome.refuse(str(refusal))
        else:
            outcome.done += 1
    return outcome


def do_at_once(
    action: Action,
    listing: Listing,
    numbers: Sequence[int],
    *,
    by: Actor,
    given: Mapping[str, str],
    batch: str,
) -> Outcome:
    """Do an action to as many rows as one waits for."""
    outcome = Outcome()
    for at in range(0, len(numbers), STEP):
        step = numbers[at : at + STEP]
        with transaction.atomic():
            outcome.add(do_step(action, listing, step, by=by, given=given, batch=batch))
    return outcome
