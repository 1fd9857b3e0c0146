"""Breaking the glass: for an hour, of one customer, with a reason, and the owner is told."""

from datetime import UTC, datetime, timedelta

import pytest

from kesher.core.access import SYSTEM, AccessDenied, visible
from kesher.core.events import deliver_due
from kesher.customers.commands import emergency
from kesher.customers.commands.emergency import end_emergency_access, take_emergency_access
from kesher.customers.commands.merging import merge_customers
from kesher.customers.emergency import cleared_for_one, closed_to
from kesher.customers.models import EmergencyAccess
from kesher.engagement.commands.touching import NewTouch, record_touches
from kesher.engagement.models import Message, Notification, Touch
from kesher.organization.models import Classification

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
REASON = "He fainted in the chair"


def opened(clinic, *, who="manager", whom="noa", what="health", reason=REASON, now=NOW):
    return take_emergency_access(
        by=clinic.actor(who), customer=clinic.customers[whom], reason=reason, now=now,
        classification=Classification.objects.get(key=what),
    )  # fmt: skip


def note_of(customer, classification="health"):
    touch = NewTouch(
        customer=customer, channel="note", text="Allergic to penicillin", happened_at=NOW,
        classification=classification,
    )  # fmt: skip
    return record_touches(by=SYSTEM, touches=[touch], now=NOW)[0]


def seen(actor):
    return set(visible(actor, Touch).values_list("pk", flat=True))


def test_opens_one_customer_for_an_hour(clinic):
    mine, other = note_of(clinic.customers["noa"]), note_of(clinic.customers["yosef"])
    manager = clinic.actor("manager")
    assert seen(cleared_for_one(manager, clinic.customers["noa"].pk, NOW)) == set()

    opened(clinic)

    here = cleared_for_one(manager, clinic.customers["noa"].pk, NOW)
    assert seen(here) >= {mine.pk}
    assert cleared_for_one(manager, clinic.customers["yosef"].pk, NOW) is manager
    assert other.pk not in seen(manager)
    late = NOW + emergency.LASTS + timedelta(seconds=1)
    assert cleared_for_one(manager, clinic.customers["noa"].pk, late) is manager


def test_tells_every_owner_with_the_reason(clinic):
    access = opened(clinic)
    deliver_due(now=datetime.now(UTC))

    told = Notification.objects.get(kind="emergency")
    assert (told.member, told.about_id) == (clinic.owner, access.pk)
    assert told.caused_by == clinic.members["manager"]


def test_writes_to_every_owner_once_without_naming_the_customer(clinic):
    opened(clinic)
    for _ in range(2):
        deliver_due(now=datetime.now(UTC))

    letter = Message.objects.get(template="emergency_opened")
    assert letter.address == clinic.owner.email
    assert clinic.members["manager"].name in letter.text
    said = letter.subject + letter.text + letter.html
    assert REASON not in said
    assert clinic.customers["noa"].name not in said


def test_is_refused_without_a_reason(clinic):
    for reason in ("", "   ", "because"):
        with pytest.raises(emergency.ReasonMissing):
            opened(clinic, reason=reason)
    with pytest.raises(emergency.ReasonTooLong):
        opened(clinic, reason="a" * 501)
    assert not EmergencyAccess.objects.exists()


def test_is_refused_to_a_role_without_the_right(clinic):
    with pytest.raises(AccessDenied):
        opened(clinic, who="receptionist")


def test_opens_no_customer_of_another_branch(clinic):
    with pytest.raises(AccessDenied):
        opened(clinic, whom="eleni")


def test_is_refused_where_nothing_is_closed(clinic):
    with pytest.raises(emergency.ClearedAlready):
        opened(clinic, who="dentist")
    assert [one.key for one in closed_to(clinic.actor("manager"))] == ["health"]
    assert list(closed_to(clinic.actor("owner"))) == []


def test_is_closed_again_by_oneself_or_an_owner_only(clinic):
    access, noa = opened(clinic), clinic.customers["noa"].pk
    with pytest.raises(AccessDenied):
        end_emergency_access(by=clinic.actor("dentist"), access=access, now=NOW)

    end_emergency_access(by=clinic.actor("owner"), access=access, now=NOW)

    manager = clinic.actor("manager")
    assert cleared_for_one(manager, noa, NOW) is manager
    access.refresh_from_db()
    assert (access.ends_at, access.ended_by) == (NOW, clinic.owner)


def test_who_lost_the_right_has_lost_what_he_opened(clinic):
    opened(clinic)
    manager = clinic.actor("manager")
    manager.grants.pop(("customers.emergencyaccess", "add"))

    assert cleared_for_one(manager, clinic.customers["noa"].pk, NOW) is manager


def test_what_was_opened_of_one_is_not_open_of_whom_he_is_merged_into(clinic):
    now = datetime.now(UTC)
    noa, kept = clinic.customers["noa"], clinic.customers["yosef"]
    opened(clinic, now=now)

    merge_customers(by=clinic.actor("owner"), survivor=kept, others=[noa])

    manager = clinic.actor("manager")
    assert cleared_for_one(manager, kept.pk, now + timedelta(seconds=5)) is manager
    assert EmergencyAccess.objects.get().customer == kept  # and that it was stays known
