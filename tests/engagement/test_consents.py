"""Consent: marketing needs it, the latest word counts, and it is never rewritten."""

from datetime import UTC, datetime, timedelta

import pytest

from kesher.core.access import SYSTEM, AccessDenied
from kesher.core.undo import undo_batch
from kesher.engagement.commands.consenting import (
    ConsentImpossible,
    ProofMissing,
    ProofTooLong,
    give_consent,
    withdraw_consent,
)
from kesher.engagement.commands.delivering import deliver_next
from kesher.engagement.commands.forbidding import NewEntry, forbid_contact
from kesher.engagement.commands.messaging import UnknownPurpose, send_message
from kesher.engagement.forbidden import address_read
from kesher.engagement.models import Consent, Message

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
WORDS = {"subject": "Half price", "text": "This week only."}
DAY = timedelta(days=1)


def write(clinic, to=None, key="offer", purpose="marketing"):
    return send_message(
        by=SYSTEM, to=to or clinic.customers["noa"], key=key, purpose=purpose, now=NOW,
        template="written", context=WORDS, language="en",
    )  # fmt: skip


def give(
    clinic, channel="", at=NOW - DAY, by=SYSTEM, proof="On paper", purpose="marketing", **more
):
    return give_consent(
        by=by, customer=clinic.customers["noa"], purpose=purpose, channel=channel, at=at,
        proof=proof, **more,
    )  # fmt: skip


def take_back(clinic, channel="", at=NOW, purpose="marketing"):
    noa = clinic.customers["noa"]
    return withdraw_consent(by=SYSTEM, customer=noa, purpose=purpose, channel=channel, at=at)


def test_marketing_goes_to_those_who_agreed_and_to_nobody_else(clinic):
    without = write(clinic)
    give(clinic, "sms")
    elsewhere = write(clinic, key="2")
    give(clinic, "email")
    with_it = write(clinic, key="3")

    assert (without.state, without.reason) == ("refused", "no_consent")
    assert elsewhere.reason == "no_consent"
    assert (with_it.state, with_it.reason) == ("waiting", "consent")


@pytest.mark.parametrize("purpose", ["access", "security", "spam"])
def test_no_other_purpose_opens_the_gate(clinic, purpose):
    with pytest.raises(UnknownPurpose):
        write(clinic, purpose=purpose)
    assert not Message.objects.exists()


def test_service_needs_none_but_hears_a_no(clinic):
    assert write(clinic, purpose="service").reason == "service"
    take_back(clinic, purpose="service")
    assert write(clinic, purpose="service", key="2").reason == "no_consent"


def test_marketing_goes_to_no_address_without_a_customer(clinic):
    assert write(clinic, to="somebody@example.test").reason == "no_consent"


def test_the_latest_word_counts_whatever_order_it_was_written_down_in(clinic):
    take_back(clinic, "email", at=NOW - DAY)
    give(clinic, at=NOW - 2 * DAY)
    assert write(clinic).reason == "no_consent"
    give(clinic, at=NOW)
    assert write(clinic, key="2").reason == "consent"


def test_taken_back_while_the_message_waits_it_does_not_leave(clinic):
    give(clinic)
    message = write(clinic)
    take_back(clinic)

    deliver_next(by=SYSTEM, now=NOW)

    message.refresh_from_db()
    assert (message.state, message.reason) == ("refused", "no_consent")


def test_the_do_not_contact_list_is_stronger(clinic):
    give(clinic)
    point = address_read("email", "noa@example.test", "IL")
    forbid_contact(by=SYSTEM, entry=NewEntry(point=point, since_on=NOW.date()))

    assert write(clinic).reason == "do_not_contact"


def test_undo_keeps_the_line_and_it_does_not_count(clinic):
    give(clinic, batch="b")
    undone = undo_batch(by=SYSTEM, batch="b")

    assert write(clinic).reason == "no_consent"
    assert Consent.objects.get().voided_at is not None
    undo_batch(by=SYSTEM, batch=undone.batch)
    assert write(clinic, key="2").reason == "consent"


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"proof": " \u202e"}, ProofMissing),
        ({"proof": "x" * 501}, ProofTooLong),
        ({"channel": "pigeon"}, ConsentImpossible),
        ({"purpose": "spam"}, ConsentImpossible),
        ({"at": datetime(2126, 1, 1, tzinfo=UTC)}, ConsentImpossible),
        ({"at": datetime(1900, 1, 1, tzinfo=UTC)}, ConsentImpossible),
    ],
)
def test_refuses_what_proves_nothing(clinic, given, refusal):
    with pytest.raises(refusal):
        give(clinic, **given)
    assert not Consent.objects.exists()


def test_who_may_not_see_the_customer_writes_nothing_down(clinic):
    with pytest.raises(AccessDenied):
        give(clinic, by=clinic.actor("eilat"))
    assert (
        give(clinic, by=clinic.actor("receptionist")).recorded_by == clinic.members["receptionist"]
    )
