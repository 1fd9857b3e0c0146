"""Drafts: what a member has begun to write and not yet saved, so that nothing typed is lost."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kesher.core.access import Actor, require
from kesher.core.refusal import Refusal
from kesher.core.text import clean
from kesher.customers.models import Customer
from kesher.engagement.commands.presence import be_present
from kesher.engagement.models import Draft

LONGEST = 20_000
FORMS = frozenset({"note", "message", "call", "visit", "task"})


class NoSuchForm(Refusal):
    """A form that does not exist."""

    message = _("There is no such form.")


class TooMuchWritten(Refusal):
    """More than a draft holds."""

    message = _("A text holds at most %(most)s characters. Attach what is longer as a file.")


@transaction.atomic
def save_draft(
    *, by: Actor, customer: Customer, form: str, text: str, now: datetime
) -> Draft | None:
    """Keep what one is writing about a customer, and show colleagues that one is writing."""
    require(by, "view", customer)
    kept = clean(text)
    if form not in FORMS:
        raise NoSuchForm
    if len(kept) > LONGEST:
        raise TooMuchWritten(most=LONGEST)
    if not kept:
        _own(by, customer, form).delete()
        return None
    draft, _is_new = Draft.objects.update_or_create(
        member_id=by.member_id,
        customer=customer,
        channel=form,
        defaults={"text": kept, "saved_at": now},
    )
    require(by, "change", draft)
    be_present(by=by, customer=customer, field=form, now=now)
    return draft


@transaction.atomic
def drop_draft(*, by: Actor, customer: Customer, form: str) -> None:
    """Throw away what one had begun to write, because it is saved or not wanted."""
    require(by, "view", customer)
    _own(by, customer, form).delete()


def _own(by: Actor, customer: Customer, form: str):
    return Draft.objects.filter(member_id=by.member_id, customer=customer, channel=form)
