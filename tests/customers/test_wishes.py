"""Needs and wishes: noted on a day, found when they can be met."""

import datetime

import pytest

from kesher.core.access import SYSTEM, AccessDenied
from kesher.core.search import find
from kesher.customers.commands.wishing import (
    WishMet,
    WishMissing,
    change_wish,
    drop_wish,
    meet_wish,
    note_wish,
)

DAY = datetime.date(2026, 3, 1)


def test_a_wish_finds_its_customer_until_it_is_met(clinic):
    actor, noa = clinic.actor("receptionist"), clinic.customers["noa"]
    wish = note_wish(by=actor, customer=noa, text="wants a night guard", on=DAY)
    assert [hit.pk for hit in find(actor, "night guard")] == [noa.pk]

    meet_wish(by=actor, wish=wish, on=DAY)

    assert find(actor, "night guard") == []


def test_who_may_not_read_it_does_not_find_by_it(clinic):
    note_wish(by=SYSTEM, customer=clinic.customers["yosef"], text="implant, upper left", on=DAY)

    assert find(clinic.actor("agent"), "implant") == []
    assert [hit.pk for hit in find(clinic.actor("dentist"), "implant")] == [
        clinic.customers["yosef"].pk
    ]


def test_other_words_replace_the_former(clinic):
    noa = clinic.customers["noa"]
    wish = note_wish(by=SYSTEM, customer=noa, text="night guard", on=DAY)

    change_wish(by=SYSTEM, wish=wish, text="whitening", kind="wish")

    assert find(SYSTEM, "guard", kinds=["customer"]) == []
    assert [hit.pk for hit in find(SYSTEM, "whitening")] == [noa.pk]


def test_refuses_no_words_and_meeting_twice(clinic):
    noa = clinic.customers["noa"]
    with pytest.raises(WishMissing):
        note_wish(by=SYSTEM, customer=noa, text=" \x00 ", on=DAY)
    wish = note_wish(by=SYSTEM, customer=noa, text="night guard", on=DAY)
    meet_wish(by=SYSTEM, wish=wish, on=DAY)
    wish.refresh_from_db()
    with pytest.raises(WishMet):
        meet_wish(by=SYSTEM, wish=wish, on=DAY)
    drop_wish(by=SYSTEM, wish=wish)
    assert not noa.wishes.exists()


def test_an_agent_does_not_note_what_he_may_not_read(clinic):
    with pytest.raises(AccessDenied):
        note_wish(by=clinic.actor("agent"), customer=clinic.customers["yosef"], text="x", on=DAY)
