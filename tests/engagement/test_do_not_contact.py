"""Whom nobody calls or writes to: the gate obeys, whatever way the address is written."""

from datetime import UTC, date, datetime, timedelta

import pytest

from kesher.core.access import SYSTEM, AccessDenied
from kesher.core.undo import undo_batch
from kesher.engagement.commands.delivering import deliver_next
from kesher.engagement.commands.forbidding import (
    AlreadyListed,
    EntryImpossible,
    NewEntry,
    ReasonMissing,
    forbid_contact,
    lift_entry,
    list_again,
)
from kesher.engagement.commands.messaging import send_message
from kesher.engagement.forbidden import address_read, is_forbidden
from kesher.engagement.models import DoNotContact, Message

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
WORDS = {"subject": "Your visit", "text": "We look forward to it."}


def forbid(address="noa@example.test", by=SYSTEM, batch="", **more):
    kind = "email" if "@" in address else "phone"
    point = address_read(kind, address, "IL")
    entry = NewEntry(point=point, since_on=date(2026, 1, 1), reason="Asked us", **more)
    return forbid_contact(by=by, entry=entry, batch=batch)


def write(clinic, to=None, key="visit-1", **more):
    given = {"template": "written", "context": WORDS, "now": NOW} | more
    return send_message(by=SYSTEM, to=to or clinic.customers["noa"], key=key, **given)


def lift(entry, by=SYSTEM, reason="She called", batch=""):
    return lift_entry(by=by, entry=entry, reason=reason, now=NOW, batch=batch)


@pytest.mark.parametrize("typed", ["noa@example.test", "Noa@EXAMPLE.test", " <noa@example.test>"])
def test_nothing_is_written_to_an_address_on_the_list(clinic, typed):
    forbid(typed)

    message = write(clinic)

    assert (message.state, message.reason) == ("refused", "do_not_contact")


@pytest.mark.parametrize(
    "typed", ["NOA@example.test", "noa@example.test\u200f", " noa@example.test "]
)
def test_no_spelling_of_the_address_slips_past(clinic, typed):
    forbid()
    assert write(clinic, to=typed, language="en").state == "refused"


def test_signing_in_and_our_own_work_go_on(clinic):
    dentist = clinic.members["dentist"]
    forbid(dentist.email)
    context = {"name": "D", "business": "Carmel", "link": "https://kesher.test/r/1"}

    reset = write(clinic, to=dentist, key="r", template="password_reset", context=context)
    work = write(clinic, to=dentist, key="w")

    assert (reset.state, work.state) == ("waiting", "waiting")


def test_the_old_address_hears_that_another_took_its_place(clinic):
    forbid("old@clinic.test")
    context = {"name": "D", "business": "Carmel"}

    told = write(clinic, to="old@clinic.test", template="address_changed", context=context,
                 language="en")  # fmt: skip
    assert told.state == "waiting"
    assert write(clinic, to="old@clinic.test", key="2", language="en").state == "refused"


def test_only_calls_are_forbidden(clinic):
    forbid("052-647-3190", forbids="calls")
    forbid(forbids="calls")

    assert write(clinic).state == "waiting"
    assert is_forbidden("call", "+972526473190", NOW.date())
    assert not is_forbidden("sms", "+972526473190", NOW.date())


def test_a_ban_runs_out(clinic):
    forbid(until_on=date(2026, 2, 1))
    assert write(clinic).state == "waiting"


def test_an_address_listed_while_the_message_waits_holds_it_back(clinic):
    message = write(clinic)
    forbid()

    deliver_next(by=SYSTEM, now=NOW)

    message.refresh_from_db()
    assert (message.state, message.reason) == ("refused", "do_not_contact")
    assert deliver_next(by=SYSTEM, now=NOW + timedelta(hours=5)) is None


def test_an_address_lifted_while_the_message_waits_gets_it(clinic):
    message = write(clinic)
    lift(forbid())

    deliver_next(by=SYSTEM, now=NOW)

    message.refresh_from_db()
    assert message.state == "sent"


def test_an_address_stands_on_the_list_once(clinic):
    forbid("052-647-3190")
    with pytest.raises(AlreadyListed):
        forbid("+972 52 6473190 ext. 7")


def test_lifting_needs_a_reason_and_is_kept(clinic):
    entry = forbid()
    with pytest.raises(ReasonMissing):
        lift(entry, reason=" \u202e")

    lift(entry, batch="b")

    entry.refresh_from_db()
    assert (entry.lifted_reason, write(clinic).state) == ("She called", "waiting")
    undo_batch(by=SYSTEM, batch="b")
    assert write(clinic, key="visit-2").reason == "do_not_contact"


def test_undo_takes_it_off_the_list(clinic):
    forbid(batch="b")

    undone = undo_batch(by=SYSTEM, batch="b")
    undo_batch(by=SYSTEM, batch=undone.batch)

    assert write(clinic).reason == "do_not_contact"


def test_listed_anew_it_cannot_be_put_back_twice(clinic):
    entry = forbid()
    lift(entry)
    forbid()
    with pytest.raises(AlreadyListed):
        list_again(by=SYSTEM, entry=entry)


def test_who_may_what(clinic):
    mine = forbid(by=clinic.actor("receptionist"))
    other = forbid("050-1234567")

    with pytest.raises(AccessDenied):
        lift(other, by=clinic.actor("receptionist"))
    lift(mine, by=clinic.actor("receptionist"))
    lift(other, by=clinic.actor("manager"))
    assert not DoNotContact.objects.filter(lifted_at=None).exists()


@pytest.mark.parametrize(
    "more", [{"forbids": "everything"}, {"until_on": date(2020, 1, 1)}], ids=["choice", "days"]
)
def test_refuses_what_cannot_be(clinic, more):
    with pytest.raises(EntryImpossible):
        forbid(**more)
    assert not Message.objects.exists()
