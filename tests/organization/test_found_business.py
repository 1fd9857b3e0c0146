import pytest
from django.contrib.auth import authenticate

from kesher.core.access import SYSTEM, AccessDenied, Actor, Scope
from kesher.customers.models import Customer
from kesher.organization.commands.founding import (
    AlreadyFounded,
    UnknownTrade,
    found_business,
)
from kesher.organization.models import Business, Classification, Member, Role
from kesher.organization.passwords import WeakPassword
from kesher.organization.presets import ROLES
from kesher.organization.queries import actor_of, business

pytestmark = pytest.mark.django_db
FIRST = {
    "business": "Carmel Dental", "trade": "clinic", "name": "Orly", "email": "Orly@Clinic.test",
    "password": "a long owner's password", "language": "he",
}  # fmt: skip


def test_opens_a_business_with_the_roles_of_its_trade_and_an_owner():
    owner = found_business(by=SYSTEM, **FIRST)

    assert business().name == "Carmel Dental"
    assert list(Role.objects.values_list("key", flat=True)) == [
        "owner", "manager", "receptionist", "dentist", "hygienist", "bookkeeper", "agent",
    ]  # fmt: skip
    assert owner.role.is_owner
    assert owner.email == "orly@clinic.test"
    assert authenticate(None, email="ORLY@clinic.test", password=FIRST["password"]) == owner


def test_a_country_brings_its_money_clock_and_week():
    found_business(by=SYSTEM, **FIRST, country="GR")

    opened = business()
    assert (opened.currency, opened.time_zone) == ("EUR", "Europe/Athens")
    assert (opened.week_start, opened.weekend) == (0, [5, 6])


def test_the_owner_may_do_everything_and_read_everything_but_secrets():
    actor = actor_of(found_business(by=SYSTEM, **FIRST))

    assert actor.scope(Customer, "merge") == Scope.ALL
    assert actor.clearances == frozenset(Classification.objects.values_list("key", flat=True))
    assert "secret" not in actor.clearances


@pytest.mark.parametrize("trade", ROLES)
def test_every_trade_has_an_owner_a_manager_and_an_agent(trade):
    found_business(by=SYSTEM, **FIRST | {"trade": trade})

    assert {"owner", "manager", "agent"} <= set(Role.objects.values_list("key", flat=True))


def test_refuses_a_second_business():
    found_business(by=SYSTEM, **FIRST)

    with pytest.raises(AlreadyFounded):
        found_business(by=SYSTEM, **FIRST | {"email": "thief@elsewhere.test"})
    assert Member.objects.count() == 1


def test_refuses_an_unknown_trade_and_leaves_nothing_behind():
    with pytest.raises(UnknownTrade):
        found_business(by=SYSTEM, **FIRST | {"trade": "piracy"})
    assert not Business.objects.exists()


@pytest.mark.parametrize("password", ["short", "1234567890", "carmel", "orly@clinic.test"])
def test_refuses_a_password_that_is_easily_guessed(password):
    with pytest.raises(WeakPassword):
        found_business(by=SYSTEM, **FIRST | {"password": password})
    assert not Business.objects.exists()


def test_a_stranger_founds_nothing():
    with pytest.raises(AccessDenied):
        found_business(by=Actor(label="Somebody"), **FIRST)
