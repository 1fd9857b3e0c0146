"""What customers agree to, and that they take it back: written down once and never rewritten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kesher.core.access import AccessDenied, Actor, require_kind
from kesher.core.changes import change, locked, record_changes
from kesher.core.columns import column_named
from kesher.core.events import announce
from kesher.core.refusal import Refusal
from kesher.core.text import clean
from kesher.customers.models import Channel, Customer
from kesher.engagement.events import ConsentRecorded
from kesher.engagement.models import Consent
from kesher.engagement.task_writing import sees_all

AT_ONCE = 400
FIRST_YEAR = 1950
LEEWAY = timedelta(days=1)  # a day in a file has no clock
Purpose = Consent.Purpose


class ProofMissing(Refusal):
    """A consent that cannot be proved is none."""

    message = _("Say how the consent was given: on which form, in which call, in which words.")


class ProofTooLong(Refusal):
    """More than the ledger holds."""

    message = _("At most %(most)s characters fit here.")


class ConsentImpossible(Refusal):
    """A purpose, a channel or a day that does not exist."""

    message = _("Choose a purpose, a channel, and a day after 1950 that is not to come.")


@dataclass(frozen=True, kw_only=True)
class NewConsent:
    """That a customer agreed to something, or took it back."""

    customer: Customer
    is_given: bool
    happened_at: datetime
    purpose: str = Purpose.MARKETING
    channel: str = ""  # on all channels when empty
    proof: str = ""


@transaction.atomic
def give_consent(
    *, by: Actor, customer: Customer, purpose: str, channel: str, at: datetime, proof: str,
    batch: str = "",
) -> Consent:  # fmt: skip
    """Write down that a customer agreed, and how one can show it."""
    new = NewConsent(
        customer=customer, is_given=True, happened_at=at, purpose=purpose, channel=channel,
        proof=proof,
    )  # fmt: skip
    return record_consents(by=by, consents=[new], batch=batch)[0]


@transaction.atomic
def withdraw_consent(
    *, by: Actor, customer: Customer, purpose: str, channel: str, at: datetime, proof: str = "",
    batch: str = "",
) -> Consent:  # fmt: skip
    """Write down that a customer does not agree any more; he need not say why."""
    new = NewConsent(
        customer=customer, is_given=False, happened_at=at, purpose=purpose, channel=channel,
        proof=proof,
    )  # fmt: skip
    return record_consents(by=by, consents=[new], batch=batch)[0]


@transaction.atomic
def record_consents(*, by: Actor, consents: Sequence[NewConsent], batch: str = "") -> list[Consent]:
    """Write down what many customers agreed to or took back, at once."""
    require_kind(by, "add", Consent)
    if not sees_all(by, {new.customer.pk for new in consents}):
        raise AccessDenied(f"{by.label} may not see all of these customers")
    rows = [_row(by, new) for new in consents]
    Consent.objects.bulk_create(rows, batch_size=AT_ONCE)
    changes = [
        (row, None, {"purpose": row.purpose, "channel": row.channel, "is_given": row.is_given})
        for row in rows
    ]
    record_changes(by=by, rows=changes, batch=batch)
    if rows:
        _tell(by, rows[0])
    return rows


def _row(by: Actor, new: NewConsent) -> Consent:
    proof, most = clean(new.proof), column_named(Consent, "proof").max_length or 0
    if new.is_given and not proof:
        raise ProofMissing
    if len(proof) > most:
        raise ProofTooLong(most=most)
    is_known = new.purpose in Purpose.values and new.channel in ("", *Channel.values)
    latest = datetime.now(UTC) + LEEWAY
    if not is_known or new.happened_at.year < FIRST_YEAR or new.happened_at > latest:
        raise ConsentImpossible
    return Consent(
        customer=new.customer,
        purpose=new.purpose,
        channel=new.channel,
        is_given=new.is_given,
        happened_at=new.happened_at,
        proof=proof,
        recorded_by_id=by.member_id,
    )


def _tell(by: Actor, row: Consent) -> None:
    fact = ConsentRecorded(consent_id=row.pk, customer_id=row.customer_id)
    announce(fact, by=by, about=row.customer)


@transaction.atomic
def void_consent(*, by: Actor, consent: Consent, now: datetime | None, batch: str = "") -> Consent:
    """Say that an entry was a mistake and does not count, or without a moment that it does."""
    require_kind(by, "add", Consent)
    if not sees_all(by, {consent.customer_id}):
        raise AccessDenied(f"{by.label} may not see this customer")
    if (locked(consent).voided_at is None) == (now is None):
        return consent
    held, changed = change(by=by, record=consent, values={"voided_at": now}, batch=batch)
    if changed:
        _tell(by, held)
    return held
