from datetime import timedelta

import pytest

from kesher.core.access import AccessDenied
from kesher.core.refusal import Refusal
from kesher.engagement.commands.complaining import (
    NotAComplaint,
    close_next_step,
    mark_complaint,
    pin_agreement,
    reopen_complaint,
    settle_complaint,
    unpin_agreement,
)
from kesher.engagement.commands.touching import ChoiceUnknown, InBin, NothingSaid, bin_touch
from kesher.engagement.models import CustomerPulse
from kesher.engagement.queries import marked_touches
from tests.engagement.conftest import NOW

pytestmark = pytest.mark.django_db


def complaints(touch):
    return CustomerPulse.objects.get(customer=touch.customer).open_complaints


def test_an_agreement_is_pinned_by_a_colleague_and_taken_down_again(clinic, noted):
    touch = noted(by="receptionist", text="Crown for 3,200 in three payments")
    dentist = clinic.actor("dentist")

    pinned = pin_agreement(by=dentist, touch=touch, now=NOW)
    assert marked_touches(dentist, touch.customer).agreements == [pinned]
    assert pin_agreement(by=dentist, touch=pinned, now=NOW).version == pinned.version

    unpin_agreement(by=dentist, touch=pinned)
    assert marked_touches(dentist, touch.customer).agreements == []


def test_a_complaint_is_opened_settled_and_opened_again(clinic, noted):
    by = clinic.actor("receptionist")
    touch = noted(channel="call", text="Waited an hour")

    marked = mark_complaint(by=by, touch=touch, severity=3)
    assert complaints(touch) == 1
    settled = settle_complaint(by=by, touch=marked, now=NOW)
    assert (complaints(touch), settled.settled_at) == (0, NOW)
    assert settle_complaint(by=by, touch=settled, now=NOW).version == settled.version
    reopened = reopen_complaint(by=by, touch=settled)
    assert complaints(touch) == 1
    mark_complaint(by=by, touch=reopened, severity=None)
    assert complaints(touch) == 0


def test_refuses_to_settle_what_is_no_complaint(clinic, noted):
    with pytest.raises(NotAComplaint):
        settle_complaint(by=clinic.actor("receptionist"), touch=noted(), now=NOW)
    with pytest.raises(NotAComplaint):
        reopen_complaint(by=clinic.actor("receptionist"), touch=noted())


def test_refuses_a_severity_that_does_not_exist(clinic, noted):
    with pytest.raises(ChoiceUnknown):
        mark_complaint(by=clinic.actor("receptionist"), touch=noted(), severity=7)


def test_refuses_what_lies_in_the_bin(clinic, noted):
    by = clinic.actor("receptionist")
    binned = bin_touch(by=by, touch=noted(), now=NOW)

    with pytest.raises(InBin):
        pin_agreement(by=by, touch=binned, now=NOW)
    with pytest.raises(InBin):
        mark_complaint(by=by, touch=binned, severity=1)


@pytest.mark.parametrize("command", [unpin_agreement, reopen_complaint])
def test_a_touch_out_of_sight_is_not_marked(clinic, noted, command):
    touch = noted(severity=1)

    with pytest.raises(AccessDenied):
        command(by=clinic.actor("eilat"), touch=touch)


def test_a_health_note_is_out_of_sight_of_the_desk(clinic, noted):
    touch = noted(by="dentist", classification="health")

    with pytest.raises(Refusal):
        pin_agreement(by=clinic.actor("receptionist"), touch=touch, now=NOW)


def test_closing_says_why_nothing_is_planned_until_something_happens(clinic, noted, planned):
    by, noa = clinic.actor("receptionist"), clinic.customers["noa"]

    note = close_next_step(by=by, customer=noa, reason="Moved to Haifa north", now=NOW)
    pulse = CustomerPulse.objects.get(customer=noa)
    assert (note.text, note.outcome, pulse.closed_at) == ("Moved to Haifa north", "closed", NOW)

    task = planned()
    assert CustomerPulse.objects.get(customer=noa).closed_at is None
    assert task.pk

    orchard = clinic.customers["orchard"]
    close_next_step(by=by, customer=orchard, reason="Done", now=NOW - timedelta(days=2))
    noted(customer="orchard", channel="call", ago=timedelta(hours=1))
    assert CustomerPulse.objects.get(customer=orchard).closed_at is None


def test_closing_needs_a_reason(clinic):
    with pytest.raises(NothingSaid):
        close_next_step(
            by=clinic.actor("receptionist"), customer=clinic.customers["noa"], reason=" ", now=NOW
        )
